"""Which campaign or signal a person means: by id, by name, by the beginning of either."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from engine.errors import AmbiguousCampaign, Fault, Refused, UnknownCampaign, UnknownSignal
from engine.models.daily import RowCampaign
from engine.models.retrospective import Retrospective, slug
from engine.models.weight import SignalWeight, Weights
from engine.windows import MOST_DAYS

SHOWN = 3


class Known(NamedTuple):
    """A campaign as it can be asked for: its key, all ids and spellings that it has."""

    campaign_key: str
    name: str
    platform: str
    last_day: date
    ids: frozenset[str]
    spellings: frozenset[str]


def known_campaigns(
    retrospectives: Iterable[Retrospective],
    rows: Iterable[RowCampaign] = (),
    links: Mapping[str, str] | None = None,
) -> list[Known]:
    """Collect every campaign once, also those known by rows alone, under the key that stands for it."""
    links = links or {}
    found: dict[str, Known] = {}
    newest = newest_windows(retrospectives).values()
    for each in (*map(_of_retrospective, newest), *map(_of_rows, rows)):
        key = links.get(each.campaign_key, each.campaign_key)
        found[key] = _joined(found.get(key), each._replace(campaign_key=key))
    return list(found.values())


def find_campaign(
    asked: str, retrospectives: Iterable[Retrospective], *, exactly: bool = False
) -> Retrospective:
    """Find the newest window of the campaign called ``asked``; raises as ``find_known``."""
    newest = newest_windows(retrospectives)
    return newest[find_known(asked, known_campaigns(newest.values()), exactly=exactly).campaign_key]


def newest_windows(retrospectives: Iterable[Retrospective]) -> dict[str, Retrospective]:
    """Give each campaign's newest window by its key."""
    return {each.campaign_key: each for each in sorted(retrospectives, key=lambda each: each.last_day)}


def find_known(asked: str, known: Sequence[Known], *, exactly: bool = False) -> Known:
    """Find the campaign called ``asked``.

    Spelling of case and separators does not matter; a beginning is enough when only one campaign
    has it; with ``exactly`` only the id or the key itself will do. Raises ``UnknownCampaign`` with the
    nearest names, or ``AmbiguousCampaign``.
    """
    wanted = slug(asked)
    for matches in (_exactly,) if exactly else (_exactly, _by_slug, _by_beginning):
        found = [each for each in known if matches(asked, wanted, each)]
        if len(found) == 1:
            return found[0]
        if found:
            found.sort(key=lambda each: each.campaign_key)
            raise AmbiguousCampaign(asked, [each.campaign_key for each in found], _told_apart(found))
    names = {name: each.name for each in known for name in each.spellings}
    near = [names[name] for name in get_close_matches(wanted, names, n=SHOWN * 3, cutoff=0.55)]
    raise UnknownCampaign(asked, list(dict.fromkeys(near))[:SHOWN])


def find_window(asked: str, known: Sequence[Known]) -> tuple[Known, int | None]:
    """Find the campaign and the window of "spring-sale 30d"; ``None`` days where none are named.

    A campaign whose whole name ends so is meant by it. Raises as ``find_known``, and ``Refused`` for days
    that no window has.
    """
    name, _, last = asked.strip().rpartition(" ")
    days = re.fullmatch(r"(\d{1,9})\s?(?:d|days?)", last, re.IGNORECASE)
    if not name.strip() or days is None or any(_whole(asked, each) for each in known):
        return find_known(asked, known), None
    found = find_known(name.strip(), known)
    return found, window_days(int(days[1]))


def window_days(days: int) -> int:
    """Check how many days are asked for; raises ``Refused``."""
    if not 1 <= days <= MOST_DAYS:
        raise Refused([Fault("window", f"{days}d", f"1 to {MOST_DAYS} days, such as 30d")])
    return days


def _whole(asked: str, each: Known) -> bool:
    return _exactly(asked, "", each) or slug(asked) in each.spellings


def _of_retrospective(each: Retrospective) -> Known:
    ids = {each.campaign.campaign_id, each.campaign_key}
    spelled = frozenset({slug(each.campaign.campaign_id), slug(each.name), slug(each.campaign_key)})
    return Known(each.campaign_key, each.name, each.campaign.platform, each.last_day, frozenset(ids), spelled)


def _of_rows(each: RowCampaign) -> Known:
    name = each.name or each.campaign_id
    spelled = {slug(text) for text in (each.campaign_id, name, each.campaign_key, *each.names)}
    ids = frozenset({each.campaign_id, each.campaign_key})
    return Known(each.campaign_key, name, each.platform, each.last_day, ids, frozenset(spelled))


def _joined(held: Known | None, other: Known) -> Known:
    """What people called it comes first, then the newest name."""
    if held is None:
        return other
    return held._replace(
        last_day=max(held.last_day, other.last_day),
        ids=held.ids | other.ids,
        spellings=held.spellings | other.spellings,
    )


def find_signal(asked: str, weights: Weights) -> SignalWeight:
    """Find a signal by its name, such as "audience:students-18-25", or by what stands after the colon,
    of which the beginning is enough when only one signal has it.

    Raises ``UnknownSignal`` with the nearest names.
    """
    by_name = {each.signal: each for each in weights.signals}
    kind, _, rest = asked.strip().partition(":")
    wanted = f"{kind.casefold()}:{slug(rest)}" if rest else slug(asked)
    found = by_name.get(asked.strip()) or by_name.get(wanted)
    ends = [name for name in by_name if name.rsplit(":", 1)[-1] == wanted] or [
        name for name in by_name if len(wanted) >= 3 and name.rsplit(":", 1)[-1].startswith(wanted)
    ]
    if found is None and len(ends) == 1:
        found = by_name[ends[0]]
    if found is not None:
        return found
    near = ends or [*get_close_matches(wanted, by_name, n=SHOWN, cutoff=0.4), *_by_end(wanted, by_name)]
    raise UnknownSignal(asked, list(dict.fromkeys(near))[:SHOWN])


def _told_apart(found: Sequence[Known]) -> list[str]:
    """Their names, with the platform where two have the same."""
    often = Counter(each.name for each in found)
    return [f"{each.name} ({each.platform})" if often[each.name] > 1 else each.name for each in found]


def _by_end(wanted: str, names: Iterable[str]) -> list[str]:
    ends = {name.rsplit(":", 1)[-1]: name for name in names}
    return [ends[end] for end in get_close_matches(wanted.rsplit(":", 1)[-1], ends, n=SHOWN, cutoff=0.4)]


def _exactly(asked: str, _: str, each: Known) -> bool:
    return asked in each.ids


def _by_slug(_: str, wanted: str, each: Known) -> bool:
    return wanted in each.spellings


def _by_beginning(_: str, wanted: str, each: Known) -> bool:
    return len(wanted) >= 3 and any(name.startswith(wanted) for name in each.spellings)
