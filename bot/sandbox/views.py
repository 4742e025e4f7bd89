"""Modals and home tabs: which are open for whom, stacked as Slack stacks them."""

import secrets
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.sandbox.block_tree import Values, find, first_state, merged, named, offers
from bot.sandbox.journal import Journal
from bot.sandbox.people import APP_ID, BOT_ID, TEAM_ID
from bot.sandbox.shelf import Shelf

LONGEST_STACK = 3


@dataclass(frozen=True)
class OpenView:
    """A modal on somebody's screen, or somebody's home tab. `body` is the view as the bot sent it."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] | None = None
    values: Values | None = None

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = self.body["blocks"]
        return blocks

    def state(self) -> Values:
        """What its inputs hold: what they started with, overlaid by what was last told."""
        return merged(first_state(self.blocks), self.values or {})

    def to_slack(self) -> dict[str, Any]:
        """The view object of the Web API and of interactive payloads."""
        optional = ("title", "submit", "close")
        return {
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "external_id": "",
            **dict.fromkeys(optional),
            **self.body,
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "state": {"values": self.state()},
        }

    def to_page(self) -> dict[str, Any]:
        """The view object with the errors that stand at its inputs."""
        return {**self.to_slack(), "errors": self.errors}


class Views:
    """The open views of everybody. Every method may be called from any thread."""

    def __init__(self, journal: Journal, shelf: Shelf) -> None:
        self._journal = journal
        self._shelf = shelf
        self._open: dict[str, OpenView] = {}
        self._homes: dict[str, OpenView] = {}
        for kept in shelf.all("view"):
            self._place(OpenView(**kept))

    def stack(self, user: str) -> list[OpenView]:
        """The modals on a person's screen, bottom first."""
        with self._journal.condition:
            return [view for view in self._open.values() if view.user == user]

    def home(self, user: str) -> OpenView | None:
        """A person's home tab, if it was ever published."""
        return self._homes.get(user)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> OpenView | None:
        """An open modal, or a home tab, by its id or by the bot's own id."""
        with self._journal.condition:
            for view in [*self._open.values(), *self._homes.values()]:
                if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                    return view
        return None

    def open(self, user: str, body: dict[str, Any]) -> OpenView:
        """Show a modal to a person as the bottom of a new stack; an older stack is closed."""
        with self._journal.condition:
            self.clear(user)
            view_id = _new_view_id()
            return self._show(OpenView(view_id, user, _stored(body), _new_hash(), view_id))

    def push(self, below: OpenView, body: dict[str, Any]) -> OpenView:
        """Show a modal on top of another."""
        view = OpenView(_new_view_id(), below.user, _stored(body), _new_hash(), below.root_view_id, below.id)
        return self._show(view)

    def update(self, view: OpenView, body: dict[str, Any]) -> OpenView:
        """Replace what a view shows. What its inputs held stays where block_id and action_id stay.

        That holds for what nobody touched too: a new initial value needs a new block_id, as in Slack.
        """
        changed = replace(view, body=_stored(body), hash=_new_hash(), errors=None)
        changed = replace(changed, values=_still_there(view.state(), changed.blocks))
        with self._journal.condition:
            self._keep(changed)
            kind = "home" if view.type == "home" else "view_updated"
            self._journal.tell(kind, {"view": changed.to_page()}, user=view.user)
        return changed

    def publish(self, user: str, body: dict[str, Any]) -> OpenView:
        """Set a person's home tab."""
        old = self._homes.get(user)
        if old is not None:
            return self.update(old, body)
        view_id = _new_view_id()
        view = OpenView(view_id, user, _stored(body), _new_hash(), view_id)
        with self._journal.condition:
            self._keep(view)
            self._journal.tell("home", {"view": view.to_page()}, user=user)
        return view

    def remember(self, view: OpenView, *, values: Values | None = None) -> OpenView:
        """Keep what a person typed into a view."""
        changed = replace(view, values=merged(view.values or {}, values or {}))
        self._keep(changed)
        return changed

    def show_errors(self, view: OpenView, errors: dict[str, str]) -> OpenView:
        """Put errors at a view's inputs."""
        changed = replace(view, errors=errors)
        with self._journal.condition:
            self._keep(changed)
            self._journal.tell("view_updated", {"view": changed.to_page()}, user=view.user)
        return changed

    def close(self, view: OpenView) -> None:
        """Take one modal, and what lies on it, off the screen."""
        with self._journal.condition:
            stack = self.stack(view.user)
            above = next((index for index, one in enumerate(stack) if one.id == view.id), len(stack))
            for one in reversed(stack[above:]):
                del self._open[one.id]
                self._shelf.drop("view", one.id)
                self._journal.tell("view_closed", {"view_id": one.id}, user=one.user)

    def clear(self, user: str) -> None:
        """Take every modal off a person's screen."""
        for view in self.stack(user)[:1]:
            self.close(view)

    def _show(self, view: OpenView) -> OpenView:
        with self._journal.condition:
            self._keep(view)
            self._journal.tell("view_opened", {"view": view.to_page()}, user=view.user)
        return view

    def _keep(self, view: OpenView) -> None:
        with self._journal.condition:
            self._place(view)
            self._shelf.put("view", view.id, asdict(view))
            self._journal.condition.notify_all()

    def _place(self, view: OpenView) -> None:
        if view.type == "home":
            self._homes[view.user] = view
        else:
            self._open[view.id] = view


def _stored(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "blocks": named(body["blocks"])}


def _still_there(values: Values, blocks: list[dict[str, Any]]) -> Values:
    """The part of a state whose inputs the new blocks still have."""
    kept: Values = {}
    for block_id, actions in values.items():
        for action_id, value in actions.items():
            element = find(blocks, block_id, action_id)
            if element is not None and element["type"] == value.get("type") and offers(element, value):
                kept.setdefault(block_id, {})[action_id] = value
    return kept


def _new_view_id() -> str:
    # The moment comes first, so that the shelf's order of keys is the order of opening.
    return f"V0{time.time_ns():X}{secrets.token_hex(1).upper()}"


def _new_hash() -> str:
    return secrets.token_hex(8)
