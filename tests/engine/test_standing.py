"""Where a campaign stands: worked out once, and anew for every other one."""

from dataclasses import replace

from engine_values import stood

from engine.explain.standing import Standing, worked_out_once


def test_what_is_found_about_a_standing_is_found_once_and_for_it_alone() -> None:
    asked: list[str] = []

    @worked_out_once
    def name(each: Standing) -> str:
        asked.append(each.retrospective.name)
        return each.retrospective.name

    spring, autumn = stood("spring-sale"), stood("autumn-sale")
    assert [name(spring), name(autumn), name(spring)] == ["spring-sale", "autumn-sale", "spring-sale"]
    assert asked == ["spring-sale", "autumn-sale"]


def test_a_changed_standing_keeps_nothing_of_the_one_it_was_made_from() -> None:
    before = stood("spring-sale")
    assert (before.campaign_key, before.moment[2]) == (before.retrospective.campaign_key, before.key)
    other = stood("autumn-sale").retrospective
    after = replace(before, retrospective=other, levels=())
    assert (after.campaign_key, after.key, after.day) == (other.campaign_key, other.key, other.last_day)
    assert after.signals == frozenset() != before.signals
