"""The calendar as a list, with a button for each thing that can be done to it.

Names are typed by people: they are data, and shown inert.
"""

from collections.abc import Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, SECTION, clip
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.calendar import CalendarTold, DatedEvent
from engine.narrate.calendar import EMPTY, dated_told, holidays_told
from engine.narrate.words import Words

MOST_COMING, MOST_OVER = 8, 5
WHY = "Days on it are left out where I learn what is usual, and what moves on them is no alarm."


def calendar(found: CalendarTold, voice: Voice, *, first: str = "") -> Message:
    """Draw what comes and what is over; ``first`` says what was just done."""
    words = voice.marked
    blocks: list[Block] = [kit.section(first)] if first else []
    if not found.coming and not found.over:
        blocks.append(kit.section(f"{EMPTY} {WHY}"))
    blocks += _part("*Coming*", found.coming, MOST_COMING, words)
    blocks += _part("*Over*", found.over, MOST_OVER, words)
    buttons = [
        kit.button("Add…", ids.EVENT_ADD, "new", says="Put an event on the calendar"),
        kit.button("Country…", ids.EVENT_COUNTRY, "country", says="Choose whose public holidays count"),
    ]
    blocks += [kit.actions(buttons), kit.context(holidays_told(found.country, found.holidays, words))]
    return Message(clip(escape(_notice(found, voice.plain)), FALLBACK), blocks)


def _notice(found: CalendarTold, words: Words) -> str:
    coming = words.formats.count(len(found.coming), "event")
    return f"Calendar: {coming} to come, {words.formats.number(len(found.over))} over."


def _part(title: str, events: Sequence[DatedEvent], most: int, words: Words) -> list[Block]:
    if not events:
        return []
    blocks = [kit.section(title)]
    for each in events[:most]:
        blocks += [kit.section(clip(dated_told(each, words), SECTION)), _buttons(each)]
    if len(events) > most:
        rest = f"and {len(events) - most} more: `marko calendar` in a shell lists them"
        blocks.append(kit.context(rest))
    return blocks


def _buttons(each: DatedEvent) -> Block:
    event = each.event
    return kit.actions(
        [
            kit.button("Change…", ids.EVENT_CHANGE, event.id, says=f"Change {event.name}"),
            kit.button("Remove…", ids.EVENT_REMOVE, event.id, says=f"Remove {event.name}"),
        ]
    )
