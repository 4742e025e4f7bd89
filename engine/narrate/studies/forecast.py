"""The coming days in words: what to expect, how sure, and how forecasts of past days did."""

import math
from datetime import date, timedelta

from engine.models.forecast_study import ComingDay, Figure, ForecastLimit, ForecastStudy
from engine.models.study import Study
from engine.narrate.calendar import reason
from engine.narrate.formats import SPACE, Formats, listed
from engine.narrate.picture import FanPicture
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

NAMES: dict[Figure, str] = {
    "ctr": "CTR",
    "cvr": "CVR",
    "cpa": "CPA",
    "roas": "ROAS",
    "cpc": "CPC",
    "cpm": "CPM",
    "impressions": "Impressions",
    "clicks": "Clicks",
    "conversions": "Conversions",
    "spend": "Spend",
}
BELOW: dict[Figure, str] = {
    "ctr": "impressions",
    "cvr": "clicks",
    "cpa": "spend",
    "roas": "spend",
    "cpc": "spend",
    "cpm": "spend",
}
"""What is planned for a coming day, so that its figure can be forecast."""
STILL_FILLING: frozenset[Figure] = frozenset({"cvr", "cpa", "roas", "conversions"})
COSTS: frozenset[Figure] = frozenset({"cpa", "cpc", "cpm"})
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_NAME = 48
MOST_NAMED = 4
MOST_TICKS = 5


def told(study: Study, words: Words) -> Told:
    """Say what comes; where too little is known, what is needed and when it can be there."""
    if not isinstance(study, ForecastStudy):
        raise TypeError(study.kind)
    if study.state != "forecast":
        return Told(_why_not(study, words), basis=_basis(study, words))
    return Told(
        verdict=_verdict(study, words),
        lines=_lines(study, words),
        table=_table(study, words.formats),
        basis=_basis(study, words),
        picture=_picture(study, words),
    )


def _whose(study: ForecastStudy, words: Words) -> str:
    if study.name is None:
        return f"{words.style.name(study.platform)}, all campaigns" if study.platform else "All campaigns"
    name = study.name if len(study.name) <= LONGEST_NAME else f"{study.name[: LONGEST_NAME - 1]}…"
    return words.style.name(name)


def _verdict(study: ForecastStudy, words: Words) -> str:
    first, last = study.coming[0], study.coming[-1]
    middle = _value(study, _mean(study.coming), words.formats)
    days = words.formats.days(first.day, last.day)
    near = _range(study, first, words.formats)
    said = f"{_whose(study, words)}: {NAMES[study.figure]} about {middle} a day, {days}; {near} on the "
    if len(study.coming) == 1:
        return f"{said}day (80{SPACE}%)."
    return f"{said}first, {_range(study, last, words.formats)} on the last (80{SPACE}%)."


def _why_not(study: ForecastStudy, words: Words) -> str:
    f, name = words.formats, NAMES[study.figure]
    if study.state == "no days" or study.last_day is None:
        what = "no complete days" if study.state == "no days" else f"nothing that makes a {name}"
        return f"{_whose(study, words)}: {what} in the rows, so nothing can be forecast."
    if study.state == "too old":
        newest = f"the newest complete day is {f.day(study.last_day)}"
        return f"{_whose(study, words)}: {newest}, too old to forecast from; import newer rows."
    if study.state == "no figures":
        return (
            f"{_whose(study, words)}: {name} is not defined on any of its days, so nothing can be forecast."
        )
    missing = study.needed_days - study.known_days
    known = f.count(study.known_days, "complete day")
    when = f.day(study.last_day + timedelta(days=missing))
    whose = _whose(study, words)
    return f"{whose}: too early to forecast {name}: {known} of {study.needed_days}, from {when} on."


def _lines(study: ForecastStudy, words: Words) -> tuple[str, ...]:
    found = [_skill(study, words.formats)]
    if study.limit:
        found.append(_limit(study, study.limit, words.formats))
    if study.odd_days:
        found.append(_odd(study, words.formats))
    if study.left_out:
        found.append(f"Left out of learning: {reason(study.left_out, words)}.")
    if study.figure in STILL_FILLING:
        found.append("Conversions of the newest days may still come in; those days count as they stand.")
    if study.others:
        more = [words.style.name(each) for each in study.others[:MOST_NAMED]]
        rest = len(study.others) - len(more)
        found.append(f"Not in it: {listed(more) if not rest else ', '.join(more) + f' and {rest} more'}.")
    return tuple(found)


def _skill(study: ForecastStudy, f: Formats) -> str:
    """How forecasts of past days did beside the simplest one that people would make."""
    if study.basis == "few days" or study.skill is None:
        more = study.needed_days - study.known_days
        known, soon = f.count(study.known_days, "day"), f.count(max(more, 1), "more day")
        return (
            f"Only {known} known: it is the same weekday last week, with a wide range. "
            f"After {soon} I can try myself on the past."
        )
    tried = f"tried from {f.count(study.skill.tried, 'past day')}"
    if study.basis == "models":
        less = f.percent(study.skill.better_pct, 0 if study.skill.better_pct >= 1 else 1)
        return f"Misses by {less} less than “same weekday last week”, {tried}."
    return f"It is the same weekday last week: nothing I know did better on the past ({tried})."


def _limit(study: ForecastStudy, limit: ForecastLimit, f: Formats) -> str:
    """When days miss the campaign's own forecast if nothing changes, and how likely."""
    side = "above" if study.figure in COSTS else "below"
    where = f"{side} its forecast of {_value(study, limit.value, f)}"
    last = f"{f.percent(limit.last_pct)} on the last day"
    said = f"If nothing changes, a day's {NAMES[study.figure]} is {where}"
    if limit.day is None:
        return f"{said} with {f.percent(limit.first_pct)} on the first day, {last}."
    if not limit.days:
        return (
            f"{said} more likely than not on every day ({f.percent(limit.first_pct)} on the first, {last})."
        )
    when = f"from {f.day(limit.day)} on, in {f.count(limit.days, 'day')}"
    return f"{said} more likely than not {when} ({last})."


def _odd(study: ForecastStudy, f: Formats) -> str:
    shown = [f.day(each) for each in study.odd_days[-MOST_NAMED:]]
    rest = len(study.odd_days) - len(shown)
    which = listed(shown) if not rest else f"{', '.join(shown)} and {rest} before"
    return f"Left out of learning as odd: {which}. Such days can come again."


def _table(study: ForecastStudy, f: Formats) -> tuple[tuple[str, ...], ...]:
    head = ("Day", NAMES[study.figure], f"80{SPACE}%", f"95{SPACE}%")
    return (head, *(_row(study, each, f) for each in study.coming))


def _row(study: ForecastStudy, each: ComingDay, f: Formats) -> tuple[str, ...]:
    day = f"{WEEKDAYS[each.day.weekday()]}{SPACE}{f.day(each.day)}"
    wide = _between(study, each.low95, each.high95, f)
    return day, _value(study, each.value, f), _range(study, each, f), wide


def _range(study: ForecastStudy, each: ComingDay, f: Formats) -> str:
    return _between(study, each.low80, each.high80, f)


def _between(study: ForecastStudy, low: float | None, high: float | None, f: Formats) -> str:
    """Write "1.28 to 1.36 %": the unit once; an end that nothing bounds is said."""
    if high is None:
        return f"from {_value(study, low, f)}"
    return f"{_value(study, low, f, unit=False)} to {_value(study, high, f)}"


def _value(study: ForecastStudy, value: float | None, f: Formats, *, unit: bool = True) -> str:
    if value is None:
        return "not defined"
    figure = study.figure
    if figure in {"ctr", "cvr"}:
        return f.percent(value * 100, 2) if unit else f.number(value * 100, 2)
    if figure == "spend":
        return f.total(value, study.currency if unit else None)
    if figure in {"impressions", "clicks", "conversions"}:
        return f.number(value, 0 if value >= 10 or value == round(value) else 1)
    if figure == "roas":
        return f.number(value, 2)
    return f.money(value, study.currency, code=unit)


def _basis(study: ForecastStudy, words: Words) -> str:
    f = words.formats
    if study.first_day is None or study.last_day is None:
        return ""
    parts = [f"{f.days(study.first_day, study.last_day)}, {f.count(study.known_days, 'complete day')}"]
    if study.name is None and study.campaigns:
        parts.append(f.count(study.campaigns, "campaign"))
    if study.currency:
        parts.append(study.currency)
    if study.figure in BELOW and study.coming:
        parts.append(f"{BELOW[study.figure]} taken as on the same weekdays of the last 4 weeks")
    return " · ".join(parts)


def _picture(study: ForecastStudy, words: Words) -> FanPicture:
    f, coming = words.formats, study.coming
    last = study.past[-1].day if study.past else coming[0].day
    gap = [last + timedelta(days=1 + place) for place in range((coming[0].day - last).days - 1)]
    days: list[date] = [*(each.day for each in study.past), *gap, *(each.day for each in coming)]
    values = (*(each.value for each in study.past), *(None for _ in gap))
    held = [*values, *(each for day in coming for each in (day.value, day.low95, day.high80, day.high95))]
    low, top = (end(each for each in held if each is not None) for end in (min, max))
    return FanPicture(
        title=_title(study),
        alt=_alt(study, words),
        days=tuple(f.day(each) for each in days),
        values=values,
        mean=tuple(_drawn(each.value, top) for each in coming),
        low80=tuple(_drawn(each.low80, top) for each in coming),
        high80=tuple(_drawn(each.high80, top) for each in coming),
        low95=tuple(_drawn(each.low95, top) for each in coming),
        high95=tuple(_drawn(each.high95, top) for each in coming),
        ticks=_ticks(study, low, top, f),
    )


def _title(study: ForecastStudy) -> str:
    """What the picture shows, and of whom; names stand as they are."""
    whose = study.name or (f"{study.platform}, all campaigns" if study.platform else "All campaigns")
    return f"{NAMES[study.figure]} by day, {whose}"


def _alt(study: ForecastStudy, words: Words) -> str:
    known = [each for each in study.past if each.value is not None]
    first, last = study.coming[0], study.coming[-1]
    f = words.formats
    ends = (
        f"{_value(study, known[0].value, f)} to {_value(study, known[-1].value, f)}" if known else "not known"
    )
    near, far = _value(study, first.value, f), _value(study, last.value, f)
    return (
        f"{_title(study)}, {f.days(study.past[0].day, study.past[-1].day)}: {ends}; "
        f"coming {f.days(first.day, last.day)}: {near} to {far}, "
        f"on the last day {_range(study, last, f)} (80{SPACE}%), "
        f"{_between(study, last.low95, last.high95, f)} (95{SPACE}%)"
    )


def _mean(coming: tuple[ComingDay, ...]) -> float | None:
    known = [each.value for each in coming if each.value is not None]
    return math.fsum(known) / len(known) if known else None


def _drawn(value: float | None, top: float) -> float:
    """An end that nothing bounds is drawn to the picture's edge."""
    return top if value is None else min(value, top)


def _ticks(study: ForecastStudy, low: float, top: float, f: Formats) -> tuple[tuple[float, str], ...]:
    """Round steps between the lowest and the highest of what is drawn, each as it is written, once."""
    if top <= low:
        return ((top, _value(study, top, f)),)
    rough = (top - low) / MOST_TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * each for each in (1, 2, 5, 10) if unit * each >= rough * 0.999)
    places = range(math.floor(low / step), math.ceil(top / step) + 1)
    written = {_value(study, step * place, f): step * place for place in places}
    return tuple((value, says) for says, value in written.items())
