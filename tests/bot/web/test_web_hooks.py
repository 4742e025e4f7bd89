"""The door of data webhooks: who is let in, what is taken, and what is answered before anything is read."""

import base64
import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from bot_team import GROWTH, Team
from hook_sender import KEY, NEXT_KEY, STRANGER, Sender, export, headers
from web_room import announce, client

from bot.web.hooks import LONGEST, _Signed, is_genuine

DOOR = "/hooks/ingest/n8n-meta"
BODY = export()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = Team(
        tmp_path_factory.mktemp("hooks"),
        filled=False,
        port=0,
        MARKO_HOOK_SECRET=KEY,
        MARKO_HOOK_SECRET_MAKE=f"{NEXT_KEY} {KEY}",
        MARKO_HOOK_SECRET_SHOP_2=NEXT_KEY,
        MARKO_HOOK_CHANNEL=GROWTH,
    )
    yield made
    made.close()


@pytest.fixture
def sender(team: Team) -> Sender:
    return Sender(team)


def refused(answer: httpx.Response, status: int, words: str) -> None:
    assert (answer.status_code, sorted(answer.json())) == (status, ["error", "faults"]), answer.text
    assert words in answer.json()["error"]


def accepted(team: Team) -> int:
    with team.engine._memory.reading() as reading:
        return int(reading._connection.exec_driver_sql("SELECT count(*) FROM hook_deliveries").scalar_one())


def test_what_is_signed_is_accepted_with_an_id(sender: Sender) -> None:
    answer = sender.send("msg_first", BODY)
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    assert sorted(answer.json()) == ["id", "status"]
    assert answer.json()["id"].startswith("hook_")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"keys": (STRANGER,)}, "signature is wrong"),
        ({"keys": (NEXT_KEY,)}, "signature is wrong"),
        ({"age_s": 310.0}, "more than 300 s off"),
        ({"age_s": -310.0}, "more than 300 s off"),
    ],
)
def test_what_is_forged_or_stale_is_401(team: Team, sender: Sender, how: dict[str, Any], words: str) -> None:
    before = accepted(team)
    refused(sender.send("msg_forged", BODY, **how), 401, words)
    assert accepted(team) == before


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", "x y", "ünfug", "-1", "1e9", "NaN", "v1,", "v1,AAAA", "9" * 400])
def test_what_lacks_or_changes_a_signed_header_is_401(
    team: Team, sender: Sender, name: str, value: str | None
) -> None:
    before = accepted(team)
    given: dict[str, Any] = headers("msg_headers", BODY)
    given |= {name: value.encode()} if value is not None else {}
    given = given if value is not None else {key: each for key, each in given.items() if key != name}
    refused(sender.post(BODY, given), 401, "")
    assert accepted(team) == before


def test_a_changed_body_id_or_moment_is_401(team: Team, sender: Sender) -> None:
    before, given = accepted(team), headers("msg_changed", BODY)
    later = str(int(given["webhook-timestamp"]) + 1)
    for body, changed in [
        (BODY + b" ", given),
        (BODY.replace(b"20.00", b"90.00"), given),
        (BODY, given | {"webhook-id": "msg_changed2"}),
        (BODY, given | {"webhook-timestamp": later}),
        (BODY, given | {"webhook-signature": given["webhook-signature"].replace("v1,", "v1a,")}),
        (BODY, given | {"webhook-signature": given["webhook-signature"].swapcase()}),
    ]:
        refused(sender.post(body, changed), 401, "signature is wrong")
    assert accepted(team) == before


def test_one_fitting_signature_of_several_is_enough_and_both_keys_count_while_one_is_replaced(
    team: Team,
) -> None:
    make = Sender(team, "make")
    for number, keys in enumerate([(KEY,), (NEXT_KEY,), (STRANGER, NEXT_KEY), (NEXT_KEY, KEY)]):
        answer = make.send(f"msg_{number}", export(f"lamp-{number}", spend=10 + number), keys=keys)
        assert answer.status_code == 202, answer.text
    refused(make.send("msg_x", BODY, keys=(STRANGER,)), 401, "signature is wrong")


def test_a_source_with_a_key_of_its_own_takes_no_other(team: Team) -> None:
    shop = Sender(team, "shop-2")
    refused(shop.send("msg_1", BODY, keys=(KEY,)), 401, "signature is wrong")
    assert shop.send("msg_1", export("shop", spend=7), keys=(NEXT_KEY,)).status_code == 202


def test_the_same_bytes_and_id_at_another_source_are_a_replay(team: Team, sender: Sender) -> None:
    body = export("replayed", spend=3)
    given = headers("msg_replayed", body)
    first = sender.post(body, given)
    other = Sender(team, "somewhere-else").post(body, given)
    assert (first.status_code, other.status_code) == (202, 200)
    assert other.json() == {"id": first.json()["id"], "status": "duplicate"}
    # Another program that counts from 1 as well is none.
    assert Sender(team, "somewhere-else").send("msg_replayed", export("own", spend=4)).status_code == 202


def test_our_check_agrees_with_the_package_over_any_text() -> None:
    for number, body in enumerate([b"{}", "ü\n€".encode(), b"a" * 100_000]):
        given = headers(f"msg_{number}", body, keys=(STRANGER, KEY))
        signed = _Signed(*(given[f"webhook-{each}"] for each in ("id", "timestamp", "signature")))
        assert is_genuine((KEY,), signed, body)
        assert not is_genuine((NEXT_KEY,), signed, body)
        assert not is_genuine((), signed, body)


def test_a_spreadsheet_is_taken_as_its_bytes(team: Team, sender: Sender) -> None:
    book = openpyxl.Workbook()
    for line in export("sheet", spend=5).decode().splitlines():
        book.active.append(line.split(","))
    held = io.BytesIO()
    book.save(held)
    stamp = str(int(time.time()))
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    mac = hmac.new(key, b"msg_sheet." + stamp.encode() + b"." + held.getvalue(), hashlib.sha256).digest()
    given = {
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "webhook-id": "msg_sheet",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
    assert sender.post(held.getvalue(), given, query="?file=march.xlsx").status_code == 202
    team.wait(lambda: any(each.file == "march.xlsx" for each in recent(team)))


def recent(team: Team) -> list[Any]:
    with team.engine._memory.reading() as reading:
        return [each for each in reading.recent_imports(50) if each.state == "done"]


def test_a_form_is_refused_with_the_way_out(sender: Sender) -> None:
    refused(sender.send("msg_form", BODY, media="multipart/form-data; boundary=x"), 415, "?file=NAME.csv")
    refused(sender.send("msg_form", BODY, media="text/html"), 415, "Send application/json, text/csv")
    refused(
        sender.post(BODY, headers("msg_gz", BODY) | {"Content-Encoding": "gzip"}), 415, "application/gzip"
    )


def test_what_is_not_signed_changes_no_figure(sender: Sender) -> None:
    refused(sender.send("msg_query", BODY, query="?currency=USD"), 422, "?currency is not read")


def test_an_empty_body_is_refused_once_it_is_known_to_be_genuine(sender: Sender) -> None:
    refused(sender.send("msg_empty", b""), 422, "empty")
    refused(sender.send("msg_empty", b"", keys=(STRANGER,)), 401, "signature")


def test_a_body_that_is_too_long_is_413_before_it_is_read(team: Team, sender: Sender) -> None:
    given = headers("msg_long", b"")
    with client(team) as opened:
        status, told = announce(opened, DOOR, LONGEST + 1, given)
    assert status == 413
    assert "25,000,000" in told["error"]
    endless = (b"x" * 1_000_000 for _ in range(40))
    assert sender.post(endless, headers("msg_long", b"")).status_code == 413


@pytest.mark.parametrize("source", ["Meta", "a" * 41, "a_b", "a.b", "%2e%2e", "ü"])
def test_a_source_of_another_shape_is_404(sender: Sender, source: str) -> None:
    sender.source = source
    assert sender.send("msg_source", BODY).status_code == 404


def test_only_post_is_there(sender: Sender) -> None:
    assert sender.client.get(DOOR).status_code == 405


def test_without_any_key_the_door_says_that_it_is_closed(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Team(tmp_path_factory.mktemp("closed"), filled=False, port=0)
    try:
        refused(Sender(made).send("msg_1", BODY), 503, "MARKO_HOOK_SECRET")
    finally:
        made.close()


def test_a_moment_is_held_against_real_time_whatever_the_sandboxs_clock_says(
    team: Team, sender: Sender
) -> None:
    team.move(seconds=int(timedelta(hours=2).total_seconds()))
    assert team.sandbox.clock.now() - datetime.now(UTC) > timedelta(hours=1)
    assert sender.send("msg_clock", export("clock", spend=9)).status_code == 202


def test_broken_json_is_accepted_and_kept_for_a_person(team: Team, sender: Sender) -> None:
    for number, body in enumerate(
        [b'{"rows": [{"spend": NaN}]}', b'{"rows": [', json.dumps([1, 2]).encode()]
    ):
        assert sender.send(f"msg_json_{number}", body, media="application/json").status_code == 202
    team.wait(lambda: team.engine.hook_letters(9).total >= 3)
