"""The one door to outside: which hosts we may speak to, and one request to one of them.

What people configured is where we send, and nowhere else: a name is resolved, every address it has is
judged, the connection goes to the very address that was judged, and no answer leads on to another host.
An address on this machine is for whoever names this machine. Slack's and OpenAI's own SDKs have their
own connections; what Slack hands us as an address is held against ``is_slacks`` before it is used.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

MOST_BYTES = 65_536
LONGEST_URL = 2_000
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SLACK_HOST = "slack.com"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Addresses of version 4 in other clothes, and ranges that Python counts as global although they are not.
_NOT_OUTSIDE = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",  # between a provider and its customers, and the metadata of some clouds
            "168.63.129.16/32",  # a cloud's own services, at an address that looks public
            "192.0.0.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "240.0.0.0/4",
            "2001::/23",  # Teredo and its neighbours
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3fff::/20",
        ),
    )
)
_OUTSIDE_6 = ipaddress.ip_network("2000::/3")  # NAT64, mapped, compatible and local addresses lie elsewhere


class BadAddress(ValueError):
    """An address that we do not use; the message says why, without the address's secrets."""


class NotSent(Exception):
    """The connection could not be opened, so nothing was sent."""


class NoAnswer(Exception):
    """The request went out, whole or in part, and no whole answer came: nobody knows what became of it."""


class Answer(NamedTuple):
    """What came back. ``headers`` by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Place:
    """A configured address, taken apart; only ``place_of`` makes one. ``target`` may hold secrets."""

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @property
    def is_here(self) -> bool:
        """Whether this machine was named literally: then, and only then, it is spoken to."""
        return self.host in LOOPBACK

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return name if self.port == usual else f"{name}:{self.port}"

    @property
    def shown(self) -> str:
        """The address for people: without what stands behind the question mark."""
        path, _, query = self.target.partition("?")
        return f"{self.scheme}://{self.host_header}{path}{'?…' if query else ''}"


def place_of(url: str) -> Place:
    """Take a configured address apart: https, or http to this very machine. Raises ``BadAddress``."""
    parts = _split(url)
    host, port = (parts.hostname or "").lower(), parts.port
    if parts.scheme not in {"http", "https"} or not host:
        raise BadAddress("it takes an address such as https://example.com/hooks/marko")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("a name or password in an address would be seen by others; leave it out")
    _check_host(host)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadAddress("http is read by everybody on the way; use https, or name this very machine")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address that Slack handed us leads to Slack, or to the very server of ``api_url``."""
    try:
        there, home = _split(url), urlsplit(api_url)
        if there.username is not None or there.password is not None:
            return False
        host = there.hostname or ""
        of_slack = there.scheme == "https" and (host == SLACK_HOST or host.endswith(f".{SLACK_HOST}"))
        return of_slack or (there.scheme, host, there.port) == (home.scheme, home.hostname, home.port)
    except ValueError:  # no address at all
        return False


def is_outside(address: Address) -> bool:
    """Whether an address belongs to a host of the public internet, and to nothing of ours in disguise."""
    if any(address in network for network in _NOT_OUTSIDE if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address not in _OUTSIDE_6 or address.scope_id):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def post(
    place: Place,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_s: float,
    resolve: Resolve = resolved,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Send one POST and read its answer, all within ``timeout_s`` seconds; a redirect is an answer too.

    Raises ``NotSent`` where no connection was opened, and ``NoAnswer`` where one was and the answer is
    missing, torn, too slow or over 64 KB.
    """
    end = time.monotonic() + timeout_s
    line = _opened(place, _judged(place, end, resolve), end, trust)
    request = HTTPConnection(place.host, place.port)
    request.sock = line
    try:
        request.putrequest("POST", place.target, skip_host=True, skip_accept_encoding=True)
        for name, value in _head(place, body, headers).items():
            request.putheader(name, value)
        request.endheaders(body)
        return _read(request.getresponse())
    except (OSError, HTTPException, ValueError) as broken:
        raise NoAnswer(_said(broken)) from None
    finally:
        line.hang_up()


def _head(place: Place, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    fixed = {"Host": place.host_header, "Content-Length": str(len(body)), "Connection": "close"}
    return {**fixed, **headers}


def _split(url: str) -> SplitResult:
    """Take apart what every reader of addresses takes apart alike; the rest is refused."""
    if not url.isascii() or not url.isprintable() or len(url) > LONGEST_URL:
        raise BadAddress("it takes plain letters; write a name with others as xn--…")
    if any(mark in url for mark in ' \\"<>^`{|}#'):
        raise BadAddress("it holds a character that an address does not have")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadAddress("its host or port cannot be read") from None
    if parts.port == 0:
        raise BadAddress("its port cannot be 0")
    return parts


def _check_host(host: str) -> None:
    """A name, or an address in its usual spelling: others read 0x7f.1 or 2130706433 as they like."""
    if ":" in host:
        if "%" in host or not _is_address(host):
            raise BadAddress(f"{host} is no host")
        return
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not _is_address(host):
            raise BadAddress(f"{host} is no host; write an address as four numbers from 0 to 255")
        return
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise BadAddress(f"{host} is no host")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _judged(place: Place, end: float, resolve: Resolve) -> list[Address]:
    """Resolve the host; one address that may not be spoken to spoils them all."""
    found = _in_time(lambda: resolve(place.host, place.port), end)
    try:
        addresses = [ipaddress.ip_address(each) for each in found]
    except ValueError:
        raise NotSent(f"{place.host} has no address that can be used") from None
    if not addresses:
        raise NotSent(f"{place.host} has no address")
    for each in addresses:
        if not (each.is_loopback if place.is_here else is_outside(each)):
            raise NotSent(f"{place.host} leads to {each}, which is not on the public internet")
    return addresses


def _in_time(ask: Callable[[], Sequence[str]], end: float) -> Sequence[str]:
    """Ask for a host's addresses; the system's own wait for that cannot be bounded, so it is left behind."""
    told: list[Sequence[str] | Exception] = []

    def run() -> None:
        try:
            told.append(ask())
        except (OSError, UnicodeError) as unknown:
            told.append(unknown)

    asking = threading.Thread(target=run, name="resolve", daemon=True)
    asking.start()
    asking.join(max(0.0, end - time.monotonic()))
    if not told:
        raise NotSent("its name was not resolved in time")
    if isinstance(told[0], Exception):
        raise NotSent("its name is not known")
    return told[0]


def _opened(place: Place, addresses: Sequence[Address], end: float, trust: ssl.SSLContext | None) -> "_Line":
    """Connect to the first address that answers, each being one that was judged."""
    broken: Exception = TimeoutError()
    for address in addresses:
        try:
            return _Line(_connected(place, str(address), end, trust), end)
        except (OSError, ValueError) as problem:
            broken = problem
    raise NotSent(f"{place.host} cannot be reached: {_said(broken)}")


def _connected(place: Place, address: str, end: float, trust: ssl.SSLContext | None) -> socket.socket:
    plain = socket.create_connection((address, place.port), timeout=_left(end))
    if place.scheme == "http":
        return plain
    try:
        plain.settimeout(_left(end))
        return (trust or _trusted()).wrap_socket(plain, server_hostname=place.host)
    except BaseException:
        plain.close()
        raise


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Line:
    """A connection on which everything together ends at one moment, also where bytes drip."""

    def __init__(self, line: socket.socket, end: float) -> None:
        self._line = line
        self._end = end

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(_left(self._end))
        self._line.sendall(data)

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(_Dripping(self._line, self._end))

    def close(self) -> None:
        """What HTTP calls as soon as it knows the answer's head; the rest is still to be read."""

    def hang_up(self) -> None:
        self._line.close()


class _Dripping(RawIOBase):
    """Reads a connection piece by piece, each in what is left of the time."""

    def __init__(self, line: socket.socket, end: float) -> None:
        self._line = line
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(_left(self._end))
        return self._line.recv_into(buffer)


def _read(response: HTTPResponse) -> Answer:
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise NoAnswer(f"the answer has more than {MOST_BYTES // 1024} KB")
    announced = response.headers.get("Content-Length") or ""
    if announced.isdigit() and len(body) < int(announced):
        raise NoAnswer("the answer broke off")
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def _said(broken: Exception) -> str:
    if isinstance(broken, TimeoutError):
        return "no answer in time"
    if isinstance(broken, ssl.SSLError):
        return f"no trusted connection ({broken.reason or type(broken).__name__})"
    if isinstance(broken, OSError) and broken.strerror:
        return broken.strerror
    return type(broken).__name__
