"""The budget study over a real memory: what is proposed, what is refused, and what is said of it."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from engine_values import WORDS
from exported import kept, row
from factories import MONDAY

from engine.engine import Engine
from engine.errors import Refused
from engine.models.budget_study import BudgetStudy
from engine.models.daily import DailyRow
from engine.narrate.studies import tell
from engine.narrate.studies.budget import NO_AUTHORITY
from engine.narrate.studies.told import Told
from engine.studying.budget import read
from store import Store

LAST = MONDAY.date() - timedelta(days=1)
STRONG = {"spring-sale": (400, 0.9, 20.0), "city-break": (400, 0.15, 60.0), "autumn-brand": (300, 0.5, 40.0)}
ALIKE = {"spring-sale": (400, 0.5, 40.0), "city-break": (380, 0.5, 40.0)}


def rows_of(
    campaigns: dict[str, tuple[int, float, float]], *, days: int = 56, seed: int = 3, platform: str = "Meta"
) -> Iterable[DailyRow]:
    """Each campaign: money a day, elasticity, and cost per conversion at that money."""
    rng = np.random.default_rng(seed)
    for name, (money, elasticity, cpa) in campaigns.items():
        for age in range(days):
            spend = money * float(rng.lognormal(0, 0.3)) if age >= 7 else float(money)
            mean = money / cpa * (spend / money) ** elasticity
            yield row(
                name,
                LAST - timedelta(days=age),
                platform=platform,
                spend=round(spend),
                conversions=int(rng.poisson(mean)) * 1_000_000,
            )


def found(engine: Engine, asked: str = "") -> BudgetStudy:
    study = engine.study("budget", asked)
    assert isinstance(study, BudgetStudy)
    return study


def said(study: BudgetStudy) -> Told:
    return tell(study, WORDS)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_money_goes_from_where_more_brings_little_to_where_it_brings_much(
    store: Store, engine: Engine
) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG)))
    (share,) = found(engine).shares
    by_name = {each.campaign: each for each in share.lines}
    assert share.state == "proposed"
    assert by_name["spring-sale"].proposed == Decimal(480)
    assert by_name["city-break"].proposed == Decimal(320)
    assert sum(each.proposed for each in share.lines) == sum(each.now for each in share.lines) == share.total
    assert share.steps == 1
    assert 0 < share.gain[0] < share.gain[1] < share.gain[2]
    by_hand = 20 * (1.2**0.9 - 1) - 400 / 60 * (1 - 0.8**0.15)  # of the true curves
    assert share.gain[1] == pytest.approx(by_hand, rel=0.35)


def test_a_proposal_says_what_it_wins_what_it_risks_and_that_it_changes_nothing(
    store: Store, engine: Engine
) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG)))
    told = said(found(engine))
    assert plain(told.verdict).startswith("Move 80.00 EUR a day between campaigns on Meta: about ")
    assert "more conversions a week for the same money (80 % range" in plain(told.verdict)
    assert any("Worst case in 7 days: 560 EUR spent for nothing." in plain(each) for each in told.lines)
    assert told.lines[-1] == NO_AUTHORITY
    assert plain(told.table[1][2]) in {"480.00 (+20 %)", "320.00 (−20 %)"}
    assert len(told.verdict) <= 200
    assert all(len(each) <= 300 for each in told.lines)
    assert all(len(each) == 5 for each in told.table)
    assert told.picture is not None
    assert all(name in told.picture.alt for name in STRONG)


def test_campaigns_that_cannot_be_told_apart_keep_what_they_have(store: Store, engine: Engine) -> None:
    kept(store.memory, "rows", list(rows_of(ALIKE)))
    (share,) = (study := found(engine)).shares
    assert share.state == "overlap"
    assert [each.proposed for each in share.lines] == [each.now for each in share.lines]
    low, high = sorted(share.lines, key=lambda each: each.next_cpa or 0)
    assert (low.next_high or 0) >= (high.next_low or 0)
    told = said(study)
    assert told.verdict.startswith("Keep the budgets as they are")
    assert "the ranges overlap" in told.lines[0]
    assert NO_AUTHORITY not in told.lines


def test_a_wider_bound_is_reached_in_steps_within_the_limit(store: Store, engine: Engine) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG)))
    (share,) = (study := found(engine, "50 %")).shares
    most = max(abs(each.change) for each in share.lines)
    assert 0.2 < most <= 0.5
    assert share.steps >= 2
    assert any(
        plain(each).startswith(f"In {share.steps} steps of at most 20 %") for each in said(study).lines
    )


def test_another_total_is_split_to_the_cent(store: Store, engine: Engine) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG)))
    (share,) = found(engine, "1,200.07").shares
    assert sum(each.proposed for each in share.lines) == share.total == Decimal("1200.07")
    assert all(abs(each.change) <= 0.2 for each in share.lines)


def test_a_total_out_of_reach_is_refused_with_what_can_be_reached(store: Store, engine: Engine) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG)))
    study = found(engine, "5000")
    assert study.shares[0].state == "out_of_bounds"
    assert plain(said(study).verdict) == (
        "5,000.00 EUR a day is out of reach: "
        "with at most 20 % a campaign it can be 880.00 EUR to 1,320.00 EUR."
    )


def test_a_fortnight_is_too_early_and_what_is_missing_is_said(store: Store, engine: Engine) -> None:
    kept(store.memory, "rows", list(rows_of(STRONG, days=10)))
    study = found(engine)
    assert study.shares[0].state == "too_few"
    assert plain(said(study).verdict) == (
        "Too early to move money: it takes two campaigns with 14 days and 15 conversions each; "
        "0 of 3 have them."
    )


def test_without_rows_nothing_is_known(engine: Engine) -> None:
    assert said(found(engine)).verdict.startswith("I know no campaign that spends money by day.")


def test_accounts_are_never_mixed_and_a_total_needs_one_of_them(store: Store, engine: Engine) -> None:
    kept(store.memory, "meta", list(rows_of(STRONG)))
    kept(store.memory, "google", list(rows_of(ALIKE, platform="Google")))
    study = found(engine)
    assert [each.platform for each in study.shares] == ["Meta", "Google"]
    with pytest.raises(Refused, match="one account at a time"):
        found(engine, "2000")
    assert [each.platform for each in found(engine, "1200 meta").shares] == ["Meta"]
    with pytest.raises(Refused, match="a platform I know"):
        found(engine, "nowhere")


def test_a_campaign_whose_conversions_stopped_is_not_judged(store: Store, engine: Engine) -> None:
    rows = [
        each._replace(conversions=0)
        if each.campaign == "autumn-brand" and each.first_day > LAST - timedelta(days=10)
        else each
        for each in rows_of(STRONG)
    ]
    kept(store.memory, "rows", rows)
    (share,) = (study := found(engine)).shares
    (doubted,) = [each for each in share.lines if each.campaign == "autumn-brand"]
    assert (doubted.left, doubted.proposed) == ("doubted", doubted.now)
    assert any("counting in doubt: autumn-brand" in each for each in said(study).lines)


@pytest.mark.parametrize(
    ("asked", "total", "change", "name"),
    [
        ("", None, None, ""),
        ("2000", Decimal(2000), None, ""),
        ("2,000 30 %", Decimal(2000), 0.3, ""),
        ("1.500,50 EUR", Decimal("1500.50"), None, "eur"),
        ("1,500.50 Google Ads", Decimal("1500.50"), None, "google-ads"),
        ("12.5% meta", None, 0.125, "meta"),
    ],
)
def test_words_behind_the_verb_are_a_total_a_percentage_and_a_name(
    asked: str, total: Decimal | None, change: float | None, name: str
) -> None:
    got = read(asked)
    assert (got.total, got.name) == (total, name)
    assert got.change == (change if change is None else pytest.approx(change))


@pytest.mark.parametrize("asked", ["0 %", "120 %", "0"])
def test_a_change_beyond_everything_is_refused(asked: str) -> None:
    with pytest.raises(Refused):
        read(asked)


def test_a_campaign_whose_cpa_just_rose_gets_no_more_money_on_what_it_was(
    store: Store, engine: Engine
) -> None:
    rows = [
        each._replace(conversions=(each.conversions or 0) // 3_000_000 * 1_000_000)
        if each.campaign == "spring-sale" and each.first_day > LAST - timedelta(days=20)
        else each
        for each in rows_of(STRONG)
    ]
    kept(store.memory, "rows", rows)
    (share,) = (study := found(engine)).shares
    (moved,) = [each for each in share.lines if each.campaign == "spring-sale"]
    assert (moved.left, moved.proposed) == ("changed", moved.now)
    assert any("its CPA moved of late: spring-sale" in each for each in said(study).lines)
