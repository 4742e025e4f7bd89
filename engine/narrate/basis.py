"""What is said of the rows that a window was built from: their origin, what they lack, what drifted."""

from engine.models.from_rows import Disagreement, LeftOut
from engine.models.quality import Drift, FaultKind, QualityFault, Sign
from engine.models.recommendation import Analysis
from engine.narrate.formats import listed
from engine.narrate.forty import say
from engine.narrate.words import Words

COLUMNS = {"cpm": "CPM", "ctr": "CTR", "cpc": "CPC"}
MOST_FILES = 3


def quality_short(analysis: Analysis) -> str | None:
    """Say "data quality 97/100"; ``None`` without rows."""
    return None if analysis.quality is None else f"data quality {analysis.quality.score}/100"


def quality(analysis: Analysis, words: Words) -> str | None:
    """Name the score and every fault: "Data quality 97/100: 2 days late, 1 ad unnamed."."""
    if analysis.quality is None:
        return None
    faults = ", ".join(fault(each, words) for each in analysis.quality.faults)
    return f"Data quality {analysis.quality.score}/100{f': {faults}' if faults else ', no fault known'}."


def unjudged(analysis: Analysis, words: Words) -> str | None:
    """S07: too poor for a verdict."""
    if analysis.quality is None or not analysis.is_unjudged:
        return None
    opening = f"Data quality {analysis.quality.score}/100, below {analysis.floor}."
    faults = words.formats.count(len(analysis.quality.faults), "fault")
    strong, quality = words.style.strong(opening), analysis.quality
    return say("S07", quality.score, analysis.floor, quality.faults, opening=strong, faults=faults)


def faults_first(analysis: Analysis, words: Words) -> str | None:
    """Name the faults on a card without a verdict: they are what it is about."""
    if analysis.quality is None or not analysis.is_unjudged:
        return None
    named = [fault(each, words) for each in analysis.quality.faults]
    return f"To repair: {'; '.join(named)}."


def fault(found: QualityFault, words: Words) -> str:
    """Name one fault in a few words: "2 days late"."""
    if found.drift is not None:
        return drift(found.drift, words).rstrip(".")
    f = words.formats
    share = f.number(found.count) + (f" of {f.number(found.out_of)}" if found.out_of else "")
    said: dict[FaultKind, str] = {
        "rejected": f"{share} rows refused",
        "missing_cells": f"{share} rows with a blank cell",
        "missing_days": f"{share} days missing",
        "late": f"{f.count(found.count, 'day')} late",
        "unnamed": f"{f.count(found.count, 'ad')} unnamed",
        "open_day": "its last day was not over",
        "total_differs": "the file's own total differs",
        "conversions_exceed_clicks": "more conversions than clicks",
        "data_drift": "the data changed",
    }
    return said[found.kind]


def drift(found: Drift, words: Words) -> str:
    """Tell what drifted, since when, and how far, in one sentence."""
    f = words.formats
    since, column = f"since {f.day(found.since)}", COLUMNS.get(found.column, found.column)
    before, after = (_value(found, each, words) for each in (found.before, found.after))
    factor, far = _factor(found, words), f.number(found.effect, 2)
    said: dict[Sign, str] = {
        "vanished": f"The column {column} is gone {since}.",
        "appeared": f"The column {column} is new {since}.",
        "blank": f"Blank cells in {column} {since}: {before} → {after} of the rows.",
        "stopped": f"No conversions at all {since} (before: {before} a day), while clicks go on.",
        "factor": f"{column.capitalize()} jumped {since} by a factor of {factor}.",
        "money": f"All money changed by one factor ({factor}) {since}: another currency?",
        "moved": f"{column} moved {since}: {before} → {after} a day (KS distance {far}).",
        "share": f"{column.capitalize()} {words.style.name(found.value)} moved {since}: "
        f"{before} → {after} of the impressions (KS distance {far}).",
    }
    return said[found.sign]


def drift_notice(found: tuple[Drift, ...], words: Words) -> list[str]:
    """Lines for an import's reply: the data first, for that holds back proposals."""
    lines = [f"⚠️ {drift(each, words)} I propose nothing on it." for each in found if each.kind == "data"]
    return [*lines, *(f"The market moved: {drift(each, words)}" for each in found if each.kind == "market")]


def figures_end(analysis: Analysis, words: Words) -> str | None:
    """Say where figures end, where that is before yesterday."""
    late = analysis.quality and next((each for each in analysis.quality.faults if each.kind == "late"), None)
    return f"figures end {words.formats.day(analysis.retrospective.last_day)}" if late else None


def rows_begin(analysis: Analysis, words: Words) -> str | None:
    """Say where rows begin, where that is within the days that were asked for."""
    rows, start = analysis.retrospective.rows, analysis.retrospective.campaign.window_start
    if rows is None or rows.wanted is None or start is None:
        return None
    return f"rows begin {words.formats.day(start)}"


def disagreement(analysis: Analysis, words: Words) -> str | None:
    """Warn where a retrospective of the same days says something else; the rows count."""
    rows = analysis.retrospective.rows
    if rows is None or not rows.disagreements:
        return None
    currency = analysis.retrospective.campaign.currency
    said = [_both(each, currency, words) for each in rows.disagreements]
    return f"⚠️ The retrospective of these days disagrees: {', '.join(said)}. The rows count."


def conversions_missing(analysis: Analysis) -> str | None:
    """Say why there is no CPA, where no row has conversions."""
    if "conversions_missing" not in analysis.comparison.flags or analysis.is_unjudged:
        return None
    return "No CPA: the rows have no conversions, so I report clicks and what they cost."


def left_out(analysis: Analysis, words: Words) -> str | None:
    """Say which rows ratios leave out."""
    rows, metrics = analysis.retrospective.rows, analysis.retrospective.campaign.actual_metrics
    if rows is None or not rows.left_out or not metrics.pairs:
        return None
    named = listed([_lacking(each, words) for each in rows.left_out])
    out_of = words.formats.number(rows.left_out[0].out_of)
    return f"Ratios leave out, of {out_of} rows, {named}."


def origin(analysis: Analysis, words: Words) -> str | None:
    """Name the files that the figures are from."""
    rows = analysis.retrospective.rows
    if rows is None or not rows.files:
        return None
    named = [words.style.name(each) for each in rows.files[:MOST_FILES]]
    more = len(rows.files) - len(named)
    return f"From {', '.join(named)}{f' and {more} more' if more else ''}."


def _both(each: Disagreement, currency: str | None, words: Words) -> str:
    def shown(value: float) -> str:
        if each.number in {"spend", "revenue"}:
            return words.formats.money(value, currency)
        return words.formats.number(value, 0 if value == int(value) else 1)

    return f"{each.number} {shown(each.handed_in)}, rows {shown(each.rows)}"


def _lacking(each: LeftOut, words: Words) -> str:
    return f"{words.formats.number(each.rows)} without {each.number}"


def _value(found: Drift, value: float | None, words: Words) -> str:
    f = words.formats
    if value is None:
        return "none"
    if found.sign in {"blank", "share"} or found.column in {"ctr", "cvr"}:
        return f.percent(value * 100, 2 if found.column in {"ctr", "cvr"} else 0)
    if found.sign == "stopped":
        return f.number(value, 0 if value >= 10 else 1)
    return f.number(value, 2)


def _factor(found: Drift, words: Words) -> str:
    factor = (found.after or 0) / found.before if found.before else 0.0
    return words.formats.number(factor, 0 if factor >= 10 else 2)
