"""Whether the process lives, and whether it can work: the memory can be written, Slack is connected."""

import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from engine.errors import StoreTrouble

KEPT_S = 1.0
Probe = Callable[[], str]


class Store:
    """Asks for one write, and remembers the answer for a second: anybody may ask, and each write is real."""

    def __init__(self, probe: Callable[[], None]) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._asked_at = -KEPT_S
        self._answer = ""

    def __call__(self) -> str:
        with self._lock:
            if time.monotonic() - self._asked_at >= KEPT_S:
                self._answer = self._write()
                self._asked_at = time.monotonic()
            return self._answer

    def _write(self) -> str:
        try:
            self._probe()
        except (StoreTrouble, OSError):
            return "cannot be written"  # why is for the log and `marko doctor`, not for everybody
        return "ok"


def health(probes: dict[str, Probe]) -> APIRouter:
    """Make both routes. A probe answers "ok", or in a few words what is wrong."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="The memory can be written and Slack is connected; 503 otherwise")
    def readyz() -> JSONResponse:
        found = {name: probe() for name, probe in probes.items()}
        ready = all(each == "ok" for each in found.values())
        body: dict[str, Any] = {"status": "ok" if ready else "not ready", **found}
        return JSONResponse(body, 200 if ready else 503)

    return router
