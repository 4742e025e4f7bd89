"""What waits for people, in short: every recommendation's brief, sorted out for a reader. Pure."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from engine.models.brief import Brief
from engine.models.overview import Source
from engine.models.recommendation import STUCK
from engine.models.retrospective import Retrospective, slug


class Board(NamedTuple):
    """What is proposed, what is approved and not carried out (newest first), and when somebody decided.

    ``stuck`` is what failed, or of which nobody knows whether it arrived; ``snoozed`` what comes back.
    """

    proposed: tuple[Brief, ...]
    to_do: tuple[str, ...]
    last_decision: datetime | None
    stuck: tuple[str, ...] = ()
    snoozed: tuple[str, ...] = ()


class Proposals(NamedTuple):
    """All that is proposed, each in one of three heaps."""

    waiting: list[Brief]
    without_card: list[Brief]
    too_old: list[Brief]


def board_of(every: Sequence[Brief]) -> Board:
    """Keep what a Home tells of all recommendations; ``every`` is newest first."""
    return Board(
        proposed=tuple(each for each in every if each.status == "proposed"),
        to_do=tuple(each.id for each in every if each.status == "approved"),
        last_decision=max((each.decided_at for each in every if each.decided_at), default=None),
        stuck=tuple(each.id for each in every if each.status in STUCK),
        snoozed=tuple(each.id for each in every if each.status == "snoozed"),
    )


def sort_out(proposed: Iterable[Brief], shown: Container[str], now: datetime) -> Proposals:
    """A Home reminds of decisions, it springs none: what waits was shown as a card, and is still good."""
    found = Proposals([], [], [])
    for each in proposed:
        if each.has_run_out(now):
            found.too_old.append(each)
        elif each.id in shown:
            found.waiting.append(each)
        else:
            found.without_card.append(each)
    return found


def in_order(waiting: Sequence[Brief], person: str) -> list[Brief]:
    """Put a person's own first; then by currency, the most frequent first; then the most money at risk."""
    currencies = Counter(each.currency for each in waiting)

    def place(each: Brief) -> tuple[bool, int, str, Decimal, str]:
        return (
            each.asked_by != person,
            -currencies[each.currency],
            each.currency,
            -each.at_risk,
            each.id,
        )

    return sorted(waiting, key=place)


def at_risk(waiting: Iterable[Brief]) -> dict[str, Decimal]:
    """Sum worst cases by currency; two currencies are never added up."""
    sums: dict[str, Decimal] = {}
    for each in waiting:
        sums[each.currency] = sums.get(each.currency, Decimal(0)) + each.at_risk
    return {currency: amount for currency, amount in sums.items() if amount}


def sources(known: Iterable[Retrospective]) -> tuple[Source, ...]:
    """Give the newest day of each platform, however it is spelled; the freshest first."""
    newest: dict[str, Source] = {}
    for each in sorted(known, key=lambda each: each.last_day):
        platform = each.campaign.platform
        newest[slug(platform)] = Source(platform=platform, last_day=each.last_day)
    return tuple(sorted(newest.values(), key=lambda each: (-each.last_day.toordinal(), each.platform)))
