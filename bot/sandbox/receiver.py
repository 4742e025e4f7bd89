"""An ad platform to try with: it takes signed changes, keeps each campaign's values, and gives receipts.

It can be made to refuse, fail, stall, lose the line or lie, and somebody else may change a value there.
The same key never changes anything twice.
"""

import json
import math
import threading
from collections import deque
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

from bot.sandbox.clock import MovableClock
from bot.sandbox.shelf import Shelf

Json = dict[str, Any]
MOST_REQUESTS = 5
VALUE, ANSWER = "platform_value", "platform_answer"
# What each does, as a person reads it.
LABELS = {
    "refuse": "It refuses every change (422), until turned off",
    "fail": "The next two changes fail there (500)",
    "stall": "It makes the next change and never answers",
    "drop": "It takes the next change, does nothing and cuts the line",
    "lie": "It says done and changes nothing, until turned off",
    "no_lookup": "Asked what became of a change, it fails (503), until turned off",
}
TIMES = {"fail": 2.0, "stall": 1.0, "drop": 1.0}


class Told(NamedTuple):
    """What is answered; "stall" and "drop" answer nothing."""

    status: int
    body: Json
    manner: Literal["answer", "stall", "drop"] = "answer"


class Faults:
    """What it does wrong on purpose; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, float] = {}

    def state(self) -> dict[str, bool]:
        """Each fault by name, in the order of LABELS."""
        with self._lock:
            return {name: self._left.get(name, 0) > 0 for name in LABELS}

    def set(self, name: str, *, on: bool, times: float | None = None) -> None:
        """Turn a fault, for so many times. Raises ValueError for an unknown name."""
        if name not in LABELS:
            raise ValueError(f"No fault is called {name!r}; there are {', '.join(LABELS)}.")
        with self._lock:
            usual = TIMES.get(name, math.inf)
            self._left[name] = 0.0 if not on else usual if times is None else times

    def strikes(self, name: str) -> bool:
        """Whether it happens now; one that happens so often turns itself off here."""
        with self._lock:
            left = self._left.get(name, 0)
            self._left[name] = max(left - 1, 0.0)
            return left > 0


class Receiver:
    """What the platform has, and what it was asked. ``connected``: whether the bot was told of it."""

    def __init__(self, secret: str, clock: MovableClock, shelf: Shelf) -> None:
        self.connected = False
        self.secret = secret
        self.faults = Faults()
        self.effects: list[str] = []  # the keys of what was really changed, in order
        self.calls: list[str] = []  # the keys of every order that came
        self._clock = clock
        self._shelf = shelf
        self._lock = threading.Lock()
        self._values: dict[str, Json] = {_at(each): each for each in shelf.all(VALUE)}
        self._answers: dict[str, Json] = {each["key"]: each for each in shelf.all(ANSWER)}
        self._requests: deque[Json] = deque(maxlen=MOST_REQUESTS)

    def verified(self, body: bytes, headers: Mapping[str, str]) -> Json | None:
        """The order in a request, or None where it is not signed with our key, or not in these minutes."""
        try:
            Webhook(self.secret).verify(body, dict(headers), json_parse=False)
            told = json.loads(body, parse_float=Decimal)
        except (WebhookVerificationError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    def order(self, asked: Json) -> Told:
        """Change what is asked for, unless that was done already, or a fault says otherwise."""
        with self._lock:
            self.calls.append(str(asked["idempotency_key"]))
            told = self._obeyed(asked)
            self._note(asked, told)
            return told

    def lookup(self, asked: Json) -> Told:
        """Tell what became of an order, and what stands here now."""
        with self._lock:
            told = self._known(asked)
            self._note(asked, told)
            return told

    def change(self, campaign: str, field: str, value: Decimal) -> None:
        """Somebody else changes a value here. Raises ValueError for one that nobody knows."""
        with self._lock:
            kept = self._values.get(f"{campaign}:{field}")
            if kept is None:
                raise ValueError(f"The platform knows no {field} of {campaign} yet.")
            self._keep({**kept, "value": str(value)})

    def value(self, campaign: str, field: str = "daily spend") -> Decimal | None:
        """What stands here now."""
        with self._lock:
            kept = self._values.get(f"{campaign}:{field}")
            return Decimal(kept["value"]) if kept else None

    def to_page(self) -> Json:
        """What people see: the values, the newest requests first, the faults."""
        with self._lock:
            return {
                "connected": self.connected,
                "values": list(self._values.values()),
                "requests": list(reversed(self._requests)),
                "faults": self.faults.state(),
            }

    def _obeyed(self, asked: Json) -> Told:
        key = str(asked["idempotency_key"])
        if self.faults.strikes("fail"):
            return Told(500, {"error": "internal error"})
        if self.faults.strikes("drop"):
            return Told(0, {}, "drop")
        known = self._answers.get(key)
        if known and known["state"] == "done":
            told = Told(200, known["receipt"])
        elif self.faults.strikes("refuse"):
            told = self._refused(key, 422, "this account may not be changed")
        else:
            told = self._done(key, asked)
        return told._replace(manner="stall") if self.faults.strikes("stall") else told

    def _done(self, key: str, asked: Json) -> Told:
        action, field = asked["action"], asked["action"]["field"]
        at = f"{asked['campaign_id']}:{field}"
        kept = self._values.get(at)
        before = Decimal(kept["value"]) if kept else _exact(action["previous"])
        only_if = asked.get("only_if")
        if only_if and before != _exact(only_if["value"]):
            return self._refused(key, 409, f"{field} is {before} now, not {_exact(only_if['value'])}")
        after = _exact(action["to"])
        if not self.faults.strikes("lie"):
            self.effects.append(key)
            known = {"campaign": asked["campaign_id"], "field": field, "currency": action.get("currency")}
            self._keep({**known, "value": str(after)})
        elif kept is None:
            known = {"campaign": asked["campaign_id"], "field": field, "currency": action.get("currency")}
            self._keep({**known, "value": str(before)})
        receipt = {"receipt": f"rcpt-{len(self._answers) + 1:04}", "previous": float(before)}
        receipt["value"] = float(after)
        self._remember({"key": key, "state": "done", "at": at, "receipt": receipt})
        return Told(200, receipt)

    def _refused(self, key: str, status: int, error: str) -> Told:
        self._remember({"key": key, "state": "refused", "error": error})
        return Told(status, {"error": error})

    def _known(self, asked: Json) -> Told:
        if self.faults.strikes("no_lookup"):
            return Told(503, {"error": "not available"})
        known = self._answers.get(str(asked["idempotency_key"]))
        if known is None:
            return Told(200, {"state": "never_seen"})
        if known["state"] == "refused":
            return Told(200, {"state": "refused", "error": known["error"]})
        now = self._values.get(known["at"])
        shown = {"value": float(now["value"])} if now else {}
        return Told(200, {"state": "done", **known["receipt"], **shown})

    def _keep(self, value: Json) -> None:
        self._values[_at(value)] = value
        self._shelf.put(VALUE, _at(value), value)

    def _remember(self, answer: Json) -> None:
        self._answers[answer["key"]] = answer
        self._shelf.put(ANSWER, answer["key"], answer)

    def _note(self, asked: Json, told: Told) -> None:
        at = self._clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        said = {"stall": "no answer", "drop": "line cut"}.get(told.manner) or _in_short(told)
        noted = {"at": at, "type": asked["type"], "campaign": asked["campaign_id"], "said": said}
        to = asked.get("action", {}).get("to")
        self._requests.append(noted | {"to": None if to is None else str(to)})


def _in_short(told: Told) -> str:
    words = told.body.get("error") or told.body.get("state") or told.body.get("receipt") or ""
    return f"{told.status} {words}".strip()


def _at(value: Json) -> str:
    return f"{value['campaign']}:{value['field']}"


def _exact(number: Any) -> Decimal:
    """A number as it was written; what is none raises InvalidOperation."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise InvalidOperation
    return Decimal(number)
