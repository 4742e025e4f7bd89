"""Wasted money: above an achievable benchmark, or nobody is accused."""

import numpy as np
import pytest
from engine_values import RULES, stood
from portfolios import noise

from engine.explain.inefficiency import inefficiencies
from engine.explain.standing import Standing


def _usual(how_many: int, ratio: float = 1.0) -> list[Standing]:
    return [stood(f"usual-{number}", ratio=ratio, conversions=200) for number in range(how_many)]


def test_a_campaign_far_above_the_others_is_named_with_its_waste() -> None:
    (found,) = inefficiencies([*_usual(4), stood("new-parents", ratio=1.5, conversions=300)], RULES)
    assert found.campaign_id == "new-parents"
    assert found.benchmark_cpa == pytest.approx(40.0)
    assert found.actual_cpa == pytest.approx(60.0)
    assert found.wasted == pytest.approx(300 * 20) == found.impact
    assert found.interval.low is not None
    assert found.interval.high is not None
    assert 0 < found.interval.low < found.wasted < found.interval.high


def test_one_campaign_alone_accuses_nobody() -> None:
    assert not inefficiencies([stood("new-parents", ratio=5.0, conversions=900)], RULES)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_identical_campaigns_accuse_nobody(ratio: float) -> None:
    assert not inefficiencies(_usual(8, ratio), RULES)


def test_where_all_miss_alike_nobody_is_guilty() -> None:
    assert not inefficiencies([*_usual(6, 1.5), stood("new-parents", ratio=1.52, conversions=300)], RULES)


def test_a_campaign_that_met_its_forecast_is_innocent_however_well_the_others_did() -> None:
    assert not inefficiencies([*_usual(6, 0.3), stood("new-parents", ratio=1.0, conversions=900)], RULES)


def test_a_dear_campaign_with_few_conversions_is_not_accused() -> None:
    assert not inefficiencies([*_usual(6), stood("new-parents", ratio=1.4, conversions=4)], RULES)


def test_a_campaign_without_conversions_is_not_measured_against_a_benchmark() -> None:
    silent = stood("silent", conversions=0)
    assert not inefficiencies([*_usual(6), silent], RULES)


def test_the_most_waste_comes_first() -> None:
    guilty = [stood("small", ratio=2.0, conversions=100), stood("large", ratio=2.0, conversions=900)]
    assert [each.campaign_id for each in inefficiencies([*_usual(6), *guilty], RULES)] == ["large", "small"]


def test_mere_counting_noise_accuses_somebody_in_one_portfolio_of_ten_at_most() -> None:
    accused = [bool(inefficiencies(each, RULES)) for each in noise(seed=29, how_many=150, spread=0.0)]
    assert np.mean(accused) <= 0.12
