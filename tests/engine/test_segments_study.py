"""``/marko segments`` over remembered rows: what it names, what it calls normal, what it leaves open."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from engine_values import WORDS
from exported import dropped, row, scanned

from engine.engine import Engine
from engine.errors import Refused, UnknownCampaign
from engine.models.daily import DailyRow
from engine.models.segments_study import SegmentsStudy
from engine.narrate.mixes import own_mix
from engine.narrate.studies import tell
from engine.narrate.studies.told import Told

YESTERDAY = date(2026, 3, 29)
NOW_FROM = date(2026, 3, 2)
M = 1_000_000
SHARES = {"feed": 0.3, "stories": 0.2, "reels": 0.2, "audience_network": 0.3}
DEVICES = {"mobile": 0.6, "desktop": 0.4}


def taken(engine: Engine, rows: list[DailyRow], name: str = "march", **changed: Any) -> None:
    begun = engine.begin_export(dropped(name))
    done = engine.take_export(begun.id, scanned(rows, file=f"{name}.csv", **changed))
    assert done.state == "done", done


def ran(
    campaign: str = "Spring Sale",
    *,
    bad: dict[str, str] | None = None,
    factor: float = 0.4,
    days: int = 84,
    seed: int = 1,
    per_day: float = 60,
    **more: Any,
) -> list[DailyRow]:
    """About 2,400 EUR a day over placements and devices, 40 EUR a conversion; ``bad`` sells less in March."""
    rng = np.random.default_rng(seed)
    found = []
    for ago in range(days, 0, -1):
        day = YESTERDAY - timedelta(days=ago - 1)
        for placement, large in SHARES.items():
            for device, part in DEVICES.items():
                own = {"placement": placement, "device": device, "campaign": campaign}
                hit = bad is not None and day >= NOW_FROM and all(own[key] == bad[key] for key in bad)
                spend = int(per_day * 40 * large * part * np.exp(rng.normal(0, 0.15)))
                sold = int(rng.poisson(spend / 40 * (factor if hit else 1.0))) * M
                parts = {"placement": placement, "device": device, "conversions": sold}
                found.append(row(campaign, day, spend, **parts | more))
    return found


def found(engine: Engine, asked: str = "") -> SegmentsStudy:
    study = engine.study("segments", asked)
    assert isinstance(study, SegmentsStudy)
    return study


def told(engine: Engine, asked: str = "") -> Told:
    said = tell(found(engine, asked), WORDS)
    assert len(said.verdict) <= 200
    assert all(len(each) <= 300 for each in said.lines)
    assert all(len(line) == len(said.table[0]) <= 5 for line in said.table)
    return said


def test_a_bad_placement_is_named_with_its_share_and_the_rest_is_normal(engine: Engine) -> None:
    taken(engine, ran(bad={"placement": "audience_network"}))
    study = found(engine, "spring-sale")
    assert study.state == "found"
    (named,) = study.named
    assert (named.dimensions, named.values) == (("placement",), ("audience_network",))
    assert named.share is not None
    assert named.share.value >= 90
    assert named.change.low < 150 < named.change.high + 25  # planted: 40 % of the sales at the same money
    assert study.rest_is == "noise"
    assert (study.first_day, study.last_day) == (NOW_FROM, YESTERDAY)
    assert (study.before_first, study.before_last) == (date(2026, 2, 2), date(2026, 3, 1))


def test_it_is_told_verdict_first(engine: Engine) -> None:
    taken(engine, ran(bad={"placement": "audience_network"}))
    said = told(engine, "spring-sale")
    assert said.verdict.startswith("audience_network (placement) explains ")
    assert "of the CPA's rise, " in said.verdict
    assert "\u00a0EUR (80\u00a0% range" in said.verdict
    assert any(each.startswith("Everything else is normal") for each in said.lines)
    assert said.table[0] == ("Placement", "Verdict", "CPA EUR", "Share", "n")
    assert [line[0] for line in said.table if line[1] == "real"] == ["audience_network"]
    assert said.basis.startswith(
        "Spring Sale · 2–29\u00a0Mar against 2\u00a0Feb–1\u00a0Mar, the same weekdays"
    )
    assert said.picture is not None
    assert all(name in said.picture.alt for name in SHARES)


def test_a_share_that_may_be_anything_is_not_told(engine: Engine) -> None:
    taken(engine, ran(bad={"placement": "audience_network"}))
    study = engine.study("segments", "spring-sale")
    assert isinstance(study, SegmentsStudy)
    first = study.named[0]
    assert first.share is not None
    wide = first.share.model_copy(update={"low": -549.0, "high": 1225.0})
    unsure = study.model_copy(update={"named": (first.model_copy(update={"share": wide}), *study.named[1:])})
    said = tell(unsure, WORDS).verdict
    assert "explains" not in said
    assert "shifted: its CPA rose by " in said
    assert ", while the whole moved +" in said


def test_figures_of_the_table_are_the_sums_of_the_rows(engine: Engine) -> None:
    rows = ran(bad={"placement": "audience_network"})
    taken(engine, rows)
    for part in found(engine, "spring-sale").shown:
        own = [each for each in rows if each.placement == part.values[0] and each.first_day >= NOW_FROM]
        spend, sold = (sum(getattr(each, name) or 0 for each in own) / M for name in ("spend", "conversions"))
        assert part.now == pytest.approx(spend / sold)
        assert part.n == sold


def test_a_pair_of_segments_is_named_by_both(engine: Engine) -> None:
    bad = {"placement": "audience_network", "device": "mobile"}
    taken(engine, ran(bad=bad, factor=0.25, per_day=150))
    study = found(engine, "spring-sale")
    assert study.named[0].dimensions == ("placement", "device")
    assert study.named[0].values == ("audience_network", "mobile")
    assert told(engine, "spring-sale").verdict.startswith(
        "audience_network on mobile (placement, device) explains "
    )


def test_where_nothing_happened_nothing_is_named(engine: Engine) -> None:
    taken(engine, ran())
    study, said = found(engine, "spring-sale"), told(engine, "spring-sale")
    assert (study.state, study.named, study.rest) == ("nothing", (), None)
    assert said.verdict.startswith("No segment stands out: CPA ")
    assert said.picture is None
    assert "real" not in {line[-1] for line in said.table}


def test_what_moved_everywhere_alike_names_nobody(engine: Engine) -> None:
    taken(engine, ran(bad={"campaign": "Spring Sale"}, factor=0.5))
    study = found(engine, "spring-sale")
    assert (study.state, study.named) == ("everything", ())
    assert told(engine, "spring-sale").verdict.startswith("The CPA rose everywhere alike, ")


def test_over_all_campaigns_the_campaign_is_named(engine: Engine) -> None:
    rows = [
        *ran("Spring Sale", bad={"campaign": "Spring Sale"}, factor=0.4),
        *ran("Autumn Brand", seed=2),
        *ran("City Break", seed=3),
    ]
    taken(engine, rows)
    study = found(engine)
    assert (study.campaigns, study.campaign_key) == (3, None)
    assert (study.named[0].dimensions, study.named[0].values) == (("campaign",), ("Spring Sale",))
    assert "3\u00a0campaigns" in told(engine).basis


def test_money_that_went_to_a_dear_segment_is_a_mix_shift(engine: Engine) -> None:
    """Each placement sells better than before, and most money went to the dear one."""
    rows = []
    for day_rows in (ran(days=56, seed=4),):
        for each in day_rows:
            is_now, is_dear = each.first_day >= NOW_FROM, each.placement == "audience_network"
            spend = (each.spend or 0) * (8 if is_now and is_dear else 1)
            price = (160 if is_dear else 30) * (0.8 if is_now else 1.0)
            sold = round(spend / price / M) * M
            rows.append(each._replace(spend=spend, conversions=sold))
    taken(engine, rows)
    mix = found(engine, "spring-sale").mix
    assert mix is not None
    assert mix.paradox
    assert (mix.dimension, mix.grown) == ("placement", "audience_network")
    assert mix.rate_pct < 0 < mix.total_pct
    (line,) = [each for each in told(engine, "spring-sale").lines if "Mix shift" in each]
    assert line.startswith("Mix shift: CPA fell in every placement and rose in total: audience_network grew")


def test_a_short_history_takes_fewer_whole_weeks(engine: Engine) -> None:
    taken(engine, ran(days=35))
    study = found(engine, "spring-sale")
    assert study.first_day == YESTERDAY - timedelta(days=13)
    assert study.before_first == YESTERDAY - timedelta(days=27)


def test_the_older_window_has_the_same_weekdays(engine: Engine) -> None:
    taken(engine, ran(days=84))
    for asked in ("spring-sale 7d", "spring-sale 10d", "spring-sale 28d", "spring-sale 30d"):
        study = found(engine, asked)
        assert study.first_day is not None
        assert study.before_first is not None
        assert study.first_day.weekday() == study.before_first.weekday()
        assert (study.last_day or YESTERDAY) == YESTERDAY


def test_too_little_is_an_answer(engine: Engine) -> None:
    assert found(engine).state == "no days"
    taken(engine, ran(days=13))
    assert (found(engine).state, found(engine).needed_days) == ("too few days", 14)
    assert told(engine).verdict.startswith("Too early: 13")


def test_few_events_are_too_early(engine: Engine) -> None:
    taken(engine, ran(days=56, per_day=0.3))
    study = found(engine)
    assert study.state == "too early"
    assert (study.needed_events or 0) == 30 - round(study.n + study.n_before)


def test_rows_without_a_breakdown_have_nothing_to_tell_apart(engine: Engine) -> None:
    rows = [row("Spring Sale", YESTERDAY - timedelta(days=ago)) for ago in range(56)]
    taken(engine, rows)
    assert found(engine, "spring-sale").state == "one segment"


def test_clicks_can_be_asked_for_instead_of_conversions(engine: Engine) -> None:
    rows = [
        each._replace(clicks=100 if each.placement == "reels" and each.first_day >= NOW_FROM else 200)
        for each in ran()
    ]
    taken(engine, rows)
    study = found(engine, "spring-sale ctr")
    assert study.kpi == "ctr"
    assert study.named[0].values == ("reels",)
    assert study.named[0].change.value == pytest.approx(-50, abs=5)
    assert "CTR's fall" in told(engine, "spring-sale ctr").verdict


def test_of_two_currencies_the_one_with_more_rows_is_told(engine: Engine) -> None:
    taken(engine, [*ran(days=56), *ran("City Break", days=28, currency="USD")])
    study = found(engine)
    assert (study.currency, study.others) == ("EUR", ("USD",))
    assert "left out: rows in USD" in told(engine).basis


def test_a_campaign_that_nobody_knows_and_a_window_that_none_has_are_refused(engine: Engine) -> None:
    taken(engine, ran(days=28))
    with pytest.raises(UnknownCampaign):
        found(engine, "winter-sale")
    with pytest.raises(Refused) as refused:
        found(engine, "spring-sale 5d")
    assert refused.value.faults[0].rule == "7 to 90 days, such as 28d"


def test_a_shift_in_mix_is_told_in_the_cards_thread(engine: Engine) -> None:
    rows = [
        each._replace(
            spend=(each.spend or 0) * (6 if each.first_day >= NOW_FROM and each.placement == "reels" else 1)
        )
        for each in ran(days=56, seed=6)
    ]
    dear = {"feed": 20, "stories": 20, "reels": 80, "audience_network": 20}
    sold = [
        each._replace(conversions=round((each.spend or 0) / dear[each.placement] / M) * M) for each in rows
    ]
    taken(engine, sold)
    analysis = engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation.analysis
    said = own_mix(analysis, WORDS)
    assert said is not None
    assert said.startswith("Against its own 2\u00a0Feb–1\u00a0Mar. Mix: reels (placement) grew from ")


def test_a_quiet_campaign_has_no_mix_to_tell(engine: Engine) -> None:
    taken(engine, ran(days=56))
    analysis = engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation.analysis
    assert own_mix(analysis, WORDS) is None
