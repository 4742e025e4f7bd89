"""Somebody searches the learnings: their Home shows what was found."""

from bot import ids
from bot.blocks.home import Found
from bot.blocks.modals import answers
from bot.desk import Desk, user_of
from engine.models.delivery import Delivery


def learnings(delivery: Delivery, desk: Desk) -> None:
    asked = answers(delivery.payload["view"])[ids.VALUE].strip()
    known = desk.engine.learned_about(asked)
    found = Found(asked, [each.text for each in known.found], known.total)
    desk.homes.searched(user_of(delivery.payload), found)
