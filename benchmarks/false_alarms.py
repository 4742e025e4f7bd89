"""A year of pure noise for a hundred campaigns, judged week by week as the digest judges it.

Overdispersed days, weekdays, days like their neighbours, every size of campaign. The limit is one false alarm
in a hundred campaign-weeks; beside it stands how many true changes of the CPA are told within four weeks.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.goal import Goal, Row
from benchmarks.noise import Quiet, lived, quiet_campaign
from engine.measure import sums
from engine.measure.alarm import real_move
from engine.measure.dispersion import scatters, usual
from engine.measure.reliance import Reliance
from engine.models.daily import DaySum
from engine.models.from_rows import FromRows
from engine.models.rules import Rules
from engine.models.scatter import Scatter, Usual

SEED = 20260601
CAMPAIGNS, WEEKS, WINDOW, LEARNED = 100, 52, 28, 84
CHANGED, WORSE = 200, 1.3
RULES = Rules()


def rows(*, full: bool) -> Iterator[Row]:
    """Yield the false alarms of a year of noise, and how many campaigns are told of whose CPA rose."""
    years = 3 if full else 1
    rate = false_alarms(np.random.default_rng(SEED), CAMPAIGNS * years, WEEKS)
    yield Row("false alarms, of campaign-weeks of noise", "", rate * 100, None, "%", Goal(1.0))
    for least in (0.0, 5.0):
        found = power(np.random.default_rng(SEED + 1), CHANGED * years, least)
        size = f", {least:g}+ conversions a day" if least else ", all sizes"
        yield Row(f"CPA +30 % told after four weeks{size}", "", found * 100, None, "%", None)


def false_alarms(chance: np.random.Generator, campaigns: int, weeks: int) -> float:
    """Give the share of campaign-weeks in which something is told to have moved; nothing did."""
    every = [quiet_campaign(chance) for _ in range(campaigns)]
    lives = [lived(each, LEARNED + 7 * weeks, chance) for each in every]
    others = usual(scatters(days[: LEARNED + 7]) for days in lives)
    alarms = sum(
        is_told(each, days[: LEARNED + 7 * (week + 1)], others)
        for each, days in zip(every, lives, strict=True)
        for week in range(weeks)
    )
    return alarms / (campaigns * weeks)


def power(chance: np.random.Generator, campaigns: int, least: float) -> float:
    """Give the share of campaigns told of, four weeks after their CPA rose by 30 %."""
    drawn = (quiet_campaign(chance) for _ in range(100 * campaigns))
    every = [each for each in drawn if each.conversions_a_day >= least][:campaigns]
    factor = [1.0] * LEARNED + [1 / WORSE] * WINDOW
    lives = [lived(each, LEARNED + WINDOW, chance, factor=factor) for each in every]
    others = usual(scatters(days) for days in lives)
    return float(np.mean([is_told(each, days, others) for each, days in zip(every, lives, strict=True)]))


def is_told(campaign: Quiet, days: Sequence[DaySum], others: tuple[Usual, ...]) -> bool:
    """Judge the newest 28 of these days against a forecast that is exactly right."""
    window = list(days[-WINDOW:])
    found: tuple[Scatter, ...] = scatters(days[-LEARNED - WINDOW :])
    basis = FromRows(imports=(), files=(), read_at=None, by_day=True, scatters=found, usual=others)
    return real_move("cpa", campaign.cpa, sums.window(window), RULES, Reliance(basis, WINDOW)) is not None
