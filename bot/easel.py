"""The child process that draws: ``python -m bot.easel``. One JSON line in, one out, until nobody asks.

In: ``{"kind": …, …}`` with the fields of that kind of picture, as ``bot.studio`` writes them. Out:
``{"png": base64}`` or ``{"error": …}``. It ends when its input does, so that a killed bot leaves no orphan
behind.
"""

import base64
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO, cast

from bot.charting.fan import fan
from bot.charting.league import league
from bot.charting.trend import trend
from bot.charting.waterfall import Bar, waterfall
from engine.narrate.picture import FanPicture, LeaguePicture, TrendPicture
from engine.narrate.pictured import unpacked

POLITE = 10  # how far it stands back: what acknowledges goes first, also on one core


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(POLITE)
    answers = _own_output()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(line)) + "\n")
        answers.flush()


def _own_output() -> TextIO:
    """Keep the answers' way to ourselves: what a library prints goes where errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _answer(line: str) -> dict[str, str]:
    try:
        return {"png": base64.b64encode(_drawn(json.loads(line))).decode()}
    except Exception as problem:  # noqa: BLE001  whoever asked is told, and logs it
        return {"error": f"{type(problem).__name__}: {problem}"}


def _drawn(asked: dict[str, Any]) -> bytes:
    return DRAWN[asked["kind"]](asked)


def _waterfall(asked: dict[str, Any]) -> bytes:
    return waterfall(asked["title"], [Bar(*each) for each in asked["bars"]])


DRAWN: Mapping[str, Callable[[dict[str, Any]], bytes]] = {
    "waterfall": _waterfall,
    "league": lambda asked: league(cast(LeaguePicture, unpacked(asked))),
    "trend": lambda asked: trend(cast(TrendPicture, unpacked(asked))),
    "fan": lambda asked: fan(cast(FanPicture, unpacked(asked))),
}


if __name__ == "__main__":
    main()
