"""Suggestions rest on findings: none without, and what needs proof is said."""

from engine_values import WORDS, told
from factories import interval

from engine.explain.suggestions import claims, suggestions
from engine.models.creatives_study import CreativeFinding, CreativesStudy
from engine.narrate.studies import tell

WORN = CreativeFinding(
    id="fatigue:meta/default/spring-sale/beach-video",
    kind="fatigue",
    campaign_key="meta/default/spring-sale",
    campaign="Spring Sale",
    subject="beach-video",
    metric="ctr",
    change_pct=-24.0,
    interval=interval(-35.0, -12.0, 0.95),
    n=4_200.0,
    own_pct=-26.0,
    siblings_pct=-2.0,
)


def _study(*findings: CreativeFinding) -> CreativesStudy:
    return CreativesStudy(
        asked="", state="no groups", campaign=None, campaign_key=None, metric="ctr", texts=12, looked_at=12,
        needed=8, silhouette=0.1, usual_silhouette=0.0, groups=(), leader=None, need=None, moved=(), mixed=0,
        unread=0, own=(), judged_for_wear=3, findings=findings, suggestions=suggestions(findings, ()),
        unknown_tags=(), first_day=None, last_day=None,
    )  # fmt: skip


def test_without_a_finding_there_is_no_suggestion() -> None:
    assert suggestions((), ("save", "off")) == ()
    assert not any("Try" in each for each in tell(_study(), WORDS).lines)


def test_each_suggestion_names_the_finding_it_rests_on() -> None:
    (found,) = suggestions((WORN,), ("save", "free"))
    assert (found.finding, found.kind, found.subject) == (WORN.id, "refresh", "beach-video")
    assert found.claims == ("free",)


def test_wear_is_told_with_its_range_and_its_siblings() -> None:
    lines = [told(each) for each in tell(_study(WORN), WORDS).lines]
    assert lines == [
        "beach-video wears out: against its siblings its CTR fell 24 % (12 % to 35 %, 95 %); "
        "theirs went −2.0 %, and who clicks buys as before.",
        "Try: a new creative beside beach-video in Spring Sale.",
    ]


def test_words_that_promise_need_proof_in_any_form() -> None:
    assert claims(("Guaranteed", "sofa", "BEST", "cures")) == ("Guaranteed", "BEST", "cures")
