"""One digest: what was learned, what moved for real, what was decided, what waits. Pure."""

from collections.abc import Container, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.explain.changes import prior_of
from engine.explain.standing import Standing, newest_by_campaign, that_tell
from engine.measure.alarm import real_move
from engine.measure.kpi import driver, value
from engine.measure.reliance import Reliance
from engine.models.brief import Brief, most_at_risk
from engine.models.comparison import Interval
from engine.models.digest import Digest, Moved
from engine.models.learning import Mistake
from engine.models.pattern import LevelEffect
from engine.models.recommendation import STUCK
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules
from engine.usual_days import Usual

STALE = timedelta(days=7)


class Period(NamedTuple):
    """The week in the title, and the moments since the last edition: what it tells is new since then.

    The week is of local days, both included. What came in on Monday at eight belongs into Monday's
    edition at nine, although the week in its title ended on Sunday.
    """

    first: date
    last: date
    zone: ZoneInfo
    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        return self.since < moment <= self.until


class Occasion(NamedTuple):
    """Why and where an edition appears."""

    id: str
    channel: str
    due_at: datetime | None
    posted_at: datetime
    late: bool
    first: bool
    next_at: datetime | None


class Moves(NamedTuple):
    """How many campaigns came in, and which of them moved for real."""

    campaigns: int
    moved: tuple[Moved, ...]


def compose(
    occasion: Occasion,
    period: Period,
    standings: Sequence[Standing],
    briefs: Sequence[Brief],
    *,
    effects: Sequence[LevelEffect],
    mistakes: Sequence[Mistake],
    shown: Container[str],
    usual: Usual,
    rules: Rules,
) -> Digest:
    """Collect what belongs into this edition. A campaign counts when it was received in the period.

    Old history that was only handed in now teaches, but it is no news: it did not move this week.

    ``effects`` are those that may be told, each with its status; ``mistakes`` those told before.

    ``usual`` gives a window without the days of the calendar: what moved on those alone is not told.

    Only proposals whose card was ``shown`` wait: a digest reminds of decisions, it springs none.
    """
    campaigns = newest_by_campaign(that_tell(standings))
    taught = rules.model_copy(update={"prior": prior_of(standings, rules)})
    heard = _heard(campaigns, period)
    news = _news(heard, period)
    return Digest(
        id=occasion.id,
        channel=occasion.channel,
        first_day=period.first,
        last_day=period.last,
        due_at=occasion.due_at,
        posted_at=occasion.posted_at,
        late=occasion.late,
        first=occasion.first,
        learned=tuple(_learned(effects, heard)),
        moved=tuple(_moved(news, taught, usual)),
        decided=tuple(_decided(briefs, period)),
        waiting=tuple(_waiting(briefs, shown, period)),
        stuck=tuple(each.id for each in briefs if each.status in STUCK),
        campaigns=len(news),
        known_campaigns=len(campaigns),
        spend=_spend(news),
        next_at=occasion.next_at,
        time_zone=str(period.zone),
        mistakes=tuple(mistakes),
    )


def moves(period: Period, standings: Sequence[Standing], rules: Rules, usual: Usual) -> Moves:
    """What moved for real in a period, for whoever asks for nothing else of an edition."""
    news = _news(_heard(newest_by_campaign(that_tell(standings)), period), period)
    taught = rules.model_copy(update={"prior": prior_of(standings, rules)})
    return Moves(len(news), tuple(_moved(news, taught, usual)))


def _heard(campaigns: Sequence[Standing], period: Period) -> list[Standing]:
    return [each for each in campaigns if period.holds(each.retrospective.received_at)]


def _news(heard: Sequence[Standing], period: Period) -> list[Standing]:
    return [each for each in heard if each.day >= period.first - STALE]


def _learned(effects: Sequence[LevelEffect], heard: Sequence[Standing]) -> list[LevelEffect]:
    """What was tested again by a campaign that came in this period: the validated first, then by money."""
    new = {each.retrospective.campaign_key for each in heard}
    tested = [each for each in effects if not new.isdisjoint(each.campaign_keys)]
    return sorted(tested, key=lambda each: (each.status == "candidate", -abs(each.impact or 0), each.signal))


def _moved(news: Sequence[Standing], rules: Rules, usual: Usual) -> list[Moved]:
    """What may be told unasked, by its share of the spend in its currency: yen and euros are not compared."""
    found = [
        moved
        for each in news
        if (moved := _real_move(each, rules)) and _moved_beside(each, moved, usual, rules)
    ]
    total = _spend(news)
    return sorted(found, key=lambda each: (-each.spend / total[each.currency or ""], each.campaign_id))


def _real_move(each: Standing, rules: Rules) -> Moved | None:
    campaign = each.retrospective.campaign
    name = driver(campaign.objective, campaign.actual_metrics)
    known = Reliance(each.retrospective.rows, days_in_window(campaign))
    forecast = value(name, campaign.expected_metrics) or None
    lead = real_move(name, forecast, campaign.actual_metrics, rules, known)
    if each.retrospective.rows is not None and not each.is_sound:
        return None
    if lead is None or not lead.expected or not lead.actual or lead.interval is None:
        return None
    return Moved(
        campaign_id=campaign.campaign_id,
        name=each.retrospective.name,
        kpi=name,
        expected=lead.expected,
        actual=lead.actual,
        delta_pct=lead.delta_pct or 0.0,
        interval=_change(lead.interval, lead.expected),
        favourable=bool(lead.favourable),
        n=lead.n,
        spend=campaign.actual_metrics.spend or Decimal(0),
        currency=campaign.currency,
        first_day=campaign.window_start,
        last_day=each.retrospective.last_day,
    )


def _moved_beside(each: Standing, moved: Moved, usual: Usual, rules: Rules) -> bool:
    """Say whether it moved for real, and the same way, without the days of the calendar."""
    beside, found = usual(each), each.retrospective
    if beside is None or beside is found.campaign.actual_metrics:
        return beside is not None
    known = Reliance(found.rows, days_in_window(found.campaign))
    again = real_move(moved.kpi, moved.expected, beside, rules, known)
    return again is not None and again.favourable is moved.favourable


def _change(interval: Interval, expected: float) -> Interval:
    """Turn a range of values into a range of changes, in percent."""
    low, high = (None if end is None else (end / expected - 1) * 100 for end in (interval.low, interval.high))
    return Interval(low=low, high=high, level=interval.level)


def _decided(briefs: Sequence[Brief], period: Period) -> list[str]:
    return [each.id for each in briefs if each.decided_at and period.holds(each.decided_at)]


def _waiting(briefs: Sequence[Brief], shown: Container[str], period: Period) -> list[str]:
    """By the money at risk, most first; what has run out waits for nobody."""
    now = period.until.astimezone(period.zone)
    waiting = [
        each
        for each in briefs
        if each.status == "proposed" and each.id in shown and not each.has_run_out(now)
    ]
    return [each.id for each in sorted(waiting, key=most_at_risk)]


def _spend(news: Sequence[Standing]) -> dict[str, Decimal]:
    """Sum the spend by currency; "" where none is given."""
    sums: dict[str, Decimal] = {}
    for each in news:
        spent = each.retrospective.campaign.actual_metrics.spend or Decimal(0)
        sums[each.currency or ""] = sums.get(each.currency or "", Decimal(0)) + spent
    return sums
