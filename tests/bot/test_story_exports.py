"""Exports dropped into a channel: read exactly, asked about, or refused with what to do; each once."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, labels, shown

from bot import ids
from bot.listeners import HANDLERS
from bot.sandbox.sample_exports import EXPORTS
from engine.errors import AnsweredAlready
from engine.models.delivery import Delivery

SPACE = "\u00a0"
AT = datetime(2026, 3, 30, 9, tzinfo=UTC)
HEADER = "Day,Campaign name,Impressions,Link clicks,Amount spent (EUR),Results"
DAYS = tuple(f"2026-03-{day:02}" for day in range(2, 30))


def export(*names: str, header: str = HEADER, spend: float = 20.0, days: tuple[str, ...] = DAYS) -> bytes:
    """A table by day: one line a campaign and day, all alike."""
    lines = [f"{day},{name},1000,40,{spend:.2f},2" for day in days for name in names or ("lamp-sale",)]
    return "\n".join([header, *lines, ""]).encode()


def replies(team: Team, ts: str) -> list[dict[str, Any]]:
    every = team.workspace.messages(GROWTH, APPROVER)
    told = [each for each in every if each["thread_ts"] == ts and not each["ephemeral"]]
    return [each for each in told if each["user"] == "U0MARKO"]


def cards(team: Team, ts: str) -> list[dict[str, Any]]:
    """What Marko says in a file's thread, without the files that he puts there."""
    return [each for each in replies(team, ts) if each["blocks"]]


def card(team: Team, ts: str, words: str) -> dict[str, Any]:
    """Wait until the one card of a file says this."""

    def found() -> dict[str, Any] | None:
        told = cards(team, ts)
        return told[0] if told and words in shown(told[0]) else None

    message = team.wait(found)
    assert len(cards(team, ts)) == 1
    return message


def rejects(team: Team, ts: str) -> list[str]:
    """The ids of the files that Marko put into a thread."""
    return [each["id"] for message in replies(team, ts) for each in message.get("files") or []]


@both_ways
def test_an_export_is_taken_and_says_what_it_added(team: Team) -> None:
    ts = team.share("meta-march.csv", export("lamp-sale", "sofa-week"), user=MEMBER)["ts"]
    said = card(team, ts, "rows taken")
    assert shown(said).splitlines()[1:3] == [
        f"*56{SPACE}rows taken, none refused.* 2–29{SPACE}Mar, 1,120.00{SPACE}EUR, 112{SPACE}conversions.",
        "`meta-march.csv` · Meta, by campaign and day",
    ]
    assert labels(said) == ["Analyze", "More"]


@both_ways
def test_rows_that_break_a_rule_are_told_and_stand_in_a_file_in_the_thread(team: Team) -> None:
    bad = b"2026-03-02,=cmd(),1000,40,-12.00,0\n2026-03-03,lamp,91,940,3.00,0\n"
    ts = team.share("march.csv", export() + bad)["ts"]
    said = shown(card(team, ts, "rows taken, 2 refused."))
    assert 'Line 30, Amount spent (EUR): -12.00 breaks the rule "not negative".' in said
    assert 'Line 31, Link clicks: 940 breaks the rule "≤ impressions (91)".' in said
    assert "`rejects.csv` in this thread" in said
    (file,) = team.wait(lambda: rejects(team, ts))
    text = team.http.get(f"/ui/file/{file}").raise_for_status().content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == ["30", "Amount spent (EUR)", "-12.00", "not negative"]


@both_ways
def test_the_samples_of_the_guide_are_read_and_agree_with_their_own_totals(team: Team) -> None:
    for name in ("meta-ads.csv", "google-kampagnen.csv", "tiktok-by-day.csv"):
        body = {"user": APPROVER, "channel": GROWTH, "name": name}
        ts = team.http.post("/ui/sample", json=body).raise_for_status().json()["ts"]
        assert "The platform's own total row agrees:" in shown(card(team, ts, "rows taken"))


def test_every_sample_of_the_guide_exists(team: Team) -> None:
    steps = team.state()["guide"]["steps"]
    assert {file["name"] for step in steps for file in step.get("files", [])} == set(EXPORTS)


@both_ways
def test_the_same_bytes_again_add_nothing(team: Team) -> None:
    card(team, team.share("march.csv", export(), user=MEMBER)["ts"], "rows taken")
    again = team.share("march (2).csv", export())["ts"]
    said = card(team, again, "I have this file already")
    assert "by Member). Nothing was added." in shown(said)
    assert labels(said) == ["Open import"]


@both_ways
def test_a_file_that_another_corrected_is_taken_again(team: Team) -> None:
    card(team, team.share("march.csv", export())["ts"], "rows taken")
    card(team, team.share("march-new.csv", export(spend=21.0))["ts"], "days replaced")
    said = card(team, team.share("march.csv", export())["ts"], "days replaced")
    assert f"spend 588.00 → 560.00{SPACE}EUR." in shown(said)
    assert team.engine.data_known()[0].spend == {"EUR": 560}


@both_ways
def test_amounts_beyond_millionths_are_taken_rounded_and_the_card_says_so(team: Team) -> None:
    content = export().replace(b",20.00,", b",20.12345678,")
    said = card(team, team.share("march.csv", content)["ts"], "rows taken, none refused")
    assert "28 cells of Amount spent (EUR) rounded to six decimals" in shown(said)
    assert team.engine.data_known()[0].spend == {"EUR": 28 * Decimal("20.123457")}


@both_ways
def test_a_date_is_asked_in_the_order_of_its_platform_first(team: Team) -> None:
    header = "Start Date (in UTC),Campaign Name,Impressions,Clicks,Total Spent,Leads,Total Engagements"
    lines = [f"0{day}/04/2026,lamp-sale,1000,40,20.00,2,50" for day in (3, 5)]
    ts = team.share("linkedin.csv", "\n".join([header, *lines, ""]).encode())["ts"]
    said = card(team, ts, "LinkedIn mostly writes the month first")
    assert "4 March or 3 April?" in shown(said)


@both_ways
def test_what_is_no_table_is_refused_with_what_to_do(team: Team) -> None:
    ts = team.share("march.csv", b"hello\nworld\n")["ts"]
    said = card(team, ts, "Nothing taken from `march.csv`.")
    assert "drop it again" in shown(said)
    assert labels(said) == []


@both_ways
def test_an_unknown_currency_is_asked_and_the_answer_takes_the_rows(team: Team) -> None:
    ts = team.share("march.csv", export(header=HEADER.replace(" (EUR)", "")))["ts"]
    said = card(team, ts, "Which currency is `Amount spent`? Nothing is stored yet.")
    pick_currency(team, said, None)
    team.whisper("Choose the currency", user=APPROVER)
    pick_currency(team, said, "SEK", user=GUEST)
    done = card(team, ts, f"560.00{SPACE}SEK")
    assert "You said: currency SEK." in shown(done)


def pick_currency(team: Team, message: dict[str, Any], code: str | None, *, user: str = APPROVER) -> None:
    """Choose in the select, which by itself does nothing, and press [Import]."""
    block, element = button_of(message, "Import")
    select = block["elements"][0]
    chosen = next((each for each in select["options"] if each["value"] == code), None)
    state = {block["block_id"]: {select["action_id"]: {"type": "static_select", "selected_option": chosen}}}
    body = {
        "user": user,
        "channel": message["channel"],
        "message_ts": message["ts"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action": {"type": "button", "value": element["value"]},
        "state": {"values": state},
    }
    team.http.post("/ui/action", json=body).raise_for_status()


def button_of(message: dict[str, Any], label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in message["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["type"] == "button" and element["text"]["text"] == label:
                return block, element
    raise AssertionError(label)


def test_four_people_answering_at_once_are_one_import(team: Team) -> None:
    ts = team.share("march.csv", export(header=HEADER.replace(" (EUR)", "")))["ts"]
    said = card(team, ts, "Which currency")
    for user in (APPROVER, MEMBER, GUEST, APPROVER):
        pick_currency(team, said, "SEK", user=user)
    card(team, ts, f"560.00{SPACE}SEK")
    assert [each.rows for each in team.engine.data_known()] == [28]


@both_ways
def test_an_unclear_date_is_asked_by_two_buttons_that_say_the_days(team: Team) -> None:
    days = tuple(f"0{day}/0{month}/2026" for day, month in ((3, 2), (4, 2), (5, 2)))
    ts = team.share("march.csv", export(days=days))["ts"]
    said = card(team, ts, "Is `03/02/2026` 3 February or 2 March?")
    assert set(labels(said)) == {"3 February", "2 March"}
    click(team, said, "3 February")
    assert f"3–5{SPACE}Feb" in shown(card(team, ts, "rows taken"))


def click(team: Team, message: dict[str, Any], label: str, *, user: str = APPROVER) -> None:
    block, element = button_of(message, label)
    body = {
        "user": user,
        "channel": message["channel"],
        "message_ts": message["ts"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action": {"type": "button", "value": element["value"]},
    }
    team.http.post("/ui/action", json=body).raise_for_status()


@both_ways
def test_a_corrected_export_replaces_its_days_and_an_approver_can_undo_it(team: Team) -> None:
    card(team, team.share("march.csv", export())["ts"], "rows taken")
    ts = team.share("march-new.csv", export(spend=21.0))["ts"]
    said = card(team, ts, "days replaced")
    assert f"28{SPACE}days replaced, 2–29{SPACE}Mar: spend 560.00 → 588.00{SPACE}EUR." in shown(said)
    click(team, said, "Undo import…", user=MEMBER)
    team.whisper("Only <@U0APPROVER> can decide this. Your click changed nothing.", user=MEMBER)
    click(team, said, "Undo import…")
    card(team, ts, "Undone by")
    assert team.engine.data_known()[0].spend == {"EUR": 560}


@both_ways
def test_the_same_money_by_ad_set_is_never_counted_twice(team: Team) -> None:
    sets = b"\n".join(
        [
            b"Day,Campaign name,Ad set name,Impressions,Link clicks,Amount spent (EUR),Results",
            *(f"{day},lamp-sale,{part},500,20,10.00,1".encode() for day in DAYS for part in "ab"),
        ]
    )
    card(team, team.share("sets.csv", sets)["ts"], "rows taken")
    ts = team.share("campaigns.csv", export())["ts"]
    said = card(team, ts, f"Same money as `sets.csv` by ad set (560.00{SPACE}EUR).")
    assert labels(said) == ["They differ…", "Open import"]
    click(team, said, "They differ…", user=MEMBER)
    both = card(team, ts, "rows taken")
    assert "Counts beside `sets.csv`: a person said that the money of the two differs." in shown(both)
    assert sum(each.spend["EUR"] for each in team.engine.data_known()) == 1120
    with pytest.raises(AnsweredAlready):  # on a screen that is a moment behind
        press_late(team, said)


def press_late(team: Team, message: dict[str, Any]) -> None:
    _, element = button_of(message, "They differ…")
    payload = {"user": {"id": MEMBER}, "channel": {"id": GROWTH}, "actions": [{"value": element["value"]}]}
    assert team.sandbox.marko
    late = Delivery(key="late", kind="action", name=ids.IMPORT_DIFFER, payload=payload, received_at=AT)
    HANDLERS[f"action:{ids.IMPORT_DIFFER}"](late, team.sandbox.marko._crew._desk)


@both_ways
def test_analyze_shows_the_card_of_the_only_campaign(team: Team) -> None:
    ts = team.share("march.csv", export())["ts"]
    click(team, card(team, ts, "rows taken"), "Analyze", user=MEMBER)
    found = team.wait(lambda: team.find("lamp-sale · Meta") or team.find("`lamp-sale` · Meta"))
    assert found["thread_ts"] is None


def test_analyze_of_several_tells_each_verdict_with_a_button(team: Team) -> None:
    ts = team.share("march.csv", export("lamp-sale", "sofa-week"))["ts"]
    click(team, card(team, ts, "rows taken"), "Analyze", user=MEMBER)
    said = team.wait(lambda: next((each for each in cards(team, ts) if "`sofa-week`" in shown(each)), None))
    assert [block["accessory"]["text"]["text"] for block in said["blocks"] if "accessory" in block] == [
        "Analyze",
        "Analyze",
    ]


def test_what_became_worse_than_before_comes_first(team: Team) -> None:
    body = {"user": APPROVER, "channel": GROWTH, "name": "meta-ads.csv"}
    ts = team.http.post("/ui/sample", json=body).raise_for_status().json()["ts"]
    click(team, card(team, ts, "rows taken"), "Analyze")
    card(team, ts, "Analyze all again")
    first, *_ = [block for block in cards(team, ts)[0]["blocks"] if "accessory" in block]
    assert first["text"]["text"].startswith("`store-opening` *No forecast.*")
    assert "real" in first["text"]["text"]


def test_more_tells_what_each_column_was_taken_for(team: Team) -> None:
    ts = team.share("march.csv", export())["ts"]
    click(team, card(team, ts, "rows taken"), "More", user=MEMBER)
    told = team.whisper("How I read", user=MEMBER)
    assert "Link clicks\nclicks" in shown(told)


@both_ways
def test_the_same_event_again_and_again_is_one_card_and_one_file_of_refused_rows(team: Team) -> None:
    team.fault("deliver_twice")
    bad = b"2026-03-02,lamp,1000,40,-12.00,0\n"
    ts = team.share("march.csv", export() + bad)["ts"]
    card(team, ts, "1 refused.")
    team.wait(lambda: rejects(team, ts))
    later = team.share("april.csv", export("april-sale", spend=31.0))["ts"]
    card(team, later, "rows taken")
    assert len(rejects(team, ts)) == len(cards(team, ts)) == 1


@pytest.mark.parametrize("fault", ["drop_response_after_post"])
def test_a_lost_answer_posts_one_card_and_one_file(team: Team, fault: str) -> None:
    team.fault(fault)
    ts = team.share("march.csv", export() + b"2026-03-02,lamp,1000,40,-12.00,0\n")["ts"]
    card(team, ts, "1 refused.")
    team.wait(lambda: rejects(team, ts))
    assert len(rejects(team, ts)) == len(cards(team, ts)) == 1


def test_a_text_that_holds_an_export_is_taken_and_notes_are_left_alone(team: Team) -> None:
    ts = team.share("march.txt", export().replace(b",", b"\t"))["ts"]
    card(team, ts, "rows taken")
    left = team.share("notes.txt", b"spring-sale went well, see you, all\n- 3 things\n- 4 more\n")["ts"]
    card(team, team.share("b.csv", export("b", spend=31.0))["ts"], "rows taken")
    assert replies(team, left) == []


def test_rows_as_json_are_an_export(team: Team) -> None:
    same = {"campaign": "lamp", "impressions": 10, "clicks": 1, "cost": 2.5, "currency": "EUR"}
    rows = [{"date": day} | same for day in DAYS]
    ts = team.share("rows.json", json.dumps(rows).encode())["ts"]
    card(team, ts, "28\u00a0rows taken")


def test_a_file_larger_than_the_limit_is_not_even_fetched(team: Team) -> None:
    team.sandbox.marko._room.most = 100
    ts = team.share("march.csv", export())["ts"]
    card(team, ts, "It is larger than I read.")


def test_a_name_that_would_act_is_letters_only(team: Team) -> None:
    ts = team.share("<!channel> `x`.csv", export("<@U0APPROVER> *b*"))["ts"]
    said = shown(card(team, ts, "rows taken"))
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said
