"""The golden sample and its scorer, as they are handed in beside the project."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared_data import shared_file

Predict = Callable[[Path], dict[str, object]]


def golden_score(task: str, predict: Predict) -> dict[str, Any]:
    """Predict every case of a task and score it by the scorer that comes with them."""
    path = shared_file("golden/score.py")
    spec = importlib.util.spec_from_file_location("golden_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    truths = [each for each in scorer.load(shared_file("golden/truth.jsonl")) if each["task"] == task]
    cases = shared_file(f"golden/cases/{task}")
    found = {each["case_id"]: predict(cases / each["case_id"]) for each in truths}
    json.dumps(found)  # it is written as JSON
    score: dict[str, Any] = scorer.FUN[task](truths, found)
    return score
