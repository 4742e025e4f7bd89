"""The dialog of the settings: opened for those who may change them, and who is named in it looked up."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from bot.blocks import notices
from bot.blocks.closed import loading_view, told_view
from bot.blocks.settings_view import (
    MOST_APPROVERS,
    MOST_JUDGED,
    MOST_OF_A_CHANNEL,
    TITLE,
    Place,
    Shown,
    for_channel,
    name_of_channel,
    not_shown,
    of_channel,
    read_values,
    settings_view,
)
from bot.desk import Desk, channel_of
from bot.dialogs import FOR_GOOD
from bot.ids import APPROVERS, CHANNEL_APPROVERS
from engine.errors import MayNotDecide
from engine.models.delivery import Delivery
from engine.models.preference import Preferences


def open_settings(delivery: Delivery, desk: Desk) -> None:
    """Open it for an approver, or while there is none for a workspace admin; nobody else."""
    desk.engine.may_change_preferences(desk.supposed(delivery))
    view_id = desk.open_view(delivery, loading_view(TITLE))
    desk.later(partial(_fill, view_id, delivery, desk))


def judge_approvers(delivery: Delivery, desk: Desk) -> None:
    """Somebody was chosen: say at once who cannot be an approver."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    shown, values = Shown.unpacked(view), read_values(view)
    chosen, of_it = (tuple(values.get(each) or ()) for each in (APPROVERS, CHANNEL_APPROVERS))
    known = {*shown.preferences.approvers, *shown.of_channel}
    added = [each for each in dict.fromkeys((*chosen, *of_it)) if each not in known]
    asked = [desk.people.look_up(each) for each in added if each not in shown.fit]
    unfit = desk.engine.unfit_approvers(asked)
    fit = [each for each in added if each not in unfit]
    shown = shown._replace(unfit=dict(list(unfit.items())[:MOST_JUDGED]), fit=tuple(fit[-MOST_JUDGED:]))
    now = shown.preferences.model_copy(
        update={"approvers": chosen, "channel_approvers": for_channel(of_it, shown.channel)}
    )
    desk.redraw_view(view["id"], settings_view(shown, now, desk.voice.marked), at=action["action_ts"])


def _fill(view_id: str, delivery: Delivery, desk: Desk) -> None:
    """Draw what is set; or, now that Slack said who asks, that they may not."""
    try:
        preferences = desk.engine.may_change_preferences(desk.person(delivery))
    except MayNotDecide as refused:
        told = notices.refusal(refused, desk.voice.marked)
        desk.redraw_view(view_id, told_view(TITLE, told.blocks), at=FOR_GOOD)
        return
    channel, places = channel_of(delivery.payload) or "", _places(preferences.approvers, MOST_APPROVERS, desk)
    of_it = _places(of_channel(preferences, channel), MOST_OF_A_CHANNEL, desk)
    shown = Shown(
        channel=channel,
        channel_name=name_of_channel(channel, _name_in(delivery.payload)),
        preferences=_drawn(preferences, channel, _here(places), _here(of_it), desk.engine.today()),
        needs_approver=not desk.engine.named_at_start,
        others=not_shown({**of_it, **places}),
    )
    desk.redraw_view(view_id, settings_view(shown, shown.preferences, desk.voice.marked))


def _places(people: Sequence[str], room: int, desk: Desk) -> Mapping[str, Place]:
    return desk.whereabouts.of(people, room=room)


def _here(places: Mapping[str, Place]) -> tuple[str, ...]:
    return tuple(each for each, place in places.items() if place == "here")


def _drawn(
    preferences: Preferences, channel: str, approvers: Sequence[str], of_it: Sequence[str], today: date
) -> Preferences:
    """What stands in the dialog of all that is set; a freeze that is over does not."""
    over = preferences.freeze is not None and preferences.freeze.last < today
    return preferences.model_copy(
        update={
            "approvers": tuple(approvers),
            "channel_approvers": for_channel(of_it, channel),
            "freeze": None if over else preferences.freeze,
        }
    )


def _name_in(payload: dict[str, Any]) -> str:
    """What Slack calls the channel; "" on Home."""
    channel = payload.get("channel")
    return str(channel.get("name") or "") if isinstance(channel, dict) else ""
