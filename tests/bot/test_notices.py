"""Single notices, word for word."""

import pytest
from drawn import VOICE, recommended
from engine_values import SPRING_SALE, analysed
from factories import APPROVER, MONDAY

from bot.blocks import notices
from engine.errors import AmbiguousCampaign, Fault, MayNotDecide, Refused
from engine.models.answer import Reminder

WHEN = VOICE.marked.style.moment(MONDAY)


@pytest.mark.parametrize(
    ("asked_by", "words"),
    [
        (APPROVER, f"<@{APPROVER}> asked for it, {WHEN}."),
        ("shell", f"Its figures were handed in by somebody at the command line, {WHEN}; somebody then"),
        (None, f"Its figures were handed in by whoever set me up, {WHEN}; somebody then"),
        ("api", f"Its figures were handed in by the API, {WHEN}; somebody then asked for the card with"),
    ],
)
def test_why_did_i_get_this_names_a_person_or_how_the_figures_came_in(
    asked_by: str | None, words: str
) -> None:
    known = recommended(analysed(SPRING_SALE)).model_copy(update={"asked_by": asked_by})
    (block,) = notices.why_me(known, VOICE.marked).blocks
    assert block["text"]["text"].startswith(words)


def test_what_may_have_arrived_is_not_said_to_be_out_or_not() -> None:
    assert "I cannot tell" in notices.not_posted(notices.UNKNOWN, "/analyze").text


def test_of_ten_that_fit_three_are_offered_by_name_and_the_rest_is_counted() -> None:
    keys = [f"meta/default/ten-{place}" for place in range(10)]
    names = [f"ten-{place}" for place in range(10)]
    told, buttons, rest = notices.refusal(AmbiguousCampaign("ten", keys, names), VOICE.marked).blocks
    assert told["text"]["text"] == "`ten` fits 10 campaigns:"
    pressed = [(each["text"]["text"], each["value"]) for each in buttons["elements"]]
    assert pressed == [(f"ten-{place}", f"meta/default/ten-{place}") for place in range(3)]
    assert rest["elements"][0]["text"] == "and 7 more: type more of the name"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("foo", "1", "a field I know"), "I know no field foo."),
        (Fault("platform", "", "not empty", 4), "Line 4: Platform is missing."),
        (Fault("day", "(missing)", "mon, tue or wed"), "Which day? Mon, tue or wed."),
        (
            Fault("window_end", "2026-11-19", "not before window_start (2026-11-20)"),
            "The last day is before the first (20 Nov 2026).",
        ),
        (Fault("spend", "-1", "not negative"), 'spend: -1 breaks the rule "not negative".'),
    ],
)
def test_a_broken_rule_is_a_sentence_where_it_can_be_one(fault: Fault, said: str) -> None:
    assert notices.refusal(Refused([fault]), VOICE.marked).text == said


def test_a_missing_scope_is_named_where_asking_again_cannot_help() -> None:
    told = notices.not_posted("missing_scope", "/analyze").text
    assert told == "I lack chat:write to post here. An admin can add it and reinstall."
    refused = MayNotDecide((APPROVER,), "could not be looked up", lacks="users:read")
    assert notices.refusal(refused, VOICE.marked).text.startswith("I cannot look you up: I lack users:read.")


def test_a_reminder_names_its_campaign_and_says_when_it_was_promised_before() -> None:
    first = Reminder(name="city-break", day=MONDAY.date(), is_new=True)
    assert notices.told_then(first, VOICE.marked).text.startswith(
        "⏳ I come back to city-break in its thread"
    )
    again = first.model_copy(update={"is_new": False})
    assert notices.told_then(again, VOICE.marked).text.startswith("⏳ I already come back to city-break")
