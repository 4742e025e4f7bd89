"""What a verdict was held against, as a table and a line: forecast, own history, the other campaigns."""

from engine.models.baselines import Baseline, BaselineName
from engine.models.comparison import Interval
from engine.models.recommendation import Analysis
from engine.models.rules import Rules
from engine.narrate.formats import Formats
from engine.narrate.sentences import NAMES
from engine.narrate.words import Words

HEAD = ["Against", "Then", "Change", "95 % range", "Says"]
CALLED: dict[BaselineName, str] = {
    "forecast": "forecast",
    "own history": "own history",
    "portfolio": "the others",
}
FEWEST = 3


def table(analysis: Analysis, words: Words) -> list[list[str]]:
    """One row a baseline, the first row is the head; empty where only totals were handed in."""
    found = analysis.baselines
    if found is None or analysis.is_unjudged:
        return []
    return [HEAD, *(_row(each, analysis, words) for each in found.every)]


def lines(analysis: Analysis, words: Words) -> list[str]:
    """The same table as lines, for a message that has a table already."""
    rows = table(analysis, words)[1:]
    return [
        f"Against {called}: {then}, {change} ({span}), {says}." for called, then, change, span, says in rows
    ]


def drives(analysis: Analysis, words: Words) -> str | None:
    """Say which baseline makes the verdict."""
    found = analysis.baselines
    if found is None or analysis.is_unjudged:
        return None
    if found.drives is None:
        return "Nothing to compare with yet: no forecast, and no earlier window."
    said = {"forecast": "the forecast", "own history": "its own history", "portfolio": "the others"}
    others = found.named("portfolio")
    verdict = f"The verdict is against {said[found.drives]}."
    if others is None or others.value is None:
        return verdict
    beside = words.formats.count(others.campaigns, "other campaign")
    return f"{verdict} The others: {beside} between the same windows."


def maturity(analysis: Analysis, words: Words) -> str | None:
    """Say "72 % mature", on the card; and where it is only assumed, that."""
    rows = analysis.retrospective.rows
    if rows is None or rows.maturity is None:
        return None
    share = min(rows.maturity.share, 0.99)  # what is not over is never told as complete
    assumed = "" if rows.maturity.learned else " (assumed)"
    return f"{words.formats.percent(share * 100)} mature{assumed}"


def still_to_come(analysis: Analysis, words: Words) -> str | None:
    """Say how conversions that are still to come were allowed for."""
    rows = analysis.retrospective.rows
    if rows is None or rows.maturity is None:
        return None
    f, late = words.formats, rows.maturity
    until, share = f.day(late.settles), f.percent(late.share * 100)
    if late.learned:
        learned = f"Conversions: {share} are known by now, learned from days that were read twice."
        return f"{learned} CPA, CVR and ROAS allow for the rest, known on {until}."
    days = f.count(late.lag_days, "day")
    assumed = f"Conversions may come in for {days} (assumed), until {until}."
    return f"{assumed} Nothing is called worse on younger days alone."


def scatter(analysis: Analysis, words: Words) -> str | None:
    """Say how much more than counting the days scatter."""
    lead = analysis.comparison.lead
    if lead.dispersion is None:
        return None
    times, name = words.formats.number(lead.dispersion, 1), NAMES[analysis.comparison.driver]
    return f"Its days scatter {times} times as much as counting alone; the ranges of {name} allow for that."


def size(analysis: Analysis, rules: Rules, words: Words) -> str | None:
    """Name the size of a real change."""
    found = analysis.comparison.lead.size(rules.significant, rules.critical)
    if found is None:
        return None
    limit = words.formats.percent((rules.critical if found == "critical" else rules.significant) * 100)
    return f"Size: {found}, over {limit}."


def _row(each: Baseline, analysis: Analysis, words: Words) -> list[str]:
    f, name = words.formats, analysis.comparison.driver
    currency = analysis.retrospective.campaign.currency
    called = CALLED[each.name]
    if each.value is None:
        few = f"{f.number(each.campaigns)} of {FEWEST}" if each.name == "portfolio" else "none"
        return [called, "–", "–", "–", few]
    then = f.kpi(name, each.value, currency)
    change = "–" if each.delta_pct is None else f.change(each.delta_pct)
    return [called, then, change, _range(each.interval, f), _says(each)]


def _range(span: Interval | None, formats: Formats) -> str:
    if span is None or span.low is None or span.high is None:
        return "–"
    return f"{formats.change(span.low)} to {formats.change(span.high)}"


def _says(each: Baseline) -> str:
    sense = f", {'better' if each.favourable else 'worse'}" if each.verdict == "real" else ""
    return f"{each.verdict}{sense}"
