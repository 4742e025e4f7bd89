"""Golden task "signals": how likely each signal succeeds now, told by the belief that weights rest on."""

from collections import defaultdict
from datetime import date
from pathlib import Path

from engine.evaluating.tables import columns
from engine.learn.belief import Trial, believe


def predict(folder: Path) -> dict[str, object]:
    """Read ``outcomes.csv`` (date, signal, success) and tell ``p`` of each signal on its newest day."""
    table = columns(folder / "outcomes.csv")
    trials: dict[str, list[Trial]] = defaultdict(list)
    for day, signal, success in zip(table["date"], table["signal"], table["success"], strict=True):
        trials[signal].append(Trial(date.fromisoformat(day), bool(int(float(success)))))
    newest = max((each.day for own in trials.values() for each in own), default=date.min)
    beliefs = believe(trials, newest)
    return {"p": {name: round(each.mean, 6) for name, each in beliefs.of.items()}}
