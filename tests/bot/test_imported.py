"""The reply to a file and the dialog behind ``/analyze``: what they say, and that they fit."""

import json
from decimal import Decimal
from typing import Any

import pytest
from drawn import HOSTILE, VOICE, huge
from engine_values import NEW_PARENTS, SPRING_SALE, analysed
from factories import APPROVER, MONDAY
from hypothesis import given
from hypothesis import strategies as st

from bot import ids
from bot.blocks.imported import imported
from bot.blocks.inquiry import (
    LONGEST_PASTE,
    LONGEST_PRIVATE,
    METRICS,
    PASTED,
    Inquiry,
    inquiry_view,
)
from bot.blocks.kit import Message
from bot.blocks.limits import FALLBACK, faults
from bot.listeners import CHOSEN, is_following, is_quick
from bot.sandbox.block_tree import first_state, named
from bot.sandbox.strictness import message_faults, text_error, view_faults
from engine.models.delivery import Delivery
from engine.models.file_import import BrokenRule, FileImport, Haul, ImportedCampaign
from engine.models.recommendation import Analysis

LINK = "https://marko.example/archives/C0GROWTH/p1"
LONG = ("x" * 255, "&" * 255, "wide name " * 19, *HOSTILE)
NUMBERS = "1,234.50"


def told(state: str = "done", *, file: str = "march.json", **changed: Any) -> FileImport:
    where = {"id": "import:F1:C0GROWTH", "channel": "C0GROWTH", "thread": "17.1", "by": APPROVER}
    return FileImport.model_validate(
        where | {"file": file, "checksum": "", "at": MONDAY, "state": state} | changed
    )


def league(*names: str) -> tuple[ImportedCampaign, ...]:
    return tuple(
        ImportedCampaign(key=f"meta/default/{name}", name=name, platform="Meta", recommendation=f"rec_{name}")
        for name in names
    )


def haul(**changed: Any) -> Haul:
    parts: dict[str, Any] = {"campaigns": 1, "taken": 1, "known": 0, "outdated": 0}
    return Haul(**parts | changed)


def drawn(found: FileImport, **more: Any) -> Message:
    analyses = {each.recommendation: analysed(NEW_PARENTS) for each in found.league}
    return imported(found, analyses, VOICE, **more)


def first(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"]).replace("\u00a0", " ")


def assert_fits(message: Message) -> None:
    assert message_faults(message.blocks) == []
    assert faults(message.blocks) == []
    assert text_error(message.text, message.blocks) is None
    assert 0 < len(message.text) <= FALLBACK


def test_campaigns_are_counted_with_days_money_and_conversions() -> None:
    counted = haul(
        campaigns=4,
        taken=3,
        known=1,
        first_day=SPRING_SALE.window_start,
        last_day=SPRING_SALE.window_end,
        spend={"EUR": Decimal("18240.55"), "JPY": Decimal(700)},
        conversions=Decimal(611),
    )
    assert first(drawn(told(haul=counted))) == (
        "*3 campaigns taken, 1 known already.* 28 Feb–29 Mar, 18,240.55 EUR and 700 JPY, 611 conversions."
    )


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        (haul(taken=0, known=1), "*1 campaign known already, nothing new.*"),
        (haul(campaigns=2, taken=5), "*5 windows of 2 campaigns taken.*"),
        (
            haul(taken=0, outdated=1),
            "*1 campaign not taken.* I know figures from a later moment; those stand.",
        ),
        (
            haul(campaigns=3, taken=1, outdated=2),
            "*1 campaign taken.* Of 2 more I know figures from a later moment; those stand.",
        ),
    ],
)
def test_what_is_known_is_told_as_it_is(counted: Haul, words: str) -> None:
    assert first(drawn(told(haul=counted))) == words


def test_alike_names_are_told_apart_by_their_platform() -> None:
    alike = (*league("spring-sale"), league("spring-sale")[0].model_copy(update={"platform": "TikTok"}))
    message = drawn(told(haul=haul(campaigns=2, taken=2), league=alike))
    says = [each["accessory"]["accessibility_label"] for each in message.blocks if "accessory" in each]
    assert says == ["Analyze spring-sale on Meta", "Analyze spring-sale on TikTok"]


def test_more_than_are_told_are_counted() -> None:
    message = drawn(told(haul=haul(campaigns=9, taken=9), league=league(*"abcde")))
    assert message.blocks[-1]["elements"][0]["text"] == "and 4 more, each by `/analyze` and its name"


@pytest.mark.parametrize("text", LONG, ids=lambda text: ascii(text)[:20])
def test_every_reply_fits_whatever_the_names_and_values_are(text: str) -> None:
    analysis: Analysis = analysed(huge(text[:200]))
    names = league(*(f"{text[:190]}{number}" for number in range(5)))
    sums = {
        "last_day": SPRING_SALE.window_end,
        "spend": {code: Decimal(10) ** 15 for code in ("EUR", "USD", "JPY", "KWD", "")},
        "conversions": Decimal(10) ** 15,
    }
    full = haul(campaigns=5_000, taken=10**6, known=10**6, outdated=10**6, **sums)
    broken = (BrokenRule(field=text, value=text[:60], rule=text, line=10**6),) * 100
    before = told(haul=full)
    assert_fits(
        imported(
            told(file=text, haul=full, league=names), {each.recommendation: analysis for each in names}, VOICE
        )
    )
    assert_fits(drawn(told("refused", file=text, faults=broken)))
    assert_fits(drawn(told("same", file=text, before="import:F0"), before=before, link=LINK))
    assert_fits(drawn(told("export", file=text)))
    for reason in ("missing_scope", "elsewhere", "unreachable"):
        assert_fits(drawn(told("refused", file=text, reason=reason)))


@pytest.mark.parametrize("how", ["known", "enter", "paste"])
def test_the_dialog_is_taken_by_slack_however_much_was_typed(how: Any) -> None:
    choice = {"text": "&" * 75, "value": "x" * 150}
    draft: dict[str, Any] = {"name": "n" * 200, PASTED: "p" * LONGEST_PASTE, "campaign": choice}
    draft |= {"platform": choice, "objective": {"text": "Sales", "value": "Sales"}, "currency": "EUR"}
    draft |= {"window_start": "2026-03-02", "window_end": None}
    draft |= {
        f"{group}.{name}": "9" * 30 for group in ("actual_metrics", "expected_metrics") for name in METRICS
    }
    assert view_faults(inquiry_view(Inquiry("C0GROWTH", how, draft), NUMBERS)) == []
    assert view_faults(inquiry_view(Inquiry("", how, {}), NUMBERS)) == []


def reopened(view: dict[str, Any]) -> Inquiry:
    """Read the dialog as it comes back from Slack."""
    return Inquiry.unpacked(view | {"state": {"values": first_state(named(view["blocks"]))}})


@given(st.text(max_size=LONGEST_PASTE), st.text(min_size=1, max_size=200))
def test_what_is_hidden_fits_and_comes_back_or_is_left_out_whole(pasted: str, name: str) -> None:
    view = inquiry_view(Inquiry("C0GROWTH", "known", {PASTED: pasted, "name": name}), NUMBERS)
    assert len(view["private_metadata"]) <= LONGEST_PRIVATE
    draft = reopened(view).draft
    assert draft["name"] == name
    assert draft.get(PASTED, pasted) == pasted


def test_a_long_paste_of_campaigns_is_kept_while_it_is_hidden() -> None:
    pasted = json.dumps([json.loads(SPRING_SALE.model_dump_json())] * 3, indent=1)[:LONGEST_PASTE]
    assert len(pasted) == LONGEST_PASTE
    view = inquiry_view(Inquiry("C0GROWTH", "enter", {PASTED: pasted}), NUMBERS)
    assert reopened(view).draft[PASTED] == pasted


def test_the_command_alone_is_quick_and_with_a_name_it_may_take_its_time() -> None:
    def typed(text: str, name: str = "/analyze") -> Delivery:
        return Delivery(key="1", kind="command", name=name, payload={"text": text}, received_at=MONDAY)

    assert is_quick(typed(""))
    assert is_quick(typed("  "))
    assert not is_quick(typed("spring-sale"))
    assert not is_quick(typed("help"))
    click = {"kind": "action", "key": "1", "payload": {}, "received_at": MONDAY}
    assert is_quick(Delivery.model_validate(click | {"name": ids.OPEN_ANALYZE}))
    for choice in CHOSEN:
        chosen = Delivery.model_validate(click | {"name": choice})
        assert (is_quick(chosen), is_following(chosen)) == (False, True)
    assert not is_quick(Delivery.model_validate(click | {"name": ids.MORE}))
    assert not is_following(Delivery.model_validate(click | {"name": ids.MORE}))


def test_a_long_file_says_what_is_being_read() -> None:
    message = drawn(told("reading", haul=haul(campaigns=500, taken=500)))
    assert first(message) == "Reading `march.json`: 500 campaigns."
    assert_fits(message)
