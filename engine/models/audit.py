"""What is told of the audit ledger: its lines, and where it ends."""

from engine.models.campaign import Moment
from engine.models.delivery import LedgerEntry
from engine.models.value import Value


class LedgerHead(Value):
    """The newest line and its digest, to be noted elsewhere; what the anchor beside the database names.

    ``anchored`` is 0 where nothing is anchored yet.
    """

    seq: int
    digest: str
    anchored: int = 0
    anchored_at: Moment | None = None


class AuditLine(Value):
    """One line, with what it rests on.

    ``campaign`` is the name of the campaign that the recommendation is about, ``revision`` that of its
    figures; ``model`` and ``prompt`` are named where a model worded what was decided about.
    """

    entry: LedgerEntry
    says: str
    campaign: str | None = None
    recommendation: str | None = None
    revision: int | None = None
    model: str | None = None
    prompt: str | None = None


class AuditPage(Value):
    """The newest lines first; ``total`` counts all that fit."""

    lines: tuple[AuditLine, ...]
    total: int
