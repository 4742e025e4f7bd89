"""How far a slow analysis is: one line where its card will stand."""

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.limits import FALLBACK, clip
from bot.blocks.mrkdwn import escape
from bot.blocks.voice import Voice
from engine.models.headway import Headway, Step
from engine.models.retrospective import Retrospective

SAYS: dict[Step, str] = {
    "comparing": "comparing with the forecast.",
    "explaining": "looking for the cause.",
    "stands": "nothing new. Its card still stands.",
    "failed": "I could not finish this. Nothing was changed; please ask again.",
    "replaced": "its card comes here.",
}


def headway(held: Headway, window: Retrospective, voice: Voice) -> Message:
    """Draw the newest step."""
    says = SAYS.get(held.step) or f"reading {_span(window, voice)}."
    text = escape(f"{window.name}: {says}")
    return Message(clip(text, FALLBACK), [kit.context(f"{voice.marked.style.name(window.name)}: {says}")])


def _span(window: Retrospective, voice: Voice) -> str:
    first = window.campaign.window_start
    if first is None:
        return "its figures"
    return voice.marked.formats.count((window.last_day - first).days + 1, "day")
