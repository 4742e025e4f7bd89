"""The ledger for one person's eyes: who did what, when, and on which ground; and whether it is whole."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import escape, word
from bot.blocks.voice import Voice
from engine.models.audit import AuditLine, AuditPage, LedgerHead
from engine.narrate import deeds
from engine.narrate.words import Words

MOST = 8
MOST_FAULTS = 5


def audit(page: AuditPage, asked: str, voice: Voice) -> Message:
    """The newest lines first; ``asked`` is what they were narrowed to, as it was typed."""
    about = f" about `{word(asked)}`" if asked else ""
    if not page.total:
        text = "The ledger has no line" if asked else "The ledger is empty"
        return Message(f"{text}.", [kit.section(f"{text}{about}.")])
    words, f = voice.marked, voice.plain.formats
    title = f"{f.count(page.total, 'line')} in the ledger"
    blocks: list[Block] = [kit.section(f"*{title}{about}, the newest first*")]
    blocks += [kit.section(_line(each, words)) for each in page.lines[:MOST]]
    rest = page.total - len(page.lines[:MOST])
    foot = "`/marko audit verify` checks it · `marko audit` at the command line lists it all"
    blocks.append(kit.context(f"and {f.number(rest)} more · {foot}" if rest else foot))
    return Message(clip(f"{title}, the newest first", FALLBACK), blocks)


def verified(faults: Sequence[str], head: LedgerHead, voice: Voice) -> Message:
    """What does not fit, or that all does, and where the ledger ends."""
    words, f = voice.marked, voice.plain.formats
    if not faults:
        title = f"The ledger is whole: {f.count(head.seq, 'line')}."
        return Message(title, [kit.section(f"✅ {title}"), kit.context(_anchored(head, words))])
    title = "The ledger was changed, or is not the newest one."
    told = [f"• {escape(each)}" for each in faults[:MOST_FAULTS]]
    rest = len(faults) - MOST_FAULTS
    blocks = [kit.section(f"⚠️ *{title}*"), kit.section(clip("\n".join(told), SECTION))]
    more = f"and {rest} more · " if rest > 0 else ""
    blocks.append(kit.context(f"{more}`marko audit verify` at the command line says it all"))
    return Message(title, blocks)


def _line(line: AuditLine, words: Words) -> str:
    """Who, what, about which campaign, when; then what it rests on."""
    entry, style = line.entry, words.style
    actor = deeds.who(entry.actor)
    who = style.person(entry.actor) if actor == entry.actor else actor
    about = f" · {style.name(line.campaign)}" if line.campaign else ""
    told = f"{who} {escape(clip(line.says, SECTION))}{about}"
    return f"{told}\n{style.moment(entry.at)} · {_ground(line, words)}"


def _ground(line: AuditLine, words: Words) -> str:
    return " · ".join(escape(each) for each in grounds(line, words))


def grounds(line: AuditLine, words: Words) -> list[str]:
    """What a line rests on: the recommendation and its version, the figures' revision, who worded it."""
    entry, f = line.entry, words.formats
    version = entry.detail.get("version")
    parts = [
        f"line {f.number(entry.seq)}",
        line.recommendation or "",
        f"version {version}" if isinstance(version, int) else "",
        f"figures {line.revision}" if line.revision is not None else "",
        f"worded by {line.model} with {line.prompt}" if line.model and line.prompt else "",
    ]
    return [each for each in parts if each]


def _anchored(head: LedgerHead, words: Words) -> str:
    if head.anchored_at is None:
        return f"Digest of the newest line: `{head.digest[:16]}`"
    anchor = f"line {words.formats.number(head.anchored)}, {words.style.moment(head.anchored_at)}"
    return f"Anchored outside the database: {anchor} · digest of the newest line: `{head.digest[:16]}`"
