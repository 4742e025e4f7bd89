"""⋯ on a card, and the buttons that open the same dialogs: edit and approve, choose another, snooze.

A dialog opens before anybody is looked up: whoever can be refused without asking Slack is, the rest is
told in the dialog a moment later.
"""

from collections.abc import Callable, Mapping
from functools import partial

from bot import ids
from bot.blocks import decision_views, notices
from bot.blocks.card_states import unsealed
from bot.blocks.decision_views import About
from bot.blocks.kit import Block
from bot.desk import Desk, channel_of
from bot.listeners.actions.decide import Opened, refuse_changed, see_who
from engine.models.delivery import Delivery
from engine.models.recommendation import Recommendation, Verb

Draw = Callable[[Recommendation, About, Desk], Block]


def menu(delivery: Delivery, desk: Desk) -> None:
    choice, about = _chosen(delivery)
    if choice in OPENED:
        _open(choice, about, delivery, desk)
    else:
        desk.tell(delivery, notices.why_me(desk.engine.recommendation(about), desk.voice.marked))


def opens(delivery: Delivery) -> bool:
    """Whether the choice opens a dialog: nobody has to be looked up before."""
    return _chosen(delivery)[0] in OPENED


def edit(delivery: Delivery, desk: Desk) -> None:
    _open(ids.EDIT, delivery.payload["actions"][0]["value"], delivery, desk)


def choose(delivery: Delivery, desk: Desk) -> None:
    """One of the other ways was pressed in the thread."""
    _open(ids.CHOOSE, delivery.payload["actions"][0]["value"], delivery, desk)


def _chosen(delivery: Delivery) -> tuple[str, str]:
    value = str(delivery.payload["actions"][0]["selected_option"]["value"])
    choice, _, about = value.partition(":")
    return choice, about


def _open(choice: str, value: str, delivery: Delivery, desk: Desk) -> None:
    verb, title, draw = OPENED[choice]
    identifier, seal = unsealed(value)
    channel = channel_of(delivery.payload)
    current = desk.engine.may_decide(identifier, verb, by=desk.supposed(delivery), channel=channel)
    seal, _, place = seal.partition("|")
    if seal != current.seal:
        refuse_changed(current, delivery, desk)
        return
    about = About(identifier, channel or "", seal, place)
    view_id = desk.open_view(delivery, draw(current, about, desk))
    desk.later(partial(see_who, Opened(view_id, title, identifier, verb), delivery, desk))


def _edit_view(current: Recommendation, about: About, desk: Desk) -> Block:
    limit = desk.engine.preferences().change_limit
    return decision_views.edit_view(current, about, desk.voice.marked, limit)


def _choose_view(current: Recommendation, about: About, desk: Desk) -> Block:
    chosen = int(about.change) if about.change.isdecimal() else None
    connected = desk.engine.is_connected(current.analysis.proposal.workflow)
    words = desk.voice.marked
    return decision_views.choose_view(current, about, words, connected=connected, chosen=chosen)


def _snooze_view(current: Recommendation, about: About, desk: Desk) -> Block:
    return decision_views.snooze_view(current, about, desk.voice.marked)


OPENED: Mapping[str, tuple[Verb, str, Draw]] = {
    ids.EDIT: ("approve", decision_views.EDIT, _edit_view),
    ids.CHOOSE: ("approve", decision_views.CHOOSE, _choose_view),
    ids.SNOOZE: ("snooze", decision_views.SNOOZE, _snooze_view),
}
