"""What programs deliver by webhook: kept once, told in one message for a burst, and settled by people.

Reading is done elsewhere (``bot/mailroom.py``), as of any export; here it is written down what came of it.
Each step is one unit together with the message that says so, and finds itself done when it comes again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.exports import Exports
from engine.models.delivery import Intent
from engine.models.file_import import FileImport
from engine.models.hook import LETTERS, Burst, HookDelivery, HookLetters, HookOutcome
from engine.narrate.exported import double
from engine.ports import Reading, Unit

BURST = "hooks:"  # before the id of a burst: the record of its message
EDIT_EVERY = 3  # seconds
SETTLING = timedelta(seconds=1)  # after which a unit of an earlier edit's time is surely kept
FIRST_AFTER = timedelta(seconds=1)  # so that a few that come at once are told at once
OUTCOMES: Mapping[str, HookOutcome] = {"done": "taken", "same": "same"}
LONGEST_REASON = 1_500


class Hooks(Exports):
    """Deliveries of webhooks, from the door to the message."""

    def hook_delivery(
        self, source: str, webhook_id: str, content: bytes, *, file: str, media: str
    ) -> HookDelivery:
        """Make the record of what a source delivered now; nothing is kept yet."""
        named = hashlib.sha256(f"{source} {webhook_id}".encode()).hexdigest()
        identifier = f"hook_{named[:20]}"
        return HookDelivery(
            id=identifier,
            source=source,
            webhook_id=webhook_id,
            file=file,
            media=media,
            size=len(content),
            checksum=hashlib.sha256(content).hexdigest(),
            received_at=self._clock.now(),
            day=self._today(),
            burst=identifier,
        )

    def hook_read(self, identifier: str, found: FileImport, *, channel: str | None) -> None:
        """A delivery was read, and its import ended so; its source's message in ``channel`` says it."""
        change: dict[str, Any] = {"record": found.id}
        if found.state == "double":
            before = self.file_import(found.before) if found.before else None
            reason = double(found, before, self._words)
            self._settle(identifier, change | {"status": "double", "reason": reason}, channel=channel)
            return
        change |= {"status": "done", "outcome": OUTCOMES[found.state], "reason": ""}
        self._settle(identifier, change, channel=channel)

    def hook_unread(self, identifier: str, reason: str, *, channel: str | None) -> None:
        """A delivery cannot be read as it is: it is kept for a person, with the reason."""
        reason = reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"
        change = {"status": "dead", "reason": reason}
        self._settle(identifier, change, channel=channel, deed="hook_dead", detail={"reason": reason})

    def hook_later(self, identifier: str, error: str, *, wait: timedelta) -> None:
        """Reading failed for now: it is tried again after ``wait``."""
        with self._memory.unit() as unit:
            held = unit.hook(identifier)
            if held is None or held.status != "working":
                return
            until = self._clock.now() + wait
            unit.keep_hook(held.model_copy(update={"status": "waiting", "not_before": until}))
            unit.note(actor="marko", deed="hook_later", subject=identifier, detail={"error": error})

    def hook_letters(self, limit: int) -> HookLetters:
        """What could not be read, newest first."""
        with self._memory.reading() as reading:
            return reading.hook_letters(limit)

    def retry_hook(self, identifier: str, *, by: str) -> HookDelivery | None:
        """Have a dead letter read again, as its source's settings and remembered answers are now.

        Of one whose money another file holds it says that it is other money, so that both count. ``None``
        where it is no letter (any more).
        """
        letter = self._letter(identifier)
        if letter is not None and letter.status == "double":
            self.keep_both(letter.record, by=by)
            change = {"status": "done", "outcome": "taken", "reason": ""}
            return self._press(identifier, change, by=by, deed="hook_counted")
        return self._press(identifier, {"status": "waiting", "reason": ""}, by=by, deed="hook_retried")

    def drop_hook(self, identifier: str, *, by: str) -> HookDelivery | None:
        """Throw a letter away; ``None`` where it is none (any more)."""
        return self._press(identifier, {"status": "dropped"}, by=by, deed="hook_dropped")

    def hook_burst(self, record: str) -> Burst | None:
        """How a burst stands now, by the record of its message; ``None`` where nothing of it is kept."""
        with self._memory.reading() as reading:
            found = reading.hooks_of(record.removeprefix(BURST))
            return _burst(reading, found) if found else None

    def _letter(self, identifier: str) -> HookDelivery | None:
        with self._memory.reading() as reading:
            return reading.hook(identifier)

    def _settle(
        self,
        identifier: str,
        change: Mapping[str, Any],
        *,
        channel: str | None,
        deed: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        with self._memory.unit() as unit:
            held = unit.hook(identifier)
            if held is None or held.status != "working":
                return
            held = held.model_copy(update={"not_before": None, **change})
            unit.keep_hook(held)
            if deed:
                unit.note(actor="marko", deed=deed, subject=identifier, detail=dict(detail or {}))
            self._announce(unit, held, channel)

    def _press(
        self, identifier: str, change: Mapping[str, Any], *, by: str, deed: str
    ) -> HookDelivery | None:
        with self._memory.unit() as unit:
            held = unit.hook(identifier)
            if held is None or held.status not in LETTERS:
                return None
            again = {"attempts": 0, "not_before": None, "settled_by": by}
            held = held.model_copy(update={**again, **change})
            unit.keep_hook(held)
            unit.note(actor=by, deed=deed, subject=identifier, detail={"file": held.file})
            self._announce(unit, held, None)
        return held

    def _announce(self, unit: Unit, delivery: HookDelivery, channel: str | None) -> None:
        """Put the one message of a burst on its way, or draw it anew, every few seconds at most.

        An edit has a key of its time, so those who come before it share it, in two bots as well.
        """
        record, now = f"{BURST}{delivery.burst}", self._clock.now()
        intent = Intent(key=record, kind="hooks", record=record, channel=channel or "")
        if channel and unit.post(intent, not_before=now + FIRST_AFTER):
            return
        slot = int(now.timestamp()) // EDIT_EVERY + 1
        at = datetime.fromtimestamp(slot * EDIT_EVERY, now.tzinfo) + SETTLING
        for view in unit.views(record):
            key = f"redraw:{view.channel}:{view.ts}:{record}:{slot}"
            redraw = Intent(key=key, kind="redraw", record=record, channel=view.channel, ts=view.ts)
            unit.post(redraw, not_before=at)


def _burst(reading: Reading, found: Iterable[HookDelivery]) -> Burst:
    """Count deliveries by what became of them, and add up what counts now of those that were taken."""
    every = list(found)
    imports = [
        each
        for record in dict.fromkeys(one.record for one in every if one.outcome == "taken")
        if (each := reading.file_import(record))
    ]
    return Burst(
        id=every[0].burst,
        source=every[0].source,
        deliveries=len(every),
        waiting=sum(each.status in {"waiting", "working"} for each in every),
        double=sum(each.status == "double" for each in every),
        dead=sum(each.status == "dead" for each in every),
        dropped=sum(each.status == "dropped" for each in every),
        rows=sum(each.scan.rows for each in imports if each.scan),
        refused_rows=sum(each.scan.rejected for each in imports if each.scan),
        forecasts=sum(each.haul.taken for each in imports if each.haul),
        taken=sum(each.outcome == "taken" for each in every),
        same=sum(each.outcome == "same" for each in every),
        **_figures(reading, imports),
    )


def _figures(reading: Reading, imports: Iterable[FileImport]) -> dict[str, Any]:
    """The campaigns, days and spend of these imports: of what counts now, so that no money is added twice."""
    held = [each for one in imports if one.scan for each in reading.holdings(source=one.id)]
    spend: dict[str, Decimal] = {}
    for each in held:
        if each.sums.spend is not None:
            code = each.currency or ""
            spend[code] = spend.get(code, Decimal(0)) + each.sums.spend
    return {
        "campaigns": len({each.campaign_key for each in held}),
        "first_day": min((each.first_day for each in held), default=None),
        "last_day": max((each.last_day for each in held), default=None),
        "spend": spend,
    }
