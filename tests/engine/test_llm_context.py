"""An answer is used again for the very same question alone: whatever a rule says is in the context."""

import re
from datetime import date, timedelta
from decimal import Decimal

from engine_values import SPRING_SALE, WORDS, analysed, ran
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import campaigns

from engine.models.campaign import Audience, CampaignPerformanceInput, Metrics
from engine.models.recommendation import Analysis
from engine.narrate.facts import LISTS, MOST_FACTS, Facts, context_of, facts_of
from engine.narrate.prompt import load_prompt

PROMPT = load_prompt("insights")
OTHERS = [
    ran(f"{name}-{number}", ratio=ratio, audiences=[name])
    for name, ratio in (("students", 0.5), ("parents", 1.5))
    for number in range(6)
]
STEPS = {"impressions": 1, "clicks": 1, "conversions": Decimal("0.1"), "spend": Decimal("0.01")}


def facts(analysis: Analysis) -> Facts:
    return facts_of(analysis, analysis.insights, WORDS)


def context(analysis: Analysis, *, model: str = "gpt-4.1-mini") -> str:
    return context_of(facts(analysis), PROMPT, model=model)


def said(analysis: Analysis) -> list[tuple[str, str, str]]:
    """Everything the rules say, in their order: list, priority, sentence."""
    return [(name, each.priority, each.text) for name in LISTS for each in getattr(analysis.insights, name)]


def moved(metrics: Metrics, field: str, steps: int) -> Metrics:
    """Add to one total; clicks need as many impressions."""
    added = {field: getattr(metrics, field) + STEPS[field] * steps}
    more = {"impressions": metrics.impressions + steps} if field == "clicks" else {}
    return metrics.model_copy(update=added | more)


@settings(deadline=None)
@given(
    campaign=campaigns(),
    side=st.sampled_from(["expected_metrics", "actual_metrics"]),
    field=st.sampled_from(sorted(STEPS)),
    steps=st.integers(1, 40),
)
def test_near_equal_is_another_question_as_soon_as_one_sentence_differs(
    campaign: CampaignPerformanceInput, side: str, field: str, steps: int
) -> None:
    other = campaign.model_copy(update={side: moved(getattr(campaign, side), field, steps)})
    one, two = analysed(campaign), analysed(other)
    assert (said(one) == said(two)) == (context(one) == context(two))


@settings(deadline=None)
@given(campaign=campaigns(), among=st.booleans())
def test_every_sentence_of_the_rules_can_be_read_back_from_the_context(
    campaign: CampaignPerformanceInput, among: bool
) -> None:
    analysis = analysed(campaign, *(OTHERS if among else []))
    found = facts(analysis)
    assert len(found.facts) == len(said(analysis)) <= MOST_FACTS, "nothing is left out"
    for fact, (name, priority, text) in zip(found.facts, said(analysis), strict=True):
        slots = fact.slots | found.name_slots
        filled = re.sub(r"\{([a-z]\d+(?:\.\d+)?)\}", lambda slot: slots[slot[1]], fact.says)  # noqa: B023
        assert (fact.home, fact.insight.priority, found.names.unmask(filled)) == (name, priority, text)
        assert all(f'"{slot}"' in found.told() for slot in fact.slots)


CHANGES = {
    "a conversion more": {"actual_metrics": moved(SPRING_SALE.actual_metrics, "conversions", 10)},
    "a dearer forecast": {"expected_metrics": moved(SPRING_SALE.expected_metrics, "spend", 30_000)},
    "another name": {"name": "spring-sale-2"},
    "another currency": {"currency": "USD"},
    "another platform": {"platform": "Google"},
    "a longer window": {"window_start": date(2026, 2, 1)},
    "a later window": {"window_end": SPRING_SALE.window_end and SPRING_SALE.window_end - timedelta(days=9)},
}


def test_what_the_card_s_sentences_hold_decides_whether_a_question_is_the_same() -> None:
    analyses = {name: analysed(SPRING_SALE.model_copy(update=change)) for name, change in CHANGES.items()}
    first = analysed(SPRING_SALE)
    for name, each in analyses.items():
        assert (said(each) == said(first)) == (context(each) == context(first)), name
    assert context(analyses["a conversion more"]) != context(first)
    assert context(analyses["another currency"]) != context(first)


def test_another_model_or_prompt_is_another_question() -> None:
    analysis = analysed(SPRING_SALE)
    assert context(analysis) != context(analysis, model="gpt-4.1")
    newer = PROMPT._replace(text=f"{PROMPT.text} ")
    assert context(analysis) != context_of(facts(analysis), newer, model="gpt-4.1-mini")


def test_an_audience_that_no_sentence_names_is_no_reason_to_ask_again() -> None:
    more = (*SPRING_SALE.audiences, Audience(name="night-owls"))
    changed = analysed(SPRING_SALE.model_copy(update={"audiences": more}))
    assert context(changed) == context(analysed(SPRING_SALE))
