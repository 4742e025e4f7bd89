"""Bodies as they came, up to a limit. They are read strictly by the engine's intake, not by the framework."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from bot.web.answers import Problem


def up_to(limit: int) -> Callable[[Request], Awaitable[bytes]]:
    """Make the dependency that reads a body; it raises ``Problem`` 413 as soon as it is too long."""

    async def read(request: Request) -> bytes:
        announced = request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
            raise _too_long(limit)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > limit:
                raise _too_long(limit)
        return bytes(body)

    return read


def _too_long(limit: int) -> Problem:
    return Problem(413, f"The body is too long: at most {limit:,} bytes.", headers={"Connection": "close"})
