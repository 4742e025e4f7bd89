"""Somebody said that a learning is not true for this team: checked while the dialog is open, then kept."""

from typing import Any

from bot import ids
from bot.blocks.learnings import Doubted, doubt_kept
from bot.blocks.modals import answers
from bot.desk import Desk
from engine.engine import Engine
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators


def check_doubt(view: dict[str, Any], _: Separators, __: Engine) -> dict[str, str]:
    return {} if answers(view)[ids.NOTE].strip() else {ids.NOTE: "Please say in a few words what differs."}


def doubt(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    about = Doubted.unpacked(view)
    person = desk.person(delivery)
    desk.engine.object_to(about.key, by=person, note=answers(view)[ids.NOTE].strip())
    told = desk.engine.grounds(about.key).learning
    payload = {**delivery.payload, "response_url": about.response_url}
    kept = doubt_kept(told, desk.voice.marked, by_approver=desk.engine.is_approver(person))
    desk.tell(delivery.model_copy(update={"payload": payload}), kept)
