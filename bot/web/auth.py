"""Who may use the JSON API: whoever has the one token. Without a token set, nobody."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.web.answers import Problem

CLOSED = "The API is closed: set MARKO_API_TOKEN, and send it as Authorization: Bearer TOKEN."
WRONG = "The token is missing or wrong: send Authorization: Bearer, and the value of MARKO_API_TOKEN."
BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="The value of MARKO_API_TOKEN.")


def only_with(token: str | None) -> Callable[..., Awaitable[None]]:
    """Make the dependency that lets a request pass; it raises ``Problem`` 401 before a body is read."""

    async def check(given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> None:
        if not token:
            raise Problem(401, CLOSED, headers={"WWW-Authenticate": "Bearer"})
        # Compared as bytes, in a time that does not tell how much of it was right.
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise Problem(401, WRONG, headers={"WWW-Authenticate": "Bearer"})

    return check
