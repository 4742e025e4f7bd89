"""hypotheses, creatives, creative_clusters and forecast as files: what Slack shows, or no file at all."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from conftest import Submit
from engine_values import body
from exported import dropped, scanned
from factories import HandClock
from worlds.creatives import THINGS, ad_rows, texts

from engine.engine import Engine
from engine.explain.clusters import KEPT_AS
from engine.models.creatives_study import CreativesStudy
from engine.narrate.report import plain

MANY = list(texts(24))


def _listed(engine: Engine, *, ctr: int = 2_000) -> None:
    """Twelve campaigns, each with two creatives of one theme; those of the first theme are clicked twice."""
    told = [
        body(
            campaign_id=f"camp-{n:02}",
            expected_metrics={"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000},
            actual_metrics={
                "impressions": 100_000,
                "clicks": ctr * 2 if n % 4 == 0 else 2_000 + 10 * n,
                "conversions": 100 + n,
                "spend": 4_000,
            },
            creatives=[
                {
                    "id": f"ad-{n}-{place}",
                    "type": "image",
                    "headline": MANY[n + 12 * place],
                    "primary_text": "",
                }
                for place in range(2)
            ],
        )
        for n in range(12)
    ]
    engine.submit(json.dumps(told), source=None, asked_by="U0MEMBER")


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _file(output: Path, name: str, campaign: str = "camp-00") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / campaign / name).read_text(encoding="utf-8"))
    return found


def _study(engine: Engine, asked: str) -> dict[str, Any]:
    found = engine.study("creatives", asked)
    assert isinstance(found, CreativesStudy)
    values: dict[str, Any] = plain(found)
    return values


def test_files_hold_the_same_values_as_the_study(engine: Engine, output: Path) -> None:
    _listed(engine)
    study = _study(engine, "camp-00")
    for name in ("creatives.json", "creative_clusters.json"):
        held = _file(output, name)
        assert held == {part: study[part] for part in held}


def test_the_same_list_again_writes_the_same_bytes(engine: Engine, output: Path, clock: HandClock) -> None:
    _listed(engine)
    _listed(engine)
    once = _files(output / "camp-03")
    clock.forward(hours=2)
    _listed(engine)
    assert _files(output / "camp-03") == once


def test_nothing_is_written_of_what_is_not_known(engine: Engine, submit: Submit, output: Path) -> None:
    alike = {"impressions": 9_000, "clicks": 180, "conversions": 9, "spend": 360}
    submit("new-parents", expected_metrics=alike, actual_metrics=alike)
    names = set(_files(output / "new-parents"))
    assert not names & {"hypotheses.json", "creatives.json", "creative_clusters.json", "forecast.json"}


def test_hypotheses_are_what_moved_for_real_with_both_sides(submit: Submit, output: Path) -> None:
    answer = submit("spring-sale")
    metrics = answer.recommendation.analysis.comparison.metrics
    real = {f"moved:{name}" for name, each in metrics.items() if each.verdict == "real"}
    found = _file(output, "hypotheses.json", "spring-sale")["findings"]
    assert {each["id"] for each in found} == real
    cpa = next(each for each in found if each["id"] == "moved:cpa")
    rows = [*cpa["for"], *cpa["against"]]
    assert {each["kpi"] for each in rows} == {"cpa", "ctr", "cvr"}
    assert all(each["source"] == "retrospective" and each["n"] > 0 for each in rows)
    assert {each["kpi"] for each in cpa["against"]} == {"cvr"}


def test_rows_of_ads_give_creatives_to_a_campaign(engine: Engine, output: Path) -> None:
    rows = []
    for number in range(2):
        some = THINGS[number * 4 : number * 4 + 4]
        ads = {f"Save now on your {each}": 0.02 for each in some}
        ads |= {f"Five stars from {each} owners": 0.03 for each in some}
        rows += ad_rows(f"Spring {number}", ads, seed=number, first=date(2026, 3, 1), many=28)
    begun = engine.begin_export(dropped())
    engine.take_export(begun.id, scanned(rows, level="ad"))
    engine.analyze("spring-0", asked_by="U0MEMBER")
    held = _file(output, "creatives.json", "spring-0")
    assert held == {part: _study(engine, "spring-0")[part] for part in held}
    assert [each["finding"] for each in held["suggestions"]] == [each["id"] for each in held["findings"]]


def test_ids_of_groups_are_kept_for_the_weeks_to_come(engine: Engine, clock: HandClock) -> None:
    _listed(engine)
    before = {each["terms"][0]: each["id"] for each in _study(engine, "")["groups"]}
    clock.forward(days=14)
    engine.analyze("camp-01", asked_by="U0MEMBER")
    study = _study(engine, "")
    assert {each["terms"][0]: each["id"] for each in study["groups"]} == before
    assert study["moved"] == []


def test_nothing_is_kept_twice(engine: Engine) -> None:
    _listed(engine)
    with engine._memory.reading() as reading:
        first = reading.setting("grouping:creatives"), reading.setting(KEPT_AS)
    _listed(engine)
    with engine._memory.reading() as reading:
        assert (reading.setting("grouping:creatives"), reading.setting(KEPT_AS)) == first
