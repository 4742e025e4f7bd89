"""What people read about their pings: on Home, in the digest, and as an answer to ⋯ on a notice."""

from collections.abc import Mapping, Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import few
from bot.blocks.mrkdwn import escape
from bot.blocks.notices import said
from engine.models.ping import UNASKED, Notice, Ping, PingChoice, PingChoices, PingStanding
from engine.narrate.formats import listed
from engine.narrate.words import Words

MOST = 5
KEPT_BACK: Mapping[Notice, str] = {
    "failed": "failed",
    "unknown": "nobody knows if it arrived",
    "undo_refused": "was not undone",
    "expiring": "expires soon",
    "second": "needs a second approval",
    "woken": "is back from its snooze",
}
WHY: Mapping[Notice, str] = {
    "failed": "A change failed. I tell who approved it, and the other approvers where that person is muted.",
    "unknown": "Nobody knows if a change arrived. I tell who approved it, and the other approvers where "
    "that person is muted.",
    "undo_refused": "An undo was refused. I tell who wanted it.",
    "expiring": "A proposal expires within a day. I tell who asked for it, else the approvers, once.",
    "second": "A change needs a second approval. I tell the approvers who have not approved it, once.",
    "woken": "A snooze is over. I tell who snoozed it.",
}
OUTSIDER = "I ping guests and strangers about nothing, so there is nothing to mute."
NOT_YOU = "This was for somebody else; you were not pinged."


def home_pings(standing: PingStanding, words: Words) -> list[Block]:
    """What is muted, with the way back, and what was held back meanwhile."""
    return [*_muted(standing, words), *_held(standing.held, words)]


def _muted(standing: PingStanding, words: Words) -> list[Block]:
    if standing.muted_until:
        text = f"*Muted* until {words.style.moment(standing.muted_until)}: I ping you about nothing."
        return [kit.section(text, accessory=_unmute())]
    if standing.only_critical:
        text = "*Muted*, but for what is critical: what failed, and what nobody knows."
        return [kit.section(text, accessory=_unmute())]
    return []


def _unmute() -> Block:
    return kit.button("Unmute", ids.UNMUTE, "home", says="Unmute: get all pings again")


def _held(held: Sequence[Ping], words: Words) -> list[Block]:
    if not held:
        return []
    told = [f"{words.style.name(each.name)} {KEPT_BACK[each.what]}" for each in reversed(held)]
    return [kit.section(f"*Held back for you: {len(held)}.* {' · '.join(few(told, MOST))}")]


def week_told(standing: PingStanding) -> str:
    """How many pings that nobody asked for; and, openly, why there are fewer."""
    text = f"Pings: {standing.used} of {standing.budget} this week"
    if not standing.fewer:
        return text
    acted = f"{standing.acted} of {standing.judged} in 4 weeks"
    return f"{text}, {standing.fewer} fewer than usual: you acted on {acted}"


def digest_held(held: Sequence[tuple[str, int]], names: Words) -> list[Block]:
    """What was held back in this channel; by name, since a mention would be a ping."""
    if not held:
        return []
    told = [f"{count} for {escape(names.style.person(person))}" for person, count in held]
    return [kit.context(f"Held back: {listed(few(told, MOST))}. Home lists them.")]


def chosen(choices: PingChoices | None, choice: PingChoice, words: Words) -> Message:
    """Say what holds for this person from now on."""
    if choices is None:
        return said(OUTSIDER)
    if choices.muted_until:
        until = words.style.moment(choices.muted_until)
        return said(
            f"Muted until {until}. What is for you is held back and told on my Home, where you can unmute; "
            "what fails is told to another approver."
        )
    if choice == "critical":
        return said(
            "Only critical pings from now on: what failed, and what nobody knows. The rest is held back and "
            "told on my Home, where you can unmute."
        )
    return said("You get all pings again.")


def why(ping: Ping | None, what: Notice, standing: PingStanding) -> Message:
    """Say why this person was told, and what it counted."""
    if ping is None or ping.state != "sent":
        return said(f"{NOT_YOU} {WHY[what]}")
    counts = "It does not count in your week."
    if what in UNASKED:
        counts = f"{week_told(standing)}."
    return said(f"{WHY[what]} {counts}")
