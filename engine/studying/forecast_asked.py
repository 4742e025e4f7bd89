"""What the words behind ``/marko forecast`` mean: whose days, which figure, how many days ahead."""

from collections import defaultdict
from typing import NamedTuple

from engine.lookup import find_known
from engine.models.forecast_study import FIGURES, Figure
from engine.models.retrospective import slug
from engine.studying.ground import Ground
from engine.studying.words_asked import words_asked

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
    """Take the words apart; raises ``Refused`` for more days than are foretold."""
    found = words_asked(asked, ground, FIGURES)
    figure: Figure = next((each for each in FIGURES if each == found.figure), "ctr")
    return Asked(found.whom, figure, found.days_within(1, MOST_AHEAD, MOST_AHEAD))


def meant(whom: str, ground: Ground) -> Meant | None:
    """The campaign of that name; or all of a platform and currency, those with the most rows."""
    groups: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in ground.row_campaigns:
        key = ground.links.get(each.campaign_key, each.campaign_key)
        group = groups[each.platform, each.currency]
        group[key] = group.get(key, 0) + each.rows
    platforms = {slug(platform) for platform, _ in groups}
    if whom and (ground.is_name(whom) or slug(whom) not in platforms):
        known = find_known(whom, ground.known)
        return Meant(frozenset({known.campaign_key}), known.campaign_key, known.name, known.platform, None)
    order = sorted(groups, key=lambda each: (-sum(groups[each].values()), each))
    fitting = [each for each in order if not whom or slug(each[0]) == slug(whom)]
    if not fitting:
        return None
    platform, currency = fitting[0]
    others = tuple(f"{name} {money}".strip() for name, money in order if (name, money) != fitting[0])
    return Meant(frozenset(groups[fitting[0]]), None, None, platform, currency or None, others)
