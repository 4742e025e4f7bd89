"""Whatever the dialect, an export is read back as it was written: every cell, day, name and sum."""

import random
from decimal import Decimal
from pathlib import Path

from exports import NUMBERS, Export, export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake.export import scan
from engine.models.daily import DailyRow
from engine.models.export import WHOLE, Hints

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def cells(row: DailyRow, header: dict[str, str]) -> dict[str, Decimal | int | None]:
    found = {}
    for name in NUMBERS:
        value = getattr(row, name)
        is_amount = name not in WHOLE and value is not None
        found[name] = Decimal(value).scaleb(-6) if is_amount else value
    return found


@quick
@given(seed=st.integers(0, 2**32))
def test_a_random_export_in_a_random_dialect_is_read_back_exactly(seed: int, tmp_path: Path) -> None:
    made = export(random.Random(seed))  # noqa: S311  no secret hangs on it
    path = tmp_path / "export.csv"
    path.write_bytes(made.data())
    found = scan(path, name="export.csv", hints=Hints())
    about = (seed, [each.text for each in found.scan.questions], found.scan.rejects[:3])
    assert (found.scan.rows, found.scan.rejected) == (len(made.rows), 0), about
    assert {name: getattr(found.scan.totals, name) for name in NUMBERS} == made.totals, about
    assert not found.scan.questions, about
    assert found.scan.currency == made.currency
    rows = list(found.rows)
    assert found.scan.days == (min(each.day for each in made.rows), max(each.day for each in made.rows))
    by_key: dict[tuple[object, ...], dict[str, Decimal | int]] = {}
    for key, name, value in _values_written(made):
        by_key.setdefault(key, {})[name] = by_key.get(key, {}).get(name, 0) + value
    read: dict[tuple[object, ...], dict[str, Decimal | int]] = {}
    for row in rows:
        key = (row.first_day, row.campaign, row.ad_set)
        for name, value in cells(row, made.header).items():
            if value is not None:
                read.setdefault(key, {})[name] = read.get(key, {}).get(name, 0) + value
    assert read == by_key, about


def _values_written(made: Export) -> list[tuple[tuple[object, ...], str, Decimal | int]]:
    return [
        ((row.day, " ".join(row.campaign.split()), row.ad_set), name, value)
        for row in made.rows
        for name in NUMBERS
        if name in made.header and (value := row.numbers[name]) is not None
    ]
