"""A study: its verdict, lines, table and what it rests on, out of ``Told`` alone."""

from collections.abc import Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import (
    FALLBACK,
    SECTION,
    STUDY_CELL,
    STUDY_COLUMNS,
    STUDY_LINES,
    STUDY_ROWS,
    clip,
    few,
    read_length,
)
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.errors import AmbiguousCampaign, UnknownCampaign
from engine.models.study import Study, StudyKind
from engine.narrate.picture import FanPicture
from engine.narrate.studies import tell
from engine.narrate.words import Words

MOST_NAMED = 3
MOST_CHARTED = 20  # days that Slack's own chart takes


def study(found: Study, voice: Voice, *, file: str | None = None, shows: bool = False) -> Message:
    """Draw a study; ``file`` is its picture in Slack. With ``shows`` it can be shown to everybody here.

    What one person is told has no file, which others would have to be able to see: where Slack's own chart
    says enough, that stands in its place. A table and a picture say names as they are: Slack shows them so.
    """
    marked, plain = tell(found, voice.marked), tell(found, voice.plain)
    blocks = [kit.section(_strong(marked.verdict, voice.marked))]
    blocks += [kit.section(text) for text in _packed(few(list(marked.lines), STUDY_LINES))]
    if file and plain.picture:
        blocks.append(kit.image(file, plain.picture.alt))
    elif shows and isinstance(plain.picture, FanPicture):
        blocks += chart(plain.picture)
    blocks += table(plain.table)
    if marked.basis:
        blocks.append(kit.context(marked.basis))
    if shows:
        blocks.append(kit.actions([_show(found.kind, found.asked)]))
    return Message(notice(plain.verdict), blocks)


def working_on(kind: StudyKind, asked: str, words: Words) -> Message:
    """Said where it takes longer than a moment."""
    about = f" of {words.style.name(asked)}" if asked else ""
    text = f"I am working on the {kind}{about}."
    return Message(clip(f"I am working on the {kind}.", FALLBACK), [kit.section(clip(text, SECTION))])


def which(kind: StudyKind, unsure: UnknownCampaign | AmbiguousCampaign, words: Words) -> Message:
    """Nobody is called so, or several are: the nearest as buttons that ask the same of them."""
    name = words.style.name(unsure.asked)
    if isinstance(unsure, UnknownCampaign):
        text, names, keys = f"I know no campaign {name}.", unsure.nearest, unsure.nearest
        text += " Nearest:" if names else ""
    else:
        text = f"{name} fits {len(unsure.candidates)} campaigns. Which one?"
        names, keys = unsure.names, unsure.candidates
    buttons = [
        kit.button(shown, f"{ids.ASK_STUDY}:{place}", f"{kind} {key}", says=f"The {kind} of {shown}")
        for place, (shown, key) in enumerate(zip(names[:MOST_NAMED], keys, strict=False))
    ]
    row = [kit.actions(buttons)] if buttons else []
    return Message("I know no such campaign." if not names else "Which campaign?", [kit.section(text), *row])


def stands_here(kind: StudyKind) -> Message:
    text = f"The {kind} stands in this channel already, posted today. Nothing was posted twice."
    return Message(text, [kit.section(text)])


def table(cells: Sequence[Sequence[str]]) -> list[Block]:
    """The table as far as it reads on a phone; how many rows are left out is said."""
    if len(cells) < 2:
        return []
    rows = [[clip(cell, STUDY_CELL) for cell in row[:STUDY_COLUMNS]] for row in cells[: STUDY_ROWS + 1]]
    more = len(cells) - len(rows)
    return [kit.table(rows), *([kit.context(f"and {more} more")] if more > 0 else [])]


def chart(fan: FanPicture) -> list[Block]:
    """A forecast as Slack's own chart: mean and ranges as lines. What came before is left out."""
    ahead = len(fan.mean)
    if not 2 <= ahead <= min(MOST_CHARTED, len(fan.days)):
        return []
    is_share = any(says.endswith("%") for _, says in fan.ticks)
    lines = {
        "expected": fan.mean,
        "80 % low": fan.low80,
        "80 % high": fan.high80,
        "95 % low": fan.low95,
        "95 % high": fan.high95,
    }
    shown = {
        name: [_charted(value, 100.0 if is_share else 1.0) for value in own] for name, own in lines.items()
    }
    return [kit.line_chart(fan.title, fan.days[-ahead:], shown, y_label="%" if is_share else "")]


def _charted(value: float, times: float) -> float:
    """As people read it, with as many digits as a chart can show."""
    return float(f"{value * times:.6g}")


def notice(verdict: str) -> str:
    return clip(escape(verdict), FALLBACK)


def _show(kind: StudyKind, asked: str) -> Block:
    """The value holds what has to be studied again: it is shown as it is when it is shown."""
    value = f"{kind} {asked}".strip()
    return kit.button("Show here", ids.SHOW_STUDY, value, says=f"Show the {kind} to everybody here")


def _strong(verdict: str, words: Words) -> str:
    """Bold as a whole, unless something in it is bold already."""
    return verdict if "*" in verdict else words.style.strong(verdict)


def _packed(lines: list[str]) -> list[str]:
    """Whole lines, in as few sections as our limit allows."""
    texts: list[str] = []
    for line in lines:
        together = f"{texts[-1]}\n{line}" if texts else line
        texts = [*texts[:-1], together] if texts and read_length(together) <= SECTION else [*texts, line]
    return texts
