"""What becomes of a file: rows, questions, warnings, rejected rows, refusals."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Refused
from engine.intake.export import scan
from engine.models.export import Hints, Scan
from engine.models.scanned import Scanned

HEADER = "Day,Campaign,Currency code,Cost,Impr.,Clicks,Conversions\n"
ONE = "2026-03-14,spring-sale,EUR,10.00,1000,10,1\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(text: str, *, today: date | None = date(2026, 4, 1), **said: Any) -> Scanned:
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        return scan(path, name="export.csv", hints=Hints.model_validate(said), today=today)

    return reading


def kinds(found: Scan) -> list[str]:
    return [each.kind for each in found.questions]


def codes(found: Scan) -> set[str]:
    return {each.code for each in found.warnings}


def test_a_file_without_questions_gives_its_rows_once(read: Any) -> None:
    found = read(HEADER + ONE)
    (row,) = found.rows
    assert (row.platform, row.campaign, row.campaign_id) == ("Google", "spring-sale", "spring-sale")
    assert (row.currency, row.spend, row.conversions) == ("EUR", 10_000_000, 1_000_000)
    assert list(found.rows) == []


def test_money_without_a_currency_is_asked_and_totals_are_given(read: Any) -> None:
    text = "date,campaign,spend,impressions\n2026-03-14,a,10.5,100\n"
    found = read(text)
    assert kinds(found.scan) == ["currency"]
    assert found.scan.questions[0].options == ("EUR", "USD", "GBP")
    assert found.scan.totals.spend == Decimal("10.5")
    assert list(found.rows) == []
    answered = read(text, currency="gbp")
    assert (answered.scan.questions, answered.scan.currency) == ((), "GBP")
    assert [each.currency for each in answered.rows] == ["GBP"]


@pytest.mark.parametrize("cell", ["eur", "€", "EUR - Euro", "Euro (EUR)", " EUR "])
def test_a_currency_column_is_read_however_it_is_written(read: Any, cell: str) -> None:
    found = read(HEADER + ONE.replace("EUR", cell))
    assert (found.scan.currency, [row.currency for row in found.rows]) == ("EUR", ["EUR"])


def test_a_sign_of_several_currencies_is_asked_with_those(read: Any) -> None:
    found = read("date,campaign,spend,impressions\n2026-03-14,a,$10.50,100\n").scan
    assert kinds(found) == ["currency"]
    assert found.questions[0].options[:3] == ("USD", "CAD", "AUD")


def test_without_money_no_currency_is_asked(read: Any) -> None:
    found = read("date,campaign,impressions,clicks\n2026-03-14,a,100,1\n").scan
    assert (found.questions, found.currency) == ((), None)


def test_a_currency_that_is_none_is_refused(read: Any) -> None:
    with pytest.raises(Refused, match="an ISO code such as EUR"):
        read(HEADER + ONE, currency="money")


def test_the_files_own_currency_counts_more_than_what_is_said_of_it(read: Any) -> None:
    text = "date,campaign,spend (USD),impressions\n2026-03-14,a,10,100\n"
    found = read(text, currency="EUR").scan
    assert found.currency == "USD"
    assert "currency" in codes(found)


def test_money_in_two_currencies_is_never_added_up(read: Any) -> None:
    found = read(HEADER + ONE + ONE.replace("EUR", "USD"))
    assert (found.scan.totals.spend, found.scan.currency) == (None, None)
    assert found.scan.totals.impressions == 2_000
    told = next(each.text for each in found.scan.warnings if each.code == "mixed_currencies")
    assert "10.00 EUR, 10.00 USD" in told
    assert sorted(row.currency for row in found.rows) == ["EUR", "USD"]


def test_results_of_different_kinds_are_never_added_up(read: Any) -> None:
    head = "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions,"
    head += "Results,Result indicator\n"
    rows = [
        "2026-03-01,2026-03-31,a,10,1000,5,actions:lead",
        "2026-03-01,2026-03-31,b,10,1000,7,actions:purchase",
        "2026-03-01,2026-03-31,b,10,1000,2,actions:lead",
    ]
    found = read(head + "\n".join(rows) + "\n")
    assert (found.scan.totals.conversions, found.scan.result_kinds) == (
        None,
        ("actions:lead", "actions:purchase"),
    )
    assert "mixed_results" in codes(found.scan)
    assert {row.campaign: row.conversions for row in found.rows} == {"a": 5_000_000, "b": None}


def test_purchases_are_of_one_kind_whatever_the_campaigns_aim_at(read: Any) -> None:
    head = "Day,Campaign name,Amount spent (EUR),Impressions,Purchases,Result indicator\n"
    found = read(f"{head}2026-03-14,a,1,100,1,actions:lead\n2026-03-14,b,1,100,7,actions:purchase\n").scan
    assert (found.totals.conversions, found.result_kinds) == (8, ())


def test_money_of_two_currencies_is_held_against_no_total(read: Any) -> None:
    text = HEADER + ONE + ONE.replace("EUR", "USD") + "Total,,,99.00,2000,20,2\n"
    found = read(text).scan
    assert found.questions == ()
    assert found.total_check is not None
    assert (found.total_check.number, found.total_check.agrees) == ("impressions", True)


def test_rows_of_a_range_say_so(read: Any) -> None:
    head = "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions\n"
    found = read(f"{head}2026-03-01,2026-03-31,a,10,1000\n")
    assert found.scan.days == (date(2026, 3, 1), date(2026, 3, 31))
    assert not found.scan.by_day


def test_a_range_that_is_not_over_yet_ends_today(read: Any) -> None:
    head = "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR),Impressions\n"
    found = read(f"{head}2026-03-01,2026-03-31,a,10,1000\n", today=date(2026, 3, 20)).scan
    assert found.days == (date(2026, 3, 1), date(2026, 3, 20))


def test_days_that_nobody_says_are_asked_and_nothing_is_given_out(read: Any) -> None:
    found = read("Campaign report\nAll time\nCampaign,Currency code,Cost,Impr.,Clicks\na,EUR,10,100,1\n")
    assert kinds(found.scan) == ["days"]
    assert (found.scan.days, found.scan.totals.spend, list(found.rows)) == (None, 10, [])


def test_the_range_in_the_title_may_decide_the_order_of_day_and_month(read: Any) -> None:
    title = 'Campaign report\n"September 1, 2025 - September 5, 2025"\n'
    text = title + HEADER + ONE.replace("2026-03-14", "09/02/2025") + ONE.replace("2026-03-14", "09/05/2025")
    assert read(text).scan.days == (date(2025, 9, 2), date(2025, 9, 5))


def test_a_total_that_differs_is_asked_and_taken_when_a_person_says_so(read: Any) -> None:
    text = HEADER + ONE + "Total,,EUR,11.00,1000,10,1\n"
    found = read(text)
    assert kinds(found.scan) == ["total"]
    assert found.scan.questions[0].text == (
        "Rows add up to 10.00 EUR, the file's total says 11.00 EUR. Nothing is stored."
    )
    assert list(found.rows) == []
    taken = read(text, despite_total=True)
    assert (taken.scan.questions, len(list(taken.rows))) == ((), 1)
    assert "total_differs" in codes(taken.scan)


def test_reach_is_a_totals_or_a_single_rows_and_never_a_sum(read: Any) -> None:
    head = "Day,Campaign name,Amount spent (EUR),Impressions,Reach\n"
    one, two = "2026-03-14,a,1,100,60\n", "2026-03-15,a,1,100,50\n"
    assert read(head + one).scan.totals.reach == 60
    assert read(head + one + two).scan.totals.reach is None
    assert read(f"{head}{one}{two},,2,200,90\n").scan.totals.reach == 90
    same = read(head + one + one)
    assert [row.reach for row in same.rows] == [None]


def test_blank_cells_stay_missing_and_are_counted(read: Any) -> None:
    found = read(HEADER + ONE + ONE.replace(",10,1\n", ",,\n"))
    assert found.scan.totals.clicks == 10
    texts = [each.text for each in found.scan.warnings]
    assert "clicks missing in 1 row; blank is not 0" in texts
    assert {row.clicks for row in found.rows} == {10, None}


def test_a_broken_row_is_told_with_line_column_value_and_rule(read: Any) -> None:
    bad = ONE.replace("10.00", "-12.00")
    late = ONE.replace("2026-03-14", "soon")
    found = read(HEADER + ONE + bad + ONE.replace(",10,1\n", ",1001,1\n") + late + late)
    assert (found.scan.rows, found.scan.rejected) == (1, 4)
    told = [(each.line, each.column, each.value, each.rule) for each in found.scan.rejects]
    assert told[0] == (3, "Cost", "-12.00", "not negative")
    assert told[1] == (4, "Clicks", "1001", "≤ impressions (1,000)")
    assert [each[:3] for each in told[2:]] == [(5, "Day", "soon"), (6, "Day", "soon")]


def test_a_row_without_a_campaign_that_has_an_ad_set_is_rejected(read: Any) -> None:
    head = "Day,Campaign name,Ad set name,Amount spent (EUR),Impressions\n"
    found = read(f"{head}2026-03-14,a,x,1,100\n2026-03-14,,x,1,99\n").scan
    assert [(each.line, each.rule) for each in found.rejects] == [(3, "a campaign's name or id")]


def test_rows_that_name_no_campaign_and_are_no_total_are_rejected(read: Any) -> None:
    small = "2026-03-14,,EUR,1.00,10,1,0\n"
    found = read(HEADER + ONE + small + small.replace("03-14", "03-15") + ONE.replace("03-14", "03-15"))
    assert (found.scan.rows, found.scan.rejected) == (2, 2)
    assert {each.rule for each in found.scan.rejects} == {"a campaign's name or id"}
    assert found.scan.totals.spend == 20


def test_rows_after_today_are_rejected(read: Any) -> None:
    found = read(HEADER + ONE + ONE.replace("2026-03-14", "2026-04-02")).scan
    assert [(each.line, each.rule) for each in found.rejects] == [(3, "not after today, 2026-04-01")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER, "at least one row"),
        (HEADER + "Total,,EUR,11.00,1000,10,1\n", "rows of campaigns or days beside their total"),
        (HEADER + ONE.replace("2026", "2027"), "not after today"),
        ("Name,Colour\na,blue\nb,red\n", "a column of impressions"),
    ],
)
def test_a_file_without_a_single_row_is_refused_with_its_reason(read: Any, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(text)


def test_platforms_in_a_column_are_called_as_we_do(read: Any) -> None:
    head = "date,platform,campaign,spend (EUR),impressions\n"
    rows = [f"2026-03-14,{name},a,1,10\n" for name in ("Facebook", "Instagram", "Google Ads", "tiktok")]
    found = read(head + "".join(rows))
    assert found.scan.platforms == ("Google", "Meta", "TikTok")
    assert found.scan.platform is None
    assert [(row.platform, row.placement) for row in found.rows][:2] == [
        ("Meta", "Facebook"),
        ("Meta", "Instagram"),
    ]


@pytest.mark.parametrize(
    ("said", "platform"), [("META", "Meta"), ("google ads", "Google"), ("Taboola", "Taboola"), (None, None)]
)
def test_a_person_says_the_platform_that_the_file_does_not(
    read: Any, said: str | None, platform: str | None
) -> None:
    found = read("date,campaign,spend (EUR),impressions\n2026-03-14,a,1,10\n", source=said)
    assert found.scan.platform == platform
    assert [row.platform for row in found.rows] == [platform or "Other"]


def test_more_conversions_than_clicks_are_one_warning(read: Any) -> None:
    found = read(HEADER + ONE.replace(",10,1\n", ",10,12\n") * 2).scan
    texts = [each.text for each in found.warnings if each.code == "conversions_exceed_clicks"]
    assert texts == ["conversions exceed clicks in at most 2 rows (view-through?)"]


def test_a_ratio_of_the_files_own_that_does_not_come_out_is_told(read: Any) -> None:
    head = HEADER.replace("Clicks", "Clicks,CTR")
    good = "".join(f"2026-03-{n},a,EUR,10.00,1000,{n},{n / 10:.1f}%,1\n" for n in range(10, 20))
    assert "ratio_disagrees" not in codes(read(head + good).scan)
    bad = good.replace(",1000,", ",100000,")
    assert "ratio_disagrees" in codes(read(head + bad).scan)


def test_ids_that_a_spreadsheet_shortened_are_not_used(read: Any) -> None:
    head = "Day,Campaign,Campaign ID,Currency code,Cost,Impr.\n"
    found = read(f"{head}2026-03-14,a,1.23E+10,EUR,1,10\n2026-03-14,b,1.23E+10,EUR,1,10\n")
    assert sorted(row.campaign_id for row in found.rows) == ["a", "b"]
    assert "shortened_ids" in codes(found.scan)


def test_spellings_of_one_name_are_one_campaign(read: Any) -> None:
    names = ("Spring Sale", "spring-sale", "Spring_Sale", "SPRING  SALE")
    found = read(HEADER + "".join(ONE.replace("spring-sale", name) for name in names))
    assert found.scan.campaigns == 1
    assert {row.campaign_id for row in found.rows} == {"spring-sale"}


def test_a_number_that_a_spreadsheet_may_have_shortened_is_told(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(
        "date,campaign,spend_eur,impressions\n2026-03-02,a,10.50,1.23E+05\n2026-03-14,a,7,900\n",
        encoding="utf-8",
    )
    found = scan(path, name="march.csv", hints=Hints()).scan
    assert found.totals.impressions == 123_900
    assert [each.text for each in found.warnings if each.code == "shortened"] == [
        'impressions says "1.23E+05": a spreadsheet may have left digits out.'
    ]
