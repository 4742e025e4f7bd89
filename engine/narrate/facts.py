"""What a model is told: a closed list of facts with slots for figures and names, and nothing else."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from engine.models.insight import Evidence as Figure
from engine.models.insight import Insight, Insights
from engine.models.recommendation import Analysis
from engine.narrate.claims import FIGURE
from engine.narrate.figure_check import Names
from engine.narrate.prompt import Prompt
from engine.narrate.rules_narrator import narrate
from engine.narrate.vocabulary import METRIC
from engine.narrate.words import Style, Words

ListName = Literal["key_learnings", "recommendations", "anomalies"]
LISTS: tuple[ListName, ...] = ("key_learnings", "recommendations", "anomalies")
MOST_FACTS = 24
LONGEST_NAME = 48
_SECRET = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:sk|pk|rk|xox[a-z]|xapp|ghp|glpat|AKIA)[-_A-Za-z0-9]{8,}"
    r"|\b(?=\w*\d)(?=\w*[A-Za-z])\w{24,}\b|\beyJ[\w.-]{10,}"
)


class Fact(NamedTuple):
    """One insight of the rules: ``masked`` has tokens for names, ``says`` slots for figures too."""

    id: str
    home: ListName
    insight: Insight
    masked: str
    says: str
    slots: dict[str, str]

    @property
    def true_texts(self) -> list[str]:
        """The sentence, and the KPIs, days and samples it rests on."""
        return [self.masked, *(text for each in self.insight.evidence for text in _support(each))]


class Facts(NamedTuple):
    """All facts of one analysis. ``name_slots`` maps a name's slot to its token in ``names``."""

    facts: tuple[Fact, ...]
    names: Names
    name_slots: dict[str, str]

    def by_id(self) -> dict[str, Fact]:
        return {each.id: each for each in self.facts}

    def told(self) -> str:
        """The body of the question, the same text for the same facts."""
        body: dict[str, Any] = {
            "facts": [
                {
                    "id": each.id,
                    "list": each.home,
                    "priority": each.insight.priority,
                    "says": each.says,
                    "slots": each.slots,
                }
                for each in self.facts
            ],
            "names": {slot: _quoted(self.names.unmask(token)) for slot, token in self.name_slots.items()},
        }
        return json.dumps(body, ensure_ascii=False, indent=1)


class _Masking(NamedTuple):
    """The style of sentences in which every name is a token, wherever a sentence puts one."""

    names: Names
    plain: Style

    def strong(self, text: str) -> str:
        return text

    def name(self, text: str) -> str:
        return self.names.token(text)

    def person(self, identifier: str) -> str:
        return self.plain.person(identifier)

    def moment(self, at: datetime) -> str:
        return self.plain.moment(at)


def facts_of(analysis: Analysis, rules: Insights, words: Words) -> Facts:
    """Number the rules' insights, most important first within each list, and cut slots into them."""
    own = [analysis.retrospective.name, analysis.retrospective.campaign.campaign_id]
    names = Names(own, _others(analysis))
    slots: dict[str, str] = {}
    found: list[Fact] = []
    masked = narrate(analysis, words._replace(style=_Masking(names, words.style)))
    for (list_name, insight), (_, without) in zip(_listed(rules), _listed(masked), strict=True):
        for token in names.tokens.values():
            if token in without.text and token not in slots.values():
                slots[f"n{len(slots) + 1}"] = token
        found.append(_fact(f"f{len(found) + 1}", list_name, insight, without.text, slots))
    return Facts(tuple(found), names, slots)


def context_of(facts: Facts, prompt: Prompt, *, model: str) -> str:
    """Name everything that decides an answer; equal hash, equal question."""
    text = "\n".join([model, prompt.id, prompt.text, facts.told()])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def redacted(text: str) -> str:
    """Take out what looks like an address of a person or a key."""
    return _SECRET.sub("(removed)", text)


def _listed(rules: Insights) -> Iterator[tuple[ListName, Insight]]:
    left = MOST_FACTS
    for name in LISTS:
        for each in getattr(rules, name)[: left if name != "key_learnings" else MOST_FACTS // 2]:
            left -= 1
            yield name, each


def _fact(identifier: str, list_name: ListName, insight: Insight, masked: str, names: dict[str, str]) -> Fact:
    slots: dict[str, str] = {}

    def cut(figure: re.Match[str]) -> str:
        if not any(each.isdigit() for each in figure[0]):
            return figure[0]
        slot = f"{identifier}.{len(slots) + 1}"
        slots[slot] = figure[0].strip()
        return figure[0].replace(slots[slot], f"{{{slot}}}")

    text = FIGURE.sub(cut, masked)
    for slot, token in names.items():
        text = text.replace(token, f"{{{slot}}}")
    return Fact(identifier, list_name, insight, masked, text, slots)


def _others(analysis: Analysis) -> list[str]:
    """Every name that a sentence of this analysis may hold beside the campaign's own."""
    patterns, campaign = analysis.patterns, analysis.retrospective.campaign
    return [
        *(each.name for each in patterns.winners),
        *(each.name for each in patterns.platform_trends),
        *(each.name for each in patterns.inefficiencies),
        *(each.name for each in analysis.similar),
        *(each.name for each in campaign.audiences),
        *(each.id for each in campaign.creatives),
        campaign.platform,
    ]


def _support(figure: Figure) -> Iterator[str]:
    if METRIC.match(figure.value):
        yield figure.value
    yield from (figure.window, figure.n)


def _quoted(name: str) -> str:
    """A name between marks that it cannot hold itself, without control over the line it stands in."""
    plain = " ".join(redacted(name).replace("«", "‹").replace("»", "›").split())
    return f"«{plain[:LONGEST_NAME]}»"
