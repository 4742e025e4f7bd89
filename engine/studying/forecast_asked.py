"""What the words behind ``/marko forecast`` mean: whose days, which figure, how many days ahead."""

from collections import defaultdict
from typing import NamedTuple

from engine.errors import Fault, Refused
from engine.lookup import find_known
from engine.models.forecast_study import FIGURES, Figure
from engine.models.retrospective import slug
from engine.studying.ground import Ground

MOST_AHEAD = 14


class Asked(NamedTuple):
    """What the words behind the verb mean; ``whom`` is a campaign, a platform, or nothing."""

    whom: str
    figure: Figure
    ahead: int


class Meant(NamedTuple):
    """Whose days are taken. ``key`` and ``name`` are of one campaign, ``None`` where all are meant."""

    keys: frozenset[str]
    key: str | None
    name: str | None
    platform: str
    currency: str | None
    others: tuple[str, ...] = ()


def read(asked: str, ground: Ground) -> Asked:
    """Take days and a figure off both ends, unless they belong to a campaign's name."""
    words = asked.split()
    figure: Figure | None = None
    ahead: int | None = None
    while words and not _is_name(" ".join(words), ground):
        for place in (-1, 0):
            word = words[place].casefold()
            if ahead is None and word[:-1].isdecimal() and word.endswith("d"):
                ahead = int(word[:-1])
            elif figure is None and word in FIGURES:
                figure = word
            else:
                continue
            del words[place]
            break
        else:
            break
    ahead = MOST_AHEAD if ahead is None else ahead
    if not 1 <= ahead <= MOST_AHEAD:
        raise Refused([Fault("days", f"{ahead}d", f"1 to {MOST_AHEAD} days, such as 7d")])
    return Asked(" ".join(words), figure or "ctr", ahead)


def _is_name(text: str, ground: Ground) -> bool:
    return any(text in each.ids or slug(text) in each.spellings for each in ground.known)


def meant(whom: str, ground: Ground) -> Meant | None:
    """The campaign of that name; or all of a platform and currency, those with the most rows."""
    groups: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in ground.row_campaigns:
        key = ground.links.get(each.campaign_key, each.campaign_key)
        group = groups[each.platform, each.currency]
        group[key] = group.get(key, 0) + each.rows
    platforms = {slug(platform) for platform, _ in groups}
    if whom and (_is_name(whom, ground) or slug(whom) not in platforms):
        known = find_known(whom, ground.known)
        return Meant(frozenset({known.campaign_key}), known.campaign_key, known.name, known.platform, None)
    order = sorted(groups, key=lambda each: (-sum(groups[each].values()), each))
    fitting = [each for each in order if not whom or slug(each[0]) == slug(whom)]
    if not fitting:
        return None
    platform, currency = fitting[0]
    others = tuple(f"{name} {money}".strip() for name, money in order if (name, money) != fitting[0])
    return Meant(frozenset(groups[fitting[0]]), None, None, platform, currency or None, others)
