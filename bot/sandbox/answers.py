"""What the bot puts into its acknowledgements: words after a command, the next step of a modal, options."""

from typing import Any

from bot.sandbox import strictness
from bot.sandbox.block_tree import input_blocks
from bot.sandbox.element_rules import option
from bot.sandbox.faults import Fault, Inspection
from bot.sandbox.messages import Message
from bot.sandbox.parts import Parts
from bot.sandbox.people import BOT_USER
from bot.sandbox.views import LONGEST_STACK, OpenView

Json = dict[str, Any]


class BadAnswer(Exception):
    """An acknowledgement that Slack does not accept; says why in one sentence for the page."""


def post_answer(
    parts: Parts,
    channel: str,
    text: str,
    blocks: list[Json] | None,
    *,
    user: str | None,
    thread_ts: str | None = None,
) -> Message:
    """Post what the bot answered: for `user` alone, or for everybody, where it may be no member."""
    message = parts.workspace.post(
        channel, BOT_USER, text, blocks=blocks, thread_ts=thread_ts, ephemeral_to=user
    )
    parts.events.posted(message)
    return message


def show_command_answer(parts: Parts, channel: str, user: str, payload: Json) -> None:
    """Show what came with the acknowledgement of a command. Raises BadAnswer."""
    if not payload:
        return
    text, blocks = str(payload.get("text") or ""), payload.get("blocks")
    error = strictness.text_error(text, blocks)
    faults = [] if blocks is None else strictness.message_faults(blocks)
    if error or faults:
        raise BadAnswer(f"invalid_command_response: {error or _sentences(faults)}")
    in_channel = payload.get("response_type") == "in_channel"
    post_answer(parts, channel, text, blocks or None, user=None if in_channel else user)


def apply_submission(parts: Parts, view: OpenView, payload: Json) -> Json:
    """Do what the bot answered to a submission; returns what the page is told. Raises BadAnswer."""
    kind = payload.get("response_action")
    if kind == "errors":
        return {"errors": _show_errors(parts, view, payload.get("errors"))}
    if kind in {"update", "push"}:
        return {"view": _next_view(parts, view, payload).to_page()}
    if kind == "clear":
        parts.views.clear(view.user)
        return {"closed": True}
    if payload:
        raise BadAnswer(f"no response_action is called {kind!r}")
    parts.views.close(view)
    return {"closed": True}


def suggested_options(payload: Json) -> Json:
    """The options of an external select, checked. Raises BadAnswer."""
    look = Inspection()
    if payload.get("option_groups") is not None:
        if look.count("/option_groups", payload["option_groups"], "Option groups", most=100, least=0):
            for index, group in enumerate(payload["option_groups"]):
                _options(look, f"/option_groups/{index}/options", group.get("options"))
        result = {"option_groups": payload["option_groups"]}
    else:
        _options(look, "/options", payload.get("options"))
        result = {"options": payload.get("options")}
    if look.faults:
        raise BadAnswer(_sentences(look.faults))
    return result


def _options(look: Inspection, at: str, options: object) -> None:
    if look.count(at, options, "Options", most=100, least=0) and isinstance(options, list):
        for index, one in enumerate(options):
            option(look, f"{at}/{index}", one)


def _show_errors(parts: Parts, view: OpenView, errors: object) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise BadAnswer("errors must be an object of block_id and sentence")
    inputs = {block["block_id"] for block in input_blocks(view.blocks)}
    strangers = sorted(set(errors) - inputs)
    if strangers:
        raise BadAnswer(f"errors for {', '.join(strangers)}, but the inputs are {', '.join(sorted(inputs))}")
    parts.views.show_errors(view, errors)
    return errors


def _next_view(parts: Parts, view: OpenView, payload: Json) -> OpenView:
    body = payload.get("view")
    faults = strictness.view_faults(body)
    if not isinstance(body, dict) or faults:
        raise BadAnswer(_sentences(faults))
    if payload["response_action"] == "update":
        return parts.views.update(view, body)
    if len(parts.views.stack(view.user)) >= LONGEST_STACK:
        raise BadAnswer("push_limit_reached")
    return parts.views.push(view, body)


def _sentences(faults: list[Fault]) -> str:
    return "; ".join(str(fault) for fault in faults)
