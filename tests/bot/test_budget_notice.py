"""What the models cost today is told in one message, in words that say what happens next."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from factories import APPROVER
from office import Office

from bot.blocks.budget import budget_mark
from bot.blocks.limits import faults
from bot.sandbox.server import SandboxServer
from engine.models.budget import BudgetMark, Mark
from engine.narrate.formats import Formats
from engine.narrate.purse import Call, Purse

FORMATS = Formats(year=2026)
DAY = date(2026, 3, 30)


def notice(mark: Mark, spent: str, budget: str = "100", today: date = DAY) -> str:
    passed = BudgetMark(
        day=DAY, zone="Europe/Madrid", mark=mark, spent=Decimal(spent), budget=Decimal(budget)
    )
    message = budget_mark(passed, today, FORMATS)
    assert faults(message.blocks) == []
    return message.text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            ("at_80", "80.02"),
            "The model has used 80.02 of 100 USD today. At 100 USD I go on by rules; tomorrow it is asked "
            "again.",
        ),
        (
            ("used_up", "99.996"),
            "The model has used 100.00 of 100 USD today. The next call could go beyond, so I go on by rules; "
            "tomorrow it is asked again.",
        ),
        (
            ("at_80", "0.0081", "0.01"),
            "The model has used 0.0081 of 0.0100 USD today. At 0.0100 USD I go on by rules; tomorrow it is "
            "asked again.",
        ),
        (("at_80", "2.5", "2.5", date(2026, 4, 1)), "On 30 Mar the model used 2.50 of 2.50 USD."),
        (
            ("used_up", "99.99", "100", date(2026, 3, 31)),
            "On 30 Mar the model used 99.99 of 100 USD, then I went on by rules.",
        ),
    ],
)
def test_the_notice_says_what_was_used_and_what_happens_next(told: tuple[Mark, str], says: str) -> None:
    assert notice(*told) == says


@pytest.mark.parametrize("fault", [None, "drop_response_after_post"])
def test_it_reaches_the_approver_s_direct_message_once_also_when_an_answer_was_lost(
    fault: str | None, slack: SandboxServer, office: Office
) -> None:
    day = office.clock.forward(hours=24 * (2 if fault else 1)).date()
    budget = Purse(
        office.store.memory,
        office.clock,
        zone=lambda: ZoneInfo("UTC"),
        budget=Decimal(100),
        approvers=lambda: office.engine.approvers,
    )
    call = Call("spring-sale", "gpt-4.1-mini", "insights-v1", "c", "used", Decimal(85), 1, 1, 0, 5)
    budget.settle(budget.take(Decimal(85)), call)
    if fault:
        slack.switches.set(fault, on=True)
    office.publish(3)
    direct = slack.workspace.direct_channel(APPROVER)
    assert direct is not None
    keys = [
        each["metadata"]["event_payload"]["key"] for each in slack.workspace.messages(direct.id, APPROVER)
    ]
    assert keys.count(f"budget:{day}:at_80") == 1
    assert office.publisher.outcome(f"budget:{day}:at_80", 0).state == "sent"
