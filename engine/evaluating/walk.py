"""Walks a folder of cases, ``<task>/<case_id>/…``, and has each answered by what the product uses."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import Fault, Refused

TASKS = ("patterns", "mix", "forecast", "budget", "drift", "signals")
MANY = 40  # from so many cases on, processes share the work
Prediction = dict[str, Any]
"""One line of what is written: the task, the case's id, and what the task answers."""


class Case(NamedTuple):
    task: str
    folder: Path


class Answered(NamedTuple):
    """A case with its prediction; or with ``reason``, in one line, why there is none."""

    task: str
    case_id: str
    prediction: Prediction | None
    reason: str = ""


class Walk(NamedTuple):
    """``answered`` in the order of tasks and names; ``skipped`` are tasks that nobody answers yet."""

    answered: tuple[Answered, ...]
    skipped: dict[str, int]

    @property
    def predictions(self) -> list[Prediction]:
        return [each.prediction for each in self.answered if each.prediction is not None]

    @property
    def failed(self) -> list[Answered]:
        return [each for each in self.answered if each.prediction is None]


def walk(cases: Path, told: Callable[[int, int], None] = lambda _done, _all: None) -> Walk:
    """Answer every case under ``cases``; ``told`` hears how many are done, of how many.

    Raises ``Refused`` where there is no such folder, or no case in it.
    """
    if not cases.is_dir():
        raise Refused([Fault("cases", str(cases), "a folder of cases, as TASK/CASE_ID/…")])
    folders = {each.name: _inside(each) for each in _inside(cases)}
    skipped = {task: len(found) for task, found in folders.items() if task not in TASKS and found}
    every = [Case(task, folder) for task in TASKS for folder in folders.get(task, [])]
    if not every and not skipped:
        raise Refused([Fault("cases", str(cases), "at least one case, as TASK/CASE_ID/…")])
    answered = []
    for found in _answers(every):
        answered.append(found)
        told(len(answered), len(every))
    return Walk(tuple(answered), skipped)


def _answers(every: Sequence[Case]) -> Iterator[Answered]:
    if len(every) < MANY:
        yield from map(answer, every)
        return
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(answer, every, chunksize=4)


def answer(case: Case) -> Answered:
    """Answer one case; one that cannot be read says why, and costs no other its answer."""
    task, name = case.task, case.folder.name
    try:
        found = import_module(f"engine.evaluating.{task}").predict(case.folder)
    except Refused as refused:
        return Answered(task, name, None, " ".join(str(each) for each in refused.faults).rstrip("."))
    except FileNotFoundError as lacking:
        return Answered(task, name, None, f"{Path(str(lacking.filename)).name} is missing")
    except KeyError as lacking:
        return Answered(task, name, None, f"{lacking.args[0]} is missing")
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError) as wrong:
        return Answered(task, name, None, str(wrong).partition("\n")[0] or type(wrong).__name__)
    return Answered(task, name, {"task": task, "case_id": name, **found})


def _inside(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
