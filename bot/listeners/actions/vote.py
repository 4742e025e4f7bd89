"""Votes, which anyone may cast on what they can see, guests too: on a verdict, a reasoning or an answer."""

from typing import get_args

from bot.desk import Desk
from engine.models.delivery import Delivery
from engine.models.vote import About


def vote(delivery: Delivery, desk: Desk) -> None:
    """Count a person's vote; the button's value is what it is about, which way, and the record."""
    asked, way, record = delivery.payload["actions"][0]["value"].split(":", 2)
    about: About = next(each for each in get_args(About) if each == asked)
    person = desk.person(delivery)
    desk.engine.may_vote(person, record, about)
    desk.engine.vote(record, about, by=person.id, right=way == "right")
    desk.publisher.wake()
