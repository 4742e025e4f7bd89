"""What stands above a table is read in the languages of the platforms, and left open where it is not sure."""

from datetime import date

import pytest

from engine.intake.preface import Said, said

FIRST, LAST = date(2025, 9, 1), date(2025, 9, 3)


@pytest.mark.parametrize(
    "text",
    [
        "September 1, 2025 - September 3, 2025",
        "Sep 1, 2025 – Sep 3, 2025",
        "Sep 1 – Sep 3, 2025",
        "Sep 1-3, 2025",
        "1. September 2025 – 3. September 2025",
        "1. Sept. 2025 - 3. Sept. 2025",
        "1 septembre 2025 - 3 septembre 2025",
        "1er septembre 2025 – 3 septembre 2025",
        "Période : du 1 au 3 septembre 2025",
        "1 de septiembre de 2025 - 3 de septiembre de 2025",
        "Del 1 de septiembre de 2025 al 3 de septiembre de 2025",
        "1 de setembro de 2025 - 3 de setembro de 2025",
        "1 settembre 2025 - 3 settembre 2025",
        "Dal 1 settembre 2025 al 3 settembre 2025",
        "1 september 2025 - 3 september 2025",
        "2025-09-01 to 2025-09-03",
        "Date range: 2025-09-01 - 2025-09-03",
        "Zeitraum: 01.09.2025–03.09.2025",
        "Last 3 days: Sep 1, 2025 - Sep 3, 2025",
    ],
)
def test_a_range_is_read_in_every_language(text: str) -> None:
    found = said(["Report", text])
    assert (found.days, found.either, found.is_all_time) == ((FIRST, LAST), (), False)


def test_a_range_over_the_turn_of_the_year_keeps_both_years() -> None:
    assert said(["December 28, 2024 - January 3, 2025"]).days == (date(2024, 12, 28), date(2025, 1, 3))


def test_a_month_and_a_day_are_ranges_too() -> None:
    assert said(["September 2025"]).days == (FIRST, date(2025, 9, 30))
    assert said(["September 1, 2025"]).days == (FIRST, FIRST)


def test_two_lines_may_name_one_end_each() -> None:
    assert said(["Start date: 2025-09-01", "End date: 2025-09-03"]).days == (FIRST, LAST)
    assert said(["Von: 01.09.2025", "Bis: 03.09.2025"]).days == (FIRST, LAST)
    assert said(["Von: 1. September 2025", "Bis: 3. September 2025"]).days == (FIRST, LAST)


@pytest.mark.parametrize(
    "text", ["Report Start: 09/01/2025, Report End: 09/03/2025", "Report Time: 9/1/2025 - 9/3/2025"]
)
def test_an_order_that_nothing_decides_leaves_both_ranges(text: str) -> None:
    found = said([text])
    assert found.days is None
    assert found.either == ((date(2025, 1, 9), date(2025, 3, 9)), (FIRST, LAST))


def test_when_the_file_was_made_is_no_range() -> None:
    for text in (
        "Date Generated: 2025-09-05",
        "Report created: 2025-09-05",
        "Erstellt am 05.09.2025",
        "Rows: 3",
    ):
        assert said([text]) == Said()


@pytest.mark.parametrize(
    "text",
    ["All time", "Gesamter Zeitraum", "Toute la période", "Todo el período", "Todo o período",
     "Tutto il periodo",
     "Alle tijden", "Lifetime", "Zeitraum: Gesamter Zeitraum", "Date range: All time"],
)  # fmt: skip
def test_all_time_is_no_range_in_every_language(text: str) -> None:
    assert said(["Campaign report", text]).is_all_time


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Time Zone: (GMT) Coordinated Universal Time", "UTC"),
        ("Campaign Performance Report (in UTC)", "UTC"),
        ("Zeitzone: Europe/Berlin", "Europe/Berlin"),
        ("Time zone: America/Sao_Paulo", "America/Sao_Paulo"),
        ("Time zone: (GMT-08:00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
        ("(GMT+01:00) Amsterdam, Berlin, Bern, Rome", "Europe/Amsterdam"),
        ("Time zone: GMT+2", "Etc/GMT-2"),
        ("Fuso horário: UTC", "UTC"),
        ("Time zone: UTC+5:30", None),
        ("Campaign report", None),
    ],
)
def test_a_time_zone_is_named_as_zones_are(text: str, zone: str | None) -> None:
    assert said([text]).time_zone == zone


@pytest.mark.parametrize(
    ("text", "code"),
    [("Currency: EUR", "EUR"), ("Währung: EUR", "EUR"), ("Devise : CAD", "CAD"), ("Moneda: US$", "USD"),
     ("Currency, BRL", "BRL"), ("Currency: $", None), ("All campaigns", None)],
)  # fmt: skip
def test_a_currency_is_told_by_its_label(text: str, code: str | None) -> None:
    assert said([text]).currency == code


def test_a_report_tells_its_platform_where_it_names_it() -> None:
    assert said(["Report Name: x", "Report Aggregation: Daily"]).platform == "Microsoft"
    assert said(["Campaign Performance Report (in UTC)"]).platform == "LinkedIn"
    assert said(["Campaign report", "All time"]).platform is None
