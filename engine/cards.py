"""What people do with a card besides deciding: look closer, ask to be reminded."""

from datetime import datetime, time

from engine.core import Core
from engine.models.action import Wait
from engine.models.answer import Reminder
from engine.models.delivery import Intent, IntentKind
from engine.models.recommendation import MessageView
from engine.narrate.waterfall import waterfall


class Cards(Core):
    """A message is a view of the durable record: what stands in its thread comes from there, once."""

    def show_thread(self, identifier: str, *, channel: str, ts: str) -> bool:
        """Put the figures and the reasoning into the card's thread, once; False when they are there."""
        self.recommendation(identifier)
        # The reasoning is redrawn by its votes, the card by its decisions: each has a record to go by.
        thread: tuple[tuple[IntentKind, str], ...] = (
            ("evidence", identifier),
            ("reasoning", f"reasoning:{identifier}"),
        )
        with self._memory.unit() as unit:
            posted = [
                unit.post(
                    Intent(
                        key=f"{kind}:{identifier}:{channel}:{ts}",
                        kind=kind,
                        record=record,
                        channel=channel,
                        ts=ts,
                    )
                )
                for kind, record in thread
            ]
        return any(posted)

    def show_picture(self, identifier: str, *, channel: str, ts: str) -> bool:
        """Put the picture of why the CPA moved into the card's thread, once, where there is one to draw."""
        key = f"picture:{identifier}:{channel}:{ts}"
        intent = Intent(key=key, kind="picture", record=identifier, channel=channel, ts=ts)
        with self._memory.unit() as unit:
            found = unit.recommendation(identifier)
            return bool(found and waterfall(found.analysis) and unit.post(intent))

    def tell_then(self, identifier: str, *, person: str, channel: str, ts: str) -> Reminder | None:
        """Remind somebody in the card's thread when a waiting card's next look is due, at nine.

        Returns what was promised, or ``None`` where the card waits for nothing any more.
        """
        recommendation = self.recommendation(identifier)
        action = recommendation.analysis.proposal.action
        if recommendation.status != "noted" or not isinstance(action, Wait):
            return None
        nine = datetime.combine(action.next_look, time(9), tzinfo=self._zone)
        key = f"reminder:{identifier}:{person}"
        intent = Intent(key=key, kind="reminder", record=identifier, channel=channel, ts=ts, person=person)
        with self._memory.unit() as unit:
            is_new = unit.post(intent, not_before=nine)
        name = recommendation.analysis.retrospective.name
        return Reminder(name=name, day=action.next_look, is_new=is_new)

    def redraw_all(self, identifier: str) -> None:
        """Draw every message of a record again: it did not change, but what holds beside it did."""
        now = self._clock.now().isoformat()
        with self._memory.unit() as unit:
            for view in unit.views(identifier):
                key = f"redraw:{view.channel}:{view.ts}:{identifier}:{now}"
                unit.post(
                    Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts)
                )

    def redraw(self, view: MessageView) -> None:
        """Put one message on its way to be redrawn: its record changed while it was being sent."""
        key = f"redraw:{view.channel}:{view.ts}:shown"
        intent = Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts)
        with self._memory.unit() as unit:
            unit.post(intent)
