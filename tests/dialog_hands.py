"""Hands that fill in a dialog of the sandbox: choose, press, submit, and read what stands there."""

from typing import Any

import httpx
from bot_team import APPROVER, Team, shown

# What a choice is called in the state of a dialog.
CALLED = {
    "conversations_select": "selected_conversation",
    "timepicker": "selected_time",
    "multi_users_select": "selected_users",
    "number_input": "value",
    "datepicker": "selected_date",
}


def current(team: Team, user: str = APPROVER) -> dict[str, Any]:
    """The dialog on top, as it is now."""
    stack = team.sandbox.server.views.stack(user)
    page: dict[str, Any] = stack[-1].to_page() if stack else {"blocks": []}
    return page


def saying(team: Team, words: str, user: str = APPROVER) -> dict[str, Any]:
    """Wait until the words stand in the dialog."""
    return team.wait(lambda: found if words in shown(found := current(team, user)) else None)


def choose(team: Team, action_id: str, value: Any, *, user: str = APPROVER) -> None:
    """Choose something, and have it told to the bot at once."""

    def chosen() -> bool:
        block, element = element_of(current(team, user), action_id)
        return _act(team, (block, element), _chosen(element, value), user)

    team.wait(chosen)


def press_now(team: Team, label: str, message: dict[str, Any], *, user: str = APPROVER) -> None:
    """Press a message's button as it stands now: it may be drawn anew just when somebody presses."""

    def pressed() -> bool:
        try:
            team.click(label, team.again(message), user=user)
        except httpx.HTTPStatusError as refused:
            if refused.response.status_code != httpx.codes.NOT_FOUND:
                raise
            return False
        return True

    team.wait(pressed)


def press(team: Team, label: str, *, user: str = APPROVER) -> None:
    """Press a button of the dialog, as soon as it is there."""

    def pressed() -> bool:
        found = _button(current(team, user), label)
        return found is not None and _act(team, found, {"type": "button", "value": found[1]["value"]}, user)

    team.wait(pressed)


def _button(view: dict[str, Any], label: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    for block in view["blocks"]:
        for element in block.get("elements", []):
            if element["type"] == "button" and element["text"]["text"] == label:
                return block, element
    return None


def submit(team: Team, *, user: str = APPROVER, **values: Any) -> dict[str, Any]:
    """Submit the dialog as it stands, with these inputs changed without telling; what the page is told."""
    view = current(team, user)
    state: dict[str, Any] = {}
    for action_id, value in values.items():
        block, element = element_of(view, action_id)
        state[block["block_id"]] = {action_id: _chosen(element, value)}
    body = {"user": user, "view_id": view["id"], "values": state}
    answer: dict[str, Any] = team.http.post("/ui/view/submit", json=body).json()
    return answer


def offered(team: Team, action_id: str, typed: str, *, user: str = APPROVER) -> list[str]:
    """What a search select offers for what was typed."""

    def asked() -> httpx.Response | None:
        view = current(team, user)
        block, _ = element_of(view, action_id)
        body = {"user": user, "view_id": view["id"], "block_id": block["block_id"], "action_id": action_id}
        answer = team.http.post("/ui/options", json={**body, "value": typed})
        return None if answer.status_code == httpx.codes.NOT_FOUND else answer  # it was drawn anew meanwhile

    answer = team.wait(asked).raise_for_status().json()
    return [each["value"] for each in answer["options"]]


def element_of(view: dict[str, Any], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An input of the dialog, and its block."""
    for block in view["blocks"]:
        element = block.get("element") or {}
        if element.get("action_id") == action_id:
            return block, element
    raise AssertionError(f"no input {action_id!r}")


def stands(view: dict[str, Any], action_id: str) -> Any:
    """What an input of the dialog holds."""
    block, element = element_of(view, action_id)
    held = view["state"]["values"][block["block_id"]][action_id]
    option = held.get("selected_option")
    return option["value"] if option else held.get(CALLED.get(element["type"], "value"))


def _chosen(element: dict[str, Any], value: Any) -> dict[str, Any]:
    if element["type"] == "external_select":
        option = {"text": {"type": "plain_text", "text": value, "emoji": False}, "value": value}
        return {"type": element["type"], "selected_option": option}
    if "options" in element:
        option = next(each for each in element["options"] if value in {each["value"], each["text"]["text"]})
        return {"type": element["type"], "selected_option": option}
    return {"type": element["type"], CALLED.get(element["type"], "value"): value}


def _act(team: Team, where: tuple[Any, Any], action: dict[str, Any], user: str) -> bool:
    """Send what was done; False where the dialog was drawn anew meanwhile, and it has to be done again."""
    block, element = where
    body = {
        "user": user,
        "view_id": current(team, user)["id"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action": action,
    }
    answer = team.http.post("/ui/action", json=body)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return False
    answer.raise_for_status()
    return True
