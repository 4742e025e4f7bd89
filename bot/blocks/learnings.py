"""What ``/learnings`` answers, the evidence behind one of them, and the dialog to say that it is not true."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, clip, few
from bot.blocks.mrkdwn import escape, word
from bot.blocks.voice import Voice
from engine.models.learning import Grounds, Learning, Learnings, Mistake, Witness
from engine.narrate.learnings import doubted, period, sentence, standing_line, wrong
from engine.narrate.words import Words

LEARNINGS_HELP = """*`/learnings` says what was learned, and how sure it is.*
• `/learnings students` finds what is about students, in your own words
• `/learnings` alone shows the surest five
• `/learnings help` shows this

Candidate: seen once. Validated: seen again in campaigns that had no part in the claim. Decaying: \
untested for 90 days. Retracted: it was wrong."""

NOTHING_YET = (
    "No learning yet. One needs three campaigns with something in common, and three without it; "
    "then other campaigns that show it again."
)
MOST_ROWS = 25
MOST_DOUBTS = 3
LONGEST_NOTE = 300


class Doubted(NamedTuple):
    """What a dialog is about: the pattern, where it was opened, and where its answer goes."""

    key: str
    channel: str
    response_url: str

    def packed(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Doubted":
        return cls(**json.loads(view["private_metadata"]))


class Reader(NamedTuple):
    """For whom learnings are drawn: their Slack id, and whether they are an approver."""

    id: str
    is_approver: bool


def learnings(found: Learnings, voice: Voice, reader: Reader) -> Message:
    """Draw the answer: how many, then each with its standing and the buttons that are this reader's."""
    if not found.found:
        return _none(found, voice.marked)
    counted = voice.plain.formats.count(found.total, "learning")
    many = len(found.found)
    title = f"{many} of {counted}" if many <= found.total else voice.plain.formats.count(many, "learning")
    about = f" about {word(found.asked)}" if found.asked else ""
    blocks = [kit.section(f"*{title}*{about}")]
    for each in found.found:
        blocks += _item(each, voice, reader)
    first = sentence(found.found[0], voice.plain)
    return Message(clip(f"{title}. {escape(first)}", FALLBACK), blocks)


def evidence_of(grounds: Grounds, voice: Voice) -> Message:
    """Draw the campaigns behind a learning, each with its own figures."""
    learning, words = grounds.learning, voice.marked
    lines = [period(place, each, words) for place, each in enumerate(learning.periods)]
    blocks = [kit.section(sentence(learning, words))]
    if lines:
        blocks.append(kit.section("\n".join(lines)))
    shown = grounds.witnesses[-MOST_ROWS:]
    if shown:
        blocks.append(_table(shown, voice.plain))
    more = len(grounds.witnesses) - len(shown)
    said = "Each campaign against its own forecast; the range compares them with all campaigns without it."
    blocks.append(kit.context(f"The newest {len(shown)}, and {more} more. {said}" if more else said))
    return Message(clip(f"Evidence: {escape(learning.effect.name)}", FALLBACK), blocks)


def doubt_view(learning: Learning, about: Doubted, words: Words, *, by_approver: bool) -> Block:
    """The dialog in which somebody says that it is not true for this team, and what that will do."""
    does = (
        "It is then left out of digests, and shown with your name and your note."
        if by_approver
        else "It is then shown with your name and your note. An approver can leave it out of digests."
    )
    blocks = [
        kit.section(sentence(learning, words)),
        kit.text_input(ids.NOTE, "What is different for you?", long=True, most=LONGEST_NOTE),
        kit.context(does),
    ]
    submit = "Leave it out" if by_approver else "Add my note"
    return kit.modal(ids.DOUBT_VIEW, "Not true for us", submit, blocks, private=about.packed())


def doubt_kept(learning: Learning, words: Words, *, by_approver: bool) -> Message:
    does = (
        "is left out of digests from now on, and shown with your note."
        if by_approver
        else "is shown with your note from now on. An approver can leave it out of digests."
    )
    return _about("Kept.", learning, does, words)


def doubt_taken_back(learning: Learning, words: Words) -> Message:
    """Say what still stands against it."""
    others = words.formats.count(len(learning.objections), "doubt") if learning.objections else ""
    if learning.is_silenced:
        does = f"is still left out of digests: {others} left."
    elif others:
        does = f"may stand in digests. {others} left, shown with it."
    else:
        does = "may stand in digests, and nobody doubts it."
    return _about("Taken back.", learning, does, words)


def _about(opening: str, learning: Learning, does: str, words: Words) -> Message:
    name = learning.effect.name
    return Message(
        clip(f"{opening} {escape(name)} {does}", FALLBACK),
        [kit.section(f"{opening} {words.style.name(name)} {does}")],
    )


def retraction(mistake: Mistake, voice: Voice) -> Message:
    """S39 in the thread in which it was claimed."""
    text = clip(escape(wrong(mistake, voice.plain)), FALLBACK)
    return Message(text, [kit.section(wrong(mistake, voice.marked))])


def _none(found: Learnings, words: Words) -> Message:
    if not found.total:
        return Message("No learning yet.", [kit.section(NOTHING_YET)])
    text = f"No learning about {words.style.name(found.asked)}."
    if found.nearest:
        text += f" Nearest: {', '.join(words.style.name(each) for each in found.nearest)}."
    return Message(clip(f"No learning about {escape(found.asked)}.", FALLBACK), [kit.section(text)])


def _item(learning: Learning, voice: Voice, reader: Reader) -> list[Block]:
    words = voice.marked
    return [
        kit.section(sentence(learning, words)),
        kit.context(standing_line(learning, [word(each) for each in learning.found_in], words)),
        *(kit.context(line) for line in _doubts(learning, words)),
        kit.actions(_buttons(learning, reader)),
    ]


def _doubts(learning: Learning, words: Words) -> list[str]:
    """The newest first, each in a block of its own: a long note never cuts into the next."""
    newest = learning.objections[::-1]
    lines = [f"⚠️ {doubted(each, escape(' '.join(each.note.split())), words)}" for each in newest]
    return few(lines, MOST_DOUBTS)


def _buttons(learning: Learning, reader: Reader) -> list[Block]:
    name = learning.effect.name
    evidence = kit.button(
        "Evidence", ids.LEARNING_EVIDENCE, learning.key, says=f"Evidence for what was learned about {name}"
    )
    if learning.effect.status == "retracted":
        return [evidence]
    doubt = kit.button("Not true for us…", ids.LEARNING_DOUBT, learning.key, says=f"Not true for us: {name}")
    doubters = {each.by for each in learning.objections}
    if reader.id not in doubters and not (reader.is_approver and doubters):
        return [evidence, doubt]
    back = kit.button(
        "Take it back", ids.LEARNING_TAKE_BACK, learning.key, says=f"Take the doubt back: {name}"
    )
    return [evidence, doubt, back]


def _table(shown: Sequence[Witness], words: Words) -> Block:
    """A campaign a row; which period is told where there is more than one to tell apart."""
    head = ["Campaign", "Days", "Forecast", "CPA", "Change", "Conversions"]
    rows = [_row(each, words) for each in shown]
    if len({each.period for each in shown}) > 1:
        head.append("Period")
        rows = [[*row, f"{each.period or 'none'}"] for row, each in zip(rows, shown, strict=True)]
    return kit.table([head, *rows])


def _row(each: Witness, words: Words) -> list[str]:
    f = words.formats
    return [
        each.name,
        f.days(each.first_day, each.last_day),
        f.money(each.expected_cpa, each.currency, code=False),
        f.money(each.actual_cpa, each.currency),
        f.change(each.delta_pct),
        f.number(each.conversions),
    ]
