"""Carries approved changes out: takes executions, sends them signed, and reports what came of each.

Done is only what has a receipt, and where a look-up is configured only what it shows. Nothing was sent
where no line could be opened: then it waits. What was sent and not answered is looked up, and where
nobody can tell it is unknown, for a person to say. Every try has the same key and the same bytes, and a
lease holds it meanwhile, so that one change is never on its way twice.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot import egress
from bot.egress import Answer, NoAnswer, NotSent, Place
from bot.fates import (
    Done,
    Fate,
    NeverSeen,
    Said,
    Unclear,
    Waits,
    agreed,
    held_against,
    of_lookup,
    of_order,
)
from bot.receivers import Receivers
from bot.webhooks import Request, lookup_request, order_request
from engine.engine import Engine
from engine.errors import StoreTrouble
from engine.models.execution import Execution
from engine.ports import Clock, Executions

log = logging.getLogger(__name__)

IDLE_S = 1.0
RECOVER_EVERY_S = 5.0
MOST_REFUSALS = 3
MOST_UNSEEN = 3  # how often something is sent again that never arrived
CLOSED_FOR = timedelta(minutes=15)  # how long a line that cannot be opened is tried
LONGEST_WAIT_S = 60.0
LOOK_UP_PAUSES_S = (0.0, 1.0, 2.0)
STALE_S = 20.0  # well below a lease: who stood still for so long may not hold it any more


class Courier:
    """One thread, one change at a time: there are a few a day, and each is waited for."""

    def __init__(
        self,
        executions: Executions,
        engine: Engine,
        receivers: Receivers,
        *,
        clock: Clock,
        told: Callable[[], object] = lambda: None,
    ) -> None:
        """``told`` is called after every report, since messages have to be redrawn then."""
        self._executions = executions
        self._engine = engine
        self._receivers = receivers
        self._clock = clock
        self._told = told
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._recovered_at: float | None = None
        self._closed_since: dict[str, datetime] = {}
        self._unseen: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Take up what an earlier run left behind, then keep carrying."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, and begin nothing new."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def wake(self) -> None:
        """Look for something to carry now."""
        self._awake.set()

    def carry_due(self) -> int:
        """Carry out everything that is due; returns how many executions were taken."""
        taken = 0
        while not self._stopping.is_set():
            found = self._executions.claim(now=self._clock.now(), limit=1)
            if not found:
                break
            self._carry(found[0], time.monotonic())
            taken += 1
        return taken

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                self._recover()
                self.carry_due()
            except StoreTrouble:
                log.exception("the executions cannot be used; trying again")
            except Exception:
                # The last resort: without this thread nothing would ever be carried out again. What was
                # being sent stays claimed until its lease runs out, and is looked up then.
                log.exception("carrying out stopped short; trying again")
            self._awake.wait(IDLE_S)

    def _recover(self) -> None:
        """Take over, now and then, what a bot that died was sending."""
        now = time.monotonic()
        if self._recovered_at is None or now - self._recovered_at >= RECOVER_EVERY_S:
            self._recovered_at = now
            self._executions.recover()

    def _carry(self, execution: Execution, taken_at: float) -> None:
        fate = self._fate(execution, taken_at)
        if fate is not None:
            self._report(execution, held_against(execution, fate))
            self._told()

    def _fate(self, execution: Execution, taken_at: float) -> Fate | None:
        """Find out what becomes of it; ``None`` where somebody else may be at it already."""
        receiver = self._receivers.of.get(execution.workflow)
        if receiver is None:
            return Unclear("nothing is connected now") if execution.doubtful else Said("nothing is connected")
        if execution.doubtful:
            found = self._look_up(execution, receiver.lookup)
            if isinstance(found, Waits):
                return None if self._stopping.is_set() else Unclear("Marko stopped while it was sent")
            if not isinstance(found, NeverSeen):
                return found
        if time.monotonic() - taken_at > STALE_S and not execution.doubtful:
            log.warning("%s was held for too long before it was sent; it is left to its lease", execution.key)
            return None
        return self._send(execution, receiver.action, receiver.lookup)

    def _send(self, execution: Execution, action: Place, lookup: Place | None) -> Fate:
        request = order_request(execution, self._receivers.secrets, now=datetime.now(UTC))
        try:
            first: Done | Said | Unclear = of_order(self._post(action, request))
        except NotSent as closed:
            return Waits(str(closed))
        except NoAnswer as silent:
            first = Unclear(str(silent))
        if lookup is None or (isinstance(first, Said) and not self._is_last_word(execution, first)):
            return first
        found = self._look_up(execution, lookup)
        if isinstance(first, Said):  # it may have fallen over after it had made the change
            return found if isinstance(found, Done) else first
        return agreed(first, found)

    def _is_last_word(self, execution: Execution, said: Said) -> bool:
        """Whether a no that was not meant for good is taken as one, since it came too often."""
        return not said.for_good and self._again_at(execution, said) is None

    def _look_up(self, execution: Execution, lookup: Place | None) -> Fate:
        """Ask what became of it, a few times: an answer spares a person the question."""
        if lookup is None:
            return Waits("there is no look-up")
        found: Fate = Waits("it was not asked")
        for pause in LOOK_UP_PAUSES_S:
            if pause and self._stopping.wait(pause):
                break
            try:
                request = lookup_request(execution, self._receivers.secrets, now=datetime.now(UTC))
                found = of_lookup(self._post(lookup, request))
            except (NotSent, NoAnswer) as broken:
                found = Waits(str(broken))
            if not isinstance(found, Unclear | Waits):
                break
        return found

    def _post(self, place: Place, request: Request) -> Answer:
        self._executions.renew()
        return egress.post(place, request.body, request.headers, timeout_s=self._receivers.timeout_s)

    def _report(self, execution: Execution, fate: Fate) -> None:
        """Tell the engine, which writes it down in one unit."""
        key = execution.key
        log.info("%s: %s", key, fate)
        if not isinstance(fate, Waits):
            self._closed_since.pop(key, None)
        if not isinstance(fate, NeverSeen):
            self._unseen.pop(key, None)
        if isinstance(fate, Done):
            self._engine.carried_out(key, fate.receipt)
        elif isinstance(fate, Unclear):
            self._engine.carrying_in_doubt(key, fate.error, shown=fate.shown)
        elif isinstance(fate, Said):
            self._engine.carrying_refused(key, fate.error, again_at=self._again_at(execution, fate))
        elif isinstance(fate, NeverSeen):
            self._send_again(execution, fate.error)
        else:
            self._wait(execution, fate.error)

    def _again_at(self, execution: Execution, said: Said) -> datetime | None:
        if said.for_good or execution.refusals + 1 >= MOST_REFUSALS:
            return None
        wait = said.wait_s if said.wait_s is not None else 2.0**execution.refusals
        return self._clock.now() + timedelta(seconds=wait)

    def _send_again(self, execution: Execution, error: str) -> None:
        tries = self._unseen[execution.key] = self._unseen.get(execution.key, 0) + 1
        if tries > MOST_UNSEEN:
            self._unseen.pop(execution.key)
            self._engine.carrying_in_doubt(execution.key, f"it was sent {tries} times, and never arrived")
            return
        until = self._clock.now() + timedelta(seconds=2.0**tries)
        self._engine.carrying_waits(execution.key, error, until=until)

    def _wait(self, execution: Execution, error: str) -> None:
        now = self._clock.now()
        since = self._closed_since.setdefault(execution.key, now)
        if now - since >= CLOSED_FOR:
            self._closed_since.pop(execution.key)
            self._engine.carrying_refused(execution.key, error, again_at=None)
            return
        waited = (now - since).total_seconds()
        until = now + timedelta(seconds=min(max(waited, 1.0), LONGEST_WAIT_S))
        self._engine.carrying_waits(execution.key, error, until=until)
