"""``/marko patterns``: what is judged together, what stays plain, and how it is said."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_values import WORDS, body
from exported import dropped, row, scanned
from worlds.patterns import pattern_world

from engine.engine import Engine
from engine.errors import Refused
from engine.evaluating.patterns import predict
from engine.models.daily import DailyRow
from engine.models.patterns_study import PatternsStudy
from engine.narrate.picture import LeaguePicture
from engine.narrate.studies import tell
from engine.narrate.studies.told import Told

LAST = date(2026, 3, 15)
MEANT = {"impressions": 200_000, "clicks": 4_000, "conversions": 200, "spend": 8_000.0}
AUDIENCES = ("students", "gardeners", "night-owls")
PLATFORMS = ("Meta", "Google Ads")


def campaign(number: int, audience: str, ratio: float, **changed: Any) -> dict[str, Any]:
    end = LAST - timedelta(days=2 * number)
    parts: dict[str, Any] = {
        "campaign_id": f"{audience}-{number}",
        "platform": PLATFORMS[number % 2],
        "expected_metrics": MEANT,
        "actual_metrics": {**MEANT, "spend": round(8_000 * ratio, 2)},
        "audiences": [{"name": audience.title(), "attributes": {}}],
        "window_start": str(end - timedelta(days=13)),
        "window_end": str(end),
        "timestamp": f"{end + timedelta(days=1)}T10:00:00+00:00",
        "currency": "EUR",
    }
    return body(**parts | changed)


def portfolio(count: int, ratios: Sequence[float] = (0.7, 1.0, 1.3), **changed: Any) -> list[dict[str, Any]]:
    """``count`` campaigns of each audience, whose CPA against forecast is its ratio and 15 % chance."""
    rng = np.random.default_rng(7)
    return [
        campaign(number, audience, ratio * float(np.exp(rng.normal(0, 0.15))), **changed)
        for number in range(count)
        for audience, ratio in zip(AUDIENCES, ratios, strict=True)
    ]


def hand_in(engine: Engine, many: Sequence[dict[str, Any]]) -> None:
    engine.submit(json.dumps(list(many)), source=None, asked_by="U0MEMBER")


def rows(
    count: int = 45, *, attribution: Sequence[str] = ("", ""), seed: int = 3, days: int = 20
) -> list[DailyRow]:
    """Campaigns that only rows know: each at one placement of one platform; feed costs half of search."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        platform = number % 2
        placement = ("feed", "search", "stories")[number % 3]
        mean = {"feed": 24, "search": 12, "stories": 16}[placement] * float(np.exp(rng.normal(0, 0.1)))
        for ago in range(days):
            day = LAST - timedelta(days=ago + number % 10)
            found.append(
                row(
                    f"rows-{number:02}",
                    day,
                    100,
                    platform=PLATFORMS[platform],
                    placement=placement,
                    attribution=attribution[platform],
                    conversions=int(rng.poisson(mean)) * 1_000_000,
                )
            )
    return found


def taken(engine: Engine, found: list[DailyRow]) -> None:
    done = engine.take_export(engine.begin_export(dropped("march")).id, scanned(found, file="march.csv"))
    assert done.state == "done", done


def studied(engine: Engine, asked: str = "") -> PatternsStudy:
    study = engine.study("patterns", asked)
    assert isinstance(study, PatternsStudy)
    return study


def said(engine: Engine, asked: str = "") -> Told:
    return tell(studied(engine, asked), WORDS)


def test_many_campaigns_are_judged_on_all_dimensions_at_once(engine: Engine) -> None:
    hand_in(engine, portfolio(20))
    study = studied(engine)
    assert (study.form, study.against, study.campaigns) == ("regression", "forecast", 60)
    assert [each.name for each in study.winners] == ["Students"]
    student, owl = study.winners[0], study.losers[0]
    assert owl.name == "Night-Owls"
    # Against the rest's mean ln ratio, (ln 1.0 + ln 1.3) / 2: 0.7 / √1.3 − 1.
    assert student.effect_pct == pytest.approx((0.7 / 1.3**0.5 - 1) * 100, abs=5)
    assert student.low < student.effect_pct < student.high < 0
    assert student.impact is not None
    assert owl.impact is not None
    assert student.impact > 0 > owl.impact


def test_what_is_told_has_verdict_money_sample_and_range(engine: Engine) -> None:
    hand_in(engine, portfolio(20))
    told = said(engine)
    assert told.verdict.startswith(("Students does better: CPA −", "Night-Owls does worse: CPA +"))
    assert "90\u00a0% range" in told.verdict
    assert "20\u00a0campaigns" in told.verdict
    assert any("above what the other audiences take" in each and "EUR" in each for each in told.lines)
    assert told.table[0] == ("What", "CPA", "90\u00a0% range", "n", "Worth")
    assert "60\u00a0campaigns" in told.basis
    assert "each against its own forecast" in told.basis
    assert isinstance(told.picture, LeaguePicture)
    assert all(name in told.picture.alt for name in ("Students", "Night-Owls"))


def test_parts_are_short_enough_for_a_phone(engine: Engine) -> None:
    hand_in(engine, portfolio(20, attribution_window="7-day click"))
    taken(engine, rows())
    told = said(engine)
    assert len(told.verdict) <= 200
    assert all(len(each) <= 300 for each in told.lines)
    assert all(len(each) == 5 for each in told.table)


def test_few_campaigns_are_told_plainly_with_n_of_three(engine: Engine) -> None:
    hand_in(engine, portfolio(2, ratios=(1.0, 1.0, 1.0)))
    study = studied(engine)
    assert study.form == "plain"
    assert {(each.name, each.campaigns, each.needed) for each in study.too_few} == {
        (name, 2, 3) for name in ("Students", "Gardeners", "Night-Owls")
    }
    told = said(engine)
    assert told.verdict.startswith("Nothing repeats yet, 6\u00a0campaigns")
    assert any("2 of 3" in each for each in told.lines)


def test_between_few_and_many_the_plain_patterns_stay_with_their_status(engine: Engine) -> None:
    hand_in(engine, portfolio(5))
    study = studied(engine)
    assert study.form == "plain"
    assert [each.pattern for each in study.known] == [each.pattern for each in engine.patterns()]
    assert "Candidate" in said(engine).verdict


def test_the_status_of_a_pattern_stands_beside_its_level(engine: Engine) -> None:
    """Handed in at once, the older half claims and the newer half validates."""
    hand_in(engine, portfolio(20))
    assert studied(engine).winners[0].status == "validated"
    assert "Students (audience, validated)" in {each[0] for each in said(engine).table}


def test_nothing_known_is_an_answer(engine: Engine) -> None:
    assert studied(engine).campaigns == 0
    assert said(engine).basis == "No campaign with spend is remembered."


def test_campaigns_alike_accuse_nobody(engine: Engine) -> None:
    hand_in(engine, portfolio(20, ratios=(1.0, 1.0, 1.0)))
    study = studied(engine)
    assert (study.winners, study.losers) == ((), ())
    assert said(engine).verdict.startswith("No real difference between audiences")


def test_campaigns_that_only_rows_know_are_compared_by_placement(engine: Engine) -> None:
    taken(engine, rows())
    study = studied(engine)
    assert (study.form, study.against) == ("regression", "others")
    assert [each.name for each in study.winners] == ["feed"]
    assert study.losers[0].name == "search"
    # 24 conversions for the money that brings 12 and 16 elsewhere.
    assert study.winners[0].effect_pct == pytest.approx((np.sqrt(12 * 16) / 24 - 1) * 100, abs=6)


def test_platforms_of_other_attribution_windows_are_not_compared_and_it_is_told(engine: Engine) -> None:
    taken(engine, rows(attribution=("7-day click", "30-day click")))
    study = studied(engine)
    assert study.held_fixed == ("attribution window",)
    assert {each.name for each in study.inseparable} == set(PLATFORMS)
    assert [each.name for each in study.winners] == ["feed"]
    told = said(engine)
    assert "never compared across attribution window" in told.basis
    assert any("Not compared: Google Ads and Meta." in each for each in told.lines)


def test_days_whose_conversions_still_come_in_are_left_out(engine: Engine) -> None:
    taken(engine, rows(attribution=("28-day click", "28-day click"), days=30))
    study = studied(engine)
    assert study.last is not None
    assert study.last <= date(2026, 3, 30) - timedelta(days=29)


def test_a_dimension_can_be_asked_for(engine: Engine) -> None:
    hand_in(engine, portfolio(20))
    assert studied(engine, "audiences").winners
    assert not studied(engine, "platform").winners
    assert [each.name for each in studied(engine, "students").winners] == ["Students"]


def test_other_words_are_refused_with_what_can_be_asked(engine: Engine) -> None:
    with pytest.raises(Refused, match="audience"):
        studied(engine, "weather")


def test_the_money_of_other_currencies_is_not_added_up(engine: Engine) -> None:
    many = portfolio(20)
    hand_in(engine, [each | {"currency": ("EUR", "USD")[place % 2]} for place, each in enumerate(many)])
    assert {each.impact for each in studied(engine).winners} == {None}


def test_a_case_is_answered_by_the_same_regression(tmp_path: Path) -> None:
    world = pattern_world(11, "planted", campaigns=500)
    names = list(world.levels)
    head = ["campaign_id", "start_date", *names, "spend", "impressions", "clicks", "conversions", "revenue"]
    lines = [",".join(head)]
    for at in range(500):
        day = date(2025, 1, 1) + timedelta(days=int(world.days[at]))
        own = [world.levels[name][at] for name in names]
        figures = [world.spend[at], world.impressions[at], 0, world.conversions[at], 0]
        lines.append(",".join([f"c{at}", str(day), *own, *map(str, figures)]))
    (tmp_path / "campaign_history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = predict(tmp_path)
    assert isinstance(found["discoveries"], list)
    assert set(found["best"]) == set(names)  # type: ignore[call-overload]
    for each in found["discoveries"]:
        if each["dimension"] != "platform_trend":
            assert each["lo"] < each["hi"]
            assert (each["direction"] == "winner") == (each["effect_pct"] < 0)
