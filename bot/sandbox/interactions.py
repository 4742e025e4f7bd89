"""What people do on the page, turned into envelopes for the bot."""

from collections.abc import Callable

from bot.sandbox import payloads
from bot.sandbox.answers import BadAnswer, apply_submission, show_command_answer, suggested_options
from bot.sandbox.asked import Body, Impossible, Json, open_channel, own_channel, person, thread_of
from bot.sandbox.block_tree import Values, find, first_state, merged
from bot.sandbox.envelopes import Ack
from bot.sandbox.form_rules import form_errors
from bot.sandbox.messages import Message
from bot.sandbox.parts import Parts
from bot.sandbox.people import BOT_USER, Channel, User
from bot.sandbox.typed_text import passed_on
from bot.sandbox.views import OpenView


def command(parts: Parts, body: Body) -> Json:
    """Run a slash command. Raises Impossible when nobody answers to its name."""
    user, channel = person(parts, body.get("user")), own_channel(parts, body)
    name, _, rest = str(body.get("text", "")).strip().partition(" ")
    if name == "/invite":
        return _invite(parts, user, channel)
    if name not in {one["command"] for one in parts.commands}:
        raise Impossible(404, f"{name} is not a valid command.")
    open_channel(parts, body)
    payload = payloads.command(
        name,
        passed_on(rest.strip(), parts.workspace, for_command=True),
        user=user,
        channel=channel,
        trigger_id=parts.passes.trigger(user.id),
        response_url=_response_url(parts, channel, user),
    )
    parts.delivery.start(_run_command(parts, payload))
    return {}


async def _run_command(parts: Parts, payload: Json) -> None:
    user, name = payload["user_id"], payload["command"]
    ack = await parts.delivery.ask("slash_commands", payload, label=name, user=user)
    try:
        if ack.answered:
            show_command_answer(parts, payload["channel_id"], user, ack.payload)
    except BadAnswer as bad:
        parts.journal.notice(f"{name} failed: {bad}", user=user)


def message(parts: Parts, body: Body) -> Json:
    """Post what a person typed. Raises Impossible for an empty text or a thread that is not there."""
    user, channel = person(parts, body.get("user")), open_channel(parts, body)
    text = str(body.get("text", "")).strip()
    if not text:
        raise Impossible(400, "A message needs words.")
    thread_ts = thread_of(parts, channel, body)
    posted = parts.workspace.post(channel.id, user.id, passed_on(text, parts.workspace), thread_ts=thread_ts)
    parts.events.posted(posted)
    return {"ts": posted.ts}


def action(parts: Parts, body: Body) -> Json:
    """Press or choose an element of a message or a view. Raises Impossible when it is not there."""
    user = person(parts, body.get("user"))
    where = _place(parts, body, user)
    element = find(where.blocks, str(body.get("block_id")), str(body.get("action_id")))
    if element is None:
        raise Impossible(404, "That element is not there any more.")
    told = dict(body.get("action") or {})
    block_id = str(body["block_id"])
    try:
        entry = payloads.action(element, block_id, told, f"{parts.clock.now().timestamp():.6f}")
    except ValueError as wrong:
        raise Impossible(404, str(wrong)) from None
    state = _told_state(body, where.blocks)
    values = merged(where.values, state, payloads.touched(element, block_id, told))
    payload = {**where.payload("block_actions", values), "actions": [entry]}
    label = _label(element)
    parts.delivery.start(parts.delivery.ask("interactive", payload, label=label, user=user.id))
    return {}


async def submit(parts: Parts, body: Body) -> tuple[int, Json]:
    """Send a modal and wait for the answer: the HTTP status and what the page is told."""
    user = person(parts, body.get("user"))
    view = _view(parts, body, user)
    told = body.get("values") or {}
    values = merged(view.state(), _known(told, view.blocks))
    errors = form_errors(view.blocks, values)
    if errors:
        parts.views.show_errors(parts.views.remember(view, values=values), errors)
        return 200, {"errors": errors}
    view = parts.views.remember(view, values=values)
    trigger_id = parts.passes.trigger(user.id, view.id)
    payload = payloads.interaction("view_submission", user=user, trigger_id=trigger_id)
    payload |= {"view": view.to_slack(), "response_urls": []}
    label = _title(view)
    ack = await parts.delivery.ask("interactive", payload, label=label, user=user.id)
    return _submitted(parts, view, ack, label)


def _submitted(parts: Parts, view: OpenView, ack: Ack, label: str) -> tuple[int, Json]:
    if not ack.answered:
        return 504, {"error": parts.delivery.why(ack, label)}
    # The bot may have changed the view while it thought; what it answers is about the newest.
    current = parts.views.find(view.id)
    if current is None:
        return 200, {"closed": True}
    try:
        return 200, apply_submission(parts, current, ack.payload)
    except BadAnswer as bad:
        sentence = f"{label}: the bot's answer was refused: {bad}"
        parts.journal.notice(sentence, user=view.user)
        return 502, {"error": sentence}


def close(parts: Parts, body: Body) -> Json:
    """Close a modal without sending it."""
    user = person(parts, body.get("user"))
    view = _view(parts, body, user)
    clears = bool(view.body.get("clear_on_close"))
    parts.views.clear(user.id) if clears else parts.views.close(view)
    if view.body.get("notify_on_close"):
        payload = payloads.interaction("view_closed", user=user, trigger_id=None)
        payload |= {"view": view.to_slack(), "is_cleared": clears}
        label = f"Closing {_title(view)}"
        parts.delivery.start(parts.delivery.ask("interactive", payload, label=label, user=user.id))
    return {}


async def options(parts: Parts, body: Body) -> tuple[int, Json]:
    """Ask the bot for the options of an external select."""
    user = person(parts, body.get("user"))
    where = _place(parts, body, user)
    block_id, action_id = str(body.get("block_id")), str(body.get("action_id"))
    if find(where.blocks, block_id, action_id) is None:
        raise Impossible(404, "That element is not there any more.")
    payload = where.payload("block_suggestion", where.values)
    for only_for_clicks in ("trigger_id", "response_url"):
        payload.pop(only_for_clicks, None)
    payload |= {"block_id": block_id, "action_id": action_id, "value": str(body.get("value") or "")}
    ack = await parts.delivery.ask("interactive", payload, label="The list of options", user=user.id)
    if not ack.answered:
        return 504, {"error": parts.delivery.why(ack, "The list of options")}
    try:
        return 200, suggested_options(ack.payload)
    except BadAnswer as bad:
        sentence = f"The list of options was refused: {bad}"
        parts.journal.notice(sentence, user=user.id)
        return 502, {"error": sentence}


class _Place:
    """Where an element stands: its blocks, what is chosen there, and the payload for that place."""

    def __init__(self, blocks: list[Json], values: Values, payload: Callable[[str, Values], Json]) -> None:
        self.blocks = blocks
        self.values = values
        self.payload = payload


def _place(parts: Parts, body: Body, user: User) -> _Place:
    if body.get("view_id"):
        view = _view(parts, body, user)
        return _Place(view.blocks, view.state(), _view_payload(parts, view, user))
    channel = own_channel(parts, body)
    found = parts.workspace.message(channel.id, str(body.get("message_ts")))
    if found is None or found.ephemeral_to not in (None, user.id):
        raise Impossible(404, "That message is not there any more.")
    blocks = found.blocks or []
    return _Place(blocks, first_state(blocks), _message_payload(parts, found, channel, user))


def _view_payload(parts: Parts, view: OpenView, user: User) -> Callable[[str, Values], Json]:
    def payload(kind: str, values: Values) -> Json:
        remembered = parts.views.remember(view, values=values)
        trigger_id = parts.passes.trigger(user.id, view.id)
        shape = payloads.interaction(kind, user=user, trigger_id=trigger_id)
        return shape | {
            "container": {"type": "view", "view_id": view.id},
            "view": remembered.to_slack(),
        }

    return payload


def _message_payload(
    parts: Parts, found: Message, channel: Channel, user: User
) -> Callable[[str, Values], Json]:
    def payload(kind: str, values: Values) -> Json:
        ephemeral = found.ephemeral_to is not None
        shape = payloads.interaction(kind, user=user, trigger_id=parts.passes.trigger(user.id))
        shape |= {
            "container": payloads.message_container(channel, found.ts, found.thread_ts, ephemeral=ephemeral),
            "channel": {"id": channel.id, "name": channel.command_name},
            "state": {"values": values},
            "response_url": _response_url(parts, channel, user, found),
        }
        # Slack does not repeat a message that only one person sees.
        return shape if ephemeral else shape | {"message": parts.workspace.for_slack(found)}

    return payload


def _invite(parts: Parts, user: User, channel: Channel) -> Json:
    """Slack's own command: the one way to bring the bot into a channel."""
    if channel.is_im:
        raise Impossible(400, "Nobody can be invited into a direct message.")
    if BOT_USER in channel.members:
        raise Impossible(400, "Marko is already in this channel.")
    parts.workspace.join(channel.id, BOT_USER)
    parts.journal.notice(f"Marko was added to #{channel.name} by @{user.name}.", level="info")
    parts.events.joined(channel.id, BOT_USER, inviter=user.id)
    return {}


def _view(parts: Parts, body: Body, user: User) -> OpenView:
    view = parts.views.find(str(body.get("view_id")))
    if view is None or view.user != user.id:
        raise Impossible(404, "That view is not open any more.")
    return view


def _told_state(body: Body, blocks: list[Json]) -> Values:
    state = body.get("state") or {}
    return _known(state.get("values") or {}, blocks)


def _known(told: Values, blocks: list[Json]) -> Values:
    """The part of what the page told that belongs to elements which are there."""
    known = first_state(blocks)
    result: Values = {}
    for block_id, actions in told.items():
        for action_id, value in actions.items():
            start = known.get(block_id, {}).get(action_id)
            if start is not None:
                result.setdefault(block_id, {})[action_id] = {**start, **value, "type": start["type"]}
    return result


def _response_url(parts: Parts, channel: Channel, user: User, source: Message | None = None) -> str:
    response_id = parts.passes.response(
        channel.id,
        user.id,
        message_ts=source.ts if source else None,
        thread_ts=source.thread_ts if source else None,
    )
    return f"{parts.url}/response/{response_id}"


def _label(element: Json) -> str:
    text = element.get("text")
    return f"“{text['text']}”" if isinstance(text, dict) else f"The element {element['action_id']}"


def _title(view: OpenView) -> str:
    title = view.body.get("title")
    return f"“{title['text']}”" if title else "The home tab"
