"""The dialogs behind ⋯: edit and approve, choose another, snooze. Each carries the figures it was opened on.

Editing is two dialogs: the first asks for the change, the second shows what it comes to and approves just
that, so that nobody approves a figure that they have not seen.
"""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot import ids
from bot.blocks import kit
from bot.blocks.card_states import who_acts
from bot.blocks.kit import Block
from bot.blocks.limits import SECTION, clip
from bot.blocks.modals import answers
from engine.models.action import Alternative, SetSpend
from engine.models.recommendation import Proposal, Recommendation
from engine.narrate import carried, sentences
from engine.narrate.words import Words

EDIT, CHOOSE, SNOOZE = "Edit & approve", "Choose another", "Snooze"
NINE = time(9)
LONGEST_SNOOZE_DAYS = 30
ANOTHER_DAY = "day"
SNOOZES: dict[str, tuple[str, int]] = {
    "tomorrow": ("Until tomorrow, 09:00", 1),
    "three": ("For 3 days", 3),
    "week": ("For a week", 7),
}
WHY_NOT = {
    "smaller_step": "Moves less money, and shows less.",
    "win_unused": "The win is real; more spend may bring more of it.",
    "loss_goes_on": "The miss is real, and would go on.",
}


class About(NamedTuple):
    """What a dialog decides about: the record, its seal, where it was opened, and the change typed so far."""

    recommendation: str
    channel: str
    seal: str
    change: str = ""

    def packed(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "About":
        return cls(**json.loads(view["private_metadata"]))


def edit_view(recommendation: Recommendation, about: About, words: Words, limit: float) -> Block:
    """Ask for the change in percent, filled in as it is proposed."""
    f, name = words.formats, words.style.name(recommendation.analysis.retrospective.name)
    action = recommendation.decided_action
    if not isinstance(action, SetSpend):
        raise LookupError(recommendation.id)
    said = sentences.action(recommendation.analysis.proposal.action, words)
    verb = "Raise" if action.change > 0 else "Lower"
    asked = kit.text_input(
        ids.CHANGE,
        f"{verb} the {action.field} by how many %?",
        hint=f"At most {f.percent(limit * 100)}, your limit. You see what it comes to before you approve.",
        most=12,
    )
    asked["element"]["initial_value"] = _prefilled(action, words)
    return kit.modal(
        ids.EDIT_VIEW, EDIT, "Show me", [kit.section(f"{name}: {said}"), asked], private=about.packed()
    )


def edited_view(
    recommendation: Recommendation,
    about: About,
    proposal: Proposal,
    words: Words,
    *,
    limit: float,
    connected: bool,
) -> Block:
    """What the change comes to, before anybody approves it: value, limit, worst case, expectation."""
    f, action = words.formats, proposal.action
    if not isinstance(action, SetSpend):
        raise LookupError(recommendation.id)
    name = words.style.name(recommendation.analysis.retrospective.name)
    lines = [
        f"{name} {carried.weighed(action, words)} Your limit {f.percent(limit * 100)}.",
        carried.worst_by(proposal, words),
    ]
    if proposal.expectation:
        currency = recommendation.analysis.retrospective.campaign.currency
        lines.append(sentences.expected(proposal.expectation, currency, words))
    blocks = [
        *(kit.section(clip(line, SECTION)) for line in lines if line),
        kit.context(f"{who_acts(recommendation, connected=connected)} Back lets you change it."),
    ]
    submit = f"Approve {f.change(action.change * 100)}"
    return kit.modal(ids.EDITED_VIEW, EDIT, submit, blocks, private=about.packed())


def choose_view(
    recommendation: Recommendation, about: About, words: Words, *, connected: bool, chosen: int | None = None
) -> Block:
    """The other ways: range, worst case, why not; ``chosen`` is the one that was pressed in the thread.

    Nothing else is chosen beforehand, not even the only one: a person chooses before anything is approved.
    """
    found = choices(recommendation)
    shown = [kit.option(_label(each, words), str(place)) for place, each in found]
    radio = kit.radio_input(ids.ALTERNATIVE, "Approve instead", shown)
    first = next((option for option in shown if option["value"] == str(chosen)), None)
    if first:
        radio["element"]["initial_option"] = first
    texts = [alternative_text(recommendation, each, words) for _, each in found]
    blocks = [
        kit.section(words.style.name(recommendation.analysis.retrospective.name)),
        *(kit.section(text) for text in texts),
        radio,
        kit.context(f"{who_acts(recommendation, connected=connected)} To leave all as it is, reject."),
    ]
    return kit.modal(ids.CHOOSE_VIEW, CHOOSE, "Approve this", blocks, private=about.packed())


def choices(recommendation: Recommendation) -> list[tuple[int, Alternative]]:
    """The alternatives that change something, each with its place; none without a worst case."""
    every = enumerate(recommendation.analysis.proposal.alternatives)
    return [(place, each) for place, each in every if isinstance(each.action, SetSpend) and each.worst_case]


def alternative_text(recommendation: Recommendation, each: Alternative, words: Words) -> str:
    """One other way: what, the range, the worst case, and why it is not the first choice."""
    currency = recommendation.analysis.retrospective.campaign.currency
    parts = [
        sentences.action(each.action, words),
        sentences.expected(each.expectation, currency, words) if each.expectation else "",
        sentences.worst_case(each.worst_case, words) if each.worst_case else "",
        WHY_NOT[each.why_not],
    ]
    return clip(" ".join(filter(None, parts)), SECTION)


def snooze_view(recommendation: Recommendation, about: About, words: Words) -> Block:
    """Until when; it comes back at nine, in the team's zone."""
    shown = [kit.option(label, value) for value, (label, _) in SNOOZES.items()]
    radio = kit.radio_input(ids.UNTIL, "Until when?", [*shown, kit.option("Until another day", ANOTHER_DAY)])
    radio["element"]["initial_option"] = shown[0]
    day = kit.field(
        ids.DAY,
        "Which day?",
        kit.day_picker(ids.VALUE),
        optional=True,
        hint=f"A day given here counts; at most {LONGEST_SNOOZE_DAYS} days from now.",
    )
    name = words.style.name(recommendation.analysis.retrospective.name)
    said = f"{name} comes back here at 09:00 of that day, team time, and waits for a decision again."
    blocks = [kit.section(said), radio, day]
    return kit.modal(ids.SNOOZE_VIEW, SNOOZE, "Snooze", blocks, private=about.packed())


def snoozed_until(view: dict[str, Any], today: date) -> date | None:
    """The day that was chosen; ``None`` where another day was wanted and none was given."""
    given = answers(view)
    if given.get(ids.DAY):  # whoever gave a day means it
        return date.fromisoformat(given[ids.DAY])
    chosen = SNOOZES.get(given[ids.UNTIL])
    return today + timedelta(days=chosen[1]) if chosen else None


def at_nine(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, NINE, tzinfo=zone)


def read_change(text: str) -> tuple[str, str]:
    """Take the sign and the percent sign off what was typed: "−10 %" is ("−", "10")."""
    bare = text.replace("\u00a0", " ").strip().removesuffix("%").strip()
    sign = bare[:1] if bare[:1] in {"+", "-", "\u2212"} else ""
    return ("\u2212" if sign == "-" else sign), bare.removeprefix(sign).strip() if sign else bare


def _prefilled(action: SetSpend, words: Words) -> str:
    """As many digits as it takes to say the proposed change to a tenth of a percent."""
    percent = Decimal(str(round(abs(action.change) * 100, 1)))
    return words.formats.number(percent, 0 if percent == percent.to_integral_value() else 1)


def _label(each: Alternative, words: Words) -> str:
    action, f = each.action, words.formats
    if not isinstance(action, SetSpend):
        return sentences.action(action, words)
    pair = f"{f.money(action.previous, action.currency, code=False)} → {f.money(action.to, action.currency)}"
    return f"{f.change(action.change * 100)}: {pair}"
