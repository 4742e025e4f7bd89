"""Texts of creatives that say alike things: their groups, and the words that name them. No network."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.explain.embedder import LocalEmbedder
from engine.explain.grouping import SEED, Labels, Points, best_division, evenly, grouped
from engine.explain.vocabulary import telling, words_of

FEWEST_TEXTS = 8
MOST_TEXTS = 2_000  # more are sampled evenly, and it is told
LEAST_MEMBERS = 3
DIRECTIONS = 6  # of meaning, in which texts are told apart
DRAWS = 19  # of texts whose words were shuffled; ours stand out from all, which is 1 in 20
FAR_OUT = 2.5  # deviations
NAMING_WORDS = 3


class TextGroup(NamedTuple):
    """``terms`` are the words that set it apart, best first; ``centre`` its middle among the word vectors."""

    terms: tuple[str, ...]
    texts: tuple[str, ...]
    centre: tuple[float, ...]


class TextGroups(NamedTuple):
    """``state`` says why there are no groups, where there are none. ``texts`` counts different texts with
    words; ``looked_at`` are those of them that were grouped."""

    state: str
    texts: int
    looked_at: int
    silhouette: float
    usual: float
    groups: tuple[TextGroup, ...]


class _Bag(NamedTuple):
    """Texts as words: ``words`` holds places in ``vocabulary``, ``owner`` the text of each, ascending."""

    texts: list[str]
    vocabulary: list[str]
    vectors: NDArray[np.float32]
    words: Labels
    owner: Labels


def text_groups(texts: Sequence[str]) -> TextGroups:
    """Group different texts by what they say; the order in which they come does not matter.

    A text is the sum of its words' vectors, common words weighing less (Arora et al. 2017), in the few
    directions in which these texts differ most (latent semantic analysis, Deerwester et al. 1990). Texts
    fall into groups when they do so better than the same words shuffled among the texts.
    """
    every = sorted({each for each in texts if _tokens(each)})
    if len(every) < FEWEST_TEXTS:
        return TextGroups("too few", len(every), len(every), 0.0, 0.0, ())
    chosen = every
    if len(every) > MOST_TEXTS:
        chosen = [every[place] for place in np.linspace(0, len(every) - 1, MOST_TEXTS).astype(int)]
    bag = _bag(chosen)
    places = _places(_summed(bag, bag.words))
    found = grouped(places, lambda: _usual(bag), least_members=LEAST_MEMBERS)
    groups = () if found.labels is None else _named(bag, found.labels)
    state = "grouped" if groups else "no groups"
    return TextGroups(state, len(every), len(chosen), found.silhouette, found.usual, groups)


def _tokens(text: str) -> list[str]:
    """The words that tell something; a number in a text is no theme."""
    return [each.text for each in telling(words_of(text)) if not each.text.isdigit()]


def _bag(texts: list[str]) -> _Bag:
    said = [_tokens(each) for each in texts]
    often = Counter(word for each in said for word in set(each))
    vocabulary = sorted(often)
    place = {word: at for at, word in enumerate(vocabulary)}
    # A word of one text alone joins it with none; a word of many is common, but it may be the theme.
    weight = [0.5 if often[each] == 1 else 1 / (1 + often[each] / len(texts)) for each in vocabulary]
    vectors = LocalEmbedder().embed(vocabulary) * np.array(weight, dtype=np.float32)[:, None]
    words = np.array([place[word] for each in said for word in each], dtype=np.intp)
    owner = np.repeat(np.arange(len(texts)), [len(each) for each in said])
    return _Bag(texts, vocabulary, vectors, words, owner)


def _summed(bag: _Bag, words: Labels) -> Points:
    """Sum up the vectors of each text's words, shape (texts, 1024); rows have length 1, or 0."""
    first = np.searchsorted(bag.owner, np.arange(int(bag.owner[-1]) + 1))
    rows = np.add.reduceat(bag.vectors[words], first, axis=0).astype(np.float64)
    return _of_length_one(rows)


def _places(rows: Points) -> Points:
    """Reduce texts to the directions in which they differ most, each of length 1."""
    moved = rows - rows.mean(axis=0)
    if len(moved) <= moved.shape[1]:
        spread, axes = np.linalg.eigh(moved @ moved.T)
        kept = axes[:, ::-1][:, :DIRECTIONS] * np.sqrt(np.maximum(spread[::-1][:DIRECTIONS], 0.0))
    else:
        _, axes = np.linalg.eigh(moved.T @ moved)
        kept = moved @ axes[:, ::-1][:, :DIRECTIONS]
    return _of_length_one(kept)


def _of_length_one(rows: Points) -> Points:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 1e-9, lengths, 1.0)


def _usual(bag: _Bag) -> float:
    """What texts of the same lengths and words reach at most, the words shuffled among them.

    The largest of the draws, or what lies ``FAR_OUT`` deviations above their mean where that is more.
    """
    chance = np.random.default_rng(SEED)
    sample = _sampled(bag)
    reached = []
    for _ in range(DRAWS):
        division = best_division(_places(_summed(sample, chance.permutation(sample.words))), LEAST_MEMBERS)
        reached.append(division.silhouette if division else 0.0)
    far_out = float(np.mean(reached) + FAR_OUT * np.std(reached))
    return max(*reached, far_out)


def _sampled(bag: _Bag) -> _Bag:
    """The texts on which the number of groups is decided."""
    kept = evenly(np.arange(len(bag.texts), dtype=np.float64)).astype(np.intp)
    if len(kept) == len(bag.texts):
        return bag
    within = np.isin(bag.owner, kept)
    return bag._replace(words=bag.words[within], owner=np.searchsorted(kept, bag.owner[within]))


def _named(bag: _Bag, labels: Labels) -> tuple[TextGroup, ...]:
    """Give the groups, the largest first, each with the words that its texts have and others have not."""
    said = np.zeros((len(bag.texts), len(bag.vocabulary)), dtype=bool)
    said[bag.owner, bag.words] = True
    rows = _summed(bag, bag.words)
    found = []
    for label in range(int(labels.max()) + 1):
        within = labels == label
        if within.any():
            texts = tuple(text for text, inside in zip(bag.texts, within, strict=True) if inside)
            found.append(
                TextGroup(_terms(bag, said, within), texts, tuple(rows[within].mean(axis=0).tolist()))
            )
    return tuple(sorted(found, key=lambda each: (-len(each.texts), each.texts)))


def _terms(bag: _Bag, said: NDArray[np.bool_], within: NDArray[np.bool_]) -> tuple[str, ...]:
    """Rank words by how much more often they stand in a group's texts than in the others."""
    inside = said[within].mean(axis=0)
    outside = said[~within].mean(axis=0) if not within.all() else np.zeros_like(inside)
    order = sorted(range(len(inside)), key=lambda at: (-(inside[at] - outside[at]), bag.vocabulary[at]))
    return tuple(bag.vocabulary[at] for at in order[:NAMING_WORDS] if inside[at] > outside[at])
