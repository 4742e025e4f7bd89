"""Chat answers for named days out of rows, each day once, however many windows were asked for."""

from datetime import date, timedelta

from exported import dropped, row, scanned

from engine.engine import Engine


def take(engine: Engine, campaign: str, first: date, last: date, spend: int = 100) -> None:
    length = (last - first).days + 1
    rows = [row(campaign, first + timedelta(days=place), spend) for place in range(length)]
    begun = engine.begin_export(dropped(f"{campaign}-{first}"))
    engine.take_export(begun.id, scanned(rows, file="march.csv"))


def plain(text: str) -> str:
    marks = {ord(mark): None for mark in "\x02\x03"}
    return text.replace("\u00a0", " ").translate(marks)


def test_overlapping_windows_of_one_campaign_are_summed_up_by_their_days(engine: Engine) -> None:
    take(engine, "Spring Sale", date(2026, 1, 1), date(2026, 3, 29))
    for days in (30, 7, 14):
        engine.analyze(f"spring-sale {days}d", asked_by="U0MEMBER")
    found = engine.ask("How much did we spend in February?")
    assert "2,800 EUR in 1 campaign" in plain(found.answer)
    assert "1–28 Feb" in plain(found.how)
    assert "2,900 EUR" in plain(engine.ask("How much did we spend in March?").answer)


def test_campaigns_that_nobody_analyzed_are_part_of_the_sum_of_all(engine: Engine) -> None:
    take(engine, "Spring Sale", date(2026, 2, 1), date(2026, 2, 28))
    take(engine, "Winter Coats", date(2026, 2, 15), date(2026, 2, 28), spend=10)
    engine.analyze("spring-sale", asked_by="U0MEMBER")
    assert "2,940 EUR in 2 campaigns" in plain(engine.ask("How much did we spend in February?").answer)


def test_of_windows_that_end_together_the_fullest_tells_of_the_days_named(engine: Engine) -> None:
    take(engine, "Spring Sale", date(2026, 1, 1), date(2026, 3, 29))
    for days in (30, 7):
        engine.analyze(f"spring-sale {days}d", asked_by="U0MEMBER")
    assert "28 Feb–29 Mar" in plain(engine.ask("How did Spring Sale do in the last 30 days?").how)
    assert "23–29 Mar" in plain(engine.ask("How did Spring Sale do last week?").how)
