"""The one door to outside: what it refuses, what it tells apart, and how long it waits at most."""

import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from outside import HOSTILE_HOSTS, INSIDE, outside

from bot.egress import BadAddress, NoAnswer, NotSent, is_slacks, place_of, post

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/",
        "https://",
        "//example.com/",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: inside",
        "https://exämple.com/",
        "https://example.com/#part",
        f"https://example.com/{'a' * 3000}",
    ],
)
def test_an_address_that_is_not_plainly_one_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        place_of(url)


def test_the_query_of_an_address_is_shown_to_nobody() -> None:
    place = place_of("https://Hooks.Example.com:8443/marko?token=planted")
    assert place.shown == "https://hooks.example.com:8443/marko?…"
    assert "planted" not in repr(place)
    assert place.target == "/marko?token=planted"


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_an_odd_spelling_of_a_host_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises((BadAddress, NotSent)):
        post(place_of(f"https://{host}:9/"), b"{}", {}, timeout_s=5)


@pytest.mark.parametrize("inside", INSIDE)
def test_one_address_inside_spoils_a_name_with_a_public_one(inside: str) -> None:
    place = place_of("https://example.com/")
    with pytest.raises(NotSent):
        post(place, b"{}", {}, timeout_s=5, resolve=lambda _host, _port: ["93.184.215.14", inside])


def test_the_request_goes_out_as_it_was_made_and_a_redirect_is_only_an_answer() -> None:
    with outside((302, {"Location": "http://127.0.0.1:9/"}, b"no")) as server:
        place = place_of(f"{server.url}/hook?a=1")
        answer = post(place, b'{"a":1}', {"webhook-id": "x"}, timeout_s=5)
    assert (answer.status, answer.body) == (302, b"no")
    ((headers, body),) = server.requests
    assert body == b'{"a":1}'
    assert headers["webhook-id"] == "x"
    assert headers["Host"] == f"127.0.0.1:{server.port}"


def test_a_closed_port_and_an_unknown_name_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="Connection refused"):
        post(place_of(f"http://127.0.0.1:{port}/"), b"{}", {}, timeout_s=5)

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(NotSent, match="its name is not known"):
        post(place_of("https://example.com/"), b"{}", {}, timeout_s=5, resolve=unknown)


def test_a_resolver_that_hangs_is_left_behind_and_nothing_was_sent() -> None:
    release = threading.Event()

    def hanging(_host: str, _port: int) -> list[str]:
        release.wait(30)
        return []

    with pytest.raises(NotSent, match="not resolved in time"):
        post(place_of("https://example.com/"), b"{}", {}, timeout_s=0.1, resolve=hanging)
    release.set()


def _silent(handler: Any) -> None:
    handler.rfile.read(1)  # until the other side hangs up


def _drips(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"a: b\r\n")
            time.sleep(0.05)
    except OSError:
        return


def _torn(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def _torn_chunk(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf")


def _none(handler: Any) -> None:
    """Hang up without a word."""


def _garbled(handler: Any) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


def _endless(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 70_000)


@pytest.mark.parametrize("reply", [_silent, _drips, _torn, _torn_chunk, _none, _garbled, _endless])
def test_what_was_sent_and_not_wholly_answered_is_in_doubt(reply: Any) -> None:
    with outside(reply) as server, pytest.raises(NoAnswer):
        post(place_of(server.url), b"{}", {}, timeout_s=1)
    assert len(server.requests) == 1


def test_an_answer_of_64_kb_is_read_whole() -> None:
    with outside((200, {}, b"a" * 65_536)) as server:
        assert len(post(place_of(server.url), b"{}", {}, timeout_s=5).body) == 65_536


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for hooks.example.com that its own key signed."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    name = ("-subj", "/CN=hooks.example.com", "-addext", "subjectAltName=DNS:hooks.example.com,DNS:localhost")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name)
    try:
        subprocess.run([*made, "-keyout", key, "-out", cert], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine to make a certificate with")
    return key, cert


@pytest.mark.parametrize(
    ("url_host", "trusted", "sent"),
    [("localhost", True, True), ("localhost", False, False), ("127.0.0.1", True, False)],
)
def test_over_tls_the_certificate_is_checked_for_the_hosts_name_before_anything_is_sent(
    certificate: tuple[Path, Path], url_host: str, *, trusted: bool, sent: bool
) -> None:
    key, cert = certificate
    with outside((200, {}, b"{}")) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        place = place_of(f"https://{url_host}:{server.port}/")
        trust = ssl.create_default_context(cafile=str(cert)) if trusted else None
        if sent:
            assert post(place, b"{}", {}, timeout_s=5, trust=trust).status == 200
        else:
            with pytest.raises(NotSent, match="no trusted connection"):
                post(place, b"{}", {}, timeout_s=5, trust=trust)
    assert len(server.requests) == sent


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hooks.slack.com/commands/T1/2/3", True),
        ("https://slack.com/x", True),
        ("http://hooks.slack.com/commands/T1", False),
        ("https://slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("https://evil.example/slack.com", False),
        ("https://evil.example\\@slack.com/", False),
        ("https://me@slack.com/", False),
        ("https://127.0.0.1/", False),
        ("", False),
        ("//slack.com/x", False),
    ],
)
def test_what_slack_hands_us_is_used_where_it_leads_to_slack(url: str, *, good: bool) -> None:
    assert is_slacks(url, API) is good


def test_another_slack_server_is_its_very_host_and_port() -> None:
    home = "http://127.0.0.1:3000/api/"
    assert is_slacks("http://127.0.0.1:3000/response/1", home)
    assert not is_slacks("http://127.0.0.1:3001/response/1", home)
    assert not is_slacks("http://localhost:3000/response/1", home)
