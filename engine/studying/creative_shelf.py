"""What is remembered of creatives, collected once: out of retrospectives, and out of rows of single ads."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from engine.explain.standing import Standing, newest_by_campaign, that_teach
from engine.models.campaign import Creative, Metrics
from engine.models.daily import DailyRow
from engine.models.retrospective import days_in_window, slug
from engine.studying.ground import Ground

MILLION = 1_000_000
USUAL_DAYS = 90
MOST_ROWS = 60_000  # of ads, read for one question
DAY = timedelta(days=1)


class Days(NamedTuple):
    """One creative's sums by day; conversions are ``None`` where no row has them."""

    impressions: dict[date, int]
    clicks: dict[date, int]
    conversions: dict[date, float]


class Piece(NamedTuple):
    """One creative, or a campaign whose result its creatives share, with what came of it.

    ``texts`` are what it says (several only for a campaign). ``stratum`` names what it is compared within.
    ``usual_ctr`` and ``usual_per_spend`` (conversions per unit of money) are its own forecast, ``None`` where
    the other pieces of the stratum say what is usual. ``days`` counts its days, ``None`` where unknown.
    """

    name: str
    texts: tuple[str, ...]
    campaign_key: str
    campaign: str
    stratum: str
    currency: str | None
    impressions: float
    clicks: float
    conversions: float | None
    spend: float | None
    days: int | None
    usual_ctr: float | None = None
    usual_per_spend: float | None = None
    by_day: Days | None = None


class Shelf(NamedTuple):
    """All pieces with figures, all texts, which campaign has which creatives, and the days they are from."""

    pieces: tuple[Piece, ...]
    texts: tuple[str, ...]
    owned: dict[str, tuple[tuple[str, str], ...]]  # campaign key -> (name, text)
    names: tuple[str, ...]  # of campaigns and ads, as they were given
    unread: int
    first_day: date | None
    last_day: date | None


def shelf(ground: Ground, days: int = USUAL_DAYS) -> Shelf:
    """Collect creatives; rows of ads win over what a retrospective of the same campaign says."""
    rows, unread, names = _of_rows(ground, days)
    known = {each.campaign_key for each in rows}
    told = newest_by_campaign(that_teach(ground.standings.values()))
    campaigns = [each for each in told if each.campaign_key not in known]
    pieces = (*rows, *(each for each in map(_of_campaign, campaigns) if each is not None))
    owned: dict[str, dict[str, str]] = defaultdict(dict)
    for each in told:
        for creative in each.retrospective.campaign.creatives:
            owned[each.campaign_key][creative.id] = said(creative)
    for piece in rows:
        owned[piece.campaign_key][piece.name] = piece.texts[0]
    every = tuple(sorted({text for whose in owned.values() for text in whose.values()}))
    days_seen = {day for piece in rows if piece.by_day for day in piece.by_day.impressions}
    days_seen |= {each.day for each in campaigns}
    days_seen |= {start for each in campaigns if (start := each.retrospective.campaign.window_start)}
    return Shelf(
        pieces=tuple(sorted(pieces, key=lambda each: (each.campaign_key, each.name))),
        texts=every,
        owned={key: tuple(sorted(whose.items())) for key, whose in owned.items()},
        names=(*sorted({each.retrospective.name for each in told}), *names),
        unread=unread,
        first_day=min(days_seen, default=None),
        last_day=max(days_seen, default=None),
    )


def said(creative: Creative) -> str:
    """What a creative says: its headline and text, else its id and type."""
    text = f"{creative.headline} {creative.primary_text}".strip()
    return text or f"{creative.id} {creative.type}"


def _of_campaign(each: Standing) -> Piece | None:
    """A campaign's result as its creatives' together; ``None`` where it is in doubt or has no figures."""
    campaign = each.retrospective.campaign
    actual, forecast = campaign.actual_metrics, campaign.expected_metrics
    if not each.is_sound or not campaign.creatives or not actual.impressions or actual.clicks is None:
        return None
    ctr, bought = _usual(forecast)
    return Piece(
        name=each.retrospective.name,
        texts=tuple(said(creative) for creative in campaign.creatives),
        campaign_key=each.campaign_key,
        campaign=each.retrospective.name,
        stratum="own forecast" if ctr else f"{slug(campaign.platform)}/{campaign.currency or ''}",
        currency=campaign.currency,
        impressions=float(actual.impressions),
        clicks=float(actual.clicks),
        conversions=None if actual.conversions is None else float(actual.conversions),
        spend=None if actual.spend is None else float(actual.spend),
        days=days_in_window(campaign),
        usual_ctr=ctr,
        usual_per_spend=bought,
    )


def _usual(forecast: Metrics) -> tuple[float | None, float | None]:
    ctr = forecast.clicks / forecast.impressions if forecast.clicks and forecast.impressions else None
    bought = float(forecast.conversions / forecast.spend) if forecast.conversions and forecast.spend else None
    return ctr, bought


@dataclass
class _Sum:
    """An ad's rows so far."""

    row: DailyRow
    impressions: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    clicks: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    conversions: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    spend: float = 0.0
    lacks: set[str] = field(default_factory=set)

    def add(self, row: DailyRow) -> None:
        self.impressions[row.first_day] += row.impressions or 0
        self.clicks[row.first_day] += row.clicks or 0
        self.conversions[row.first_day] += (row.conversions or 0) / MILLION
        self.spend += (row.spend or 0) / MILLION
        self.lacks |= {name for name in ("conversions", "spend") if getattr(row, name) is None}


def _of_rows(ground: Ground, days: int) -> tuple[list[Piece], int, tuple[str, ...]]:
    """Read the newest campaigns that have rows of ads; gives them, how many were too much, and all names."""
    holdings = ground.reading.holdings()
    detailed = {each.campaign_key for each in holdings if each.level == "ad" or "creative" in each.breakdowns}
    campaigns = [each for each in ground.row_campaigns if each.campaign_key in detailed]
    campaigns.sort(key=lambda each: (-each.last_day.toordinal(), each.campaign_key))
    found: list[Piece] = []
    left, unread, names = MOST_ROWS, 0, set[str]()
    for each in campaigns:
        if left <= 0:
            unread += 1
            continue
        last = min(each.last_day, ground.today - DAY)
        rows = ground.reading.rows(each.campaign_key, last - DAY * (days - 1), last)
        left -= len(rows)
        key = ground.links.get(each.campaign_key, each.campaign_key)
        names |= {each.name, *(name for row in rows for name in (row.ad, row.creative))}
        found += _pieces(rows, key, each.name or each.campaign_id)
    return found, unread, tuple(sorted(names - {""}))


def _pieces(rows: Iterable[DailyRow], key: str, campaign: str) -> list[Piece]:
    """Add up rows of single days by creative, or by ad where no creative is named."""
    sums: dict[tuple[str, str], _Sum] = {}
    for row in rows:
        name = row.creative or row.ad
        if not name or row.first_day != row.last_day or not row.impressions or row.clicks is None:
            continue
        sums.setdefault((name, row.currency), _Sum(row)).add(row)
    return [_piece(name, currency, each, key, campaign) for (name, currency), each in sorted(sums.items())]


def _piece(name: str, currency: str, each: _Sum, key: str, campaign: str) -> Piece:
    text = name if name == each.row.ad or not each.row.ad else f"{name} {each.row.ad}"
    return Piece(
        name=name,
        texts=(text,),
        campaign_key=key,
        campaign=campaign,
        stratum=f"{key}/{currency}",
        currency=currency or None,
        impressions=float(sum(each.impressions.values())),
        clicks=float(sum(each.clicks.values())),
        conversions=None if "conversions" in each.lacks else sum(each.conversions.values()),
        spend=None if "spend" in each.lacks else each.spend,
        days=len(each.impressions),
        by_day=Days(dict(each.impressions), dict(each.clicks), dict(each.conversions)),
    )
