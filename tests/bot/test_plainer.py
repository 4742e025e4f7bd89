"""What Slack does not take as it was drawn is said in plainer blocks, and nothing of it is lost."""

from typing import Any

import pytest
from drawn import HOSTILE, VOICE, live_tokens, recommended, texts
from engine_values import NEW_PARENTS, analysed, ran, told
from office import ScriptedSlack
from test_blocks_fit import assert_fits

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.plainer import in_words, ways
from bot.blocks.thread import evidence, reasoning
from bot.sandbox.strictness import message_faults
from bot.sending import or_plainer
from bot.slack import web_client

ROWS = [["What", "Before", "Now"], ["CTR", "2.00 %", "1.60 %"], ["CPA", "45.00", "58.50 EUR"]]


def test_a_table_becomes_a_line_for_each_row_with_its_columns_named() -> None:
    (section,) = in_words([kit.table(ROWS)])
    assert section["text"]["text"] == "• CTR: Before 2.00 %, Now 1.60 %\n• CPA: Before 45.00, Now 58.50 EUR"


def test_a_picture_becomes_what_it_shows() -> None:
    (section,) = in_words([kit.image("F0PICTURE", "CPA 45.00 to 58.50 EUR")])
    assert section["text"]["text"] == "CPA 45.00 to 58.50 EUR"


def test_what_is_plain_already_stays_as_it_is() -> None:
    plain = [kit.section("Why the CPA rose"), kit.context("as of 30 Mar")]
    assert in_words(plain) == plain
    assert list(ways(plain)) == [plain, []]


def test_a_long_table_becomes_several_sections_with_every_row() -> None:
    rows = [["What", "n"], *[[f"campaign-{number}", "x" * 190] for number in range(99)]]
    sections = in_words([kit.table(rows)])
    assert message_faults(sections) == []
    said = "\n".join(each["text"]["text"] for each in sections)
    assert all(f"campaign-{number}:" in said for number in range(99))


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_cell_out_of_a_file_cannot_act_in_words_either(text: str) -> None:
    plain = in_words([kit.table([["What", text], [text, text]])])
    for kind, each in texts(plain):
        assert kind != "mrkdwn" or live_tokens(each) == ""


def test_the_thread_of_a_card_says_the_same_without_tables() -> None:
    known = recommended(analysed(NEW_PARENTS, ran("family-bundle"), ran("crib-sale")))
    for message in (evidence(known, VOICE), reasoning(known, VOICE)):
        (table,) = [each for each in message.blocks if each["type"] == "table"]
        cells = [cell["text"] for row in table["rows"][1:] for cell in row]
        plain = in_words(message.blocks)
        said = "\n".join(text for _, text in texts(plain))
        assert all(cell in said for cell in cells)
        assert_fits(Message(message.text, plain))


def refusing(scripted: ScriptedSlack, times: int) -> list[list[dict[str, Any]]]:
    """The blocks of each try, when Slack refuses the first few."""
    for _ in range(times):
        scripted.say("chat.postMessage", {"ok": False, "error": "invalid_blocks"})
    drawn = Message("what was moved", [kit.table(ROWS), kit.section("Against it: nothing.")])
    client = web_client("xoxb-1", scripted.api_url)
    or_plainer(client.chat_postMessage, "evidence:1", drawn, channel="C0GROWTH", text=drawn.text)
    asked = scripted.calls("chat.postMessage")
    assert {each["text"] for each in asked} == {drawn.text}
    return [each["blocks"] for each in asked]


def test_a_refused_table_is_sent_in_words_beside_what_was_not_refused(scripted: ScriptedSlack) -> None:
    first, second = refusing(scripted, 1)
    assert [each["type"] for each in first] == ["table", "section"]
    assert [each["type"] for each in second] == ["section", "section"]
    assert second[0]["text"]["text"].startswith("• CTR: Before 2.00 %")


def test_what_is_refused_in_words_too_arrives_as_its_text_alone(scripted: ScriptedSlack) -> None:
    assert refusing(scripted, 2)[-1] == []


def test_similar_campaigns_say_why_what_was_done_and_what_came_of_it() -> None:
    known = recommended(analysed(NEW_PARENTS, ran("family-bundle", ratio=1.5)))
    message = reasoning(known, VOICE)
    (table,) = [each for each in message.blocks if each["type"] == "table"]
    assert [cell["text"] for cell in table["rows"][1]] == [
        "family-bundle",
        "nothing decided",
        "CPA +50\u00a0%, real",
    ]
    said = told("\n".join(text for _, text in texts(message.blocks)))
    assert "• `family-bundle`: same objective `Leads`, audience `new-parents`, creative type `video`." in said
