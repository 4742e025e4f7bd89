"""``/marko audit``: who did what, for approvers and admins; what was read and what broke down is in it."""

from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, shown

from engine.models.delivery import LedgerEntry


def asked(team: Team, words: str, says: str, *, user: str = APPROVER) -> str:
    team.command(f"/marko audit {words}".strip(), user=user)
    answer = team.whisper(says, user=user)
    assert answer["broken"] == []
    return shown(answer)


def lines(team: Team, deed: str) -> list[LedgerEntry]:
    with team.engine._memory.reading() as reading:
        return [each for each in reading.ledger() if each.deed == deed]


def decided(team: Team) -> dict[str, Any]:
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    team.wait(lambda: team.find("Approved by"))
    return card


@both_ways
def test_an_approver_reads_who_did_what_on_which_ground(team: Team) -> None:
    decided(team)
    text = asked(team, "spring-sale", "in the ledger about `spring-sale`")
    assert f"<@{APPROVER}> approved it · `spring-sale`" in text
    assert "had it analyzed; an action was proposed · `spring-sale`" in text
    assert "version 2" in text
    assert "figures 1" in text


def test_lines_come_newest_first_with_how_many_more_there_are(team: Team) -> None:
    decided(team)
    text = asked(team, "", "lines in the ledger")
    assert text.index(f"<@{APPROVER}> read /marko: audit") < text.index(f"<@{APPROVER}> approved it")
    assert " more · `marko audit verify`".replace("marko", "/marko") in text


def test_lines_can_be_asked_by_person(team: Team) -> None:
    decided(team)
    team.command("/marko weights", user=MEMBER)
    team.whisper("What each signal weighs", user=MEMBER)
    text = asked(team, f"<@{MEMBER}|member>", "1\u00a0line in the ledger")
    assert f"<@{MEMBER}> read /marko: weights" in text
    assert "approved" not in text
    asked(team, "spring-sole", "I know no campaign `spring-sole`.")


@both_ways
def test_whoever_is_neither_approver_nor_admin_is_refused_and_that_is_in_the_ledger(team: Team) -> None:
    says = f"Only <@{APPROVER}> and workspace admins can read the audit. Your click changed nothing."
    asked(team, "", says, user=MEMBER)
    asked(team, "verify", "Guests see what stands in their channels.", user=GUEST)
    assert [(each.actor, each.subject) for each in lines(team, "refused")] == [
        (MEMBER, "audit"), (GUEST, "read"),
    ]  # fmt: skip


def test_it_says_whether_the_ledger_is_whole(team: Team) -> None:
    decided(team)
    assert "digest of the newest line: `" in asked(team, "verify", "✅ The ledger is whole:")
    marko = team.sandbox.marko
    assert marko
    with marko._store._database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_refuses_update")
        connection.exec_driver_sql("UPDATE ledger SET actor = 'U0OTHER' WHERE seq = 1")
    text = asked(team, "verify", "⚠️ *The ledger was changed")
    assert "Ledger line 1 was changed, or the line before it was." in text


def test_what_breaks_down_is_in_the_ledger_with_its_case_and_no_word_of_the_error(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise KeyError("xoxb-planted of ann@shop.example")

    monkeypatch.setattr(team.engine, "weights", breaks)
    team.command("/marko weights", user=MEMBER)
    said = team.whisper("I failed. Nothing was changed. Case ", user=MEMBER)
    (line,) = lines(team, "broke_down")
    assert f"Case {line.subject}; the owner knows." in shown(said)
    assert line.detail == {"what": "/marko", "person": MEMBER, "error": "KeyError"}
    owner = team.wait(lambda: team.find(f"Case {line.subject}", channel="D0APPROVER", user=APPROVER))
    assert "planted" not in shown(owner)
    assert GROWTH not in shown(owner)


def test_a_failure_after_something_was_done_does_not_say_that_nothing_was_changed(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = team.card_of("spring-sale")
    decide = team.engine.decide

    def breaks(*given: Any, **named: Any) -> None:
        decide(*given, **named)
        raise KeyError("after the decision")

    monkeypatch.setattr(team.engine, "decide", breaks)
    team.click("Approve", card)
    said = shown(team.whisper("I failed", user=APPROVER))
    assert "Nothing was changed" not in said
    assert "I failed, after this was done: approved it." in said
