"""What parts of names mean: learned from the names, sure or asked, and searchable."""

import random

import pytest
from conftest import Submit
from engine_values import WORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine import Engine
from engine.errors import Refused
from engine.explain.naming import learned, parts
from engine.narrate.found import found_lines

NAMES = [
    f"{country}_{stage}_{kind}_2024-{month:02}"
    for country in ("US", "DE", "FR", "QX")
    for stage in ("Prospecting", "RTG")
    for kind, month in (("Video", 3), ("Carousel", 4))
]


def _tags(name: str, names: list[str]) -> dict[str, str]:
    return {each.dimension: each.value for each in parts(name, learned(names))}


def test_country_stage_type_and_month_are_read_from_a_name() -> None:
    assert _tags("US_Prospecting_Video_2024-03", NAMES) == {
        "country": "us",
        "funnel": "prospecting",
        "creative_type": "video",
        "month": "2024-03",
    }


@pytest.mark.parametrize("separator", ["_", "|", " - ", "/", "-", "."])
def test_the_separator_is_learned_and_dates_keep_their_own(separator: str) -> None:
    names = [name.replace("_", separator) for name in NAMES]
    assert _tags(names[0], names) == _tags(NAMES[0], NAMES)


def test_an_unknown_part_is_of_the_kind_that_stands_there_less_surely() -> None:
    found = {each.dimension: each for each in parts("QX_RTG_Video_2024-03", learned(NAMES))}
    assert found["country"].value == "qx"
    assert 0.4 < found["country"].certainty < found["funnel"].certainty == 1.0


def test_a_part_that_comes_back_and_means_nothing_to_us_is_asked() -> None:
    names = [f"US_{own}_Video_{number}" for number in range(4) for own in ("PRO", "BAU")]
    assert learned(names).unknown == ("BAU", "PRO")


def test_names_without_a_convention_say_nothing() -> None:
    names = ["spring-sale", "new-parents", "Autumn brand", "flash friday"]
    found = learned(names)
    assert found.unknown == ()
    assert not any(parts(name, found) for name in names[:2])


def test_no_names_are_no_convention() -> None:
    assert learned([]).places == ()


@given(st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_names_and_copies_change_nothing(chance: random.Random) -> None:
    mixed = [*NAMES, *NAMES[:5]]
    chance.shuffle(mixed)
    assert learned(mixed) == learned(NAMES)


@given(st.lists(st.text(max_size=40), max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_names_are_read(names: list[str]) -> None:
    found = learned(names)
    for each in names:
        assert all(0 < part.certainty <= 1 for part in parts(each, found))


def test_campaigns_are_found_by_what_was_handed_in_and_by_their_names(engine: Engine, submit: Submit) -> None:
    for name in NAMES[:4]:
        submit(
            name.lower(),
            name=name,
            creatives=[{"id": "a", "type": "image", "headline": "", "primary_text": ""}],
        )
    found = engine.find("tag:country:us tag:funnel:rtg")
    assert found.found == ()
    found = engine.find("tag:country:us tag:funnel:retargeting tag:platform:meta")
    assert {each.name for each in found.found} == {"US_RTG_Video_2024-03", "US_RTG_Carousel_2024-04"}
    assert {each.name for each in engine.find("tag:creative_type:image").found} == set(NAMES[:4])
    assert {each.name for each in engine.find("creative_type:video").found} == {NAMES[0], NAMES[2]}


def test_what_nothing_has_is_told_with_the_nearest(engine: Engine, submit: Submit) -> None:
    submit("spring-sale")
    lines = found_lines(engine.find("tag:creative_type:vidoe"), WORDS)
    assert lines == ["No campaign has creative_type:vidoe. Nearest: creative_type:video."]


@pytest.mark.parametrize("asked", ["", "   ", "tag:"])
def test_nothing_is_refused(engine: Engine, asked: str) -> None:
    with pytest.raises(Refused):
        engine.find(asked)
