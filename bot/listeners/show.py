"""Showing a campaign's card in a channel, for every listener that leads to one."""

from collections.abc import Callable

from bot.blocks import notices
from bot.desk import Desk, channel_of
from bot.headway import Headway
from engine.models.answer import Answer
from engine.models.delivery import Delivery

PATIENCE_S = 10.0


def show_card(
    work: Callable[[Headway], Answer | None], delivery: Delivery, desk: Desk, channel: str | None = None
) -> Answer | None:
    """Do what leads to a card, say how far it is where that takes longer than a moment, and see it arrive.

    ``work`` gives ``None`` where a message of another kind tells. ``channel`` is where the card was asked
    for, unless that is where the person was when they asked.
    """
    with Headway(delivery, desk, channel=channel) as headway:
        answer = work(headway)
    if answer is None:
        desk.publisher.wake()
    else:
        tell_where_it_is(answer, delivery, desk, channel)
    return answer


def tell_where_it_is(answer: Answer, delivery: Delivery, desk: Desk, channel: str | None = None) -> None:
    """See the card arrive; where it stands already or cannot be posted, tell the person who asked.

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
