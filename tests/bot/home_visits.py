"""Visits to Marko's Home in the sandbox: opening it, reading it, pressing what stands there."""

from collections.abc import Iterator
from typing import Any

from bot_team import APPROVER, Team, shown

Block = dict[str, Any]


def visit(team: Team, user: str = APPROVER) -> None:
    """Open the Home tab, as a click on it does."""
    team.http.post("/ui/home", json={"user": user, "tab": "home"}).raise_for_status()


def home_saying(team: Team, words: str, user: str = APPROVER) -> Block:
    """Wait until this person's Home says these words."""

    def found() -> Block | None:
        home: Block | None = team.state(user)["home"]
        return home if home and words in shown(home) else None

    return team.wait(found)


def press(team: Team, label: str, home: Block, *, user: str = APPROVER, place: int = 0) -> None:
    """Press the button with this label; ``place`` tells several apart."""
    block, element = [each for each in buttons(home) if each[1]["text"]["text"] == label][place]
    body = {
        "user": user,
        "view_id": home["id"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action": {"type": "button", "value": element.get("value")},
    }
    team.http.post("/ui/action", json=body).raise_for_status()


def buttons(home: Block) -> Iterator[tuple[Block, Block]]:
    """Every button with its block, whether it stands beside a text or in a row."""
    for block in home["blocks"]:
        for element in [block.get("accessory"), *(block.get("elements") or [])]:
            if element and element["type"] == "button":
                yield block, element


def labels_of(home: Block) -> list[str]:
    return [element["text"]["text"] for _, element in buttons(home)]


def titles(home: Block) -> list[str]:
    return [block["text"]["text"] for block in home["blocks"] if block["type"] == "header"]


def records(blocks: list[Block]) -> list[str]:
    """The ids of the recommendations that are shown, in their order."""
    return [block["block_id"] for block in blocks if block.get("block_id", "").startswith("rec_")]
