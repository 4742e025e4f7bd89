"""Names out of files become keys that stay the same wherever they are met again."""

import unicodedata
from pathlib import Path

from exported import dropped

from engine.engine import Engine
from engine.intake import export
from engine.intake.called import LONGEST, within, written_alike
from engine.models.daily import DailyRow
from engine.models.export import Hints
from engine.models.file_import import FileImport

HEAD = "Day,Campaign,Currency,Impressions,Clicks,Amount spent (EUR),Conversions"
LONG = "A campaign whose name tells all that it is about " * 6


def file(folder: Path, campaign: str, *, first: int = 1, spend: int = 100) -> Path:
    lines = [f"2026-03-{day:02},{campaign},EUR,10000,200,{spend},5" for day in range(first, 30)]
    path = folder / "march.csv"
    path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return path


def rows(path: Path) -> list[DailyRow]:
    return list(export.scan(path, name="march.csv", hints=Hints()).rows)


def take(engine: Engine, name: str, path: Path) -> FileImport:
    scanned = export.scan(path, name=f"{name}.csv", hints=Hints())
    return engine.take_export(engine.begin_export(dropped(name)).id, scanned)


def test_a_name_as_a_mac_writes_it_is_the_same_campaign(tmp_path: Path) -> None:
    together, apart = (unicodedata.normalize(form, "Café Sale") for form in ("NFC", "NFD"))
    assert together != apart
    keys = [{each.campaign_key for each in rows(file(tmp_path, name))} for name in (together, apart)]
    assert keys[0] == keys[1]


def test_controls_are_no_part_of_a_name() -> None:
    assert written_alike("Spring\x07Sale") == "Spring Sale"
    assert written_alike("Spring Sale") == "Spring Sale"


def test_a_long_name_is_cut_and_two_that_begin_alike_stay_two() -> None:
    assert within("spring-sale") == "spring-sale"
    cut = [within("a" * 300), within("a" * 301)]
    assert [len(each) for each in cut] == [LONGEST, LONGEST]
    assert cut[0] != cut[1]


def test_a_campaign_with_a_long_name_is_judged_again_when_its_days_are_corrected(
    engine: Engine, tmp_path: Path
) -> None:
    take(engine, "march", file(tmp_path, LONG))
    (key,) = {each.campaign_key for each in rows(file(tmp_path, LONG))}
    seen = engine.analyze(key, asked_by=None, exactly=True).recommendation
    assert seen.campaign_key == key
    take(engine, "fixed", file(tmp_path, LONG, first=20, spend=150))
    assert engine.recommendation(seen.id).status == "superseded"
