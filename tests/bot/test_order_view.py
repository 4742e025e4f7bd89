"""What the digest's dialog says of the next edition, and that both dialogs fit whatever is in them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from drawn import HOSTILE, VOICE
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, MONDAY, HandClock
from office import ScriptedSlack

from bot import ids
from bot.blocks.closed import loading_view
from bot.blocks.kit import Message, actions, button, context, link, section
from bot.blocks.order_view import TROUBLES, Draft, Ground, next_edition, order_view, read_draft
from bot.blocks.preview import preview
from bot.blocks.settings_view import MOST_APPROVERS, NOT_SHOWN, Place, Shown, not_shown, settings_view
from bot.channels import trouble_with
from bot.dialogs import Dialogs
from bot.listeners import CHECKS, VIEWS
from bot.sandbox.strictness import message_faults, view_faults
from bot.slack import web_client
from bot.zones import zones, zones_like
from engine.engine import Engine
from engine.models.digest import DigestSlot, Subscription
from engine.models.preference import Preferences
from store import open_store

FORMATS = VOICE.marked.formats
ORDER = Subscription(
    channel="C0GROWTH", weekday=4, at="16:00", time_zone="Europe/Madrid", since=MONDAY, by=APPROVER
)
CHOSEN = Preferences(
    approvers=(APPROVER,), change_limit=0.2, time_zone="Europe/Madrid", number_format="1,234.50"
)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def engine(tmp_path: Path, clock: HandClock) -> Iterator[Engine]:
    store = open_store(tmp_path / "marko.db", clock)
    yield Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())
    store.close()


def next_of(engine: Engine, draft: Draft, reader: str = "") -> str:
    slot = engine.next_digest(draft.channel or "", weekday=draft.weekday, at=draft.at, zone=draft.zone)
    return next_edition(slot, draft, reader, FORMATS).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("now", "draft", "reader", "says"),
    [
        ("2026-03-31T12:00", Draft(None, 0, "09:00", "Europe/Madrid"), "", "Next *Mon 6 Apr 09:00*."),
        (
            "2026-03-31T12:00",
            Draft(None, 0, "09:00", "Europe/Madrid"),
            "Europe/London",
            "Next *Mon 6 Apr 09:00*, for you 08:00.",
        ),
        (
            "2026-03-31T12:00",
            Draft(None, 0, "09:00", "Europe/Madrid"),
            "Europe/Paris",
            "Next *Mon 6 Apr 09:00*.",
        ),
        (
            "2026-03-31T12:00",
            Draft(None, 0, "07:00", "Asia/Tokyo"),
            "America/New_York",
            "Next *Mon 6 Apr 07:00*, for you Sun 18:00.",
        ),
        # Madrid skips 02:00–03:00 on 29 March 2026, and has it twice on 25 October.
        (
            "2026-03-25T12:00",
            Draft(None, 6, "02:30", "Europe/Madrid"),
            "",
            "Next *Sun 29 Mar 03:30*: the clocks skip 02:30 that day.",
        ),
        (
            "2026-10-20T12:00",
            Draft(None, 6, "02:30", "Europe/Madrid"),
            "",
            "Next *Sun 25 Oct 02:30*, the first of two: the clocks go back that day.",
        ),
        ("2026-10-20T12:00", Draft(None, 6, "03:00", "Europe/Madrid"), "", "Next *Sun 25 Oct 03:00*."),
        # The two are on summer time on other days: 8 March in New York, 29 March in Madrid.
        (
            "2026-03-16T12:00",
            Draft(None, 0, "09:00", "Europe/Madrid"),
            "America/New_York",
            "Next *Mon 23 Mar 09:00*, for you 04:00.",
        ),
        (
            "2026-03-26T12:00",
            Draft(None, 0, "09:00", "Europe/Madrid"),
            "America/New_York",
            "Next *Mon 30 Mar 09:00*, for you 03:00.",
        ),
        ("2026-12-29T12:00", Draft(None, 0, "09:00", "UTC"), "", "Next *Mon 4 Jan 2027 09:00*."),
    ],
)
def test_the_next_line_says_what_the_slots_say(
    engine: Engine, now: str, draft: Draft, reader: str, says: str
) -> None:
    engine._clock.moment = datetime.fromisoformat(now).replace(tzinfo=UTC)  # type: ignore[attr-defined]
    assert next_of(engine, draft, reader) == says


def test_the_next_line_keeps_its_word(engine: Engine) -> None:
    draft = Draft("C0GROWTH", 1, "02:30", "Europe/Madrid")
    foretold = engine.next_digest("C0GROWTH", weekday=1, at="02:30", zone="Europe/Madrid")
    assert engine.subscriptions() == ()
    assert engine.subscribe("C0GROWTH", weekday=1, at="02:30", by=APPROVER, zone=draft.zone) == foretold


def test_a_day_that_had_its_digest_is_not_foretold_again(engine: Engine, clock: HandClock) -> None:
    slot = engine.subscribe("C0GROWTH", weekday=0, at="23:00", by=APPROVER)
    clock.moment = slot.due_at
    assert engine.post_due_digests() == 1
    again = engine.next_digest("C0GROWTH", weekday=0, at="23:30", zone="Europe/Madrid")
    assert (again.local_date - slot.local_date).days == 7


@pytest.mark.parametrize("order", [None, ORDER])
@pytest.mark.parametrize("trouble", ["", *TROUBLES])
def test_the_order_dialog_is_taken_by_slack_in_every_state(order: Any, trouble: Any) -> None:
    draft = Draft.of(ORDER)
    ground = Ground("C0GROWTH", "C0GROWTH", trouble, "America/Argentina/ComodRivadavia")
    view = order_view(draft, ground, order, "Next *Mon*.", VOICE.marked, note="✅ Sent.")
    assert view_faults(view) == []
    assert view["callback_id"] in VIEWS
    assert Ground.unpacked(view) == ground
    assert ("⚠️" in json.dumps(view, ensure_ascii=False)) == bool(trouble)


def test_a_channel_that_was_looked_at_before_another_was_chosen_is_not_blamed(engine: Engine) -> None:
    ground = Ground(looked_at="C0RANDOM", trouble="not_in_channel")
    view = order_view(Draft("C0GROWTH"), ground, None, "Next.", VOICE.marked)
    assert "⚠️" not in json.dumps(view, ensure_ascii=False)
    state = {ids.ORDER_CHANNEL: {ids.ORDER_CHANNEL: {"selected_conversation": "C0GROWTH"}}}
    submitted = view | {"state": {"values": state}}
    assert read_draft(submitted) == Draft("C0GROWTH")
    assert CHECKS[ids.ORDER_VIEW](submitted, "1,234.50", engine) == {}


def test_the_settings_dialog_is_taken_by_slack_in_every_state() -> None:
    many = tuple(f"U0{number:09d}" for number in range(MOST_APPROVERS))
    assert view_faults(loading_view("Settings") | {"callback_id": "x"}) == []
    for approvers in ((), many):
        chosen = CHOSEN.model_copy(update={"approvers": approvers})
        for needed in (True, False):
            unfit = dict.fromkeys(approvers, "belongs to another workspace")
            others = not_shown(
                {f"U{at}{each[2:]}": place for at, place in enumerate(NOT_SHOWN) for each in many}
            )
            shown = Shown("C0GROWTH", chosen, needed, unfit, others=others)
            view = settings_view(shown, chosen, VOICE.marked)
            assert view_faults(view) == []
            assert Shown.unpacked(view) == shown


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_approvers_from_the_environment_stay_letters(text: str) -> None:
    shown = Shown("", CHOSEN, needs_approver=True, others={"elsewhere": [text]})
    drawn = json.dumps(settings_view(shown, CHOSEN, VOICE.marked)["blocks"], ensure_ascii=False)
    assert "<!" not in drawn
    assert "<#" not in drawn


def test_approvers_who_do_not_stand_in_the_dialog_are_told_by_why() -> None:
    places: dict[str, Place] = {"U0HERE": "here", "U0GONE": "elsewhere", "U0SLOW": "unanswered"}
    places |= {f"U0MORE{number}": "beyond" for number in range(12)}
    shown = Shown("", CHOSEN, needs_approver=True, others=not_shown(places))
    (told,) = [
        each["elements"][0]["text"]
        for each in settings_view(shown, CHOSEN, VOICE.marked)["blocks"]
        if each["type"] == "context" and "Named too" in each["elements"][0]["text"]
    ]
    assert told.split("\n") == [
        "Named too, but not found in this workspace: `U0GONE`.",
        "Named too, but Slack could not tell me about them just now: `U0SLOW`.",
        f"Named too; there is room for 30 here: {', '.join(f'`U0MORE{each}`' for each in range(10))}, "
        "and 2 more.",
    ]


def test_a_preview_keeps_links_and_nothing_that_acts() -> None:
    blocks = [
        section("*Waits.*", accessory=button("Agree", "vote", "1")),
        actions([button("Approve", "approve", "rec_1"), link("Open card", "https://marko.example/1")]),
        actions([button("Reject…", "reject", "rec_1")]),
        {"type": "context_actions", "elements": []},
        context("as of"),
    ]
    seen = preview(Message("23–29 Mar: 1 decision waits", blocks), "C0GROWTH")
    assert seen.text == "Preview: 23–29 Mar: 1 decision waits"
    assert message_faults(seen.blocks) == []
    assert [block["type"] for block in seen.blocks] == ["context", "section", "actions", "context"]
    assert "approve" not in json.dumps(seen.blocks)
    assert "vote" not in json.dumps(seen.blocks)
    assert "<#" not in preview(Message("x", blocks), None).blocks[0]["elements"][0]["text"]


@pytest.mark.parametrize(
    ("channel", "trouble"),
    [
        ({"is_member": True}, ""),
        ({"is_member": False}, "not_in_channel"),
        ({}, "not_in_channel"),
        ({"is_member": True, "is_archived": True}, "archived"),
        ({"is_member": True, "is_ext_shared": True}, "foreign"),
        ({"is_im": True}, "no_channel"),
        ({"is_mpim": True, "is_member": True}, "no_channel"),
    ],
)
def test_a_channel_gets_a_digest_only_where_nothing_is_in_the_way(
    scripted: ScriptedSlack, channel: dict[str, Any], trouble: str
) -> None:
    scripted.say("conversations.info", {"ok": True, "channel": channel})
    assert trouble_with(web_client("xoxb-x", scripted.api_url), "C0") == trouble


def test_the_newest_choice_is_what_a_dialog_shows_and_a_closed_one_is_left_alone(
    scripted: ScriptedSlack,
) -> None:
    client, dialogs = web_client("xoxb-x", scripted.api_url), Dialogs()
    assert dialogs.redraw(client, "V1", {"type": "modal", "n": 2}, at="17.2")
    assert not dialogs.redraw(client, "V1", {"type": "modal", "n": 1}, at="17.1")
    assert not dialogs.redraw(client, "V1", {"type": "modal", "n": 0})
    assert dialogs.redraw(client, "V2", {"type": "modal", "n": 0})
    scripted.say("views.update", {"ok": False, "error": "not_found"})
    assert not dialogs.redraw(client, "V1", {"type": "modal", "n": 3}, at="17.3")
    assert len(scripted.calls("views.update")) == 3


def test_zones_are_found_by_city_and_all_of_them_are_zones() -> None:
    assert zones_like("new york", first="UTC") == ["America/New_York"]
    assert zones_like("MADRID", first="UTC") == ["Europe/Madrid"]
    assert zones_like("america new_york", first="UTC") == ["America/New_York"]
    assert zones_like("nowhere", first="UTC") == []
    opened = zones_like("", first="Asia/Tokyo")
    assert (opened[0], len(opened), len(set(opened))) == ("Asia/Tokyo", 100, 100)
    assert "EST" not in zones()
    for name in zones():
        ZoneInfo(name)


def test_a_slot_is_drawn_in_the_zone_of_the_order() -> None:
    slot = DigestSlot(
        channel="C0GROWTH", local_date=MONDAY.date(), due_at=datetime(2026, 3, 30, 7, tzinfo=UTC)
    )
    assert "09:00" in next_edition(slot, Draft(None, 0, "09:00", "Europe/Madrid"), "", FORMATS)
