"""A rate with what it is made of, so that whoever reads it sees how sure it is."""

from typing import Any

from engine.measure.interval import wilson


def share(hits: int, of: int) -> dict[str, Any] | None:
    """A rate with its counts and Wilson's 95 % interval; ``None`` of nothing."""
    if not of:
        return None
    span = wilson(hits, of, 0.95)
    return {"value": hits / of, "hits": hits, "of": of, "low": span.low, "high": span.high}
