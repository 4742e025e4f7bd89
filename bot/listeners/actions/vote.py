"""Votes, which anyone may cast, guests too: on a verdict, a reasoning or an answer."""

from typing import get_args

from bot.desk import Desk, user_of
from engine.models.delivery import Delivery
from engine.models.vote import About


def vote(delivery: Delivery, desk: Desk) -> None:
    """Count a person's vote; the button's value is what it is about, which way, and the record."""
    asked, way, record = delivery.payload["actions"][0]["value"].split(":", 2)
    if desk.person(delivery).is_bot:
        return
    about: About = next(each for each in get_args(About) if each == asked)
    desk.engine.vote(record, about, by=user_of(delivery.payload), right=way == "right")
    desk.publisher.wake()
