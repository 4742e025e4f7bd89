"""The reply to a question: the answer, how it is known, what has to be said beside it, and the votes."""

import re

from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip, read_length
from bot.blocks.mrkdwn import escape
from bot.blocks.study import table
from bot.blocks.voice import Voice
from bot.blocks.votes import Choice, vote_buttons
from engine.models.reply import Reply
from engine.models.vote import Tally
from engine.narrate.kept_text import told
from engine.narrate.words import Words

MOST_LINES = 12
# Where a line may go on in the next section: after a stop or a comma that is in no name.
_JOINTS = re.compile("(?<=[.,;]) (?![^\x02]*\x03)")


def reply(found: Reply, voice: Voice, votes: Tally, card: str | None) -> Message:
    """Draw a reply as it is now; ``card`` is the link to the card that shows more."""
    answered, words = found.answered, voice.marked
    opening = {"answer": "Answer.", "unknown": "I don't know.", "talk": ""}[answered.form]
    blocks = _sections(opening, answered.answer, words)
    if found.file and answered.picture:
        blocks.append(kit.image(found.file, str(answered.picture["alt"])))
    blocks += table(answered.table)
    if answered.how:
        blocks += _sections("How I know.", answered.how, words)
    beside = [f"Caveat: {_marked(each, words)}" for each in answered.caveats]
    if found.corrected_at:
        beside.append(f"Corrected {words.style.moment(found.corrected_at)}.")
    if beside:
        blocks.append(kit.context(*beside))
    buttons = _votes(found, votes) if answered.form != "talk" else []
    if card:
        buttons.append(kit.link("Open card", card))
    return Message(_notice(opening, answered.answer, voice.plain), [*blocks, *_row(buttons)])


def _row(buttons: list[Block]) -> list[Block]:
    return [kit.actions(buttons)] if buttons else []


def _sections(opening: str, text: str, words: Words) -> list[Block]:
    """As few sections as our limit allows; what does not fit goes on in the next, at a comma or a stop."""
    packed = [words.style.strong(opening) if opening else ""]
    for number, line in enumerate(text.split("\n")[:MOST_LINES]):
        joint = "\n" if number else " "
        for piece in _JOINTS.split(line):
            marked = _marked(piece, words)
            longer = f"{packed[-1]}{joint}{marked}".strip()
            if read_length(longer) < SECTION:
                packed[-1] = longer
            else:
                packed.append(marked)
            joint = " "
    return [kit.section(each) for each in packed if each]


def _marked(text: str, words: Words) -> str:
    return told(text, words.style, typed=lambda each: f"`{escape(clip(_in_slack(each), 100))}`", rest=_inert)


def _in_slack(command: str) -> str:
    """What is typed at the command line, as it is typed here."""
    if command == "marko analyze FILE":
        return "/analyze"
    return f"/{command}" if command.startswith("marko ") else command


def _inert(text: str) -> str:
    """Our own words hold none of Slack's three control characters; if one got in, it must not act."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _votes(found: Reply, votes: Tally) -> list[Block]:
    choices = (
        Choice("Right", "answer:right", votes.right),
        Choice("Wrong", "answer:wrong", votes.wrong),
    )
    return vote_buttons(choices, found.id, "this answer")


def _notice(opening: str, text: str, words: Words) -> str:
    """The answer's first sentence, without marks."""
    plain = escape(told(text.split("\n", 1)[0], words.style, typed=_in_slack))
    sentence = plain.split(". ", 1)[0]
    first = sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
    unknown = "I don't know. " if opening.startswith("I don't") else ""
    return clip(f"{unknown}{first}", FALLBACK)
