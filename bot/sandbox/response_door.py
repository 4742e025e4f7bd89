"""response_url: how the bot answers an interaction without a token, five times within half an hour."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.answers import post_answer
from bot.sandbox.messages import Message
from bot.sandbox.parts import Parts
from bot.sandbox.passes import ResponseUrl
from bot.sandbox.traffic_words import call_about
from bot.sandbox.web_call import Call, Refused
from bot.sandbox.web_chat import checked_content, checked_thread


async def respond(request: Request) -> Response:
    """Take one answer. A refusal is told to the bot and shown on the page, for bots rarely look."""
    parts: Parts = request.app.state.parts
    body = _read(await request.body())
    number = parts.traffic.begin("answer", "response_url", body or {}, about=call_about(body or {}))
    status, told = _taken(parts, request.path_params["response_id"], body)
    parts.traffic.end(number, state=told.get("error", "ok"), answer=told)
    return PlainTextResponse("ok") if status == 200 else JSONResponse(told, status_code=status)


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _taken(parts: Parts, response_id: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
    """Do what an answer asks for; the status and what is told."""
    place = parts.passes.use_response(response_id)
    if place is None:
        return 404, {"ok": False, "error": "used_url"}
    if body is None:
        return 400, {"ok": False, "error": "invalid_payload"}
    try:
        _apply(parts, place, body)
    except Refused as refused:
        sentences = "; ".join(refused.messages)
        parts.journal.notice(f"An answer was refused: {refused.code} {sentences}".strip(), user=place.user)
        return 400, refused.to_slack()
    return 200, {"ok": True}


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
