"""The Web API: the table of its methods, the token check, and the way in and out over HTTP."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox import scopes, web_assistant, web_chat, web_files, web_rooms, web_views
from bot.sandbox.parts import Parts
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_ID, TEAM_NAME
from bot.sandbox.traffic_words import call_about
from bot.sandbox.web_call import Call, Json, Refused, decode


def auth_test(call: Call) -> Json:
    """auth.test"""
    return {
        "ok": True,
        "url": f"{call.parts.url}/",
        "team": TEAM_NAME,
        "user": call.parts.workspace.users[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    """apps.connections.open"""
    address = call.parts.url.replace("http://", "ws://", 1)
    return {"ok": True, "url": f"{address}/link/?ticket={call.parts.links.new_ticket()}"}


def team_info(call: Call) -> Json:
    """team.info"""
    team = {"id": TEAM_ID, "name": TEAM_NAME, "domain": "marko-sandbox", "url": f"{call.parts.url}/"}
    return {"ok": True, "team": team}


METHODS: dict[str, Callable[[Call], Json]] = {
    "apps.connections.open": open_connection,
    "assistant.threads.setStatus": web_assistant.set_status,
    "assistant.threads.setSuggestedPrompts": web_assistant.set_prompts,
    "assistant.threads.setTitle": web_assistant.set_title,
    "auth.test": auth_test,
    "chat.delete": web_chat.delete,
    "chat.getPermalink": web_chat.permalink,
    "chat.postEphemeral": web_chat.post_ephemeral,
    "chat.postMessage": web_chat.post_message,
    "chat.update": web_chat.update,
    "conversations.history": web_rooms.history,
    "conversations.info": web_rooms.info,
    "conversations.join": web_rooms.join,
    "conversations.leave": web_rooms.leave,
    "conversations.list": web_rooms.list_channels,
    "conversations.members": web_rooms.members,
    "conversations.open": web_rooms.open_direct,
    "conversations.replies": web_rooms.replies,
    "files.completeUploadExternal": web_files.complete,
    "files.getUploadURLExternal": web_files.upload_url,
    "files.info": web_files.info,
    "reactions.add": web_chat.add_reaction,
    "reactions.get": web_chat.get_reactions,
    "reactions.remove": web_chat.remove_reaction,
    "team.info": team_info,
    "users.conversations": web_rooms.own_channels,
    "users.info": web_rooms.user_info,
    "users.list": web_rooms.list_users,
    "views.open": web_views.open_view,
    "views.publish": web_views.publish,
    "views.push": web_views.push,
    "views.update": web_views.update,
}


class NoAnswer(Response):
    """Closes the connection instead of answering, as a network does that breaks at the wrong moment."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        scope["state"]["cut"]()
        while (await receive())["type"] != "http.disconnect":
            continue


async def answer(request: Request) -> Response:
    """One call of the Web API over HTTP."""
    parts: Parts = request.app.state.parts
    method = request.path_params["method"]
    body = await request.body()
    try:
        args, broken = decode(request.url.query, request.headers.get("content-type", ""), body), None
    except Refused as refused:
        args, broken = {}, refused
    told = {name: value for name, value in args.items() if name != "token"}
    number = parts.traffic.begin("call", method, told, about=call_about(told))
    if parts.switches.strikes("unreachable"):
        parts.traffic.end(number, state="unreachable")
        return NoAnswer()
    reply = _struck(parts, method) or _reply(parts, method, args, _token(request, args), broken)
    lost = reply.result["ok"] and method == "chat.postMessage"
    if lost and parts.switches.strikes("drop_response_after_post"):
        parts.traffic.end(number, state="answer_lost", answer=reply.result)
        return NoAnswer()
    parts.traffic.end(number, state=reply.result.get("error", "ok"), answer=reply.result)
    return JSONResponse(reply.result, status_code=reply.status, headers=reply.headers)


class _Reply(NamedTuple):
    result: Json
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})


def _struck(parts: Parts, method: str) -> _Reply | None:
    """What a switch answers in place of the method."""
    if parts.switches.strikes("server_error"):
        return _Reply({"ok": False, "error": "internal_error"}, 500)
    if method == "chat.postMessage" and parts.switches.strikes("ratelimit_next"):
        return _Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
    return None


def _reply(parts: Parts, method: str, args: Json, token: str, broken: Refused | None) -> _Reply:
    headers: dict[str, str] = {}
    try:
        if broken is not None:
            raise broken
        _check_token(parts, method, token)
        headers |= _scope_headers(parts, method, args)
        found = METHODS.get(method)
        if found is None:
            raise Refused("unknown_method")
        _check_scopes(parts, method, args)
        return _Reply(found(Call(args, parts)), headers=headers)
    except Refused as refused:
        return _Reply(refused.to_slack(), headers=headers)


def _scope_headers(parts: Parts, method: str, args: Json) -> dict[str, str]:
    """What the token may do, and what the method asks for, told with each answer."""
    if method == "apps.connections.open":
        return {"x-oauth-scopes": "connections:write", "x-accepted-oauth-scopes": "connections:write"}
    asked = scopes.needed(method, args, parts.workspace.channels)
    return {"x-oauth-scopes": ",".join(parts.scopes.granted()), "x-accepted-oauth-scopes": ",".join(asked)}


def _check_scopes(parts: Parts, method: str, args: Json) -> None:
    missing = parts.scopes.missing(method, args, parts.workspace.channels)
    if missing and method != "apps.connections.open":
        raise Refused("missing_scope", needed=missing, provided=",".join(parts.scopes.granted()))


def _token(request: Request, args: Json) -> str:
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return str(args.get("token") or "")


def _check_token(parts: Parts, method: str, token: str) -> None:
    if not token:
        raise Refused("not_authed")
    if token not in {parts.bot_token, parts.app_token}:
        raise Refused("invalid_auth")
    needed = parts.app_token if method == "apps.connections.open" else parts.bot_token
    if token != needed:
        raise Refused("not_allowed_token_type")
