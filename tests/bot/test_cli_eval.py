"""``marko eval``: cases are answered, what is broken is named, and the scores are those of the cases' own."""

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from shared_data import shared_file

from bot.cli import main
from engine.evaluating.scores import scores


def _signals(folder: Path, rows: str) -> None:
    folder.mkdir(parents=True)
    (folder / "outcomes.csv").write_text(f"date,signal,success\n{rows}", encoding="utf-8")


def _tree(root: Path) -> Path:
    days = "\n".join(
        f"2025-01-{day:02d},sig_00,{day % 2}\n2025-01-{day:02d},sig_01,1" for day in range(1, 29)
    )
    _signals(root / "signals" / "sig_0000", f"{days}\n")
    _signals(root / "signals" / "sig_0001", f"{days}\n")
    (root / "diagnosis" / "golden_001").mkdir(parents=True)
    return root


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_cases_become_one_line_each_and_unknown_tasks_are_told(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "made" / "p.jsonl"
    assert main(["eval", str(_tree(tmp_path / "cases")), "--predictions", str(out)]) == 0
    told = _lines(out)
    assert [(each["task"], each["case_id"]) for each in told] == [
        ("signals", "sig_0000"),
        ("signals", "sig_0001"),
    ]
    assert told[0]["p"]["sig_01"] > told[0]["p"]["sig_00"]
    said = capsys.readouterr().out
    assert "2 predictions written" in said
    assert "Skipped diagnosis, 1 case: it is no task that I know." in said
    assert list(out.parent.iterdir()) == [out]


def test_a_broken_case_is_named_and_costs_no_other_its_answer(tmp_path: Path, capsys: Any) -> None:
    cases, out = _tree(tmp_path / "cases"), tmp_path / "p.jsonl"
    _signals(cases / "signals" / "sig_0002", "2025-01-01,sig_00\n")
    (cases / "forecast" / "fc_0000").mkdir(parents=True)
    assert main(["eval", str(cases), "--predictions", str(out)]) == 1
    assert len(_lines(out)) == 2
    told = capsys.readouterr().err
    assert "signals/sig_0002: Line 2, outcomes.csv" in told
    assert "2 cells" in told
    assert "forecast/fc_0000: " in told
    assert "is missing" in told


def test_where_there_are_no_cases_nothing_is_written(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "p.jsonl"
    assert main(["eval", str(tmp_path / "none"), "--predictions", str(out)]) == 1
    assert "a folder of cases" in capsys.readouterr().err
    assert not out.exists()


def test_a_truth_that_is_no_json_is_named_by_its_line(tmp_path: Path, capsys: Any) -> None:
    truth = tmp_path / "truth.jsonl"
    truth.write_text('{"task": "signals", "case_id": "sig_0000", "p_now": {}}\nnot json\n', encoding="utf-8")
    cases, out = _tree(tmp_path / "cases"), tmp_path / "p.jsonl"
    assert main(["eval", str(cases), "--predictions", str(out), "--truth", str(truth)]) == 1
    assert "line 2" in capsys.readouterr().err.lower()


def test_with_the_truth_the_scores_are_told(tmp_path: Path, capsys: Any) -> None:
    truth = tmp_path / "truth.jsonl"
    lines = [
        {"task": "signals", "case_id": f"sig_000{n}", "p_now": {"sig_00": 0.5, "sig_01": 0.95}}
        for n in (0, 1)
    ]
    truth.write_text("".join(f"{json.dumps(each)}\n" for each in lines), encoding="utf-8")
    cases, out = _tree(tmp_path / "cases"), tmp_path / "p.jsonl"
    code = main(["eval", str(cases), "--predictions", str(out), "--truth", str(truth), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["skipped"] == {"diagnosis": 1}
    assert 0 < told["scores"]["signals"]["rmse"] < 0.15


# The scores against the scorer that comes with the cases, on predictions that are right, wrong and missing


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_score", shared_file("golden/score.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _guess(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Answer a case by its truth, here and there wrong."""
    return {
        "patterns": _guess_patterns,
        "mix": lambda case, chance: {
            "driver": chance.choice([case["driver"], case["driver"], "mix"]),
            "paradox": case["paradox"] != (chance.random() < 0.2),
            "mix_effect_rel": case["mix_rel"] + chance.gauss(0, 0.02),
            "rate_effect_rel": case["rate_rel"],
        },
        "forecast": _guess_forecast,
        "budget": _guess_budget,
        "drift": lambda case, chance: {
            "drifted": [each for each, is_so in case["drifted"].items() if is_so != (chance.random() < 0.2)]
        },
        "signals": lambda case, chance: {
            "p": {
                each: p + chance.gauss(0, 0.1) for each, p in case["p_now"].items() if chance.random() < 0.9
            }
        },
    }[case["task"]](case, chance)


def _guess_patterns(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    found = []
    for dimension, levels in case["effects"].items():
        for value in levels:
            if chance.random() < 0.3:
                side, low = chance.choice(["winner", "loser"]), chance.uniform(-40, 20)
                size = {"effect_pct": chance.uniform(-40, 40), "lo": low, "hi": low + 25}
                found.append({"dimension": dimension, "value": value, "direction": side, **size})
    for platform in case["platform_trend"]:
        side = chance.choice(["improving", "worsening"])
        found.append({"dimension": "platform_trend", "value": platform, "direction": side})
    return {"discoveries": [*found, *found[:1]]}


def _guess_forecast(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    mean = [each * chance.uniform(0.9, 1.1) for each in case["actual"]]
    bands = {"lo95": 0.85, "lo80": 0.94, "hi80": 1.06, "hi95": 1.15}
    return {"mean": mean} | {name: [each * by for each in mean] for name, by in bands.items()}


def _guess_budget(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.2:
        return {"allocation": dict.fromkeys(case["ids"], 1.0)}
    moved = [each * chance.uniform(0.7, 1.3) for each in case["current"]]
    scale = sum(case["current"]) / sum(moved)
    return {"allocation": {name: each * scale for name, each in zip(case["ids"], moved, strict=True)}}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_scores_are_those_of_the_scorer_that_comes_with_the_cases(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  no secret
    truth = [each for each in _lines(shared_file("golden/truth.jsonl")) if each["task"] != "diagnosis"]
    told = [
        {"task": each["task"], "case_id": each["case_id"], **_guess(each, chance)}
        for each in truth
        if chance.random() < 0.9
    ]
    theirs, ours = _scorer().score(truth, told), scores(truth, told)
    assert ours.keys() == theirs.keys()
    renamed = {"pinball_scaled": "crps_like_scaled"}
    for task, found in ours.items():
        for name, value in found.items():
            mine = value["value"] if isinstance(value, dict) and "value" in value else value
            assert mine == pytest.approx(theirs[task][renamed.get(name, name)]), f"{task} {name}"
