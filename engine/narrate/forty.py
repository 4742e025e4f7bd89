"""The numbered sentences: the form of each, and when it may be said. There is no other way to say one.

A form has its parts in braces, written by whoever says it; its condition looks at the record itself. What
does not hold is not said: ``say`` gives ``None`` there, and ``stated`` refuses. Numbers that no record can
hold yet (a veto, causes, measured outcomes) are not in the table.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from engine.models.action import Expectation, SetSpend, WorstCase
from engine.models.comparison import Comparison, KpiComparison, LogParts, Need, RoasDecomposition
from engine.models.execution import Execution, Receipt
from engine.models.export import Rejected, Scan
from engine.models.file_import import FileImport
from engine.models.mix_shift import MixShift
from engine.models.pattern import LevelEffect, SimilarCampaign
from engine.models.pattern_life import Retraction
from engine.models.recommendation import Decision, OwnHistory

A_HAIR = 1e-6  # relative: what floats lose on their way
ENOUGH_CHECKED = 20


class Untrue(ValueError):
    """A sentence was to be said of a record for which it does not hold."""


class Sentence(NamedTuple):
    """``says`` with its parts in braces; ``when`` in words what ``holds`` asks of the record."""

    says: str
    when: str
    holds: Callable[..., bool]


def say(number: str, *record: object, **parts: str) -> str | None:
    """Say a numbered sentence of a record; ``None`` where its condition does not hold."""
    found = TABLE[number]
    return found.says.format(**parts) if found.holds(*record) else None


def stated(number: str, *record: object, **parts: str) -> str:
    """Say one whose condition its caller has made sure of; raises ``Untrue`` otherwise."""
    said = say(number, *record, **parts)
    if said is None:
        raise Untrue(f"{number} is said only when: {TABLE[number].when}")
    return said


def _beaten(lead: KpiComparison) -> bool:
    return lead.verdict == "real" and lead.favourable is True


def _missed(lead: KpiComparison) -> bool:
    return lead.verdict == "real" and lead.favourable is False


def _noise(each: KpiComparison) -> bool:
    return each.verdict == "noise"


def _early(lead: KpiComparison, need: Need | None) -> bool:
    return lead.verdict == "too early" and need is not None and need.more > 0


def _no_forecast(lead: KpiComparison, history: OwnHistory | None) -> bool:
    return not lead.expected and history is not None


def _poor(score: int, floor: int, faults: Sequence[object]) -> bool:
    return score < floor and bool(faults)


def _against(each: KpiComparison, lead: KpiComparison) -> bool:
    return each.verdict == lead.verdict == "real" and each.favourable is not lead.favourable


def _real(each: KpiComparison) -> bool:
    return each.verdict == "real" and each.favourable is not None


def _bounded(cpa: KpiComparison, conversions: Decimal | None, spend: float) -> bool:
    bound = cpa.interval.low if cpa.interval else None
    return conversions == 0 and bound is not None and abs(bound - spend / 3) <= A_HAIR * max(spend, 1.0)


def _no_revenue(comparison: Comparison) -> bool:
    return "revenue_missing" in comparison.flags


def _estimate(roas: float, conversions: float, order_value: float, spend: float) -> bool:
    return spend > 0 and abs(roas * spend - conversions * order_value) <= A_HAIR * max(roas * spend, 1.0)


def _adds_up(parts: LogParts | RoasDecomposition, change: float) -> bool:
    if isinstance(parts, RoasDecomposition):
        moved = parts.after - parts.before
        whole = parts.cpm + parts.ctr + parts.cvr + parts.aov
        return abs(whole - moved) <= A_HAIR * max(abs(moved), 1.0) and (moved < 0) == (change < 0)
    whole = parts.cpm + parts.ctr + parts.cvr
    return abs(whole - parts.total) <= A_HAIR and (parts.total < 0) == (change < 0)


def _against_each_other(shift: MixShift) -> bool:
    return shift.paradox and shift.total_pct * shift.rate_pct < 0 < shift.alike


def _spend_change(action: SetSpend) -> bool:
    return action.to != action.previous


def _expected(expectation: Expectation) -> bool:
    return expectation.low <= expectation.high


def _for_nothing(worst: WorstCase) -> bool:
    return worst.kind == "spent_for_nothing"


def _not_made(worst: WorstCase, events: float) -> bool:
    exact = Decimal(str(events)) * (worst.unit_price or 0)
    return worst.kind != "spent_for_nothing" and abs(exact - worst.amount) <= (worst.unit_price or 0)


def _checked(right: int, checked: int) -> bool:
    return 0 <= right <= checked >= ENOUGH_CHECKED


def _unchecked(checked: int) -> bool:
    return checked < ENOUGH_CHECKED


def _over(change: float, limit: float) -> bool:
    return abs(change) > limit


def _precedent(similar: Sequence[SimilarCampaign]) -> bool:
    return any(each.outcome for each in similar)


def _no_precedent(similar: Sequence[SimilarCampaign]) -> bool:
    return not _precedent(similar)


def _approved(given: Sequence[Decision]) -> bool:
    return bool(given)


def _edited(given: Sequence[Decision], proposed: SetSpend, decided: SetSpend) -> bool:
    return bool(given) and proposed.to != decided.to


def _nobody(given: Sequence[Decision]) -> bool:
    return not given


def _read_back(receipt: Receipt, action: SetSpend) -> bool:
    return receipt.value == action.to and receipt.previous is not None


def _refused(execution: Execution) -> bool:
    return execution.refusals >= 1 or execution.status == "refused"


def _doubtful(execution: Execution) -> bool:
    return execution.receipt is None and execution.shown is None


def _without_zero(effect: LevelEffect) -> bool:
    low, high = effect.interval.low, effect.interval.high
    return low is not None and high is not None and (high < 0 or low > 0)


def _wrong(said: LevelEffect, now: Retraction) -> bool:
    low, high = now.interval.low or 0.0, now.interval.high or 0.0
    return low <= 0 <= high or (now.lift_pct < 0) != (said.lift_pct < 0)


def _quiet(moved: int, waiting: int) -> bool:
    return moved == waiting == 0


def _taken(scan: Scan) -> bool:
    return bool(scan.days) or scan.totals.spend is not None or scan.totals.conversions is not None


def _rows(scan: Scan) -> bool:
    return not _taken(scan)


def _in_a_line(rejected: Rejected) -> bool:
    return rejected.line >= 0


def _known_file(checksum: str, before: FileImport) -> bool:
    return checksum == before.checksum


def _named(approvers: Sequence[str]) -> bool:
    return bool(approvers)


def _withdrawn(status: str) -> bool:
    return status == "withdrawn"


TABLE: dict[str, Sentence] = {
    "S01": Sentence(
        "{opening} {kpi} {a} instead of {f} ({d}, real).", "the driver is real, favourable", _beaten
    ),
    "S02": Sentence(
        "{opening} {kpi} {a} instead of {f} ({d}, real).", "the driver is real, unfavourable", _missed
    ),
    "S03": Sentence(
        "{opening} {kpi} {a} instead of {f} ({d}) is within noise.", "the driver is noise", _noise
    ),
    "S04": Sentence(
        "{opening} {kpi} {a} after {n}; I need {need}.", "too early, and something is missing", _early
    ),
    "S05": Sentence(
        "{opening} Against its own {w}: {kpi} {b} → {a} ({d}, {verdict}).", "no forecast, or 0", _no_forecast
    ),
    "S07": Sentence(
        "{opening} I give no verdict; {faults} to repair.",
        "the score is below the floor, faults are named",
        _poor,
    ),
    "S08": Sentence("But {kpi} {f} → {a} ({d}, real, {dir}).", "real, and against the driver", _against),
    "S09": Sentence("{kpi} {f} → {a}\n{d} · real, {dir}", "real", _real),
    "S10": Sentence("{kpi} {f} → {a}\n{d} · noise", "noise", _noise),
    "S11": Sentence(
        "CPA not defined (0 conversions, {spend} spent); {level} sure it is above {x}.",
        "no conversion, and the bound is a third of the spend",
        _bounded,
    ),
    "S12": Sentence(
        "ROAS not defined: no revenue. This hides whether orders got smaller.",
        "no revenue was given",
        _no_revenue,
    ),
    "S13": Sentence(
        "ROAS about {x} (estimate from your order value {aov}).",
        "x = conversions · order value / spend",
        _estimate,
    ),
    "S14": Sentence(
        "Why the {kpi} {verb}: {parts}{against}.",
        "the log parts add up to the change, which has this sign",
        _adds_up,
    ),
    "S16": Sentence(
        "Mix shift: {rate} {inside} in {dim} and {total} in total: {seg} grew from {w0} to {w1}.",
        "segments and total moved against each other, and neither is chance",
        _against_each_other,
    ),
    "S17": Sentence("{verb} the {field} {from_} → {to} ({d}).", "the amount changes", _spend_change),
    "S18": Sentence("Expected by {day}: {kpi} {lo} to {hi} ({level}).", "stored before deciding", _expected),
    "S19a": Sentence("Worst case: {x} spent for nothing.", "all that is added may be lost", _for_nothing),
    "S19b": Sentence("Worst case: about {n} not made ({x} at {f} each).", "x = n · f", _not_made),
    "S20a": Sentence("Confidence {p} ({x} of {y} like it were right).", "at least 20 were checked", _checked),
    "S20b": Sentence("Confidence {p} (not yet checked).", "fewer than 20 were checked", _unchecked),
    "S21": Sentence("{d} is over your limit of {cap}. Edit it to {cap} or less.", "|d| > cap", _over),
    "S22a": Sentence(
        "{n}: {i} improved, {w} worsened, {u} cannot tell.",
        "something was measured; i + w + u = n",
        _precedent,
    ),
    "S22b": Sentence("No precedent.", "nothing was measured", _no_precedent),
    "S23": Sentence("Approved by {who}, {when}.", "the ledger has the approval", _approved),
    "S24": Sentence(
        "Approved with a change by {who}, {when}: {d1} became {d2}.",
        "approved, and the amounts differ",
        _edited,
    ),
    "S26": Sentence("Expired{when}; nobody decided. Nothing was changed.", "nobody approved", _nobody),
    "S27": Sentence(
        "Withdrawn{when}: {kpi} is back at {a}. Nothing was changed.", "its reason is gone", _withdrawn
    ),
    "S28": Sentence(
        "Done {when}. {platform} {shows} {field} {to} (was {from_}).",
        "what was read back is what was asked",
        _read_back,
    ),
    "S29": Sentence(
        "{opening} {platform} refused {k}{when}: {error}. Nothing was changed.",
        "each answer refused",
        _refused,
    ),
    "S30": Sentence(
        "I don't know if {what} arrived. Sent {when}, no answer, and I cannot read {field} back.",
        "no receipt, no refusal",
        _doubtful,
    ),
    "S34a": Sentence("{opening} {parts}.", "rows were taken, and their sums are known", _taken),
    "S34b": Sentence("{opening}", "rows were taken", _rows),
    "S35": Sentence(
        'Line {line}{column}: {value} breaks the rule "{rule}".',
        "the value is as in the file; line 0 is the whole file",
        _in_a_line,
    ),
    "S36": Sentence(
        "I have this file already ({when}, by {who}). Nothing was added.",
        "its checksum is known",
        _known_file,
    ),
    "S37": Sentence(
        "Quiet week, {days}: {parts}. Nothing real moved, nothing waits.", "0 real, 0 pending", _quiet
    ),
    "S38": Sentence(
        "{level}: CPA {d} against the rest ({share} range {r}), {n}. {status}, last tested {day}.",
        "the range leaves out 0",
        _without_zero,
    ),
    "S39": Sentence(
        "We were wrong: “{claim}”. Said {d1} in {n1}, now {d2} ({share} range {r}) in {n2}. Retracted.",
        "the range holds 0, or the sign turned",
        _wrong,
    ),
    "S40": Sentence(
        "Only {approvers} can decide this. Your click changed nothing.", "approvers are named", _named
    ),
}
