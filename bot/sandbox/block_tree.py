"""Walking Block Kit: give the nameless names, find an element, read what its inputs start with."""

import secrets
from collections.abc import Iterator
from typing import Any

Block = dict[str, Any]
Element = dict[str, Any]
Values = dict[str, dict[str, dict[str, Any]]]

INTERACTIVE = frozenset(
    {
        "button", "checkboxes", "datepicker", "datetimepicker", "timepicker", "overflow", "radio_buttons",
        "static_select", "external_select", "users_select", "conversations_select", "channels_select",
        "multi_static_select", "multi_external_select", "multi_users_select",
        "multi_conversations_select", "multi_channels_select", "plain_text_input", "email_text_input",
        "url_text_input", "number_input", "rich_text_input", "file_input", "feedback_buttons",
        "icon_button", "workflow_button",
    }
)  # fmt: skip

# What an element's state is called, and which key of the element it starts from.
STATE_OF = {
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "timepicker": ("selected_time", "initial_time"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
}


def named(blocks: list[Block]) -> list[Block]:
    """The same blocks with a block_id and action_ids everywhere, as Slack stores them; a new list."""
    return [_named_block(block) for block in blocks]


def elements_of(block: Block) -> list[Element]:
    """The interactive elements directly in a block."""
    found = [block[key] for key in ("accessory", "element") if key in block]
    if block.get("type") in {"actions", "context_actions"}:
        found += block.get("elements", [])
    if block.get("type") == "card":
        found += block.get("actions", [])
    return [one for one in found if isinstance(one, dict) and one.get("type") in INTERACTIVE]


def all_blocks(blocks: object) -> Iterator[Block]:
    """The blocks and, after each, those inside it (containers, carousels); skips what is no block."""
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, dict):
            yield block
            inside = {"container": "child_blocks", "carousel": "elements"}.get(str(block.get("type")))
            yield from all_blocks(block.get(inside) if inside else None)


def find(blocks: list[Block], block_id: str, action_id: str) -> Element | None:
    """The element of that block and action, or None."""
    for block in all_blocks(blocks):
        for element in elements_of(block):
            if (block.get("block_id"), element.get("action_id")) == (block_id, action_id):
                return element
    return None


def input_blocks(blocks: list[Block]) -> list[Block]:
    """The input blocks, in order."""
    return [block for block in all_blocks(blocks) if block.get("type") == "input"]


def options_of(element: Element) -> list[dict[str, Any]]:
    """Every option that an element offers, those of its groups included."""
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [option for group in groups for option in group["options"]]


def offers(element: Element, value: dict[str, Any]) -> bool:
    """Whether an element has every option that `value` holds; one without options of its own has all."""
    offered = [option.get("value") for option in options_of(element)]
    chosen = list(value.get("selected_options") or [])
    if value.get("selected_option"):
        chosen.append(value["selected_option"])
    return not offered or all(option.get("value") in offered for option in chosen)


def first_state(blocks: list[Block]) -> Values:
    """state.values before anybody touched it: {block_id: {action_id: {type, value…}}}."""
    values: Values = {}
    for block in all_blocks(blocks):
        for element in elements_of(block):
            if element["type"] in STATE_OF:
                values.setdefault(block["block_id"], {})[element["action_id"]] = _first_value(element)
    return values


def merged(*layers: Values) -> Values:
    """One state out of several; later layers win, element by element."""
    result: Values = {}
    for layer in layers:
        for block_id, actions in layer.items():
            result[block_id] = {**result.get(block_id, {}), **actions}
    return result


def _first_value(element: Element) -> dict[str, Any]:
    name, initial = STATE_OF[element["type"]]
    # Several are chosen as a list, none of them as an empty one.
    empty: Any = [] if name.startswith("selected_") and name.endswith("s") else None
    return {"type": element["type"], name: element.get(initial, empty)}


def _named_block(block: Block) -> Block:
    result = {**block, "block_id": block.get("block_id") or _new_id()}
    for key in ("accessory", "element"):
        if isinstance(result.get(key), dict):
            result[key] = _named_element(result[key])
    if isinstance(result.get("elements"), list):
        inner = _named_block if result.get("type") == "carousel" else _named_element
        result["elements"] = [inner(one) for one in result["elements"]]
    if result.get("type") == "card" and isinstance(result.get("actions"), list):
        result["actions"] = [_named_element(one) for one in result["actions"]]
    if result.get("type") == "container":
        result["child_blocks"] = [_named_block(one) for one in result.get("child_blocks", [])]
    return result


def _named_element(element: Element) -> Element:
    if element.get("type") in INTERACTIVE and not element.get("action_id"):
        return {**element, "action_id": _new_id()}
    return element


def _new_id() -> str:
    return secrets.token_urlsafe(4)[:5]
