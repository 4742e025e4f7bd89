"""``/marko data``: what is known out of exports, the late ones first, for phone and push alike."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from drawn import HOSTILE, VOICE, live_tokens, texts
from factories import MONDAY

from bot.blocks.kit import Message
from bot.blocks.known_data import MOST, known_data
from engine.models.export import SourceState

SPACE = "\u00a0"


def source(platform: str = "Meta", **changed: Any) -> SourceState:
    known: dict[str, Any] = {
        "platform": platform,
        "account": "default",
        "campaigns": 3,
        "rows": 240,
        "first_day": date(2026, 3, 2),
        "last_day": date(2026, 3, 29),
        "spend": {"EUR": Decimal("21244.62")},
        "last_import": "import:F1:C1",
        "file": "meta-ads.csv",
        "at": MONDAY,
        "by": "U0APPROVER",
        "days_old": 1,
    }
    return SourceState.model_validate(known | changed)


def told(message: Message) -> list[str]:
    return [each.replace(SPACE, " ") for _, each in texts(message.blocks)]


def test_without_rows_it_says_how_they_come_in() -> None:
    assert told(known_data((), VOICE)) == [
        "No rows yet. Drop an export (CSV or XLSX) into a channel where I am, and I read it."
    ]


def test_the_first_line_says_what_is_late() -> None:
    old = source("TikTok", days_old=18, last_day=date(2026, 3, 12))
    message = known_data((source(), source("Google"), old), VOICE)
    assert told(message)[0] == "*`TikTok` ended 18 days ago. 2 of 3 are up to date.*"
    assert message.text.replace(SPACE, " ") == "TikTok ended 18 days ago. 2 of 3 are up to date."
    assert told(known_data((source(), source("Google")), VOICE))[0] == "*All is up to date.*"
    assert told(known_data((source(),), VOICE))[0] == "*`Meta` is up to date.*"


def test_each_source_says_how_fresh_how_much_and_out_of_which_file() -> None:
    _, body, last, _ = told(known_data((source(account="act_7"),), VOICE))
    assert body == (
        "*`Meta`, account `act_7`*: data up to yesterday\n3 campaigns, 240 rows, 2–29 Mar; 21,244.62 EUR"
    )
    assert last.startswith("last import: `meta-ads.csv`, <!date^")
    assert last.endswith(", by <@U0APPROVER>")


def test_what_names_no_platform_is_called_so() -> None:
    assert "*Unnamed platform*: data up to yesterday" in told(known_data((source("Other"),), VOICE))[1]


def test_of_many_sources_the_freshest_are_shown_and_the_others_counted() -> None:
    many = [source(account=f"act_{number}") for number in range(MOST + 3)]
    message = known_data(many, VOICE)
    assert told(message)[-2] == "and 3 more: `marko data` in a shell lists all"
    assert len(message.blocks) <= 50


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_out_of_a_file_acts(text: str) -> None:
    state = source(text, account=text, file=text, by="shell", days_old=9)
    message = known_data((state,), VOICE)
    marked = [each for kind, each in texts(message.blocks) if kind == "mrkdwn"]
    assert [each for each in [*marked, message.text] if live_tokens(each)] == []
