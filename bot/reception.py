"""Where Slack's payloads arrive: each is written to the inbox, acknowledged, and handed to the crew.

The tables of ``bot/listeners`` say what is listened to. A payload that comes twice (Slack retries,
two sockets) has the same key and is taken once. Nothing here thinks.
"""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App

from bot.blocks.voice import Voice
from bot.crew import Crew
from bot.desk import channel_of, user_of
from bot.listeners import (
    ACTIONS,
    CHECKS,
    COMMANDS,
    EVENTS,
    LAST,
    NEXT,
    OPTIONS,
    SILENT,
    VIEWS,
    WORTH,
)
from engine.engine import Engine
from engine.models.delivery import Delivery, DeliveryKind
from engine.models.visible import holdable
from engine.ports import Clock, Inbox

Listener = Callable[..., None]


class Reception:
    """Registers every listener of the tables with Bolt."""

    def __init__(self, inbox: Inbox, crew: Crew, engine: Engine, clock: Clock, voice: Voice) -> None:
        self._inbox = inbox
        self._engine = engine
        self._voice = voice
        self._crew = crew
        self._clock = clock

    def attach(self, app: App) -> None:
        for name in COMMANDS:
            app.command(name)(self._command(name))
        for name in ACTIONS:
            # Choices in one block need ids of their own: "analyze_named:0", "analyze_named:1".
            app.action(re.compile(rf"^{re.escape(name)}(:\d+)?$"))(self._action(name))
        for name in SILENT:
            app.action(name)(_acknowledge)
        for name in VIEWS:
            app.view(name)(self._view(name))
        for name in NEXT:
            app.view(name)(self._step(name))
        for name in EVENTS:
            app.event(name)(self._event(name))
        for name in OPTIONS:
            app.options(name)(self._options(name))

    def _command(self, name: str) -> Listener:
        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            self._accept("command", name, f"command:{body['trigger_id']}", body)
            ack()

        return listener

    def _action(self, name: str) -> Listener:
        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            self._accept("action", name, _action_key(body), body)
            ack()

        return listener

    def _view(self, name: str) -> Listener:
        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            errors = self._errors(name, body)
            if errors:
                ack(response_action="errors", errors=errors)
                return
            view = body["view"]
            self._accept("view", name, f"view:{view['id']}:{view.get('hash', '')}", body)
            ack(**({"response_action": "clear"} if name in LAST else {}))

        return listener

    def _step(self, name: str) -> Listener:
        """What is submitted leads to another dialog, and is nothing to work on."""

        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            errors = self._errors(name, body)
            if errors:
                ack(response_action="errors", errors=errors)
                return
            ack(response_action="push", view=NEXT[name](body["view"], self._voice, self._engine))

        return listener

    def _errors(self, name: str, body: dict[str, Any]) -> dict[str, str]:
        separators = self._voice.plain.formats.separators
        return CHECKS[name](body["view"], separators, self._engine) if name in CHECKS else {}

    def _event(self, name: str) -> Listener:
        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            key = WORTH[name](body["event"])
            if key is not None:
                self._accept("event", name, key or f"event:{body['event_id']}", body)
            ack()

        return listener

    def _options(self, name: str) -> Listener:
        """What a search select offers is read at once: it has to stand in the acknowledgement."""

        def listener(ack: Callable[..., Any], body: dict[str, Any]) -> None:
            ack(options=OPTIONS[name](str(body.get("value") or ""), self._engine))

        return listener

    def _accept(self, kind: DeliveryKind, name: str, key: str, body: dict[str, Any]) -> None:
        payload = _holdable({field: value for field, value in body.items() if field != "token"})
        delivery = Delivery(key=key, kind=kind, name=name, payload=payload, received_at=self._clock.now())
        if self._inbox.accept(delivery):
            self._crew.take(delivery)


def _holdable(told: Any) -> Any:
    """Copy what came with every text so that any database can hold it, and be asked for it."""
    if isinstance(told, str):
        return holdable(told)
    if isinstance(told, dict):
        return {field: _holdable(value) for field, value in told.items()}
    return [_holdable(each) for each in told] if isinstance(told, list) else told


def _acknowledge(ack: Callable[..., Any]) -> None:
    ack()


def _action_key(body: dict[str, Any]) -> str:
    """Message, action, person and trigger: a second click is a new one, a retry is not."""
    action = body["actions"][0]
    where = body.get("container", {}).get("message_ts") or body.get("view", {}).get("id")
    return ":".join(
        map(str, ("action", channel_of(body), where, action["action_id"], user_of(body), body["trigger_id"]))
    )
