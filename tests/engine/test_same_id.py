"""One campaign id may run on two platforms: those are two campaigns, wherever campaigns are named."""

from datetime import UTC, datetime, timedelta

import pytest
from engine_values import RULES, stood
from factories import CHANNEL, HandClock, level_effect
from history import STUDENTS, WINTER, campaign, campaigns, hand_in

from engine.engine import Engine
from engine.explain.inefficiency import inefficiencies

MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
FIRST = f"students-{WINTER}-0"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_NINE)


def test_wasted_money_names_the_platform_of_its_campaign() -> None:
    usual = [stood(f"usual-{number}", ratio=1.0, conversions=200) for number in range(4)]
    alike = [
        stood("spring-sale", ratio=ratio, conversions=300, platform=platform)
        for platform, ratio in (("Meta", 0.9), ("TikTok", 1.6))
    ]
    (found,) = inefficiencies([*usual, *alike], RULES)
    assert (found.campaign_id, found.campaign_key) == ("spring-sale", "tiktok/default/spring-sale")


def test_an_effect_names_its_campaigns_by_platform_too(engine: Engine) -> None:
    hand_in(engine, campaigns(WINTER, 0.7))
    (found,) = engine.learnings()
    assert found.effect.campaign_keys == tuple(f"meta/default/{each}" for each in found.effect.campaign_ids)


def test_a_campaign_of_the_same_id_elsewhere_tests_nothing_again(engine: Engine, clock: HandClock) -> None:
    hand_in(engine, campaigns(WINTER, 0.7))
    clock.forward(days=30)
    hand_in(engine, [campaign(FIRST, "retirees", WINTER + timedelta(days=75), 1.0, platform="TikTok")])
    assert engine.preview_digest(CHANNEL).learned == ()
    hand_in(engine, [campaign(FIRST, "students", WINTER + timedelta(days=75), 0.7)])
    assert [each.signal for each in engine.preview_digest(CHANNEL).learned] == ["audience:students"]


def test_a_campaign_of_the_same_id_elsewhere_had_no_part_in_a_period(engine: Engine) -> None:
    hand_in(engine, campaigns(WINTER, 0.7))
    hand_in(engine, [campaign(FIRST, "students", WINTER, 0.7, platform="TikTok")])
    told = [(each.campaign_id, each.period) for each in engine.grounds(STUDENTS).witnesses]
    assert told.count((FIRST, 1)) == 1
    assert told.count((FIRST, None)) == 1


def test_what_was_kept_before_there_were_keys_still_knows_its_campaigns() -> None:
    kept = level_effect(campaign_ids=("spring-sale",))
    assert kept.is_of("spring-sale", "meta/default/spring-sale")
    assert not kept.is_of("autumn-push", "meta/default/autumn-push")
    told = level_effect(campaign_ids=("spring-sale",), campaign_keys=("meta/default/spring-sale",))
    assert not told.is_of("spring-sale", "tiktok/default/spring-sale")
