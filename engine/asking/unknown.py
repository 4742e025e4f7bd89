"""What is said where nothing can be answered: "I don't know", "which one?", "words decide nothing"."""

import re
from collections.abc import Sequence
from typing import Any

from engine.asking.glossary import glossary
from engine.asking.topics import says_done
from engine.models.question import LEFT_OUT, STILL_TO_COME, Question
from engine.models.reply import Answered
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.words import Words

MOST_NAMED = 5
_FILE = "marko analyze FILE"
FILE_TELLS = f"A file with those figures would tell me: {command(_FILE)}, or drop it into a channel."


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
    if question.missing == LEFT_OUT:
        return dont_know(question, f"I have no {LEFT_OUT}. Ask for what you want to see. {_ask_help()}")
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


_SENDING = re.compile(r"\b(?:e-?mail|mail|fax|forward|wire|notify|ping|whatsapp)\b")
_DIGEST = re.compile(r"\bdigests?\b")


def no_order(question: Question, name: str, words: Words, *, card: str | None) -> Answered:
    """Words decide nothing; say where the buttons are."""
    if not name:
        where = f"{command('What waits for a decision?')} tells what is open."
    elif card:
        where = f"Its buttons are on the card of {words.style.name(name)}."
    else:
        where = f"{command(f'/analyze {name}')} shows its card."
    asked = question.text.casefold()
    said = f"Words decide nothing here, and I changed nothing. {_instead(asked, where)}"
    if _SENDING.search(asked) and not _DIGEST.search(asked):
        said = f"I cannot send anything by email or elsewhere: I answer where I am asked. {_ask_help()}"
    return Answered(question=question, form="talk", answer=said, card=card, about=_first(question))


def _instead(asked: str, where: str) -> str:
    """What does what somebody wanted done; ``where`` says where the cards' buttons are."""
    if _DIGEST.search(asked):
        return (
            f"{command('/digest off')} in its channel stops the digest, {command('/digest now')} posts it, "
            f"{command('/digest')} orders it."
        )
    if says_done(asked):
        return f"To record that it was carried out, press Done… on its card. {where}"
    return f"Only the buttons on a card decide. {where}"


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


def nod(question: Question) -> Answered:
    return Answered(question=question, form="talk", answer="Ask me whenever you want to know something.")


def foreign(question: Question) -> Answered:
    return dont_know(question, "I understand English only, so far.")


def handing_in(question: Question) -> Answered:
    said = (
        f"Drop a JSON file of campaigns into a channel that I am in, or type {command('/analyze')} to enter "
        f"one by hand or paste it. In a shell: {command(_FILE)}."
    )
    return Answered(question=question, form="talk", answer=said)


def meaning(question: Question) -> Answered:
    """What one of our own words means; ``about`` is the word."""
    return Answered(question=question, form="talk", answer=glossary()[question.about])


def help_text(question: Question, example: str) -> Answered:
    """What can be asked; ``example`` is a question about a campaign that is really known, or ""."""
    such = f"\nFor example: {command(example)}" if example else ""
    said = (
        "About one campaign: how it did, any of its figures, why, what to do, how sure that is, what is "
        "similar.\nAbout all: what waits, what was decided, what changed this week, what was learned about "
        "an audience, what repeats, where money is wasted, which did best.\nI answer from what was handed "
        f"in, and say when I don't know. Words decide nothing; {command('/marko help')} names every command."
        f"{such}"
    )
    return Answered(question=question, form="talk", answer=said)


def _first(question: Question) -> str | None:
    return question.campaigns[0] if question.campaigns else None
