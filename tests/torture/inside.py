"""Promise 19: nothing reaches inside, by whatever name, address, redirect or proxy."""

from collections.abc import Sequence

from outside import HOSTILE_HOSTS, INSIDE, Attempts, Doors, outside, proxied

from bot.egress import BadAddress, NotSent, place_of, post
from torture.result import Result, counted

PUBLIC = "93.184.215.14"


def run(times: int) -> Result:
    """Try every spelling and every resolver ``times`` times; count what was connected to."""
    doors, attempts, faults = Doors(), Attempts(), []
    tried = 0
    try:
        for _ in range(times):
            for name, ask in _hostile(doors.port):
                tried += 1
                with attempts.counting() as seen:
                    refused = _is_refused(*ask)
                if not refused or seen or doors.opened:
                    faults.append(f"{name}: {'refused' if refused else 'sent'}, {len(seen)} connections")
            faults += _led_on(doors)
            tried += 2
    finally:
        doors.close()
    return counted(tried, faults)


def _hostile(port: int) -> list[tuple[str, tuple[str, Sequence[str] | None]]]:
    """Spellings as they are, then good names whose resolvers lead inside, alone or beside a public one."""
    spelt = [
        (f"{scheme}://{host}", (f"{scheme}://{host}:{port}/", None))
        for host in HOSTILE_HOSTS
        for scheme in ("https", "http")
    ]
    url = f"https://example.com:{port}/"
    led = [(f"example.com at {each}", (url, found)) for each in INSIDE for found in ([each], [PUBLIC, each])]
    back = [("localhost at a public address", (f"http://localhost:{port}/", [PUBLIC]))]
    return [*spelt, *led, *back]


def _is_refused(url: str, found: Sequence[str] | None) -> bool:
    try:
        place = place_of(url)
        if found is None:
            post(place, b"{}", {}, timeout_s=5)
        else:
            post(place, b"{}", {}, timeout_s=5, resolve=lambda _host, _port: found)
    except (BadAddress, NotSent):
        return True
    return False


def _led_on(doors: Doors) -> list[str]:
    """A redirect to another door, a proxy at that door, and a resolver that changes its mind."""
    faults, asked = [], []

    def changing(_host: str, _port: int) -> list[str]:
        asked.append(1)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    away = {"Location": f"http://127.0.0.1:{doors.port}/"}
    with outside((302, away, b""), (307, away, b"")) as server, proxied(doors.port):
        place = place_of(server.url.replace("127.0.0.1", "localhost"))
        answers = [post(place, b"{}", {}, timeout_s=5, resolve=changing).status]
        answers.append(post(place_of(server.url), b"{}", {}, timeout_s=5).status)
    if answers != [302, 307] or doors.opened:
        faults.append(f"redirects were followed or a proxy was asked: {answers}, {doors.opened}")
    if len(asked) != 1:
        faults.append("a name was resolved again after it was judged")
    return faults
