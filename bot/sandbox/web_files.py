"""files.*: the three steps of an upload, and what a file is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.sandbox import strictness
from bot.sandbox.files import StoredFile
from bot.sandbox.parts import Parts
from bot.sandbox.people import BOT_USER
from bot.sandbox.web_call import Call, Json, Refused
from bot.sandbox.web_chat import checked_blocks, checked_thread

_SIGN_IN = "<!DOCTYPE html><title>Sign in | Slack</title><p>Sign in to Slack.</p>"


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal: the first step."""
    size = call.number("length", default=0, most=1_000_000_000)
    created = int(call.parts.clock.now().timestamp())
    alt_text = call.optional("alt_txt") or ""
    file = call.parts.files.expect(call.text("filename"), size, alt_text=alt_text, created=created)
    return {"ok": True, "file_id": file.id, "upload_url": f"{call.parts.url}/files/upload/{file.id}"}


async def receive_upload(request: Request) -> Response:
    """The second step: raw bytes, whatever their header says, exactly as many as were announced."""
    parts: Parts = request.app.state.parts
    file = parts.files.find(request.path_params["file_id"])
    body = await request.body()
    return _end(parts, _begin(parts, "upload", file), _received(parts, file, body))


def _received(parts: Parts, file: StoredFile | None, body: bytes) -> Response:
    if file is None or file.completed:
        return PlainTextResponse("This upload is not known.", status_code=404)
    if len(body) != file.size:
        return PlainTextResponse(f"Announced were {file.size} bytes, {len(body)} came.", status_code=400)
    parts.files.receive(file, body)
    return PlainTextResponse(f"OK - {len(body)}")


def complete(call: Call) -> Json:
    """files.completeUploadExternal: the third step, and a message with the files where one was asked for."""
    files = [_uploaded(call, one) for one in _named(call)]
    channel_id = call.optional("channel_id") or call.optional("channels")
    if channel_id is None:
        done = [call.parts.files.complete(file, title) for file, title in files]
    else:
        done = _share(call, files, channel_id)
    # Slack has not looked into a file yet when it answers: no type, no shares.
    fresh = {"mimetype": "", "filetype": "", "shares": {}, "channels": []}
    return {"ok": True, "files": [{**file.to_slack(call.parts.url), **fresh} for file in done]}


def info(call: Call) -> Json:
    """files.info"""
    file = call.parts.files.find(call.text("file"))
    if file is None or not file.completed or not _seen_by_bot(call.parts, file):
        raise Refused("file_not_found")
    return {"ok": True, "file": file.to_slack(call.parts.url), "comments": []}


async def download(request: Request) -> Response:
    """A file's bytes for the bot; without its token a page to sign in, status 200, as Slack does."""
    parts: Parts = request.app.state.parts
    file = parts.files.find(request.path_params["file_id"])
    number = _begin(parts, "download", file)
    has_token = request.headers.get("authorization") == f"Bearer {parts.bot_token}"
    if not has_token or "files:read" not in parts.scopes.granted():
        parts.traffic.end(number, state="signed_out", answer=_SIGN_IN)
        return HTMLResponse(_SIGN_IN)
    if file is not None and not _seen_by_bot(parts, file):
        answer: Response = PlainTextResponse("No such file.", status_code=404)
    else:
        answer = content(parts, request.path_params["file_id"])
    return _end(parts, number, answer)


def _begin(parts: Parts, what: str, file: StoredFile | None) -> int:
    """Note in the traffic that a file goes in or out; its bytes are not."""
    told = {"file": file.id, "name": file.name, "size": file.size} if file else {}
    return parts.traffic.begin("file", what, told, about=file.name if file else "")


def _end(parts: Parts, number: int, answer: Response) -> Response:
    state = "ok" if answer.status_code == 200 else f"http_{answer.status_code}"
    parts.traffic.end(number, state=state, answer={"status": answer.status_code, "bytes": len(answer.body)})
    return answer


def content(parts: Parts, file_id: str) -> Response:
    """A file's bytes as an answer, 404 when there are none."""
    file, body = parts.files.find(file_id), parts.files.content(file_id)
    if file is None or body is None:
        return PlainTextResponse("No such file.", status_code=404)
    # Only pictures are shown in place: a file must never run as a page of the sandbox.
    headers = {"X-Content-Type-Options": "nosniff"}
    if not file.is_picture:
        headers["Content-Disposition"] = "attachment"
    kind = file.mimetype if file.is_picture else "application/octet-stream"
    return Response(body, media_type=kind, headers=headers)


def _seen_by_bot(parts: Parts, file: StoredFile) -> bool:
    """Whether the bot uploaded a file, or is where it was shared."""
    return file.user == BOT_USER or any(parts.workspace.is_member(room, BOT_USER) for room, *_ in file.shares)


def _named(call: Call) -> list[Json]:
    files = call.nested("files")
    if not isinstance(files, list) or not files or not all(isinstance(one, dict) for one in files):
        raise Refused("invalid_arguments", ["files must be a list of {id, title}"])
    return files


def _uploaded(call: Call, named: Json) -> tuple[StoredFile, str]:
    file = call.parts.files.find(str(named.get("id")))
    if file is None or not file.uploaded or file.completed:
        raise Refused("file_not_found")
    return file, str(named.get("title") or "")


def _share(call: Call, files: list[tuple[StoredFile, str]], channel_id: str) -> list[StoredFile]:
    there = Call({**call.args, "channel": channel_id}, call.parts)
    channel = there.writable()
    thread_ts = checked_thread(there, channel, call.optional("thread_ts"))
    blocks = checked_blocks(call)
    comment = str(call.args.get("initial_comment") or "")
    error = strictness.text_error(comment, blocks, files=True)
    if error:
        raise Refused(error)
    done = [call.parts.files.complete(file, title) for file, title in files]
    shapes: tuple[dict[str, Any], ...] = tuple(file.to_slack(call.parts.url) for file in done)
    message = call.parts.workspace.post(
        channel.id, BOT_USER, comment, blocks=blocks, thread_ts=thread_ts, files=shapes
    )
    call.parts.events.posted(message)
    call.parts.events.file_shared(message)
    return [call.parts.files.shared(file, message) for file in done]
