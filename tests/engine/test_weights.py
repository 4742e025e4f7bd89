"""Signal weights: moved by real results alone, computed anew from all that is remembered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from engine_values import LAST_DAY, RULES, counted, stood
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.standing import Standing
from engine.learn.weights import HIGHEST, LOWEST, signals_of, weigh
from engine.models.rules import Rules
from engine.models.weight import SignalWeight, Weights

WIN, USUAL, LOSS = 0.5, 1.0, 2.0
AUDIENCES = ("new-parents", "students", "gardeners", "city-break")


def _by_signal(weights: Weights) -> dict[str, SignalWeight]:
    return {each.signal: each for each in weights.signals}


def _weight(standings: list[Standing], signal: str = "audience:new-parents", rules: Rules = RULES) -> float:
    found = _by_signal(weigh(standings, rules)).get(signal)
    return found.weight if found else 1.0


def _result(number: int, ratio: float, **parts: Any) -> Standing:
    return stood(f"campaign-{number}", ratio=ratio, conversions=200, **parts)


results = st.lists(
    st.tuples(
        st.sampled_from([WIN, USUAL, LOSS]),
        st.sets(st.sampled_from(AUDIENCES), min_size=1, max_size=3),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


def _remembered(told: list[tuple[float, set[str], int]]) -> list[Standing]:
    return [
        _result(number, ratio, audiences=sorted(audiences), day=LAST_DAY - timedelta(days=age))
        for number, (ratio, audiences, age) in enumerate(told)
    ]


def test_nothing_remembered_is_nothing_known() -> None:
    assert weigh([], RULES) == Weights(as_of=None, signals=())


def test_a_real_win_raises_and_a_real_loss_lowers_every_signal_of_the_campaign() -> None:
    for signal in ("audience:new-parents", "creative_type:video", "platform:meta", "tag:objective:leads"):
        assert _weight([_result(1, WIN)], signal) > 1
        assert _weight([_result(1, LOSS)], signal) < 1


@pytest.mark.parametrize(("ratio", "conversions"), [(1.0, 200), (0.5, 2), (1.05, 20)])
def test_noise_and_too_early_move_nothing(ratio: float, conversions: int) -> None:
    quiet = stood("spring-sale", ratio=ratio, conversions=conversions)
    assert weigh([quiet], RULES).signals == ()
    winner = _result(1, WIN)
    assert weigh([winner, quiet], RULES).signals == weigh([winner], RULES).signals


def test_much_money_without_a_conversion_teaches_nothing_since_the_counting_may_be_broken() -> None:
    silent = stood("silent", actual_metrics=counted(100_000, 2_000, 0, 4_000))
    assert weigh([silent], RULES).signals == ()


def test_what_always_happens_teaches_less_than_what_stands_out() -> None:
    wins = [_result(number, WIN) for number in range(8)]
    others = [_result(number, LOSS, audiences=["students"]) for number in range(8, 16)]
    assert _weight([*wins, *others]) > _weight(wins) > 1


@given(results)
@settings(max_examples=60, deadline=None)
def test_every_weight_stays_within_its_bounds(told: list[tuple[float, set[str], int]]) -> None:
    for each in weigh(_remembered(told), RULES).signals:
        assert LOWEST == 0.25 <= each.weight <= 5 == HIGHEST
        assert 0 <= each.successes <= each.trials


@given(results, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_what_is_remembered_changes_nothing(
    told: list[tuple[float, set[str], int]], random: Any
) -> None:
    standings = _remembered(told)
    shuffled = list(standings)
    random.shuffle(shuffled)
    assert weigh(shuffled, RULES) == weigh(standings, RULES) == weigh(standings, RULES)


@given(results)
@settings(max_examples=40, deadline=None)
def test_the_trials_of_a_campaign_are_shared_among_its_signals_of_a_kind(
    told: list[tuple[float, set[str], int]],
) -> None:
    standings = _remembered(told)
    shares: dict[tuple[str, str], float] = {}
    for each in weigh(standings, RULES).signals:
        for event in each.events:
            key = (event.campaign_id, each.signal.split(":")[0])
            shares[key] = shares.get(key, 0) + event.share
    real = [each for each in standings if each.succeeded is not None]
    assert len(shares) == 4 * len(real)
    assert all(total == pytest.approx(1) for total in shares.values())


@given(
    st.lists(st.tuples(st.sampled_from([WIN, LOSS]), st.sampled_from(AUDIENCES)), min_size=1, max_size=5),
    st.integers(0, 4),
)
@settings(max_examples=40, deadline=None)
def test_a_win_in_the_place_of_a_loss_raises_the_weight(told: list[tuple[float, str]], place: int) -> None:
    """With one audience a campaign: a weight is against what is usual, and others may rise more."""
    place %= len(told)
    audience = told[place][1]

    def weight(ratio: float) -> float:
        changed = [*told[:place], (ratio, audience), *told[place + 1 :]]
        return _weight(_remembered([(each, {name}, 0) for each, name in changed]), f"audience:{audience}")

    assert weight(WIN) > weight(LOSS)


def test_the_same_campaign_in_its_next_revision_is_one_trial() -> None:
    """The engine remembers one standing a window, so weighing twice what is there moves nothing."""
    once = weigh([_result(1, WIN)], RULES)
    assert weigh([_result(1, WIN)], RULES) == once
    assert [len(each.events) for each in once.signals] == [1, 1, 1, 1]


def test_older_results_count_for_less() -> None:
    def trials(age: int) -> float:
        old = _result(1, WIN, day=LAST_DAY - timedelta(days=age))
        new = _result(2, WIN, audiences=["students"])
        return _by_signal(weigh([old, new], RULES))["audience:new-parents"].trials

    assert trials(0) == pytest.approx(1)
    assert trials(180) == pytest.approx(0.5)
    assert trials(360) == pytest.approx(0.25)


def test_time_is_counted_from_the_newest_result_and_not_from_today() -> None:
    old = [_result(1, WIN, day=date(2020, 1, 5)), _result(2, LOSS, day=date(2020, 1, 12))]
    new = [_result(1, WIN, day=date(2026, 1, 4)), _result(2, LOSS, day=date(2026, 1, 11))]
    weights = [{each.signal: each.weight for each in weigh(times, RULES).signals} for times in (old, new)]
    assert weights[0] == pytest.approx(weights[1])


def test_every_weight_lists_the_events_that_moved_it_oldest_first() -> None:
    standings = [
        _result(2, LOSS, day=date(2026, 3, 15)),
        _result(1, WIN, audiences=["new-parents", "students"], day=date(2026, 3, 8)),
        _result(3, USUAL, day=date(2026, 3, 29)),
    ]
    found = _by_signal(weigh(standings, RULES))["audience:new-parents"]
    told = [(each.campaign_id, each.day, each.success, each.share) for each in found.events]
    assert told == [
        ("campaign-1", date(2026, 3, 8), True, 0.5),
        ("campaign-2", date(2026, 3, 15), False, 1.0),
    ]
    assert weigh(standings, RULES).as_of == date(2026, 3, 29)


def test_one_campaign_with_a_hundred_audiences_is_still_one_trial() -> None:
    many = _result(1, WIN, audiences=[f"audience-{number}" for number in range(100)])
    weights = weigh([many], RULES)
    assert sum(
        each.trials for each in weights.signals if each.signal.startswith("audience:")
    ) == pytest.approx(1)


def test_a_portfolio_of_many_results_weighs_what_wins_above_what_loses() -> None:
    standings = [
        *(_result(number, WIN, audiences=["new-parents"]) for number in range(12)),
        *(_result(number, LOSS, audiences=["students"]) for number in range(20, 32)),
        *(_result(number, WIN if number % 2 else LOSS, audiences=["gardeners"]) for number in range(40, 52)),
    ]
    found = {signal: each.weight for signal, each in _by_signal(weigh(standings, RULES)).items()}
    assert found["audience:new-parents"] > found["audience:gardeners"] > found["audience:students"]
    assert found["audience:gardeners"] == pytest.approx(1, abs=0.05)
    assert found["audience:new-parents"] > 1.7


def test_the_signals_of_a_campaign_are_named_by_kind() -> None:
    assert signals_of(stood("spring-sale", objective="Lead Generation")) == {
        "audience": ["audience:new-parents"],
        "creative_type": ["creative_type:video"],
        "platform": ["platform:meta"],
        "tag": ["tag:objective:lead-generation"],
    }


def test_windows_that_share_days_are_one_trial() -> None:
    march = [
        stood("spring-sale", ratio=WIN, window_start=date(2026, 3, day), window_end=date(2026, 3, 20 + day))
        for day in (1, 2, 3)
    ]
    february = stood("spring-sale", ratio=WIN, window_start=date(2026, 2, 1), window_end=date(2026, 2, 28))
    (signal,) = [each for each in weigh([*march, february], RULES).signals if each.signal == "platform:meta"]
    assert [event.window for event in signal.events] == ["2026-02-01..2026-02-28", "2026-03-03..2026-03-23"]


def test_without_a_first_day_only_the_newest_window_counts() -> None:
    told = [stood("spring-sale", ratio=WIN, timestamp=datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 2)]
    (signal,) = [each for each in weigh(told, RULES).signals if each.signal == "platform:meta"]
    assert len(signal.events) == 1
