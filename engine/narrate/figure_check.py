"""Holds a text against the facts it cites: figures, directions, names, and what no text may say."""

import re
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from engine.narrate.claims import CLOSE, FIGURE, OPEN, SELF, Claim, claims, currencies, implied, vague
from engine.narrate.formats import Separators
from engine.narrate.safe_text import strangers, unsafe
from engine.narrate.vocabulary import DIRECTION, METRIC

FaultKind = Literal["wrong_figures", "wrong_direction", "foreign_name", "unsafe_text"]


class Untrue(NamedTuple):
    """One thing in a text that the evidence does not hold."""

    kind: FaultKind
    says: str


class Names:
    """Names as data: each is a token in the texts that are checked, and a name again afterwards."""

    def __init__(self, own: Collection[str], others: Collection[str]) -> None:
        """``own`` are the names of the analyzed campaign; ``others`` are all that may appear beside it."""
        known = dict.fromkeys(each for each in (*own, *others) if each.strip())
        self.tokens = {name: f"{OPEN}{_letters(index)}{CLOSE}" for index, name in enumerate(known)}
        self._own = {self.tokens[name] for name in own if name in self.tokens}

    def token(self, name: str) -> str:
        """Give the token that stands for a name; a new one for a name not heard of before."""
        return self.tokens.setdefault(name, f"{OPEN}{_letters(len(self.tokens))}{CLOSE}")

    def mask_harmless(self, text: str) -> str:
        """Put tokens for names in a text of a model; one that reads as a claim itself stays."""
        return self._replace(text, {name: token for name, token in self.tokens.items() if _harmless(name)})

    def unmask(self, text: str) -> str:
        for name, token in self.tokens.items():
            text = text.replace(token, name)
        return text

    def settle(self, text: str) -> str:
        """Let the campaign's own name be no subject of its own: what is said of it is said of this."""
        for token in self._own:
            text = text.replace(token, f"{OPEN}{SELF}{CLOSE}")
        return text

    def _replace(self, text: str, tokens: Mapping[str, str]) -> str:
        if not tokens:
            return text
        longest_first = sorted(tokens, key=len, reverse=True)
        pattern = "|".join(re.escape(name) for name in longest_first)
        return re.sub(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", lambda found: tokens[found[0]], text)


class Evidence:
    """What may be said: the claims of true sentences, and what follows from them."""

    def __init__(self, true_texts: Collection[str], names: Names, separators: Separators) -> None:
        """``true_texts`` are sentences that code rendered, with tokens for names, one fact each."""
        self._names = names
        self._separators = separators
        masked = [names.settle(text) for text in true_texts]
        self._claims: set[Claim] = set()
        for text in masked:
            self._claims |= implied(claims(text, separators))
        self._currencies = {code for text in masked for code in currencies(text)}

    def faults(self, text: str, *, others: Collection[str] = ()) -> list[Untrue]:
        """Say everything that is wrong with a text of a model; empty when it may be shown.

        Names are masked in it where the model put a name's slot; ``others`` are names of campaigns
        that do not belong to this analysis.
        """
        read = self._names.settle(self._names.mask_harmless(text))
        found = [Untrue("unsafe_text", each) for each in unsafe(read)]
        found += [Untrue("foreign_name", each) for each in strangers(read, self._currencies, others)]
        found += [Untrue("wrong_figures", each) for each in vague(read)]
        found += [Untrue("wrong_figures", each) for each in currencies(read) - self._currencies]
        wrong = sorted(claims(read, self._separators) - self._claims)
        return found + [Untrue(_kind(each), _said(each)) for each in wrong]


def _kind(claim: Claim) -> FaultKind:
    return "wrong_direction" if claim.is_direction else "wrong_figures"


def _said(claim: Claim) -> str:
    return " ".join(each for each in (claim.about.upper(), claim.role, claim.value) if each)


def _harmless(name: str) -> bool:
    """A name with a claim in it ("CPA −50 %") counts as a name only where its slot was used."""
    claim = METRIC.search(name) or DIRECTION.search(name) or re.search(r"[%€$£−]|^\W*\d", name)
    units = any(each["date"] or each["noun"] or each["code"] for each in FIGURE.finditer(name))
    return len(name) > 2 and not claim and not units


def _letters(index: int) -> str:
    return chr(97 + index % 26) if index < 26 else _letters(index // 26 - 1) + chr(97 + index % 26)
