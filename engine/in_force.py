"""What is set, now: what approvers chose in Slack, and where they chose nothing, what the start gave.

Kept until somebody changes it, so that a change acts at once and asking costs nothing; and looked up once
a second, because another process may have changed it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from engine.errors import StoreTrouble
from engine.models.preference import Chosen, Limits, Preference, PreferenceName, Preferences, Source
from engine.models.rules import Rules
from engine.narrate.words import Plain, Words
from engine.ports import Memory, Reading

KEPT = "preferences"
FRESH_S = 1.0  # what another process sets is in force here after so long
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

    ``rules``, ``words``, ``zone``, ``approvers`` and ``limits`` are the start values; ``given`` names those
    which the environment sets, the others being defaults.
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
        limits: Limits | None = None,
    ) -> None:
        limits = limits or Limits()
        self._memory = memory
        self._rules, self._words, self._zone = rules, words, zone
        self.start = Preferences(
            approvers=tuple(approvers),
            change_limit=limits.change_limit or rules.change_limit,
            time_zone=str(zone),
            number_format=words.formats.separators,
            two_above=limits.two_above,
            spend_limit=limits.spend_limit,
            changes_a_day=limits.changes_a_day,
            freeze=limits.freeze,
            expiry_hours=limits.expiry_hours,
        )
        self._given = frozenset(given)
        self._lock = Lock()
        self._changes = 0
        self._now: Now | None = None
        self._chosen: Mapping[PreferenceName, Chosen] = {}  # what ``_now`` is made of
        self._looked_at = 0.0

    def now(self) -> Now:
        with self._lock:
            held, seen = self._now, self._changes
            if held is not None and monotonic() - self._looked_at < FRESH_S:
                return held
            self._looked_at = monotonic()  # one looks, the others go on with what is held
        try:
            return self._look(held, seen)
        except StoreTrouble:
            if held is None:
                raise
            return held  # nobody can have been told of anything newer

    def _look(self, held: Now | None, seen: int) -> Now:
        with self._memory.reading() as reading:
            kept = chosen(reading)
        if held is not None and kept == self._chosen:
            return held
        fresh = self._made(self.preferences(kept))
        with self._lock:
            if seen == self._changes:  # else somebody changed something while we read
                self._now, self._chosen = fresh, kept
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
