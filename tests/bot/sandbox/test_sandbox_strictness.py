"""Every limit twice: what Slack refuses, and its neighbour just inside, which it takes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox import strictness
from bot.sandbox.block_tree import first_state, named

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("Beat the forecast."), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Approve"), "action_id": "approve", **more}


def buttons(count: int) -> Json:
    return {"type": "actions", "elements": [button(action_id=f"approve-{i}") for i in range(count)]}


def in_actions(element: Json) -> list[Json]:
    return [{"type": "actions", "elements": [element]}]


def in_input(element: Json, **more: Any) -> list[Json]:
    return [{"type": "input", "label": plain("Note"), "element": element, **more}]


def option(text: str = "28 days", value: str = "28", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Json]:
    return [option(value=str(i)) for i in range(count)]


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "window", "options": options(2), **more}


def confirm(**more: str) -> Json:
    texts = {"title": "Raise?", "text": "440 to 506 EUR", "confirm": "Raise", "deny": "Back", **more}
    return {key: plain(text) for key, text in texts.items()}


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "CPA", **more}


def cells(count: int, text: str = "2.02 %") -> list[Json]:
    return [{"type": "raw_text", "text": text} for _ in range(count)]


def table(rows: int = 1, columns: int = 1, text: str = "2.02 %", **more: Any) -> Json:
    return {"type": "table", "rows": [cells(columns, text) for _ in range(rows)], **more}


def data_table(rows: int = 2, **more: Any) -> Json:
    return {"type": "data_table", "caption": "Similar", "rows": [cells(2) for _ in range(rows)], **more}


def pie(segments: int = 2, **more: Any) -> Json:
    parts = [{"label": f"part {i}", "value": i + 1} for i in range(segments)]
    return {"type": "data_visualization", "title": "CPA", "chart": {"type": "pie", "segments": parts}, **more}


def bars(series: int = 1, categories: int = 2, name: str = "CPA {}", label: str = "week {}") -> Json:
    names = [label.format(i) for i in range(categories)]
    points = [{"label": one, "value": 31.0} for one in names]
    lines = [{"name": name.format(i), "data": points} for i in range(series)]
    chart = {"type": "bar", "series": lines, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "CPA", "chart": chart}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Reject"), "blocks": [section()], **more}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "note", **more}


def video(**more: Any) -> Json:
    where = {"video_url": "https://example.com/v", "thumbnail_url": "https://example.com/t"}
    return {"type": "video", "title": plain("Beach"), "alt_text": "Beach", **where, **more}


def container(children: int, **more: Any) -> list[Json]:
    inside = [section() for _ in range(children)]
    return [{"type": "container", "title": plain("Evidence"), "child_blocks": inside, **more}]


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain("beach-video"), **more}


def feedback(**more: Any) -> Json:
    thumbs = {"positive_button": {"text": plain("Right"), "value": "right"}}
    thumbs["negative_button"] = {"text": plain("Wrong"), "value": "wrong", **more}
    element = {"type": "feedback_buttons", "action_id": "verdict", **thumbs}
    return {"type": "context_actions", "elements": [element]}


MESSAGES = {
    "blocks": ([section()] * 51, [section()] * 50),
    "block is an object": (["section"], [section()]),
    "unknown block": ([{"type": "paragraph"}], [{"type": "divider"}]),
    "unknown property": ([section(colour="red")], [section(expand=True)]),
    "block_id": ([section(block_id="b" * 256)], [section(block_id="b" * 255)]),
    "block_id twice": (
        [section(block_id="a"), section(block_id="a")],
        [section(block_id="a"), section(block_id="b")],
    ),
    "action_id twice": (
        [{"type": "actions", "elements": [button(), button()]}],
        [*in_actions(button()), *in_actions(button())],
    ),
    "section text": ([section(text=mrkdwn("x" * 3001))], [section(text=mrkdwn("x" * 3000))]),
    "section empty text": ([section(text=mrkdwn(""))], [section(text=mrkdwn("x"))]),
    "section of nothing": ([{"type": "section"}], [{"type": "section", "fields": [mrkdwn("x")]}]),
    "section fields": ([section(fields=[plain("x")] * 11)], [section(fields=[plain("x")] * 10)]),
    "field text": ([section(fields=[plain("x" * 2001)])], [section(fields=[plain("x" * 2000)])]),
    "section accessory": ([section(accessory=typed())], [section(accessory=button())]),
    "header text": (
        [{"type": "header", "text": plain("x" * 151)}],
        [{"type": "header", "text": plain("x" * 150)}],
    ),
    "header is plain": (
        [{"type": "header", "text": mrkdwn("x")}],
        [{"type": "header", "text": plain("x")}],
    ),
    "actions many": ([buttons(26)], [buttons(25)]),
    "actions none": ([buttons(0)], [buttons(1)]),
    "actions hold": (in_actions(typed()), in_actions(select())),
    "context many": (
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    ),
    "context none": (
        [{"type": "context", "elements": []}],
        [{"type": "context", "elements": [image()]}],
    ),
    "button text": (in_actions(button(text=plain("x" * 76))), in_actions(button(text=plain("x" * 75)))),
    "button is plain": (in_actions(button(text=mrkdwn("x"))), in_actions(button(text=plain("x")))),
    "button value": (in_actions(button(value="x" * 2001)), in_actions(button(value="x" * 2000))),
    "button url": (in_actions(button(url="x" * 3001)), in_actions(button(url="x" * 3000))),
    "button style": (in_actions(button(style="default")), in_actions(button(style="danger"))),
    "action_id": (in_actions(button(action_id="x" * 256)), in_actions(button(action_id="x" * 255))),
    "accessibility_label": (
        in_actions(button(accessibility_label="x" * 76)),
        in_actions(button(accessibility_label="x" * 75)),
    ),
    "button property": (in_actions(button(colour="red")), in_actions(button(style="primary"))),
    "confirm title": (
        in_actions(button(confirm=confirm(title="x" * 101))),
        in_actions(button(confirm=confirm(title="x" * 100))),
    ),
    "confirm text": (
        in_actions(button(confirm=confirm(text="x" * 301))),
        in_actions(button(confirm=confirm(text="x" * 300))),
    ),
    "confirm confirm": (
        in_actions(button(confirm=confirm(confirm="x" * 31))),
        in_actions(button(confirm=confirm(confirm="x" * 30))),
    ),
    "confirm deny": (
        in_actions(button(confirm=confirm(deny="x" * 31))),
        in_actions(button(confirm=confirm(deny="x" * 30))),
    ),
    "options many": (in_actions(select(options=options(101))), in_actions(select(options=options(100)))),
    "options none": (in_actions(select(options=[])), in_actions(select(options=options(1)))),
    "option text": (
        in_actions(select(options=[option(text="x" * 76)])),
        in_actions(select(options=[option(text="x" * 75)])),
    ),
    "option value": (
        in_actions(select(options=[option(value="x" * 151)])),
        in_actions(select(options=[option(value="x" * 150)])),
    ),
    "option description": (
        in_actions(select(options=[option(description=plain("x" * 76))])),
        in_actions(select(options=[option(description=plain("x" * 75))])),
    ),
    "option groups": (
        in_actions(select(options=None, option_groups=[{"label": plain("x" * 76), "options": options(1)}])),
        in_actions(select(options=None, option_groups=[{"label": plain("x" * 75), "options": options(1)}])),
    ),
    "initial option": (
        in_actions(select(initial_option=option(value="99"))),
        in_actions(select(initial_option=options(2)[1])),
    ),
    "placeholder": (
        in_actions(select(placeholder=plain("x" * 151))),
        in_actions(select(placeholder=plain("x" * 150))),
    ),
    "overflow many": (
        in_actions({"type": "overflow", "action_id": "more", "options": options(6)}),
        in_actions({"type": "overflow", "action_id": "more", "options": options(5)}),
    ),
    "overflow none": (
        in_actions({"type": "overflow", "action_id": "more", "options": []}),
        in_actions({"type": "overflow", "action_id": "more", "options": options(1)}),
    ),
    "radio many": (
        in_actions({"type": "radio_buttons", "action_id": "why", "options": options(11)}),
        in_actions({"type": "radio_buttons", "action_id": "why", "options": options(10)}),
    ),
    "checkboxes many": (
        in_actions({"type": "checkboxes", "action_id": "why", "options": options(11)}),
        in_actions({"type": "checkboxes", "action_id": "why", "options": options(10)}),
    ),
    "image alt": ([image(alt_text=None)], [image()]),
    "image alt text": ([image(alt_text="x" * 2001)], [image(alt_text="x" * 2000)]),
    "image of nothing": ([image(image_url=None)], [image(image_url=None, slack_file={"id": "F0A"})]),
    "image of two": ([image(slack_file={"id": "F0A"})], [image()]),
    "image url": (
        [image(image_url="https://" + "x" * 2993)],
        [image(image_url="https://" + "x" * 2992)],
    ),
    "image title": ([image(title=plain("x" * 2001))], [image(title=plain("x" * 2000))]),
    "image element alt": (
        [{"type": "context", "elements": [image(alt_text="")]}],
        [{"type": "context", "elements": [image()]}],
    ),
    "table rows": ([table(rows=101)], [table(rows=100)]),
    "table no rows": ([table(rows=0)], [table(rows=1)]),
    "table columns": ([table(columns=21)], [table(columns=20)]),
    "table empty cell": ([table(text="")], [table(text="x")]),
    "table characters": ([table(rows=2, text="x" * 5001)], [table(rows=2, text="x" * 5000)]),
    "table settings": (
        [table(column_settings=[{"align": "middle"}])],
        [table(column_settings=[{"align": "right"}, None])],
    ),
    "table settings many": ([table(column_settings=[{}] * 21)], [table(column_settings=[{}] * 20)]),
    "two tables": ([table(), table()], [table()]),
    "table cell kind": (
        [{"type": "table", "rows": [[{"type": "plain_text", "text": "x"}]]}],
        [{"type": "table", "rows": [[{"type": "raw_number", "value": 31, "text": "31.00"}]]}],
    ),
    "data_table rows": ([data_table(rows=102)], [data_table(rows=101)]),
    "data_table header alone": ([data_table(rows=1)], [data_table(rows=2)]),
    "data_table caption": ([data_table(caption=None)], [data_table()]),
    "data_table lengths": (
        [data_table(rows=2) | {"rows": [cells(2), cells(1)]}],
        [data_table(rows=2) | {"rows": [cells(2), cells(2)]}],
    ),
    "data_table page": ([data_table(page_size=101)], [data_table(page_size=100)]),
    "chart title": ([pie(title="x" * 51)], [pie(title="x" * 50)]),
    "pie segments": ([pie(segments=7)], [pie(segments=6)]),
    "chart series": ([bars(series=7)], [bars(series=6)]),
    "chart categories": ([bars(categories=21)], [bars(categories=20)]),
    "chart names": ([bars(series=2, name="CPA")], [bars(series=2)]),
    "chart name": ([bars(name="x" * 21)], [bars(name="x" * 20)]),
    "chart label": (
        [bars(categories=1, label="x" * 21)],
        [bars(categories=1, label="x" * 20)],
    ),
    "three charts": ([pie(), pie(), pie()], [pie(), pie()]),
    "markdown": (
        [{"type": "markdown", "text": "x" * 12_001}],
        [{"type": "markdown", "text": "x" * 12_000}],
    ),
    "markdown together": (
        [{"type": "markdown", "text": "x" * 6001}, {"type": "markdown", "text": "x" * 6000}],
        [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6000}],
    ),
    "context_actions many": (
        [{"type": "context_actions", "elements": feedback()["elements"] * 6}],
        [{"type": "context_actions", "elements": feedback()["elements"]}],
    ),
    "feedback text": ([feedback(text=plain("x" * 76))], [feedback(text=plain("x" * 75))]),
    "feedback value": ([feedback(value="x" * 2001)], [feedback(value="x" * 2000)]),
    "video title": ([video(title=plain("x" * 200))], [video(title=plain("x" * 199))]),
    "video author": ([video(author_name="x" * 50)], [video(author_name="x" * 49)]),
    "card title": ([card(title=plain("x" * 151))], [card(title=plain("x" * 150))]),
    "card body": ([card(body=mrkdwn("x" * 201))], [card(body=mrkdwn("x" * 200))]),
    "card of nothing": ([{"type": "card"}], [card()]),
    "carousel many": (
        [{"type": "carousel", "elements": [card()] * 11}],
        [{"type": "carousel", "elements": [card()] * 10}],
    ),
    "container many": (container(11), container(10)),
    "container holds": (
        container(0, child_blocks=[{"type": "markdown", "text": "x"}]),
        container(0, child_blocks=[{"type": "divider"}]),
    ),
    "file block": ([{"type": "file", "source": "remote", "external_id": "a"}], [section()]),
    "alert in a message": ([{"type": "alert", "text": plain("x")}], [section()]),
    "file input in a message": (
        in_input({"type": "file_input", "action_id": "file"}),
        in_input(typed()),
    ),
    "rich text parts": (
        [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}],
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    ),
}

VIEWS = {
    "type": ({**modal(), "type": "sheet"}, modal()),
    "title": (modal(title=plain("x" * 25)), modal(title=plain("x" * 24))),
    "no title": (modal(title=None), modal()),
    "submit": (modal(submit=plain("x" * 25)), modal(submit=plain("x" * 24))),
    "close": (modal(close=plain("x" * 25)), modal(close=plain("x" * 24))),
    "private_metadata": (modal(private_metadata="x" * 3001), modal(private_metadata="x" * 3000)),
    "callback_id": (modal(callback_id="x" * 256), modal(callback_id="x" * 255)),
    "blocks": (modal(blocks=[section()] * 101), modal(blocks=[section()] * 100)),
    "no blocks": (modal(blocks=[]), modal(blocks=[section()])),
    "property": (modal(colour="red"), modal(notify_on_close=True)),
    "input needs submit": (
        modal(blocks=in_input(typed())),
        modal(blocks=in_input(typed()), submit=plain("Reject")),
    ),
    "label": (
        modal(blocks=in_input(typed(), label=plain("x" * 2001)), submit=plain("Reject")),
        modal(blocks=in_input(typed(), label=plain("x" * 2000)), submit=plain("Reject")),
    ),
    "hint": (
        modal(blocks=in_input(typed(), hint=plain("x" * 2001)), submit=plain("Reject")),
        modal(blocks=in_input(typed(), hint=plain("x" * 2000)), submit=plain("Reject")),
    ),
    "max_length": (
        modal(blocks=in_input(typed(max_length=3001)), submit=plain("Reject")),
        modal(blocks=in_input(typed(max_length=3000)), submit=plain("Reject")),
    ),
    "initial_value": (
        modal(blocks=in_input(typed(initial_value="x" * 11, max_length=10)), submit=plain("Reject")),
        modal(blocks=in_input(typed(initial_value="x" * 10, max_length=10)), submit=plain("Reject")),
    ),
    "input holds": (
        modal(blocks=in_input(button()), submit=plain("Reject")),
        modal(blocks=in_input(select()), submit=plain("Reject")),
    ),
    "number input": (
        modal(blocks=in_input({"type": "number_input", "action_id": "n"}), submit=plain("Save")),
        modal(
            blocks=in_input({"type": "number_input", "action_id": "n", "is_decimal_allowed": False}),
            submit=plain("Save"),
        ),
    ),
    "files": (
        modal(blocks=in_input({"type": "file_input", "max_files": 11}), submit=plain("Save")),
        modal(blocks=in_input({"type": "file_input", "max_files": 10}), submit=plain("Save")),
    ),
    "alert text": (
        modal(blocks=[{"type": "alert", "text": plain("x" * 201)}]),
        modal(blocks=[{"type": "alert", "text": plain("x" * 200)}]),
    ),
    "table in a modal": (modal(blocks=[table()]), modal()),
    "markdown in a modal": (modal(blocks=[{"type": "markdown", "text": "x"}]), modal()),
    "card in a modal": (modal(blocks=[card()]), modal()),
    "table at home": ({"type": "home", "blocks": [table()]}, {"type": "home", "blocks": [section()]}),
    "submit at home": (
        {"type": "home", "blocks": [], "submit": plain("Save")},
        {"type": "home", "blocks": []},
    ),
}


@pytest.mark.parametrize("refused", [pair[0] for pair in MESSAGES.values()], ids=list(MESSAGES))
def test_a_message_just_outside_a_limit_is_refused(refused: list[Json]) -> None:
    assert strictness.message_faults(refused)


@pytest.mark.parametrize("taken", [pair[1] for pair in MESSAGES.values()], ids=list(MESSAGES))
def test_a_message_just_inside_a_limit_is_taken(taken: list[Json]) -> None:
    assert strictness.message_faults(taken) == []


@pytest.mark.parametrize("refused", [pair[0] for pair in VIEWS.values()], ids=list(VIEWS))
def test_a_view_just_outside_a_limit_is_refused(refused: Json) -> None:
    assert strictness.view_faults(refused)


@pytest.mark.parametrize("taken", [pair[1] for pair in VIEWS.values()], ids=list(VIEWS))
def test_a_view_just_inside_a_limit_is_taken(taken: Json) -> None:
    assert strictness.view_faults(taken) == []


def test_all_faults_are_told_at_once_each_with_its_place() -> None:
    blocks = [
        section(text=mrkdwn("x" * 3001), accessory=button(text=plain("x" * 76))),
        {"type": "paragraph"},
    ]
    assert [str(fault) for fault in strictness.message_faults(blocks)] == [
        "A section's text must have 1 to 3000 characters, it has 3001. [json-pointer:/blocks/0/text/text]",
        "A button's text must have 1 to 75 characters, it has 76. "
        "[json-pointer:/blocks/0/accessory/text/text]",
        "No block has the type 'paragraph'. [json-pointer:/blocks/1/type]",
    ]


def test_what_is_no_block_at_all_is_a_fault_and_no_crash() -> None:
    odd: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        {"type": 7},
        {"type": "actions", "elements": [None, {"type": []}]},
    ]
    odd += [{"type": "container", "child_blocks": [None]}, {"type": "table", "rows": [None, [None]]}]
    odd += [{"type": "input", "element": []}, {"type": "section", "fields": "x", "accessory": 3}]
    odd += [{"type": "data_visualization", "chart": {"type": "bar", "axis_config": {}, "series": [None]}}]
    assert len(strictness.message_faults(odd)) >= len(odd)
    assert strictness.message_faults({"type": "section"})
    assert strictness.view_faults(None)
    assert strictness.view_faults({"type": "modal", "blocks": "none"})


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value; of long lists only the beginning."""
    items = (
        value.items() if isinstance(value, dict) else enumerate(value[:3] if isinstance(value, list) else [])
    )
    return [path, *(place for key, inner in items for place in places(inner, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A JSON value with one place changed."""
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


ODD = st.sampled_from(
    [None, 0, -1, 7.5, True, "", "x", [], {}, [None], ["x"], [[]], {"type": []}, {"text": 1}]
)
SMALL = [pair[1] for pair in MESSAGES.values() if len(pair[1]) < 3]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_a_bot_sends_is_judged_without_a_crash_and_what_passes_can_be_kept(data: Any) -> None:
    taken = data.draw(st.sampled_from(SMALL))
    odd = replaced(taken, data.draw(st.sampled_from(places(taken))), data.draw(ODD))
    if not strictness.message_faults(odd):
        first_state(named(odd))
    strictness.view_faults(modal(blocks=odd))


@pytest.mark.parametrize(
    ("text", "blocks", "code"),
    [
        ("x" * 4001, None, "msg_too_long"),
        ("x" * 4000, None, None),
        ("", [], "no_text"),
        (None, None, "no_text"),
        ("", [section()], None),
    ],
)
def test_a_message_says_something_and_not_too_much(text: Any, blocks: Any, code: str | None) -> None:
    assert strictness.text_error(text, blocks) == code


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ("card", "invalid_metadata_format"),
        ({"event_type": "card"}, "invalid_metadata_schema"),
        ({"event_type": 7, "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "card", "event_payload": []}, "invalid_metadata_schema"),
        ({"event_type": "card", "event_payload": {}, "id": 1}, "invalid_metadata_schema"),
        ({"event_type": "card", "event_payload": {"key": "x" * 8000}}, "metadata_too_large"),
        ({"event_type": "card", "event_payload": {"key": "x" * 7000}}, None),
        ({}, None),
        (None, None),
    ],
)
def test_metadata_has_slacks_shape(metadata: Any, code: str | None) -> None:
    assert strictness.metadata_error(metadata) == code
