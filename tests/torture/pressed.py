"""Promise 16 in Slack: each who may not approve presses the button, over each limit, and nothing happens.

They are told so for their eyes only, the record stays as it was, and the ledger has a line.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, PARTNER, SHARED, Team, shown
from dialog_hands import press_now

from bot.sandbox.people import User
from bot.sandbox.web_call import Refused
from engine.in_force import KEPT
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.preference import Amounts, ChannelApprovers, Freeze
from torture.made_up import campaigns
from torture.result import Result, counted

EVERYBODY = f"{APPROVER},{MEMBER},{GUEST},{PARTNER}"
ONLY = "can decide this. Your click changed nothing."
Setting = Callable[[Team], dict[str, Any]]


@dataclass(frozen=True)
class _Gone(User):
    """Somebody who left the company."""

    def to_slack(self, zone: str, now: datetime) -> dict[str, Any]:
        return super().to_slack(zone, now) | {"deleted": True}


@dataclass(frozen=True)
class _Robot(User):
    """An account that Slack calls a bot."""

    def to_slack(self, zone: str, now: datetime) -> dict[str, Any]:
        return super().to_slack(zone, now) | {"is_bot": True}


@dataclass(frozen=True)
class _Lost(User):
    """Somebody of whom Slack does not answer."""

    def to_slack(self, zone: str, now: datetime) -> dict[str, Any]:
        raise Refused("internal_error")


class Case(NamedTuple):
    """Who presses, as what, with what set, and what they are told.

    ``first`` is where its card was shown before, if not where it is pressed.
    """

    name: str
    person: str
    says: str
    channel: str = GROWTH
    account: Callable[[User], User] = lambda user: user
    settings: Setting = lambda _: {}
    twice: bool = False
    first: str = ""


def _eur(amount: int) -> Amounts:
    return Amounts(of=(("EUR", Decimal(amount)),))


def _freeze(team: Team) -> dict[str, Any]:
    today = team.engine.today()
    return {"freeze": Freeze(first=today - timedelta(days=1), last=today)}


def _for_one(person: str) -> Setting:
    return lambda _: {"channel_approvers": (ChannelApprovers(channel=SHARED, approvers=(person,)),)}


def _set(**values: Any) -> Setting:
    return lambda _: values


CASES = (
    Case("a guest", GUEST, ONLY),
    Case("another workspace", PARTNER, ONLY, SHARED),
    Case("no approver", MEMBER, ONLY, settings=_set(approvers=(APPROVER,))),
    Case("a bot", MEMBER, ONLY, account=lambda user: _Robot(**vars(user))),
    Case("a deactivated user", MEMBER, ONLY, account=lambda user: _Gone(**vars(user))),
    Case("a failed look-up", MEMBER, ONLY, account=lambda user: _Lost(**vars(user))),
    Case("nobody named", APPROVER, "Nobody is named an approver yet.", settings=_set(approvers=())),
    Case(
        "an approver of another channel",
        MEMBER,
        f"Only <@{APPROVER}> {ONLY}",
        settings=lambda team: {"approvers": (APPROVER,), **_for_one(MEMBER)(team)},
    ),
    Case("the team's where a channel has its own", APPROVER, f"Only <@{MEMBER}> {ONLY}", SHARED,
         settings=_for_one(MEMBER)),
    Case("an approver of the channel that asked for it later", MEMBER, f"Only <@{APPROVER}> {ONLY}", SHARED,
         settings=lambda team: {"approvers": (APPROVER,), **_for_one(MEMBER)(team)}, first=GROWTH),
    Case("the team's, in another channel than the one it belongs to", APPROVER, f"Only <@{MEMBER}> {ONLY}",
         settings=_for_one(MEMBER), first=SHARED),
    Case("the requester above the amount", APPROVER, "two others must agree. Your click changed nothing.",
         settings=_set(two_above=_eur(1))),
    Case("the requester where no amount is set in the currency", APPROVER, "two others must agree.",
         settings=_set(two_above=Amounts(of=(("USD", Decimal(10**6)),)))),
    Case("the same person twice", MEMBER, "You have approved already. Another approver must agree.",
         settings=_set(two_above=_eur(1)), twice=True),
    Case("over the change limit", APPROVER, "is over your limit of 5\u00a0%. Edit it to 5\u00a0% or less.",
         settings=_set(change_limit=0.05)),
    Case("over the spend limit", APPROVER, "is over your limit of 100.00\u00a0EUR.",
         settings=_set(spend_limit=_eur(100))),
    Case("a spend limit in other currencies", APPROVER, "Your spend limit names no amount in EUR.",
         settings=_set(spend_limit=Amounts(of=(("USD", Decimal(10**6)),)))),
    Case("inside a freeze", APPROVER, "it can be approved. Your click changed nothing.", settings=_freeze),
)  # fmt: skip


def run(times: int) -> Result:
    """Press ``times`` times over the socket, and as often by HTTP."""
    faults: list[str] = []
    for mode in ("socket", "http"):
        with tempfile.TemporaryDirectory() as folder:
            team = Team(Path(folder), filled=False, mode=mode, MARKO_APPROVERS=EVERYBODY)
            try:
                for number in range(times):
                    faults += [f"{mode}: {each}" for each in pressed(team, f"sale-{number}")]
            finally:
                team.close()
    return counted(2 * times * (len(CASES) + 1), faults)


def pressed(team: Team, name: str) -> list[str]:
    """Let every case press Approve on an open card of its own, and say what was not as it has to be."""
    faults = []
    for number, case in enumerate([*CASES, _one_too_many(team, name)]):
        identifier = _submitted(team, f"{name}-{number:02}")
        if case.first:
            _put_up(team, identifier, case.first)
        card = _put_up(team, identifier, case.channel)
        faults += _pressed(team, case, card, identifier)
    return faults


def _submitted(team: Team, name: str) -> str:
    """Hand a campaign in that asks for a decision; its record's id."""
    text = campaigns([name], team.sandbox.clock.now())
    answer = team.engine.submit(text, source=None, asked_by=APPROVER).answers[0]
    return str(answer.recommendation.id)


def _put_up(team: Team, identifier: str, channel: str) -> dict[str, Any]:
    """Put the record's card into a channel, and wait until the bot knows where it stands."""
    key = f"card:{identifier}:{channel}"
    with team.engine._memory.unit() as unit:
        unit.post(Intent(key=key, kind="card", record=identifier, channel=channel))
    team.sandbox.marko.publisher.wake()  # type: ignore[union-attr]
    view = team.wait(lambda: next((at for at in team.engine.views(identifier) if at.channel == channel), 0))
    messages = team.workspace.messages(channel, APPROVER)
    return next(each for each in messages if each["ts"] == view.ts)


def _pressed(team: Team, case: Case, card: dict[str, Any], identifier: str) -> list[str]:
    with _as_it_is(team, case):
        if case.twice:
            press_now(team, "Approve", card, user=case.person)
            team.wait(lambda: _lines(team, identifier, "half_approved"))
        before, lines = team.engine.recommendation(identifier), _refusals(team, identifier, case.person)
        heard = _heard(team, case)
        press_now(team, "Approve", card, user=case.person)
        try:
            team.wait(lambda: _heard(team, case) == heard + 1)
        except AssertionError:
            return [f"{case.name}: was not told"]
        faults = [] if team.engine.recommendation(identifier) == before else [f"{case.name}: changed it"]
        if _refusals(team, identifier, case.person) != lines + 1:
            faults.append(f"{case.name}: the ledger has no line")
        return faults


def _one_too_many(team: Team, name: str) -> Case:
    """The last of the limits: as many as are allowed today were approved already."""
    team.engine.decide(_submitted(team, f"{name}-too"), "approve", by=Person(id=MEMBER))
    limit = len(_approved(team))
    says = f"That would be change {limit + 1} today; your limit is {limit}."
    return Case("one change too many", APPROVER, says, settings=_set(changes_a_day=limit))


def _approved(team: Team) -> list[str]:
    with team.engine._memory.reading() as reading:
        return [each.subject for each in reading.ledger() if each.deed == "approved"]


@contextmanager
def _as_it_is(team: Team, case: Case) -> Iterator[None]:
    """Make the workspace and the settings what the case says, and afterwards what they were."""
    users = team.workspace.users
    user = users[case.person]
    users[case.person] = case.account(user)
    _keep(team, case.settings(team))
    try:
        yield
    finally:
        users[case.person] = user
        _keep(team, {})


def _keep(team: Team, values: dict[str, Any]) -> None:
    """Put settings into the memory as the dialog leaves them; those that no dialog would, too."""
    now = team.engine.preferences()
    plain = now.model_copy(update=values).model_dump(mode="json")
    at = team.sandbox.clock.now().isoformat()
    with team.engine._memory.unit() as unit:
        unit.set_setting(KEPT, {name: {"value": plain[name], "by": APPROVER, "at": at} for name in values})
    team.engine._in_force.forget()


def _heard(team: Team, case: Case) -> int:
    """How often this person was told these words where they press, and nobody else saw it."""
    messages = team.workspace.messages(case.channel, case.person)
    return sum(each["ephemeral"] and case.says in shown(each) for each in messages)


def _refusals(team: Team, identifier: str, person: str) -> int:
    return sum(actor == person for actor in _lines(team, identifier, "refused"))


def _lines(team: Team, identifier: str, deed: str) -> list[str]:
    with team.engine._memory.reading() as reading:
        lines = reading.ledger()
    return [each.actor for each in lines if each.subject == identifier and each.deed == deed]
