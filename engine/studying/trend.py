"""``/marko trend [campaign|platform] [kpi] [56d]``: whether a KPI moves, since when, and who else moves."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple, get_args

from engine.lookup import Known, find_known
from engine.measure import kpi as kpis
from engine.measure import sums
from engine.measure.discovery import discoveries
from engine.measure.maturity import lag_days
from engine.models.comparison import Kpi
from engine.models.daily import DaySum
from engine.models.retrospective import slug
from engine.models.trend_study import TrendLine, TrendStudy
from engine.occasions import occasions
from engine.studying.complete_days import complete_days
from engine.studying.ground import Ground
from engine.studying.trend_line import Judged, Whose, judged
from engine.studying.words_asked import words_asked

USUAL_DAYS, LEAST_DAYS, MOST_DAYS = 56, 14, 120
MOST_LINES = 5
MOST_CAMPAIGNS = 100  # of a platform, those with the most rows: one question stays within seconds


class Asked(NamedTuple):
    """Whose days, which figure (``None``: what drives), and how many of them."""

    whom: str
    kpi: Kpi | None
    days: int


def study(ground: Ground, asked: str) -> TrendStudy:
    """Judge one campaign or platform, or every platform.

    Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused``.
    """
    wanted = _read(asked, ground)
    platforms = {slug(each.platform): each.platform for each in ground.row_campaigns}
    if not wanted.whom:
        return _of_platforms(ground, list(platforms.values()), wanted, asked)
    if slug(wanted.whom) in platforms and not ground.is_name(wanted.whom):
        return _of_platforms(ground, [platforms[slug(wanted.whom)]], wanted, asked)
    return _of_campaign(ground, find_known(wanted.whom, ground.known), wanted, asked)


def _read(asked: str, ground: Ground) -> Asked:
    found = words_asked(asked, ground, get_args(Kpi))
    days = found.days_within(LEAST_DAYS, MOST_DAYS, USUAL_DAYS)
    return Asked(found.whom, next((each for each in get_args(Kpi) if each == found.figure), None), days)


def _of_campaign(ground: Ground, known: Known, wanted: Asked, asked: str) -> TrendStudy:
    key = known.campaign_key
    days = _of_one_currency(_days(ground, {key}, wanted.days))
    others = _beside(ground, known, wanted, days[0].currency) if days else []
    kpi = wanted.kpi or _driver(known, ground, days)
    newest = [each for each in ground.retrospectives if each.campaign_key == key]
    newest.sort(key=lambda each: each.last_day)
    forecasts = [kpis.value(kpi, each.campaign.expected_metrics) for each in newest]
    whose = Whose(
        name=known.name,
        platform=known.platform,
        campaign_key=key,
        forecast=next((each for each in reversed(forecasts) if each), None),
    )
    found = _judged(ground, whose, kpi, days, others)
    return TrendStudy(
        kind="trend", asked=asked, window_days=wanted.days, lines=(found.line,), drawn=found.drawn
    )


def _of_platforms(ground: Ground, platforms: Sequence[str], wanted: Asked, asked: str) -> TrendStudy:
    """One line each, the most rows first; that several were tried is taken into account."""
    rows = _keys(ground)
    order = sorted(platforms, key=lambda each: (-sum(rows[slug(each)].values()), each))
    found = []
    for platform in order[:MOST_LINES]:
        keys = sorted(rows[slug(platform)], key=lambda key: (-rows[slug(platform)][key], key))[
            :MOST_CAMPAIGNS
        ]
        days = _of_one_currency(_days(ground, set(keys), wanted.days))
        kpi = wanted.kpi or _told_by(days)
        whose = Whose(name=platform, platform=platform, campaigns=len(keys))
        found.append(_judged(ground, whose, kpi, days, []))
    lines = _believed([each.line for each in found], ground.rules.false_discovery_rate)
    return TrendStudy(
        kind="trend",
        asked=asked,
        window_days=wanted.days,
        lines=lines,
        drawn=found[0].drawn if len(found) == 1 else None,
        more=max(len(order) - MOST_LINES, 0),
    )


def _believed(lines: Sequence[TrendLine], rate: float) -> tuple[TrendLine, ...]:
    """Take back what is real by itself alone, where several were tried (Benjamini & Hochberg 1995)."""
    tested = [each for each in lines if each.p_value is not None]
    believed = discoveries([each.p_value or 0.0 for each in tested], rate)
    chance = {each.name for each, is_true in zip(tested, believed, strict=True) if not is_true}
    return tuple(
        each.model_copy(update={"state": "none"}) if each.state == "real" and each.name in chance else each
        for each in lines
    )


def _judged(
    ground: Ground, whose: Whose, kpi: Kpi, days: Sequence[DaySum], others: Sequence[DaySum]
) -> Judged:
    if not days:
        return judged(whose, kpi, [], others=[], found=[], unsettled=(), rules=ground.rules)
    first, last = days[0].day, max(each.day for each in days)
    found = occasions(ground.reading, first, last, platform=whose.platform, campaign=whose.campaign_key)
    return judged(
        whose,
        kpi,
        days,
        others=others,
        found=found,
        unsettled=_unsettled(ground, whose, days),
        rules=ground.rules,
    )


def _unsettled(ground: Ground, whose: Whose, days: Sequence[DaySum]) -> set[date]:
    """The newest days, whose conversions still come in when the rows were read last."""
    mine = [each for each in ground.row_campaigns if slug(each.platform) == slug(whose.platform)]
    key = whose.campaign_key
    keys = {each.campaign_key for each in mine} if not key else {key, *_aliases(ground, key)}
    windows = [each.attribution for each in mine if each.campaign_key in keys]
    lag = max((lag_days(each, ground.rules.assumed_lag_days) for each in windows), default=0)
    held = [each for each in ground.reading.holdings() if each.campaign_key in keys]
    read = max((each.read_on for each in held if each.read_on is not None), default=None)
    if read is None:
        return set()
    return {each.day for each in days if each.day + timedelta(days=lag) > read}


def _aliases(ground: Ground, key: str) -> list[str]:
    return [alias for alias, main in ground.links.items() if main == key]


def _days(ground: Ground, keys: Collection[str], days: int) -> list[DaySum]:
    """The complete days of these campaigns within the window, by day."""
    found = complete_days(ground, keys, ground.today - timedelta(days=days))
    return sorted(found, key=lambda each: each.day)


def _of_one_currency(days: Sequence[DaySum]) -> list[DaySum]:
    """The days in the currency that most of them have."""
    by_currency: dict[str, list[DaySum]] = defaultdict(list)
    for each in days:
        by_currency[each.currency].append(each)
    return max(by_currency.values(), key=len, default=[])


def _beside(ground: Ground, known: Known, wanted: Asked, currency: str) -> list[DaySum]:
    """The days of the platform's other campaigns, in the same currency."""
    rows = _keys(ground)[slug(known.platform)]
    keys = sorted((key for key in rows if key != known.campaign_key), key=lambda key: (-rows[key], key))
    days = _days(ground, set(keys[:MOST_CAMPAIGNS]), wanted.days)
    return [each for each in days if each.currency == currency]


def _keys(ground: Ground) -> dict[str, dict[str, int]]:
    """Of each platform (slug) its campaigns' main keys, with how many rows they have."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for each in ground.row_campaigns:
        key = ground.links.get(each.campaign_key, each.campaign_key)
        of_it = found[slug(each.platform)]
        of_it[key] = of_it.get(key, 0) + each.rows
    return found


def _driver(known: Known, ground: Ground, days: Sequence[DaySum]) -> Kpi:
    """What makes a campaign's verdict, where its days tell it."""
    objectives = [
        each.objective
        for each in ground.row_campaigns
        if ground.links.get(each.campaign_key, each.campaign_key) == known.campaign_key
    ]
    return kpis.driver(next(filter(None, objectives), ""), sums.window(days) if days else None)


def _told_by(days: Sequence[DaySum]) -> Kpi:
    return "cpa" if any(each.conversions for each in days) else "ctr"
