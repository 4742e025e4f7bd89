"""A program that delivers by webhook, signing with the package of Standard Webhooks as n8n or Make would."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from bot_team import Team
from standardwebhooks import Webhook

KEY = f"whsec_{base64.b64encode(b'the first key of the sandbox 001').decode()}"
NEXT_KEY = f"whsec_{base64.b64encode(b'the next key of the sandbox 0002').decode()}"
STRANGER = f"whsec_{base64.b64encode(b'the key of a stranger, not ours.').decode()}"
CSV = "text/csv"
HEADER = "Day,Campaign name,Impressions,Link clicks,Amount spent (EUR),Results"


def export(*names: str, header: str = HEADER, days: Sequence[int] = (2, 3), spend: float = 20.0) -> bytes:
    """A table of Meta's columns: one line a campaign and day of March 2026, all alike."""
    lines = [
        f"2026-03-{day:02},{name},1000,40,{spend:.2f},2" for day in days for name in names or ("lamp-sale",)
    ]
    return "\n".join([header, *lines, ""]).encode()


def headers(
    identifier: str,
    body: bytes,
    *,
    keys: Sequence[str] = (KEY,),
    age_s: float = 0.0,
    media: str = CSV,
) -> dict[str, str]:
    """Sign a text; what was signed ``age_s`` seconds ago, negative for the time to come."""
    moment = datetime.now(UTC) - timedelta(seconds=age_s)
    signatures = [Webhook(key).sign(identifier, moment, body.decode()) for key in keys]
    return {
        "Content-Type": media,
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class Sender:
    """Delivers to one source of a team's bot."""

    def __init__(self, team: Team, source: str = "n8n-meta") -> None:
        assert team.sandbox.marko
        assert team.sandbox.marko.web
        self.url = team.sandbox.marko.web.url
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self.source = source

    def send(self, identifier: str, body: bytes, *, query: str = "", **how: Any) -> httpx.Response:
        """Deliver a text, signed."""
        return self.post(body, headers(identifier, body, **how), query=query)

    def post(self, body: Any, given: dict[str, str], *, query: str = "") -> httpx.Response:
        return self.client.post(f"/hooks/ingest/{self.source}{query}", content=body, headers=given)
