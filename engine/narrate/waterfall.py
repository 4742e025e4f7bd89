"""Why the CPA moved, in money: from the forecast to the actual, part by part, and the same in words."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from engine.models.comparison import CpaDecomposition
from engine.models.currency import smallest_unit
from engine.models.recommendation import Analysis
from engine.narrate.formats import WIDE, Formats
from engine.narrate.sentences import NAMES
from engine.narrate.words import Words

Part = Literal["cpm", "ctr", "cvr"]
LABELS: dict[Part, tuple[str, str]] = {
    "cpm": ("impressions dearer", "impressions cheaper"),
    "ctr": ("clicks harder", "clicks easier"),
    "cvr": ("conversion", "conversion"),
}


class Step(NamedTuple):
    """One part of the change; ``amount`` is money and negative where it made the CPA lower."""

    part: Part
    amount: Decimal
    noise: bool

    @property
    def label(self) -> str:
        return LABELS[self.part][0 if self.amount > 0 else 1]


class Waterfall(NamedTuple):
    """``before`` plus all amounts is ``after``, exactly, in the currency's decimals.

    Steps that made the CPA dearer come first, so on the way no level is below the lower end.
    """

    before: Decimal
    after: Decimal
    steps: tuple[Step, ...]
    currency: str | None


def waterfall(analysis: Analysis) -> Waterfall | None:
    """Allot the CPA's difference by the shares of its log change: what made it dearer, then the rest.

    Largest first among both. Parts that oppose each other may each be more than the CPA itself: eight
    times the clicks at a fifth of the conversion rate. Taken the other way round, what made it cheaper
    would lead below nothing. ``None`` where the CPA does not drive the verdict, where its change is not
    real or its counting is in doubt, and where the change is smaller than the currency's smallest coin.
    """
    comparison = analysis.comparison
    lead, split = comparison.lead, comparison.cpa_decomposition
    if comparison.driver != "cpa" or lead.verdict != "real" or split is None:
        return None
    if "counting_doubted" in comparison.flags:
        return None
    currency = analysis.retrospective.campaign.currency
    before, after = (_rounded(lead.expected or 0, currency), _rounded(lead.actual or 0, currency))
    if before == after:
        return None
    amounts = _allotted(after - before, split, currency)
    ordered = sorted(amounts, key=lambda part: (amounts[part] < 0, -abs(amounts[part])))
    noise = {part for part in ("ctr", "cvr") if comparison.metrics[part].verdict == "noise"}
    steps = tuple(Step(part, amounts[part], part in noise) for part in ordered if amounts[part])
    return Waterfall(before, after, steps, currency)


def in_words(drawn: Waterfall, words: Words) -> str:
    """Say both ends and the parts: what a reader hears who does not see the picture."""
    f = words.formats
    ends = f"{f.money(drawn.before, drawn.currency, code=False)} to {f.money(drawn.after, drawn.currency)}"
    parts = ", ".join(f"{each.label} {signed(each.amount, drawn.currency, f)}" for each in drawn.steps)
    return f"{NAMES['cpa']} {ends}: {parts}"


def signed(amount: Decimal, currency: str | None, formats: Formats) -> str:
    """Write money with its sign, without the currency's code."""
    text = formats.money(amount, currency, code=False)
    return f"+{text}" if amount > 0 else text


def _allotted(difference: Decimal, split: CpaDecomposition, currency: str | None) -> dict[Part, Decimal]:
    """Round each part to the coin; what rounding leaves over goes to the largest, so that all add up."""
    shares: dict[Part, float] = {"cpm": split.cpm, "ctr": split.ctr, "cvr": split.cvr}
    amounts = {
        part: _rounded(WIDE.multiply(difference, Decimal(repr(share))), currency)
        for part, share in shares.items()
    }
    largest = max(shares, key=lambda part: abs(shares[part]))
    left_over = difference
    for amount in amounts.values():
        left_over = WIDE.subtract(left_over, amount)
    return {**amounts, largest: WIDE.add(amounts[largest], left_over)}


def _rounded(value: float | Decimal, currency: str | None) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(smallest_unit(currency), ROUND_HALF_UP, WIDE)
