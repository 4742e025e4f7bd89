"""A memory as a team has it after a year: campaigns with their cards, decisions, and weekly digests."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.campaigns import portfolio
from engine.engine import Engine
from engine.errors import OnHold
from engine.explain.standing import Standing, standing
from engine.intake.payload import read_campaigns
from engine.lives import look_at
from engine.models.answer import Person
from engine.models.digest import Digest
from engine.models.own import own_part
from engine.models.recommendation import Analysis, MessageView, Recommendation
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.narrate.formats import Formats
from engine.narrate.words import Plain, Words
from engine.thinking import think
from store import Store

APPROVER = Person(id="U0APPROVER")
CHANNEL = "C0GROWTH"
DECIDED = 300
CHANNELS, WEEKS = 30, 52
TOLD = 5  # of each list, in one digest
RULES = Rules()
FORMATS = Formats(year=2026)
WORDS = Words(FORMATS, Plain(FORMATS, ZoneInfo("Europe/Madrid")))


def fill(store: Store, engine: Engine, size: int) -> None:
    """Remember ``size`` campaigns with a recommendation each, 300 decisions, and 30 channels' digests."""
    now = datetime.now(UTC)
    standings = _remember(store, size, now)
    _recommend(store, standings, now)
    proposed = engine.recommendations(status="proposed", limit=size).recommendations
    for place, each in enumerate(proposed[:DECIDED]):
        _decide(engine, each.id, approves=place % 3 == 0)
    _tell(store, engine.preview_digest(CHANNEL))


def _decide(engine: Engine, identifier: str, *, approves: bool) -> None:
    """Approve or reject; what is on hold, since its figures are old, is rejected."""
    try:
        engine.decide(identifier, "approve" if approves else "reject", by=APPROVER)
    except OnHold:
        engine.decide(identifier, "reject", by=APPROVER)


def _remember(store: Store, size: int, now: datetime) -> list[Standing]:
    campaigns, _ = read_campaigns(portfolio(size), source="portfolio")
    windows = [Retrospective(campaign=each, revision=1, received_at=now) for each in campaigns]
    with store.memory.unit() as unit:
        for each in windows:
            unit.keep_retrospective(each)
    return [standing(each, RULES) for each in windows]


def _recommend(store: Store, standings: Sequence[Standing], now: datetime) -> None:
    """Think about each campaign as the engine does, but all at once; what is proposed has its card."""
    levels = look_at(list(standings), {}, RULES).levels(now.date(), RULES)
    analyses = (
        think(each, standings, today=now.date(), rules=RULES, words=WORDS, order_value=None, levels=levels)
        for each in standings
    )
    made = [_recommendation(each, now) for each in analyses]
    with store.memory.unit() as unit:
        for place, each in enumerate(made):
            unit.keep_recommendation(each, expected_version=None)
            if each.status == "proposed":
                unit.keep_view(
                    MessageView(record=each.id, kind="card", channel=CHANNEL, ts=f"1775000000.{place:06}")
                )


def _recommendation(analysis: Analysis, now: datetime) -> Recommendation:
    return Recommendation(
        id=f"rec_{hashlib.sha256(analysis.retrospective.key.encode()).hexdigest()[:10]}",
        analysis=own_part(analysis),
        status="proposed" if analysis.proposal.needs_approval else "noted",
        version=1,
        created_at=now,
        asked_by="U0MEMBER",
    )


def _tell(store: Store, newest: Digest) -> None:
    with store.memory.unit() as unit:
        for each in _editions(newest):
            unit.keep_digest(each)


def _editions(newest: Digest) -> Iterable[Digest]:
    """A year of Mondays in every channel, the newest of them as it is now."""
    short = {name: getattr(newest, name)[:TOLD] for name in ("learned", "moved", "decided", "waiting")}
    for channel in range(CHANNELS):
        for week in range(WEEKS):
            own = {
                "id": f"digest:C{channel}:{week}",
                "channel": f"C{channel}",
                "posted_at": newest.posted_at - timedelta(weeks=week),
            }
            yield newest.model_copy(update=short | own)
