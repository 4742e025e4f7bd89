"""Nothing that lies far ahead is taken, whichever way it comes in: it would make all else look old."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from engine_values import body
from factories import CHANNEL, HandClock

from engine.engine import Engine
from engine.errors import Fault, Refused
from engine.intake.ahead import RULE
from engine.models.answer import Answer
from engine.models.file_import import Dropped

NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
MET = {"impressions": 1_000, "clicks": 100, "conversions": 10, "spend": 50}
AHEAD = [
    ("timestamp", {"timestamp": "2062-03-29T10:00:00+00:00"}, "2062-03-29T10:00:00+00:00"),
    ("as_of", {"as_of": "2062-03-29T10:00:00+00:00"}, "2062-03-29T10:00:00+00:00"),
    ("window_end", {"window_end": "2062-03-29"}, "2062-03-29"),
]
mistyped = pytest.mark.parametrize(("field", "changed", "value"), AHEAD)
Submit = Callable[..., Answer]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


def told(**changed: Any) -> dict[str, Any]:
    window = {"window_start": "2026-03-01", "window_end": "2026-03-29", "timestamp": "2026-03-29T18:00:00Z"}
    return body(expected_metrics=MET, actual_metrics=MET, **window | changed)


def entry(**changed: Any) -> dict[str, Any]:
    met = {name: Decimal(each) for name, each in MET.items()}
    parts = {"name": "summer-sale", "platform": "Meta", "objective": "Sales"}
    return parts | {"expected_metrics": met, "actual_metrics": met} | changed


def dropped() -> Dropped:
    return Dropped(id="import:F1:C0GROWTH", channel=CHANNEL, thread="17.1", file="march.json", by="U0MEMBER")


def nothing_is_known(engine: Engine) -> bool:
    return not engine.names()


@mistyped
def test_what_is_handed_in_is_refused_with_the_field(
    engine: Engine, field: str, changed: dict[str, Any], value: str
) -> None:
    with pytest.raises(Refused) as refused:
        engine.submit(json.dumps([told(), told(campaign_id="typo", **changed)]), source=None, asked_by=None)
    assert refused.value.faults == [Fault(f"typo, {field}", value, RULE)]
    assert nothing_is_known(engine)


@mistyped
def test_a_dropped_file_is_refused_with_the_field(
    engine: Engine, field: str, changed: dict[str, Any], value: str
) -> None:
    done, _ = engine.import_file(json.dumps(told(**changed)).encode(), dropped())
    assert done.state == "refused"
    assert [(each.field, each.value) for each in done.faults] == [(f"spring-sale, {field}", value)]
    assert nothing_is_known(engine)


@mistyped
def test_pasted_text_is_refused_before_it_is_sent(
    engine: Engine, field: str, changed: dict[str, Any], value: str
) -> None:
    assert engine.check(json.dumps(told(**changed))) == [Fault(f"spring-sale, {field}", value, RULE)]
    assert engine.check(json.dumps(told())) == []


def test_both_days_of_what_is_typed_are_named_by_their_inputs_and_nothing_is_stored(engine: Engine) -> None:
    typed = entry(window_start="2062-03-01", window_end="2062-03-29")
    faults = [Fault("window_start", "2062-03-01", RULE), Fault("window_end", "2062-03-29", RULE)]
    assert engine.check_entry(typed) == faults
    with pytest.raises(Refused) as refused:
        engine.enter(typed, at=NOW, by="U0MEMBER", channel=CHANNEL)
    assert refused.value.faults == faults
    assert nothing_is_known(engine)


def test_a_window_that_ends_within_a_month_is_taken(engine: Engine) -> None:
    assert engine.check_entry(entry(window_start="2026-03-01", window_end="2026-04-30")) == []
    assert engine.check_entry(entry(window_start="2026-03-01", window_end="2026-05-01")) != []
    assert engine.submit(json.dumps(told(window_end="2026-04-30")), source=None, asked_by=None).answers


def test_a_file_full_of_mistyped_years_tells_as_many_faults_as_a_person_can_read(engine: Engine) -> None:
    many = [told(campaign_id=f"campaign-{number}", window_end="2062-03-29") for number in range(300)]
    done, _ = engine.import_file(json.dumps(many).encode(), dropped())
    assert len(done.faults) == 100
    assert done.faults[-1].field == "and more"
