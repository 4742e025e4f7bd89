"""The one wrapper around whatever costs money: a chat model, or one that embeds.

No hidden retries, a deadline on the wall clock, a breaker, a budget, and a record of every call. The
SDK runs in a thread that is left behind when time is up, since its own timeout starts again with
every byte that drips in.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from engine.models.discreet import redact
from engine.models.overview import ModelState
from engine.narrate.breaker import REST_S, Breaker
from engine.narrate.model_errors import FREE, FailureKind, ModelFailed
from engine.narrate.prices import PRICES, Price, Usage
from engine.narrate.purse import Call, Purse, Taken

if TYPE_CHECKING:
    from openai import OpenAI

log = logging.getLogger(__name__)

DEADLINE_S = 10.0
ABSURD = 10  # times the most tokens that a call can have
NOISY = ("openai", "httpx", "httpcore", "httpx2", "httpcore2")
Answer = TypeVar("Answer")
Send = Callable[["OpenAI"], bytes]
"""Sends a question and gives the body of the server's answer, unread."""


@dataclass(frozen=True)
class ModelSettings:
    """Where a model is and what it may cost. ``deadline_s`` is for one call, on the wall clock.

    ``hide`` takes secrets and e-mail addresses out of whatever is sent there.
    """

    model: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    deadline_s: float = DEADLINE_S
    prices: dict[str, Price] = field(default_factory=dict)
    hide: Callable[[str], str] = redact

    @property
    def price(self) -> Price | None:
        """The team's own price first, then the table's; ``None`` for a model nobody priced."""
        return self.prices.get(self.model) or PRICES.get(self.model)


class Errand(NamedTuple):
    """What a call is for, as the ledger keeps it, and the most tokens it can cost.

    ``subject`` is what is asked about, ``context`` the hash of everything that decides the answer.
    """

    subject: str
    context: str
    prompt: str
    most: Usage


class PaidModel:
    """Asks one model. Safe to use from several threads."""

    def __init__(self, settings: ModelSettings, purse: Purse, *, breaker: Breaker | None = None) -> None:
        self.settings = settings
        self._purse = purse
        self._breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        return self.settings.model

    @property
    def price(self) -> Price:
        """Raises ``ModelFailed`` for a model without one: it is not asked."""
        price = self.settings.price
        if price is None:
            text = f"I know no price of {self.name}, so I do not ask it; name one in MARKO_PRICES"
            raise ModelFailed("no_price", text)
        return price

    def state(self, least: Usage) -> ModelState:
        """Say whether a call would be sent now; over budget is where not even ``least`` can be paid."""
        price = self.settings.price
        if price is None:
            return "no price"
        if self._breaker.is_resting:
            return "resting"
        return "on" if price.cost(least) <= self._purse.left_today() else "over budget"

    def ask(self, errand: Errand, send: Send, accept: Callable[[Any], Answer]) -> Answer:
        """Give what ``accept`` makes of the server's JSON.

        Raises ``ModelFailed`` whatever goes wrong, within the deadline; ``accept`` raises it for an
        answer that may not be used, which counts as a failure of the model like any other.
        """
        price = self.price
        most = price.cost(errand.most)
        taken = self._enter(most)
        began = time.monotonic()
        outcome: FailureKind | str = "broken"
        usage: Usage | None = None
        try:
            body = _read(self._in_time(send))
            usage = _usage(body, errand)
            answer = accept(body)
            outcome = "used"
        except ModelFailed as failed:
            outcome = failed.kind
            raise
        finally:
            # Where nobody says what a call cost it is booked at its most, unless it was turned away.
            usd = price.cost(usage) if usage else Decimal(0) if outcome in FREE else most
            self._report(outcome)
            self._purse.settle(taken, self._call(errand, outcome, usd, usage, time.monotonic() - began))
        return answer

    def note_recalled(self, errand: Errand) -> None:
        """An answer used again is in the ledger too, at no cost."""
        self._purse.note_recalled(self._call(errand, "recalled", Decimal(0), None, 0.0))

    def _enter(self, most: Decimal) -> Taken:
        """Pass the breaker and set the money aside, or raise ``ModelFailed`` without having waited."""
        if not self._breaker.enter():
            raise ModelFailed("resting", f"{self.name} failed too often; it rests for {REST_S:.0f} s")
        try:
            return self._purse.take(most)
        except BaseException:
            self._breaker.turned_back()
            raise

    def _report(self, outcome: str) -> None:
        if outcome == "used":
            self._breaker.succeeded()
        elif self._breaker.failed():
            log.warning("%s failed too often; it rests for %.0f s", self.name, REST_S)

    def _call(self, errand: Errand, outcome: str, usd: Decimal, usage: Usage | None, seconds: float) -> Call:
        used = usage or Usage(0, 0)
        return Call(
            subject=errand.subject,
            model=self.name,
            prompt=errand.prompt,
            context=errand.context,
            outcome=outcome,
            usd=usd,
            input_tokens=used.input,
            output_tokens=used.output,
            cached_tokens=used.cached,
            milliseconds=round(seconds * 1000),
        )

    def _in_time(self, send: Send) -> bytes:
        """Run the call beside us, and leave it when its time is up."""
        line = _Line(self.settings)
        box: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                box.put(send(line.open()))
            except Exception as problem:  # noqa: BLE001  whatever the SDK raises is handed over and named
                box.put(problem)

        threading.Thread(target=run, name="model-call", daemon=True).start()
        try:
            got = box.get(timeout=self.settings.deadline_s)
        except queue.Empty:
            got = ModelFailed("timeout", f"no answer within {self.settings.deadline_s:g} s")
        finally:
            threading.Thread(target=line.close, name="model-close", daemon=True).start()
        if isinstance(got, Exception):
            raise _named(got) from None  # the cause may hold what the server wrote
        return got


class _Line:
    """The connection of one call. It can be closed before it is open: the SDK takes long to import."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: OpenAI | None = None
        self._closed = False

    def open(self) -> "OpenAI":
        client = _client(self._settings)
        with self._lock:
            self._client = client
            if not self._closed:
                return client
        client.close()
        raise ModelFailed("timeout", "nobody waits for the answer any more")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            client = self._client
        if client is not None:
            client.close()


def _client(settings: ModelSettings) -> "OpenAI":
    import openai  # noqa: PLC0415  slow to import, and most analyses do without

    for name in NOISY:  # at DEBUG they write questions and headers into the log
        logging.getLogger(name).setLevel(logging.WARNING)
    wait = openai.Timeout(settings.deadline_s)
    return openai.OpenAI(
        api_key=settings.api_key,
        base_url=settings.base_url,
        max_retries=0,
        timeout=wait,
        http_client=openai.DefaultHttpxClient(follow_redirects=False, timeout=wait),
    )


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ModelFailed("not_json", "the server's answer is no JSON") from None


def _usage(body: Any, errand: Errand) -> Usage | None:
    """The tokens that the server counted, if it did; what embeds tells none that come out.

    A count far beyond what the call can have had is none: one absurd figure must not use up the day.
    """
    told = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        return None
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    output = told.get("completion_tokens") if errand.most.output else 0
    counts = [told.get("prompt_tokens"), output, cached or 0]
    most = ABSURD * (errand.most.input + errand.most.output)
    whole = [each for each in counts if type(each) is int and 0 <= each <= most]
    return Usage(*whole) if len(whole) == len(counts) else None


def _named(problem: Exception) -> ModelFailed:
    """Name what went wrong, without a word of the server's: it may repeat keys and questions."""
    if isinstance(problem, ModelFailed):
        return problem
    import openai  # noqa: PLC0415

    if isinstance(problem, openai.APITimeoutError):
        return ModelFailed("timeout", "no answer in time")
    if isinstance(problem, openai.APIConnectionError):
        return ModelFailed("unreachable", "the connection failed")
    if isinstance(problem, openai.APIStatusError):
        return _refused(problem.status_code, str(problem.code or ""))
    return ModelFailed("broken", f"the answer cannot be read ({type(problem).__name__})")


def _refused(status: int, code: str) -> ModelFailed:
    kinds: dict[int, FailureKind] = {
        401: "unauthorised",
        403: "unauthorised",
        404: "unknown_model",
        429: "rate_limited",
    }
    kind = kinds.get(status, "server_error" if status >= 500 else "bad_request")
    if code == "model_not_found":
        kind = "unknown_model"
    return ModelFailed(kind, f"the server answers {status}")
