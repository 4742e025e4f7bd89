"""Promise 32: similar means similar, on everyday questions about 60 campaigns.

How the two sets were made is told in ``benchmarks/recall.py``; the blind one is the promise. A question is
never changed after its answer was seen. Whoever changes synonyms, stems or weights after having read the
blind set writes another set first.
"""

import re
from collections.abc import Sequence

import pytest

from benchmarks.recall import BLIND, FIRST, SHOWN, Query, campaigns, found, queries, recall, told
from engine.explain.similar import campaigns_like
from engine.recollection import Recollection

PROMISED = 0.65
OF_30_LABELLED = 0.80  # what a search over fewer questions is held to
CAMPAIGNS = campaigns()


def _by_matching_words(words: str) -> list[str]:
    asked = set(re.findall(r"\w+", words.casefold()))
    shared = {
        each["campaign_id"]: len(asked & set(re.findall(r"\w+", " ".join(each.values()).casefold())))
        for each in told()
    }
    return sorted((each for each in shared if shared[each]), key=lambda each: (-shared[each], each))[:SHOWN]


def _matching(asked: Sequence[Query]) -> float:
    return sum(each["campaign_id"] in _by_matching_words(each["words"]) for each in asked) / len(asked)


@pytest.mark.parametrize("name", [BLIND, FIRST])
def test_a_set_is_a_hundred_questions_about_campaigns_that_exist(name: str) -> None:
    asked, names = queries(name), {each["campaign_id"] for each in told()}
    assert len(asked) == len({each["words"] for each in asked}) == 100
    assert len(names) == len(told()) >= 60
    assert {each["campaign_id"] for each in asked} <= names
    assert len({each["campaign_id"] for each in asked}) >= 50


def test_a_blind_question_has_three_to_ten_words_and_copies_no_field() -> None:
    fields = {each["campaign_id"]: [text.casefold() for text in each.values()] for each in told()}
    for each in queries(BLIND):
        assert 3 <= len(each["words"].split()) <= 10
        assert each["words"].casefold() not in " | ".join(fields[each["campaign_id"]])


def test_at_least_two_of_three_blind_questions_find_their_campaign_among_five() -> None:
    """0.86 when it was measured, once; matching words alone: 0.48."""
    asked = queries(BLIND)
    share = recall(Recollection(), CAMPAIGNS, asked)
    assert share >= PROMISED
    assert share >= OF_30_LABELLED
    assert share > _matching(asked)


def test_the_questions_of_those_who_knew_the_synonyms_find_their_campaigns_too() -> None:
    asked = queries(FIRST)
    share = recall(Recollection(), CAMPAIGNS, asked)
    assert share >= PROMISED
    assert share > _matching(asked)


def test_the_order_is_the_same_in_every_run_and_for_every_order_of_campaigns() -> None:
    first, again = Recollection(), Recollection()
    turned = CAMPAIGNS[::-1]
    for query in queries(BLIND)[:20]:
        near = again.campaigns(query["words"], turned, 1, most=SHOWN)
        there = [each.campaign_id for each in campaigns_like(query["words"], turned, near, SHOWN)]
        assert found(first, CAMPAIGNS, query["words"]) == there
