"""Errors, refusals and help, for one person's eyes: the rule, the value, the way out."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.limits import FALLBACK, clip, few
from bot.blocks.mrkdwn import escape
from engine.errors import (
    AmbiguousCampaign,
    EngineError,
    Fault,
    MayNotDecide,
    OverLimit,
    Refused,
    UnknownCampaign,
)
from engine.models.recommendation import Recommendation
from engine.narrate.formats import listed
from engine.narrate.words import Words

UNKNOWN = "unknown"  # the error of a message of which nobody can tell whether it arrived

ANALYZE_HELP = """*`/analyze` says what a campaign did against its forecast, and what is real.*
• `/analyze` alone opens a window: choose a campaign, enter one, or paste JSON
• `/analyze spring-sale` shows its card here; its beginning is enough
• `/analyze spring-sale --force` makes a new card and voids the old one
• `/analyze help` shows this
• or drop a JSON file of campaigns into a channel where I am

Approve or reject on the card. Only approvers decide, and I change nothing by myself."""

DIGEST_HELP = """*`/digest` posts what the team learned.*
• `/digest` alone opens a window: channel, day, time, and a preview
• `/digest now` posts the last seven days here
• `/digest weekly mon 09:00 #channel` posts it every week
• `/digest off` stops it in this channel"""


def said(text: str) -> Message:
    return Message(_notice(text), [kit.section(text)])


def _notice(text: str) -> str:
    """The first line without its marks; a moment as its fallback says it."""
    first = re.sub(r"<!date[^|>]*\|([^>]*)>", r"\1", text.split("\n", 1)[0])
    return clip(first.replace("*", "").replace("`", ""), FALLBACK)


def refusal(error: EngineError, words: Words) -> Message:
    """Tell an engine's refusal in the words of its kind."""
    if isinstance(error, UnknownCampaign):
        return _unknown(error, words)
    if isinstance(error, AmbiguousCampaign):
        return _choices(f"{words.style.name(error.asked)} fits several campaigns:", error.candidates)
    if isinstance(error, MayNotDecide):
        return may_not_decide(error.approvers, words)
    if isinstance(error, OverLimit):
        return over_limit(error, words)
    if isinstance(error, Refused):
        return said("\n".join([*few([_fault(each) for each in error.faults]), "Nothing was stored."]))
    return said(escape(str(error)))


def may_not_decide(approvers: Sequence[str], words: Words) -> Message:
    """S40; where nobody is named yet, say how to name somebody."""
    if not approvers:
        return said(
            "Nobody is named an approver yet. A workspace admin can name one: `/marko settings`. "
            "Your click changed nothing."
        )
    names = listed([words.style.person(each) for each in approvers])
    return said(f"Only {names} can decide this. Your click changed nothing.")


def over_limit(error: OverLimit, words: Words) -> Message:
    """S21, where the limit was lowered since the proposal was made."""
    change, limit = words.formats.change(error.change * 100), words.formats.percent(error.limit * 100)
    return said(
        f"{change} is over your limit of {limit}. Type `/analyze {escape(error.name)}` for a proposal "
        f"of {limit} or less. Your click changed nothing."
    )


def old_button(recommendation: Recommendation, words: Words, permalink: str | None) -> Message:
    """A button of a record that was decided meanwhile still answers."""
    last = recommendation.last_decision
    if recommendation.status == "superseded" or last is None:
        text = "The figures changed. Please look again. Your click changed nothing."
    else:
        who, when = words.style.person(last.by), words.style.moment(last.at)
        text = f"This was {recommendation.status} by {who}, {when}. Your click changed nothing."
    blocks = [kit.section(text)]
    if permalink:
        blocks.append(kit.actions([kit.link("Open card", permalink)]))
    return Message("Your click changed nothing.", blocks)


def card_stands(recommendation: Recommendation, permalink: str | None, words: Words) -> Message:
    """Asked again within the day: the same evidence is the same card."""
    name = words.style.name(recommendation.analysis.retrospective.name)
    since = words.style.moment(recommendation.created_at)
    text = f"Nothing new about {name} since {since}. Its card still stands."
    buttons = [kit.link("Open card", permalink)] if permalink else []
    return Message(
        "Its card still stands.", [kit.section(text), *([kit.actions(buttons)] if buttons else [])]
    )


def kept_newer(recommendation: Recommendation, permalink: str | None, words: Words) -> Message:
    """What was handed in is older than what is known."""
    name = words.style.name(recommendation.analysis.retrospective.name)
    text = f"I know figures of {name} from a later moment. Those stand, and yours were not taken."
    buttons = [kit.actions([kit.link("Open card", permalink)])] if permalink else []
    return Message("Newer figures are known; yours were not taken.", [kit.section(text), *buttons])


def not_in_channel(command: str) -> Message:
    return said(f"I am not in this channel. Type `/invite @Marko`, then `{command}` again.")


def missing_scope(scope: str, purpose: str) -> Message:
    return said(f"I lack `{escape(scope)}` to {purpose}. An admin can add it and reinstall.")


def own_failure(case: str, *, owner_knows: bool) -> Message:
    where = "the owner knows" if owner_knows else "it is in the log"
    return said(f"I failed. Nothing was changed. Case {case}; {where}.")


def failure_report(case: str, what: str, person: str, error: str, words: Words) -> Message:
    """Tell the owner what failed for whom; ``error`` is the type of it."""
    return said(f"Case {case}: {escape(what)} for {words.style.person(person)} failed ({escape(error)}).")


def _unknown(error: UnknownCampaign, words: Words) -> Message:
    text = f"I know no campaign {words.style.name(error.asked)}."
    if not error.nearest:
        return said(f"{text} Type `/analyze` alone to enter it, or drop its JSON file here.")
    return _choices(f"{text} Nearest:", error.nearest)


def _choices(text: str, names: list[str]) -> Message:
    buttons = [
        kit.button(clip(name, 24), f"{ids.ANALYZE_NAMED}:{index}", name, says=f"Analyze {name}")
        for index, name in enumerate(names[:3])
    ]
    return Message(_notice(text), [kit.section(text), kit.actions(buttons)])


def _fault(fault: Fault) -> str:
    where = f"Line {fault.line}, {fault.field}" if fault.line else fault.field
    return f'{escape(where)}: {escape(fault.value)} breaks the rule "{escape(fault.rule)}".'


def not_posted(error: str, command: str) -> Message:
    """A card or digest that Slack would not take."""
    if error in {"not_in_channel", "channel_not_found"}:
        return not_in_channel(command if command.startswith("/") else "/analyze")
    if error == "is_archived":
        return said("This channel is archived, so I cannot post here. Ask in another one.")
    if error == UNKNOWN:
        return said("I cannot tell whether my message arrived, so I do not send it again. Please look here.")
    return said(f"Slack did not take my message: `{escape(error)}`. Nothing was lost; please ask again.")


def digest_not_out(channel: str, due_at: datetime, error: str, words: Words) -> Message:
    """For whoever ordered it: a digest that was due was given up."""
    due = f"The digest for <#{channel}>, due {words.style.moment(due_at)},"
    if error == UNKNOWN:
        return said(f"{due} may be out or not: I cannot tell, so I do not send it again. Please look there.")
    return said(f"{due} is not out: {escape(error)}.")


def in_the_thread(permalink: str | None) -> Message:
    buttons = [kit.actions([kit.link("Open card", permalink)])] if permalink else []
    return Message("It is in the thread.", [kit.section("It is in the card's thread already."), *buttons])


def told_then(day: date | None, words: Words) -> Message:
    if day is None:
        return said("This card waits for nothing any more. Its newest state is on the card.")
    return said(f"⏳ I tell you in this thread on {words.formats.day(day)}.")


def why_me(recommendation: Recommendation, words: Words) -> Message:
    """Say who asked for this card, and when; or how its figures came in."""
    at, asked_by = words.style.moment(recommendation.created_at), recommendation.asked_by or ""
    if re.fullmatch(r"[UW][A-Z0-9]+", asked_by):
        return said(f"{words.style.person(asked_by)} asked for it, {at}.")
    by = "the API" if asked_by == "api" else "the shell"
    return said(
        f"Its figures were handed in by {by}, {at}; somebody then asked for the card with `/analyze`."
    )
