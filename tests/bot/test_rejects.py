"""The file of refused rows: what it holds. How its cells are made safe to open is tested elsewhere."""

import csv
import io

from test_exported import record, scan

from bot.rejects import rejects_file
from engine.models.export import Rejected


def rows(*rejects: Rejected, rejected: int | None = None) -> list[list[str]]:
    found = record(scan=scan(rejects=rejects, rejected=rejected or len(rejects)))
    return list(csv.reader(io.StringIO(rejects_file(found).decode("utf-8-sig"), newline="")))


def test_each_refused_row_has_its_line_column_value_and_rule_and_what_is_left_out_is_counted() -> None:
    told = rows(Rejected(line=17, column="Spend", value="−12.00", rule="not negative"), rejected=3)
    assert told == [
        ["line", "column", "value", "rule"],
        ["17", "Spend", "−12.00", "not negative"],
        ["", "", "", "and 2 more"],
    ]


def test_no_value_of_the_file_is_a_formula_and_numbers_stay_numbers() -> None:
    values = ("=1+1", " @x", "-5", "-12.00")
    refused = (Rejected(line=n, column="=x", value=each, rule="a number") for n, each in enumerate(values))
    told = rows(*refused)[1:]
    assert [column for _, column, _, _ in told] == ["'=x"] * 4
    assert [value for _, _, value, _ in told] == ["'=1+1", "' @x", "-5", "-12.00"]
