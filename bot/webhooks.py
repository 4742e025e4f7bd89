"""Signed requests by Standard Webhooks: the same body and key over all tries, a new moment with each."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from standardwebhooks import Webhook

from engine.models.execution import Execution
from engine.narrate.order import canonical, order, question

SIGNATURE = "webhook-signature"


class Request(NamedTuple):
    """One POST; ``headers`` hold no secret, and signatures only where it was signed."""

    headers: dict[str, str]
    body: bytes


def order_request(execution: Execution, secrets: Collection[str] = (), *, now: datetime) -> Request:
    """Ask for the change. The id is the execution's key, so that doing it twice can be noticed."""
    return _signed(execution.key, canonical(order(execution)), secrets, now)


def lookup_request(execution: Execution, secrets: Collection[str] = (), *, now: datetime) -> Request:
    """Ask what became of it. Each asking has an id of its own: its answer is never a kept one."""
    identifier = f"{execution.key}:lookup:{int(now.timestamp() * 1e6)}"
    return _signed(identifier, canonical(question(execution)), secrets, now)


def _signed(identifier: str, body: bytes, secrets: Collection[str], now: datetime) -> Request:
    """``now`` is real time, whatever a sandbox's clock says: a receiver refuses what is five minutes off."""
    moment = now.astimezone(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Marko/{own_version()}",
        "Idempotency-Key": identifier,
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
    }
    signatures = [Webhook(secret).sign(identifier, moment, body.decode()) for secret in secrets]
    return Request(headers | ({SIGNATURE: " ".join(signatures)} if signatures else {}), body)


@cache
def own_version() -> str:
    try:
        return version("marko")
    except PackageNotFoundError:  # run from its files, without having been installed
        return "unknown"
