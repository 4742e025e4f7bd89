"""The calendar in words: what comes, what is over, and what was seen on such days."""

from collections.abc import Sequence

from engine.models.calendar import CalendarEvent, DatedEvent, Occasion, SeenEffect
from engine.models.comparison import Interval
from engine.narrate.formats import SPACE, listed
from engine.narrate.words import Words

CHANCE = 0.80
EMPTY = "Nothing is on the calendar."


def event_told(event: CalendarEvent, shown: Occasion | None, words: Words) -> str:
    """Name, kind, days and scope of an event; ``shown`` are the days that are meant."""
    first, last = (shown.first, shown.last) if shown else (event.first, event.last)
    parts = [
        words.style.strong(words.style.name(event.name)),
        event.kind,
        words.formats.days(first, last),
        "every year" if event.every_year else "",
        f"{words.style.name(event.about)} only" if event.about else "",
    ]
    return " · ".join(filter(None, parts))


def dated_told(dated: DatedEvent, words: Words) -> str:
    """The event, and below it what its newest days that are over did."""
    said = event_told(dated.event, dated.coming or dated.past, words)
    if dated.past is None:
        return said
    return "\n".join(filter(None, (said, _seen(dated.effects, dated.past, words))))


def _seen(effects: Sequence[SeenEffect], past: Occasion, words: Words) -> str:
    when = words.formats.days(past.first, past.last)
    if not effects:
        return f"{when}: no figures of these days and of enough days beside them."
    clear = [each for each in effects if each.low_pct > 0 or each.high_pct < 0]
    of_days = f"({effects[0].days} against {words.formats.count(effects[0].beside, 'day')} beside)"
    if not clear:
        kpis = listed([each.kpi.upper() for each in effects])
        return f"{when}: nothing beyond chance in {kpis} {of_days}."
    told = ", ".join(_effect(each, words) for each in clear)
    return f"{when}: {told} {of_days}."


def _effect(effect: SeenEffect, words: Words) -> str:
    f = words.formats
    ends = f.change_range(Interval(low=effect.low_pct, high=effect.high_pct, level=CHANCE))
    return f"{effect.kpi.upper()} {f.change(effect.change_pct)} (80{SPACE}% range {ends})"


def holidays_told(country: str, found: Sequence[Occasion], words: Words) -> str:
    """Whose public holidays count, and which come next."""
    if not country:
        return "No country is set, so no public holidays count."
    f = words.formats
    next_ones = listed([f"{words.style.name(each.name)} {f.day(each.first)}" for each in found])
    return f"Public holidays of {country} count" + (f"; next: {next_ones}." if next_ones else ".")


def reason(found: Sequence[Occasion], words: Words) -> str:
    """Why days are left out: "Black Friday, 27 Nov: on your calendar"."""
    told = [
        f"{words.style.name(each.name)}, {words.formats.days(each.first, each.last)}" for each in found[:3]
    ]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{'; '.join(told)}{more}: on your calendar"
