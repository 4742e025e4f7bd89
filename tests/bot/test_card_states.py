"""Every state of a record is drawn everywhere it is shown, with the buttons that it allows and no others."""

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import factories
import pytest
from drawn import STATUSES, VOICE, recommended
from engine_values import NEW_PARENTS, SPRING_SALE, analysed

from bot import ids
from bot.blocks import decision_views, lists, notices
from bot.blocks.card import card
from bot.blocks.card_states import DRAWN, Links, decision_buttons, sealed, unsealed
from bot.blocks.decision_views import About
from bot.blocks.digest import draw_digest
from bot.blocks.limits import FALLBACK
from bot.blocks.notice import NOTICES, notice
from bot.sandbox.strictness import view_faults
from engine.asking.of_campaign import STANDING
from engine.decide.pings import for_whom
from engine.errors import Frozen, OnHold, OverLimit
from engine.models.ping import Notice
from engine.models.recommendation import Recommendation, Status
from engine.narrate import carried, sentences

OTHER = {
    "proposed": ["Approve", "Reject…", "More", "⋯"],
    "noted": ["More", "⋯"],
    "snoozed": ["Wake now", "More"],
    "approved": ["Done…", "Drop it…", "More"],
    "executing": ["More"],
    "executed": ["Undo…", "More"],
    "failed": ["Try again", "Drop it…", "More"],
    "unknown": ["It arrived", "Send again", "More"],
    "undoing": ["More"],
    "undone": ["More"],
    "done": ["More"],
    "dropped": ["Analyze again", "More"],
    "rejected": ["Analyze again", "More"],
    "expired": ["Analyze again", "More"],
    "withdrawn": ["Analyze again", "More"],
    "superseded": ["More"],
}


def known(status: Status = "proposed", **changed: Any) -> Recommendation:
    return recommended(analysed(SPRING_SALE), status).model_copy(update=changed)


def shown(blocks: list[dict[str, Any]]) -> list[str]:
    every = [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
    return [each["text"]["text"] if each["type"] == "button" else "⋯" for each in every]


def said_on(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(each["text"]["text"] for each in blocks if each["type"] == "section" and "text" in each)


def test_no_state_is_forgotten_anywhere() -> None:
    every = set(get_args(Status))
    assert set(DRAWN) == set(OTHER) == set(lists.STATES) == set(STANDING) == set(STATUSES) == every
    assert set(NOTICES) == set(get_args(Notice))


@pytest.mark.parametrize("status", STATUSES)
def test_each_state_has_its_buttons_and_more_stays_always(status: Status) -> None:
    message = card(known(status), VOICE)
    assert shown(message.blocks) == OTHER[status]
    assert len(message.text) <= FALLBACK
    assert not any(mark in message.text for mark in "*`")


@pytest.mark.parametrize("status", STATUSES)
def test_each_state_answers_an_old_button_and_stands_in_lists_and_digests(status: Status) -> None:
    record = known(status)
    told = notices.old_button(record, VOICE.marked, None).blocks[0]["text"]["text"]
    assert told.endswith("Your click changed nothing.")
    assert carried.told(record, VOICE.plain).startswith("spring-sale: ")
    digest = factories.digest(waiting=(record.id,), decided=(record.id,), stuck=(record.id,))
    message = draw_digest(digest, {record.id: record}, VOICE, {})
    assert ("Approve" in shown(message.blocks)) is (status == "proposed")
    assert ("⚠️" in message.text) is (status in {"failed", "unknown"})


@pytest.mark.parametrize("what", NOTICES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_notice_that_comes_too_late_says_how_it_stands(what: str, status: Status) -> None:
    record = known(status)
    message = notice(what, record, ("U0APPROVER",), Decimal(3000), VOICE)
    assert 0 < len(message.text) <= FALLBACK
    assert "<!" not in message.blocks[0]["text"]["text"].replace("<!date", "")


def test_a_notice_is_for_whom_it_concerns_and_for_nobody_else() -> None:
    approvers = ("U0APPROVER", "U0SECOND", "U0THIRD")
    half = known(decisions=(factories.decision(verb="approve", by="U0SECOND"),), asked_by="U0ASKER")
    assert for_whom("second", half, approvers) == ["U0APPROVER", "U0THIRD"]
    assert for_whom("expiring", half, approvers) == ["U0APPROVER", "U0THIRD"]
    assert for_whom("failed", half, approvers) == ["U0SECOND"]
    asked = known(decisions=(), asked_by="U0ASKER")
    assert for_whom("expiring", asked, approvers) == ["U0ASKER"]
    assert for_whom("expiring", known(decisions=(), asked_by="shell"), approvers) == list(approvers)


def test_without_a_worst_case_there_is_no_approve() -> None:
    record = known()
    proposal = record.analysis.proposal.model_copy(update={"worst_case": None})
    without = record.model_copy(
        update={"analysis": record.analysis.model_copy(update={"proposal": proposal})}
    )
    assert [each["text"]["text"] for each in decision_buttons(without, VOICE.plain)] == ["Reject…"]


def test_approve_says_who_carries_it_out() -> None:
    for connected, words in ((True, "I send it to Meta Ads; it can be undone once."), (False, "by hand.")):
        approve, _ = decision_buttons(known(), VOICE.plain, Links(connected=connected))
        assert words in approve["confirm"]["text"]["text"]
        assert len(approve["confirm"]["text"]["text"]) <= 300


def test_a_button_that_approves_carries_the_figures_beside_it() -> None:
    record = known()
    assert unsealed(sealed(record)) == (record.id, record.seal)
    assert unsealed(record.id) == (record.id, "")


def test_on_hold_nothing_can_be_approved_edited_or_put_off() -> None:
    record = known()
    message = card(record, VOICE, Links(on_hold=OnHold(record, 64, 30)))
    assert shown(message.blocks) == ["Reject…", "More", "⋯"]
    assert "On hold: these figures are 64\u00a0days old." in said_on(message.blocks)
    menu = next(each for each in message.blocks[-2]["elements"] if each["type"] == "overflow")
    assert [each["text"]["text"] for each in menu["options"]] == ["Why did I get this?"]
    labels = [each["text"]["text"] for each in decision_buttons(record, VOICE.plain, Links())]
    assert labels == ["Approve", "Reject…"]


def test_a_freeze_stands_on_the_card_and_its_buttons_stay() -> None:
    frozen = Frozen(date(2026, 12, 24), date(2027, 1, 2))
    message = card(known(), VOICE, Links(frozen=frozen))
    assert shown(message.blocks) == ["Approve", "Reject…", "More", "⋯"]
    assert "Frozen until 2\u00a0Jan\u00a02027: nothing is approved until then." in said_on(message.blocks)


def test_of_one_other_way_nothing_is_chosen_beforehand() -> None:
    record = known()
    ways = [each for _, each in decision_views.choices(record)]
    assert ways
    proposal = record.analysis.proposal.model_copy(update={"alternatives": (ways[0],)})
    analysis = record.analysis.model_copy(update={"proposal": proposal})
    one = record.model_copy(update={"analysis": analysis})
    about = About(one.id, "C0GROWTH", one.seal)
    view = decision_views.choose_view(one, about, VOICE.marked, connected=True)
    radio = next(each["element"] for each in view["blocks"] if each["type"] == "input")
    assert len(radio["options"]) == 1
    assert "initial_option" not in radio


def test_over_a_limit_the_way_out_stands_on_the_card() -> None:
    over = OverLimit("spring-sale", 0.15, 0.1)
    message = card(known(), VOICE, Links(beyond=over))
    assert shown(message.blocks) == ["Edit & approve…", "Reject…", "More", "⋯"]
    told = str(message.blocks).replace("\\xa0", " ")
    assert "+15 % is over your limit of 10 %. Edit it to 10 % or less." in told


def test_undo_goes_where_it_was_used_or_nobody_knows_what_was_there() -> None:
    done = known("executed")
    (execution,) = done.carried
    used = execution.model_copy(update={"purpose": "undo", "status": "refused", "error": "changed"})
    assert "Undo…" not in shown(card(known("executed", carried=(execution, used)), VOICE).blocks)
    silent = execution.model_copy(update={"receipt": execution.receipt.model_copy(update={"previous": None})})
    assert "Undo…" not in shown(card(known("executed", carried=(silent,)), VOICE).blocks)


def test_what_the_platform_shows_otherwise_is_no_success() -> None:
    (execution,) = known("executed").carried
    differs = execution.receipt.model_copy(update={"value": Decimal("1.00")})
    blocks = card(
        known("executed", carried=(execution.model_copy(update={"receipt": differs}),)), VOICE
    ).blocks
    assert "✅" not in str(blocks)
    assert "⚠️" in str(blocks)


def test_a_rejected_change_is_told_with_its_reason() -> None:
    assert "they know more" in carried.told(known("rejected"), VOICE.plain)
    assert sentences.DID["undo"] == "undid"


@pytest.mark.parametrize("told", [SPRING_SALE, NEW_PARENTS], ids=lambda told: told.campaign_id)
def test_the_dialogs_are_ones_that_slack_takes(told: Any) -> None:
    record = recommended(analysed(told))
    about = About(record.id, "C0GROWTH", record.seal)
    words, proposal = VOICE.marked, record.analysis.proposal
    edited = decision_views.edited_view(record, about, proposal, words, limit=0.2, connected=True)
    for view in (
        decision_views.edit_view(record, about, words, 0.2),
        edited,
        decision_views.choose_view(record, about, words, connected=True, chosen=0),
        decision_views.snooze_view(record, about, words),
    ):
        assert view_faults(view) == []
        assert About.unpacked(view) == about
    assert edited["submit"]["text"].startswith("Approve ")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("10", ("", "10")),
        ("+10 %", ("+", "10")),
        ("-10", ("−", "10")),
        ("− 7,5", ("−", "7,5")),
        ("", ("", "")),
    ],
)
def test_a_change_is_read_with_its_sign(typed: str, read: tuple[str, str]) -> None:
    assert decision_views.read_change(typed) == read


def test_a_menu_choice_names_its_dialog_and_fits() -> None:
    (menu,) = [each for block in card(known(), VOICE).blocks for each in block.get("elements", [])
               if each.get("type") == "overflow"]  # fmt: skip
    kinds = [each["value"].split(":")[0] for each in menu["options"]]
    assert kinds == [ids.EDIT, ids.CHOOSE, ids.SNOOZE, ids.WHY_ME]
    assert all(len(each["value"]) <= 150 for each in menu["options"])
