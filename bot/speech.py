"""The voice of the running bot: number format and time zone as they are set now, and the year as it is."""

from zoneinfo import ZoneInfo

from bot.blocks.voice import FixedVoice, voice
from engine.engine import Engine
from engine.narrate.formats import Formats
from engine.narrate.words import Words
from engine.ports import Clock


class Speech:
    """A voice (``bot.blocks.voice``) that follows the settings; made anew only where something changed."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._made: tuple[tuple[Formats, str], FixedVoice] | None = None

    @property
    def marked(self) -> Words:
        return self._now().marked

    @property
    def plain(self) -> Words:
        return self._now().plain

    def _now(self) -> FixedVoice:
        preferences = self._engine.preferences()
        zone = ZoneInfo(preferences.time_zone)
        formats = Formats(preferences.number_format, year=self._clock.now().astimezone(zone).year)
        key = (formats, preferences.time_zone)
        made = self._made
        if made is None or made[0] != key:
            made = self._made = (key, voice(formats, zone))
        return made[1]
