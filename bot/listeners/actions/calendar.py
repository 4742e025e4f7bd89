"""The buttons of `/marko calendar`: each opens a dialog."""

from bot.blocks.calendar_view import country_view, event_view, remove_view
from bot.desk import Desk, channel_of
from engine.models.delivery import Delivery


def add_event(delivery: Delivery, desk: Desk) -> None:
    desk.open_view(delivery, event_view(_channel(delivery), None, desk.engine.today()))


def change_event(delivery: Delivery, desk: Desk) -> None:
    event = desk.engine.calendar_event(_event(delivery))
    desk.open_view(delivery, event_view(_channel(delivery), event, desk.engine.today()))


def remove_event(delivery: Delivery, desk: Desk) -> None:
    event = desk.engine.calendar_event(_event(delivery))
    desk.open_view(delivery, remove_view(_channel(delivery), event, desk.voice.marked))


def choose_country(delivery: Delivery, desk: Desk) -> None:
    desk.open_view(delivery, country_view(_channel(delivery), desk.engine.calendar_country()))


def _channel(delivery: Delivery) -> str:
    return channel_of(delivery.payload) or ""


def _event(delivery: Delivery) -> str:
    return str(delivery.payload["actions"][0]["value"])
