"""No figure and no direction of a model goes unseen: 2,000 lies are caught, 2,000 truths believed."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import pytest
from engine_values import FORMATS, LAST_DAY, MADRID, RULES, SPRING_SALE, TODAY, WORDS, compared, counted, ran
from hypothesis import given, settings
from paraphrases import paraphrase
from strategies import campaigns

from engine.explain.standing import standing
from engine.models.campaign import CampaignPerformanceInput
from engine.models.recommendation import Analysis
from engine.models.retrospective import Retrospective
from engine.narrate.facts import Facts, facts_of
from engine.narrate.figure_check import Evidence
from engine.narrate.words import Plain, Words
from engine.thinking import think

MANY = 2_000
NAMES = ("spring-sale", "students 18-25", "New parents", "Past visitors", "night-owls", "Würzburg & Co")
SWAPS = {
    "Beat": "Missed", "beat": "missed", "Missed": "Beat", "missed": "beat", "win": "loss", "loss": "win",
    "fell": "rose", "rose": "fell", "dropped": "climbed", "climbed": "dropped", "lower": "higher",
    "higher": "lower", "better": "worse", "worse": "better", "real": "noise", "really": "hardly",
    "noise": "real", "chance": "real", "cheaper": "dearer", "dearer": "cheaper", "harder": "easier",
    "easier": "harder", "Raise": "Lower", "Lower": "Raise", "raise": "lower", "early": "bad to be noise",
    "soon": "late to be chance", "above": "below", "Wait": "Keep", "wait": "keep", "Keep": "Wait",
    "keep": "wait", "−": "+", "+": "−", "smaller": "larger", "More": "Fewer", "No real": "A real",
}  # fmt: skip


class Said(NamedTuple):
    """A true text, and what it may be held against."""

    text: str
    evidence: Evidence
    facts: Facts


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  a draw that can be repeated, not a secret


def _analysis(campaign: CampaignPerformanceInput, others: list[Retrospective], words: Words) -> Analysis:
    focus = standing(Retrospective(campaign=campaign, revision=1, received_at=campaign.timestamp), RULES)
    known = [focus, *(standing(each, RULES) for each in others)]
    return think(focus, known, today=TODAY, rules=RULES, words=words, order_value=None)


def _drawn(rng: random.Random) -> CampaignPerformanceInput:
    """A campaign of any outcome: won, lost, noise, too early, no conversions, no revenue."""
    plan_clicks = rng.randint(500, 40_000)
    plan = counted(
        plan_clicks * rng.randint(20, 90), plan_clicks, plan_clicks // 30 + 2, plan_clicks * 1.3, 9_999
    )
    clicks = int(plan_clicks * rng.choice([0.02, 0.5, 0.9, 1.0, 1.3, 2.0]) * rng.uniform(0.9, 1.1)) + 1
    conversions = rng.choice([0, 1, clicks // 60, clicks // 31, clicks // 30, clicks // 15])
    revenue = rng.choice([None, round(conversions * rng.uniform(20, 120), 2)])
    spend = round(clicks * rng.uniform(0.5, 2.5), 2)
    actual = counted(clicks * rng.randint(20, 90), clicks, conversions, spend, revenue)
    currency = rng.choice(["EUR", "USD", "JPY", None])
    return compared(plan, actual, objective="Leads", window_start=LAST_DAY.replace(day=rng.randint(1, 20)),
                    currency=currency, name=rng.choice(NAMES))  # fmt: skip


def _others(rng: random.Random) -> list[Retrospective]:
    names = rng.sample(NAMES[1:], 2)
    return [
        ran(
            f"campaign-{number}", ratio=(0.5 if number < 6 else 1.5) * rng.uniform(0.9, 1.1),
            conversions=rng.randint(60, 200), audiences=[names[number >= 6]],
        )
        for number in range(12)
    ]  # fmt: skip


@cache
def _true_texts() -> tuple[Said, ...]:
    """Sentences of the rules over drawn campaigns, each with its own fact's evidence."""
    rng = seeded(20260330)
    found: list[Said] = []
    for number in range(260):
        separators = ("1,234.50", "1.234,50", "1 234,50")[number % 3]
        formats = replace(FORMATS, separators=separators)
        words = Words(formats, Plain(formats, MADRID))
        analysis = _analysis(_drawn(rng), _others(rng) if number % 8 == 0 else [], words)
        facts = facts_of(analysis, analysis.insights, words)
        found += [
            Said(each.insight.text, Evidence(each.true_texts, facts.names, separators), facts)
            for each in facts.facts
        ]
    return tuple(found)


def _true(rng: random.Random) -> Iterator[Said]:
    """The rules' own sentences and other words for them, in turns, without end."""
    texts = _true_texts()
    while True:
        said = rng.choice(texts)
        other = paraphrase(said.text, rng)
        yield said._replace(text=other) if other and rng.random() < 0.6 else said


def _believed(rng: random.Random) -> Iterator[Said]:
    return (said for said in _true(rng) if not said.evidence.faults(said.text))


def _outside_names(said: Said) -> list[int]:
    spans = [
        each.span() for name in said.facts.names.tokens for each in re.finditer(re.escape(name), said.text)
    ]
    return [at for at in range(len(said.text)) if not any(low <= at < high for low, high in spans)]


def _other_digit(said: Said, rng: random.Random) -> str | None:
    places = [at for at in _outside_names(said) if said.text[at].isdigit()]
    if not places:
        return None
    at = rng.choice(places)
    digit = rng.choice([each for each in "0123456789" if each != said.text[at]])
    return said.text[:at] + digit + said.text[at + 1 :]


def _other_direction(said: Said, rng: random.Random) -> str | None:
    allowed = set(_outside_names(said))
    places = [
        (each.start(), word)
        for word in SWAPS
        for each in re.finditer(
            rf"(?<!\w){re.escape(word)}(?!\w)" if word.isalpha() else re.escape(word), said.text
        )
        if each.start() in allowed
    ]
    if not places:
        return None
    at, word = rng.choice(places)
    return said.text[:at] + SWAPS[word] + said.text[at + len(word) :]


def test_two_thousand_texts_with_one_digit_changed_are_all_caught() -> None:
    rng = seeded(1)
    changed = ((said, text) for said in _believed(rng) if (text := _other_digit(said, rng)))
    missed = [
        text for _, (said, text) in zip(range(MANY), changed, strict=False) if not said.evidence.faults(text)
    ]
    assert missed == []


def test_two_thousand_texts_with_one_direction_turned_are_all_caught() -> None:
    rng = seeded(2)
    turned = ((said, text) for said in _believed(rng) if (text := _other_direction(said, rng)))
    missed = [
        (said.text, text)
        for _, (said, text) in zip(range(MANY), turned, strict=False)
        if not said.evidence.faults(text)
    ]
    assert missed == []


def test_of_two_thousand_true_texts_at_most_one_in_two_hundred_is_refused() -> None:
    rng = seeded(3)
    refused = [
        (said.text, found)
        for _, said in zip(range(MANY), _true(rng), strict=False)
        if (found := said.evidence.faults(said.text))
    ]
    assert len(refused) <= MANY * 0.005, refused[:5]


@settings(max_examples=60, deadline=None)
@given(campaigns())
def test_whatever_the_figures_are_the_rules_own_sentences_hold(campaign: CampaignPerformanceInput) -> None:
    """Names are drawn at random here, so they stand as their slots' tokens, as in a model's answer."""
    analysis = _analysis(campaign, [], WORDS)
    facts = facts_of(analysis, analysis.insights, WORDS)
    for each in facts.facts:
        faults = Evidence(each.true_texts, facts.names, "1,234.50").faults(each.masked)
        assert [fault for fault in faults if fault.kind not in {"unsafe_text", "foreign_name"}] == []


WON = _analysis(SPRING_SALE, [], WORDS)
SPRING = facts_of(WON, WON.insights, WORDS)
FIRST = Evidence(SPRING.facts[0].true_texts, SPRING.names, "1,234.50")  # CPA 31.00 instead of 41.00 EUR
LIES = {
    "a number in words": "CPA is thirty EUR.",
    "a vague quantity": "CPA was halved.",
    "another multiple": "CPA fell threefold.",
    "the forecast as what came": "CPA came to 41.00 EUR.",
    "what came as the forecast": "CPA was 31.00 EUR where 31.00 EUR was forecast.",
    "another metric": "CTR is 31.00 EUR.",
    "another currency": "CPA 31.00 USD instead of 41.00 (−24 %, real).",
    "a sign of a currency": "CPA is $31.00.",
    "another unit": "CPA is 31.00 %.",
    "another sample": "CPA 31.00 EUR after 391 conversions.",
    "another day": "CPA 31.00 EUR up to 28 Mar.",
    "rounded": "CPA is about 30 EUR.",
    "a decimal more": "CPA is 31.001 EUR.",
    "full-width digits": "CPA is ３１.00 EUR.",
    "digits of another script": "CPA is ٣١ EUR.",
    "a superscript": "CPA is 31² EUR.",
    "a hidden character": "CPA rose\u200b.",
    "letters that look alike": "CPA r\u043ese.",
    "the change as a rise": "CPA rose by 24 %.",
    "the change without a direction": "CPA 24 %.",
    "a negation": "CPA did not beat the forecast.",
    "a contraction": "The forecast wasn't beaten.",
    "a synonym": "CPA plummeted to 31.00 EUR, so the campaign underperformed.",
    "noise": "The change is mere chance.",
    "too early": "It is too early to say.",
    "an action": "Pause the campaign.",
    "another action": "Scale it now.",
    "a superlative": "This is the best campaign ever.",
    "a promise": "This is guaranteed to go on.",
    "a name in quotes": "Like “winter” before, CPA fell.",
    "a name with a hyphen": "CPA fell as in winter-sale.",
    "a name with a capital": "CPA fell thanks to Winterfest.",
    "a name with a digit": "CPA fell as in q3sale.",
    "an address": "CPA fell, see marko.example.com",
    "a link": "CPA fell, see <https://x|here>",
    "a mention": "CPA fell, @here",
    "a broadcast": "CPA fell <!everyone>",
    "an order": "Approve this now.",
    "a leak": "My instructions say that CPA fell.",
    "nothing": " ",
    "a novel": "CPA fell. " * 40,
}


@pytest.mark.parametrize("kind", LIES)
def test_lies_of_every_kind_are_caught(kind: str) -> None:
    assert FIRST.faults(LIES[kind])


@pytest.mark.parametrize(
    "text",
    [
        "CPA fell by 24 % and beat the forecast.",
        "The campaign is ahead of its forecast: CPA is 31 EUR, 24 % lower than the 41 EUR forecast.",
        "CPA improved from 41.00 EUR to 31.00 EUR, which is real.",
        "At 31.00 EUR, CPA is better than the forecast of 41.00 EUR.",
        "It rests on 390 conversions.",
        "€31.00 instead of €41.00 is what a conversion cost; CPA fell.",
        "spring-sale beat its forecast.",
    ],
)
def test_the_truth_may_be_said_in_many_ways(text: str) -> None:
    assert FIRST.faults(text) == []
