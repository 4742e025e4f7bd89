"""Cases of the task "forecast": daily CTRs to come, with ranges, by what ``/marko forecast`` uses."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from engine.evaluating.tables import columns, told
from engine.measure.forecasting.forecast import Forecast, forecast
from engine.measure.forecasting.series import Daily


def predict(folder: Path) -> dict[str, object]:
    """Forecast one case: ``mean`` (the median), ``lo80``, ``hi80``, ``lo95`` and ``hi95``, one a day."""
    history, meta = columns(folder / "history.csv"), told(folder / "meta.json")
    days = [date.fromisoformat(each) for each in history["date"]]
    clicks, impressions = (np.array(history[name], dtype=float) for name in ("clicks", "impressions"))
    coming = [date.fromisoformat(each) for each in meta["future_dates"]]
    ahead = [(each - max(days)).days for each in coming]
    planned = np.full(max(ahead), float(np.mean(meta["planned_impressions"])))
    planned[np.array(ahead) - 1] = meta["planned_impressions"]
    found = forecast(Daily(days, clicks, impressions, clicks, is_share=True), planned)
    return {} if found is None else _answer(found, coming)


def _answer(found: Forecast, coming: list[date]) -> dict[str, object]:
    first = found.days[0] - timedelta(days=0)
    places = [(each - first).days for each in coming]
    parts = {
        "mean": found.median,
        "lo80": found.low80,
        "hi80": found.high80,
        "lo95": found.low95,
        "hi95": found.high95,
    }
    return {name: [float(values[place]) for place in places] for name, values in parts.items()}
