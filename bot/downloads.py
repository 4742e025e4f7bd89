"""Fetching a file that somebody shared: from Slack alone, and no more than is read anyway."""

import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.egress import is_slacks
from bot.slack import TIMEOUT_S

PIECE = 65_536
LONGEST_S = 60.0  # for the whole file; the timeout is for each piece
LONGEST_LARGE_S = 600.0
T = TypeVar("T")


class DownloadFailed(Exception):
    """``reason`` is "missing_scope", "elsewhere", "unreachable", "large" or "disk"."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def download(url: str, *, token: str, api_url: str, most: int) -> bytes:
    """Read at most ``most`` bytes of a file that is kept by Slack, or by the server of ``api_url``.

    The token goes nowhere else, by no redirect either. Raises ``DownloadFailed``. Slack answers with its
    page for signing in, and status 200, where the token may not read files.
    """
    return _opened(url, token, api_url, lambda answer: _read(answer, most))


def download_to(
    path: Path, url: str, *, token: str, api_url: str, most: int, check: Callable[[], None] = lambda: None
) -> int:
    """Write a file that Slack keeps to ``path``, piece by piece; gives its bytes.

    A file of more than ``most`` bytes fails, as soon as Slack says so or so many have come. ``check`` is
    called before each piece, and may raise. Raises ``DownloadFailed`` as ``download`` does.
    """
    return _opened(url, token, api_url, lambda answer: _write(answer, path, most, check))


def _opened(url: str, token: str, api_url: str, take: Callable[[Any], T]) -> T:
    _check(url, api_url)
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  the address was checked
    try:
        with build_opener(_Guarded(api_url)).open(request, timeout=TIMEOUT_S) as answer:
            if answer.headers.get_content_type() == "text/html":
                raise DownloadFailed("missing_scope")
            return take(answer)
    except HTTPError as refused:
        refused.close()
        raise DownloadFailed("missing_scope" if refused.code in {401, 403} else "unreachable") from None
    except (OSError, HTTPException):
        raise DownloadFailed("unreachable") from None


class _Guarded(HTTPRedirectHandler):
    """Follows redirects, which carry the token along, only to where the file itself might be."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def redirect_request(  # noqa: PLR0917  as the base class has it
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        _check(newurl, self._api_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str, api_url: str) -> None:
    if not is_slacks(url, api_url):
        raise DownloadFailed("elsewhere")


def _read(answer: Any, most: int) -> bytes:
    end = time.monotonic() + LONGEST_S
    pieces: list[bytes] = []
    left = most
    while left > 0 and (piece := answer.read(min(PIECE, left))):
        pieces.append(piece)
        left -= len(piece)
        if time.monotonic() > end:
            raise DownloadFailed("unreachable")
    body = b"".join(pieces)
    announced = answer.headers.get("Content-Length") or ""
    if announced.isdigit() and len(body) < min(int(announced), most):
        raise DownloadFailed("unreachable")  # the line broke, and half a file would look like a broken one
    return body


def _put(piece: bytes, file: BinaryIO) -> None:
    try:
        file.write(piece)
    except OSError as problem:  # our own disk, and nothing of Slack's
        raise DownloadFailed("disk") from problem


def _write(answer: Any, path: Path, most: int, check: Callable[[], None]) -> int:
    announced = answer.headers.get("Content-Length") or ""
    if announced.isdigit() and int(announced) > most:
        raise DownloadFailed("large")
    end, size = time.monotonic() + LONGEST_LARGE_S, 0
    with path.open("wb") as file:
        while piece := answer.read(PIECE):
            check()
            size += len(piece)
            if size > most:
                raise DownloadFailed("large")
            if time.monotonic() > end:
                raise DownloadFailed("unreachable")
            _put(piece, file)
    if announced.isdigit() and size < int(announced):
        raise DownloadFailed("unreachable")
    return size
