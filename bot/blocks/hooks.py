"""What programs delivered by webhook: one message for a burst, and the list of what could not be read.

Names and reasons come out of files: they are data, and shown inert. What is in a delivery is never shown.
"""

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.hook import Burst, HookDelivery, HookLetters
from engine.narrate import delivered
from engine.narrate.words import Words

MOST = 6
RETRYING = (
    "⏳ Reading it again. Its message in the channel shows what comes of it; `/marko inbox` what is left."
)
DROPPED = "✋ Dropped. Nothing of it was stored."
SETTLED = "That was settled already. Your click changed nothing."
NONE = "Nothing waits in the inbox: all that programs delivered is counted."
COUNTED = "✅ Both files count now."


def burst(found: Burst, voice: Voice) -> Message:
    """Draw a burst as it stands now."""
    sums = delivered.brought(found, voice.marked)
    blocks = [kit.section(delivered.burst(found, voice.marked)), *([kit.context(sums)] if sums else [])]
    plain = ". ".join(
        filter(None, (delivered.burst(found, voice.plain), delivered.brought(found, voice.plain)))
    )
    return Message(clip(escape(plain.replace("`", "").replace("..", ".")), FALLBACK), blocks)


def inbox(found: HookLetters, voice: Voice) -> Message:
    """The newest dead letters with their reasons, and what can be done with each."""
    f = voice.plain.formats
    waiting = f"{f.count(found.waiting, 'delivery', 'deliveries')} still to be read" if found.waiting else ""
    if not found.total:
        return Message(NONE, [kit.section(NONE), *([kit.context(waiting)] if waiting else [])])
    title = f"{f.count(found.total, 'delivery', 'deliveries')} not counted"
    blocks: list[Block] = [kit.section(f"*{title}.* The newest first; each is kept for 30 days.")]
    for each in found.letters[:MOST]:
        blocks += _letter(each, voice.marked)
    rest = found.total - len(found.letters[:MOST])
    more = f"and {f.number(rest)} more: `marko inbox` in a shell lists them" if rest > 0 else ""
    if foot := " · ".join(filter(None, (more, waiting))):
        blocks.append(kit.context(foot))
    return Message(clip(f"{title}.", FALLBACK), blocks)


def _letter(each: HookDelivery, words: Words) -> list[Block]:
    drop = kit.confirmation(
        "Drop this delivery?", "It is thrown away, and nothing of it was stored.", "Drop it"
    )
    again = _differ(each) if each.status == "double" else _retry(each)
    said = clip(escape(" ".join(each.reason.split())), SECTION - 140)
    return [
        kit.section(f"{delivered.letter(each, words)}\n{said}"),
        kit.actions(
            [
                again,
                kit.button("Drop…", ids.HOOK_DROP, each.id, says=f"Drop {each.file}", confirm=drop),
            ]
        ),
    ]


def _retry(each: HookDelivery) -> Block:
    return kit.button("Retry", ids.HOOK_RETRY, each.id, says=f"Read {each.file} again")


def _differ(each: HookDelivery) -> Block:
    sure = kit.confirmation(
        "Count both files?",
        "Only if they hold different money: where it is the same money, every sum would double.",
        "Count both",
    )
    says = f"The money of {each.file} differs: count both files"
    return kit.button("They differ…", ids.HOOK_RETRY, each.id, says=says, confirm=sure)
