"""Insights worded by a model: facts out, words back, every word held against the facts."""

import logging
import re
from collections.abc import Callable, Collection
from typing import Annotated, Any

from pydantic import Field, ValidationError

from engine.models.insight import Insight, Insights, Priority
from engine.models.overview import ModelState
from engine.models.recommendation import Analysis
from engine.models.value import Value
from engine.narrate.facts import LISTS, Fact, Facts, ListName, context_of, facts_of
from engine.narrate.figure_check import Evidence
from engine.narrate.llm import LanguageModel, Question
from engine.narrate.model_errors import FailureKind, ModelFailed
from engine.narrate.prompt import load_prompt
from engine.narrate.words import Words

log = logging.getLogger(__name__)

MOST_INSIGHTS = 16
_SLOT = re.compile(r"\{([a-z]\d+(?:\.\d+)?)\}")
_RANK: dict[Priority, int] = {"high": 0, "medium": 1, "low": 2}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["insights"],
    "properties": {
        "insights": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["list", "facts", "priority", "text"],
                "properties": {
                    "list": {"type": "string", "enum": list(LISTS)},
                    "facts": {"type": "array", "items": {"type": "string"}},
                    "priority": {"type": "string", "enum": list(_RANK)},
                    "text": {"type": "string"},
                },
            },
        }
    },
}


class Said(Value):
    """One insight as the model writes it."""

    list: ListName
    facts: Annotated[tuple[str, ...], Field(min_length=1, max_length=8, strict=False)]
    priority: Priority
    text: Annotated[str, Field(min_length=1, max_length=1_000)]


class Told(Value):
    """The model's whole answer."""

    insights: Annotated[tuple[Said, ...], Field(min_length=1, max_length=MOST_INSIGHTS, strict=False)]


class ModelNarrator:
    """Words the rules' insights anew, or leaves them as they are and says why in the log."""

    def __init__(
        self,
        model: LanguageModel,
        words: Callable[[], Words],
        *,
        version: int | None = None,
    ) -> None:
        """``words`` gives how figures look now; ``version`` pins the prompt, the newest otherwise."""
        self._model = model
        self._words = words
        self._prompt = load_prompt("insights", version)

    def word(self, analysis: Analysis, *, others: Collection[str]) -> Insights | None:
        """Give the model's words of ``analysis.insights``; ``None`` when the rules' words stand.

        ``others`` are the names that are known and may not appear, since they are not of this
        analysis. Whatever fails is one line in the log; nothing is raised.
        """
        try:
            return self._worded(analysis, others)
        except ModelFailed as failed:
            log.warning("insights by the rules, not by %s: %s: %s", self._model.name, failed.kind, failed)
        except Exception as problem:  # noqa: BLE001  words are a courtesy: no analysis may fail for them
            log.error("insights by the rules, not by %s: %s", self._model.name, type(problem).__name__)
        return None

    def state(self) -> ModelState:
        return self._model.state()

    def _worded(self, analysis: Analysis, others: Collection[str]) -> Insights:
        rules = analysis.insights
        facts = facts_of(analysis, rules, self._words())
        plain = " ".join(each.says for each in facts.facts).casefold()  # a name such as "real" is a word too
        foreign = [each for each in others if each not in facts.names.tokens and each.casefold() not in plain]
        question = Question(
            subject=analysis.retrospective.campaign_key,
            context=context_of(facts, self._prompt, model=self._model.name),
            prompt=self._prompt.id,
            system=self._prompt.text,
            body=facts.told(),
            schema=SCHEMA,
        )
        return self._model.ask(question, lambda told: self._accepted(told, facts, rules, foreign))

    def _accepted(
        self, told: dict[str, Any], facts: Facts, rules: Insights, foreign: Collection[str]
    ) -> Insights:
        """Turn an answer into insights; one fault anywhere refuses the whole."""
        try:
            said = Told.model_validate(told).insights
        except ValidationError as problem:
            where = ".".join(str(each) for each in problem.errors()[0]["loc"])
            raise ModelFailed("wrong_schema", f"{where} is not as the schema says") from None
        known = facts.by_id()
        found = [(each, self._insight(each, facts, known, foreign)) for each in said]
        lists = {name: tuple(insight for each, insight in found if each.list == name) for name in LISTS}
        return Insights(
            key_learnings=_ordered(lists["key_learnings"]),
            recommendations=_ordered(lists["recommendations"]),
            anomalies=_ordered(lists["anomalies"]),
            source=f"openai:{self._model.name}",
            prompt=self._prompt.id,
            alternative=rules,
            disagreement=tuple(_disagreement(said, facts.facts)),
        )

    def _insight(self, said: Said, facts: Facts, known: dict[str, Fact], foreign: Collection[str]) -> Insight:
        cited = [known[each] for each in dict.fromkeys(said.facts) if each in known]
        if len(cited) != len(set(said.facts)):
            raise ModelFailed("wrong_schema", "a fact is cited that does not exist")
        if any(each.home != said.list for each in cited):
            raise ModelFailed("wrong_schema", "a fact stands in another list")
        text = _filled(said.text, facts, cited)
        true_texts = [sentence for each in cited for sentence in each.true_texts]
        faults = Evidence(true_texts, facts.names, self._words().formats.separators).faults(
            text, others=foreign
        )
        if faults:
            text = f"{len(faults)} fault(s) in the insight of {', '.join(each.id for each in cited)}"
            raise ModelFailed(faults[0].kind, text)
        evidence = dict.fromkeys(figure for each in cited for figure in each.insight.evidence)
        shown = facts.names.unmask(text)
        return Insight(text=shown, priority=said.priority, evidence=tuple(evidence))


def _filled(text: str, facts: Facts, cited: list[Fact]) -> str:
    """Put figures and names' tokens into their slots; only those of the facts that are cited."""
    slots = dict(facts.name_slots)
    for each in cited:
        slots |= each.slots
    named = {slot for each in cited for slot in _SLOT.findall(each.says)}

    def fill(found: re.Match[str]) -> str:
        slot = found[1]
        if slot not in slots or (slot in facts.name_slots and slot not in named):
            kind: FailureKind = "foreign_name" if slot.startswith("n") else "wrong_figures"
            raise ModelFailed(kind, f"the slot {slot} is not of the facts that are cited")
        return slots[slot]

    return _SLOT.sub(fill, text)


def _disagreement(said: tuple[Said, ...], facts: tuple[Fact, ...]) -> list[str]:
    """Where the model judges otherwise than the rules: what it leaves out, what it ranks anew."""
    ranks = {fact: each.priority for each in said for fact in each.facts}
    found = []
    for fact in facts:
        if fact.id not in ranks:
            found.append(f"left out ({fact.insight.priority}): {fact.insight.text}")
        elif ranks[fact.id] != fact.insight.priority:
            found.append(f"{ranks[fact.id]} instead of {fact.insight.priority}: {fact.insight.text}")
    return found


def _ordered(found: tuple[Insight, ...]) -> tuple[Insight, ...]:
    """By priority; within one, in the model's order."""
    return tuple(sorted(found, key=lambda each: _RANK[each.priority]))
