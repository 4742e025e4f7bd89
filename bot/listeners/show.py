"""Showing a campaign's card in a channel, for every listener that leads to one."""

from bot.blocks import notices
from bot.desk import Desk, channel_of
from engine.models.answer import Answer
from engine.models.delivery import Delivery

PATIENCE_S = 10.0


def tell_where_it_is(answer: Answer, delivery: Delivery, desk: Desk, channel: str | None = None) -> None:
    """See the card arrive; where it stands already or cannot be posted, tell the person who asked.

    ``channel`` is where it was asked for, unless that is where the person was when they asked.

    A card that arrived gets a narrator's words into its thread, where one is set up.
    """
    if answer.shown is None:
        link = desk.link_of(answer.recommendation.id)
        desk.tell(delivery, notices.card_stands(answer.recommendation, link, desk.voice.marked))
        return
    outcome = desk.publisher.outcome(answer.shown, PATIENCE_S)
    if outcome.state == "parked":
        desk.tell(delivery, notices.not_posted(outcome.error, delivery.name))
    if outcome.state == "sent":
        desk.engine.word(answer, channel=channel or channel_of(delivery.payload))
        desk.publisher.wake()
