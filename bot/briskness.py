"""How a process is set up so that work in other threads does not hold up an acknowledgement."""

import gc
import sys

SWITCH_S = 0.0001
"""How long one thread may keep the others waiting. With Python's 5 ms a busy worker does so each time."""


def switch_often() -> None:
    """Let threads take turns often; costs busy ones a part of their speed, and nothing otherwise."""
    sys.setswitchinterval(SWITCH_S)


def spare_what_stays() -> None:
    """Leave what was loaded by now out of all later garbage collections, during which no thread runs.

    For a process that runs one bot to its end: what is left out is never collected.
    """
    gc.collect()
    gc.freeze()
