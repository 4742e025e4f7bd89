"""What a miss or a win is worth in money, so that the worst comes first."""

from decimal import Decimal

import pytest
from engine_values import NEW_PARENTS, RULES, SPRING_SALE, compared, counted

from engine.measure.comparison import compare
from engine.measure.overspend import overspend
from engine.models.campaign import CampaignPerformanceInput


def worth(told: CampaignPerformanceInput) -> float:
    return overspend(compare(told, RULES), told.actual_metrics)


def test_a_miss_costs_what_was_paid_above_the_forecasts_price() -> None:
    actual, expected = NEW_PARENTS.actual_metrics, NEW_PARENTS.expected_metrics
    fair = expected.spend / expected.conversions * actual.conversions
    assert worth(NEW_PARENTS) == pytest.approx(float(actual.spend - fair))
    assert worth(NEW_PARENTS) > 0


def test_a_win_has_saved_money() -> None:
    assert worth(SPRING_SALE) < 0


def test_what_could_be_chance_accuses_nobody() -> None:
    meant = counted(100_000, 2_000, 100, 4_000)
    assert worth(compared(meant, counted(100_000, 2_000, 98, 4_000))) == 0


def test_without_a_forecast_nothing_is_known() -> None:
    none = counted(0, 0, 0, 0)
    assert worth(compared(none, counted(100_000, 2_000, 100, 4_000))) == 0


def test_without_one_conversion_all_was_for_nothing_once_that_is_sure() -> None:
    meant = counted(100_000, 2_000, 100, 4_000)
    assert worth(compared(meant, counted(100_000, 2_000, 0, 4_000))) == 4_000
    assert worth(compared(meant, counted(1_000, 20, 0, 40))) == 0


@pytest.mark.parametrize(
    ("objective", "meant", "came", "expected"),
    [
        ("Traffic", (100_000, 2_000), (100_000, 1_000), 2_000),
        ("Reach", (200_000, 2_000), (100_000, 2_000), 2_000),
    ],
)
def test_traffic_is_counted_in_clicks_and_reach_in_impressions(
    objective: str, meant: tuple[int, int], came: tuple[int, int], expected: float
) -> None:
    told = compared(
        counted(*meant, 100, Decimal(4_000)), counted(*came, 100, Decimal(4_000)), objective=objective
    )
    assert worth(told) == pytest.approx(expected)
