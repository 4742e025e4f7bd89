"""How a figure came about: what was divided by what, with both sums."""

from decimal import Decimal

from engine.measure import kpi
from engine.models.campaign import Metrics, Ratio
from engine.narrate.words import Words

NAMES: dict[Ratio, str] = {
    "ctr": "CTR", "cvr": "CVR", "cpa": "CPA", "roas": "ROAS", "cpc": "CPC", "cpm": "CPM", "aov": "AOV",
}  # fmt: skip
MONEY: frozenset[kpi.Sum] = frozenset({"spend", "revenue"})
ONE = {"impressions": "impression", "clicks": "click", "conversions": "conversion", "reach": "person"}


def ratio(name: Ratio, metrics: Metrics, currency: str | None, words: Words) -> str:
    """Write "CPA = spend / conversions = 28,080.00 EUR / 480 conversions"; says it where it is not defined.

    Where rows lack a cell, both sums are those of the rows that have both, and that is said.
    """
    formula, found = kpi.RATIOS[name], kpi.parts(name, metrics)
    times = f"{words.formats.number(formula.times)} × " if formula.times > 1 else ""
    said = f"{NAMES[name]} = {times}{formula.top} / {formula.bottom}"
    if found is None:
        return f"{said}: not defined, {_unknown(formula, metrics)} is not known"
    top, bottom = (
        amount(number, value, currency, words)
        for number, value in zip((formula.top, formula.bottom), found, strict=True)
    )
    told = f"{said} = {times}{top} / {bottom}"
    if kpi.ratio_of(name, metrics) is None:
        told = f"{told}: not defined"
    if any(each.ratio == name for each in metrics.pairs):
        told = f"{told}, over rows that have both{_blanks_as_zero(name, metrics, words)}"
    return told


def frequency(metrics: Metrics, words: Words) -> str:
    """How often a person reached saw it."""
    said = "Frequency = impressions / reach"
    if metrics.reach is None or metrics.impressions is None:
        return f"{said}: not defined, reach is not known of the whole window"
    seen = words.formats.count(metrics.impressions, "impression")
    reached = words.formats.count(metrics.reach, "person", "people")
    return f"{said} = {seen} / {reached}{': not defined' if not metrics.reach else ''}"


def computed(metrics: Metrics, currency: str | None, words: Words) -> dict[str, str]:
    """Say of every KPI how it was computed, by its name."""
    told: dict[str, str] = {name: ratio(name, metrics, currency, words) for name in kpi.RATIOS}
    return told | {"frequency": frequency(metrics, words)}


def amount(number: kpi.Sum, value: Decimal | int, currency: str | None, words: Words) -> str:
    if number in MONEY:
        return words.formats.money(value, currency)
    return words.formats.count(value, ONE[number])


def _unknown(formula: kpi.Formula, metrics: Metrics) -> str:
    return formula.top if getattr(metrics, formula.top) is None else formula.bottom


def _blanks_as_zero(name: Ratio, metrics: Metrics, words: Words) -> str:
    """Name the figure that counts blank cells as 0, which others may have read elsewhere."""
    plain = kpi.ratio_of(name, metrics.model_copy(update={"pairs": ()}))
    if plain is None:
        return ""
    f = words.formats
    if name in {"ctr", "cvr"}:
        shown = f.percent(plain * 100, 4)
    else:
        shown = f.number(plain, 4 if name == "roas" or plain < 1 else 2)
    return f" (blank cells as 0 would make it {shown})"
