"""Whatever the figures and names are, what is drawn fits Slack's limits and our own."""

import json
from collections.abc import Iterator
from typing import Any

import factories
import pytest
from drawn import HOSTILE, STATUSES, VOICE, huge, kin, named, recommended, told_by
from engine_values import NEW_PARENTS, SPRING_SALE, analysed, counted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import campaigns

from bot.blocks import notices
from bot.blocks.card import card
from bot.blocks.card_states import Links, decision_buttons
from bot.blocks.digest import draw_digest
from bot.blocks.kit import Message
from bot.blocks.limits import CARD_BLOCKS, FALLBACK, MESSAGE, SECTION, clip, faults, few
from bot.blocks.modals import forecast_view, order_value_view, reject_view
from bot.blocks.thread import Votes, evidence, picture, reasoning, reminder
from bot.sandbox.strictness import message_faults, text_error, view_faults
from engine.errors import Fault, Refused, UnknownCampaign
from engine.models.campaign import CampaignPerformanceInput
from engine.models.recommendation import Analysis, Recommendation, Status
from engine.models.vote import Tally
from engine.narrate.waterfall import waterfall

LINK = "https://marko.example/archives/C0GROWTH/p1"
LONG = ("x" * 200, "&" * 200, "<" * 200, "wide name " * 19, "\U0001f9d1\u200d\U0001f9af" * 60)


def elements(blocks: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    for block in blocks:
        yield from (each for each in block.get("elements", []) if each["type"] == kind)


def assert_fits(message: Message, *, most_blocks: int | None = None) -> None:
    assert message_faults(message.blocks) == []
    assert text_error(message.text, message.blocks) is None
    if most_blocks is not None:
        assert faults(message.blocks, most_blocks=most_blocks) == []
    assert 0 < len(message.text) <= FALLBACK
    for button in elements(message.blocks, "button"):
        assert 0 < len(button["text"]["text"]) <= 24
        assert len(button.get("accessibility_label", "")) <= 75
        assert len(button.get("confirm", {}).get("text", {}).get("text", "")) <= 300


def assert_all_fit(analysis: Analysis, note: str = "") -> None:
    votes = Votes(Tally(10**9, 10**9), Tally(10**9, 10**9))
    for status in STATUSES:
        recommendation = recommended(analysis, status, note=note)
        assert_fits(card(recommendation, VOICE, Links(newer=LINK)), most_blocks=CARD_BLOCKS)
    assert_fits(evidence(recommendation, VOICE))
    assert_fits(reasoning(recommendation, VOICE, votes), most_blocks=50)
    if waterfall(analysis):
        for file in (None, "F0PICTURE"):
            assert_fits(picture(recommendation, VOICE, file), most_blocks=50)
    assert_fits(reminder(recommendation, factories.APPROVER, VOICE))
    for view in (reject_view, order_value_view, forecast_view):
        assert view_faults(view(recommendation, "C0GROWTH")) == []


def edition(analysis: Analysis, *, many: int) -> Message:
    """A digest in which every part has ``many`` items."""
    ids = [f"rec_{number}" for number in range(2 * many)]
    states: tuple[Status, Status] = ("proposed", "done")
    made: dict[str, Recommendation] = {
        each: recommended(analysis, states[number >= many]).model_copy(update={"id": each})
        for number, each in enumerate(ids)
    }
    effect = factories.level_effect(name=analysis.retrospective.name, lift_pct=-18.0)
    moved = factories.moved(name=analysis.retrospective.name, expected=1e12, actual=1e11, n=1e12)
    digest = factories.digest(
        learned=(effect,) * many,
        moved=(moved,) * many,
        waiting=tuple(ids[:many]),
        decided=tuple(ids[many:]),
        late=True,
    )
    return draw_digest(digest, made, VOICE, dict.fromkeys(ids, LINK))


@pytest.mark.parametrize("told", [SPRING_SALE, NEW_PARENTS], ids=lambda told: told.campaign_id)
def test_the_two_known_cards_fit_in_every_state(told: Any) -> None:
    assert_all_fit(analysed(told))


@pytest.mark.parametrize("text", HOSTILE + LONG, ids=lambda text: ascii(text)[:20])
def test_cards_with_hostile_and_long_names_fit_in_every_state(text: str) -> None:
    assert_all_fit(told_by(text), note=(text * 500)[:500])


@pytest.mark.parametrize("text", ["spring-sale", *LONG], ids=lambda text: ascii(text)[:20])
def test_cards_with_the_largest_figures_fit_in_every_state(text: str) -> None:
    for currency in ("EUR", "KWD", None):
        told = huge(text).model_copy(update={"currency": currency})
        assert_all_fit(analysed(told, *kin(text)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(campaigns(), st.sampled_from([None, 42.5, 1e12]))
def test_a_card_of_any_campaign_fits_in_every_state(
    told: CampaignPerformanceInput, order_value: float | None
) -> None:
    assert_all_fit(analysed(told, order_value=order_value))


def test_a_sample_of_next_to_nothing_is_drawn_without_its_far_end() -> None:
    told = SPRING_SALE.model_copy(update={"actual_metrics": counted(0, 0, "0.005103", "0.000001")})
    assert_all_fit(analysed(told))


@pytest.mark.parametrize("many", [1, 5, 12])
@pytest.mark.parametrize("text", ["spring-sale", *LONG], ids=lambda text: ascii(text)[:20])
def test_a_digest_with_every_part_full_fits(text: str, many: int) -> None:
    message = edition(analysed(huge(text)), many=many)
    assert_fits(message, most_blocks=50)


def test_a_digest_shows_five_of_each_and_says_how_many_more() -> None:
    shown = json.dumps(edition(analysed(SPRING_SALE), many=12).blocks, ensure_ascii=False)
    assert shown.count("and 7 more") == 4


@pytest.mark.parametrize("text", [*HOSTILE, *LONG], ids=lambda text: ascii(text)[:20])
def test_refusals_and_notices_fit(text: str) -> None:
    words = VOICE.marked
    refused = Refused([Fault("field " + text, text, "a rule", line) for line in (1, None)] * 5)
    for message in (
        notices.refusal(refused, words),
        notices.refusal(UnknownCampaign(text, [text] * 5), words),
        notices.refusal(UnknownCampaign(text, []), words),
        notices.card_stands(recommended(analysed(named(text))), LINK, words),
        notices.old_button(recommended(analysed(named(text)), "approved"), words, LINK),
        notices.not_posted(text, "/analyze"),
        notices.missing_scope(text, "do this"),
    ):
        assert_fits(message)


def test_money_is_never_approved_without_saying_what_it_may_cost() -> None:
    for told in (SPRING_SALE, NEW_PARENTS, huge("x" * 200)):
        approve, _ = decision_buttons(recommended(analysed(told)), VOICE.plain)
        assert "Worst case by " in approve["confirm"]["text"]["text"]
        assert approve["confirm"]["text"]["text"].endswith("carried out by hand.")


def test_the_push_notice_says_campaign_verdict_and_what_waits_without_marks() -> None:
    message = card(recommended(analysed(SPRING_SALE)), VOICE)
    assert message.text == (
        "spring-sale: Beat the forecast. CPA 31.00\u00a0EUR instead of 41.00 (−24\u00a0%, real)."
        " 1 decision waits."
    )
    decided = card(recommended(analysed(SPRING_SALE), "approved"), VOICE)
    assert decided.text.endswith("real). Approved, to be carried out.")


def test_a_link_to_the_newer_card_is_offered_only_when_there_is_one() -> None:
    old = recommended(analysed(SPRING_SALE), "superseded")
    shown = [each["text"]["text"] for each in elements(card(old, VOICE).blocks, "button")]
    assert shown == ["More"]


ENTITIES = st.lists(st.sampled_from(["&amp;", "&lt;", "&gt;", "a", " ", "ö", ";", "\U0001f600"])).map("".join)


@given(ENTITIES, st.integers(1, 60))
def test_clipping_never_tears_an_entity_and_never_grows(text: str, longest: int) -> None:
    cut = clip(text, longest)
    assert len(cut) <= longest
    if cut != text:
        assert cut.endswith("…")
        rest = cut[:-1]
        assert text.startswith(rest)
        for entity in ("&amp;", "&lt;", "&gt;"):
            rest = rest.replace(entity, "")
        assert "&" not in rest


def test_a_long_list_ends_with_how_many_more() -> None:
    assert few(["a", "b"], 2) == ["a", "b"]
    assert few(["a", "b", "c"], 2) == ["a", "b", "and 1 more"]


def test_faults_name_what_is_too_long() -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * (SECTION + 1)}}
    assert faults([long]) == ["section 0 has 301 characters, at most 300"]
    assert faults([long] * 2, most_blocks=1)[0] == "2 blocks, at most 1"
    assert faults([long] * 12)[-1] == f"{12 * 301} characters, at most {MESSAGE}"
