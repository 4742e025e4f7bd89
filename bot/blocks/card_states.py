"""The end of a card: what became of its proposal, and the buttons that its state allows."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block
from bot.blocks.limits import SECTION, clip
from bot.blocks.mrkdwn import escape, word
from bot.blocks.voice import Voice
from engine.errors import EngineError, Frozen, OnHold
from engine.models.action import SetSpend, Wait
from engine.models.execution import Execution
from engine.models.recommendation import Proposal, Recommendation, Status
from engine.narrate import carried, sentences
from engine.narrate.limits import beyond, frozen_until, on_hold
from engine.narrate.words import Words

MARK = "|"  # between the parts of a button's value: no id has one


class Links(NamedTuple):
    """What a card says beside its record: where others stand, and what holds for it now.

    ``connected`` says whether an approved change is sent or carried out by hand. ``beyond`` is the limit
    that the proposal is over. Above ``two_above`` two approvers must agree; ``edited`` is what the first
    of them made of the proposal, which is what the second approves. ``one_is_enough`` says that nobody has
    to agree with the first: it is so by now, or always was. ``on_hold`` is why nobody can approve it,
    ``frozen`` until when nothing is. ``source`` is the message of the import that the figures are from, where
    they are too poor for a verdict.
    """

    newer: str | None = None
    connected: bool = False
    beyond: EngineError | None = None
    two_above: Decimal | None = None
    edited: Proposal | None = None
    one_is_enough: bool = False
    on_hold: OnHold | None = None
    frozen: Frozen | None = None
    source: str | None = None


def state(recommendation: Recommendation, voice: Voice, links: Links) -> list[Block]:
    """Buttons while it is open; a status line and what remains to be done after that."""
    return DRAWN[recommendation.status](recommendation, voice, links)


def sealed(recommendation: Recommendation) -> str:
    """What a button carries that decides: the record, and the figures that stood beside it."""
    return f"{recommendation.id}{MARK}{recommendation.seal}"


def unsealed(value: str) -> tuple[str, str]:
    """A record and its seal; "" where an old button carried none."""
    identifier, _, seal = value.partition(MARK)
    return identifier, seal


def decision_buttons(recommendation: Recommendation, words: Words, links: Links | None = None) -> list[Block]:
    """Approve and Reject…, on the card and in the digest; no Approve on hold, or without a worst case."""
    links = links or Links()
    said, name = _said(recommendation, words), recommendation.analysis.retrospective.name
    reject = kit.button("Reject…", ids.REJECT, recommendation.id, says=f"Reject: {said}, {name}")
    if links.on_hold is not None:
        return [reject]
    if links.beyond is not None:
        edit = kit.button("Edit & approve…", ids.EDIT, sealed(recommendation), says=f"Edit: {said}, {name}")
        return [edit, reject]
    confirm = _approval(recommendation, words, links)
    if confirm is None:
        return [reject]
    approve = kit.button(
        "Approve",
        ids.APPROVE,
        sealed(recommendation),
        style="primary",
        says=f"Approve: {said}, {name}",
        confirm=confirm,
    )
    return [approve, reject]


def who_acts(recommendation: Recommendation, *, connected: bool) -> str:
    """Say what an approval leads to, in plain text."""
    if not connected:
        return "It is carried out by hand."
    platform = clip(recommendation.analysis.retrospective.campaign.platform, 40)
    return f"I send it to {platform}; it can be undone once."


def _said(recommendation: Recommendation, words: Words) -> str:
    return sentences.action(recommendation.decided_action, words).rstrip(".")


def _approval(recommendation: Recommendation, words: Words, links: Links) -> Block | None:
    """Ask once more, with the money at risk; plain text, since Slack's dialog knows no marks."""
    proposal = recommendation.analysis.proposal
    if recommendation.decided_action != proposal.action:
        if links.edited is None:  # nobody can say what the edit may cost
            return None
        proposal = links.edited
    action, f = proposal.action, words.formats
    if not isinstance(action, SetSpend) or proposal.worst_case is None:
        return None
    percent = f.change(abs(action.change) * 100).removeprefix("+")
    verb = "Raise" if action.change > 0 else "Lower"
    before, after = f.money(action.previous, action.currency, code=False), f.money(action.to, action.currency)
    name = clip(recommendation.analysis.retrospective.name, 80)
    second = " You are the second of two." if recommendation.approvals and not links.one_is_enough else ""
    acts = who_acts(recommendation, connected=links.connected)
    text = f"{name}: {before} → {after}. {carried.worst_by(proposal, words)} {acts}{second}"
    return kit.confirmation(f"{verb} the {action.field} by {percent}?", text, f"{verb} by {percent}")


def _proposed(recommendation: Recommendation, voice: Voice, links: Links) -> list[Block]:
    told = []
    if recommendation.approvals:
        enough = links.one_is_enough
        told.append(carried.one_of_two(recommendation, links.two_above, voice.marked, enough=enough))
    told += _held(links, voice.marked)
    buttons = [
        *decision_buttons(recommendation, voice.plain, links),
        *entry_buttons(recommendation),
        _more(recommendation),
        menu(recommendation, is_held=links.on_hold is not None),
    ]
    return [*([_line(" ".join(told))] if told else []), kit.actions(buttons)]


def _held(links: Links, words: Words) -> list[str]:
    """What keeps it from being approved as it is, now."""
    if links.on_hold is not None:
        return [on_hold(links.on_hold.days, words)]
    over = beyond(links.beyond, words) if links.beyond else None
    frozen = [frozen_until(links.frozen, words)] if links.frozen else []
    return [*([f"⚠️ {over}"] if over else []), *frozen]


def _noted(recommendation: Recommendation, _voice: Voice, links: Links) -> list[Block]:
    source = [kit.link("Open import", links.source)] if links.source else []
    entries = entry_buttons(recommendation)
    return [kit.actions([*source, *entries, _more(recommendation), menu(recommendation)])]


def _snoozed(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    wake = _button("Wake now", ids.WAKE, recommendation)
    return _told(recommendation, carried.snoozed(recommendation, voice.marked), wake)


def _approved(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    status = carried.approved(recommendation, voice.marked)
    told = f"⏳ {status} Carry it out in {_platform(recommendation)}, then press Done."
    sure = kit.confirmation(
        "Is it carried out?", "I record that the change was made. This cannot be taken back.", "It is done"
    )
    done = kit.button("Done…", ids.DONE, recommendation.id, style="primary", confirm=sure)
    return _told(recommendation, told, done, _drop(recommendation))


def _executing(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    told = carried.sending(recommendation, _platform(recommendation), voice.marked)
    return _told(recommendation, f"⏳ {told}{_not_yet(recommendation)}")


def _not_yet(recommendation: Recommendation) -> str:
    """What kept it from arriving so far, where it is tried again."""
    tried = carried.open_execution(recommendation)
    return f" Not yet: {word(carried.reason(tried))}. I try again." if tried and tried.error else ""


def _executed(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    """Undo goes where it was used, or where nobody knows what to go back to."""
    words, undo = voice.marked, recommendation.undoing
    mark = "⚠️" if _differs(recommendation.execution) else "✅"
    told = f"{mark} {carried.executed(recommendation, _platform(recommendation), words)}"
    if undo is not None:
        told = f"{told} {carried.not_undone(undo, words)}"
    elif not _differs(recommendation.execution):
        told = f"{told} {carried.approved(recommendation, words)}"
    return _told(recommendation, told, *_undo(recommendation, voice.plain))


def _failed(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    tried = carried.open_execution(recommendation)
    told = carried.failed(tried, _platform(recommendation), voice.marked) if tried else "Not done."
    again = _button("Try again", ids.RETRY, recommendation)
    return _told(recommendation, f"⚠️ {told}", again, _drop(recommendation))


def _unknown(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    tried, where = carried.open_execution(recommendation), _platform(recommendation)
    told = carried.unknown(tried, where, voice.marked) if tried else "I don't know if it arrived."
    platform = clip(recommendation.analysis.retrospective.campaign.platform, 40)
    looked = kit.confirmation(
        "Did it arrive?", f"You looked in {platform}, and the change is there. I record that you say so.",
        "It arrived",
    )  # fmt: skip
    anew = kit.confirmation(
        "Send it again?",
        f"Look in {platform} first: if the change is there, press It arrived instead. The same request goes "
        "out, marked as the same, so that it can be recognised.",
        "Send again",
    )
    return _told(
        recommendation,
        f"⚠️ {told}",
        _button("It arrived", ids.ARRIVED, recommendation, confirm=looked),
        _button("Send again", ids.RESEND, recommendation, confirm=anew),
    )


def _undoing(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    told = carried.undoing(recommendation, _platform(recommendation), voice.marked)
    return _told(recommendation, f"⏳ {told}")


def _undone(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    return _told(recommendation, carried.undone(recommendation, voice.marked))


def _done(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    last, style = recommendation.decisions[-1], voice.marked.style
    told = f"✅ Done {style.moment(last.at)}, by hand, says {style.person(last.by)}."
    return _told(recommendation, f"{told} {carried.approved(recommendation, voice.marked)}")


def _dropped(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    last, style = recommendation.decisions[-1], voice.marked.style
    told = f"✋ Dropped by {style.person(last.by)}, {style.moment(last.at)}. Nothing was changed."
    return _told(recommendation, told, _again(recommendation))


def _rejected(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    last = recommendation.decisions[-1]
    note = "".join(f"\n> {escape(line)}" for line in last.note.splitlines())
    told = clip(f"✋ {sentences.rejected(last, voice.marked)}{note}", SECTION)
    return _told(recommendation, told, _again(recommendation))


def _expired(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    return _told(recommendation, carried.expired(recommendation, voice.marked), _again(recommendation))


def _withdrawn(recommendation: Recommendation, voice: Voice, _: Links) -> list[Block]:
    return _told(recommendation, carried.withdrawn(recommendation, voice.marked), _again(recommendation))


def _superseded(recommendation: Recommendation, voice: Voice, links: Links) -> list[Block]:
    opening = [kit.link("Open new card", links.newer)] if links.newer else []
    at = recommendation.superseded_at or recommendation.created_at
    told = f"Replaced by a newer card, {voice.marked.style.moment(at)}."
    return _told(recommendation, told, *opening)


DRAWN: Mapping[Status, Callable[[Recommendation, Voice, Links], list[Block]]] = {
    "proposed": _proposed,
    "noted": _noted,
    "snoozed": _snoozed,
    "approved": _approved,
    "executing": _executing,
    "executed": _executed,
    "failed": _failed,
    "unknown": _unknown,
    "undoing": _undoing,
    "undone": _undone,
    "done": _done,
    "dropped": _dropped,
    "rejected": _rejected,
    "expired": _expired,
    "withdrawn": _withdrawn,
    "superseded": _superseded,
}


def entry_buttons(recommendation: Recommendation) -> list[Block]:
    """What a person can ask for or add where something is missing."""
    analysis = recommendation.analysis
    found = []
    if isinstance(analysis.proposal.action, Wait):
        found.append(kit.button("Tell me then", ids.TELL_THEN, recommendation.id))
    if analysis.comparison.lead.expected is None:
        found.append(kit.button("Enter forecast…", ids.ENTER_FORECAST, recommendation.id))
    if "revenue_missing" in analysis.comparison.flags and analysis.comparison.metrics["cpa"].actual:
        label = "Enter order value…" if analysis.order_value is None else "Change order value…"
        found.append(kit.button(label, ids.ENTER_ORDER_VALUE, recommendation.id))
    return found


def menu(recommendation: Recommendation, *, is_held: bool = False) -> Block:
    """⋯: what can be done beside approving and rejecting; each choice carries the figures it is made on.

    What is on hold only grows older, so it can neither be edited nor put off.
    """
    choices = []
    if recommendation.status == "proposed" and not is_held:
        about = sealed(recommendation)
        choices = [
            kit.option("Edit & approve…", f"{ids.EDIT}:{about}"),
            *([kit.option("Choose another…", f"{ids.CHOOSE}:{about}")] if has_choice(recommendation) else []),
            kit.option("Snooze…", f"{ids.SNOOZE}:{about}"),
        ]
    return kit.overflow(
        ids.MENU, [*choices, kit.option("Why did I get this?", f"{ids.WHY_ME}:{recommendation.id}")]
    )


def has_choice(recommendation: Recommendation) -> bool:
    """Say whether another change was thought of; leaving all as it is is rejecting."""
    return any(isinstance(each.action, SetSpend) for each in recommendation.analysis.proposal.alternatives)


def _told(recommendation: Recommendation, text: str, *buttons: Block) -> list[Block]:
    return [_line(text), kit.actions([*buttons, _more(recommendation)])]


def _line(text: str) -> Block:
    return kit.section(text)


def _undo(recommendation: Recommendation, words: Words) -> list[Block]:
    execution = recommendation.execution
    action = execution.way_back if execution else None
    if execution is None or action is None or recommendation.undoing:
        return []
    f = words.formats
    back, now = f.money(action.to, action.currency), f.money(action.previous, action.currency, code=False)
    platform = clip(execution.platform, 40)
    sure = kit.confirmation(
        "Undo it?",
        f"{action.field[0].upper()}{action.field[1:]} in {platform}: {now} → {back}. It can be undone once, "
        "and only while nobody has changed it since.",
        "Undo it",
    )
    return [_button("Undo…", ids.UNDO, recommendation, confirm=sure)]


def _differs(execution: Execution | None) -> bool:
    """Say whether the platform shows something else than what was sent."""
    receipt = execution.receipt if execution else None
    return bool(execution and receipt and receipt.value is not None and receipt.value != execution.action.to)


def _drop(recommendation: Recommendation) -> Block:
    sure = kit.confirmation("Drop it?", "It was approved. Nothing was changed yet.", "Drop it")
    return _button("Drop it…", ids.DROP, recommendation, confirm=sure)


def _again(recommendation: Recommendation) -> Block:
    return _button("Analyze again", ids.ANALYZE_AGAIN, recommendation)


def _more(recommendation: Recommendation) -> Block:
    name = recommendation.analysis.retrospective.name
    return kit.button("More", ids.MORE, recommendation.id, says=f"More about {name}")


def _button(
    label: str, action_id: str, recommendation: Recommendation, *, confirm: Block | None = None
) -> Block:
    """A button whose label needs its campaign to be understood when it is read aloud."""
    says = f"{label.rstrip('…')}: {recommendation.analysis.retrospective.name}"
    return kit.button(label, action_id, recommendation.id, says=says, confirm=confirm)


def _platform(recommendation: Recommendation) -> str:
    return word(recommendation.analysis.retrospective.campaign.platform)
