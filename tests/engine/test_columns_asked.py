"""What a file leaves open about its columns, and what people answer."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import Refused
from engine.intake.columns import Columns, parse_mapping, recognised
from engine.models.export import Hints, Question

NETTO = {
    "Datum": ("02.03.2026", "03.03.2026"),
    "Kampagne": ("spring-sale", "city-break"),
    "Impressionen": ("1.200", "900"),
    "Klicks": ("20", "11"),
    "Kosten netto": ("12,50", "9,10"),
}


def ask(table: Mapping[str, tuple[str, ...]], **said: str) -> Columns:
    hints = Hints(columns={name.replace("__", " "): field for name, field in said.items()})
    return recognised(list(table), list(table.values()), (), hints)


def field(columns: Columns, name: str) -> str | None:
    return next(column.field for column in columns.used if column.name == name)


def test_an_unknown_amount_is_asked_for_where_no_column_is_the_spend() -> None:
    columns = ask(NETTO)
    assert columns.questions == (
        Question(
            kind="column",
            text='What is "Kosten netto"? I know no column as the spend.',
            column="Kosten netto",
            examples=("12,50", "9,10"),
            options=("spend", "conversions", "revenue", "reach", "ignore"),
        ),
    )
    assert columns.used[-1].why == "not a name I know"


def test_the_answer_settles_it() -> None:
    columns = ask(NETTO, Kosten__netto="spend")
    assert columns.questions == ()
    assert field(columns, "Kosten netto") == "spend"
    assert ask(NETTO, Kosten__netto="ignore").questions == ()
    assert ask(NETTO, **{"KOSTEN_NETTO": "Spend"}).questions == ()


def test_the_currency_of_an_answered_column_is_read_from_its_name() -> None:
    table = {name: cells for name, cells in NETTO.items() if name != "Kosten netto"} | {
        "Kosten netto (CHF)": ("12,50",)
    }
    columns = recognised(
        list(table), list(table.values()), (), Hints(columns={"Kosten netto (CHF)": "spend"})
    )
    assert columns.currency == "CHF"


def test_unknown_columns_are_not_asked_for_where_the_spend_is_known() -> None:
    assert ask(NETTO | {"Kosten": ("12,50", "9,10")}).questions == ()


@pytest.mark.parametrize(
    "name", ["Kosten pro Besuch", "Kosten/Besuch", "Planbudget 2026", "Kosten %", "Kosten-ID"]
)
def test_ratios_plans_and_ids_are_not_asked_for(name: str) -> None:
    table = {key: cells for key, cells in NETTO.items() if key != "Kosten netto"}
    assert ask(table | {name: ("12,50", "9,10")}).questions == ()


def test_an_unknown_day_is_asked_for() -> None:
    table = {"Buchungstag": ("02.03.2026", "03.03.2026"), "Kampagne": ("a", "b"), "Kosten": ("1,00", "2,00")}
    (question,) = ask(table).questions
    assert (question.column, question.options[0]) == ("Buchungstag", "day")
    assert ask(table, Buchungstag="day").questions == ()


def test_half_a_range_may_be_the_day() -> None:
    table = {"date_start": ("2026-03-02",), "campaign": ("a",), "spend": ("1.00",)}
    (question,) = ask(table).questions
    assert question.text == 'Is "date_start" the day of its row? No other column says how long a row lasts.'
    answered = ask(table, date_start="day")
    assert (field(answered, "date_start"), answered.questions) == ("day", ())


def test_a_file_without_days_leaves_them_to_the_lines_above_it() -> None:
    assert ask({"Campaign": ("a",), "Impr.": ("10",), "Cost": ("1.00",)}).questions == ()


def test_what_may_name_the_campaign_is_asked_for() -> None:
    table = {
        "date": ("2026-03-02",),
        "campaign_type": ("Search",),
        "ad_spend": ("1.00",),
        "Produktlinie": ("Shoes",),
    }
    columns = ask(table)
    assert columns.level == "account"
    assert [each.column for each in columns.questions] == ["campaign_type", "Produktlinie"]
    answered = ask(table, campaign_type="campaign")
    assert (answered.level, answered.questions) == ("campaign", ())


def test_sales_are_money_or_a_number() -> None:
    table = {"Day": ("2026-03-02",), "Campaign": ("a",), "Spend": ("1.00",), "Sales": ("3", "4")}
    (question,) = ask(table).questions
    assert question.text == 'Is "Sales" money or a number of conversions?'
    assert question.options == ("revenue", "conversions", "ignore")
    (question,) = ask(table | {"Orders": ("3", "4")}).questions
    assert (question.text, question.options) == ('Is "Sales" the revenue?', ("revenue", "ignore"))
    assert ask(table | {"Orders": ("3", "4"), "Revenue": ("50.00", "60.00")}).questions == ()


def test_sales_with_cents_or_a_currency_are_revenue_and_told() -> None:
    table = {"Day": ("2026-03-02",), "Campaign": ("a",), "Spend": ("1.00",), "Sales": ("53.20", "4.00")}
    columns = ask(table)
    assert (field(columns, "Sales"), columns.questions) == ("revenue", ())
    assert [each.code for each in columns.warnings] == ["stand_in"]
    columns = ask({"Day": ("2026-03-02",), "Campaign": ("a",), "Spend": ("1.00",), "Sales ($)": ("53", "4")})
    assert field(columns, "Sales ($)") == "revenue"


TWICE = ["Day", "Campaign", "Cost", "Clicks", "Clicks"]


def twice(first: list[str], second: list[str], **said: str) -> Columns:
    hints = Hints(columns={name.replace("__", " "): field for name, field in said.items()})
    return recognised(TWICE, [["2026-03-02"], ["a"], ["1.00"], first, second], (), hints)


def test_a_name_that_stands_twice_over_the_same_cells_counts_once() -> None:
    columns = twice(["5", "6"], ["5", "6"])
    assert (columns.used[3].field, columns.used[4].field, columns.questions) == ("clicks", None, ())
    assert columns.used[4].why == "the same column again"


def test_a_name_that_stands_twice_over_different_cells_is_asked_for() -> None:
    (question,) = twice(["5", "6"], ["7", "8"]).questions
    assert question.text == '"Clicks" stands 2 times, with different cells. Which one counts?'
    assert (question.column, question.options) == ("Clicks #2", ("ignore", "clicks"))
    second = twice(["5"], ["7"], **{"Clicks #2": "clicks"})
    assert (second.used[3].field, second.used[4].field, second.questions) == (None, "clicks", ())
    for answer in ({"Clicks #2": "ignore"}, {"Clicks": "clicks"}):
        first = twice(["5"], ["7"], **answer)
        assert (first.used[3].field, first.used[4].field, first.questions) == ("clicks", None, ())


def test_a_person_may_say_anything() -> None:
    columns = ask(NETTO, Klicks="ignore", Kosten__netto="revenue")
    assert field(columns, "Klicks") is None
    assert columns.used[3].why == "not needed, as somebody said"
    assert field(columns, "Kosten netto") == "revenue"


def test_what_a_person_says_displaces_what_the_table_says() -> None:
    table = {"Day": ("2026-03-02",), "Campaign": ("a",), "Cost": ("1.00",), "Fees": ("2.00",)}
    columns = ask(table, Fees="spend")
    assert (field(columns, "Fees"), field(columns, "Cost")) == ("spend", None)
    assert columns.used[2].why == '"Fees" counts'


def test_a_range_that_a_person_names_displaces_the_day() -> None:
    table = dict.fromkeys(("Day", "Flight from", "Flight to"), ("2026-03-02",))
    columns = ask(table | {"Cost": ("1",)}, Flight__from="first_day", Flight__to="last_day")
    assert field(columns, "Day") is None


def test_unknown_columns_and_fields_are_refused_together() -> None:
    with pytest.raises(Refused) as refused:
        ask(NETTO, Kosten="spend", Klicks="klicks")
    assert str(refused.value) == (
        'column: Kosten breaks the rule "one of the file: "Datum", "Kampagne", "Impressionen", "Klicks", '
        '"Kosten netto"".\n'
        'field: klicks breaks the rule "one of spend, impressions, clicks, conversions, revenue, reach, day, '
        "first_day, last_day, week, month, campaign, campaign_id, ad_set, ad_set_id, ad, ad_id, creative, "
        "audience, placement, device, country, platform, account, account_id, currency, objective, "
        "attribution, "
        'result_kind, time_zone, ignore".\n'
        "Nothing was stored."
    )


def test_a_field_is_one_column() -> None:
    with pytest.raises(Refused, match='"Klicks", "Kosten netto" breaks the rule "one column for Spend"'):
        ask(NETTO, Klicks="spend", Kosten__netto="spend")
    assert ask(NETTO, Klicks="audience", Kampagne="audience").breakdowns == ("audience",)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("Kosten netto=spend", ("Kosten netto", "spend")),
        (" Kosten netto = Spend ", ("Kosten netto", "spend")),
        ("a=b=clicks", ("a=b", "clicks")),
        ("Ad group=Ad set", ("Ad group", "ad_set")),
        ("Notes=IGNORE", ("Notes", "ignore")),
        ("Notes=not needed", ("Notes", "ignore")),
    ],
)
def test_a_mapping_is_read_as_people_write_it(text: str, parsed: tuple[str, str]) -> None:
    assert parse_mapping(text) == parsed


@pytest.mark.parametrize("text", ["", "Kosten", "=spend", "Kosten=", "Kosten netto:spend"])
def test_a_mapping_without_both_sides_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused, match='COLUMN=FIELD, such as "Kosten netto=spend"'):
        parse_mapping(text)


def test_a_mapping_to_no_field_lists_them() -> None:
    with pytest.raises(
        Refused, match=r'field: money breaks the rule "one of spend, impressions, .*, ignore"'
    ):
        parse_mapping("Kosten netto=money")


HEADERS = some.lists(
    some.text(max_size=12) | some.sampled_from(["Cost", "Day", "Sales", "Campaign", "Clicks #2"])
)


@given(names=HEADERS, cells=some.lists(some.text(max_size=8), max_size=3))
def test_whatever_the_names_are_each_column_is_told(names: list[str], cells: list[str]) -> None:
    columns = recognised(names, [cells] * len(names), (), Hints())
    assert [column.place for column in columns.used] == list(range(len(names)))
    assert len(columns.questions) <= 5
    single = [column.field for column in columns.used if column.field not in {None, "audience", "creative"}]
    assert len(single) == len(set(single))
