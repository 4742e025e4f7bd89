"""What is left to do once rows count, or count no more: judge again, and tell what drifted. Never lost.

What is to be done is written down with the change itself, and crossed out when it is done. A kill in between
leaves it written: whoever does the same again, or the next tick of any bot, takes it up.
"""

import logging
from collections.abc import Iterable
from typing import Any

from engine.analyses import Analyses
from engine.drifting import Drifting
from engine.errors import EngineError
from engine.ports import Unit

log = logging.getLogger(__name__)

OWED = "rows_changed"  # the setting: what changed, with the keys of the campaigns of which rows changed


class Aftermath(Analyses, Drifting):
    """Each of its steps is idempotent, so two who take up the same thing harm nothing."""

    def settle_rows(self, source: str | None = None) -> int:
        """Do what was left to do, of one import or of all; gives how many things. What fails is left."""
        with self._memory.reading() as reading:
            owed = reading.setting(OWED) or []
        mine = [each for each in owed if source in (None, each["source"])]
        done = 0
        for each in mine:
            try:
                self._do_owed(each)
                done += 1
            except (EngineError, ValueError):
                log.exception("%s: what its rows change could not be judged again", each["source"])
        return done

    def _owe(self, unit: Unit, source: str, keys: Iterable[str], *, drift: bool = False) -> None:
        """Write down, with the change itself, what is to be done after it."""
        wanted = sorted(set(keys))
        if not wanted and not drift:
            return
        owed = unit.setting(OWED) or []
        entry = {"id": f"{source}@{unit.generation()}", "source": source, "keys": wanted, "drift": drift}
        unit.set_setting(OWED, [*owed, entry])

    def _do_owed(self, owed: dict[str, Any]) -> None:
        self.rejudge_rows(owed["keys"])
        if owed["drift"]:
            self.tell_drift(owed["source"])
        with self._memory.unit() as unit:
            left = [each for each in unit.setting(OWED) or [] if each["id"] != owed["id"]]
            unit.set_setting(OWED, left)
