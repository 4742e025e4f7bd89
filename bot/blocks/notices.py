"""Errors, refusals and help, for one person's eyes: the rule, the value, the way out."""

import re
from collections.abc import Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.limits import FALLBACK, clip, few
from bot.blocks.mrkdwn import escape
from engine.errors import (
    AmbiguousCampaign,
    AskedForIt,
    EngineError,
    Fault,
    MayNotAudit,
    MayNotDecide,
    MayNotEnd,
    MayNotTakeBack,
    NotForStrangers,
    Refused,
    UnknownCampaign,
    not_looked_up,
)
from engine.models.answer import Reminder
from engine.models.recommendation import Recommendation
from engine.narrate import carried
from engine.narrate.faults import broken_rule
from engine.narrate.formats import listed
from engine.narrate.forty import stated
from engine.narrate.limits import beyond
from engine.narrate.words import Words

MOST_CHOICES = 3
UNKNOWN = "unknown"  # the error of a message of which nobody can tell whether it arrived

ANALYZE_HELP = """*`/analyze` says what a campaign did against its forecast, and what is real.*
• `/analyze` alone opens a window: choose a campaign, enter one, or paste JSON
• `/analyze spring-sale` shows its card here; its beginning is enough
• `/analyze spring-sale 30d` takes the last 30 days (1 to 365) where I have daily rows, usually 28
• `/analyze spring-sale --force` makes a new card and voids the old one
• `/analyze help` shows this
• or drop an export (CSV, XLSX) into a channel where I am

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
        return _which(error, words)
    if isinstance(error, MayNotDecide) and not isinstance(error, AskedForIt):
        return may_not_decide(error.approvers, words, lacks=error.lacks)
    if isinstance(error, NotForStrangers | MayNotAudit) and error.lacks:
        return _not_looked_up(error.lacks)
    if isinstance(error, MayNotAudit):
        return said(may_not_audit(error.approvers, words))
    return said(_told(error, words))


def _told(error: EngineError, words: Words) -> str:
    """Those refusals that are words alone."""
    limit = beyond(error, words)
    if limit is not None:
        return f"{limit} Your click changed nothing."
    if isinstance(error, AskedForIt):
        return asked_for_it(error, words)
    if isinstance(error, MayNotEnd):
        return may_not_end(error, words)
    if isinstance(error, MayNotTakeBack):
        return _may_not_take_back(error, words)
    if isinstance(error, Refused):
        return "\n".join([*few([_fault(each) for each in error.faults]), "Nothing was stored."])
    return escape(str(error))


def may_not_decide(approvers: Sequence[str], words: Words, *, lacks: str = "") -> Message:
    """S40; where nobody is named yet, say how to name somebody; where nobody can be looked up, say why."""
    if lacks:
        return _not_looked_up(lacks)
    if not approvers:
        return said(
            "Nobody is named an approver yet. A workspace admin can name one: `/marko settings`. "
            "Your click changed nothing."
        )
    names = listed([words.style.person(each) for each in approvers])
    return said(stated("S40", approvers, approvers=names))


def may_not_end(error: MayNotEnd, words: Words) -> str:
    """Name whoever ordered the digest, and the approvers."""
    who = either([words.style.person(each) for each in (error.ordered_by, *error.approvers)])
    return f"Only {who} can end this order. Nothing was changed."


def _may_not_take_back(error: MayNotTakeBack, words: Words) -> str:
    who = either([words.style.person(each) for each in (*error.doubted_by, *error.approvers)])
    return f"Only {who} can take this back. Nothing was changed."


def either(people: Sequence[str]) -> str:
    """Join those of whom one is enough: "a, b or c"."""
    return " or".join(listed(list(dict.fromkeys(people))).rsplit(" and", 1))


def may_not_audit(approvers: Sequence[str], words: Words) -> str:
    """S40 for the audit."""
    people = [words.style.person(each) for each in approvers]
    return f"Only {listed([*people, 'workspace admins'])} can read the audit. Your click changed nothing."


def asked_for_it(error: AskedForIt, words: Words) -> str:
    """Above an amount, whoever asked is none of the two who must agree."""
    f = words.formats
    if error.amount is None:
        why = "nobody knows what is at risk"
    elif error.currency is None:
        why = "nobody knows its currency"
    elif error.limit is None:
        why = f"no amount is set in {error.currency} up to which one is enough"
    else:
        write = f.total if f.total(error.amount, None) != f.total(error.limit, None) else f.money
        why = f"{write(error.amount, error.currency)} is above {write(error.limit, error.currency)}"
    return f"You asked for this one, and {why}: two others must agree. Your click changed nothing."


def old_button(recommendation: Recommendation, words: Words, permalink: str | None) -> Message:
    """A button of a record that was decided meanwhile still answers."""
    if recommendation.status == "superseded":
        return changed_since(permalink)
    blocks = [kit.section(f"{carried.stands(recommendation, words)} Your click changed nothing.")]
    if permalink:
        blocks.append(kit.actions([kit.link("Open card", permalink)]))
    return Message("Your click changed nothing.", blocks)


def changed_since(permalink: str | None) -> Message:
    """A button that stood beside other figures."""
    text = "The figures changed. Please look again. Your click changed nothing."
    buttons = [kit.actions([kit.link("Open card", permalink)])] if permalink else []
    return Message("Your click changed nothing.", [kit.section(text), *buttons])


def card_stands(recommendation: Recommendation, permalink: str | None, words: Words) -> Message:
    """Asked again within the day: the same evidence is the same card."""
    name = words.style.name(recommendation.analysis.retrospective.name)
    since = words.style.moment(recommendation.created_at)
    stands = "still stands" if recommendation.status == "proposed" else "says what came of it"
    text = f"Nothing new about {name} since {since}. Its card {stands}."
    buttons = [kit.link("Open card", permalink)] if permalink else []
    return Message(f"Its card {stands}.", [kit.section(text), *([kit.actions(buttons)] if buttons else [])])


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


def _not_looked_up(lacks: str) -> Message:
    return said(not_looked_up(f"`{escape(lacks)}`"))


def own_failure(case: str, *, owner_knows: bool, done: Sequence[str] = ()) -> Message:
    """``done`` is what the ledger has of it, in plain words."""
    where = "the owner knows" if owner_knows else "it is in the log"
    if not done:
        return said(f"I failed. Nothing was changed. Case {case}; {where}.")
    return said(f"I failed, after this was done: {escape('; '.join(done))}. Case {case}; {where}.")


def failure_report(case: str, what: str, person: str, error: str, words: Words) -> Message:
    """Tell the owner what failed for whom; ``error`` is the type of it."""
    return said(f"Case {case}: {escape(what)} for {words.style.person(person)} failed ({escape(error)}).")


def _unknown(error: UnknownCampaign, words: Words) -> Message:
    text = f"I know no campaign {words.style.name(error.asked)}."
    if not error.nearest:
        return said(f"{text} Type `/analyze` alone to enter it, or drop an export with it here.")
    return _choices(f"{text} Nearest:", error.nearest)


def _which(error: AmbiguousCampaign, words: Words) -> Message:
    """Each by its name; the button knows its key, which two campaigns never share."""
    text = f"{words.style.name(error.asked)} fits {len(error.candidates)} campaigns:"
    message = _choices(text, error.names, error.candidates)
    rest = len(error.candidates) - MOST_CHOICES
    if rest > 0:
        message.blocks.append(kit.context(f"and {rest} more: type more of the name"))
    return message


def _choices(text: str, names: Sequence[str], keys: Sequence[str] | None = None) -> Message:
    known = list(zip(names, keys or names, strict=True))[:MOST_CHOICES]
    buttons = [
        kit.button(clip(name, 24), f"{ids.ANALYZE_NAMED}:{index}", key, says=f"Analyze {name}")
        for index, (name, key) in enumerate(known)
    ]
    return Message(_notice(text), [kit.section(text), kit.actions(buttons)])


def _fault(fault: Fault) -> str:
    told = broken_rule(fault)
    if told:
        return escape(told)
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
    if error == "missing_scope":
        return missing_scope("chat:write", "post here")
    return said(f"Slack did not take my message: `{escape(error)}`. Nothing was lost; please ask again.")


def in_the_thread(permalink: str | None) -> Message:
    buttons = [kit.actions([kit.link("Open card", permalink)])] if permalink else []
    return Message("It is in the thread.", [kit.section("It is in the card's thread already."), *buttons])


def told_then(reminder: Reminder | None, words: Words) -> Message:
    if reminder is None:
        return said("This card waits for nothing any more. Its newest state is on the card.")
    come = "come" if reminder.is_new else "already come"
    name, day = words.style.name(reminder.name), words.formats.day(reminder.day)
    return said(f"⏳ I {come} back to {name} in its thread on {day}.")


def why_me(recommendation: Recommendation, words: Words) -> Message:
    """Say who asked for this card, and when; or how its figures came in."""
    at, asked_by = words.style.moment(recommendation.created_at), recommendation.asked_by or ""
    if re.fullmatch(r"[UW][A-Z0-9]+", asked_by):
        return said(f"{words.style.person(asked_by)} asked for it, {at}.")
    by = {"api": "the API", "": "whoever set me up"}.get(asked_by, "somebody at the command line")
    return said(
        f"Its figures were handed in by {by}, {at}; somebody then asked for the card with `/analyze`."
    )
