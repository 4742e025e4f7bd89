"""Which cells say that a row is a total, and which say nothing, in the languages of the platforms."""

import re
from functools import lru_cache

NOTHING = frozenset({"", "-", "--", "---", "–", "—", "−", "n/a", "na", "null", "none", "nan", "#n/a"})
ALL = frozenset({
    "all", "alle", "alles", "todos", "todas", "todo", "tous", "toutes", "tout", "tutti", "tutte",
    "totale", "total", "gesamt", "every", "any",
})  # fmt: skip
_WORDS = (
    "grand totals?", "overall totals?", "sub-?totals?", "zwischensumme", "sous-total", "subtotale",
    "totals?", "gesamtsumme", "gesamtergebnis(?:se)?", "gesamtwert", "gesamt", "insgesamt", "summe",
    "total g[ée]n[ée]ral", "total general", "total geral", "totaux", "totais", "totales", "somme",
    "totale complessivo", "totale generale", "totale", "totali", "totaal", "eindtotaal", "algemeen totaal",
    "suma", "suma całkowita", "razem", "łącznie", "ogółem", "итого", "всего", "общий итог", "сумма",
    "összesen", "genel toplam", "toplam", "totalt", "summa", "i alt", "sum", "yhteensä", "celkem", "ukupno",
    "σύνολο", "tổng cộng", "tổng", "jumlah", "รวม", "合計", "总计", "總計", "合计", "总和", "합계", "총계",
    "סה\"כ", "الإجمالي", "suma końcowa", "suma total", "totalsumma", "slutsumma", "overall", "総計",
)  # fmt: skip
_PARTS = (
    "accounts?|campaigns?|ad sets?|ad groups?|ads|results?|rows?|days?|konto|kampagnen|anzeigengruppen|"
    "anzeigen|compte|campagnes?|cuenta|campañas|conta|campanhas|resultados|résultats|ergebnisse"
)
_RESULTS = "results?|resultados?|ergebnisse?|résultats?|risultati|resultaten|wyniki|результаты"
_FROM = "from|for|of|de|des|du|aus|von|für|di|da|van|pour|para|z|из"
_TOTAL = "|".join(_WORDS)
LABEL = re.compile(
    rf"(?:{_TOTAL})(?: ?\(\d+[^)]*\)| ?[\d.,]+ \w+)?[.:]?"  # Total, Total (12), Total 12 campaigns
    rf"|(?:{_TOTAL}) ?[:：].*"  # Total: Account, Total : compte, Gesamt: Konto
    rf"|(?:{_TOTAL}) ?[-–—] ?(?:\d+ .*|(?:all|alle|todas|todos|toutes|tous|tutte) .*|{_PARTS})"
    rf"|(?:{_TOTAL}) (?:{_FROM}) [\d.,]+(?: .*)?"  # Total of 2 results
    rf"|(?:{_TOTAL}) (?:(?:{_FROM}) (?:la |le |las |los |les |do |da |the )?)?(?:{_PARTS})"
    rf"|(?:{_PARTS}|{_RESULTS}) (?:{_TOTAL})"  # Account total, Resultados totales
    rf"|(?:{_RESULTS}) (?:{_FROM}) [\d.,]+ .*"  # Results from 7 campaigns
    r"|(?:all|alle|todas las|todas as|toutes les|tutte le) (?:campaigns|kampagnen|campa[ñn]h?as|campagnes?)"
)
_EVERY = "all|alle|alles|todos|todas|tous|toutes|tutti|tutte|wszystkie|alla|samtliga"
SOME_TOTAL = re.compile(
    rf"(?:{_EVERY}) .*|(?:{_TOTAL}|ergebnis) .*|.*\W(?:{_TOTAL}|ergebnis|résultat|wynik)"
    "|worldwide|global|weltweit|mondial|monde|mundial|wereldwijd|overall|both|any .*"
)


@lru_cache(maxsize=256)  # a text is asked several things one after the other
def plain(text: str) -> str:
    """Fold a cell so that spellings of one word meet."""
    return " ".join(text.lstrip("\ufeff").split()).casefold()


def says_nothing(text: str) -> bool:
    return plain(text) in NOTHING


def may_say_all(text: str) -> bool:
    """Whether a cell may mean all of something: "All devices", "Worldwide", "Brand Total". Figures decide."""
    said = plain(text)
    return said in NOTHING or said in ALL or SOME_TOTAL.fullmatch(said) is not None


def says_total(text: str) -> bool:
    """Whether a cell labels a total row: "Total: Account", and not "Total Wine"."""
    return LABEL.fullmatch(plain(text)) is not None
