"""Where a record's newest message stands."""

from engine.engine import Engine
from engine.models.recommendation import ViewKind


def link_of(engine: Engine, record: str, kind: ViewKind = "card") -> str | None:
    """Give the permalink of the newest card, or other message of that kind, that has one."""
    shown = [view for view in engine.views(record) if view.kind == kind and view.permalink]
    return max(shown, key=lambda view: float(view.ts)).permalink if shown else None
