"""Inputs of a dialog in which people choose rather than type; ``tells`` has each choice told at once."""

from collections.abc import Sequence
from datetime import date

from bot.blocks.kit import Block, option, plain


def choice_input(block_id: str, action_id: str, label: str, choices: Sequence[Block], chosen: str) -> Block:
    """One of at most 100 fixed options; ``chosen`` is the value of the one to begin with."""
    first = next((each for each in choices if each["value"] == chosen), None)
    element: Block = {"type": "static_select", "action_id": action_id, "options": list(choices[:100])}
    return _input(block_id, label, element | ({"initial_option": first} if first else {}))


def search_input(block_id: str, action_id: str, label: str, chosen: str, *, hint: str = "") -> Block:
    """A select whose options are looked up while somebody types."""
    first = option(chosen, chosen)
    element: Block = {
        "type": "external_select",
        "action_id": action_id,
        "min_query_length": 0,
        "initial_option": first,
    }
    return _input(block_id, label, element, hint=hint)


def time_input(block_id: str, action_id: str, label: str, at: str) -> Block:
    """A time of the day such as "09:00"."""
    return _input(block_id, label, {"type": "timepicker", "action_id": action_id, "initial_time": at})


def channel_input(block_id: str, action_id: str, label: str, chosen: str | None) -> Block:
    """A channel of this workspace, public or private; no direct messages."""
    element: Block = {
        "type": "conversations_select",
        "action_id": action_id,
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
    }
    return _input(block_id, label, element | ({"initial_conversation": chosen} if chosen else {}))


def people_input(
    name: str, label: str, chosen: Sequence[str], *, hint: str, most: int, optional: bool
) -> Block:
    """Up to ``most`` people; ``name`` is block and action in one."""
    element: Block = {"type": "multi_users_select", "action_id": name, "max_selected_items": most}
    element |= {"initial_users": list(chosen)} if chosen else {}
    return _input(name, label, element, hint=hint) | {"optional": optional}


def number_input(name: str, label: str, value: str, *, hint: str, least: int = 1, most: int = 100) -> Block:
    """A whole number from ``least`` to ``most``; ``name`` is block and action in one."""
    element: Block = {
        "type": "number_input",
        "action_id": name,
        "is_decimal_allowed": False,
        "min_value": f"{least}",
        "max_value": f"{most}",
        "initial_value": value,
    }
    return _input(name, label, element, hint=hint, tells=False)


def text_input(name: str, label: str, value: str, *, hint: str, placeholder: str, most: int) -> Block:
    """One line that may stay empty; ``name`` is block and action in one."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": most,
        "placeholder": plain(placeholder, 150),
    }
    element |= {"initial_value": value} if value else {}
    return _input(name, label, element, hint=hint, tells=False) | {"optional": True}


def day_input(name: str, label: str, chosen: date | None, *, hint: str = "") -> Block:
    """A day, or none; ``name`` is block and action in one."""
    element: Block = {"type": "datepicker", "action_id": name}
    element |= {"initial_date": chosen.isoformat()} if chosen else {}
    return _input(name, label, element, hint=hint, tells=False) | {"optional": True}


def quiet(block: Block) -> Block:
    """The same input, whose choice is told only when the dialog is submitted."""
    return {name: value for name, value in block.items() if name != "dispatch_action"}


def _input(block_id: str, label: str, element: Block, *, hint: str = "", tells: bool = True) -> Block:
    block: Block = {"type": "input", "block_id": block_id, "label": plain(label, 150), "element": element}
    block |= {"dispatch_action": True} if tells else {}
    return block | ({"hint": plain(hint, 150)} if hint else {})
