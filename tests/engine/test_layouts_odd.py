"""Traps in exports: each gives its rows exactly, or is refused, or asked about; never a wrong figure."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from layouts_odd import EVERY, HEAD, Trap, day

from engine.errors import Refused
from engine.intake.export import scan
from engine.models.export import Hints
from engine.models.scanned import Scanned

TODAY = date(2026, 4, 1)
Key = tuple[date, date, str]


def read(text: str, folder: Path, encoding: str = "utf-8", **said: object) -> Scanned:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return scan(path, name=path.name, hints=Hints.model_validate(said), today=TODAY)


def meant(rows: tuple[str, ...]) -> dict[Key, list[Decimal]]:
    found = {}
    for each in rows:
        days, campaign, *figures = each.split("|")
        first, _, last = days.partition("..")
        key = date.fromisoformat(first), date.fromisoformat(last or first), campaign
        found[key] = list(map(Decimal, figures))
    return found


def given(scanned: Scanned) -> dict[Key, list[Decimal]]:
    found = defaultdict[Key, list[Decimal]](lambda: [Decimal(0)] * 3)
    for row in scanned.rows:
        figures = Decimal(row.spend or 0).scaleb(-6), Decimal(row.impressions or 0), Decimal(row.clicks or 0)
        key = row.first_day, row.last_day, row.campaign
        found[key] = [before + more for before, more in zip(found[key], figures, strict=True)]
    return found


@pytest.mark.parametrize("trap", EVERY, ids=[each.name for each in EVERY])
def test_a_trap_gives_its_rows_or_says_why_not(trap: Trap, tmp_path: Path) -> None:
    if not trap.rows and not trap.asks:
        with pytest.raises(Refused):
            read(trap.text, tmp_path, trap.encoding)
        return
    found = read(trap.text, tmp_path, trap.encoding)
    assert {each.kind for each in found.scan.questions} == trap.asks
    assert not found.scan.total_check or found.scan.total_check.agrees or trap.asks
    if trap.rows:
        assert given(found) == meant(trap.rows)
        assert found.scan.rejected == trap.rejected


@pytest.mark.parametrize(("field", "last"), [("day", 1), ("month", 31)])
def test_a_person_says_how_long_a_row_lasts(field: str, last: int, tmp_path: Path) -> None:
    text = HEAD.replace("Day", "Date") + "2025-07-01,A,USD,1,100,1\n2025-08-01,A,USD,2,200,2\n"
    found = read(text, tmp_path, columns={"Date": field})
    assert not found.scan.questions
    assert [row.last_day for row in found.rows] == [date(2025, 7, last), date(2025, 8, last)]


def test_rows_that_stand_twice_count_twice_if_a_person_says_so(tmp_path: Path) -> None:
    found = read(HEAD + 2 * (day(1) + day(2, seen=1001)), tmp_path, despite_total=True)
    assert (found.scan.questions, found.scan.totals.impressions) == ((), 4002)


def test_a_person_decides_between_header_and_column(tmp_path: Path) -> None:
    text = "Day,Campaign,Currency,Cost (USD),Impressions,Clicks\n2025-08-01,A,EUR,1.50,100,1\n"
    found = read(text, tmp_path, currency="USD")
    assert (found.scan.questions, found.scan.currency) == ((), "USD")
    assert [row.currency for row in found.rows] == ["USD"]


def test_a_last_cell_that_looks_cut_off_is_told(tmp_path: Path) -> None:
    head = "Day,Campaign,Currency,Impressions,Clicks,Cost\n"
    rows = "".join(f"2025-08-{each:02},A,USD,1000,1,2000.50\n" for each in (1, 2, 3))
    whole, cut = read(head + rows[:-1], tmp_path), read(head + rows[:-4], tmp_path)
    assert "cut_off" not in {each.code for each in whole.scan.warnings}
    assert "cut_off" in {each.code for each in cut.scan.warnings}


@pytest.mark.parametrize(("cost", "is_odd"), [(10_500_000, True), (10_500, False)])
def test_money_that_looks_like_millionths_is_told(cost: int, is_odd: bool, tmp_path: Path) -> None:
    found = read(f"{HEAD}2025-08-01,A,USD,{cost},1000,10\n", tmp_path).scan
    assert ("micros" in {each.code for each in found.warnings}) == is_odd
