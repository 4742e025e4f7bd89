"""Daily CTR forecasts of 14 days: ours beside Prophet, statsforecast's AutoTheta and the naive one.

The same series for all, nine kinds in turns, made by a seed that nothing was tuned on. Prophet and
statsforecast are no part of Marko: each is installed into an environment of its own in the user's cache,
once, and left out with the reason where that does not succeed. Pinball losses are those of the median and of
both ends of the 80 % and 95 % ranges, scaled by each series' own week-over-week misses.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.goal import Goal, Row
from engine.measure.forecasting.forecast import forecast
from engine.measure.forecasting.series import Daily
from tests.worlds.forecast import HORIZON, World, worlds

SERIES, FULL_SERIES, SEED = 180, 900, 64
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
NORMAL = (-1.96, -1.2816, 0.0, 1.2816, 1.96)
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "marko-bench"
PATIENCE_S = 900

MEASURED = """
import json, logging, sys, time, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import numpy as np
import pandas as pd
{imports}
told = json.load(sys.stdin)
found = []
for place, each in enumerate([told[0], *told]):  # the first once more, to be warm
    frame = pd.DataFrame({{"ds": pd.to_datetime(each["days"]), "y": each["values"]}})
    began = time.perf_counter()
    {work}
    if place:
        found.append([time.perf_counter() - began, np.asarray(rows, dtype=float).tolist()])
print(json.dumps(found))
"""
PROPHET = MEASURED.format(
    imports="from prophet import Prophet",
    work="""model = Prophet(interval_width=0.8).fit(frame.dropna())
    coming = model.make_future_dataframe(14, include_history=False)
    drawn = model.predictive_samples(coming)["yhat"]
    rows = np.quantile(drawn, [0.025, 0.1, 0.5, 0.9, 0.975], axis=1)""",
)
THETA = MEASURED.format(
    imports="from statsforecast.models import AutoTheta",
    work="""y = frame.y.interpolate().bfill().to_numpy(dtype=float)
    said = AutoTheta(season_length=7).forecast(y=y, h=14, level=[80, 95])
    rows = [said[name] for name in ("lo-95", "lo-80", "mean", "hi-80", "hi-95")]""",
)
PEERS = {"Prophet": ("prophet", PROPHET, 0.82), "AutoTheta": ("statsforecast", THETA, None)}

Floats = NDArray[np.float64]


class Result(NamedTuple):
    """Median seconds a series; mean scaled pinball loss; shares of days within both ranges, in percent."""

    seconds: float
    pinball: float
    covered80: float
    covered95: float


def rows(*, full: bool) -> Iterator[Row]:
    """Yield time, pinball losses and coverage."""
    made = worlds(FULL_SERIES if full else SERIES, SEED)
    ours, naive = (
        _result(made, [_ours(each) for each in made]),
        _result(made, [_naive(each) for each in made]),
    )
    work = "daily CTR forecast"
    yield Row(f"{work}, per series", "", ours.seconds, None, "ms", Goal(5))
    # Losses have no unit: percent of the series' own week-over-week miss.
    goal = Goal(0.83)
    yield Row(f"{work}, pinball loss", "same weekday last week", ours.pinball, naive.pinball, "%", goal)
    for name, (package, code, limit) in PEERS.items():
        found = _peer(package, code, made)
        if isinstance(found, str):
            yield Row(work, name, None, None, "ms", None, f"not measured: {found}")
            continue
        yield Row(f"{work}, per series", name, ours.seconds, found.seconds, "ms", None)
        note = f"{name}'s ranges cover {found.covered80:.1f} % and {found.covered95:.1f} %"
        goal = None if limit is None else Goal(limit)
        yield Row(f"{work}, pinball loss", name, ours.pinball, found.pinball, "%", goal, note)
    for level, covered, least, most in ((80, ours.covered80, 78, 87), (95, ours.covered95, 93, 97)):
        yield Row(f"{level} % ranges cover, at least", "", covered, None, "%", Goal(least, at_least=True))
        yield Row(f"{level} % ranges cover, at most", "", covered, None, "%", Goal(most))


def _ours(world: World) -> tuple[float, Floats]:
    began = perf_counter()
    daily = Daily(world.days, world.clicks, world.impressions, world.clicks, is_share=True)
    found = forecast(daily, world.planned)
    taken = perf_counter() - began
    if found is None:
        raise RuntimeError(f"No forecast of {world.kind}.")
    return taken, np.array([found.low95, found.low80, found.median, found.high80, found.high95])


def _naive(world: World) -> tuple[float, Floats]:
    """The textbook's: last week again, ranges by the week-over-week misses, wider in the second week."""
    began = perf_counter()
    values = _values(world)
    for place in np.flatnonzero(np.isnan(values)):
        values[place] = values[place - 7] if place >= 7 else np.nanmean(values)
    deviation = float(np.std(values[7:] - values[:-7]))
    weeks = 1 + np.arange(HORIZON) // 7
    said = np.tile(values[-7:], HORIZON // 7 + 1)[:HORIZON]
    quantiles = said + np.array(NORMAL)[:, None] * deviation * np.sqrt(weeks)
    return perf_counter() - began, quantiles


def _values(world: World) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return world.clicks / world.impressions


def _peer(package: str, code: str, made: Sequence[World]) -> Result | str:
    """Run a peer in its own environment; a text says why it could not be."""
    home = CACHE / package
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        made_home = [sys.executable, "-m", "venv", "--clear", str(home)]
        installed = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        for step in (made_home, installed):
            if problem := _problem(step):
                return f"{package} could not be installed ({problem})"
        (home / "installed").touch()
    told = json.dumps([_told(each) for each in made])
    try:
        done = subprocess.run(  # noqa: S603
            [str(python), "-c", code],
            input=told,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
    except subprocess.CalledProcessError as failed:
        return f"{package} failed ({failed.stderr.strip().splitlines()[-1:]})"
    except subprocess.TimeoutExpired:
        return f"{package} took over {PATIENCE_S} s"
    answers = json.loads(done.stdout.splitlines()[-1])
    return _result(made, [(seconds, np.array(quantiles)) for seconds, quantiles in answers])


def _problem(step: list[str]) -> str:
    try:
        done = subprocess.run(step, capture_output=True, text=True, timeout=PATIENCE_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as failed:
        return type(failed).__name__
    return (done.stderr.strip().splitlines() or ["no reason told"])[-1] if done.returncode else ""


def _told(world: World) -> dict[str, object]:
    values = [None if np.isnan(each) else float(each) for each in _values(world)]
    return {"days": [day.isoformat() for day in world.days], "values": values}


def _result(made: Sequence[World], answers: Sequence[tuple[float, Floats]]) -> Result:
    losses, inner, outer = [], [], []
    for world, (_, said) in zip(made, answers, strict=True):
        values = _values(world)
        scale = float(np.nanmean(np.abs(values[7:] - values[:-7])))
        off = world.actual - said
        level = np.array(LEVELS)[:, None]
        losses.append(float((2 * np.maximum(level * off, (level - 1) * off)).mean()) / scale)
        inner.append(float(((said[1] <= world.actual) & (world.actual <= said[3])).mean()))
        outer.append(float(((said[0] <= world.actual) & (world.actual <= said[4])).mean()))
    seconds = median(taken for taken, _ in answers)
    return Result(
        seconds, 100 * float(np.mean(losses)), 100 * float(np.mean(inner)), 100 * float(np.mean(outer))
    )
