"""Which sign begins a file's decimals: cells decide, never a guess."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from written_cells import amounts, millions, styles, written

from engine.intake.number_style import ONE_SIGN, Quotient, decimals, styled
from engine.intake.numbers import UNSEEN, BadCell, BadColumn, NumberStyle, exact
from engine.intake.spelling import spelled
from engine.models.export import Question

UNDECIDED = {"Cost": ["1.234", "2.500"]}


def asked(columns: dict[str, list[str]], **known: object) -> Question:
    answer = styled(columns, **known)  # type: ignore[arg-type]
    assert isinstance(answer, Question)
    return answer


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["12.50"], (".", "")),
        (["12,50"], (",", "")),
        (["1,234.50"], (".", ",")),
        (["1.234,50"], (",", ".")),
        (["1.234.567"], (",", ".")),
        (["1,23,456"], (".", ",")),
        (["0,123"], (",", "")),
        (["12345.678"], (".", "")),
        (["1 234,567"], (",", " ")),
        (["1'234", "5.5"], (".", "'")),
        (["5", "--", "17", "n/a"], (UNSEEN, "")),
        (["5", "1 234 567"], (UNSEEN, " ")),
        (["1.234E+05"], (".", "")),
        (["1.234", "12,5"], (",", ".")),
        (["€1.234", "€12,50"], (",", ".")),
        ([], (UNSEEN, "")),
    ],
)
def test_one_cell_that_has_one_reading_decides(cells: list[str], style: tuple[str, str]) -> None:
    assert styled({"Cost": cells}) == style


def test_counts_are_whole_so_a_point_in_them_parts_thousands() -> None:
    columns = UNDECIDED | {"Impr.": ["12.345", "999"]}
    assert styled(columns, whole={"Impr."}) == (",", ".")


def test_counts_that_end_in_three_zeros_decide_nothing() -> None:
    assert asked(UNDECIDED | {"Impr.": ["1.000", "15.000"]}, whole={"Impr."}).kind == "decimal"


def test_a_ratio_beside_them_decides_for_the_money() -> None:
    assert styled(UNDECIDED | {"CTR": ["4,95%"]}, ratios={"CTR"}) == (",", ".")
    assert styled({"Cost": ["1,234"], "CTR": ["4.95%"]}, ratios={"CTR"}) == (".", ",")


def test_a_column_of_three_decimals_each_is_asked_about_though_another_decides() -> None:
    for others in ({"CTR": ["4.95%"]}, {"Revenue": ["12.50"]}):
        question = asked(UNDECIDED | others, ratios={"CTR"})
        assert question.text == "Is 1.234 in Cost one thousand two hundred and thirty-four, or 1.234?"
        assert styled(UNDECIDED | others, ratios={"CTR"}, hint=".") == (".", "")
    assert asked({"Impr.": ["1.000", "2.000"], "Cost": ["12.50"]}, whole={"Impr."}).column == "Impr."
    assert styled({"Cost": ["1.234", "0.500"], "Revenue": ["12.50"]}) == (".", "")


def test_a_column_that_a_person_says_to_be_written_differently_is_refused() -> None:
    with pytest.raises(BadColumn) as caught:
        styled(UNDECIDED | {"Revenue": ["12.50"]}, hint=",")
    assert caught.value.examples == ("12.50", "1.234")
    assert caught.value.columns == ("Revenue", "Cost")
    assert styled(UNDECIDED | {"CTR": ["4.95%"]}, ratios={"CTR"}, hint=",") == (",", ".")


def test_a_ratio_decides_nothing_against_the_money() -> None:
    assert styled({"Cost": ["12,50"], "CTR": ["4.95%"]}, ratios={"CTR"}) == (",", "")


def test_money_is_checked_against_the_files_own_cost_per_click() -> None:
    columns = UNDECIDED | {"Clicks": ["617", "100"], "CPC": ["2", "25"]}
    known = {"whole": {"Clicks"}, "ratios": {"CPC"}, "quotients": [Quotient("CPC", "Cost", "Clicks")]}
    assert styled(columns, **known) == (",", ".")  # type: ignore[arg-type]
    columns = UNDECIDED | {"Clicks": ["1", "2"], "CPC": ["1", "1"]}
    assert styled(columns, **known) == (".", "")  # type: ignore[arg-type]


def test_the_language_decides_where_it_makes_thousands_of_all() -> None:
    assert styled(UNDECIDED, languages=["de"]) == (",", ".")
    assert styled({"Cost": ["1,234"]}, languages=["en"]) == (".", ",")
    assert asked(UNDECIDED, languages=["en"]).options == (",", ".")
    assert asked(UNDECIDED, languages=["es"]).options == (",", ".")


def test_what_nothing_decides_is_asked_with_both_readings_in_words() -> None:
    question = asked(UNDECIDED)
    assert question.text == "Is 1.234 in Cost one thousand two hundred and thirty-four, or 1.234?"
    assert (question.kind, question.column) == ("decimal", "Cost")
    assert question.options == (",", ".")
    assert question.examples == ("1.234", "2.500")


def test_the_likelier_reading_is_told_first() -> None:
    question = asked(UNDECIDED | {"Impr.": ["12345"]}, whole={"Impr."})
    assert question.text == "Is 1.234 in Cost 1.234, or one thousand two hundred and thirty-four?"
    assert question.options == (".", ",")


def test_a_hint_decides_what_is_open_and_nothing_else() -> None:
    assert styled(UNDECIDED, hint=",") == (",", ".")
    assert styled(UNDECIDED, hint=".") == (".", "")
    assert styled({"Cost": ["12.50"]}, hint=",") == (".", "")


def test_a_sign_that_no_cell_had_before_is_never_taken_for_granted() -> None:
    style = styled({"Cost": ["100", "250"]}, languages=["de"])
    assert isinstance(style, NumberStyle)
    assert exact("250", style, whole=False) == 250_000_000
    for cell in ("1.234", "1,234", "12.5", "1\x0050"):
        with pytest.raises(BadCell) as caught:
            exact(cell, style, whole=False)
        assert caught.value.rule in ("a number such as 1234", "a number")
    assert styled({"Cost": ["100", "250"]}, hint=",") == (",", "")


def test_columns_that_are_written_differently_are_refused_with_both_cells() -> None:
    with pytest.raises(BadColumn) as caught:
        styled({"Cost": ["12.50"], "Revenue": ["12,50"]})
    assert caught.value.rule == ONE_SIGN
    assert caught.value.examples == ("12.50", "12,50")
    assert caught.value.columns == ("Cost", "Revenue")


def test_a_column_of_both_signs_is_refused() -> None:
    with pytest.raises(BadColumn):
        styled({"Cost": ["12.50", "12,50", "1,234"]})


def test_one_slip_in_hundreds_leaves_the_style_and_is_refused_by_its_line() -> None:
    cells = [f"{number}.50" for number in range(200)]
    assert styled({"Cost": [*cells, "12,5"]}) == (".", "")
    with pytest.raises(BadColumn):
        styled({"Cost": [*cells, "12,5", "1,234"]})


def test_a_cell_tells_by_which_signs_it_is_a_number() -> None:
    assert decimals("12,50") == {","}
    assert decimals("1.234") == decimals("12") == {".", ","}
    assert decimals("1.234", whole=True) == {","}
    assert decimals("Total") == decimals("--") == frozenset()


def test_numbers_are_spelled_as_people_say_them() -> None:
    assert spelled(1_234) == "one thousand two hundred and thirty-four"
    assert spelled(12_005) == "twelve thousand and five"
    assert spelled(999_999) == "nine hundred and ninety-nine thousand nine hundred and ninety-nine"
    assert spelled(2_500) == "two thousand five hundred"
    assert spelled(20_000) == "twenty thousand"
    assert spelled(113_000) == "one hundred and thirteen thousand"


@given(st.data(), st.lists(amounts, min_size=1, max_size=8), styles)
def test_a_column_in_any_style_reads_back_exactly_or_is_asked_about(
    data: st.DataObject, column: list[Decimal], style: NumberStyle
) -> None:
    cells = [data.draw(written(amount, style)) for amount in column]
    decided = styled({"Cost": cells})
    assume(not isinstance(decided, Question))
    assert isinstance(decided, NumberStyle)
    assert [exact(cell, decided, whole=False) for cell in cells] == [millions(each) for each in column]


@given(st.data(), st.lists(st.integers(0, 10**9), min_size=1, max_size=8), styles)
def test_a_column_of_counts_is_never_misread(
    data: st.DataObject, column: list[int], style: NumberStyle
) -> None:
    cells = [data.draw(written(Decimal(count), style, money=False)) for count in column]
    decided = styled({"Impr.": cells}, whole={"Impr."})
    assume(not isinstance(decided, Question))
    assert isinstance(decided, NumberStyle)
    assert [exact(cell, decided, whole=True) for cell in cells] == column
