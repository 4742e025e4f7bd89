"""A name is something that a reader sees."""

import pytest

from engine.models.campaign import CampaignPerformanceInput
from engine.models.visible import is_visible


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u00a0\u2003",
        "\u202e\u2066",
        "\u200b\u200d\ufeff",
        "\u3164",
        "\u2800\u115f",
        "\u0301",
        "\U000e0041",
    ],
)
def test_what_shows_nothing_is_not_visible(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize("text", ["a", "–", "7", "🌞", "\u202eabc", "日", "\u200bé", "\u0627", "\U0001fae8"])
def test_one_character_that_shows_is_enough(text: str) -> None:
    assert is_visible(text)


def test_a_name_that_was_kept_before_the_rule_can_still_be_read() -> None:
    kept = """{"campaign_id": "a", "platform": "Meta", "objective": "Sales", "name": "\u202e\u2066",
        "expected_metrics": {"impressions": 1, "clicks": 1, "conversions": 1, "spend": 1},
        "actual_metrics": {"impressions": 1, "clicks": 1, "conversions": 1, "spend": 1},
        "audiences": [], "creatives": [], "timestamp": "2026-03-29T10:00:00+00:00"}"""
    assert CampaignPerformanceInput.model_validate_json(kept).name == "\u202e\u2066"
