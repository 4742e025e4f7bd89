"""What is known out of exports, told by platform and account: how fresh, how much, and out of which file."""

from collections.abc import Sequence

from engine.models.export import SourceState
from engine.models.retrospective import slug
from engine.narrate.formats import listed
from engine.narrate.words import Words

MOST_LATE = 3
DAYS_LATE = 2  # days end with yesterday: one day old is as fresh as it can be
OTHER = "Other"


def named(state: SourceState, words: Words) -> str:
    """Name the platform, and the account where the file names one; without a name the file has neither."""
    platform = "Unnamed platform" if state.platform == OTHER else words.style.name(state.platform)
    is_only = slug(state.account) == "default"
    return platform if is_only else f"{platform}, account {words.style.name(state.account)}"


def fresh(state: SourceState, words: Words) -> str:
    """Say up to when: "data up to 9 Mar, 3 days old"."""
    if state.days_old <= 0:
        return "data up to today"
    if state.days_old < DAYS_LATE:
        return "data up to yesterday"
    old = words.formats.count(state.days_old, "day")
    return f"data up to {words.formats.day(state.last_day)}, {old} old"


def holds(state: SourceState, words: Words) -> str:
    """Say how much: "2 campaigns, 15 rows, 1–10 Mar; 1,500.00 EUR"."""
    f = words.formats
    money = ", ".join(f.money(amount, currency or None) for currency, amount in sorted(state.spend.items()))
    return "; ".join([counts(state, words), *([money] if money else [])])


def counts(state: SourceState, words: Words) -> str:
    f = words.formats
    much = f"{f.count(state.campaigns, 'campaign')}, {f.count(state.rows, 'row')}"
    return f"{much}, {f.days(state.first_day, state.last_day)}"


def last_import(state: SourceState, words: Words) -> str:
    """Say which file came last: "last import: march.csv, 9 Mar 09:00, by shell"."""
    by = f", by {words.style.person(state.by)}" if state.by else ""
    return f"last import: {words.style.name(state.file)}, {words.style.moment(state.at)}{by}"


def verdict(found: Sequence[SourceState], words: Words) -> str:
    """Say which sources are late, or that none is."""
    f = words.formats
    late = [each for each in found if each.days_old >= DAYS_LATE]
    if not late:
        return "All is up to date." if len(found) > 1 else f"{named(found[0], words)} is up to date."
    told = [f"{named(each, words)} ended {f.count(each.days_old, 'day')} ago" for each in late[:MOST_LATE]]
    more = [f"{f.number(len(late) - MOST_LATE)} more are old"] if len(late) > MOST_LATE else []
    good = len(found) - len(late)
    rest = f" {f.number(good)} of {f.number(len(found))} are up to date." if good else ""
    return f"{listed([*told, *more])}.{rest}"
