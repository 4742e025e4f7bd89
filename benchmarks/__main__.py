"""``python -m benchmarks [--full]``: measure, print the table, write ``benchmarks/latest.json``."""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from benchmarks import (
    analysis,
    dispatch,
    documents,
    exports,
    false_alarms,
    forecasts,
    nightly,
    opening,
    pictures,
    process,
    recall,
    segments,
    vectors,
)
from benchmarks.goal import UNITS, Row

LATEST = Path(__file__).with_name("latest.json")
MARKS = {True: "met", False: "MISSED", None: ""}
LINE = "{work:44} {ours:>11} {peer:24} {theirs:>11} {ratio:>9} {goal:>9}  {met:7} {note}"


def main() -> int:
    """Measure everything and return 0, also when a goal is missed: a machine may be busy."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="ten million rows as well, and more runs")
    full = parser.parse_args().full
    heads = ("work", "ours", "peer", "theirs", "ratio", "goal", "met", "note")
    _print(LINE.format(**{head: head if head != "met" else "" for head in heads}))
    rows = []
    judging = (forecasts, segments, false_alarms, nightly)
    rooms = (documents, opening, vectors, exports, *judging, dispatch, analysis, process, recall, pictures)
    for room in rooms:
        for row in room.rows(full=full):
            rows.append(row)
            _print(_line(row))
    LATEST.write_text(json.dumps(_report(rows), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    missed = sum(row.met is False for row in rows)
    _print(f"{missed} of {sum(row.met is not None for row in rows)} goals missed.")
    return 0


def _line(row: Row) -> str:
    return LINE.format(
        work=row.work,
        ours="" if row.ours is None else _in_unit(row.ours, row.unit),
        peer=row.peer,
        theirs="" if row.theirs is None else _in_unit(row.theirs, row.unit),
        ratio="" if row.ratio is None else f"{row.ratio:.2f}×",
        goal=_goal(row),
        met=MARKS[row.met],
        note=row.note,
    ).rstrip()


def _in_unit(value: float, unit: str) -> str:
    shown = value / UNITS[unit]
    return f"{shown:,.0f} {unit}" if shown >= 1_000 else f"{shown:.3g} {unit}"


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    sign = "≥" if row.goal.at_least else "≤"
    return f"{sign} {row.goal.limit:g}{f' {row.unit}' if row.ratio is None else '×'}"


def _report(rows: list[Row]) -> dict[str, object]:
    machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
    return {
        "machine": machine,
        "rows": [
            {
                "work": row.work,
                "peer": row.peer,
                "ours": None if row.ours is None else row.ours / UNITS[row.unit],
                "theirs": None if row.theirs is None else row.theirs / UNITS[row.unit],
                "unit": row.unit,
                "ratio": row.ratio,
                "goal": _goal(row),
                "met": row.met,
                "note": row.note,
            }
            for row in rows
        ],
    }


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
