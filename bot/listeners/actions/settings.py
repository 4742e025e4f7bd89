"""The dialog of the settings: opened for those who may change them, and who is named in it looked up."""

from collections.abc import Iterable

from bot.blocks.settings_view import (
    MOST_APPROVERS,
    Shown,
    loading_view,
    read_values,
    settings_view,
)
from bot.desk import Desk, channel_of
from bot.ids import APPROVERS
from engine.models.answer import Person
from engine.models.delivery import Delivery


def open_settings(delivery: Delivery, desk: Desk) -> None:
    """Open it for an approver, or while there is none for a workspace admin; nobody else."""
    preferences = desk.engine.may_change_preferences(desk.person(delivery))
    trigger = delivery.payload["trigger_id"]
    opened = desk.client.views_open(trigger_id=trigger, view=loading_view())["view"]
    known = [each.id for each in looked_up(preferences.approvers, desk) if _is_here(each)][:MOST_APPROVERS]
    chosen = preferences.model_copy(update={"approvers": tuple(known)})
    shown = Shown(
        channel=channel_of(delivery.payload) or "",
        preferences=chosen,
        needs_approver=not desk.engine.named_at_start,
    )
    elsewhere = [each for each in preferences.approvers if each not in known]
    drawn = settings_view(shown, chosen, elsewhere, desk.voice.marked)
    desk.dialogs.redraw(desk.client, opened["id"], drawn)


def judge_approvers(delivery: Delivery, desk: Desk) -> None:
    """Somebody was chosen: say at once who cannot be an approver."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    shown = Shown.unpacked(view)
    chosen = tuple(read_values(view).get(APPROVERS) or ())
    added = [each for each in chosen if each not in shown.preferences.approvers]
    unfit = desk.engine.unfit_approvers(looked_up(added, desk))
    now = shown.preferences.model_copy(update={"approvers": chosen})
    elsewhere = [each for each in desk.engine.approvers if each not in shown.preferences.approvers + chosen]
    drawn = settings_view(shown._replace(unfit=unfit), now, elsewhere, desk.voice.marked)
    desk.dialogs.redraw(desk.client, view["id"], drawn, at=action["action_ts"])


def looked_up(people: Iterable[str], desk: Desk) -> list[Person]:
    return [desk.people.look_up(each) for each in people]


def _is_here(person: Person) -> bool:
    return person.is_known and not person.is_foreign
