"""Exports that take their time or leave something open: cancelled, answered, mapped, taken up again."""

import sys
from datetime import UTC, datetime
from typing import Any

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, labels, shown
from test_story_exports import HEADER, button_of, card, cards, click, export, pick_currency

from bot import ids
from bot.listeners import HANDLERS
from bot.reading_room import ReadingRoom
from engine.models.delivery import Delivery

AT = datetime(2026, 3, 30, 9, tzinfo=UTC)
SPACE = "\u00a0"
# A child that says how far it is and then never ends, as with a file that is far too large.
ENDLESS = (
    sys.executable,
    "-c",
    "import sys, time\nsys.stdin.readline()\n"
    'print(\'{"read": 38000, "about": 412000}\', flush=True)\ntime.sleep(999)',
)
ODD = "Wann,Wo,Gesehen,Getippt,Bezahlt,Erreicht"


def read_for_ever(team: Team) -> None:
    """From now on files are read by a child that never ends."""
    marko = team.sandbox.marko
    assert marko
    for seat in marko._room._seats:
        seat._child._command = ENDLESS


def room(team: Team) -> ReadingRoom:
    assert team.sandbox.marko
    return team.sandbox.marko._room


@both_ways
def test_a_long_file_says_how_far_it_is_and_anyone_may_cancel_it(team: Team) -> None:
    read_for_ever(team)
    ts = team.share("year.csv", export())["ts"]
    said = card(team, ts, "Reading `year.csv`: 38,000 of about 412,000 rows.")
    assert labels(said) == ["Cancel"]
    click(team, said, "Cancel", user=GUEST)
    card(team, ts, "Nothing was stored.")
    team.wait(lambda: not room(team).pids)
    assert team.engine.data_known() == ()


@both_ways
def test_a_file_that_was_being_read_is_read_after_a_restart(team: Team) -> None:
    read_for_ever(team)
    ts = team.share("year.csv", export())["ts"]
    team.wait(lambda: room(team).pids)
    team.sandbox.disconnect()
    team.sandbox.connect()
    card(team, ts, f"28{SPACE}rows taken")


def test_an_answer_that_was_being_worked_on_is_taken_up_after_a_restart(team: Team) -> None:
    ts = team.share("march.csv", export(header=HEADER.replace(" (EUR)", "")))["ts"]
    said = card(team, ts, "Which currency")
    room(team).close()  # the bot is stopping: no file is read any more
    pick_currency(team, said, "SEK")
    card(team, ts, "Reading `march.csv`.")
    team.sandbox.disconnect()
    team.sandbox.connect()
    card(team, ts, f"560.00{SPACE}SEK")


@both_ways
def test_unknown_columns_are_mapped_in_a_dialog_and_remembered_for_that_shape(team: Team) -> None:
    ts = team.share("march.csv", export(header=ODD))["ts"]
    said = card(team, ts, "I need to know:")
    assert labels(said) == ["Map columns"]
    click(team, said, "Map columns", user=MEMBER)
    view = team.view(MEMBER)
    values = chosen(view, {"Bezahlt": "spend", "Wann": "day", "Wo": "campaign"}) | {"currency": "EUR"}
    submit(team, view, values)
    done = card(team, ts, f"560.00{SPACE}EUR")
    assert "`Bezahlt` is spend" in shown(done)
    again = team.share("april.csv", export(header=ODD, spend=33.0))["ts"]
    card(team, again, f"924.00{SPACE}EUR")


def chosen(view: dict[str, Any], fields: dict[str, str]) -> dict[str, str]:
    """What each column is, by the block that asks for it."""
    values: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            name = block["label"]["text"].partition("”")[0].removeprefix("“")
            values |= {block["block_id"]: fields[name]} if name in fields else {}
    return values


def submit(team: Team, view: dict[str, Any], values: dict[str, str], *, user: str = MEMBER) -> None:
    """Submit the dialog; what it began with stays, also the mark that it is to be remembered."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, block_id = block["element"], block["block_id"]
        entry: dict[str, Any] = {"type": element["type"]}
        if element["type"] == "checkboxes":
            entry["selected_options"] = element.get("initial_options", [])
        else:
            options = [each for each in element["options"] if each["value"] == values.get(block_id)]
            entry["selected_option"] = options[0] if options else element.get("initial_option")
        state[block_id] = {element["action_id"]: entry}
    body = {"user": user, "view_id": view["id"], "values": state}
    team.http.post("/ui/view/submit", json=body).raise_for_status()


def test_two_columns_for_one_number_are_refused_at_the_second(team: Team) -> None:
    ts = team.share("march.csv", export(header=ODD))["ts"]
    click(team, card(team, ts, "I need to know:"), "Map columns", user=MEMBER)
    view = team.view(MEMBER)
    submit(team, view, chosen(view, {"Bezahlt": "spend", "Wann": "spend", "Wo": "campaign"}))
    assert "is the spend already" in str(team.view(MEMBER)) or team.view(MEMBER)["id"] == view["id"]
    assert "I need to know:" in shown(cards(team, ts)[0])


def test_a_file_that_is_gone_when_somebody_answers_is_told_so(team: Team) -> None:
    shared = team.share("march.csv", export(header=HEADER.replace(" (EUR)", "")))
    said = card(team, shared["ts"], "Which currency")
    forget(team, shared["files"][0])
    pick_currency(team, said, "SEK")
    card(team, shared["ts"], "The file is no longer in Slack")


def forget(team: Team, file: str) -> None:
    """Somebody deletes the file in Slack."""
    team.sandbox.server._parts.files._files.pop(file)


@both_ways
def test_a_total_that_differs_is_taken_only_when_somebody_wants_the_rows(team: Team) -> None:
    ts = team.share("march.csv", export() + b"Total,,28000,1120,999.00,56\n")["ts"]
    said = card(team, ts, f"Rows add up to 560.00{SPACE}EUR, the file's total says 999.00{SPACE}EUR.")
    assert team.engine.data_known() == ()
    assert "confirm" in button_of(said, "Import the rows…")[1]
    click(team, said, "Import the rows…")
    card(team, ts, "You had me take the rows.")


def test_a_button_that_was_answered_changes_nothing_and_says_so(team: Team) -> None:
    ts = team.share("march.csv", export(header=HEADER.replace(" (EUR)", "")))["ts"]
    said = card(team, ts, "Which currency")
    pick_currency(team, said, "SEK")
    card(team, ts, "rows taken")
    press_late(team, said, "USD")
    team.whisper("That was answered already", user=APPROVER)
    assert [each.spend for each in team.engine.data_known()] == [{"SEK": 560}]


def press_late(team: Team, message: dict[str, Any], code: str) -> None:
    """Press a button of a message as it was, as somebody does whose screen is a moment behind."""
    block, element = button_of(message, "Import")
    select = block["elements"][0]["action_id"]
    state = {block["block_id"]: {select: {"selected_option": {"value": code}}}}
    payload = {
        "user": {"id": APPROVER},
        "channel": {"id": GROWTH},
        "actions": [{"value": element["value"], "block_id": block["block_id"]}],
        "state": {"values": state},
    }
    assert team.sandbox.marko
    desk = team.sandbox.marko._crew._desk
    late = Delivery(key="late", kind="action", name=ids.IMPORT_WITH, payload=payload, received_at=AT)
    HANDLERS[f"action:{ids.IMPORT_WITH}"](late, desk)


@both_ways
def test_names_alike_are_one_campaign_after_a_press(team: Team) -> None:
    ts = team.share("march.csv", export("store-opening", "Store_Openings"))["ts"]
    said = card(team, ts, "one campaign?")
    click(team, said, "One", user=MEMBER)
    card(team, ts, "One campaign: `")
