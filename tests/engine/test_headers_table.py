"""The table of headers: each name means one thing on one platform, however it is spelled."""

from collections import defaultdict
from importlib import resources
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.intake.choosing import WHY
from engine.intake.currencies import currency_in
from engine.intake.headers import ANY, NOT_USED, UNDECIDED, entries, folded, is_known, known
from engine.intake.platforms import NAMES
from engine.models.export import Field
from engine.models.labels import LABELS, label

TABLE = list(entries(resources.files("engine.intake").joinpath("headers.txt").read_text(encoding="utf-8")))
WRITTEN = sorted({name for _, name, _ in TABLE})
PAID = sorted({name for _, name, meaning in TABLE if meaning.what == "spend"})


def test_no_header_means_two_things_on_one_platform() -> None:
    meant: dict[tuple[str, str], set[tuple[str, str, int]]] = defaultdict(set)
    for platform, name, meaning in TABLE:
        meant[platform, folded(name)].add((meaning.what, meaning.detail, meaning.rank))
    assert {key: found for key, found in meant.items() if len(found) > 1} == {}


def test_a_platform_gives_another_field_to_few_names() -> None:
    anywhere = {folded(name): meaning.what for platform, name, meaning in TABLE if platform == ANY}
    changed = {
        (platform, anywhere[folded(name)], meaning.what)
        for platform, name, meaning in TABLE
        if platform != ANY and anywhere.get(folded(name), meaning.what) != meaning.what
    }
    assert changed == {
        ("google", "first_day", "no"),
        ("google", "last_day", "no"),
        ("linkedin", "campaign", "ad_set"),
        ("linkedin", "campaign_id", "ad_set_id"),
        ("linkedin", "first_day", "day"),
        ("linkedin", "no", "ad_id"),
    }


def test_the_table_knows_only_fields_reasons_and_platforms() -> None:
    fields = set(get_args(Field))
    for platform, name, meaning in TABLE:
        assert platform in {ANY, *NAMES}, name
        assert folded(name), name
        if meaning.what == NOT_USED:
            assert meaning.detail in WHY, name
        elif meaning.what == UNDECIDED:
            assert set(meaning.detail.split("/")) <= fields, name
        else:
            assert meaning.what in fields, name
            assert meaning.detail == "", name


def test_a_sign_is_a_sign_of_one_platform() -> None:
    signs: dict[str, set[str]] = defaultdict(set)
    for platform, name, meaning in TABLE:
        if meaning.is_sign:
            signs[folded(name)].add(platform)
    assert {name: found for name, found in signs.items() if len(found) > 1} == {}


@pytest.mark.parametrize("line", ["spend: Cost", "spend en Cost", "Spend en: Cost"])
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"headers\.txt, line 2: "):
        list(entries(f"[any]\n{line}"))


def test_every_field_has_a_label() -> None:
    assert set(LABELS) == set(get_args(Field))
    assert (label("ad_set"), label("ignore"), label("?")) == ("Ad set", "Not needed", "?")


SPELLINGS = (
    str.upper,
    str.lower,
    str.title,
    str.swapcase,
    lambda name: f"\ufeff{name}",
    lambda name: f" {name}\u00a0",
    lambda name: name.replace(" ", "_"),
    lambda name: name.replace(" ", "  "),
    lambda name: name.replace(" ", "\u00a0"),
    lambda name: name.replace(" ", "-"),
    lambda name: f'"{name}"',
)


@given(
    name=some.sampled_from(WRITTEN), spell=some.lists(some.sampled_from(SPELLINGS), min_size=1, max_size=3)
)
def test_spelling_does_not_change_what_a_name_means(name: str, spell: list) -> None:  # type: ignore[type-arg]
    spelled = name
    for change in spell:
        spelled = change(spelled)
    found, expected = known(spelled), known(name)
    assert found is not None
    assert expected is not None
    assert found.meanings == expected.meanings


CURRENCIES = [
    (" (USD)", "USD"),
    (" [USD]", "USD"),
    ("_usd", "USD"),
    (" USD", "USD"),
    (", USD", "USD"),
    (" (US$)", "USD"),
    (" (in EUR)", "EUR"),
    (" (€)", "EUR"),
    (" €", "EUR"),
    (" in EUR", "EUR"),
    ("\u00a0(EUR €)", "EUR"),
    (" (R$)", "BRL"),
    (" (zł)", "PLN"),
    (" (₺)", "TRY"),
    (" (TRY)", "TRY"),
    (" (£)", "GBP"),
    ("（円）", "JPY"),
    (" ($)", None),
    (" (kr)", None),
    (" (¥)", None),
    (" $", None),
]


@given(name=some.sampled_from(PAID), beside=some.sampled_from(CURRENCIES), loud=some.booleans())
def test_the_currency_beside_a_name_is_read_and_changes_nothing(
    name: str, beside: tuple[str, str | None], loud: bool
) -> None:
    text, currency = beside
    written = f"{name}{text}".upper() if loud else f"{name}{text}"
    found, expected = known(written), known(name)
    assert found is not None
    assert expected is not None
    assert found.meanings == expected.meanings
    assert currency_in(written) == currency


@pytest.mark.parametrize(
    "name", ["Clicks (all)", "CLICKS (ALL)", "Klicks (alle)", "Spend", "Cost top", "R", ""]
)
def test_words_are_no_currencies(name: str) -> None:
    assert currency_in(name) is None


@pytest.mark.parametrize("name", ["Clicks (all)", "Cost (US$)", "costEUR", "ad_spend", "﻿Día", "USD Spend"])
def test_headers_are_known(name: str) -> None:
    assert is_known(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Kosten netto",
        "Clicks (USD)",
        "Clicks %",
        "spring-sale",
        "2026-03-02",
        "12.50",
        "USD",
        "Total: Account",
    ],
)
def test_other_texts_are_no_headers(name: str) -> None:
    assert not is_known(name)
