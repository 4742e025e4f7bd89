"""A chat model of OpenAI, or of a server that speaks like it: one question, one JSON answer.

Everything about money, time and trouble is in ``paid_model.py``.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from engine.models.overview import ModelState
from engine.narrate.breaker import Breaker
from engine.narrate.model_errors import ModelFailed
from engine.narrate.paid_model import Errand, ModelSettings, PaidModel, Send
from engine.narrate.prices import Usage
from engine.narrate.purse import Purse

if TYPE_CHECKING:
    from openai import OpenAI

TEMPERATURE = 0.1
MOST_TOKENS = 2_000
OVERHEAD_TOKENS = 200  # the schema, and what a server adds to a question
_WITHOUT_TEMPERATURE = re.compile(r"(?:o\d|gpt-5)")
Answer = TypeVar("Answer")
Accept = Callable[[dict[str, Any]], Answer]


class Question(NamedTuple):
    """``subject`` is what is asked about, ``context`` the hash of everything that decides the answer."""

    subject: str
    context: str
    prompt: str
    system: str
    body: str
    schema: dict[str, Any]


class LanguageModel:
    """Asks one model. Safe to use from several threads."""

    def __init__(self, settings: ModelSettings, purse: Purse, *, breaker: Breaker | None = None) -> None:
        self._model = PaidModel(settings, purse, breaker=breaker)
        self._purse = purse

    @property
    def name(self) -> str:
        return self._model.name

    def state(self) -> ModelState:
        return self._model.state(Usage(0, MOST_TOKENS))

    def ask(self, question: Question, accept: Accept[Answer]) -> Answer:
        """Give what ``accept`` makes of the model's JSON.

        Raises ``ModelFailed`` whatever goes wrong, within the deadline; ``accept`` raises it for an
        answer that may not be used, which counts as a failure of the model like any other. The same
        question within the hour is answered from memory.
        """
        errand = Errand(question.subject, question.context, question.prompt, _most(question))
        known = self._purse.recall(question.subject, question.context)
        if known is not None:
            with suppress(ModelFailed):  # names that are known by now may forbid it: then it is asked anew
                answer = accept(known)
                self._model.note_recalled(errand)
                return answer

        def read(body: Any) -> tuple[Answer, dict[str, Any]]:
            told = _content(body)
            return accept(told), told

        answer, told = self._model.ask(errand, self._sending(question), read)
        self._purse.remember(question.subject, question.context, told)
        return answer

    def _sending(self, question: Question) -> Send:
        hide = self._model.settings.hide
        limit = "max_tokens" if self._model.settings.base_url else "max_completion_tokens"
        options: dict[str, Any] = {limit: MOST_TOKENS}
        if not _WITHOUT_TEMPERATURE.match(self.name):
            options["temperature"] = TEMPERATURE

        def send(client: "OpenAI") -> bytes:
            return client.chat.completions.with_raw_response.create(
                model=self.name,
                messages=[
                    {"role": "system", "content": question.system},
                    {"role": "user", "content": hide(question.body)},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "insights", "strict": True, "schema": question.schema},
                },
                **options,
            ).content

        return send


def _most(question: Question) -> Usage:
    """Never fewer tokens than bytes' worth of text can be: one for two bytes is a safe bound here."""
    size = len(f"{question.system}{question.body}{json.dumps(question.schema)}".encode())
    return Usage(size // 2 + OVERHEAD_TOKENS, MOST_TOKENS)


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
