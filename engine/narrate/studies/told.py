"""A study as it is told: the same parts in Slack, in a thread and in a shell."""

from typing import NamedTuple

from engine.narrate.picture import Picture


class Told(NamedTuple):
    """``verdict`` is one sentence of at most 200 characters. ``lines`` are at most 300 each.

    ``table`` has its head as the first row, at most 5 columns; empty where there is none. ``basis`` says
    window, sample, currency and how old the figures are.
    """

    verdict: str
    lines: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    basis: str = ""
    picture: Picture | None = None
