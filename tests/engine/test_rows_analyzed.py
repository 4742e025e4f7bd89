"""Windows built from rows: which days, which forecast, what stands in for one, and what wins."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from conftest import Submit
from exported import dropped, row, scanned
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.errors import Refused, UnknownCampaign
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.recommendation import Recommendation
from engine.models.retrospective import Retrospective
from engine.narrate import sentences
from engine.narrate.words import Words

SPRING = "meta/default/spring-sale"
MARCH_29 = date(2026, 3, 29)
M = 1_000_000


def taken(engine: Engine, rows: list[DailyRow], name: str = "march", **changed: Any) -> str:
    begun = engine.begin_export(dropped(name))
    done = engine.take_export(begun.id, scanned(rows, file=f"{name}.csv", **changed))
    assert done.state == "done", done
    return done.id


def ran(first: date, last: date, campaign: str = "Spring Sale", **changed: Any) -> list[DailyRow]:
    """So many days, each 100 EUR, 10,000 impressions, 200 clicks, 5 conversions."""
    length = (last - first).days + 1
    return [row(campaign, first + timedelta(days=place), **changed) for place in range(length)]


def analysed(engine: Engine, asked: str = "spring-sale", **options: Any) -> Recommendation:
    return engine.analyze(asked, asked_by="U0MEMBER", **options).recommendation


def window(found: Recommendation) -> tuple[date | None, date]:
    retrospective = found.analysis.retrospective
    return retrospective.campaign.window_start, retrospective.last_day


def every(engine: Engine) -> list[Retrospective]:
    with engine._memory.reading() as reading:
        return reading.retrospectives()


# ---------------------------------------------------------------------------------------- which days


def test_the_window_is_28_days_up_to_yesterday(engine: Engine) -> None:
    taken(engine, ran(date(2026, 1, 1), date(2026, 3, 30)))
    found = analysed(engine)
    assert window(found) == (date(2026, 3, 2), MARCH_29)
    actual = found.analysis.retrospective.campaign.actual_metrics
    assert (actual.spend, actual.conversions, actual.clicks) == (Decimal(2_800), Decimal(140), 5_600)
    assert found.analysis.retrospective.campaign.currency == "EUR"


@pytest.mark.parametrize(
    ("asked", "first"), [("spring-sale 30d", 28), ("Spring Sale 7d", 23), ("spring 1d", 29)]
)
def test_a_window_can_be_chosen(engine: Engine, asked: str, first: int) -> None:
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    start, last = window(analysed(engine, asked))
    assert (start, last) == (date(2026, 2, 28) if first == 28 else date(2026, 3, first), MARCH_29)


def test_a_window_that_none_has_is_refused(engine: Engine) -> None:
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    for asked in ("spring-sale 0d", "spring-sale 366d", "spring-sale 99999999d"):
        with pytest.raises(Refused) as refused:
            analysed(engine, asked)
        assert refused.value.faults[0].rule == "1 to 365 days, such as 30d"


def test_todays_partial_day_is_never_in_it(engine: Engine, clock: HandClock) -> None:
    taken(engine, ran(date(2026, 3, 1), date(2026, 3, 30)))
    clock.forward(days=1)  # what was read on the 30th is still half of the 30th
    assert window(analysed(engine))[1] == MARCH_29


def test_the_day_ends_where_the_account_is(engine: Engine, clock: HandClock) -> None:
    """At 00:30 in Madrid the 30th has begun, and in Los Angeles it is the 29th."""
    clock.moment = datetime.fromisoformat("2026-03-29T22:30:00+00:00")
    taken(engine, ran(date(2026, 3, 1), MARCH_29), time_zone="America/Los_Angeles")
    assert window(analysed(engine))[1] == date(2026, 3, 28)
    assert analysed(engine).analysis.retrospective.campaign.time_zone == "America/Los_Angeles"


def test_where_rows_end_earlier_the_window_ends_there_and_is_late(engine: Engine) -> None:
    taken(engine, ran(date(2026, 1, 1), date(2026, 3, 27)))
    found = analysed(engine)
    assert window(found) == (date(2026, 2, 28), date(2026, 3, 27))
    quality = found.analysis.quality
    assert quality is not None
    assert (quality.score, [(each.kind, each.count) for each in quality.faults]) == (98, [("late", 2)])


def test_a_campaign_that_ended_is_not_late_while_its_account_goes_on(engine: Engine) -> None:
    rows = [*ran(date(2026, 1, 1), date(2026, 3, 10)), *ran(date(2026, 1, 1), MARCH_29, "New Parents")]
    taken(engine, rows)
    quality = analysed(engine).analysis.quality
    assert quality is not None
    assert quality.faults == ()


def test_where_rows_begin_later_the_window_is_shorter(engine: Engine) -> None:
    taken(engine, ran(date(2026, 3, 20), MARCH_29))
    found = analysed(engine)
    assert window(found) == (date(2026, 3, 20), MARCH_29)
    assert found.analysis.retrospective.rows is not None
    assert found.analysis.retrospective.rows.wanted == 28


def test_missing_days_are_told_and_neither_filled_nor_divided_away(engine: Engine) -> None:
    rows = [each for each in ran(date(2026, 1, 1), MARCH_29) if each.first_day != date(2026, 3, 15)]
    taken(engine, rows)
    found = analysed(engine)
    assert window(found) == (date(2026, 3, 2), MARCH_29)
    assert found.analysis.retrospective.campaign.actual_metrics.spend == Decimal(2_700)
    quality = found.analysis.quality
    assert quality is not None
    assert [(each.kind, each.count, each.out_of) for each in quality.faults] == [("missing_days", 1, 28)]


def test_a_day_on_which_only_others_spent_is_no_missing_day(engine: Engine) -> None:
    weekdays = [each for each in ran(date(2026, 1, 1), MARCH_29) if each.first_day.weekday() < 5]
    taken(engine, [*weekdays, *ran(date(2026, 1, 1), MARCH_29, "New Parents")])
    quality = analysed(engine).analysis.quality
    assert quality is not None
    assert quality.score == 100


def test_rows_of_a_range_are_a_window_of_their_own(engine: Engine) -> None:
    ranged = [row("Spring Sale", 1, last_day=date(2026, 3, 28), reach=4_000)]
    taken(engine, ranged)
    found = analysed(engine)
    assert window(found) == (date(2026, 3, 1), date(2026, 3, 28))
    assert found.analysis.retrospective.campaign.actual_metrics.reach == 4_000


def test_days_in_two_currencies_are_not_added_up(engine: Engine) -> None:
    taken(
        engine, [*ran(date(2026, 3, 1), date(2026, 3, 20)), *ran(date(2026, 3, 21), MARCH_29, currency="USD")]
    )
    with pytest.raises(Refused) as refused:
        analysed(engine)
    assert refused.value.faults[0].field == "currency"


# ---------------------------------------------------------------------------------- what it is held against


def test_the_forecast_of_exactly_the_window_is_its_forecast(engine: Engine, submit: Submit) -> None:
    taken(engine, ran(date(2026, 3, 2), MARCH_29, platform="Meta"))
    submit(window_start="2026-03-02", window_end="2026-03-29")
    analysis = analysed(engine).analysis
    assert analysis.retrospective.rows is not None
    assert analysis.comparison.metrics["cpa"].actual == 20.0
    assert analysis.comparison.metrics["cpa"].expected is not None
    seven = analysed(engine, "spring-sale 7d").analysis
    assert seven.comparison.lead.verdict == "no forecast"


def test_rows_win_over_a_retrospective_and_what_disagrees_is_told(engine: Engine, submit: Submit) -> None:
    """The one that is handed in spent 4,000 for 200 conversions; rows say 2,800 for 140."""
    submit(window_start="2026-03-02", window_end="2026-03-29")
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    rows = analysed(engine).analysis.retrospective.rows
    assert rows is not None
    told = {each.number: (each.rows, each.handed_in) for each in rows.disagreements}
    assert told["spend"] == (2_800, 4_000)
    assert told["conversions"] == (140, 200)
    assert len([each for each in every(engine) if each.campaign_key == SPRING]) == 1


def test_a_retrospective_within_one_percent_disagrees_with_nothing(engine: Engine, submit: Submit) -> None:
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    actual = {"impressions": 280_000, "clicks": 5_600, "conversions": 140, "spend": 2_827, "revenue": None}
    submit(window_start="2026-03-02", window_end="2026-03-29", actual_metrics=actual)
    rows = analysed(engine).analysis.retrospective.rows
    assert rows is not None
    assert rows.disagreements == ()


def test_the_order_of_rows_and_retrospective_does_not_matter(
    engine: Engine, submit: Submit, clock: HandClock
) -> None:
    submit(window_start="2026-03-02", window_end="2026-03-29")
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    after = analysed(engine).analysis
    again = submit(window_start="2026-03-02", window_end="2026-03-29")
    assert again.recommendation.analysis.comparison == after.comparison
    assert not again.stored


def test_its_forecast_survives_a_correction_of_the_rows(engine: Engine, submit: Submit) -> None:
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    submit(window_start="2026-03-02", window_end="2026-03-29")
    before = analysed(engine).analysis.comparison.lead
    taken(engine, ran(date(2026, 3, 2), MARCH_29, spend=150), "corrected")
    after = analysed(engine).analysis.comparison.lead
    assert (before.actual, after.actual) == (20.0, 30.0)
    assert before.expected == after.expected


def test_a_forecast_that_is_entered_survives_a_correction(engine: Engine) -> None:
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    found = analysed(engine)
    forecast = found.analysis.retrospective.campaign.actual_metrics.model_copy(
        update={"spend": Decimal(5_600)}
    )
    engine.enter_forecast(found.id, forecast, by=APPROVER, channel=None)
    assert analysed(engine).analysis.comparison.lead.expected == 40.0
    taken(engine, ran(date(2026, 3, 2), MARCH_29, spend=150), "corrected")
    lead = analysed(engine).analysis.comparison.lead
    assert (lead.expected, lead.actual) == (40.0, 30.0)


def test_without_a_forecast_the_same_weekdays_before_stand_in(engine: Engine) -> None:
    rows = [*ran(date(2026, 1, 1), date(2026, 3, 1)), *ran(date(2026, 3, 2), MARCH_29, spend=200)]
    taken(engine, rows)
    for asked, first, last in (
        ("spring-sale 28d", date(2026, 2, 2), date(2026, 3, 1)),
        ("spring-sale 30d", date(2026, 1, 24), date(2026, 2, 22)),
        ("spring-sale 10d", date(2026, 3, 6), date(2026, 3, 15)),
    ):
        history = analysed(engine, asked).analysis.own_history
        assert history is not None
        assert (history.first_day, history.last_day) == (first, last)
        assert first.weekday() == (MARCH_29 - timedelta(days=int(asked[-3:-1]) - 1)).weekday()


def test_monday_is_compared_with_mondays(engine: Engine, clock: HandClock) -> None:
    """Weekends cost double: a window against the days right before it would see a change that is none."""
    clock.moment = datetime.fromisoformat("2026-03-31T09:00:00+00:00")
    every_day = ran(date(2026, 1, 1), date(2026, 3, 30))
    rows = [
        each._replace(spend=(each.spend or 0) * 2) if each.first_day.weekday() >= 5 else each
        for each in every_day
    ]
    taken(engine, rows)
    for days in (1, 3, 10, 26):
        history = analysed(engine, f"spring-sale {days}d").analysis.own_history
        assert history is not None
        assert history.delta_pct == pytest.approx(0.0)


def test_history_that_is_not_covered_is_not_compared(engine: Engine) -> None:
    taken(engine, ran(date(2026, 3, 2), MARCH_29))
    found = analysed(engine, "spring-sale 28d")
    assert found.analysis.own_history is None
    rows = [each for each in ran(date(2026, 2, 1), MARCH_29) if each.first_day != date(2026, 2, 14)]
    taken(engine, rows, "more")
    assert analysed(engine, "spring-sale 28d").analysis.own_history is None


def test_without_rows_the_newest_retrospective_is_analysed(engine: Engine, submit: Submit) -> None:
    handed = submit()
    assert analysed(engine, "spring-sale 30d").id == handed.recommendation.id


def test_a_newer_retrospective_is_the_answer_where_no_days_are_named(engine: Engine, submit: Submit) -> None:
    taken(engine, ran(date(2026, 1, 1), date(2026, 2, 10)))
    submit(window_start="2026-03-02", window_end="2026-03-29")
    assert window(analysed(engine))[1] == MARCH_29
    assert window(analysed(engine, "spring-sale 28d"))[1] == date(2026, 2, 10)


def test_a_campaign_that_only_rows_know_can_be_asked_for(engine: Engine) -> None:
    taken(engine, [row("Beach | Video", day, campaign_id="120208", account="act_7") for day in range(1, 29)])
    for asked in ("Beach | Video", "120208", "beach-video", "meta/act-7/120208", "beach"):
        assert analysed(engine, asked).campaign_key == "meta/act-7/120208"
    with pytest.raises(UnknownCampaign) as unknown:
        analysed(engine, "beach-vidoe")
    assert unknown.value.nearest == ["Beach | Video"]


# ------------------------------------------------------------------------------------- the same again


def test_asking_again_is_the_same_recommendation(engine: Engine) -> None:
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    assert analysed(engine).id == analysed(engine).id
    assert len(every(engine)) == 1


def test_the_same_rows_in_another_file_change_nothing(engine: Engine, clock: HandClock) -> None:
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    first = analysed(engine)
    clock.forward(minutes=5)
    taken(
        engine, [*ran(date(2026, 1, 1), MARCH_29), *ran(date(2026, 3, 1), MARCH_29, "New Parents")], "again"
    )
    assert analysed(engine).id == first.id


def test_a_correction_supersedes_what_was_open(engine: Engine) -> None:
    taken(engine, [*ran(date(2026, 1, 1), date(2026, 3, 1)), *ran(date(2026, 3, 2), MARCH_29, spend=200)])
    before = analysed(engine)
    assert before.status == "proposed"
    taken(engine, ran(date(2026, 3, 2), MARCH_29, spend=300), "corrected")
    assert engine.recommendation(before.id).status == "superseded"
    assert analysed(engine).analysis.comparison.metrics["cpa"].actual == 60.0


def test_an_undone_import_leaves_nothing_to_decide(engine: Engine) -> None:
    identifier = taken(
        engine, [*ran(date(2026, 1, 1), date(2026, 3, 1)), *ran(date(2026, 3, 2), MARCH_29, spend=200)]
    )
    before = analysed(engine)
    engine.undo_export(identifier, by=Person(id=APPROVER))
    assert engine.recommendation(before.id).status == "superseded"
    with engine._memory.reading() as reading:
        (now,) = reading.recommendations(status="noted")
    assert now.analysis.is_unjudged
    assert now.analysis.retrospective.campaign.actual_metrics.spend is None


def test_an_undone_import_gives_a_retrospective_its_word_back(engine: Engine, submit: Submit) -> None:
    submit(window_start="2026-03-02", window_end="2026-03-29")
    identifier = taken(engine, ran(date(2026, 3, 2), MARCH_29))
    assert analysed(engine).analysis.retrospective.rows is not None
    engine.undo_export(identifier, by=Person(id=APPROVER))
    found = analysed(engine).analysis.retrospective
    assert (found.rows, found.campaign.actual_metrics.spend) == (None, Decimal(4_000))


def test_asking_every_day_is_one_trial_and_moves_no_weight(
    engine: Engine, submit: Submit, clock: HandClock
) -> None:
    """The retrospective is the trial; thirty windows that overlap it are questions."""
    submit(window_start="2026-03-02", window_end="2026-03-29")
    before = engine.weights()
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    for days in range(3, 33):
        analysed(engine, f"spring-sale {days}d")
    signals = {each.signal: each for each in engine.weights().signals}
    assert signals.keys() == {each.signal for each in before.signals}
    assert all(len(each.events) == 1 for each in signals.values())


def test_a_window_that_was_only_asked_for_hides_no_retrospective_from_patterns(
    engine: Engine, submit: Submit
) -> None:
    for name in ("one", "two", "three", "four", "five", "six"):
        good = name in {"one", "two", "three"}
        submit(
            name,
            audiences=[{"name": "students" if good else "retired"}],
            window_start="2026-03-02",
            window_end="2026-03-28",
        )
    patterns = engine.patterns()
    taken(engine, ran(date(2026, 1, 1), MARCH_29, "one"))
    analysed(engine, "one 7d")
    assert [each.id for each in engine.patterns()] == [each.id for each in patterns]


# ------------------------------------------------------------------------------------------ linked names


def test_a_retrospective_that_is_linked_lends_its_forecast_and_is_one_trial(
    engine: Engine, submit: Submit
) -> None:
    submit("spring-forecast", window_start="2026-03-02", window_end="2026-03-29")
    taken(engine, ran(date(2026, 1, 1), MARCH_29))
    alone = analysed(engine)
    assert alone.analysis.comparison.lead.verdict == "no forecast"
    handed = next(each.campaign_key for each in every(engine) if each.rows is None)
    with engine._memory.unit() as unit:
        unit.link(handed, SPRING)
    engine.rejudge_rows([SPRING, handed])
    found = analysed(engine, "spring-forecast 28d")
    assert found.campaign_key == SPRING
    assert found.analysis.comparison.lead.expected is not None
    assert engine.recommendation(alone.id).status == "superseded"
    assert all(len(each.events) == 1 for each in engine.weights().signals)


def test_what_is_open_under_a_name_that_is_linked_is_superseded(engine: Engine) -> None:
    rows = [*ran(date(2026, 1, 1), date(2026, 3, 1)), *ran(date(2026, 3, 2), MARCH_29, spend=200)]
    alias = [each._replace(campaign_id="spring_sale", campaign="Spring_Sale") for each in rows]
    taken(engine, alias)
    before = analysed(engine, "Spring_Sale")
    with engine._memory.unit() as unit:
        unit.link(before.campaign_key, SPRING)
    engine.rejudge_rows([SPRING, before.campaign_key])
    assert engine.recommendation(before.id).status == "superseded"
    assert analysed(engine, "Spring_Sale").campaign_key == SPRING


# ------------------------------------------------------------------------------------------- in words


def test_s05_is_told_of_the_weekdays_before(engine: Engine) -> None:
    taken(engine, [*ran(date(2026, 1, 1), date(2026, 3, 1)), *ran(date(2026, 3, 2), MARCH_29, spend=200)])
    said = sentences.verdict(analysed(engine).analysis, _words(engine))
    assert said.replace("\u00a0", " ") == (
        "No forecast. Against its own 2 Feb–1 Mar: CPA 20.00 → 40.00 EUR (+100 %, real)."
    )


def _words(engine: Engine) -> Words:
    return engine._words


def test_a_day_that_was_missing_and_comes_is_judged_and_days_after_the_window_are_not(engine: Engine) -> None:
    taken(engine, ran(date(2026, 1, 1), date(2026, 3, 9)), "early")
    taken(engine, ran(date(2026, 3, 12), date(2026, 3, 20)), "late")
    seen = analysed(engine)
    taken(engine, ran(date(2026, 3, 21), date(2026, 3, 25)), "after")
    assert engine.recommendation(seen.id).status == seen.status
    taken(engine, ran(date(2026, 3, 10), date(2026, 3, 11), spend=900), "between")
    assert engine.recommendation(seen.id).status == "superseded"
    newer = engine.recommendation(engine.recommendation(seen.id).superseded_by or "")
    assert newer.analysis.retrospective.campaign.actual_metrics.spend == 26 * 100 + 2 * 900


def test_a_day_that_is_over_by_now_counts_though_its_figures_came_again(
    engine: Engine, clock: HandClock
) -> None:
    """The campaign had ended at noon: the evening's file and the next day's say the same of that day."""
    taken(engine, ran(date(2026, 3, 1), date(2026, 3, 30)), "today")
    clock.forward(days=1)
    taken(engine, ran(date(2026, 3, 1), date(2026, 3, 30)), "tomorrow", checksum="other bytes")
    assert window(analysed(engine))[1] == date(2026, 3, 30)
