"""What an import leaves to do, once its rows count, is done though the process dies before it."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from exported import dropped, row, scanned
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.file_import import FileImport
from schedules.timekeeping import keep_time
from store import Store

SPRING = "meta/default/spring-sale"
BOSS = Person(id=APPROVER)


class Killed(BaseException):
    """The process is gone; nothing that comes after is done."""


class Dying(Engine):
    """Dies when it would judge again, or look for drift."""

    at = "judging"

    def rejudge_rows(self, campaign_keys: Iterable[str]) -> None:
        if self.at == "judging":
            raise Killed
        super().rejudge_rows(campaign_keys)

    def tell_drift(self, identifier: str) -> FileImport | None:
        if self.at == "drift":
            raise Killed
        return super().tell_drift(identifier)


@pytest.fixture
def dying(store: Store, clock: HandClock, output: Path) -> Dying:
    return Dying(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))


def ran(first: date, last: date, campaign: str = "Spring Sale", **changed: Any) -> list[DailyRow]:
    length = (last - first).days + 1
    return [row(campaign, first + timedelta(days=place), **changed) for place in range(length)]


def take(engine: Engine, name: str, rows: list[DailyRow]) -> FileImport:
    return engine.take_export(engine.begin_export(dropped(name)).id, scanned(rows, file=f"{name}.csv"))


def analysed(engine: Engine) -> str:
    return engine.analyze("spring-sale", asked_by="U0MEMBER").recommendation.id


def newest(engine: Engine, identifier: str) -> Any:
    superseded = engine.recommendation(identifier).superseded_by
    assert superseded is not None
    return engine.recommendation(superseded).analysis.retrospective.campaign.actual_metrics.spend


def tick(engine: Engine) -> None:
    keep_time(engine, lambda: None)


def test_a_correction_whose_process_died_is_judged_at_the_next_tick(engine: Engine, dying: Dying) -> None:
    take(engine, "march", ran(date(2026, 1, 1), date(2026, 3, 29)))
    seen = analysed(engine)
    with pytest.raises(Killed):
        take(dying, "fixed", ran(date(2026, 3, 20), date(2026, 3, 29), spend=150))
    assert engine.recommendation(seen).superseded_by is None
    tick(engine)
    assert newest(engine, seen) == 18 * 100 + 10 * 150
    assert engine.settle_rows() == 0


def test_whoever_delivers_the_same_file_again_finishes_it(engine: Engine, dying: Dying) -> None:
    take(engine, "march", ran(date(2026, 1, 1), date(2026, 3, 29)))
    seen = analysed(engine)
    with pytest.raises(Killed):
        take(dying, "fixed", ran(date(2026, 3, 29), date(2026, 3, 29), spend=200))
    assert engine.begin_export(dropped("fixed")).state == "done"
    assert newest(engine, seen) == 27 * 100 + 200


def test_an_undo_whose_process_died_is_judged_at_the_next_tick(engine: Engine, dying: Dying) -> None:
    take(engine, "march", ran(date(2026, 1, 1), date(2026, 3, 29)))
    fixed = take(engine, "fixed", ran(date(2026, 3, 20), date(2026, 3, 29), spend=150))
    seen = analysed(engine)
    with pytest.raises(Killed):
        dying.undo_export(fixed.id, by=BOSS)
    tick(engine)
    assert newest(engine, seen) == 28 * 100


def test_a_link_whose_process_died_is_judged_when_it_is_answered_again(engine: Engine, dying: Dying) -> None:
    rows = ran(date(2026, 1, 1), date(2026, 3, 29))
    found = take(engine, "march", [*rows, *ran(date(2026, 3, 20), date(2026, 3, 22), "Sprng Sale", spend=7)])
    seen = analysed(engine)
    with pytest.raises(Killed):
        dying.link_campaigns(found.id, SPRING, one=True, by="U0MEMBER")
    engine.link_campaigns(found.id, SPRING, one=True, by="U0MEMBER")
    assert newest(engine, seen) == 28 * 100 + 3 * 7


def test_drift_that_nobody_told_before_the_process_died_is_told(engine: Engine, dying: Dying) -> None:
    take(engine, "before", ran(date(2026, 1, 1), date(2026, 3, 15)))
    dying.at = "drift"
    with pytest.raises(Killed):
        take(dying, "after", ran(date(2026, 3, 16), date(2026, 3, 29), spend=9_000))
    tick(engine)
    found = engine.file_import(dropped("after").id)
    assert found is not None
    assert found.scan is not None
    assert [each.code for each in found.scan.warnings] == ["data_drift"]


def test_what_cannot_be_judged_is_left_for_later_and_holds_up_nothing_else(
    engine: Engine, dying: Dying
) -> None:
    take(engine, "march", ran(date(2026, 1, 1), date(2026, 3, 29)))
    with pytest.raises(Killed):
        take(dying, "fixed", ran(date(2026, 3, 29), date(2026, 3, 29), spend=200))

    class Unwell(Engine):
        def rejudge_rows(self, campaign_keys: Iterable[str]) -> None:
            raise ValueError("damaged")

    unwell = Unwell(dying._memory, dying._clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    assert unwell.settle_rows() == 0
    assert engine.settle_rows() == 1
