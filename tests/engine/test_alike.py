"""Names that may be one campaign: misspellings are grouped, and what is a difference is not asked about."""

import csv
from collections import Counter
from datetime import date

import pytest
from shared_data import shared_file

from engine.alike import Named, alike, differ_by_a_letter, named, retold
from engine.models.daily import RowCampaign
from engine.models.retrospective import Titled, slug


def known(name: str, rows: int = 100, *, identifier: str = "", account: str = "default") -> Named:
    return named(campaign(name, rows, identifier=identifier, account=account))


def campaign(
    name: str, rows: int = 100, *, identifier: str = "", account: str = "default", platform: str = "Meta"
) -> RowCampaign:
    own = identifier or slug(name)
    key = f"{slug(platform)}/{slug(account)}/{own}"
    day = date(2026, 3, 1)
    return RowCampaign(key, platform, account, own, name, "", "", "EUR", day, day, (name,), rows)


def grouped(*every: Named) -> dict[str, set[str]]:
    found = alike([each.key for each in every], every, set())
    return {each.name: set(each.others.values()) for each in found}


@pytest.mark.parametrize(
    "other",
    ["Sprng Sale", "Spring-Sal", "spring_sle", "SpringSale", "Spr-ng Sale", "Springg Sale", "Sprimg Sale"],
)
def test_a_misspelling_is_asked_about(other: str) -> None:
    assert grouped(known("Spring Sale"), known(other, 5)) == {"Spring Sale": {other}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brand Q1", "Brand Q2"),
        ("Prospecting set a", "Prospecting set b"),
        ("Brand DE", "Brand DK"),
        ("Brand DE", "Brand D"),
        ("Always on v1", "Always on v2"),
        ("Always on v1", "Always on v11"),
        ("Summer 2025", "Summer 2026"),
        ("Launch 03-04", "Launch 0304"),
        ("Retargeting 7d", "Retargeting 30d"),
        ("Sale", "Sales"),
        ("Spring Sale", "Spring Sale Video"),
        ("Men Shoes", "Women Shoes"),
        ("Summer", "Winter"),
        ("Spring Sale", "Sprnig Sale"),  # two letters at once: too far to be sure of
    ],
)
def test_a_difference_is_not_asked_about(one: str, other: str) -> None:
    assert grouped(known(one), known(other, 5)) == {}


def test_another_letter_is_asked_about_only_where_one_is_rare() -> None:
    assert grouped(known("Brand Karin"), known("Brand Karen")) == {}
    assert grouped(known("Brand Karin"), known("Brand Karen", 3)) == {"Brand Karin": {"Brand Karen"}}


def test_campaigns_with_ids_of_the_platform_are_its_own_word() -> None:
    one, other = known("Spring Sale", identifier="123"), known("Sprng Sale", 3, identifier="124")
    assert grouped(one, other) == {}
    assert grouped(one, known("Spring Sale", 3, identifier="124")) == {}


def test_a_campaign_without_its_id_may_be_the_one_with_it() -> None:
    assert grouped(known("Spring Sale", identifier="123"), known("spring_sale", 3)) == {
        "Spring Sale": {"spring_sale"}
    }


def test_names_are_compared_within_one_account_of_one_platform() -> None:
    assert grouped(known("Spring Sale"), known("Sprng Sale", 3, account="7")) == {}


def test_what_is_not_new_is_not_asked_about() -> None:
    one, other = known("Spring Sale"), known("Sprng Sale", 3)
    assert alike([], [one, other], set()) == []
    assert len(alike([other.key], [one, other], set())) == 1


def test_what_a_person_called_two_is_not_asked_about() -> None:
    one, other = known("Spring Sale"), known("Sprng Sale", 3)
    assert alike([one.key], [one, other], {frozenset({one.key, other.key})}) == []


def test_the_and_between_words_is_one_however_it_is_written() -> None:
    assert grouped(known("Fit & Lift"), known("fit and lift", 9)) == {"Fit & Lift": {"fit and lift"}}


def test_misspellings_gather_around_the_right_spelling_and_not_around_each_other() -> None:
    wrong = [known(each, 3) for each in ("Sprng Sale", "Spring Sle", "Sprin Sale", "pring Sale")]
    assert grouped(known("Spring Sale"), *wrong) == {"Spring Sale": {each.name for each in wrong}}


def test_ten_thousand_names_are_grouped_at_once() -> None:
    every = [
        known(f"Campaign {word} {n}") for n in range(2_500) for word in ("alpha", "beta", "gamma", "delta")
    ]
    assert alike([each.key for each in every], every, set()) == []


def test_the_messy_names_of_a_real_file_are_ten_campaigns() -> None:
    path = shared_file("data/kasparro_fb_ads_undergarments.csv")
    with path.open(encoding="utf-8", newline="") as file:
        names = Counter(line["campaign_name"] for line in csv.DictReader(file))
    rows = Counter[str]()
    for name, count in names.items():
        rows[slug(name)] += count
    every = [
        named(campaign(own, count)._replace(names=tuple(each for each in names if slug(each) == own)))
        for own, count in rows.items()
    ]
    found = alike([each.key for each in every], every, set())
    assert (len(names), len(found)) == (367, 10)
    assert sum(1 + len(each.others) for each in found) == len(every)
    assert all(rows[each.main.rpartition("/")[2]] > 370 for each in found)


def test_a_retrospective_is_found_by_its_id_or_its_name() -> None:
    fresh = {each.campaign_key: each for each in (campaign("Spring_Sale"), campaign("Summer Sale"))}
    titles = [
        Titled("meta-ads/default/spring-sale@2026-03-01..2026-03-28", "spring-sale", None, "Meta Ads"),
        Titled("meta-ads/default/cmp-7@2026-03-01..2026-03-28", "cmp-7", "Summer sale", "Meta Ads"),
        Titled("google-ads/default/spring-sale@2026-03-01..2026-03-28", "spring-sale", None, "Google Ads"),
    ]
    assert retold(fresh, titles, set()) == {
        "meta/default/spring-sale": {"meta-ads/default/spring-sale": "spring-sale"},
        "meta/default/summer-sale": {"meta-ads/default/cmp-7": "Summer sale"},
    }


def test_a_retrospective_of_the_same_key_is_the_campaign_already() -> None:
    fresh = {"meta/default/spring-sale": campaign("Spring Sale")}
    titles = [Titled("meta/default/spring-sale@..2026-03-28", "spring-sale", None, "Meta")]
    assert retold(fresh, titles, set()) == {}


def test_slugs_of_other_numbers_never_differ_by_a_letter_alone() -> None:
    assert not differ_by_a_letter("always-on-11", "alwayson-1-1")
    assert differ_by_a_letter("always-on-11", "alwayson-11")
