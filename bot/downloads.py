"""Fetching a file that somebody shared: from Slack alone, and no more than is read anyway."""

import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.egress import is_slacks
from bot.slack import TIMEOUT_S

PIECE = 65_536
LONGEST_S = 60.0  # for the whole file; the timeout is for each piece


class DownloadFailed(Exception):
    """``reason`` is "missing_scope", "elsewhere" or "unreachable"."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def download(url: str, *, token: str, api_url: str, most: int) -> bytes:
    """Read at most ``most`` bytes of a file that is kept by Slack, or by the server of ``api_url``.

    The token goes nowhere else, by no redirect either. Raises ``DownloadFailed``. Slack answers with its
    page for signing in, and status 200, where the token may not read files.
    """
    _check(url, api_url)
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  the address was checked
    try:
        with build_opener(_Guarded(api_url)).open(request, timeout=TIMEOUT_S) as answer:
            if answer.headers.get_content_type() == "text/html":
                raise DownloadFailed("missing_scope")
            return _read(answer, most)
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
