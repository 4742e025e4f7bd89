"""A message that got stuck, for whoever asked for it: what is not out, why, and what to press."""

from collections.abc import Mapping
from datetime import datetime

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.mrkdwn import escape
from bot.blocks.notices import said
from bot.blocks.voice import Voice
from engine.models.delivery import UNKNOWN, Posting

WHAT: Mapping[str, str] = {
    "budget": "The notice about the model's budget",
    "card": "The card",
    "digest": "The digest",
    "evidence": "The figures behind a card",
    "hooks": "What webhooks delivered",
    "import": "What came of the file",
    "notice": "The notice about a change",
    "preview": "The preview of the digest",
    "reasoning": "The reasoning behind a card",
    "rejects": "The file of refused rows",
    "reminder": "The reminder",
    "reply": "The answer",
    "retraction": "The correction of what was said",
    "settings": "The notice about a setting",
}
DIRECT = ("D", "U", "W")


def parked(posting: Posting, voice: Voice, *, due_at: datetime | None, until: datetime | None) -> Message:
    """Draw it; ``due_at`` and ``until`` are of a digest that is still tried."""
    what, key = _what(posting, due_at, voice), posting.intent.key
    if posting.error == UNKNOWN:
        when = voice.marked.style.moment(posting.changed_at)
        text = f"I don't know if it arrived: {what}. Tried {when}, no answer, and I cannot find it there."
        pressed = [_button("It arrived", ids.POST_ARRIVED, key), _button("Send again", ids.POST_AGAIN, key)]
    else:
        error = escape(posting.error)
        rest = f"I try until {voice.marked.style.moment(until)}." if until else "I try no more by myself."
        text = f"{what} is not out: {error}. {rest}"
        pressed = [_button("Try now", ids.POST_AGAIN, key)]
    plain = text if not due_at else "A digest is not out."
    return Message(said(plain).text, [kit.section(text), kit.actions(pressed)])


def _what(posting: Posting, due_at: datetime | None, voice: Voice) -> str:
    channel = posting.intent.channel
    where = "our messages" if channel.startswith(DIRECT) else f"<#{channel}>"
    due = f", due {voice.marked.style.moment(due_at)}," if due_at else ""
    return f"{WHAT.get(posting.intent.kind, 'A message')} for {where}{due}"


def _button(label: str, action_id: str, key: str) -> kit.Block:
    return kit.button(label, action_id, key)
