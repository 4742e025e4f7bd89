"""assistant.threads.*: what an agent shows beside its messages."""

from bot.sandbox.people import Channel
from bot.sandbox.web_call import Call, Json, Refused

MOST_PROMPTS = 4
MOST_LOADING = 10


def set_status(call: Call) -> Json:
    """assistant.threads.setStatus: an empty status takes it away."""
    channel = _channel(call)
    thread_ts = _thread(call, channel)
    if call.args.get("status") is None:
        raise Refused("invalid_arguments", ["missing required field: status"])
    loading = call.nested("loading_messages") or []
    if not isinstance(loading, list) or not all(isinstance(one, str) and one for one in loading):
        raise Refused("invalid_arguments", ["loading_messages must be a list of strings"])
    if len(loading) > MOST_LOADING:
        raise Refused(
            "invalid_arguments", [f"loading_messages may be {MOST_LOADING}, there are {len(loading)}"]
        )
    call.parts.assistance.say(channel.id, thread_ts, str(call.args["status"]), tuple(loading))
    return {"ok": True}


def set_prompts(call: Call) -> Json:
    """assistant.threads.setSuggestedPrompts: with a thread_ts an agent's call fails without a word."""
    channel = _channel(call)
    prompts = _prompts(call.nested("prompts"))
    if call.optional("thread_ts") is not None:
        _thread(call, channel)
        sentence = "Suggested prompts with a thread_ts are never shown for an agent; leave it out."
        call.parts.journal.notice(sentence)
        return {"ok": True}
    call.parts.assistance.suggest(channel.id, prompts, call.optional("title") or "")
    return {"ok": True}


def set_title(call: Call) -> Json:
    """assistant.threads.setTitle: nobody sees it in the sandbox."""
    _thread(call, _channel(call))
    call.text("title")
    return {"ok": True}


def _channel(call: Call) -> Channel:
    return Call({"channel": call.text("channel_id")}, call.parts).joined()


def _thread(call: Call, channel: Channel) -> str:
    message = call.parts.workspace.message(channel.id, call.text("thread_ts"))
    if message is None or message.ephemeral_to is not None:
        raise Refused("invalid_thread_ts")
    return message.thread_ts or message.ts


def _prompts(told: object) -> list[Json]:
    if not isinstance(told, list) or not 1 <= len(told) <= MOST_PROMPTS:
        raise Refused("invalid_arguments", [f"prompts must be 1 to {MOST_PROMPTS} of {{title, message}}"])
    for one in told:
        if not isinstance(one, dict) or set(one) != {"title", "message"}:
            raise Refused("invalid_arguments", ["a prompt has a title and a message, and nothing else"])
        if not all(isinstance(text, str) and text.strip() for text in one.values()):
            raise Refused("invalid_arguments", ["a prompt's title and message must be strings with words"])
    return told
