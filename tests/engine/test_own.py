"""What is kept of an analysis is its own campaign's part; what is answered is the whole of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import factories
import pytest

from engine.engine import Engine
from engine.models.answer import Answer
from engine.models.insight import Evidence, Insight, Insights
from engine.models.own import own_insights, own_part
from engine.models.pattern import Cluster, Inefficiency

Submit = Callable[..., Answer]
GOOD = {"impressions": 100_000, "clicks": 2_000, "conversions": 200, "spend": 4_000, "revenue": 9_000}
LOST = {"impressions": 100_000, "clicks": 2_000, "conversions": 60, "spend": 8_000, "revenue": 2_000}
PLANNED = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000, "revenue": 5_000}


def wasted(campaign_id: str, campaign_key: str = "") -> Inefficiency:
    found = factories.patterns().inefficiencies[0]
    return found.model_copy(update={"campaign_id": campaign_id, "campaign_key": campaign_key})


def accused(campaign_id: str) -> Insight:
    fact = Evidence(what=f"inefficiency:{campaign_id}", value="412 €", window="newest window", n="30")
    return Insight(
        text=f"{campaign_id}: 412 € above what is achievable.", priority="medium", evidence=(fact,)
    )


@pytest.fixture
def everyone(submit: Submit) -> list[Answer]:
    """Three that wasted money with images, then six that won with video."""
    lost = [_handed_in(submit, f"lost-{n}", "image", "Parents", LOST) for n in range(3)]
    return lost + [_handed_in(submit, f"won-{n}", "video", "Students", GOOD) for n in range(6)]


def _handed_in(submit: Submit, campaign_id: str, kind: str, audience: str, actual: dict[str, Any]) -> Answer:
    creative = {"id": f"{campaign_id}-{kind}", "type": kind, "headline": "", "primary_text": ""}
    return submit(
        campaign_id,
        creatives=[creative],
        audiences=[{"name": audience}],
        expected_metrics=PLANNED,
        actual_metrics=actual,
    )


def test_effects_of_its_own_levels_stay_with_their_figures_and_its_own_name() -> None:
    level = factories.level_effect
    theirs = level(signal="audience:students", name="students")
    patterns = factories.patterns(
        winning_audiences=(level(campaign_keys=("meta-ads/default/spring-sale", "x/y/z")), theirs),
        tags=("audience:new-parents",),
        clusters=(
            Cluster(name="scale_winners", campaign_ids=("spring-sale", "summer-preview")),
            Cluster(name="at_risk", campaign_ids=("flash-friday",)),
        ),
    )
    whole = factories.analysis(patterns=patterns)
    kept = own_part(whole).patterns
    (effect,) = kept.winning_audiences
    assert (effect.lift_pct, effect.campaigns, effect.campaign_ids) == (-18.0, 5, ("spring-sale",))
    assert kept.winning_creatives == kept.platform_trends == kept.inefficiencies == ()
    assert kept.clusters == (Cluster(name="scale_winners", campaign_ids=("spring-sale",)),)
    assert (kept.tags, kept.notes) == (patterns.tags, patterns.notes)
    assert own_part(own_part(whole)) == own_part(whole)


def test_its_own_waste_is_told_by_key_and_before_there_were_keys_by_id() -> None:
    own = factories.retrospective()
    found = (
        wasted("spring-sale", own.campaign_key),
        wasted("spring-sale", "google/default/spring-sale"),
        wasted("spring-sale"),
        wasted("flash-friday"),
    )
    kept = own_part(factories.analysis(patterns=factories.patterns(inefficiencies=found)))
    assert kept.patterns.inefficiencies == (found[0], found[2])


def test_of_what_the_rules_say_only_others_waste_is_left_out_and_a_models_words_stay() -> None:
    odd = Insight(text="More conversions than clicks.", priority="medium", evidence=())
    said = factories.insights(anomalies=(odd, accused("spring-sale"), accused("flash-friday")))
    own = factories.retrospective()
    kept = own_insights(said, own)
    assert kept == said.model_copy(update={"anomalies": (odd, accused("spring-sale"))})
    worded = Insights(**dict(said) | {"source": "openai:a-model", "alternative": said})
    assert own_insights(worded, own) == worded.model_copy(update={"alternative": kept})


@pytest.mark.parametrize(
    ("asked", "waste", "levels"),
    [("lost-1", ["lost-1"], set()), ("won-1", [], {"audience:students", "creative_type:video"})],
)
def test_an_answer_tells_of_all_campaigns_and_what_is_kept_of_its_own(
    engine: Engine, everyone: list[Answer], asked: str, waste: list[str], levels: set[str]
) -> None:
    answer = engine.analyze(asked, asked_by="shell", anew="again")
    whole, kept = answer.recommendation.analysis, engine.recommendation(answer.recommendation.id).analysis
    assert {each.campaign_id for each in whole.patterns.inefficiencies} == {"lost-0", "lost-1", "lost-2"}
    assert {each.signal for each in whole.patterns.winners} == {"audience:students", "creative_type:video"}
    assert [each.campaign_id for each in kept.patterns.inefficiencies] == waste
    assert {each.signal for each in kept.patterns.winners} == levels
    assert kept == own_part(whole)


def test_the_same_question_writes_the_same_artifacts_whatever_is_kept(
    engine: Engine, everyone: list[Answer], output: Path
) -> None:
    written = []
    for _ in range(2):
        engine.analyze("won-2", asked_by="shell")
        written.append({file.name: file.read_bytes() for file in (output / "won-2").iterdir()})
    assert written[0] == written[1]
    assert b"lost-0" in written[0]["patterns.json"]


def test_waste_is_listed_with_its_own_campaign_though_its_analysis_came_before_all_others(
    engine: Engine, everyone: list[Answer]
) -> None:
    assert everyone[0].recommendation.analysis.patterns.inefficiencies == ()
    told = [each for each in engine.insights() if "above what is achievable" in each.text]
    assert {each.campaign_id for each in told} == {"lost-0", "lost-1", "lost-2"}
    newest = {each.text for each in everyone[-1].recommendation.analysis.insights.anomalies}
    assert newest <= {each.text for each in told}
    for each in told:
        assert each.text.startswith(each.campaign_id)
        (own,) = engine.recommendations(campaign_id=each.campaign_id).recommendations
        assert each.recommendation_id == own.id
