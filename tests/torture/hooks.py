"""Promise 18: ingestion hooks are genuine: nothing forged is taken, nothing genuine is lost or taken twice.

In one process forged, stale, changed, replayed, re-ordered and oversize deliveries come between genuine ones.
Then the bot is a process of its own, killed again and again while programs deliver to it, and deliver again
what got no answer.
"""

import random
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from bot_team import GROWTH, Team
from hook_sender import KEY, NEXT_KEY, STRANGER, Sender, export, headers

from torture.far_bot import FarBot, FarTeam
from torture.made_up import dice
from torture.result import Result, counted
from torture.traces import posted, rows

SIX_MINUTES = 360.0
OTHER = export("other", spend=99)
OVERSIZE = 25_000_001
ROTATING, OWN = "rotating", "own-2"
A_ROUND = 8  # deliveries while the bot is killed once
LONGEST_S = (0.05, 1.2)
MOST_TRIES, PATIENCE_S = 400, 120.0
ENVIRONMENT = {
    "MARKO_HOOK_SECRET": KEY,
    "MARKO_HOOK_SECRET_ROTATING": f"{NEXT_KEY} {KEY}",
    "MARKO_HOOK_SECRET_OWN_2": NEXT_KEY,
    "MARKO_HOOK_CHANNEL": GROWTH,
}
Forge = Callable[[str, bytes], tuple[bytes, dict[str, str]]]
FORGED: dict[str, Forge] = {
    "six minutes old": lambda name, body: (body, headers(name, body, age_s=SIX_MINUTES)),
    "six minutes ahead": lambda name, body: (body, headers(name, body, age_s=-SIX_MINUTES)),
    "a stranger's key": lambda name, body: (body, headers(name, body, keys=(STRANGER,))),
    "a key of another source": lambda name, body: (body, headers(name, body, keys=(NEXT_KEY,))),
    "many strangers' keys": lambda name, body: (body, headers(name, body, keys=(STRANGER,) * 30)),
    "a changed body": lambda name, body: (body.replace(b"1000", b"9000"), headers(name, body)),
    "a longer body": lambda name, body: (body + b"\n", headers(name, body)),
    "another id": lambda name, body: (body, headers(name, body) | {"webhook-id": f"{name}x"}),
    "a later moment": lambda name, body: (body, _later(headers(name, body))),
    "another delivery's signature": lambda name, body: (body, headers(name, OTHER)),
    "another version": lambda name, body: (body, _renamed(headers(name, body))),
    "no signature": lambda name, body: (body, _without(headers(name, body), "webhook-signature")),
    "no id": lambda name, body: (body, _without(headers(name, body), "webhook-id")),
    "no moment": lambda name, body: (body, _without(headers(name, body), "webhook-timestamp")),
}


class _Delivery(NamedTuple):
    name: str
    body: bytes
    spend: int  # in millionths


def run(times: int) -> Result:
    """Go through ``times`` rounds: every way to forge, and genuine ones that come again and out of order."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False, port=0, **ENVIRONMENT)
        try:
            database = Path(folder) / "marko.db"
            faults = [fault for number in range(times) for fault in _round(team, database, number)]
            faults += _settled(team, database, [_made(each) for each in range(3 * times)])
        finally:
            team.close()
    return counted(times * (len(FORGED) + 7), faults)


def _round(team: Team, database: Path, number: int) -> Iterator[str]:
    first, second, third = (_made(3 * number + each) for each in range(3))
    sender = Sender(team)
    before = _accepted(database)
    for kind, forge in FORGED.items():
        body, given = forge(first.name, first.body)
        status = sender.post(body, given).status_code
        if status != 401:
            yield f"{kind}: {status}"
    if "413" not in (said := _announced(sender, headers("long", b""), OVERSIZE)):
        yield f"oversize: {said}"
    _announced(sender, headers(second.name, second.body), len(second.body), second.body[:20])
    if (status := Sender(team, OWN).send(first.name, first.body).status_code) != 401:
        yield f"a source with its own key took the common one: {status}"
    if _accepted(database) != before:
        yield "something forged was taken"
    yield from _genuine(team, sender, first, second, third)
    if _accepted(database) != before + 3:
        yield f"{_accepted(database) - before} taken of three"


def _genuine(
    team: Team, sender: Sender, first: _Delivery, second: _Delivery, third: _Delivery
) -> Iterator[str]:
    """Signed one after the other and sent the other way round, each several times at once."""
    signed = [
        (each, headers(each.name, each.body, age_s=age)) for age, each in ((200.0, first), (0.0, second))
    ]
    for each, given in reversed(signed):
        with ThreadPoolExecutor(3) as pool:
            codes = list(pool.map(lambda _: sender.post(each.body, given).status_code, range(3)))  # noqa: B023
        if sorted(codes) != [200, 200, 202]:
            yield f"three times at once: {codes}"
    rotating = Sender(team, ROTATING)
    codes = [rotating.send(third.name, third.body, keys=(key,)).status_code for key in (KEY, NEXT_KEY)]
    if codes != [202, 200]:
        yield f"while a key is replaced: {codes}"
    elsewhere = Sender(team, "elsewhere").post(first.body, signed[0][1])
    if elsewhere.status_code != 200:
        yield f"replayed at another source: {elsewhere.status_code}"
    if (status := sender.send(first.name, OTHER).status_code) != 409:
        yield f"the same id with other content: {status}"


def killed(times: int) -> Result:
    """Kill the bot ``times`` times while programs deliver; all of it is counted once, and told once."""
    chance = dice()
    made = [_made(number) for number in range(times * A_ROUND)]
    with tempfile.TemporaryDirectory() as folder:
        bot = FarBot(Path(folder))
        port = _free_port()
        bot.__dict__["_environment"] |= ENVIRONMENT | {"MARKO_PORT": str(port)}
        with FarTeam(bot) as team:
            bot.start()
            bot.connected()
            database, url = bot.settings.database, f"http://127.0.0.1:{port}"
            for first in range(0, len(made), A_ROUND):
                _killed_once(bot, url, made[first : first + A_ROUND], chance)
            faults = _settled(team, database, made)
    return counted(len(made) + times, faults)


def _killed_once(bot: Any, url: str, made: list[_Delivery], chance: random.Random) -> None:
    threads = [threading.Thread(target=_deliver, args=(url, each)) for each in made]
    for each in threads:
        each.start()
    time.sleep(chance.uniform(*LONGEST_S))
    bot.kill()
    bot.start()
    for each in threads:
        each.join()


def _deliver(url: str, delivery: _Delivery) -> None:
    """As a program does: send it until it is acknowledged, and once more."""
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
        for _ in range(MOST_TRIES):
            try:
                given = headers(delivery.name, delivery.body)
                answer = client.post("/hooks/ingest/n8n-meta", content=delivery.body, headers=given)
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            if answer.status_code in {200, 202}:
                return


def _settled(team: Any, database: Path, made: list[_Delivery]) -> list[str]:
    """Wait until all is worked off and told; say what is missing, twice, or counted otherwise."""
    deadline = time.monotonic() + PATIENCE_S
    while not _is_over(database):
        if time.monotonic() > deadline:
            return [f"it did not come to its end: {_states(database)}"]
        time.sleep(0.1)
    faults = []
    kept = dict(rows(database, "SELECT webhook_id, count(*) FROM hook_deliveries GROUP BY webhook_id"))
    faults += [f"{each.name} was lost" for each in made if each.name not in kept]
    faults += [f"{name} was kept {times} times" for name, times in kept.items() if times != 1]
    faults += [f"{state}: {number}" for state, number in _states(database) if state != "done"]
    ((counted_,),) = rows(database, "SELECT sum(spend) FROM holdings WHERE status = 'live'")
    expected = sum(each.spend for each in made)
    faults += [f"{counted_} counted, {expected} delivered"] if counted_ != expected else []
    bursts = {name for (name,) in rows(database, "SELECT DISTINCT burst FROM hook_deliveries")}
    told = posted(team, "hooks")
    faults += [f"{key} was posted {times} times" for key, times in told.items() if times > 1]
    faults += [f"{name} was never told" for name in bursts if f"hooks:{name}" not in told]
    return faults


def _is_over(database: Path) -> bool:
    unfinished = (
        "SELECT (SELECT count(*) FROM hook_deliveries WHERE status IN ('waiting', 'working'))"
        " + (SELECT count(*) FROM outbox WHERE status IN ('pending', 'sending'))"
    )
    return rows(database, unfinished) == [(0,)]


def _states(database: Path) -> list[tuple[str, int]]:
    return rows(database, "SELECT status, count(*) FROM hook_deliveries GROUP BY status")


def _accepted(database: Path) -> int:
    return int(rows(database, "SELECT count(*) FROM hook_deliveries")[0][0])


def _made(number: int) -> _Delivery:
    spend = 20 + number / 100
    return _Delivery(
        f"msg_{number}", export(f"lamp-{number}", spend=spend, days=(2,)), 20_000_000 + number * 10_000
    )


def _announced(sender: Sender, given: dict[str, str], length: int, sent: bytes = b"") -> str:
    """Announce a body of that length, send that much of it, and hang up; gives the first line that came."""
    host, _, port = sender.url.removeprefix("http://").partition(":")
    told = given | {"Content-Length": str(length), "Host": host}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(f"POST /hooks/ingest/n8n-meta HTTP/1.1\r\n{head}\r\n".encode() + sent)
        return "" if sent else line.recv(100).decode("latin-1").partition("\r\n")[0]


def _later(given: dict[str, str]) -> dict[str, str]:
    return given | {"webhook-timestamp": str(int(given["webhook-timestamp"]) + 1)}


def _renamed(given: dict[str, str]) -> dict[str, str]:
    return given | {"webhook-signature": given["webhook-signature"].replace("v1,", "v1a,")}


def _without(given: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in given.items() if key != name}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
