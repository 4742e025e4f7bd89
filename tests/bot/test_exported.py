"""The card of an export in every state: its words, its buttons, and nothing out of the file that acts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from drawn import HOSTILE, VOICE, live_tokens, texts

from bot.blocks.exported import exported, is_export
from bot.blocks.exported_details import details
from bot.blocks.file_pieces import Pressed
from bot.blocks.imported import imported
from bot.blocks.kit import Message
from bot.blocks.limits import faults
from bot.blocks.map_view import hints_of, is_remembered, map_view, mapping_errors
from bot.blocks.refused_file import REASONS
from bot.sandbox.strictness import message_faults, view_faults
from engine.models.export import (
    Alike,
    Hints,
    Question,
    Rejected,
    Scan,
    Sums,
    TotalCheck,
    UsedColumn,
    Warned,
)
from engine.models.file_import import BrokenRule, FileImport, Replaced
from engine.narrate import exported as said

AT = datetime(2026, 3, 30, 7, 40, tzinfo=UTC)
SPACE = "\u00a0"
CURRENCY = Question(kind="currency", text="Which?", column="Spend", options=("USD", "EUR"))
DATES = Question(
    kind="date_order", text="?", column="Date", examples=("03/04/2026",), options=("month first", "day first")
)
DECIMAL = Question(kind="decimal", text="?", column="Kosten", examples=("1.234",), options=(",", "."))
COLUMN = Question(
    kind="column",
    text="What is “Kosten netto”?",
    column="Kosten netto",
    examples=("12,50", "9,10"),
    options=("spend",),
)
TOTAL = Question(kind="total", text="?")
CHECK = TotalCheck(
    number="spend", line=414, label="Total", ours=Decimal("18240.55"), theirs=Decimal("18240.55"), agrees=True
)


def scan(**changed: Any) -> Scan:
    return Scan(
        file="meta-march.csv",
        checksum="c",
        size=100,
        shape="s",
        kind="csv",
        platform="Meta",
        platforms=("Meta",),
        level="ad",
        currency="EUR",
        attribution="7-day click",
        rows=412,
        campaigns=3,
        totals=Sums(
            spend=Decimal("18240.55"), conversions=Decimal(611), impressions=1_000_000, clicks=20_000
        ),
        days=(date(2026, 3, 2), date(2026, 3, 29)),
    ).model_copy(update=changed)


def record(state: str = "done", **changed: Any) -> FileImport:
    return FileImport.model_validate(
        {
            "id": "import:F1:C1",
            "channel": "C1",
            "thread": "17.1",
            "file": "meta-march.csv",
            "by": "U0MEMBER",
            "checksum": "c",
            "at": AT,
            "state": state,
            "scan": scan() if state not in {"reading", "cancelled", "refused"} else None,
        }
        | changed
    )


def drawn(found: FileImport, **more: Any) -> Message:
    return exported(found, {}, VOICE, **more) if is_export(found) else imported(found, {}, VOICE, **more)


def lines(message: Message) -> list[str]:
    """Each section and context line, in order."""
    found = []
    for block in message.blocks:
        if block["type"] == "section":
            found.append(block["text"]["text"])
        found += [each["text"] for each in block["elements"]] if block["type"] == "context" else []
    return found


def labels(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "button"
    ]


def buttons(message: Message) -> Iterator[dict[str, Any]]:
    for block in message.blocks:
        yield from block["elements"] if block["type"] == "actions" else []


def test_reading_says_how_far_it_is_and_can_be_cancelled() -> None:
    message = drawn(record("reading", progress=(38_000, 412_000)))
    assert lines(message) == ["Reading `meta-march.csv`: 38,000 of about 412,000 rows."]
    assert labels(message) == ["Cancel"]
    stored = drawn(record("reading", progress=(38_000, 412_000), storing=True))
    assert lines(stored) == ["Storing `meta-march.csv`: 38,000 of 412,000 rows."]
    assert lines(drawn(record("reading"))) == ["Reading `meta-march.csv`."]
    assert lines(drawn(record("reading", progress=(0, 0)))) == ["Reading `meta-march.csv`."]


def test_done_says_rows_days_money_and_conversions_and_that_the_total_agrees() -> None:
    message = drawn(record(scan=scan(total_check=CHECK)))
    assert lines(message) == [
        f"*412{SPACE}rows taken, none refused.* 2–29{SPACE}Mar, 18,240.55{SPACE}EUR, 611{SPACE}conversions.",
        "`meta-march.csv` · Meta, by ad and day · 7-day click",
        f"The platform's own total row agrees: 18,240.55{SPACE}EUR.",
    ]
    assert labels(message) == ["Analyze", "More"]
    assert message.text == (
        f"meta-march.csv: 412{SPACE}rows taken, none refused. 2–29{SPACE}Mar, 18,240.55{SPACE}EUR, "
        f"611{SPACE}conversions."
    )


def test_refused_rows_are_told_at_their_lines_the_first_five_and_where_all_are() -> None:
    two = (
        Rejected(line=17, column="Spend", value="−12.00", rule="not negative"),
        Rejected(line=88, column="Clicks", value="940", rule="≤ impressions (91)"),
    )
    message = drawn(record(scan=scan(rejected=2, rejects=two)))
    assert lines(message)[0].startswith(f"*412{SPACE}rows taken, 2 refused.*")
    assert lines(message)[2] == (
        'Line 17, Spend: −12.00 breaks the rule "not negative".\n'
        'Line 88, Clicks: 940 breaks the rule "≤ impressions (91)".\n'
        "Also as `rejects.csv` in this thread."
    )
    many = tuple(Rejected(line=n, column="Spend", value="-1", rule="not negative") for n in range(2, 1002))
    told = "\n".join(lines(drawn(record(scan=scan(rejected=4_000, rejects=many)))))
    assert told.count("breaks the rule") == 5
    assert "All: `rejects.csv` in this thread (here the first 5)." in told


def test_conversions_are_told_as_exactly_as_the_file_has_them() -> None:
    formats = VOICE.plain.formats
    assert said.conversions(Decimal("3.50"), formats) == f"3.5{SPACE}conversions"
    assert said.conversions(Decimal("18703.32"), formats) == f"18,703.32{SPACE}conversions"
    assert said.conversions(Decimal("1.000000"), formats) == f"1{SPACE}conversion"
    assert said.conversions(Decimal(0), formats) == f"0{SPACE}conversions"


def test_a_correction_says_what_it_replaced_and_can_be_undone_after_a_question() -> None:
    replaced = Replaced(
        days=3,
        first_day=date(2026, 3, 2),
        last_day=date(2026, 3, 4),
        before={"EUR": Decimal(1200)},
        after={"EUR": Decimal(1180)},
    )
    message = drawn(record(replaced=replaced))
    said_so = f"3{SPACE}days replaced, 2–4{SPACE}Mar: spend 1,200.00 → 1,180.00{SPACE}EUR."
    assert f"{said_so} Their verdicts are redone." in lines(message)
    assert labels(message) == ["Analyze", "More", "Undo import…"]
    assert all("confirm" in each for each in buttons(message) if each["text"]["text"].endswith("…"))


def test_the_same_money_by_another_level_adds_nothing_unless_somebody_says_it_differs() -> None:
    before = record(file="sets.csv", scan=scan(level="ad set"))
    found = record("double", before=before.id, scan=scan(level="campaign"))
    message = drawn(found, before=before, link="https://x.example/1")
    assert lines(message)[0] == (
        f"⚠️ Same money as `sets.csv` by ad set (18,240.55{SPACE}EUR). I keep the finer one and add nothing."
    )
    assert labels(message) == ["They differ…", "Open import"]


def test_of_the_same_money_without_campaign_names_the_file_that_has_them_is_kept() -> None:
    before = record(file="march.csv", scan=scan(level="campaign"))
    found = record("double", before=before.id, scan=scan(level="ad set"))
    (told, *_) = lines(drawn(found, before=before))
    assert told.endswith("I keep that one, which names the campaigns, and add nothing.")


def test_a_total_of_some_rows_is_not_told_as_that_of_all() -> None:
    of_a_day = CHECK.model_copy(update={"ours": Decimal("17000.00"), "theirs": Decimal("17000.00")})
    told = lines(drawn(record(scan=scan(total_check=of_a_day))))
    assert told[2] == f"The platform's own total of a part of the rows agrees: 17,000.00{SPACE}EUR."


def test_the_currency_is_asked_on_the_card_the_likely_one_first_and_none_chosen() -> None:
    message = drawn(record("asking", scan=scan(questions=(CURRENCY,))))
    assert lines(message)[0] == "Which currency is `Spend`? Nothing is stored yet."
    select, button = buttons(message)
    assert [each["value"] for each in select["options"]][:3] == ["USD", "EUR", "GBP"]
    assert "initial_option" not in select
    assert button["text"]["text"] == "Import"


def test_an_unclear_date_is_asked_with_both_days_on_the_buttons() -> None:
    message = drawn(record("asking", scan=scan(questions=(DATES,))))
    assert lines(message)[0] == (
        "Is `03/04/2026` 4 March or 3 April? No row decides it. Nothing is stored yet."
    )
    assert labels(message) == ["4 March", "3 April"]
    answers = [Pressed.unpacked(each["value"]) for each in buttons(message)]
    assert answers == [("import:F1:C1", "month first"), ("import:F1:C1", "day first")]


def test_an_unclear_decimal_mark_is_asked_with_both_numbers_on_the_buttons() -> None:
    message = drawn(record("asking", scan=scan(questions=(DECIMAL,))))
    assert lines(message)[0] == (
        "Is `1.234` in `Kosten` 1 point 234 or 1234? No row decides it. Nothing is stored yet."
    )
    assert labels(message) == ["1234", "1 point 234"]  # 1.234 means either, by whoever reads


def test_a_total_that_differs_stores_nothing_until_somebody_wants_the_rows() -> None:
    differs = CHECK.model_copy(update={"theirs": Decimal("19000.00"), "agrees": False})
    message = drawn(record("asking", scan=scan(questions=(TOTAL,), total_check=differs)))
    assert lines(message)[0] == (
        f"Rows add up to 18,240.55{SPACE}EUR, the file's total says 19,000.00{SPACE}EUR. Nothing is stored."
    )
    assert labels(message) == ["Import the rows…"]
    done = drawn(record(scan=scan(total_check=differs), hints=Hints(despite_total=True)))
    assert any("You had me take the rows." in each for each in lines(done))


def test_several_questions_are_asked_together_in_one_dialog() -> None:
    found = record("asking", scan=scan(questions=(COLUMN, CURRENCY, DATES, TOTAL)))
    message = drawn(found)
    assert lines(message)[0].splitlines() == [
        "*Nothing is stored yet.* I need to know:",
        "• What is “Kosten netto”? For example `12,50`, `9,10`.",
        "• Which currency is `Spend`?",
        "• Is `03/04/2026` 4 March or 3 April? No row decides it.",
    ]
    assert labels(message) == ["Map columns"]
    view = map_view(found, "C1")
    inputs = {each["block_id"]: each for each in view["blocks"] if each["type"] == "input"}
    assert [each["label"]["text"] for each in inputs.values()] == [
        "“Kosten netto”, e.g. 12,50 · 9,10",
        "Which currency is “Spend”?",
        "03/04/2026 is",
        "Next time",
    ]
    column = next(iter(inputs.values()))["element"]
    assert column["initial_option"]["value"] == "spend"
    assert len(view["title"]["text"]) <= 24


def test_days_that_no_column_has_need_another_file_and_no_dialog() -> None:
    days = Question(kind="days", text="The file does not say which days it is about.")
    ratio = UsedColumn(name="Interaction rate", place=0, examples=("4.25%", "2045"))
    for asked in ((days,), (days, CURRENCY)):  # no answer to the other would help
        message = drawn(record("asking", scan=scan(questions=asked, columns=(ratio,))))
        assert lines(message)[0] == f"*Nothing is stored.* {days.text}"
        assert message.text.endswith(days.text)
        assert labels(message) == []
    left = scan(questions=(days,), columns=(UsedColumn(name="Wann", place=0, examples=("2026-03-02",)),))
    message = drawn(record("asking", scan=left))
    assert labels(message) == ["Map columns"]
    assert "Or say which column has them." in lines(message)[0]


def test_a_dialog_about_columns_lets_the_currency_be_said_as_well() -> None:
    found = record("asking", scan=scan(questions=(COLUMN,), currency=None))
    (block,) = [each for each in map_view(found, "C1")["blocks"] if each.get("block_id") == "currency"]
    assert block["optional"]


def submitted(found: FileImport, chosen: dict[str, str], *, remember: bool = True) -> dict[str, Any]:
    """The dialog as Slack hands it back, its columns chosen by name."""
    view = map_view(found, "C1")
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        if element["type"] == "checkboxes":
            given: dict[str, Any] = {"selected_options": element["options"] if remember else []}
        else:
            name = block["label"]["text"].partition("”")[0].removeprefix("“")
            given = {"selected_option": {"value": chosen.get(name, chosen.get(block["block_id"], ""))}}
        values[block["block_id"]] = {element["action_id"]: {"type": element["type"]} | given}
    return view | {"state": {"values": values}}


def test_what_is_said_in_the_dialog_becomes_hints() -> None:
    columns = (UsedColumn(name="Kosten netto", place=3), UsedColumn(name="Spend", place=4))
    found = record("asking", scan=scan(questions=(COLUMN, CURRENCY, DATES), columns=columns))
    view = submitted(found, {"Kosten netto": "spend", "currency": "SEK", "dates": "day first"})
    assert hints_of(view, found) == Hints(
        columns={"Kosten netto": "spend"}, currency="SEK", date_order="day first"
    )
    assert is_remembered(view)
    assert not is_remembered(submitted(found, {}, remember=False))
    assert mapping_errors(view, found) == {}


def test_a_number_that_another_column_has_is_refused_at_its_input() -> None:
    columns = (UsedColumn(name="Cost", place=2, field="spend"), UsedColumn(name="Kosten netto", place=3))
    found = record("asking", scan=scan(questions=(COLUMN,), columns=columns))
    (error,) = mapping_errors(submitted(found, {"Kosten netto": "spend"}), found).values()
    assert error == "“Cost” is the spend already. Choose something else, or “Not needed”."


def test_names_that_look_alike_are_asked_three_at_most_and_answers_are_told() -> None:
    pairs = [Alike(main=f"k{n}", name=f"spring-{n}", others={f"o{n}": f"Spring_{n}"}) for n in range(5)]
    pairs[0] = pairs[0].model_copy(update={"answer": "one"})
    pairs[1] = pairs[1].model_copy(update={"others": {f"x{n}": f"Spring {n}" for n in range(12)}})
    message = drawn(record(alike=tuple(pairs)))
    told = "\n".join(lines(message))
    assert f"`spring-1` and 12{SPACE}more spellings (`Spring 0`, `Spring 1`, …): one campaign?" in told
    assert "`spring-2` and `Spring_2`: one campaign?" in told
    assert labels(message).count("One") == labels(message).count("Two") == 3
    assert "and 2 more names that look alike" in told
    places = {
        Pressed.unpacked(each["value"]).answer
        for each in buttons(message)
        if each["action_id"] == "import_one"
    }
    assert places == {"1", "2", "3"}
    alone = drawn(record(alike=(pairs[0],)))
    assert "One campaign: `spring-0` and `Spring_0`." in lines(alone)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_to_refuse_says_what_to_do(reason: str) -> None:
    (line,) = lines(drawn(record("refused", reason=reason)))
    assert line.startswith("Nothing taken from `meta-march.csv`. ")
    assert line.endswith(".")


def test_a_refusal_tells_each_fault_at_its_line_and_of_the_whole_file_the_way_out() -> None:
    faults_ = (
        BrokenRule(field="Spend", value="abc", rule="a number", line=7),
        BrokenRule(field="file", value="a PDF", rule="CSV, TSV, XLSX or JSON: download it as CSV"),
    )
    told = lines(drawn(record("refused", faults=faults_)))
    assert told[1] == 'Line 7, Spend: abc breaks the rule "a number".'
    assert told[2] == 'File: a PDF breaks the rule "CSV, TSV, XLSX or JSON". Download it as CSV.'
    assert told[3] == "Then drop it here again."
    repaired = lines(drawn(record("refused", faults=faults_[:1])))
    assert repaired[-1] == "Correct the file and drop it again."
    by_hand = lines(drawn(record("refused", file="campaigns.json", faults=faults_[:1])))
    assert "`/analyze` alone" in by_hand[-1]


def test_undone_cancelled_and_stopped_say_what_counts_now() -> None:
    assert lines(drawn(record("undone", undone_by="U0APPROVER")))[0] == (
        f"Undone by <@U0APPROVER>. 412{SPACE}rows count no more."
    )
    assert lines(drawn(record("cancelled")))[0] == "✋ *Cancelled.* Nothing was stored."
    assert "nothing of it counts" in lines(drawn(record("stopped")))[0]


def test_what_was_answered_stands_on_the_card() -> None:
    hints = Hints(currency="EUR", date_order="day first", columns={"Kosten netto": "spend"})
    assert lines(drawn(record(hints=hints)))[1].splitlines()[1] == (
        "You said: currency EUR, dates day first, `Kosten netto` is spend."
    )


def test_more_tells_what_each_column_was_taken_for() -> None:
    columns = (
        UsedColumn(name="CTR", place=0, why="a ratio"),
        UsedColumn(name="Kosten", place=1, field="spend", examples=("12,50",)),
    )
    message = details(record(scan=scan(columns=columns)), VOICE.marked)
    table = next(block for block in message.blocks if block["type"] == "table")
    assert [row[1].get("text") for row in table["rows"][1:]] == ["spend", "not used: a ratio"]
    assert labels(message) == ["Undo import…"]


def every_state(text: str) -> Iterator[Message]:
    """The card in each state, with this text wherever a file can put one."""
    rejects = tuple(Rejected(line=n, column=text, value=text, rule=f"not {text}") for n in range(9))
    questions = (
        COLUMN.model_copy(update={"column": text, "examples": (text, text)}),
        CURRENCY.model_copy(update={"column": text}),
        DATES.model_copy(update={"examples": (text,)}),
        DECIMAL.model_copy(update={"examples": (text,), "column": text}),
        Question(kind="days", text=text, column=text),
    )
    columns = tuple(UsedColumn(name=text, place=n, examples=(text,), why=text) for n in range(60))
    hostile = scan(
        platforms=(text, text),
        attribution=text,
        rejected=9,
        rejects=rejects,
        columns=columns,
        warnings=tuple(Warned(code="x", text=text) for _ in range(9)),
    )
    hints = Hints(columns={text: "spend"})
    alike = tuple(Alike(main=f"k{n}", name=text, others={"a": text}) for n in range(4))
    faults_ = tuple(BrokenRule(field=text, value=text, rule=text, line=n) for n in range(9))
    yield drawn(record("done", file=text, scan=hostile, hints=hints, alike=alike))
    yield drawn(record("reading", file=text))
    yield drawn(record("refused", file=text, faults=faults_))
    yield drawn(record("double", file=text, scan=hostile), before=record(file=text, scan=hostile))
    yield drawn(record("undone", file=text, scan=hostile))
    yield drawn(record("cancelled", file=text))
    yield details(record(file=text, scan=hostile), VOICE.marked)
    for asked in (*((each,) for each in questions), questions):
        found = record("asking", file=text, scan=hostile.model_copy(update={"questions": asked}))
        yield drawn(found)
        yield Message("", map_view(found, "C1")["blocks"])


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_out_of_a_file_acts(text: str) -> None:
    for message in every_state(text):
        marked = [told for kind, told in texts(message.blocks) if kind == "mrkdwn"]
        assert [live_tokens(each) for each in [*marked, message.text] if live_tokens(each)] == []


@pytest.mark.parametrize("text", ["x" * 5_000, "<" * 400, "名" * 300, " ", ""])
def test_every_state_keeps_to_slacks_limits_and_ours(text: str) -> None:
    for message in every_state(text):
        is_dialog = any(each["type"] == "input" for each in message.blocks)
        assert is_dialog or message_faults(message.blocks) == []
        assert faults(message.blocks) == []
        assert len(message.text) <= 150


@pytest.mark.parametrize("text", ["x" * 5_000, "<" * 400, "名" * 300, " ", "Kosten"])
def test_the_dialog_keeps_to_slacks_limits(text: str) -> None:
    questions = tuple(
        COLUMN.model_copy(update={"column": f"{text}{n}", "examples": (text,)}) for n in range(60)
    )
    found = record("asking", file=text, scan=scan(questions=(*questions, CURRENCY, DATES, DECIMAL)))
    assert view_faults(map_view(found, "C1")) == []
