"""Which texts ask for a study: its verb first, and nothing behind it but what narrows it."""

import pytest
from engine_values import ran

from engine.asking.mentions import KnownCampaigns, known_campaigns
from engine.asking.studied import StudyAsked, study_asked

KNOWN: KnownCampaigns = known_campaigns([ran("spring-sale"), ran("new-parents"), ran("budget hotels")])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("trend", StudyAsked("trend", "", names=False)),
        ("Trend?", StudyAsked("trend", "", names=False)),
        ("forecast ctr 14d", StudyAsked("forecast", "ctr 14d", names=False)),
        ("segments Spring-Sale 30d", StudyAsked("segments", "Spring-Sale 30d", names=True)),
        ("forecast `spring sale` CTR", StudyAsked("forecast", "spring sale CTR", names=True)),
        ("budget", StudyAsked("budget", "", names=False)),
        ("patterns Meta", StudyAsked("patterns", "Meta", names=False)),
        ("forecast-accuracy", StudyAsked("forecast-accuracy", "", names=False)),
        ("forecast accuracy meta", StudyAsked("forecast-accuracy", "meta", names=False)),
        ("is there a trend?", StudyAsked("trend", "", names=False)),
        ("Which segment?", StudyAsked("segments", "", names=False)),
    ],
)
def test_a_verb_first_asks_for_a_study(text: str, meant: StudyAsked) -> None:
    assert study_asked(text, KNOWN) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what is the budget of spring-sale?",
        "budget of spring-sale",
        "budget 500",
        "trend analysis please",
        "raise the budget of spring-sale",
        "forecast of spring-sale?",
        "creatives that work",
        "is there a trend in the weather?",
        "budget hotels",
        "trend " + "spring-sale " * 13,
    ],
)
def test_everything_else_is_read_as_a_question(text: str) -> None:
    assert study_asked(text, KNOWN) is None
