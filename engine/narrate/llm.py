"""The one wrapper around a chat model of OpenAI, or of a server that speaks like it.

No hidden retries, a deadline on the wall clock, a breaker, a budget, and a record of every call. The
SDK runs in a thread that is left behind when time is up, since its own timeout starts again with
every byte that drips in.
"""

import json
import logging
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from engine.narrate.breaker import REST_S, Breaker
from engine.narrate.model_errors import FREE, FailureKind, ModelFailed
from engine.narrate.prices import PRICES, Price, Usage
from engine.narrate.purse import Call, Purse

if TYPE_CHECKING:
    from openai import OpenAI

log = logging.getLogger(__name__)

TEMPERATURE = 0.1
MOST_TOKENS = 2_000
DEADLINE_S = 10.0
OVERHEAD_TOKENS = 200  # the schema, and what a server adds to a question
NOISY = ("openai", "httpx", "httpcore", "httpx2", "httpcore2")
_WITHOUT_TEMPERATURE = re.compile(r"(?:o\d|gpt-5)")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class ModelSettings:
    """Where the model is and what it may cost. ``deadline_s`` is for one call, on the wall clock."""

    model: str
    api_key: str = field(repr=False)
    base_url: str | None = None
    deadline_s: float = DEADLINE_S
    prices: dict[str, Price] = field(default_factory=dict)

    @property
    def price(self) -> Price | None:
        """The team's own price first, then the table's; ``None`` for a model nobody priced."""
        return self.prices.get(self.model) or PRICES.get(self.model)


class Question(NamedTuple):
    """``subject`` is what is asked about, ``context`` the hash of everything that decides the answer."""

    subject: str
    context: str
    prompt: str
    system: str
    body: str
    schema: dict[str, Any]


class _Reply(NamedTuple):
    body: Any
    usage: Usage | None


class LanguageModel:
    """Asks one model. Safe to use from several threads."""

    def __init__(self, settings: ModelSettings, purse: Purse, *, breaker: Breaker | None = None) -> None:
        self._settings = settings
        self._purse = purse
        self._breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        return self._settings.model

    def ask(self, question: Question, accept: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Give what ``accept`` makes of the model's JSON.

        Raises ``ModelFailed`` whatever goes wrong, within the deadline; ``accept`` raises it for an
        answer that may not be used, which counts as a failure of the model like any other. The same
        question within the hour is answered from memory.
        """
        price = self._settings.price
        if price is None:
            text = f"I know no price of {self.name}, so I do not ask it; name one in MARKO_PRICES"
            raise ModelFailed("no_price", text)
        known = self._purse.recall(question.subject, question.context)
        if known is not None:
            answer = accept(known)
            self._purse.note_recalled(self._call(question, "recalled", Decimal(0), None, 0.0))
            return answer
        return self._ask(question, accept, price)

    def _ask(self, question: Question, accept: Callable[[dict[str, Any]], Answer], price: Price) -> Answer:
        most = price.cost(self._most(question))
        self._purse.take(most)
        if not self._breaker.enter():
            self._purse.give_back(most)
            raise ModelFailed("resting", f"{self.name} failed too often; it rests for {REST_S:.0f} s")
        began = time.monotonic()
        outcome: FailureKind | str = "broken"
        usage: Usage | None = None
        try:
            reply = self._in_time(question)
            usage = reply.usage
            told = _content(reply.body)
            answer = accept(told)
            outcome = "used"
        except ModelFailed as failed:
            outcome = failed.kind
            raise
        finally:
            # Where nobody says what a call cost it is booked at its most, unless it was turned away.
            usd = price.cost(usage) if usage else Decimal(0) if outcome in FREE else most
            self._report(outcome)
            call = self._call(question, outcome, usd, usage, time.monotonic() - began)
            self._purse.settle(most, call)
        self._purse.remember(question.subject, question.context, told)
        return answer

    def _report(self, outcome: str) -> None:
        if outcome == "used":
            self._breaker.succeeded()
        elif self._breaker.failed():
            log.warning("%s failed too often; it rests for %.0f s", self.name, REST_S)

    def _call(
        self, question: Question, outcome: str, usd: Decimal, usage: Usage | None, seconds: float
    ) -> Call:
        used = usage or Usage(0, 0)
        return Call(
            subject=question.subject,
            model=self.name,
            prompt=question.prompt,
            context=question.context,
            outcome=outcome,
            usd=usd,
            input_tokens=used.input,
            output_tokens=used.output,
            cached_tokens=used.cached,
            milliseconds=round(seconds * 1000),
        )

    def _most(self, question: Question) -> Usage:
        """Never fewer tokens than bytes' worth of text can be: one for two bytes is a safe bound here."""
        size = len(f"{question.system}{question.body}{json.dumps(question.schema)}".encode())
        return Usage(size // 2 + OVERHEAD_TOKENS, MOST_TOKENS)

    def _in_time(self, question: Question) -> _Reply:
        """Run the call beside us, and leave it when its time is up."""
        client = self._client()
        box: queue.SimpleQueue[_Reply | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                box.put(self._send(client, question))
            except Exception as problem:  # noqa: BLE001  whatever the SDK raises is handed over and named
                box.put(problem)

        threading.Thread(target=run, name="model-call", daemon=True).start()
        try:
            got = box.get(timeout=self._settings.deadline_s)
        except queue.Empty:
            got = ModelFailed("timeout", f"no answer within {self._settings.deadline_s:g} s")
        finally:
            threading.Thread(target=client.close, name="model-close", daemon=True).start()
        if isinstance(got, Exception):
            raise _named(got) from None  # the cause may hold what the server wrote
        return got

    def _client(self) -> "OpenAI":
        import openai  # noqa: PLC0415  slow to import, and most analyses do without

        for name in NOISY:  # at DEBUG they write questions and headers into the log
            logging.getLogger(name).setLevel(logging.WARNING)
        wait = openai.Timeout(self._settings.deadline_s)
        return openai.OpenAI(
            api_key=self._settings.api_key,
            base_url=self._settings.base_url,
            max_retries=0,
            timeout=wait,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, timeout=wait),
        )

    def _send(self, client: "OpenAI", question: Question) -> _Reply:
        limit = "max_tokens" if self._settings.base_url else "max_completion_tokens"
        options: dict[str, Any] = {limit: MOST_TOKENS}
        if not _WITHOUT_TEMPERATURE.match(self.name):
            options["temperature"] = TEMPERATURE
        raw = client.chat.completions.with_raw_response.create(
            model=self.name,
            messages=[
                {"role": "system", "content": question.system},
                {"role": "user", "content": question.body},
            ],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "insights", "strict": True, "schema": question.schema},
            },
            **options,
        )
        try:
            body = json.loads(raw.content)
        except (ValueError, RecursionError):
            raise ModelFailed("not_json", "the server's answer is no JSON") from None
        return _Reply(body, _usage(body))


def _usage(body: Any) -> Usage | None:
    """The tokens that the server counted, if it did."""
    told = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        return None
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    counts = [told.get("prompt_tokens"), told.get("completion_tokens"), cached or 0]
    whole = [each for each in counts if isinstance(each, int) and not isinstance(each, bool) and each >= 0]
    return Usage(*whole) if len(whole) == len(counts) else None


def _content(body: Any) -> dict[str, Any]:
    """The JSON that the model wrote, out of a whole answer; raises ``ModelFailed``."""
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise ModelFailed("empty", "the answer holds nothing")
    if message.get("refusal"):
        raise ModelFailed("refusal", "the model refuses")
    if choice.get("finish_reason") == "length":
        raise ModelFailed("cut", f"the answer was cut at {MOST_TOKENS} tokens")
    if choice.get("finish_reason") == "content_filter":
        raise ModelFailed("filtered", "a content filter stopped the answer")
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        raise ModelFailed("empty", "the answer holds no text")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise ModelFailed("wrong_schema", "the model wrote no JSON") from None
    if not isinstance(told, dict):
        raise ModelFailed("wrong_schema", "the model wrote JSON of another shape")
    return told


def _named(problem: Exception) -> ModelFailed:
    """Name what went wrong, without a word of the server's: it may repeat keys and questions."""
    import openai  # noqa: PLC0415

    if isinstance(problem, ModelFailed):
        return problem
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
