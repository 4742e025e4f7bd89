"""Where a record's newest card stands."""

from engine.engine import Engine


def link_of(engine: Engine, record: str) -> str | None:
    """Give the permalink of the newest card that has one."""
    cards = [view for view in engine.views(record) if view.kind == "card" and view.permalink]
    return max(cards, key=lambda view: float(view.ts)).permalink if cards else None
