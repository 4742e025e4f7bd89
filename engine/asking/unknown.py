"""What is said where nothing can be answered: "I don't know", "which one?", "words decide nothing"."""

from collections.abc import Sequence
from typing import Any

from engine.models.question import STILL_TO_COME, Question
from engine.models.reply import Answered
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.words import Words

MOST_NAMED = 5
_FILE = "marko analyze FILE"


def dont_know(question: Question, why: str, **more: Any) -> Answered:
    """ "I don't know", and what is missing or would tell."""
    return Answered(question=question, form="unknown", answer=why, **more)


def not_stored(question: Question, what: str, whom: str, *, about: str | None = None) -> Answered:
    """Something that was never handed in; says what would tell."""
    told = f"A file with it would tell me: {command(_FILE)}, or drop it into a channel."
    return dont_know(question, f"I have no {what} for {whom}. {told}", about=about)


def unknown_answer(question: Question, named: str, near: Sequence[str], words: Words) -> Answered:
    """A question that was not understood, or that asks for what nobody stored.

    ``named`` is the campaign that was named with it, or "".
    """
    if question.missing == STILL_TO_COME:
        return dont_know(question, _about_the_future(named))
    if question.missing:
        whom = f" for {named}" if named else ""
        totals = "I keep totals of closed windows, as they were handed in."
        return dont_know(question, f"I have no {question.missing}{whom}. {totals} {_ask_help()}")
    strange = words.style.name(question.about or question.text[:60] or "?")
    if near:
        names = listed([words.style.name(each) for each in near])
        return dont_know(
            question,
            f"I know no campaign called {strange}. Nearest: {names}. {command(_FILE)} takes a new one.",
        )
    return dont_know(question, f"I have nothing about {strange}. {_ask_help()}")


def _about_the_future(named: str) -> str:
    if named:
        return (
            f"I have no figures of the future for {named}. The expectation on its card is all that is "
            "written down; it says by when."
        )
    return (
        "I have no figures of the future. The expectation on a campaign's card is all that is written down."
    )


def _ask_help() -> str:
    return f"Ask {command('What can I ask?')} to see what I can answer."


def which_one(question: Question, names: Sequence[str], words: Words) -> Answered:
    """Ask which campaign is meant, naming those it may be."""
    if not names:
        told = f"Hand one in with {command(_FILE)}, or drop a file into a channel."
        return dont_know(question, f"I know no campaign yet. {told}")
    some = [words.style.name(each) for each in names[:MOST_NAMED]]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    said = f"Which campaign? {listed(some) if not more else ', '.join(some) + more}."
    return Answered(question=question, form="talk", answer=f"{said} Please name it in your question.")


def no_days(question: Question, name: str, windows: Sequence[str], words: Words) -> Answered:
    """Days were named for which no window was handed in."""
    says = question.span.says if question.span else ""
    known = listed(list(windows[:3]))
    why = f"I have no figures of {name} for {words.style.name(says)} alone, only totals of {known}."
    told = f"A file with those days would tell me: {command(_FILE)}, or drop it into a channel."
    return dont_know(question, f"{why} {told}", about=question.campaigns[0] if question.campaigns else None)


def no_days_of_moves(question: Question, words: Words) -> Answered:
    says = words.style.name(question.span.says if question.span else "")
    return dont_know(
        question, f"I cannot tell which days {says} is. Ask what changed this week, or in a month."
    )


def no_signal(question: Question, near: Sequence[str], words: Words) -> Answered:
    names = listed([words.style.name(each) for each in near[:3]])
    told = f" Nearest: {names}." if near else ""
    return dont_know(
        question,
        f"I have no weight for {words.style.name(question.about)}.{told} "
        f"{command('marko weights')} lists all.",
    )


def no_order(question: Question, name: str, words: Words, *, card: str | None) -> Answered:
    """Words decide nothing; say where the buttons are."""
    if not name:
        where = f"{command('What waits for a decision?')} tells what is open."
    elif card:
        where = f"They are on its card: {words.style.name(name)}."
    else:
        where = f"{command(f'/analyze {name}')} shows its card."
    said = f"Words decide nothing here, and I changed nothing. Only the buttons on a card decide. {where}"
    return Answered(question=question, form="talk", answer=said, card=card, about=_first(question))


def no_question(question: Question) -> Answered:
    """Something was said and nothing asked."""
    said = (
        "I take that as a remark, not as a question; nothing was stored or changed. "
        f"Figures are corrected by handing them in again: {command(_FILE)}."
    )
    return Answered(question=question, form="talk", answer=said, about=_first(question))


def greeting(question: Question) -> Answered:
    said = "Hello. Ask me how a campaign did, what waits for a decision, or what was learned."
    return Answered(question=question, form="talk", answer=said)


def thanks(question: Question) -> Answered:
    return Answered(question=question, form="talk", answer="You are welcome.")


def help_text(question: Question, example: str) -> Answered:
    """What can be asked; ``example`` is a question about a campaign that is really known, or ""."""
    such = f"\nFor example: {command(example)}" if example else ""
    said = (
        "About one campaign: how it did, any of its figures, why, what to do, how sure that is, what is "
        "similar.\nAbout all: what waits, what was decided, what changed this week, what was learned about "
        "an audience, what repeats, where money is wasted, which did best.\nI answer from what was handed "
        "in, "
        f"and say when I don't know. Words decide nothing.{such}"
    )
    return Answered(question=question, form="talk", answer=said)


def _first(question: Question) -> str | None:
    return question.campaigns[0] if question.campaigns else None
