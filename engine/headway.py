"""What is said while an analysis takes longer than a moment, and how that ends."""

from engine.core import Core
from engine.models.delivery import Intent
from engine.models.headway import Headway, Step
from engine.models.retrospective import Retrospective


class Headways(Core):
    """One message for a slow request: first its steps, then the card in the same place."""

    def show_step(self, identifier: str, step: Step, retrospective: Retrospective, channel: str) -> None:
        """Say in ``channel`` how far the request has come: a message at first, then edits of it."""
        with self._memory.unit() as unit:
            if unit.headway(identifier) is not None:
                self._move_headway(unit, identifier, step)
                return
            unit.keep_headway(Headway(id=identifier, window=retrospective.key, step=step))
            unit.post(Intent(key=identifier, kind="headway", record=identifier, channel=channel))

    def fail_headway(self, identifier: str) -> None:
        """Say that nothing comes of the request any more, where anything was said at all."""
        with self._memory.unit() as unit:
            self._move_headway(unit, identifier, "failed")

    def headway(self, identifier: str) -> tuple[Headway, Retrospective] | None:
        """The progress as it is now, and the window it is about; ``None`` where nothing is known of it."""
        with self._memory.reading() as reading:
            held = reading.headway(identifier)
            window = reading.retrospective(held.window) if held else None
        return (held, window) if held and window else None
