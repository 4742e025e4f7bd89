"""Exports in several languages, encodings and layouts: each gives the exact figures it was made from."""

from decimal import Decimal
from pathlib import Path

import pytest
from layouts import Layout, every

from engine.intake.export import scan
from engine.models.export import Hints
from engine.models.scanned import Scanned

EVERY = every()


def scanned(layout: Layout, folder: Path, **said: str | bool) -> Scanned:
    path = folder / layout.file
    path.write_bytes(layout.data)
    return scan(path, name=layout.file, hints=Hints.model_validate(said))


@pytest.fixture(params=EVERY, ids=[each.name for each in EVERY])
def layout(request: pytest.FixtureRequest) -> Layout:
    found: Layout = request.param
    return found


def test_its_totals_are_exact(layout: Layout, tmp_path: Path) -> None:
    found = scanned(layout, tmp_path).scan
    assert {name: getattr(found.totals, name) for name in layout.totals} == layout.totals
    assert (found.rows, found.rejected) == (len(layout.facts), layout.rejected)


def test_platform_currency_and_days_are_known_or_asked(layout: Layout, tmp_path: Path) -> None:
    found = scanned(layout, tmp_path).scan
    assert (found.platform, found.currency) == (layout.platform, layout.currency)
    assert {each.kind for each in found.questions} == layout.asks
    if "date_order" not in layout.asks:
        assert found.days == layout.days


def test_its_rows_add_up_to_its_totals(layout: Layout, tmp_path: Path) -> None:
    said: dict[str, str | bool] = {"currency": "EUR"} if "currency" in layout.asks else {}
    said |= {"date_order": "day first"} if "date_order" in layout.asks else {}
    said |= {"despite_total": True} if "total" in layout.asks else {}
    found = scanned(layout, tmp_path, **said)
    rows = list(found.rows)
    assert not found.scan.questions
    for name in ("impressions", "clicks", "spend", "conversions", "revenue"):
        unit = Decimal(1) if name in {"impressions", "clicks"} else Decimal("0.000001")
        values = [value * unit for each in rows if (value := getattr(each, name)) is not None]
        assert (sum(values) if values else None) == layout.totals[name], name
    days = {each.first_day for each in rows}
    if "date_order" not in layout.asks:
        assert days == {each.day for each in layout.facts}
    assert {each.campaign for each in rows} == {each.campaign for each in layout.facts}
