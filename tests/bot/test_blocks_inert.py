"""Text out of files, dialogs and Slack itself never acts: no mention, broadcast or link survives."""

import pytest
from drawn import HOSTILE, STATUSES, VOICE, live_tokens, named, recommended, texts, told_by
from engine_values import SPRING_SALE, analysed
from hypothesis import given, settings
from hypothesis import strategies as st
from test_blocks_fit import LINK, edition

from bot.blocks import notices
from bot.blocks.card import card
from bot.blocks.card_states import Links
from bot.blocks.kit import Message
from bot.blocks.mrkdwn import escape
from bot.blocks.thread import evidence, picture, reasoning, reminder
from engine.errors import AmbiguousCampaign, Fault, Refused, StoreTrouble, UnknownCampaign
from engine.models.recommendation import Analysis
from engine.narrate.waterfall import waterfall

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"


def assert_inert(message: Message) -> None:
    """Only mrkdwn and a message's own text are read for tokens; Slack shows plain text as it is."""
    assert live_tokens(message.text) == ""
    for kind, text in texts(message.blocks):
        if kind == "mrkdwn":
            assert live_tokens(text) == "", text
            assert text.count("`") % 2 == 0, text
        assert not set(TURNING) & set(text), ascii(text)
    assert all(block["verbatim"] for block in _marked(message.blocks))


def _marked(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        own = [value] if value.get("type") == "mrkdwn" else []
        return own + [found for each in value.values() for found in _marked(each)]
    return [found for each in value for found in _marked(each)] if isinstance(value, list) else []


def drawn(analysis: Analysis, note: str) -> list[Message]:
    made = [card(recommended(analysis, status, note=note), VOICE, Links(newer=LINK)) for status in STATUSES]
    known = recommended(analysis)
    return [
        *made,
        evidence(known, VOICE),
        reasoning(known, VOICE),
        *([picture(known, VOICE, "F0PICTURE")] if waterfall(analysis) else []),
        reminder(known, "U0APPROVER", VOICE),
        reminder(recommended(analysis, "superseded"), "U0APPROVER", VOICE),
        edition(analysis, many=2),
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_name_out_of_a_file_cannot_act(text: str) -> None:
    for message in drawn(told_by(text), note=f"seen\n{text}\n✅ Done"):
        assert_inert(message)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(str.strip))
def test_no_name_can_act(text: str) -> None:
    for message in drawn(analysed(named(text)), note=text):
        assert_inert(message)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_refusal_repeats_what_was_typed_without_its_effect(text: str) -> None:
    words = VOICE.marked
    for error in (
        UnknownCampaign(text, [text, text]),
        UnknownCampaign(text, []),
        AmbiguousCampaign(text, [text, text]),
        Refused([Fault(text, text, text, 3)], source=text),
        StoreTrouble(text),
    ):
        assert_inert(notices.refusal(error, words))
    assert_inert(notices.not_posted(text, "/analyze"))
    assert_inert(notices.missing_scope(text, "do this"))


def test_a_note_of_several_lines_stays_a_quote() -> None:
    message = card(recommended(analysed(SPRING_SALE), "rejected", note="late\n✅ Done 31 Mar"), VOICE)
    told = next(text for _, text in texts(message.blocks) if "Rejected by" in text)
    assert told.endswith("\n> late\n> ✅ Done 31 Mar")


@given(st.text(st.characters(exclude_characters="`" + TURNING)))
def test_escaped_text_reads_back_as_it_was(text: str) -> None:
    shown = escape(text)
    assert "<" not in shown
    assert ">" not in shown
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_a_person_is_mentioned_and_anything_else_is_a_word() -> None:
    style = VOICE.marked.style
    assert style.person("U0APPROVER") == "<@U0APPROVER>"
    assert style.person("shell") == "shell"
    assert style.person("U0|<!channel>") == "U0|&lt;!channel&gt;"
