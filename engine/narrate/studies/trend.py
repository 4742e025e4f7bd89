"""Trends in words: what moved, since when, whether it goes on, and whether the market moves too."""

from engine.models.comparison import Interval
from engine.models.study import Study
from engine.models.trend_study import Others, TrendLine, TrendSeries, TrendStudy, Velocity
from engine.narrate.calendar import reason
from engine.narrate.formats import SPACE, Formats
from engine.narrate.picture import TrendPicture
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

RANGE = f"80{SPACE}% range"
LONGEST_NAME = 60
TICKS = 4
GOES_ON: dict[Velocity, str] = {
    "accelerating": "it is accelerating",
    "steady": "the pace neither grows nor shrinks for sure",
    "stabilising": "it is stabilising",
}
SINCE_STEP: dict[Velocity, str] = {
    "accelerating": "it goes on in the same direction",
    "steady": "it holds",
    "stabilising": "it is coming back",
}


def told(study: Study, words: Words) -> Told:
    """Say what moved; where nothing did, or it is too early, that."""
    if not isinstance(study, TrendStudy):
        raise TypeError(study.kind)
    if len(study.lines) == 1:
        return _one(study, study.lines[0], words)
    return _several(study, words)


def _one(study: TrendStudy, line: TrendLine, words: Words) -> Told:
    return Told(
        verdict=_verdict(line, words),
        lines=tuple(_lines(line, words)),
        basis=_basis(line, words),
        picture=_picture(line, study.drawn, words) if study.drawn else None,
    )


def _several(study: TrendStudy, words: Words) -> Told:
    if not study.lines:
        return Told("No campaign has daily rows yet. Drop an export, and I look for trends.")
    real = [each for each in study.lines if each.state == "real"]
    tried = words.formats.count(len(study.lines), "platform")
    verdict = _verdict(real[0], words) if real else f"No trend: none of {tried} moved for real."
    if len(real) > 1:
        verdict = f"{len(real)} of {tried} moved for real."
    lines = [_in_brief(each, words) for each in study.lines if len(real) != 1 or each is not real[0]]
    if study.more:
        lines[-1] = f"{lines[-1]} And {study.more} more: `/marko trend` with a platform's name."
    days = f"{study.window_days} days up to yesterday, a line each platform"
    return Told(verdict=verdict, lines=tuple(lines), basis=days)


def _in_brief(line: TrendLine, words: Words) -> str:
    """One platform among several: where nothing moved, only its level and what was counted."""
    if line.state != "none" or line.level is None:
        return _verdict(line, words)
    f = words.formats
    level = f"{line.kpi.upper()} {f.kpi(line.kpi, line.level, line.currency)}"
    return f"{_whose(line, words)}: no trend, {level}, {f.number(line.events)} {line.counted}."


def _whose(line: TrendLine, words: Words) -> str:
    name = line.name if len(line.name) <= LONGEST_NAME else f"{line.name[: LONGEST_NAME - 1]}…"
    return words.style.name(name)


def _named(line: TrendLine, words: Words) -> str:
    return f"{line.kpi.upper()} of {_whose(line, words)}"


def _title(line: TrendLine) -> str:
    """What a picture shows, and of whom; a name stands as it is."""
    return f"{line.kpi.upper()} by day, {line.name}" if line.name else f"{line.kpi.upper()} by day"


def _verdict(line: TrendLine, words: Words) -> str:
    f = words.formats
    if line.state == "too_early":
        return _too_early(line, words)
    if line.state == "calendar":
        why = reason(line.left_out, words)
        return f"No alarm: {_named(line, words)} moved on days that are expected to differ. {why}."
    if line.state == "immature":
        return (
            f"Too early: {_named(line, words)} looks worse, but only with the newest days, whose conversions "
            "still come in."
        )
    level = f.kpi(line.kpi, line.level, line.currency) if line.level is not None else "not defined"
    if line.state == "none" or line.onset is None or line.before is None or line.after is None:
        return f"No trend: {_named(line, words)}, {level}, stays within its noise."
    before = f.kpi(line.kpi, line.before, line.currency, code=False)
    after = f.kpi(line.kpi, line.after, line.currency)
    moved = "rose" if (line.change_pct or 0) > 0 else "fell"
    change = f"{f.change(line.change_pct or 0)}, {RANGE} {_range(line.interval, f)}"
    good = "better" if line.favourable else "worse"
    return (
        f"{_whose(line, words)} got {good}: {line.kpi.upper()} {moved} {before} → {after} ({change}), real, "
        f"since {f.day(line.onset)}."
    )


def _range(interval: Interval | None, f: Formats) -> str:
    return f.change_range(interval) if interval else "unknown"


def _too_early(line: TrendLine, words: Words) -> str:
    f = words.formats
    lacks = [f.count(line.needs_days, "more day")] if line.needs_days else []
    if line.needs_events:
        one = line.counted.removesuffix("s")
        lacks.append(f"about {f.count(line.needs_events, f'more {one}')}")
    has = f"{f.count(line.days, 'usable day')}, {f.number(line.events)} {line.counted}"
    return f"Too early: {_named(line, words)} has {has}; a trend needs {' and '.join(lacks)}."


def _lines(line: TrendLine, words: Words) -> list[str]:
    found = [_since(line, words), _others(line.others, words), _until(line, words), _pace(line, words)]
    if line.unsettled_days and line.state == "real":
        days = words.formats.count(line.unsettled_days, "newest day")
        found.append(f"Left out: the {days}, whose conversions still come in.")
    if line.left_out and line.state != "calendar":
        found.append(f"Left out: {reason(line.left_out, words)}.")
    return [each for each in found if each]


def _since(line: TrendLine, words: Words) -> str:
    f = words.formats
    if line.state != "real" or line.onset is None or line.onset_first is None or line.onset_last is None:
        return ""
    if line.onset_first == line.onset_last:
        surely = f"on {f.day(line.onset)}"
    else:
        surely = f"between {f.day(line.onset_first)} and {f.day(line.onset_last)}"
    goes = GOES_ON if line.shape == "ramp" else SINCE_STEP
    then = f"; {goes[line.velocity]}" if line.velocity else ""
    grade = f", {line.grade}" if line.grade != "slight" else ""
    lasts = f.count(line.duration_days or 0, "day")
    if line.shape == "step":
        return f"If it came at once, it began {surely} (90{SPACE}% sure); {lasts} so far{grade}{then}."
    return f"It came day by day and began {surely} (90{SPACE}% sure); {lasts} so far{grade}{then}."


def _others(others: Others | None, words: Words) -> str:
    if others is None:
        return ""
    f = words.formats
    whom = f"{f.count(others.campaigns, 'other campaign')} of the platform"
    if others.change_pct is None:
        return f"Whether the market moved too I cannot tell: {whom}, too few figures."
    moved = f"{whom} moved {f.change(others.change_pct)} ({RANGE} {_range(others.interval, f)}) from that day"
    if others.says == "market":
        return f"The market moves too: {moved}."
    if others.says == "alone":
        return f"This campaign alone: {moved}."
    return f"Market or this campaign, I cannot tell: {moved}."


def _until(line: TrendLine, words: Words) -> str:
    found, f = line.threshold, words.formats
    if found is None:
        return ""
    goal = f.kpi(line.kpi, found.forecast, line.currency)
    low = f.number(max(round(found.low_days), 1))
    high = f"to {f.number(max(round(found.high_days), 1))}" if found.high_days is not None else "or more"
    return (
        f"At this pace it reaches the forecast of {goal} in about "
        f"{f.count(max(round(found.days), 1), 'day')} ({RANGE} {low} {high})."
    )


def _pace(line: TrendLine, words: Words) -> str:
    if line.slope_pct_per_week is None or line.state != "real":
        return ""
    f = words.formats
    slope = f"{f.change(line.slope_pct_per_week)} a week ({RANGE} {_range(line.slope_interval, f)})"
    return f"Over the whole window: {slope}."


def _basis(line: TrendLine, words: Words) -> str:
    f = words.formats
    if line.first_day is None or line.last_day is None:
        return "No complete days."
    parts = [
        f.days(line.first_day, line.last_day),
        f.count(line.days, "complete day"),
        f"{f.number(line.events)} {line.counted}",
        line.currency or "",
        f.count(line.campaigns, "campaign") if line.campaigns > 1 else "",
        "weekdays allowed for",
    ]
    return " · ".join(filter(None, parts))


def _picture(line: TrendLine, drawn: TrendSeries, words: Words) -> TrendPicture:
    f = words.formats
    onset_says = f"since {f.day(line.onset)}" if line.onset and drawn.onset is not None else ""
    return TrendPicture(
        title=_title(line),
        alt=_alt(line, drawn, words),
        days=tuple(f.day(each) for each in drawn.days),
        values=drawn.values,
        fitted=drawn.fitted,
        low=drawn.low,
        high=drawn.high,
        onset=drawn.onset if line.state == "real" else None,
        between=drawn.between if line.state == "real" else None,
        onset_says=onset_says if line.state == "real" else "",
        ticks=_ticks(line, drawn, f),
    )


def _alt(line: TrendLine, drawn: TrendSeries, words: Words) -> str:
    f = words.formats
    known = [(day, value) for day, value in zip(drawn.days, drawn.values, strict=True) if value is not None]
    if not known:
        return f"{_title(line)}: not defined on any day"
    (first, begin), (last, end) = known[0], known[-1]
    ends = [
        f"{f.kpi(line.kpi, value, line.currency)} on {f.day(day)}"
        for day, value in ((first, begin), (last, end))
    ]
    said = f"{_title(line)}: {ends[0]}, {ends[1]}"
    if line.state != "real" or line.before is None or line.after is None or line.onset is None:
        return f"{said}; no trend"
    levels = [f.kpi(line.kpi, each, line.currency) for each in (line.before, line.after)]
    return f"{said}; level {levels[0]} before {f.day(line.onset)}, {levels[1]} after"


def _ticks(line: TrendLine, drawn: TrendSeries, f: Formats) -> tuple[tuple[float, str], ...]:
    """A few even steps between the lowest and the highest value, as they are written, each once."""
    known = [each for each in drawn.values if each is not None]
    if not known:
        return ()
    low, high = min(known), max(known)
    places = [low + (high - low) * each / TICKS for each in range(TICKS + 1)]
    written = {f.kpi(line.kpi, each, line.currency, code=False): each for each in places}
    return tuple((value, says) for says, value in written.items())
