"""Amounts and days as exports write them, in many styles; and a slow second reading of amounts."""

import re
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from engine.intake.numbers import NumberStyle
from engine.models.export import MILLION

STYLES = (NumberStyle(".", ","), NumberStyle(",", "."))
SPACES = (" ", "\xa0", "\u202f", "\u2009")
ALWAYS_THOUSANDS = (*SPACES, "'", "’")
MINUSES = ("-", "−", "–", "－")
UNITS_BEFORE = ("", "$", "€", "€ ", "US$", "R$ ", "CHF ", "USD\xa0", "kr ", "₹", "Rs.", "£", "-"[:0])
UNITS_BEHIND = ("", " €", "\xa0€", "\u202f€", " EUR", " kr", " zł", "zł", " Kč", "$", " USD")
SCRIPTS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")

amounts = st.integers(-(10**18), 10**18).map(lambda number: Decimal(number).scaleb(-6)) | st.integers(
    -(10**7), 10**7
).map(lambda number: Decimal(number).scaleb(-2))
styles = st.sampled_from(STYLES)


def grouped(digits: str, sign: str) -> str:
    """Part digits into threes: "1234567" and "," give "1,234,567"."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", sign, digits)


def lakhs(digits: str) -> str:
    """Part digits as in India: "1234567" gives "12,34,567"."""
    front, back = digits[:-3], digits[-3:]
    return ",".join(filter(None, (re.sub(r"(?<=\d)(?=(?:\d{2})+$)", ",", front), back)))


@st.composite
def written(draw: st.DrawFn, amount: Decimal, style: NumberStyle, *, money: bool = True) -> str:
    """Write an amount as an export in this style may."""
    whole, _, fraction = f"{abs(amount):f}".partition(".")
    fraction = fraction.rstrip("0") + "0" * draw(st.integers(0, 3))
    sign = draw(st.sampled_from(("", *ALWAYS_THOUSANDS, style.thousands)))
    parts = [grouped(whole, sign)]
    if style.thousands == ",":
        parts.append(lakhs(whole))
    text = draw(st.sampled_from(parts)) + (style.decimal + fraction if fraction else "")
    text = text.translate(str.maketrans(SCRIPTS[0], draw(st.sampled_from(SCRIPTS))))
    before, behind = draw(
        st.sampled_from([*((each, "") for each in UNITS_BEFORE), *(("", b) for b in UNITS_BEHIND)])
    )
    text = f"{before}{text}{behind}" if money else text
    if amount < 0:
        minus = draw(st.sampled_from(MINUSES))
        text = draw(st.sampled_from((f"{minus}{text}", f"({text})", f"{text}{minus}")))
    padding = draw(st.sampled_from(("", " ", "\xa0", "\t")))
    return f"{padding}{text}{padding}"


def read_slowly(text: str, style: NumberStyle) -> Decimal | None:
    """Read an ASCII cell by another way: all digits in a row, the point set by where the decimal sign is.

    ``None`` where groups are wrong. What stands around the digits is not looked at.
    """
    core = re.sub(r"^[^\d.,]*[a-zA-Z]\.", "", text).lower()
    power = re.search(r"(?<=[\d.,])e([+-]?\d+)", core)
    core = core[: power.start()] if power else core
    core = re.sub(r"[^\d.,' ]", " ", core).strip()
    halves = core.split(style.decimal)
    groups = re.split(r"[.,' ]", halves[0])
    sizes = [len(each) for each in groups[1:]]
    is_right = all(size == 3 for size in sizes) or (
        style.thousands == "," and sizes[-1] == 3 and all(size == 2 for size in sizes[:-1])
    )
    if len(halves) > 2 or not is_right or (sizes and not 1 <= len(groups[0]) <= 3):
        return None
    digits = "".join(groups) + "".join(halves[1:])
    if not digits.isdecimal():
        return None
    value = Decimal(int(digits)) * Decimal(10) ** (int(power[1] if power else 0) - len("".join(halves[1:])))
    is_negative = "(" in text or "-" in re.sub(r"[eE]-", "", text)
    return -value if is_negative else value


def millions(amount: Decimal) -> int:
    return int(amount * MILLION)


MONTH_NAMES = {
    "en": "January February March April May June July August September October November December",
    "en short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt short": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "nl short": "jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
    "pl": "stycznia lutego marca kwietnia maja czerwca "
    "lipca sierpnia września października listopada grudnia",
    "pl short": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}
WAYS_WITH_NAMES = (
    "{d} {m} {y}", "{m} {d}, {y}", "{d}. {m} {y}", "{d} de {m} de {y}", "{d}-{m}-{y}", "{y}-{m}-{d}",
    "{y} {m} {d}", "{m} {d} {y}", "{d:02}-{m}-{y}", "{d} {m}, {y}",
)  # fmt: skip
WAYS = {  # by the order that has to be said, if any
    None: (
        "{y}-{n:02}-{d:02}", "{y}/{n:02}/{d:02}", "{y}/{n}/{d}", "{y}.{n:02}.{d:02}", "{y}{n:02}{d:02}",
        "{y}-{n:02}-{d:02} 00:00", "{y}-{n:02}-{d:02}T00:00:00+02:00", "{y}-{n:02}-{d:02}T23:30:00Z",
        "{y}年{n}月{d}日", "{y}년 {n}월 {d}일", "{d:02}.{n:02}.{y}", "{d}.{n}.{y}", "{d}. {n}. {y}",
    ),
    "day first": ("{d:02}/{n:02}/{y}", "{d}/{n}/{y}", "{d:02}-{n:02}-{y}", "{d:02}/{n:02}/{y} 00:00"),
    "month first": ("{n:02}/{d:02}/{y}", "{n}/{d}/{y}", "{n}-{d}-{y}", "{n}/{d}/{y} 12:00:00 AM"),
}  # fmt: skip


def day_written(way: str, day: date, names: str = "en") -> str:
    name = MONTH_NAMES[names].split()[day.month - 1]
    return way.format(y=day.year, n=day.month, d=day.day, m=name)
