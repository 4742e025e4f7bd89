"""The web application: Slack's door, the JSON API, health and docs, on one engine."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from slack_bolt import App

from bot.blocks.voice import Voice
from bot.hook_secrets import HookSecrets
from bot.limiter import Limiter
from bot.web.answers import teach
from bot.web.api import api, bodies
from bot.web.docs import OPENAPI, docs
from bot.web.health import Probe, Store, health
from bot.web.hooks import Delivered, hooks
from bot.web.slack_door import slack_door
from engine.engine import Engine
from engine.models.hook import Accepted

TITLE = "Marko"
ABOUT = (
    "What Slack can ask, a program can ask. Every JSON route takes Authorization: Bearer and the value of "
    "MARKO_API_TOKEN. A refusal is {error, faults: [{field, value, rule, line}]}."
)


def web_app(
    engine: Engine,
    voice: Voice,
    *,
    token: str | None,
    slack_probe: Probe,
    limiter: Limiter | None = None,
    bolt: App | None = None,
    signing_secret: str | None = None,
    hook_secrets: HookSecrets | None = None,
    accept: Callable[[Delivered], Accepted] | None = None,
) -> FastAPI:
    """Make the application. Slack's door is there only with ``bolt`` and the secret, in HTTP mode.

    ``accept`` keeps what programs deliver; their door is there only with it.
    """
    app = FastAPI(title=TITLE, description=ABOUT, docs_url=None, redoc_url=None, openapi_url=OPENAPI)
    teach(app)
    if bolt is not None and signing_secret:
        app.include_router(slack_door(bolt, signing_secret))
    if accept is not None:
        app.include_router(hooks(hook_secrets or HookSecrets(), accept))
    app.include_router(api(engine, voice, token=token, limiter=limiter))
    app.include_router(health({"store": Store(engine.probe), "slack": slack_probe}))
    _name_bodies(app)
    app.include_router(docs(app.openapi))
    return app


def _name_bodies(app: FastAPI) -> None:
    """Put the shapes of strict bodies, which the framework does not read, into the OpenAPI document."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {}).setdefault("schemas", {}).update(bodies())
        return document

    app.openapi = openapi  # type: ignore[method-assign]
