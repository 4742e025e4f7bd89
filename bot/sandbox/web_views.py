"""views.*: modals and home tabs that the bot opens and changes."""

from bot.sandbox import strictness
from bot.sandbox.passes import Trigger
from bot.sandbox.views import LONGEST_STACK, OpenView
from bot.sandbox.web_call import Call, Json, Refused, refuse
from bot.sandbox.web_chat import refuse_unknown_files


def open_view(call: Call) -> Json:
    """views.open"""
    body = _body(call, "modal")
    trigger = _trigger(call)
    return _answer(call.parts.views.open(trigger.user, body))


def push(call: Call) -> Json:
    """views.push: on top of the view from which the trigger came."""
    body = _body(call, "modal")
    trigger = _trigger(call)
    stack = call.parts.views.stack(trigger.user)
    if trigger.view_id is None or not stack:
        raise Refused("not_found", ["no modal is open to push upon"])
    if len(stack) >= LONGEST_STACK:
        raise Refused("push_limit_reached")
    return _answer(call.parts.views.push(stack[-1], body))


def update(call: Call) -> Json:
    """views.update"""
    view_id, external_id = call.optional("view_id"), call.optional("external_id")
    if (view_id is None) == (external_id is None):
        raise Refused("invalid_arguments", ["name either view_id or external_id"])
    view = call.parts.views.find(view_id, external_id)
    if view is None:
        raise Refused("not_found")
    body = _body(call, view.type)
    _compare_hash(call, view)
    return _answer(call.parts.views.update(view, body))


def publish(call: Call) -> Json:
    """views.publish"""
    user = call.text("user_id")
    if user not in call.parts.workspace.users:
        raise Refused("user_not_found")
    body = _body(call, "home")
    home = call.parts.views.home(user)
    if home is not None:
        _compare_hash(call, home)
    return _answer(call.parts.views.publish(user, body))


def _body(call: Call, kind: str) -> Json:
    view = call.nested("view")
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["missing required field: view"])
    if view.get("type") != kind:
        raise Refused("invalid_arguments", [f"a view of type {kind} is needed [json-pointer:/view/type]"])
    refuse("invalid_arguments", strictness.view_faults(view))
    refuse_unknown_files(call, view["blocks"])
    external_id = view.get("external_id")
    taken = call.parts.views.find(external_id=external_id) if external_id else None
    if taken is not None and taken.id != call.optional("view_id") and not call.optional("external_id"):
        raise Refused("duplicate_external_id")
    return view


def _trigger(call: Call) -> Trigger:
    trigger_id = call.text("trigger_id")
    if call.parts.switches.strikes("expired_trigger"):
        raise Refused("expired_trigger_id")
    trigger, error = call.parts.passes.use_trigger(trigger_id)
    if trigger is None:
        raise Refused(error)
    return trigger


def _compare_hash(call: Call, view: OpenView) -> None:
    seen = call.optional("hash")
    if seen is not None and seen != view.hash:
        raise Refused("hash_conflict")


def _answer(view: OpenView) -> Json:
    return {"ok": True, "view": view.to_slack()}
