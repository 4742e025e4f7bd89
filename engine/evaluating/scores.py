"""How right predictions are, by the definitions that come with the cases; one summary a task.

A missing prediction is wrong, or says that nothing was found. A rate stands with the two counts it is
made of, so that whoever reads it can see how sure it is.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

import numpy as np

from engine.evaluating.pattern_scores import pattern_scores
from engine.evaluating.shares import share

Truth = Mapping[str, Any]
Predicted = Mapping[str, Mapping[str, Any]]
Scores = dict[str, Any]
MATERIAL_GAIN, WORSE, ROUNDING = 0.005, 0.995, 0.01
QUANTILES = ((0.025, "lo95"), (0.1, "lo80"), (0.5, "mean"), (0.9, "hi80"), (0.975, "hi95"))


def scores(truth: Sequence[Truth], predictions: Sequence[Mapping[str, Any]]) -> dict[str, Scores]:
    """Score each task that has truths; predictions are matched by task and case id."""
    found: dict[str, Scores] = {}
    for task, score in SCORED.items():
        cases = [each for each in truth if each["task"] == task]
        if cases:
            said = {each["case_id"]: each for each in predictions if each["task"] == task}
            found[task] = score(cases, said)
    return found


def _mix(cases: Sequence[Truth], said: Predicted) -> Scores:
    drivers = paradoxes = claimed = agreed = 0
    errors: dict[str, list[float]] = {"mix": [], "rate": []}
    for case in cases:
        found = said.get(case["case_id"], {})
        drivers += found.get("driver") == case["driver"]
        claim, is_paradox = bool(found.get("paradox")), bool(case["paradox"])
        paradoxes, claimed, agreed = paradoxes + is_paradox, claimed + claim, agreed + (claim and is_paradox)
        for part, missed in errors.items():
            missed.append(abs(found.get(f"{part}_effect_rel", 0.0) - case[f"{part}_rel"]))
    return {
        "n": len(cases),
        "driver_accuracy": share(drivers, len(cases)),
        "paradox_recall": share(agreed, paradoxes),
        "paradox_precision": share(agreed, claimed),
        "mix_effect_mae": fmean(errors["mix"]),
        "rate_effect_mae": fmean(errors["rate"]),
    }


def _forecast(cases: Sequence[Truth], said: Predicted) -> Scores:
    ours: list[float] = []
    naive: list[float] = []
    pinball: list[float] = []
    covered = {"80": [0, 0], "95": [0, 0]}
    for case in cases:
        actual, found = np.array(case["actual"]), said.get(case["case_id"], {})
        scale = max(case["insample_snaive_mae"], 1e-9)
        mean = np.array(found.get("mean", case["snaive"]), dtype=float)
        ours.append(float(np.abs(mean - actual).mean() / scale))
        naive.append(float(np.abs(np.array(case["snaive"]) - actual).mean() / scale))
        for level, counts in covered.items():
            if f"lo{level}" in found:
                low, high = (np.array(found[f"{end}{level}"], dtype=float) for end in ("lo", "hi"))
                counts[0] += int(((low <= actual) & (actual <= high)).sum())
                counts[1] += len(actual)
        if "lo95" in found:
            pinball.append(_pinball(actual, found) / scale)
    return {
        "n": len(cases),
        "answered": sum(case["case_id"] in said for case in cases),
        "mase": fmean(ours),
        "mase_ratio_vs_snaive": fmean(ours) / fmean(naive),
        "coverage80": share(*covered["80"]),
        "coverage95": share(*covered["95"]),
        "pinball_scaled": fmean(pinball) if pinball else None,
    }


def _pinball(actual: "np.ndarray[Any, Any]", found: Mapping[str, Any]) -> float:
    """Twice the pinball loss, averaged over five quantiles and all days (Koenker & Bassett 1978)."""
    losses = []
    for level, name in QUANTILES:
        gap = actual - np.array(found[name], dtype=float)
        losses.append(float(2 * np.maximum(level * gap, (level - 1) * gap).mean()))
    return fmean(losses)


def _budget(cases: Sequence[Truth], said: Predicted) -> Scores:
    gains: list[float] = []
    infeasible = worse = 0
    for case in cases:
        now, cap, half, power = (np.array(case[name]) for name in ("current", "cap", "half", "alpha"))
        split = said.get(case["case_id"], {}).get("allocation")
        proposed = np.array([float(split.get(each, 0)) for each in case["ids"]]) if split else now
        off = abs(proposed.sum() / now.sum() - 1) > ROUNDING
        if off or (proposed > now * 1.51).any() or (proposed < now * 0.49).any():
            infeasible, proposed = infeasible + 1, now
        came = float((cap * proposed**power / (half**power + proposed**power)).sum())
        room = case["f_opt"] - case["f_current"]
        if room / case["f_current"] > MATERIAL_GAIN:
            gains.append((came - case["f_current"]) / room)
        worse += came < case["f_current"] * WORSE
    return {
        "n": len(cases),
        "infeasible": infeasible,
        "share_of_attainable_uplift": fmean(gains) if gains else None,
        "median_share": median(gains) if gains else None,
        "made_it_worse_rate": share(worse, len(cases)),
    }


def _drift(cases: Sequence[Truth], said: Predicted) -> Scores:
    hits = drifted = false = still = 0
    for case in cases:
        called = set(said.get(case["case_id"], {}).get("drifted", []))
        for column, truly in case["drifted"].items():
            drifted, hits = drifted + bool(truly), hits + (bool(truly) and column in called)
            still, false = still + (not truly), false + (not truly and column in called)
    return {
        "n": len(cases),
        "power": share(hits, drifted),
        "false_positive_rate": share(false, still),
        "fdr": share(false, hits + false),
    }


def _signals(cases: Sequence[Truth], said: Predicted) -> Scores:
    squared = [
        (said.get(case["case_id"], {}).get("p", {}).get(signal, 0.5) - truly) ** 2
        for case in cases
        for signal, truly in case["p_now"].items()
    ]
    return {"n": len(cases), "rmse": fmean(squared) ** 0.5}


SCORED: Mapping[str, Callable[[Sequence[Truth], Predicted], Scores]] = {
    "patterns": pattern_scores,
    "mix": _mix,
    "forecast": _forecast,
    "budget": _budget,
    "drift": _drift,
    "signals": _signals,
}
