"""``marko eval``: cases answered by what the product uses, written as predictions, and scored."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.errors import Fault, Refused
from engine.evaluating.scores import scores
from engine.evaluating.walk import Walk, walk

DIGITS = 8  # of every figure that is written: more say nothing, and hide what is the same


def run(chosen: argparse.Namespace) -> int:
    """Answer, write, and score where the truth is given; 1 where a case could not be answered."""
    truth = _lines(chosen.truth) if chosen.truth else None
    found = walk(chosen.cases, _headway if sys.stderr.isatty() else lambda *_: None)
    _write(chosen.predictions, found.predictions)
    scored = None if truth is None else scores(truth, found.predictions)
    if chosen.json:
        sys.stdout.write(f"{json.dumps(_document(found, scored), ensure_ascii=False, indent=2)}\n")
    else:
        sys.stdout.write(f"{_text(chosen.predictions, found, scored)}\n")
    for each in found.failed:
        sys.stderr.write(f"{each.task}/{each.case_id}: {each.reason}. It has no prediction.\n")
    return 1 if found.failed else 0


def _headway(done: int, of: int) -> None:
    sys.stderr.write(f"\r{done} of {of} cases{'' if done < of else chr(10)}")


def _lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines; raises ``Refused`` with the line that is none."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            each = json.loads(line)
        except json.JSONDecodeError as wrong:
            raise Refused([Fault(path.name, line[:40], f"JSON ({wrong.msg})", line=number)]) from None
        if not isinstance(each, dict) or not {"task", "case_id"} <= each.keys():
            raise Refused([Fault(path.name, line[:40], "an object with task and case_id", line=number)])
        found.append(each)
    return found


def _write(path: Path, predictions: Sequence[Mapping[str, Any]]) -> None:
    """All of them or none: a file that a kill cut off would be scored as if nothing more was found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for each in predictions:
                file.write(f"{json.dumps(_rounded(each), ensure_ascii=False, allow_nan=False)}\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _document(found: Walk, scored: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "answered": len(found.predictions),
        "failed": [{"task": e.task, "case_id": e.case_id, "reason": e.reason} for e in found.failed],
        "skipped": found.skipped,
        "scores": _rounded(scored),
    }


def _text(path: Path, found: Walk, scored: Mapping[str, Any] | None) -> str:
    answered = len(found.predictions)
    lines = [f"{answered:,} {'prediction' if answered == 1 else 'predictions'} written to {path}."]
    for task, cases in found.skipped.items():
        counted = f"{cases:,} {'case' if cases == 1 else 'cases'}"
        lines.append(f"Skipped {task}, {counted}: it is no task that I know.")
    for task, score in (scored or {}).items():
        lines += ["", f"{task}, {score['n']:,} cases", *_score_lines(score)]
    return "\n".join(lines)


def _score_lines(score: Mapping[str, Any], indent: str = "  ") -> list[str]:
    lines = []
    for name, value in score.items():
        said = name.replace("_", " ")
        if name == "n":
            continue
        if isinstance(value, Mapping) and "hits" in value:
            span = f"95 % range {value['low']:.3f} to {value['high']:.3f}"
            lines.append(
                f"{indent}{said:<38} {value['value']:.3f}  {value['hits']:,} of {value['of']:,}, {span}"
            )
        elif isinstance(value, Mapping):
            lines += [f"{indent}{said}", *_score_lines(value, indent * 2)]
        else:
            shown = "none" if value is None else f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
            lines.append(f"{indent}{said:<38} {shown}")
    return lines
