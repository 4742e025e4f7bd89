"""``/marko creatives``: from what is remembered to what is told, on a real store."""

import json
from datetime import date

import pytest
from conftest import Submit
from engine_values import WORDS, told
from exported import dropped, scanned
from worlds.creatives import THINGS, ad_rows

from engine.engine import Engine
from engine.errors import UnknownCampaign
from engine.models.creatives_study import CreativesStudy
from engine.narrate.studies import tell

FIRST = date(2026, 3, 1)
SAVE, PROOF = "Save now on your {}", "Five stars from {} owners"


def _asked(engine: Engine, words: str = "") -> CreativesStudy:
    found = engine.study("creatives", words)
    assert isinstance(found, CreativesStudy)
    return found


def _import_ads(engine: Engine, save: float, proof: float, *, campaigns: int = 2, many: int = 20) -> None:
    """Two campaigns of eight ads each: four that save, four with proof."""
    rows = []
    for number in range(campaigns):
        things = THINGS[number * 4 : number * 4 + 4]
        ads = {SAVE.format(each): save for each in things} | {PROOF.format(each): proof for each in things}
        rows += ad_rows(f"Spring {number}", ads, seed=number, first=FIRST, many=many)
    begun = engine.begin_export(dropped())
    assert engine.take_export(begun.id, scanned(rows, level="ad")).state == "done"


def test_nothing_is_known_at_first(engine: Engine) -> None:
    found = _asked(engine)
    assert (found.state, found.groups, found.suggestions) == ("no creatives", (), ())
    assert tell(found, WORDS).verdict.startswith("No creatives are known")


def test_few_texts_are_too_few(engine: Engine, submit: Submit) -> None:
    submit("spring-sale")
    found = tell(_asked(engine), WORDS)
    assert told(found.verdict) == "Too early to group creatives: 1 text known, it takes 8 different ones."
    assert found.picture is None


def test_the_better_kind_of_ads_is_named_with_its_lift_and_suggested(engine: Engine) -> None:
    _import_ads(engine, save=0.02, proof=0.03)
    found = _asked(engine)
    best = next(each for each in found.groups if each.id == found.leader)
    assert all("stars" in text for text in best.examples)
    assert found.metric == "ctr" or best.lift_pct is not None
    assert [each.finding for each in found.suggestions] == [f"best:{best.id}"]
    said = tell(found, WORDS)
    assert "does best" in said.verdict
    assert len(said.verdict) <= 200
    assert all(len(each) <= 300 for each in said.lines)
    assert said.picture is not None


def test_alike_ads_have_no_best_and_nothing_is_suggested(engine: Engine) -> None:
    _import_ads(engine, save=0.02, proof=0.02)
    found = _asked(engine)
    assert found.state == "grouped"
    assert (found.leader, found.findings, found.suggestions) == (None, (), ())
    assert tell(found, WORDS).verdict.startswith("Too early")


def test_the_lift_is_that_of_the_sums_where_campaigns_are_alike(engine: Engine) -> None:
    """With one rate in all campaigns, the shrunk lift lies between none and that of clicks per impression."""
    _import_ads(engine, save=0.02, proof=0.03, many=28)
    found = _asked(engine)
    if found.metric == "ctr":
        best, other = found.groups
        plain = (best.value or 0) / (other.value or 1) - 1
        assert 0 < (best.lift_pct or 0) <= plain * 100 * 1.1


def test_a_campaign_that_is_asked_for_tells_its_own_creatives(engine: Engine) -> None:
    _import_ads(engine, save=0.02, proof=0.03)
    found = _asked(engine, "spring-0")
    assert {each.name for each in found.own} == {
        text.format(each) for text in (SAVE, PROOF) for each in THINGS[:4]
    }
    assert all(each.group is not None for each in found.own)


def test_an_unknown_campaign_is_told_as_by_analyze(engine: Engine, submit: Submit) -> None:
    submit("spring-sale")
    with pytest.raises(UnknownCampaign):
        engine.study("creatives", "spring-salt-lake")


def test_the_study_is_the_same_each_time_and_json(engine: Engine) -> None:
    _import_ads(engine, save=0.02, proof=0.03)
    once, again = (json.dumps(_asked(engine).model_dump(mode="json"), allow_nan=False) for _ in range(2))
    assert once == again
