"""Single notices, word for word."""

import pytest
from drawn import VOICE, recommended
from engine_values import SPRING_SALE, analysed
from factories import APPROVER, MONDAY

from bot.blocks import notices

WHEN = VOICE.marked.style.moment(MONDAY)


@pytest.mark.parametrize(
    ("asked_by", "words"),
    [
        (APPROVER, f"<@{APPROVER}> asked for it, {WHEN}."),
        ("shell", f"Its figures were handed in by the shell, {WHEN}; somebody then asked for the card with"),
        (None, f"Its figures were handed in by the shell, {WHEN}; somebody then asked for the card with"),
        ("api", f"Its figures were handed in by the API, {WHEN}; somebody then asked for the card with"),
    ],
)
def test_why_did_i_get_this_names_a_person_or_how_the_figures_came_in(
    asked_by: str | None, words: str
) -> None:
    known = recommended(analysed(SPRING_SALE)).model_copy(update={"asked_by": asked_by})
    (block,) = notices.why_me(known, VOICE.marked).blocks
    assert block["text"]["text"].startswith(words)


def test_a_digest_of_which_nobody_knows_is_not_said_to_be_out_or_not() -> None:
    message = notices.digest_not_out("C0GROWTH", MONDAY, notices.UNKNOWN, VOICE.marked)
    assert "may be out or not" in message.text
    assert "I cannot tell" in notices.not_posted(notices.UNKNOWN, "/analyze").text
