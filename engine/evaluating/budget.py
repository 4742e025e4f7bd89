"""Golden task "budget": the split of a daily budget that the product proposes, or what is there now."""

from datetime import date
from pathlib import Path

import numpy as np

from engine.decide.allocation import allocate, bounds_of
from engine.evaluating.tables import columns, told
from engine.measure.response import SpendDays, responses

CENTS = 100


def predict(folder: Path) -> dict[str, object]:
    """Read ``history.csv`` and ``meta.json``; give ``allocation`` a day, with exactly the same total."""
    meta, table = told(folder / "meta.json"), columns(folder / "history.csv")
    now = {name: round(float(amount) * CENTS) for name, amount in meta["current_daily_budget"].items()}
    change = float(meta["max_change_pct"]) / 100
    names = np.array(table["campaign_id"])
    days = np.array([date.fromisoformat(each).toordinal() for each in table["date"]])
    spend, conversions = (np.array(table[name], dtype=float) for name in ("spend", "conversions"))
    known = [
        SpendDays(name, amount / CENTS, *(each[names == name] for each in (days, spend, conversions)))
        for name, amount in now.items()
        if amount > 0
    ]
    found = allocate(
        responses(known, np.random.default_rng(0)),
        now,
        {name: bounds_of(amount, change) for name, amount in now.items()},
    )
    return {"allocation": {name: amount / CENTS for name, amount in found.proposed.items()}}
