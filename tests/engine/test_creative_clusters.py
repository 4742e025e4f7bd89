"""Creatives grouped by what they say: sensible groups, none where there are none, and always the same."""

import csv
import gzip
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import shared_file
from worlds.creatives import shuffled, texts

from engine.explain.creative_clusters import MOST_TEXTS, text_groups
from engine.explain.grouping import k_means, silhouette

SOME = texts(40)


def _headlines() -> list[tuple[str, str]]:
    """Different headlines, each with its test."""
    with gzip.open(shared_file("data/upworthy_ab_tests_dev.csv.gz"), "rt", encoding="utf-8") as file:
        found = {each["headline"]: each["clickability_test_id"] for each in csv.DictReader(file)}
    return sorted(found.items())


@pytest.mark.parametrize("many", [24, 60, 200])
def test_texts_of_four_themes_fall_into_groups_of_one_theme_each(many: int) -> None:
    told = texts(many, seed=many)
    found = text_groups(list(told))
    assert found.state == "grouped"
    assert len(found.groups) >= 4
    pure = sum(max(_counts([told[each] for each in group.texts])) for group in found.groups)
    assert pure >= 0.95 * many


def _counts(some: list[str]) -> list[int]:
    return [some.count(each) for each in set(some)]


def test_a_group_is_named_by_words_that_most_of_its_texts_have() -> None:
    for group in text_groups(list(SOME)).groups:
        first = group.terms[0]
        assert 2 * sum(first in each.casefold() for each in group.texts) > len(group.texts)


@given(st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_the_order_of_texts_and_their_copies_change_nothing(chance: random.Random) -> None:
    mixed = [*SOME, *list(SOME)[:10]]
    chance.shuffle(mixed)
    assert text_groups(mixed) == text_groups(list(SOME))


@pytest.mark.parametrize("many", range(8))
def test_fewer_than_eight_texts_are_refused(many: int) -> None:
    found = text_groups(list(texts(many)) if many else [])
    assert (found.state, found.texts, found.groups) == ("too few", many, ())


def test_texts_without_words_are_no_texts() -> None:
    assert text_groups([f"{number} – {number}!" for number in range(50)]).state == "too few"


def test_the_same_words_without_themes_are_rarely_grouped() -> None:
    """One in twenty by construction: more than 4 of 20 would come about once in 400 times."""
    found = [text_groups(shuffled(list(texts(20, seed=seed)), seed)).state for seed in range(20)]
    assert found.count("grouped") <= 4


def test_headlines_of_six_tests_fall_into_groups_of_one_test_each() -> None:
    """Headlines of one test tell one story in several ways, so the tests are the true groups."""
    every = _headlines()
    often: dict[str, int] = {}
    for _, test in every:
        often[test] = often.get(test, 0) + 1
    tests = sorted(test for test, many in often.items() if many >= 4)
    grouped = pure = members = 0
    for seed in range(8):
        chosen = set(tests[seed * 7 : seed * 7 + 6])
        of = {text: test for text, test in every if test in chosen}
        found = text_groups(list(of))
        grouped += found.state == "grouped"
        for group in found.groups:
            members += len(group.texts)
            pure += max(_counts([of[each] for each in group.texts]))
    assert grouped >= 5
    assert pure >= 0.75 * members


def test_all_headlines_of_a_magazine_share_no_few_themes_and_a_sample_is_looked_at() -> None:
    every = [text for text, _ in _headlines()]
    found = text_groups(every)
    assert (found.state, found.texts, found.looked_at) == ("no groups", len(every), MOST_TEXTS)


def test_the_silhouette_is_that_of_its_definition() -> None:
    chance = np.random.default_rng(5)
    points = chance.normal(size=(20, 3))
    labels = chance.integers(3, size=20)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    each = []
    for place in range(20):
        own = [other for other in range(20) if labels[other] == labels[place] and other != place]
        near = min(
            apart[place, labels == label].mean() for label in set(labels.tolist()) - {int(labels[place])}
        )
        within = apart[place, own].mean() if own else 0.0
        each.append((near - within) / max(near, within) if own else 0.0)
    assert silhouette(points, labels) == pytest.approx(float(np.mean(each)))


def test_k_means_finds_clouds_that_lie_apart() -> None:
    chance = np.random.default_rng(8)
    middles = np.array([[0, 0], [10, 0], [0, 10]])
    points = np.concatenate([chance.normal(size=(20, 2)) + each for each in middles])
    labels, centres = k_means(points, 3)
    assert sorted(np.bincount(labels).tolist()) == [20, 20, 20]
    assert all(np.abs(centres - each).sum(axis=1).min() < 1 for each in middles)
