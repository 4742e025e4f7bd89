"""An answer to a question, as plain text for a shell and as machines read it."""

from typing import Any

from bot.shell_study import aligned
from engine.models.reply import Answered
from engine.narrate.kept_text import told
from engine.narrate.words import Words

OPENINGS = {"answer": "Answer. ", "unknown": "I don't know. ", "talk": ""}


def answer_text(found: Answered, words: Words) -> str:
    """The answer, how it is known, and what has to be said beside it."""
    lines = [f"{OPENINGS[found.form]}{_said(found.answer, words)}"]
    lines += aligned(found.table)
    if found.how:
        lines.append(f"How I know. {_said(found.how, words)}")
    lines += [f"Caveat: {_said(each, words)}" for each in found.caveats]
    return "\n".join(lines)


def answer_entry(found: Answered, words: Words) -> dict[str, Any]:
    """``campaign`` is the key of the one campaign it speaks of, if it is one."""
    return {
        "question": found.question.text,
        "topic": found.question.topic,
        "known": found.known,
        "answer": _said(found.answer, words),
        "how_i_know": _said(found.how, words),
        "caveats": [_said(each, words) for each in found.caveats],
        "campaign": found.about,
    }


def _said(text: str, words: Words) -> str:
    return told(text, words.style, typed=lambda each: f"`{each}`")
