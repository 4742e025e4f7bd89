"""Why the CPA or the ROAS moved: from the forecast to the actual, part by part, and the same in words."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from engine.models.comparison import Comparison
from engine.models.currency import smallest_unit
from engine.models.recommendation import Analysis
from engine.narrate.formats import WIDE, Formats
from engine.narrate.sentences import NAMES
from engine.narrate.words import Words

Part = Literal["cpm", "ctr", "cvr", "aov"]
Drawn = Literal["cpa", "roas"]
LABELS: dict[Part, tuple[str, str]] = {
    "cpm": ("impressions dearer", "impressions cheaper"),
    "ctr": ("clicks harder", "clicks easier"),
    "cvr": ("conversion", "conversion"),
    "aov": ("order value", "order value"),
}
CENT = Decimal("0.01")


class Step(NamedTuple):
    """One part of the change; ``amount`` is negative where it made the figure lower.

    ``helped`` where that is to the good: money of a CPA that fell, return of a ROAS that rose.
    """

    part: Part
    amount: Decimal
    noise: bool
    helped: bool

    @property
    def label(self) -> str:
        return LABELS[self.part][1 if self.helped else 0]


class Waterfall(NamedTuple):
    """``before`` plus all amounts is ``after``, exactly, in the currency's decimals (a ROAS in two).

    Steps that made the figure higher come first, so on the way no level is below the lower end.
    """

    before: Decimal
    after: Decimal
    steps: tuple[Step, ...]
    currency: str | None
    kpi: Drawn = "cpa"


def waterfall(analysis: Analysis) -> Waterfall | None:
    """Allot the driver's difference by the shares of its log change: what made it higher, then the rest.

    Largest first among both. Parts that oppose each other may each be more than the CPA itself: eight
    times the clicks at a fifth of the conversion rate. Taken the other way round, what made it cheaper
    would lead below nothing. ``None`` where neither CPA nor ROAS drives the verdict, where its change is not
    real or its counting is in doubt, and where the change is smaller than the currency's smallest coin.
    """
    comparison = analysis.comparison
    lead, shares = comparison.lead, _shares(comparison)
    if lead.verdict != "real" or not shares or "counting_doubted" in comparison.flags:
        return None
    kpi: Drawn = "roas" if comparison.driver == "roas" else "cpa"
    currency = analysis.retrospective.campaign.currency if kpi == "cpa" else None
    coin = smallest_unit(currency) if kpi == "cpa" else CENT
    before, after = _rounded(lead.expected or 0, coin), _rounded(lead.actual or 0, coin)
    if before == after:
        return None
    amounts = _allotted(after - before, shares, coin)
    ordered = sorted(amounts, key=lambda part: (amounts[part] < 0, -abs(amounts[part])))
    noise = {part for part in ("ctr", "cvr") if comparison.metrics[part].verdict == "noise"}
    steps = tuple(
        Step(part, amounts[part], part in noise, helped=(amounts[part] > 0) == (kpi == "roas"))
        for part in ordered
        if amounts[part]
    )
    return Waterfall(before, after, steps, currency, kpi)


def _shares(comparison: Comparison) -> dict[Part, float]:
    """The parts of what drives, as shares of its change; nothing where it has none."""
    cpa, roas = comparison.cpa_decomposition, comparison.roas_decomposition
    if comparison.driver == "cpa" and cpa is not None:
        return {"cpm": cpa.cpm, "ctr": cpa.ctr, "cvr": cpa.cvr}
    if comparison.driver != "roas" or roas is None:
        return {}
    whole = roas.after - roas.before
    parts: dict[Part, float] = {"cpm": roas.cpm, "ctr": roas.ctr, "cvr": roas.cvr, "aov": roas.aov}
    return {part: amount / whole for part, amount in parts.items()}


def in_words(drawn: Waterfall, words: Words) -> str:
    """Say both ends and the parts: what a reader hears who does not see the picture."""
    f = words.formats
    ends = f"{f.money(drawn.before, drawn.currency, code=False)} to {f.money(drawn.after, drawn.currency)}"
    parts = ", ".join(f"{each.label} {signed(each.amount, drawn.currency, f)}" for each in drawn.steps)
    return f"{NAMES[drawn.kpi]} {ends}: {parts}"


def signed(amount: Decimal, currency: str | None, formats: Formats) -> str:
    """Write money with its sign, without the currency's code."""
    text = formats.money(amount, currency, code=False)
    return f"+{text}" if amount > 0 else text


def _allotted(difference: Decimal, shares: dict[Part, float], coin: Decimal) -> dict[Part, Decimal]:
    """Round each part to the coin; what rounding leaves over goes to the largest, so that all add up."""
    amounts = {
        part: _rounded(WIDE.multiply(difference, Decimal(repr(share))), coin)
        for part, share in shares.items()
    }
    largest = max(shares, key=lambda part: abs(shares[part]))
    left_over = difference
    for amount in amounts.values():
        left_over = WIDE.subtract(left_over, amount)
    return {**amounts, largest: WIDE.add(amounts[largest], left_over)}


def _rounded(value: float | Decimal, coin: Decimal) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(coin, ROUND_HALF_UP, WIDE)
