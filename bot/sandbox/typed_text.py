"""What people type, as Slack passes it on: escaped, with names turned into mentions and links."""

import re

from bot.sandbox.workspace import Workspace

_READY = re.compile(r"(<(?:@[A-Z0-9]+|#[A-Z0-9]+|!(?:here|channel|everyone))(?:\|[^<>]*)?>)")
_NAME = re.compile(r"(?<![\w&/])([@#])([A-Za-z0-9][\w.-]*)")


def passed_on(typed: str, workspace: Workspace, *, for_command: bool = False) -> str:
    """Escape &, < and > and turn @names and #channels into Slack's form.

    In a command the form of a person carries the name too: <@U…|name>; in a message it does not.
    """
    pieces = _READY.split(typed)
    # Every second piece is already in Slack's form and stays as it is.
    return "".join(
        piece if index % 2 else _linked(_escaped(piece), workspace, for_command=for_command)
        for index, piece in enumerate(pieces)
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str, workspace: Workspace, *, for_command: bool) -> str:
    def link(found: re.Match[str]) -> str:
        sign, name = found.groups()
        # A full stop at the end closes the sentence; it is no part of the name.
        bare = name.rstrip(".")
        known = _person(bare, workspace, with_name=for_command) if sign == "@" else _room(bare, workspace)
        return found.group() if known is None else known + name[len(bare) :]

    return _NAME.sub(link, text)


def _person(name: str, workspace: Workspace, *, with_name: bool) -> str | None:
    for user in workspace.users.values():
        if name.lower() in (user.name.lower(), user.real_name.lower()):
            return f"<@{user.id}|{user.name}>" if with_name else f"<@{user.id}>"
    return None


def _room(name: str, workspace: Workspace) -> str | None:
    for channel in workspace.channels.values():
        if not channel.is_im and channel.name == name.lower():
            return f"<#{channel.id}|{channel.name}>"
    return None
