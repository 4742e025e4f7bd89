"""Names of months and weekdays in the languages of ad platforms, full and short, without their accents."""

import unicodedata
from collections.abc import Iterable

_MONTHS = (
    # English and German
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept"
    "|october oct|november nov|december dec",
    "januar jan janner jan.|februar feb feber|marz mar mrz maerz|april apr|mai|juni jun|juli jul|august aug"
    "|september sep sept|oktober okt|november nov|dezember dez",
    # French, Spanish, Portuguese, Italian
    "janvier janv jan|fevrier fevr fev|mars mar|avril avr|mai|juin jun|juillet juil jul|aout aou"
    "|septembre sept sep|octobre oct|novembre nov|decembre dec",
    "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep set|octubre oct|noviembre nov|diciembre dic",
    "janeiro jan|fevereiro fev|marco mar|abril abr|maio mai|junho jun|julho jul|agosto ago|setembro set"
    "|outubro out|novembro nov|dezembro dez",
    "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago"
    "|settembre set sett|ottobre ott|novembre nov|dicembre dic",
    # Dutch, Polish, Swedish, Danish and Norwegian
    "januari jan|februari feb|maart mrt maa|april apr|mei|juni jun|juli jul|augustus aug|september sep sept"
    "|oktober okt|november nov|december dec",
    "stycznia styczen sty|lutego luty lut|marca marzec mar|kwietnia kwiecien kwi|maja maj"
    "|czerwca czerwiec cze|lipca lipiec lip|sierpnia sierpien sie|wrzesnia wrzesien wrz"
    "|pazdziernika pazdziernik paz|listopada listopad lis|grudnia grudzien gru",
    "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|september sep sept"
    "|oktober okt|november nov|december dec",
    "januar jan|februar feb|marts mars mar|april apr|maj mai|juni jun|juli jul|august aug|september sep sept"
    "|oktober okt|november nov|december desember dec des",
    # Turkish, Russian, Indonesian
    "ocak oca|subat sub|mart mar|nisan nis|mayis may|haziran haz|temmuz tem|agustos agu|eylul eyl|ekim eki"
    "|kasim kas|aralik ara",
    "января янв|февраля февр фев|марта мар|апреля апр|мая маи|июня июн|июля июл|августа авг|сентября сент сен"
    "|октября окт|ноября нояб ноя|декабря дек",
    "januari jan|februari feb|maret mar|april apr|mei|juni jun|juli jul|agustus agu agt|september sep"
    "|oktober okt|november nov|desember des",
)
_WEEKDAYS = (  # Monday first
    "monday mon|tuesday tue tues|wednesday wed|thursday thu thur thurs|friday fri|saturday sat|sunday sun",
    "montag mo|dienstag di|mittwoch mi|donnerstag do|freitag fr|samstag sonnabend sa|sonntag so",
    "lundi lun|mardi mar|mercredi mer|jeudi jeu|vendredi ven|samedi sam|dimanche dim",
    "lunes lun|martes mar|miercoles mie|jueves jue|viernes vie|sabado sab|domingo dom",
    "segunda-feira segunda seg|terca-feira terca ter|quarta-feira quarta qua|quinta-feira quinta qui"
    "|sexta-feira sexta sex|sabado sab|domingo dom",
    "lunedi lun|martedi mar|mercoledi mer|giovedi gio|venerdi ven|sabato sab|domenica dom",
    "maandag ma|dinsdag di|woensdag wo|donderdag do|vrijdag vr|zaterdag za|zondag zo",
    "poniedzialek pon|wtorek wt|sroda sr|czwartek czw|piatek pt pia|sobota sob|niedziela niedz nd",
    "mandag man|tisdag tirsdag tis tir|onsdag ons|torsdag tors tor|fredag fre|lordag lor|sondag son",
)
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "a"})


def bare(text: str) -> str:
    """Write a text small and without accents, as the names here are."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return unicodedata.normalize("NFC", "".join(each for each in parts if not unicodedata.combining(each)))


def _numbered(languages: Iterable[str], first: int) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for names in languages:
        for number, group in enumerate(names.split("|"), first):
            for name in group.split():
                found[name] = found.get(name, frozenset()) | {number}
    return found


MONTHS = {name: min(numbers) for name, numbers in _numbered(_MONTHS, 1).items()}
WEEKDAYS = _numbered(_WEEKDAYS, 0)  # "mar" is a Tuesday in three languages, and March in ten
