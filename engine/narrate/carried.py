"""What became of a proposal, in sentences: S23, S24, and S26 to S30, each only where its condition holds.

``where`` is the platform as it is shown there: its name comes out of a file. Marks such as ✅ and ⚠️ are
left to whoever draws them.
"""

import re
from decimal import Decimal

from engine.models.action import SetSpend
from engine.models.execution import Execution, Receipt
from engine.models.recommendation import Decision, Proposal, Recommendation, Status, Verb
from engine.narrate import sentences
from engine.narrate.formats import listed
from engine.narrate.forty import say, stated
from engine.narrate.words import Words

TIMES = {1: "once", 2: "twice"}
CODE = re.compile(r"^\d{3}, ")  # what a server calls its answer, where words follow that say it
ANSWERED = ("it answered", "it said")  # how an error begins where an answer came, so that it did arrive
FATES: dict[Status, str] = {
    "executing": "It is being sent.",
    "executed": "It is carried out.",
    "failed": "Not done: it was refused.",
    "unknown": "Nobody knows whether it arrived.",
    "undoing": "It is being undone.",
    "undone": "It was undone.",
}
OVER: dict[Status, str] = {"expired": "expired, nobody decided", "withdrawn": "withdrawn, its reason is gone"}


CAME: dict[Status, str] = {
    "approved": "to be carried out by hand",
    "executing": "being sent",
    "executed": "carried out",
    "failed": "refused",
    "unknown": "nobody knows if it is done",
    "undoing": "being undone",
    "undone": "undone",
    "done": "carried out by hand",
    "dropped": "dropped",
}
LATER: dict[Status, str] = {
    "executing": " It is being sent.",
    "executed": " It is carried out.",
    "failed": " It was refused.",
    "unknown": " Nobody knows whether it arrived.",
}


def stands(recommendation: Recommendation, words: Words) -> str:
    """How a record stands, for whoever pressed a button that came too late."""
    status, last_one = recommendation.status, recommendation.last_decision
    if status == "expired":
        return expired(recommendation, words)
    if status == "withdrawn":
        return withdrawn(recommendation, words)
    if status in LATER and recommendation.approvals:
        who, when = _who(recommendation, words), words.style.moment(recommendation.approvals[-1].at)
        return f"This was approved by {who}, {when}.{LATER[status]}"
    if last_one is None or status in {"proposed", "noted", "superseded"}:
        return "It waits for a decision." if status == "proposed" else "There is nothing to decide any more."
    who, when = words.style.person(last_one.by), words.style.moment(last_one.at)
    did = "undone" if status in {"undoing", "undone"} else sentences.DID[last_one.verb]
    return f"This was {did} by {who}, {when}."


def told(recommendation: Recommendation, words: Words) -> str:
    """One line of what became of it, for lists and the digest."""
    status = recommendation.status
    name = words.style.name(recommendation.analysis.retrospective.name)
    action = sentences.action(recommendation.decided_action, words, dated=False)
    if status in OVER:
        return f"{name}: {OVER[status]}: {action}"
    if status in FATES and recommendation.approvals:
        return f"{name}: {_who(recommendation, words)} approved: {action} {FATES[status]}"
    return sentences.decided(recommendation, words) if recommendation.decisions else f"{name}: {action}"


def in_short(recommendation: Recommendation, words: Words) -> str:
    """The same in fewer words, without the amounts, where many stand together."""
    action, status = recommendation.decided_action, recommendation.status
    if not isinstance(action, SetSpend):
        return told(recommendation, words)
    percent = words.formats.change(abs(action.change) * 100).removeprefix("+")
    name = words.style.name(recommendation.analysis.retrospective.name)
    what = f"{'raise' if action.change > 0 else 'lower'} the {action.field} of {name} {percent}."
    if status in OVER:
        return f"{OVER[status].capitalize()}: {what}"
    if status in CAME and recommendation.approvals:
        return f"{_who(recommendation, words)} approved, {CAME[status]}: {what}"
    last_one = recommendation.last_decision
    if last_one is None:
        return told(recommendation, words)
    reason = f" ({sentences.REASONS[last_one.reason]})" if last_one.reason else ""
    return f"{words.style.person(last_one.by)} {sentences.DID[last_one.verb]}{reason}: {what}"


def approved(recommendation: Recommendation, words: Words) -> str:
    """S23; S24 where what was approved is not what was proposed; both names where two had to agree."""
    given = recommendation.approvals
    if not given:
        return ""
    who, when = _who(recommendation, words), words.style.moment(given[-1].at)
    change = _change(recommendation)
    if change is None:
        return stated("S23", given, who=who, when=when)
    d1, d2 = (words.formats.change(each.change * 100) for each in change)
    return stated("S24", given, *change, who=who, when=when, d1=d1, d2=d2)


def changed(recommendation: Recommendation, words: Words) -> str | None:
    """What an approval made of the proposal: "+15 % became +10 %"; ``None`` where nothing was changed."""
    change = _change(recommendation)
    return None if change is None else " became ".join(words.formats.change(e.change * 100) for e in change)


def _change(recommendation: Recommendation) -> tuple[SetSpend, SetSpend] | None:
    """What was proposed and what was approved instead; ``None`` where they are the same."""
    before, after = recommendation.analysis.proposal.action, recommendation.decided_action
    if not isinstance(before, SetSpend) or not isinstance(after, SetSpend) or before.to == after.to:
        return None
    return before, after


def one_of_two(
    recommendation: Recommendation, above: Decimal | None, words: Words, *, enough: bool = False
) -> str:
    """The first of two approvals, what it approved, and why another is due; ``enough``: none is any more."""
    first = recommendation.approvals[-1]
    who, when = words.style.person(first.by), words.style.moment(first.at)
    edited = changed(recommendation, words)
    edit = f" It was edited: {edited}." if edited else ""
    if enough:
        return f"1 approval: {who}, {when}.{edit} One is enough by now; press Approve once more."
    told = f"1 of 2 approvals: {who}, {when}."
    if above is None:
        return f"{told}{edit} Two must agree."
    worst = recommendation.analysis.proposal.worst_case
    limit = words.formats.total(above, worst.currency if worst else None)
    return f"{told}{edit} Above {limit} two must agree."


def sending(recommendation: Recommendation, where: str, words: Words) -> str:
    return f"{approved(recommendation, words)} Sending to {where}."


def executed(recommendation: Recommendation, where: str, words: Words) -> str:
    """S28 where the platform's own figure was told; else what is known, and from whom."""
    execution = recommendation.execution
    receipt = execution.receipt if execution else None
    if execution is None or receipt is None:
        return "Done, but its receipt is gone."
    when = words.style.moment(execution.ended_at) if execution.ended_at else ""
    if receipt.said_by:
        who = words.style.person(receipt.said_by)
        return f"Done {when}, says {who}; there is no receipt."
    with_id = f" Receipt {words.style.name(receipt.id)}." if receipt.id else ""
    # Once an undo was refused, somebody may have changed it since.
    verb = "showed" if recommendation.undoing else "shows"
    f, action = words.formats, execution.action
    parts = {"field": action.field, "to": f.money(action.to, action.currency)}
    was = f.money(receipt.previous or 0, action.currency, code=False)
    said = say("S28", receipt, action, when=when, platform=where, shows=verb, from_=was, **parts)
    said = said or f"Done {when}. {_shows(execution, receipt, f'{where} {verb}', where, words)}"
    return f"{said}{with_id}"


def _shows(execution: Execution, receipt: Receipt, shows: str, where: str, words: Words) -> str:
    f, action, value = words.formats, execution.action, receipt.value
    if value is None:
        return f"{where} took it."
    was = (
        "" if receipt.previous is None else f" (was {f.money(receipt.previous, action.currency, code=False)})"
    )
    told = f"{shows} {action.field} {f.money(value, action.currency)}{was}"
    return f"{told}." if value == action.to else f"{told}, not {f.money(action.to, action.currency)}."


def failed(execution: Execution, where: str, words: Words) -> str:
    """S29: each answer was a refusal, so nothing was changed."""
    count = max(execution.refusals, 1)
    last = "last " if count > 1 else ""
    when = f", {last}{words.style.moment(execution.ended_at)}" if execution.ended_at else ""
    times = TIMES.get(count, f"{words.formats.number(count)} times")
    opening = "Not undone." if execution.purpose == "undo" else "Not done."
    error = words.style.name(reason(execution)) if execution.error else "no reason was given"
    return stated("S29", execution, opening=opening, platform=where, k=times, when=when, error=error)


def unknown(execution: Execution, where: str, words: Words) -> str:
    """S30: no receipt, no refusal; where something was answered, what that was.

    Whoever says done and shows another value is quoted: what arrived is not the question there.
    """
    what = "the undo" if execution.purpose == "undo" else "it"
    sent = words.style.moment(execution.sent_at or execution.created_at)
    action, field, told = execution.action, execution.action.field, execution.error.rstrip(".")
    if execution.shown is not None:
        shown, asked = (words.formats.money(each, action.currency) for each in (execution.shown, action.to))
        return f"{where} says {what} is done, but shows {field} {shown}. Sent {sent}: {asked}."
    if told and not told.startswith("no answer"):
        fate = "is done" if told.startswith(ANSWERED) else "arrived"
        return f"I don't know if {what} {fate}. Sent {sent}: {words.style.name(told)}."
    return stated("S30", execution, what=what, when=sent, field=field)


def reason(execution: Execution) -> str:
    """Why it was refused, in the receiver's words; a code only where it said no more."""
    return CODE.sub("", execution.error).rstrip(".")


def not_undone(execution: Execution, words: Words) -> str:
    """An undo that was refused: whatever stood there still stands."""
    why = words.style.name(reason(execution)) if execution.error else "the value has changed since"
    return f"Not undone: {why}. Nothing was changed."


def undone(recommendation: Recommendation, words: Words) -> str:
    execution = recommendation.undoing
    asked = last(recommendation, "undo")
    who = words.style.person(asked.by) if asked else "somebody"
    ended = execution.ended_at if execution and execution.ended_at else asked.at if asked else None
    when = f", {words.style.moment(ended)}" if ended else ""
    if execution is None:
        return f"Undone by {who}{when}."
    back = words.formats.money(execution.action.to, execution.action.currency)
    field = execution.action.field
    return f"Undone by {who}{when}. {field[0].upper()}{field[1:]}: {back}."


def undoing(recommendation: Recommendation, where: str, words: Words) -> str:
    asked = last(recommendation, "undo")
    told = f"Undo asked by {words.style.person(asked.by)}, {words.style.moment(asked.at)}. " if asked else ""
    return f"{told}Sending to {where}."


def expired(recommendation: Recommendation, words: Words) -> str:
    """S26; where one of two approved, that is said instead."""
    when = _ended(recommendation, words)
    if recommendation.approvals:
        who = words.style.person(recommendation.approvals[0].by)
        return f"Expired{when}; {who} approved, a second approval never came. Nothing was changed."
    return stated("S26", recommendation.approvals, when=when)


def withdrawn(recommendation: Recommendation, words: Words) -> str:
    """S27: what it was for is no longer real."""
    back, when = recommendation.back, _ended(recommendation, words)
    if back is None:
        return f"Withdrawn{when}: its reason is gone. Nothing was changed."
    value = words.formats.kpi(back.kpi, back.value, back.currency)
    kpi = sentences.NAMES[back.kpi]
    return stated("S27", recommendation.status, when=when, kpi=kpi, a=value)


def snoozed(recommendation: Recommendation, words: Words) -> str:
    asked, until = last(recommendation, "snooze"), recommendation.snoozed_until
    who = words.style.person(asked.by) if asked else "somebody"
    return f"Snoozed by {who} until {words.style.moment(until)}." if until else f"Snoozed by {who}."


def weighed(action: SetSpend, words: Words) -> str:
    """A change as somebody is about to approve it: the value that it leads to."""
    f = words.formats
    per = " a day" if action.field == "daily spend" else ""
    return f"→ {f.money(action.to, action.currency)}{per} ({f.change(action.change * 100)})."


def worst_by(proposal: Proposal, words: Words) -> str:
    """S19 with the day by which it is counted."""
    worst = proposal.worst_case
    if worst is None:
        return ""
    dated = f"Worst case by {words.formats.day(worst.by)}:"
    return sentences.worst_case(worst, words).replace("Worst case:", dated, 1)


def last(recommendation: Recommendation, verb: Verb) -> Decision | None:
    return next((each for each in reversed(recommendation.decisions) if each.verb == verb), None)


def open_execution(recommendation: Recommendation) -> Execution | None:
    """What the state of a card speaks of: the undoing, once there is one, else the change itself."""
    return recommendation.undoing or recommendation.execution


def _who(recommendation: Recommendation, words: Words) -> str:
    """Whoever approved; both, where two had to agree."""
    return listed(
        [words.style.person(each) for each in dict.fromkeys(one.by for one in recommendation.approvals)]
    )


def _ended(recommendation: Recommendation, words: Words) -> str:
    return f" {words.style.moment(recommendation.ended_at)}" if recommendation.ended_at else ""
