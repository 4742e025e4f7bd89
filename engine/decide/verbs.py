"""What people may do with a recommendation: each verb, the statuses it is possible from, and its deed."""

from collections.abc import Mapping
from typing import NamedTuple

from engine.models.recommendation import Decision, Recommendation, Status, Verb


class Turn(NamedTuple):
    """``before`` are the statuses it is possible from, ``after`` where it leads; ``deed`` is for the ledger.

    An approval leads to "executing" where something carries it out, and an undo's "unknown" back to the
    undo: both are said where they are done.
    """

    before: frozenset[Status]
    after: Status
    deed: str


TURNS: Mapping[Verb, Turn] = {
    "approve": Turn(frozenset({"proposed"}), "approved", "approved"),
    "reject": Turn(frozenset({"proposed"}), "rejected", "rejected"),
    "snooze": Turn(frozenset({"proposed"}), "snoozed", "snoozed"),
    "wake": Turn(frozenset({"snoozed"}), "proposed", "woken"),
    "done": Turn(frozenset({"approved"}), "done", "done"),
    "drop": Turn(frozenset({"approved", "failed"}), "dropped", "dropped"),
    "retry": Turn(frozenset({"failed"}), "executing", "retried"),
    "arrived": Turn(frozenset({"unknown"}), "executed", "said_arrived"),
    "resend": Turn(frozenset({"unknown"}), "executing", "resent"),
    "undo": Turn(frozenset({"executed"}), "undoing", "undo_ordered"),
}
UNSETTLED: frozenset[Status] = frozenset({"executing", "unknown", "undoing"})
"""A change is on its way, or nobody knows what became of it."""
STARTS: frozenset[Verb] = frozenset({"approve", "retry", "undo"})
"""What starts a change: not while another one of the same campaign is unsettled."""

ENDED: frozenset[Status] = frozenset({"expired", "withdrawn", "superseded"})
"""Over, and nobody decided that: the first of two may have approved."""


def is_repeat(recommendation: Recommendation, decision: Decision) -> bool:
    """Say whether this was decided just so by the same person, and nothing more came of it since."""
    last = recommendation.last_decision
    if last is None or recommendation.status in {*TURNS[decision.verb].before, *ENDED}:
        return False  # where it ended without them, their click came too late
    same = (last.verb, last.by, last.until) == (decision.verb, decision.by, decision.until)
    return same and decision.action in (None, recommendation.decided_action)
