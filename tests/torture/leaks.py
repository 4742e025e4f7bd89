"""Promise 29: nothing leaks: planted secrets and e-mail addresses reach no log, error, prompt or ledger."""

import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
from bot_team import APPROVER, GROWTH, SIGNING_SECRET, Team, shown
from hook_sender import headers as signed_as
from llm_server import Handler, ModelServer, error, faithful

from bot.redaction import Discreet
from bot.settings import read_settings
from torture.made_up import campaigns
from torture.result import Result, counted
from torture.traces import is_idle, rows

KEY = "whsec_cGxhbnRlZHBsYW50ZWRwbGFudGVkcGxhbnRlZA=="
HOOK_KEY = "whsec_cGxhbnRlZCBob29rcyBwbGFudGVkIGhvb2tzIDAwMQ=="
ENVIRONMENT = {
    "OPENAI_API_KEY": "sk-planted0123456789abcdef",
    "MARKO_API_TOKEN": "planted-api-token-0123456789",
    "MARKO_LEDGER_KEY": "planted ledger key, of more than 32 characters",
    "MARKO_ACTION_SECRET": KEY,
    "MARKO_HOOK_SECRET": HOOK_KEY,
}
SECRETS = {
    "bot token": "xoxb-123456-planted",
    "app token": "xapp-1-A0PLANT-planted",
    "signing secret": SIGNING_SECRET,
    "webhook secret": KEY,
    "secret of data webhooks": HOOK_KEY,
    "OpenAI key": ENVIRONMENT["OPENAI_API_KEY"],
    "database password": "postgres://marko:planted-password@db.example/marko",
    "ledger key": ENVIRONMENT["MARKO_LEDGER_KEY"],
    "API token": ENVIRONMENT["MARKO_API_TOKEN"],
    "answering address": "https://hooks.slack.com/commands/T1/2/planted",
    "an e-mail address in a name": "ann.planted@shop.example",
    "an e-mail address in a note": "bob+planted@mail.shop.example",
}
# What must not be read: of an address with a password the password, of an answering one its path.
MARKS = SECRETS | {"database password": "planted-password", "answering address": "T1/2/planted"}
PLACES = ("log", "errors", "prompts", "ledger")


def run(times: int) -> Result:
    """Live through ``times`` stories with secrets in every text that somebody can write."""
    model, log = ModelServer(), StringIO()
    model.always = _answering
    with tempfile.TemporaryDirectory() as folder, _debugging(log):
        team = Team(Path(folder), filled=False, mode="http", OPENAI_BASE_URL=model.url, **ENVIRONMENT)
        try:
            errors = [text for number in range(times) for text in _story(team, Path(folder), number)]
            database = Path(folder) / "marko.db"
            lines = json.dumps(rows(database, "SELECT * FROM ledger"), ensure_ascii=False)
        finally:
            team.close()
            model.close()
    asked = [each for each in model.questions if each["path"].endswith(("completions", "embeddings"))]
    prompts = json.dumps([{**each, "headers": {}} for each in asked], ensure_ascii=False)
    told = dict(zip(PLACES, (log.getvalue(), "\n".join(errors), prompts, lines), strict=True))
    return counted(times * len(MARKS) * len(PLACES), _hits(told), _sizes(told))


def _hits(told: Mapping[str, str]) -> list[str]:
    empty = [f"nothing in the {place}" for place, text in told.items() if len(text) < 100]
    return empty + [
        f"{what} in the {place}: …{text[max(found - 60, 0) : found]}"
        for place, text in told.items()
        for what, mark in MARKS.items()
        if (found := text.find(mark)) >= 0
    ]


def _sizes(told: Mapping[str, str]) -> str:
    return ", ".join(f"{place} {len(text):,}" for place, text in told.items())


@contextmanager
def _debugging(log: StringIO) -> Iterator[None]:
    """Log everything as the command does at DEBUG, with the secrets that are set."""
    environment = {**ENVIRONMENT, "DATABASE_URL": SECRETS["database password"]}
    known = [*read_settings(environment).secrets, SIGNING_SECRET]
    handler, root = logging.StreamHandler(log), logging.getLogger()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s", known=known))
    before, others = root.level, root.handlers[:]
    root.handlers = [handler]
    root.setLevel("DEBUG")
    try:
        yield
    finally:
        root.setLevel(before)
        root.handlers = others


def _answering(handler: Handler) -> None:
    """A careful model for words; no vectors: then the text of the question is all that matters."""
    (faithful if handler.path.endswith("/chat/completions") else error(404))(handler)


def _story(team: Team, folder: Path, number: int) -> Iterator[str]:
    """Hand in, decide, ask, break down: every way on which a text of somebody comes in."""
    planted = " ".join(SECRETS.values())
    name = f"sale-{number} {planted}"[:190]
    whole = json.loads(campaigns([f"sale-{number}"], team.sandbox.clock.now()))[0]
    told = whole | {"name": name, "audiences": [{"name": each[:90]} for each in SECRETS.values()]}
    team.share(f"{planted[:60]}.json", json.dumps(told).encode())
    card = team.wait(lambda: team.find(f"sale-{number}"))
    team.wait(lambda: is_idle(folder / "marko.db"))
    log = logging.getLogger("story")
    for secret in SECRETS.values():
        log.debug("said: %s", secret)
        team.command(f"/learnings {secret}")
        team.command(f"/marko why {secret}")
    yield from _broken(team, planted)
    identifier = team.engine.recommendations().recommendations[0].id
    person = team.sandbox.marko._people.look_up(APPROVER) if team.sandbox.marko else None
    team.engine.decide(identifier, "reject", by=person, reason="other", note=planted)
    team.engine.word(team.engine.analyze(f"sale-{number}", asked_by=planted))
    _knock(team, planted)
    team.wait(lambda: is_idle(folder / "marko.db"))
    assert shown(card)


def _broken(team: Team, planted: str) -> Iterator[str]:
    """Something breaks with the secrets in its words; the words for people are looked at."""

    def breaks(*_: object) -> None:
        raise RuntimeError(planted)

    whole: Callable[..., Any] = team.engine.weights
    team.engine.weights = breaks
    try:
        team.command("/marko weights")
        yield shown(team.whisper("I failed.", user=APPROVER))
        yield shown(team.wait(lambda: team.find("failed (RuntimeError)", channel="D0APPROVER")))
    finally:
        team.engine.weights = whole


def _knock(team: Team, planted: str) -> None:
    """Requests that are refused: what they carry is not written down."""
    assert team.sandbox.marko
    assert team.sandbox.marko.web
    url = team.sandbox.marko.web.url
    with httpx.Client(base_url=url, timeout=20, trust_env=False) as stranger:
        headers = {"Authorization": f"Bearer {SECRETS['app token']}"}
        stranger.get("/insights", headers=headers)
        stranger.post("/analyze-campaign", content=planted, headers=headers)
        stranger.post("/slack/events", content=f"token={planted}&channel={GROWTH}")
        name = f"planted-{time.monotonic_ns()}"
        signed = signed_as(name, planted.encode(), keys=(HOOK_KEY,))
        stranger.post("/hooks/ingest/shop", content=planted, headers=signed | {"x-file-name": planted})
        stranger.post("/hooks/ingest/shop", content=planted, headers=signed | {"webhook-id": "another"})
        team.wait(lambda: team.engine.hook_letters(99).waiting == 0)
