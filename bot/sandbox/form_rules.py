"""What Slack's own window checks before it sends a form: required, length, number, address."""

import re
from typing import Any

from bot.sandbox.block_tree import Values, input_blocks

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def form_errors(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """What stands at the inputs of a form that cannot be sent yet: {block_id: sentence}."""
    errors = {}
    for block in input_blocks(blocks):
        element = block["element"]
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        error = _error(element, _given(value), optional=bool(block.get("optional")))
        if error:
            errors[block["block_id"]] = error
    return errors


def _given(value: dict[str, Any]) -> Any:
    return next((what for key, what in value.items() if key != "type"), None)


def _error(element: dict[str, Any], given: Any, *, optional: bool) -> str | None:
    if given in (None, "", []):
        return None if optional else "Please complete this required field."
    if not isinstance(given, str):
        return None
    return _length_error(element, given) or _kind_error(element, given)


def _length_error(element: dict[str, Any], given: str) -> str | None:
    most, least = element.get("max_length") or 3000, element.get("min_length") or 0
    if len(given) > most:
        return f"Please use {most} characters at most."
    return f"Please use {least} characters at least." if len(given) < least else None


def _kind_error(element: dict[str, Any], given: str) -> str | None:
    if element["type"] == "number_input":
        return _number_error(element, given)
    if element["type"] == "email_text_input" and not _EMAIL.fullmatch(given):
        return "Please enter an e-mail address."
    if element["type"] == "url_text_input" and not given.startswith(("http://", "https://")):
        return "Please enter an address that begins with http:// or https://."
    return None


def _number_error(element: dict[str, Any], given: str) -> str | None:
    try:
        number = float(given)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < float(element["min_value"]):
        return f"Please enter {element['min_value']} or more."
    if element.get("max_value") is not None and number > float(element["max_value"]):
        return f"Please enter {element['max_value']} or less."
    return None
