"""Cards and threads of windows that were built from rows: quality, gaps, disagreement, how computed."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from drawn import VOICE
from engine_values import MADRID, RULES, WORDS
from exported import days, dropped, row, scanned
from factories import APPROVER, HandClock

from bot.blocks.card import card
from bot.blocks.thread import evidence, reasoning
from bot.drawing import links_of
from bot.shell_text import analysis_text
from engine.engine import Engine
from engine.models.daily import DailyRow
from engine.models.recommendation import MessageView, Recommendation
from engine.narrate.report import comparison_json
from store import open_store


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """On 30 March 2026."""
    clock = HandClock()
    store = open_store(tmp_path / "marko.db", clock)
    yield Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    store.close()


def analysed(
    engine: Engine, rows: list[DailyRow], asked: str = "spring-sale", **changed: Any
) -> Recommendation:
    begun = engine.begin_export(dropped("meta-march"))
    engine.take_export(begun.id, scanned(rows, **changed))
    return engine.analyze(asked, asked_by=None).recommendation


def text_of(message: Any) -> str:
    return str(message.blocks).replace("\\xa0", " ").replace("\xa0", " ")


def test_the_card_says_where_figures_end_and_how_good_they_are(engine: Engine) -> None:
    shown = text_of(card(analysed(engine, days(last=27)), VOICE))
    assert "1–27 Mar" in shown
    assert "figures end 27 Mar" in shown
    assert "rows begin 1 Mar" in shown
    assert "data quality 98/100" in shown


def test_the_thread_names_the_faults_the_files_and_how_each_kpi_was_computed(engine: Engine) -> None:
    found = analysed(
        engine, [row(day=day, ad="beach-video" if day > 1 else "") for day in range(1, 28)], level="ad"
    )
    shown = text_of(reasoning(found, VOICE))
    assert "Data quality 97/100: 2 days late, 1 ad unnamed." in shown
    assert "From `meta-march.csv`." in shown
    assert "CPA = spend / conversions = 2,700.00 EUR / 135 conversions." in shown
    assert "CTR = clicks / impressions = 5,400 clicks / 270,000 impressions." in shown
    assert "Frequency = impressions / reach: not defined, reach is not known of the whole window." in shown
    assert "daily rows" not in text_of(evidence(found, VOICE))


def test_below_the_floor_there_is_no_verdict_and_no_action(engine: Engine) -> None:
    """S07: eleven of 28 days are missing."""
    rows = [row(day=day) for day in range(1, 30) if day not in range(10, 21)]
    found = analysed(engine, rows)
    message = card(found, VOICE)
    shown = text_of(message)
    assert "*Data quality 60/100, below 70.* I give no verdict; 1 fault to repair." in shown
    assert "To repair: 11 of 28 days missing." in shown
    assert "not judged" in shown
    assert "→ *" not in shown
    assert found.status == "noted"


def test_a_file_without_conversions_is_a_report_of_clicks(engine: Engine) -> None:
    found = analysed(engine, days(last=29, conversions=None))
    shown = text_of(card(found, VOICE))
    assert "No CPA: the rows have no conversions, so I report clicks and what they cost." in shown
    assert "CPC 0.50 EUR" in shown
    assert "CTR 2.00 %" in shown
    for absent in ("CPA not", "CVR", "ROAS", "0 conversions"):
        assert absent not in shown
    assert "CPA" not in text_of(evidence(found, VOICE))
    assert found.analysis.comparison.driver == "cpc"
    assert comparison_json(found.analysis, WORDS)["metrics"]["cpa"]["actual"] is None


def test_a_file_of_impressions_alone_still_has_a_card(engine: Engine) -> None:
    found = analysed(engine, days(last=29, conversions=None, clicks=None))
    assert "CPM 10.00 EUR" in text_of(card(found, VOICE))
    assert found.analysis.comparison.driver == "cpm"


def test_ratios_leave_out_rows_that_lack_a_cell_and_say_so(engine: Engine) -> None:
    rows = [row(day=day, clicks=None if day % 5 == 0 else 200) for day in range(1, 30)]
    found = analysed(engine, rows)
    shown = text_of(card(found, VOICE))
    assert "CTR 2.00 %" in shown
    assert "Ratios leave out, of 28 rows, 5 without clicks." in shown
    told = comparison_json(found.analysis, WORDS)["how_computed"]["ctr"].replace("\xa0", " ")
    assert told == (
        "CTR = clicks / impressions = 4,600 clicks / 230,000 impressions, over rows that have both "
        "(blank cells as 0 would make it 1.6429 %)"
    )


def test_a_retrospective_that_disagrees_is_a_warning_with_both_figures(engine: Engine) -> None:
    forecast = {"impressions": 280_000, "clicks": 5_600, "conversions": 140, "spend": 2_800}
    told = {
        "campaign_id": "spring-sale", "platform": "Meta", "objective": "Sales", "currency": "EUR",
        "expected_metrics": forecast, "actual_metrics": forecast | {"spend": 3_100}, "audiences": [],
        "creatives": [], "timestamp": "2026-03-30T07:00:00+00:00", "window_start": "2026-03-02",
        "window_end": "2026-03-29",
    }  # fmt: skip
    engine.submit(json.dumps(told), source=None, asked_by=None)
    shown = text_of(card(analysed(engine, days(first=2, last=29)), VOICE))
    assert "⚠️ The retrospective of these days disagrees: spend 3,100.00 EUR, rows 2,800.00 EUR." in shown
    assert "The rows count." in shown


def test_the_shell_says_the_same(engine: Engine) -> None:
    analysed(engine, days(last=27))
    text = analysis_text(engine.analyze("spring-sale 7d", asked_by=None), WORDS).replace("\xa0", " ")
    assert "21–27 Mar" in text
    assert "Figures end 27 Mar." in text
    assert "Data quality 98/100: 2 days late." in text
    assert "From meta-march.csv." in text


def test_json_tells_quality_basis_and_how_each_kpi_was_computed(engine: Engine) -> None:
    found = comparison_json(analysed(engine, days(last=27)).analysis, WORDS)
    assert found["quality"]["score"] == 98
    assert found["rows"]["files"] == ["meta-march.csv"]
    assert found["warnings"] == []
    assert found["how_computed"]["cpa"].startswith("CPA = spend / conversions = ")
    assert found["window"] == {"start": str(date(2026, 3, 1)), "end": str(date(2026, 3, 27))}


def test_a_card_without_a_verdict_opens_the_import_that_it_is_from(engine: Engine) -> None:
    rows = [row(day=day) for day in range(1, 30) if day not in range(10, 21)]
    found = analysed(engine, rows)
    (source,) = found.analysis.retrospective.rows.imports if found.analysis.retrospective.rows else ()
    assert links_of(found, engine).source is None
    assert "Open import" not in text_of(card(found, VOICE, links_of(found, engine)))
    link = "https://team.slack.com/p17"
    view = MessageView(record=source, kind="import", channel="C0MARKETING", ts="17.2", permalink=link)
    with engine._memory.unit() as unit:
        unit.keep_view(view)
    drawn = card(found, VOICE, links_of(found, engine))
    (button,) = [each for block in drawn.blocks for each in block.get("elements", ()) if each.get("url")]
    assert (button["text"]["text"], button["url"]) == ("Open import", link)
