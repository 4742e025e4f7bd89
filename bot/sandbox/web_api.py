"""The Web API: the table of its methods, the token check, and the way in and out over HTTP."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox import web_chat, web_files, web_rooms, web_views
from bot.sandbox.parts import Parts
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_ID, TEAM_NAME
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


def accepted(call: Call) -> Json:
    """Methods whose effect nobody sees in the sandbox; the channel must be one that the bot is in."""
    Call({"channel": call.text("channel_id")}, call.parts).joined()
    return {"ok": True}


METHODS: dict[str, Callable[[Call], Json]] = {
    "apps.connections.open": open_connection,
    "assistant.threads.setStatus": accepted,
    "assistant.threads.setSuggestedPrompts": accepted,
    "assistant.threads.setTitle": accepted,
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
    if parts.switches.strikes("server_error"):
        return JSONResponse({"ok": False, "error": "internal_error"}, status_code=500)
    if method == "chat.postMessage" and parts.switches.strikes("ratelimit_next"):
        refusal = {"ok": False, "error": "ratelimited"}
        return JSONResponse(refusal, status_code=429, headers={"Retry-After": "1"})
    try:
        args = decode(request.url.query, request.headers.get("content-type", ""), body)
        _check_token(parts, method, _token(request, args))
        found = METHODS.get(method)
        if found is None:
            raise Refused("unknown_method")
        result = found(Call(args, parts))
    except Refused as refused:
        return JSONResponse(refused.to_slack())
    if method == "chat.postMessage" and parts.switches.strikes("drop_response_after_post"):
        return NoAnswer()
    return JSONResponse(result)


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
