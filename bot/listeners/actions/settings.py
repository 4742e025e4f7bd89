"""The dialog of the settings: opened for those who may change them, and who is named in it looked up."""

from functools import partial

from bot.blocks import notices
from bot.blocks.closed import loading_view, told_view
from bot.blocks.settings_view import (
    MOST_APPROVERS,
    TITLE,
    Shown,
    not_shown,
    read_values,
    settings_view,
)
from bot.desk import Desk, channel_of
from bot.dialogs import FOR_GOOD
from bot.ids import APPROVERS
from engine.errors import MayNotDecide
from engine.models.delivery import Delivery


def open_settings(delivery: Delivery, desk: Desk) -> None:
    """Open it for an approver, or while there is none for a workspace admin; nobody else."""
    desk.engine.may_change_preferences(desk.supposed(delivery))
    view_id = desk.open_view(delivery, loading_view(TITLE))
    desk.later(partial(_fill, view_id, delivery, desk))


def judge_approvers(delivery: Delivery, desk: Desk) -> None:
    """Somebody was chosen: say at once who cannot be an approver."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    shown = Shown.unpacked(view)
    chosen = tuple(read_values(view).get(APPROVERS) or ())
    added = [each for each in chosen if each not in shown.preferences.approvers]
    asked = [desk.people.look_up(each) for each in added if each not in shown.fit]
    unfit = desk.engine.unfit_approvers(asked)
    shown = shown._replace(unfit=unfit, fit=tuple(each for each in added if each not in unfit))
    now = shown.preferences.model_copy(update={"approvers": chosen})
    desk.redraw_view(view["id"], settings_view(shown, now, desk.voice.marked), at=action["action_ts"])


def _fill(view_id: str, delivery: Delivery, desk: Desk) -> None:
    """Draw what is set; or, now that Slack said who asks, that they may not."""
    try:
        preferences = desk.engine.may_change_preferences(desk.person(delivery))
    except MayNotDecide as refused:
        told = notices.refusal(refused, desk.voice.marked)
        desk.redraw_view(view_id, told_view(TITLE, told.blocks), at=FOR_GOOD)
        return
    places = desk.whereabouts.of(preferences.approvers, room=MOST_APPROVERS)
    here = tuple(each for each, place in places.items() if place == "here")
    chosen = preferences.model_copy(update={"approvers": here})
    shown = Shown(
        channel=channel_of(delivery.payload) or "",
        preferences=chosen,
        needs_approver=not desk.engine.named_at_start,
        others=not_shown(places),
    )
    desk.redraw_view(view_id, settings_view(shown, chosen, desk.voice.marked))
