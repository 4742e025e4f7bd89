"""The local embedder: the same vectors everywhere, of length 1, for any text there is."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.explain.embedder import DIMENSIONS, LocalEmbedder
from engine.explain.vocabulary import LONGEST_TEXT, listed, meanings, stem, words_of

PROJECT = Path(__file__).resolve().parents[2]
EMBEDDER = LocalEmbedder()
TEXTS = [
    "Spring sale for students",
    "Rabatt für Schülerinnen",
    "学生向けの割引",
    "خصم للطلاب",
    "скидка студентам",
]
PRINTS_A_DIGEST = (
    "import hashlib; from engine.explain.embedder import LocalEmbedder; "
    f"print(LocalEmbedder().name, hashlib.sha256(LocalEmbedder().embed({TEXTS!r}).tobytes()).hexdigest())"
)


def _cosine(one: str, other: str) -> float:
    first, second = EMBEDDER.embed([one, other])
    return float(first @ second)


@pytest.mark.parametrize("seed", ["0", "1", "424242"])
def test_every_process_makes_the_same_vectors(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS_A_DIGEST],
        cwd=PROJECT,
        env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    digest = hashlib.sha256(EMBEDDER.embed(TEXTS).tobytes()).hexdigest()
    assert done.stdout.split() == [EMBEDDER.name, digest]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_every_text_has_a_vector_of_length_1_or_none_at_all(texts: list[str]) -> None:
    rows = EMBEDDER.embed(texts)
    assert rows.shape == (len(texts), DIMENSIONS)
    assert rows.dtype == np.float32
    for text, length in zip(texts, np.linalg.norm(rows, axis=1), strict=True):
        assert length == pytest.approx(1, abs=1e-5) or (length == 0 and not _tells(text))


def _tells(text: str) -> bool:
    common = set(listed("common_words.txt").split())
    return any(each.text not in common for each in words_of(text))


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@settings(max_examples=50)
def test_a_text_s_vector_does_not_depend_on_its_company(texts: list[str]) -> None:
    together = EMBEDDER.embed(texts)
    alone = np.concatenate([EMBEDDER.embed([each]) for each in texts])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("text", ["", "   ", "!!! --- ***", "\u200b\u202e", "the of and"])
def test_a_text_without_a_telling_word_is_near_to_nothing(text: str) -> None:
    assert not EMBEDDER.embed([text]).any()


@pytest.mark.parametrize("text", TEXTS)
def test_any_language_is_near_to_itself_and_to_its_other_case(text: str) -> None:
    assert _cosine(text, text) == pytest.approx(1, abs=1e-5)
    assert _cosine(text.upper(), text) > 0.95


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "word " * 300_000,
        "\ud800 half a pair",
        "<!channel> ' OR 1=1; -- \x00\x01",
        "e" + "\u0301" * 50_000,
        "ﷺ" * 50_000,
    ],
    ids=["one-word", "many-words", "surrogate", "marks", "accents", "unfolding"],
)
def test_hostile_text_is_only_text(text: str) -> None:
    row = EMBEDDER.embed([text])[0]
    assert np.isfinite(row).all()
    assert len(words_of(text)) <= 18 * LONGEST_TEXT  # the most that folding makes of a character


@pytest.mark.parametrize(
    ("one", "other", "nothing_like_it"),
    [
        ("college discount", "Students 18-25, 20 % off", "CFO roundtable report"),
        ("retargeting reels", "a clip for past visitors", "search ads for new customers"),
        ("lead generation", "registrations", "brand awareness"),
        ("shoping", "shopping", "hopping mad"),
        ("Ski-Urlaub", "Skiurlaub", "Strandurlaub im Juli"),
    ],
)
def test_what_means_the_same_is_nearer_than_what_does_not(one: str, other: str, nothing_like_it: str) -> None:
    assert _cosine(one, other) > _cosine(one, nothing_like_it) + 0.1


@pytest.mark.parametrize(
    "family",
    [
        ("shop", "shops", "shopping", "shopped", "shopper", "shoppers"),
        ("book", "books", "booking", "bookings", "booked"),
        ("baby", "babies"),
        ("lease", "leases", "leasing", "leased"),
        ("register", "registers", "registering", "registered"),
        ("promote", "promotes", "promoting", "promoter"),
        ("box", "boxes"),
    ],
    ids=lambda family: family[0],
)
def test_the_forms_of_a_word_have_one_stem(family: tuple[str, ...]) -> None:
    assert len({stem(each) for each in family}) == 1


@pytest.mark.parametrize("word", ["18", "2026", "gas", "less", "us", "сталь", "スキー", "x"])
def test_what_is_no_english_ending_stays(word: str) -> None:
    assert stem(word) == word


def test_the_list_of_synonyms_is_tidy() -> None:
    lines = [each for each in listed("synonyms.txt").splitlines() if each and not each.startswith("#")]
    names = [each.split(":", 1)[0] for each in lines]
    assert sorted(set(names)) == sorted(names)
    for each in lines:
        name, words = each.split(":", 1)
        phrases = [phrase.strip() for phrase in words.split(",")]
        assert len(phrases) > 1, name
        assert all(phrases), name
        assert len(set(phrases)) == len(phrases), name
        assert all(1 <= len(words_of(phrase)) <= 4 for phrase in phrases), name


def test_phrases_are_found_with_the_words_that_were_written() -> None:
    found = {each.name: each.words for each in meanings(words_of("Abandoned carts, Black Friday"))}
    assert found["abandoned-cart"] == ("abandoned carts", "carts")
    assert found["black-friday"] == ("black friday",)
