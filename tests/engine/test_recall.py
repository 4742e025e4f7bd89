"""Promise 32: similar means similar, on 100 everyday paraphrases of 60 campaigns."""

import json
import re
from pathlib import Path
from typing import Any

from engine_values import RULES, ran

from engine.explain.similar import campaigns_like
from engine.explain.standing import Standing, standing
from engine.models.campaign import Audience, Creative
from engine.recollection import Recollection

PARAPHRASES = json.loads(
    (Path(__file__).parents[1] / "data" / "paraphrases.json").read_text(encoding="utf-8")
)
SHOWN = 5
PROMISED = 0.65


def _campaign(told: dict[str, Any]) -> Standing:
    creative = Creative(
        id="ad", type=told["creative_type"], headline=told["headline"], primary_text=told["primary_text"]
    )
    retrospective = ran(
        told["campaign_id"],
        platform=told["platform"],
        objective=told["objective"],
        audiences=(),
        creatives=(creative,),
    )
    audience = Audience(name=told["audience"])
    campaign = retrospective.campaign.model_copy(update={"audiences": (audience,)})
    return standing(retrospective.model_copy(update={"campaign": campaign}), RULES)


CAMPAIGNS = [_campaign(each) for each in PARAPHRASES["campaigns"]]


def _found(recollection: Recollection, words: str) -> list[str]:
    near = recollection.campaigns(words, CAMPAIGNS, 1, most=SHOWN)
    return [each.campaign_id for each in campaigns_like(words, CAMPAIGNS, near, SHOWN)]


def _by_matching_words(words: str) -> list[str]:
    asked = set(re.findall(r"\w+", words.casefold()))
    shared = {
        each["campaign_id"]: len(asked & set(re.findall(r"\w+", " ".join(each.values()).casefold())))
        for each in PARAPHRASES["campaigns"]
    }
    return sorted((each for each in shared if shared[each]), key=lambda each: (-shared[each], each))[:SHOWN]


def test_the_set_is_a_hundred_questions_about_campaigns_that_exist() -> None:
    queries, names = PARAPHRASES["queries"], {each["campaign_id"] for each in PARAPHRASES["campaigns"]}
    assert len(queries) == len({each["words"] for each in queries}) == 100
    assert len(names) == len(PARAPHRASES["campaigns"]) >= 60
    assert {each["campaign_id"] for each in queries} <= names


def test_at_least_two_of_three_paraphrases_find_their_campaign_among_five() -> None:
    recollection, queries = Recollection(), PARAPHRASES["queries"]
    found = sum(each["campaign_id"] in _found(recollection, each["words"]) for each in queries)
    matching = sum(each["campaign_id"] in _by_matching_words(each["words"]) for each in queries)
    assert found / len(queries) >= PROMISED, found
    assert found > matching


def test_the_order_is_the_same_in_every_run_and_for_every_order_of_campaigns() -> None:
    first, again = Recollection(), Recollection()
    turned = CAMPAIGNS[::-1]
    for query in PARAPHRASES["queries"][:20]:
        near = again.campaigns(query["words"], turned, 1, most=SHOWN)
        there = [each.campaign_id for each in campaigns_like(query["words"], turned, near, SHOWN)]
        assert _found(first, query["words"]) == there
