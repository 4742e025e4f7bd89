"""What is set, now: what approvers chose in Slack, and where they chose nothing, what the start gave.

Read once and kept until somebody changes it, so that a change acts at once and asking costs nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from engine.errors import StoreTrouble
from engine.models.preference import Chosen, Preference, PreferenceName, Preferences, Source
from engine.models.rules import Rules
from engine.narrate.words import Plain, Words
from engine.ports import Memory, Reading

KEPT = "preferences"
NAMES: tuple[PreferenceName, ...] = get_args(PreferenceName)
_CHOSEN = TypeAdapter(dict[PreferenceName, Chosen])


class Now(NamedTuple):
    """The settings, and what is made of them."""

    preferences: Preferences
    rules: Rules
    zone: ZoneInfo
    words: Words


class InForce:
    """Safe to ask from several threads.

    ``rules``, ``words``, ``zone`` and ``approvers`` are the start values; ``given`` names those which
    the environment sets, the others being defaults.
    """

    def __init__(
        self,
        memory: Memory,
        *,
        rules: Rules,
        words: Words,
        zone: ZoneInfo,
        approvers: Sequence[str],
        given: Collection[str] = (),
    ) -> None:
        self._memory = memory
        self._rules, self._words, self._zone = rules, words, zone
        self.start = Preferences(
            approvers=tuple(approvers),
            change_limit=rules.change_limit,
            time_zone=str(zone),
            number_format=words.formats.separators,
        )
        self._given = frozenset(given)
        self._lock = Lock()
        self._changes = 0
        self._now: Now | None = None

    def now(self) -> Now:
        with self._lock:
            if self._now is not None:
                return self._now
            seen = self._changes
        with self._memory.reading() as reading:
            fresh = self.within(reading)
        with self._lock:
            if seen == self._changes:  # else somebody changed something while we read
                self._now = fresh
        return fresh

    def within(self, reading: Reading) -> Now:
        """Say what is set as this reading, or this unit, has it; to be asked by what nobody may overtake."""
        return self._made(self.preferences(chosen(reading)))

    def forget(self) -> None:
        """Read anew when next asked; to be called after a change is committed."""
        with self._lock:
            self._changes += 1
            self._now = None

    def preferences(self, kept: Mapping[PreferenceName, Chosen]) -> Preferences:
        """Lay what was chosen over the start values; raises ``StoreTrouble`` for what cannot be."""
        values = self.start.model_dump(mode="json") | {name: each.value for name, each in kept.items()}
        try:
            return Preferences.model_validate_json(json.dumps(values))
        except ValidationError:
            raise StoreTrouble("The settings in the memory cannot be read. Restore a backup.") from None

    def told(self) -> tuple[Preference, ...]:
        """Every setting with its value and where it comes from."""
        with self._memory.reading() as reading:
            kept = chosen(reading)
        values = self.preferences(kept)
        return tuple(self._told(name, getattr(values, name), kept.get(name)) for name in NAMES)

    def _told(self, name: PreferenceName, value: Any, kept: Chosen | None) -> Preference:
        if kept is not None:
            return Preference(name=name, value=value, source="slack", by=kept.by, at=kept.at)
        source: Source = "environment" if name in self._given else "default"
        return Preference(name=name, value=value, source=source)

    def _made(self, preferences: Preferences) -> Now:
        zone = ZoneInfo(preferences.time_zone)
        rules = self._rules.model_copy(update={"change_limit": preferences.change_limit})
        words = self._words
        if (preferences.time_zone, preferences.number_format) != (
            self.start.time_zone,
            self.start.number_format,
        ):
            formats = replace(words.formats, separators=preferences.number_format)
            words = Words(formats, Plain(formats, zone))
        return Now(preferences, rules, zone, words)


def chosen(reading: Reading) -> dict[PreferenceName, Chosen]:
    """Read what was chosen in Slack; raises ``StoreTrouble`` where it is damaged."""
    try:
        return _CHOSEN.validate_json(json.dumps(reading.setting(KEPT) or {}))
    except ValidationError:
        raise StoreTrouble("The settings in the memory cannot be read. Restore a backup.") from None


def as_kept(kept: Mapping[PreferenceName, Chosen]) -> dict[str, Any]:
    """Write it as the memory keeps it."""
    return {name: each.model_dump(mode="json") for name, each in kept.items()}
