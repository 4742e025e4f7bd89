"""Who may decide: asked of Slack anew each time, and whoever is in doubt is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack, new_channel

from bot.people import People
from bot.sandbox.people import User
from bot.sandbox.server import SandboxServer
from bot.slack import web_client
from engine.errors import MayNotDecide


@dataclass(frozen=True)
class Odd(User):
    """An account with fields that the sandbox's own people do not have."""

    fields: tuple[tuple[str, Any], ...] = ()

    def to_slack(self, zone: str, now: datetime) -> dict[str, Any]:
        return {**super().to_slack(zone, now), **dict(self.fields)}


KINDS: dict[str, tuple[tuple[str, Any], ...]] = {
    "bot": (("is_bot", True),),
    "deactivated": (("deleted", True),),
    "guest": (("is_restricted", True),),
    "single channel guest": (("is_ultra_restricted", True),),
    "stranger": (("is_stranger", True),),
    "from another workspace": (("team_id", "T0OTHER"),),
    "without a workspace": (("team_id", None),),
}


@pytest.fixture
def approver(slack: SandboxServer) -> Iterator[dict[str, User]]:
    """The workspace's people, put back as they were afterwards."""
    users = slack.workspace.users
    kept = users[APPROVER]
    yield users
    users[APPROVER] = kept


def ledger(office: Office) -> list[tuple[str, str]]:
    with office.engine._memory.reading() as reading:
        return [(each.actor, each.deed) for each in reading.ledger() if each.deed in {"refused", "approved"}]


@pytest.mark.parametrize("kind", KINDS)
def test_an_approver_who_became_doubtful_is_refused(
    office: Office, channel: str, approver: dict[str, User], kind: str
) -> None:
    known = office.put_card(channel)
    approver[APPROVER] = Odd(APPROVER, "approver", "Approver", "approver", fields=KINDS[kind])
    with pytest.raises(MayNotDecide):
        office.engine.decide(known.id, "approve", by=office.people.look_up(APPROVER))
    assert office.engine.recommendation(known.id).status == "proposed"
    assert ledger(office) == [(APPROVER, "refused")]


def test_an_approver_decides_and_a_member_does_not(office: Office, channel: str) -> None:
    known = office.put_card(channel)
    with pytest.raises(MayNotDecide):
        office.engine.decide(known.id, "approve", by=office.people.look_up("U0MEMBER"))
    office.engine.decide(known.id, "approve", by=office.people.look_up(APPROVER))
    assert ledger(office) == [("U0MEMBER", "refused"), (APPROVER, "approved")]


def test_somebody_slack_does_not_know_is_a_stranger(office: Office) -> None:
    assert not office.people.look_up("U0NOBODY").is_known


def test_a_failed_look_up_is_a_stranger(scripted: ScriptedSlack, tmp_path: Path) -> None:
    office = Office(tmp_path, scripted.api_url)
    scripted.say("users.info", {"ok": False, "error": "fatal_error"})
    scripted.say("users.info", {"ok": False, "error": "internal_error"}, status=500)
    scripted.say("users.info", b"<html>")
    scripted.say("users.info", b'{"ok": tr', headers={"Content-Length": "99"})
    scripted.say("users.info", {"ok": True})
    found = [office.people.look_up(APPROVER) for _ in range(5)]
    assert [each.is_known for each in found] == [False] * 5
    scripted.close()
    assert not office.people.look_up(APPROVER).is_known
    office.close()
    known = Office(tmp_path, scripted.api_url)
    card = known.put_card("C0GROWTH")
    with pytest.raises(MayNotDecide):
        known.engine.decide(card.id, "approve", by=known.people.look_up(APPROVER))
    known.close()


def test_until_the_own_workspace_is_known_everybody_is_a_stranger(slack: SandboxServer) -> None:
    people = People(web_client(slack.bot_token, slack.api_url))
    assert people.look_up(APPROVER).is_foreign
    people.belong_to("T0SANDBOX")
    assert not people.look_up(APPROVER).is_foreign


def test_an_answer_is_never_kept_for_the_next_decision(
    slack: SandboxServer, office: Office, approver: dict[str, User]
) -> None:
    assert new_channel(slack)
    assert not office.people.look_up(APPROVER).is_deactivated
    approver[APPROVER] = Odd(APPROVER, "approver", "Approver", "approver", fields=(("deleted", True),))
    assert office.people.look_up(APPROVER).is_deactivated
