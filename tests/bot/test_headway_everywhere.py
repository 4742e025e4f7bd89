"""Whatever leads to a card says how far it is in the message that becomes the card, not the command alone."""

import json
from typing import Any

import pytest
from bot_team import shown
from factories import APPROVER
from office import Office
from shell_room import told

from bot import ids
from bot.blocks.inquiry import Inquiry
from bot.headway import Headway
from bot.listeners import HANDLERS
from bot.sandbox.server import SandboxServer
from engine.models.delivery import Delivery
from engine.models.recommendation import Recommendation


def request(office: Office, name: str, payload: dict[str, Any]) -> Delivery:
    kind, _, rest = name.partition(":")
    whole = {"user": {"id": APPROVER}, **payload}
    return Delivery.model_validate(
        {"key": f"{name}:1", "kind": kind, "name": rest, "payload": whole, "received_at": office.clock.now()}
    )


def click(office: Office, action: str, value: str, channel: str) -> Delivery:
    return request(
        office,
        f"action:{action}",
        {"channel": {"id": channel}, "actions": [{"action_id": action, "value": value}]},
    )


def submission(office: Office, how: Any, channel: str, values: dict[str, Any]) -> Delivery:
    view = {
        "id": "V1",
        "private_metadata": Inquiry(channel, how, {}).packed(),
        "state": {"values": {block: {block: value} for block, value in values.items()}},
    }
    return request(office, f"view:{ids.ANALYZE_VIEW}", {"view": view})


def again(office: Office, known: Recommendation, channel: str) -> Delivery:
    return click(office, ids.ANALYZE_AGAIN, known.id, channel)


def of_an_import(office: Office, known: Recommendation, channel: str) -> Delivery:
    return click(office, ids.ANALYZE_NAMED, known.campaign_key, channel)


def chosen(office: Office, known: Recommendation, channel: str) -> Delivery:
    value = {"selected_option": {"text": {"text": "spring-sale"}, "value": known.campaign_key}}
    return submission(office, "known", channel, {"campaign": value})


def pasted(office: Office, known: Recommendation, channel: str) -> Delivery:
    text = json.dumps(told(known.analysis.retrospective.campaign.campaign_id))
    return submission(office, "paste", channel, {"pasted": {"value": text}})


def entered(office: Office, known: Recommendation, channel: str) -> Delivery:
    typed = {"name": "summer-sale", "objective": "Sales", "actual_metrics.impressions": "100000"}
    typed |= {
        "actual_metrics.clicks": "2000",
        "actual_metrics.conversions": "200",
        "actual_metrics.spend": "4000",
    }
    platform = {"selected_option": {"text": {"text": "Meta"}, "value": "Meta"}}
    return submission(
        office, "enter", channel, {"platform": platform} | {each: {"value": typed[each]} for each in typed}
    )


@pytest.mark.parametrize("ask", [again, of_an_import, chosen, pasted, entered])
def test_the_card_takes_the_place_of_what_said_how_far_it_is(
    slack: SandboxServer, office: Office, channel: str, ask: Any
) -> None:
    known = office.put_card("C0ELSEWHERE")
    delivery = ask(office, known, channel)
    step = Headway(delivery, office.desk, channel=channel)
    office.engine.show_step(step.record, "reading", known.analysis.retrospective, channel)
    office.publish(2)
    (told_so,) = slack.workspace.messages(channel)
    assert "reading" in shown(told_so)
    office.publisher.start()
    HANDLERS[f"{delivery.kind}:{delivery.name}"](delivery, office.desk)
    (message,) = [each for each in slack.workspace.messages(channel) if not each["ephemeral"]]
    assert message["ts"] == told_so["ts"]
    assert "reading" not in shown(message)
    assert "⋯" in json.dumps(message["blocks"], ensure_ascii=False) or "More" in shown(message)
