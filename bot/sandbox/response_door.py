"""response_url: how the bot answers an interaction without a token, five times within half an hour."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.answers import post_answer
from bot.sandbox.messages import Message
from bot.sandbox.parts import Parts
from bot.sandbox.passes import ResponseUrl
from bot.sandbox.web_call import Call, Refused
from bot.sandbox.web_chat import checked_content, checked_thread


async def respond(request: Request) -> Response:
    """Take one answer. A refusal is told to the bot and shown on the page, for bots rarely look."""
    parts: Parts = request.app.state.parts
    place = parts.passes.use_response(request.path_params["response_id"])
    if place is None:
        return JSONResponse({"ok": False, "error": "used_url"}, status_code=404)
    try:
        body = json.loads(await request.body())
        if not isinstance(body, dict):
            raise TypeError
    except (ValueError, TypeError):
        return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
    try:
        _apply(parts, place, body)
    except Refused as refused:
        sentences = "; ".join(refused.messages)
        parts.journal.notice(f"An answer was refused: {refused.code} {sentences}".strip(), user=place.user)
        return JSONResponse(refused.to_slack(), status_code=400)
    return PlainTextResponse("ok")


def _apply(parts: Parts, place: ResponseUrl, body: dict[str, Any]) -> None:
    call = Call(body, parts)
    original = _original(parts, place)
    if call.flag("delete_original"):
        if original is not None:
            parts.workspace.delete(original)
            parts.events.deleted(original)
        if not body.get("text") and not body.get("blocks"):
            return
    elif call.flag("replace_original") and original is not None:
        _replace(call, original)
        return
    _post(call, place)


def _original(parts: Parts, place: ResponseUrl) -> Message | None:
    return None if place.message_ts is None else parts.workspace.message(place.channel, place.message_ts)


def _replace(call: Call, original: Message) -> None:
    """The new words and blocks stand where the old message stood, whoever could see it."""
    text, blocks = checked_content(call)
    now = f"{call.parts.clock.now().timestamp():.6f}"
    changed = call.parts.workspace.change(original, text=text, blocks=blocks, edited_ts=now)
    call.parts.events.changed(original, changed)


def _post(call: Call, place: ResponseUrl) -> None:
    text, blocks = checked_content(call)
    channel = call.parts.workspace.channels[place.channel]
    thread_ts = checked_thread(call, channel, call.optional("thread_ts"))
    in_channel = call.optional("response_type") == "in_channel"
    post_answer(
        call.parts,
        place.channel,
        text,
        blocks,
        user=None if in_channel else place.user,
        # What only one person sees appears where that person is looking, in the thread too.
        thread_ts=thread_ts or (None if in_channel else place.thread_ts),
    )
