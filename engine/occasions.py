"""What falls on which days: the team's own events and public holidays, as they are kept and as they are laid
out over a span of days. Reads only.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from pydantic import ValidationError

from engine.errors import StoreTrouble
from engine.models.calendar import Calendar, CalendarEvent, Occasion
from engine.models.retrospective import slug
from engine.ports import Reading

KEPT = "calendar"
DAY = timedelta(days=1)


def kept_calendar(reading: Reading) -> Calendar:
    """Read the calendar; raises ``StoreTrouble`` where it is damaged."""
    try:
        return Calendar.model_validate_json(json.dumps(reading.setting(KEPT) or {}))
    except ValidationError:
        raise StoreTrouble("The calendar in the memory cannot be read. Restore a backup.") from None


def occasions(
    reading: Reading, first: date, last: date, *, platform: str = "", campaign: str = ""
) -> list[Occasion]:
    """What falls on days of this span for one series, in order: of a campaign, a platform, or all.

    ``campaign`` is a key, ``platform`` a name or slug. Events of one campaign count for no other series,
    those of a platform for its campaigns too. Where public holidays touch an event they stand beside it.
    """
    calendar, links = kept_calendar(reading), reading.links()
    mine = [each for each in calendar.events if _concerns(each, slug(platform), campaign, links)]
    own = [found for each in mine for found in laid_out(each, first, last)]
    return sorted([*own, *public_holidays(calendar.country, first, last)], key=lambda each: each.first)


def days_of(found: Iterable[Occasion]) -> set[date]:
    """Every day that one of them covers."""
    return {day for each in found for day in _days(each.first, each.last)}


def laid_out(event: CalendarEvent, first: date, last: date) -> list[Occasion]:
    """Lay an event out over a span: once, or in each year from its first on."""
    years = range(event.first.year, last.year + 1) if event.every_year else [event.first.year]
    length = event.last - event.first
    begins = [_in_year(event.first, year) for year in years]
    return [
        Occasion(
            name=event.name,
            kind=event.kind,
            first=begin,
            last=begin + length,
            event=event.id,
            platform=event.platform,
            campaign=event.campaign,
        )
        for begin in begins
        if begin <= last and begin + length >= first
    ]


def public_holidays(country: str, first: date, last: date) -> list[Occasion]:
    """The public holidays of a country or region within a span, by their English names where there are any.

    None where no country is set.
    """
    if not country:
        return []
    from holidays import country_holidays  # noqa: PLC0415 - imported where a country is set

    code, _, region = country.partition("-")
    years = range(first.year, last.year + 1)
    found = country_holidays(code, subdiv=region or None, years=years, language="en_US")
    return [
        Occasion(name=name, kind="holiday", first=day, last=day)
        for day, name in sorted(found.items())
        if first <= day <= last
    ]


def country_named(text: str) -> str | None:
    """Read a country such as "es", "ES-MD"; "" for none, ``None`` for one whose holidays are not known."""
    code, _, region = text.strip().upper().partition("-")
    if not code:
        return "" if not region else None
    from holidays import list_supported_countries  # noqa: PLC0415

    regions: Mapping[str, list[str]] = list_supported_countries(include_aliases=False)
    if code not in regions or (region and region not in regions[code]):
        return None
    return f"{code}-{region}" if region else code


def _concerns(event: CalendarEvent, platform: str, campaign: str, links: Mapping[str, str]) -> bool:
    if event.campaign:
        return links.get(event.campaign, event.campaign) == links.get(campaign, campaign)
    return not event.platform or event.platform == platform


def _in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is the 28th where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + step * DAY for step in range((last - first).days + 1))
