"""Forecasts of one daily series: as good and as sure as they say, in every kind of series."""

import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import shared_file
from worlds.forecast import KINDS, World, worlds

from engine.evaluating.forecast import predict
from engine.measure.forecasting import ranges
from engine.measure.forecasting.forecast import Forecast, forecast
from engine.measure.forecasting.series import Daily, Floats
from engine.measure.forecasting.threshold import chances_below, first_likely

SEED = 2_026
COUNT = 540
FIRST = date(2026, 1, 5)  # a Monday


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=place) for place in range(count)]


def ctr(clicks: Floats, impressions: Floats) -> Daily:
    return Daily(days(len(clicks)), clicks, impressions, clicks, is_share=True)


def forecast_of(daily: Daily, planned: float = 50_000, ahead: int = 14, **options: object) -> Forecast:
    found = forecast(daily, np.full(ahead, planned), **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def ends(found: Forecast) -> Floats:
    return np.array([found.low95, found.low80, found.median, found.high80, found.high95])


def noisy(count: int, *, seed: int = 1, rate: float = 0.02, seen: int = 50_000) -> Daily:
    chance = np.random.default_rng(seed)
    rates = rate * np.exp(chance.normal(0, 0.08, count))
    return ctr(chance.binomial(seen, rates).astype(float), np.full(count, float(seen)))


class Scored(NamedTuple):
    missed: float
    naive: float
    covered80: float
    covered95: float


def scored(world: World) -> Scored:
    """Misses in units of the series' own week-over-week misses, and shares of days within the ranges."""
    daily = Daily(world.days, world.clicks, world.impressions, world.clicks, is_share=True)
    found = forecast(daily, world.planned)
    assert found is not None
    with np.errstate(invalid="ignore"):
        seen = world.clicks / world.impressions
    scale = np.nanmean(np.abs(seen[7:] - seen[:-7]))
    for place in np.flatnonzero(np.isnan(seen)):
        seen[place] = seen[place - 7] if place >= 7 else np.nanmean(seen)
    came = world.actual
    return Scored(
        float(np.abs(found.median - came).mean() / scale),
        float(np.abs(np.tile(seen[-7:], 2) - came).mean() / scale),
        float(((found.low80 <= came) & (came <= found.high80)).mean()),
        float(((found.low95 <= came) & (came <= found.high95)).mean()),
    )


@pytest.fixture(scope="module")
def by_kind() -> dict[str, Scored]:
    found: dict[str, list[Scored]] = defaultdict(list)
    for world in worlds(COUNT, SEED):
        found[world.kind].append(scored(world))
    means = {kind: np.mean(each, axis=0) for kind, each in found.items()}
    means["all"] = np.mean(list(means.values()), axis=0)
    return {kind: Scored(*map(float, each)) for kind, each in means.items()}


# ------------------------------------------------------------------------------- as good as it says


def test_over_all_series_it_misses_by_far_less_than_last_week_again(by_kind: dict[str, Scored]) -> None:
    assert by_kind["all"].missed <= 0.80 * by_kind["all"].naive


@pytest.mark.parametrize("kind", KINDS)
def test_in_no_kind_of_series_last_week_again_would_have_been_better(
    kind: str, by_kind: dict[str, Scored]
) -> None:
    assert by_kind[kind].missed <= (0.97 if kind == "short" else 0.90) * by_kind[kind].naive


def test_over_all_series_ranges_hold_what_they_say(by_kind: dict[str, Scored]) -> None:
    assert 0.77 <= by_kind["all"].covered80 <= 0.83
    assert 0.93 <= by_kind["all"].covered95 <= 0.97


@pytest.mark.parametrize("kind", KINDS)
def test_in_each_kind_of_series_ranges_roughly_hold_what_they_say(
    kind: str, by_kind: dict[str, Scored]
) -> None:
    """Sixty series of fourteen days a kind, whose days miss together: a standard error of 2 to 3 points."""
    assert 0.72 <= by_kind[kind].covered80 <= 0.89
    assert 0.89 <= by_kind[kind].covered95 <= 0.99


def test_the_golden_sample_is_within_the_bars() -> None:
    cases = shared_file("golden/cases/forecast")
    truths = [json.loads(line) for line in shared_file("golden/truth.jsonl").read_text().splitlines()]
    missed, naive, inner, outer = [], [], [], []
    for truth in (each for each in truths if each["task"] == "forecast"):
        said = {name: np.array(each) for name, each in predict(cases / truth["case_id"]).items()}
        came = np.array(truth["actual"])
        missed.append(np.abs(said["mean"] - came).mean() / truth["insample_snaive_mae"])
        naive.append(np.abs(np.array(truth["snaive"]) - came).mean() / truth["insample_snaive_mae"])
        inner.extend((said["lo80"] <= came) & (came <= said["hi80"]))
        outer.extend((said["lo95"] <= came) & (came <= said["hi95"]))
    assert np.mean(missed) <= 0.85 * np.mean(naive)
    assert 0.75 <= np.mean(inner) <= 0.85
    assert 0.92 <= np.mean(outer) <= 0.98


def test_its_skill_is_what_it_then_turns_out_to_have() -> None:
    """The skill that is printed, over all series, beside the one that shows on the days to come."""
    told, seen = [], []
    for world in worlds(180, 77, ("stable", "trend", "promo days")):
        daily = Daily(world.days, world.clicks, world.impressions, world.clicks, is_share=True)
        found = forecast(daily, world.planned)
        assert found is not None
        assert found.skill is not None
        told.append(found.skill.better)
        result = scored(world)
        seen.append((result.missed, result.naive))
    missed, naive = np.sum(seen, axis=0)
    assert abs(np.mean(told) - (1 - missed / naive)) < 0.06


# ------------------------------------------------------------------------------- what it must never say


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_shares_stay_between_0_and_1_and_ranges_lie_in_each_other(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 60))
    impressions = data.draw(
        st.lists(st.sampled_from([0, 1, 3, 40, 900, 70_000]), min_size=count, max_size=count)
    )
    parts = data.draw(st.lists(st.floats(0, 1), min_size=count, max_size=count))
    clicks = np.array(
        [round(seen * part) for seen, part in zip(impressions, parts, strict=True)], dtype=float
    )
    planned = np.array(data.draw(st.lists(st.floats(1, 1e6), min_size=1, max_size=14)))
    found = forecast(ctr(clicks, np.array(impressions, dtype=float)), planned)
    if found is None:
        assert clicks.sum() == 0
        return
    said = ends(found)
    assert np.isfinite(said).all()
    assert ((said >= 0) & (said <= 1)).all()
    assert (np.diff(said, axis=0) >= 0).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(3, 90))
def test_the_order_of_rows_and_how_days_are_split_change_nothing(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    whole = noisy(count, seed=seed)
    part = np.floor(whole.top * chance.random(count))
    below = np.floor(whole.bottom * chance.random(count))
    order = chance.permutation(2 * count)
    split = Daily(
        [[*whole.days, *whole.days][place] for place in order],
        np.concatenate([part, whole.top - part])[order],
        np.concatenate([below, whole.bottom - below])[order],
        np.concatenate([part, whole.top - part])[order],
        is_share=True,
    )
    assert ends(forecast_of(split)) == pytest.approx(ends(forecast_of(whole)), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.001, 1_000))
def test_prices_in_another_currency_are_the_same_forecast(seed: int, factor: float) -> None:
    chance = np.random.default_rng(seed)
    spend = 100 * np.exp(chance.normal(0, 0.2, 50))
    impressions = np.full(50, 10_000.0)
    ours = forecast_of(Daily(days(50), spend, impressions, None))
    theirs = forecast_of(Daily(days(50), spend * factor, impressions, None))
    assert ends(theirs) == pytest.approx(ends(ours) * factor, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), planned=st.integers(200, 2_000_000))
def test_more_planned_impressions_never_widen_a_range(seed: int, planned: int) -> None:
    daily = noisy(60, seed=seed)
    few, many = (forecast_of(daily, each) for each in (planned, 4 * planned))
    step = 2 / planned  # where few clicks are expected, ends are whole clicks
    assert ((many.high80 - many.low80) <= (few.high80 - few.low80) + step).all()
    assert ((many.high95 - many.low95) <= (few.high95 - few.low95) + step).all()


# ------------------------------------------------------------------------------- single mechanisms


def test_a_weekly_pattern_without_noise_goes_on() -> None:
    week = np.array([0.02, 0.022, 0.021, 0.019, 0.02, 0.03, 0.028])
    impressions = np.full(70, 1e6)
    found = forecast_of(ctr(np.tile(week, 10) * impressions, impressions), 1e6)
    assert found.median == pytest.approx(np.tile(week, 2), rel=0.01)


def test_an_odd_day_is_named_and_does_not_carry_on() -> None:
    daily = noisy(60)
    daily.top[50] *= 2.5
    found = forecast_of(daily)
    assert found.odd_days == (daily.days[50],)
    assert found.median == pytest.approx(forecast_of(noisy(60)).median, rel=0.03)


def test_a_level_that_stays_is_no_odd_day_and_is_followed() -> None:
    daily = noisy(60)
    daily.top[50:] *= 1.8
    found = forecast_of(daily)
    assert not set(found.odd_days) & set(daily.days[52:])
    assert np.median(found.median) == pytest.approx(0.036, rel=0.12)


def test_days_that_are_left_out_teach_nothing() -> None:
    one, other = noisy(60), noisy(60)
    promo = [one.days[place] for place in range(40, 44)]
    one.top[40:44] *= 1.4
    other.top[40:44] *= 0.7
    first, second = (forecast_of(each, left_out=promo) for each in (one, other))
    assert first.median == pytest.approx(second.median, rel=0.02)


def test_missing_days_and_days_without_impressions_are_the_same() -> None:
    whole = noisy(60)
    gone = {5, 17, 18, 44}
    kept = [place for place in range(60) if place not in gone]
    missing = Daily(
        [whole.days[place] for place in kept],
        whole.top[kept],
        whole.bottom[kept],
        whole.top[kept],
        is_share=True,
    )
    whole.top[list(gone)] = 0
    whole.bottom[list(gone)] = 0
    assert ends(forecast_of(missing)) == pytest.approx(ends(forecast_of(whole)))


def test_under_two_weeks_it_is_last_week_again_with_a_wider_range() -> None:
    short = forecast_of(noisy(10))
    assert (short.basis, short.skill) == ("few days", None)
    assert short.median[:7] == pytest.approx((noisy(10).top / noisy(10).bottom)[3:])
    usual = forecast_of(noisy(80))
    assert np.mean(short.high80 - short.low80) > 1.5 * np.mean(usual.high80 - usual.low80)


def test_where_last_week_again_did_better_it_is_what_is_used() -> None:
    """Each weekday wanders on its own in large steps, so that nothing but itself a week ago tells of it."""
    chance = np.random.default_rng(5)
    weeks = np.cumsum(chance.normal(0, 0.45, (9, 7)), axis=0)
    rates = 0.02 * np.exp(np.clip(weeks, -2, 2)).ravel()
    found = forecast_of(ctr(rates * 1e6, np.full(63, 1e6)), 1e6)
    assert found.skill is not None
    assert (found.basis, found.skill.better <= 0) == ("same weekday last week", True)
    assert found.median == pytest.approx(np.tile(rates[-7:], 2), rel=1e-6)


def test_nothing_counted_is_no_forecast() -> None:
    assert forecast(ctr(np.zeros(30), np.full(30, 1_000.0)), np.full(3, 1_000.0)) is None
    assert forecast(ctr(np.zeros(0), np.zeros(0)), np.full(3, 1_000.0)) is None


def test_ranges_of_few_clicks_are_those_of_simulated_counts() -> None:
    """The mixture of counts beside as many draws: the share within the ends is what they say."""
    chance = np.random.default_rng(3)
    rates = np.exp(np.log(0.02) + 0.25 * ranges.NODES)[None, :]
    for planned in (400.0, 1_500.0):
        low95, low80, high80, high95 = ranges._counted(rates, np.array([planned]), is_share=True)[:, 0]
        drawn = chance.binomial(int(planned), chance.choice(rates[0], 200_000)) / planned
        assert np.mean((low80 <= drawn) & (drawn <= high80)) == pytest.approx(0.80, abs=0.05)
        assert np.mean((low95 <= drawn) & (drawn <= high95)) == pytest.approx(0.95, abs=0.03)


def test_the_chance_to_lie_below_a_limit_is_that_of_draws() -> None:
    """A lognormal day, whose chance is the normal distribution's of the limit's logarithm."""
    places = np.array([-1.959964, -1.281552, 0.0, 1.281552, 1.959964])
    low95, low80, median, high80, high95 = np.exp(np.log(0.02) + 0.1 * places)[:, None]
    day = forecast_of(noisy(40), ahead=1)._replace(
        low95=low95, low80=low80, median=median, high80=high80, high95=high95
    )
    drawn = 0.02 * np.exp(np.random.default_rng(2).normal(0, 0.1, 400_000))
    for limit in (0.015, 0.0185, 0.02, 0.0201, 0.024, 0.03):
        assert chances_below(day, limit)[0] == pytest.approx(np.mean(drawn < limit), abs=0.003)


@pytest.mark.parametrize(
    ("chances", "first"),
    [([0.1, 0.6, 0.7], 1), ([0.6, 0.4, 0.7], 2), ([0.9, 0.9], 0), ([0.9, 0.4], None), ([0.1], None)],
)
def test_a_limit_is_reached_where_every_later_day_is_likelier_than_not(
    chances: list[float], first: int | None
) -> None:
    assert first_likely(np.array(chances)) == first


def test_a_case_is_answered_with_five_numbers_a_day(tmp_path: Path) -> None:
    lines = ["date,impressions,clicks,spend"]
    daily = noisy(40)
    lines += [f"{day},50000,{clicks:.0f},80.00" for day, clicks in zip(daily.days, daily.top, strict=True)]
    (tmp_path / "history.csv").write_text("\n".join(lines))
    coming = [(daily.days[-1] + timedelta(days=1 + place)).isoformat() for place in range(14)]
    told = {"case_id": "spring", "future_dates": coming, "planned_impressions": [50_000] * 14}
    (tmp_path / "meta.json").write_text(json.dumps(told))
    answer = predict(tmp_path)
    found = forecast_of(daily)
    expected = dict(zip(("lo95", "lo80", "mean", "hi80", "hi95"), ends(found), strict=True))
    assert set(answer) == set(expected)
    for name, values in expected.items():
        assert answer[name] == pytest.approx(values.tolist())
