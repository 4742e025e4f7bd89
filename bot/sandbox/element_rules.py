"""What Slack refuses in the elements inside blocks: buttons, selects, inputs, images and their parts."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.faults import Inspection, items

Element = dict[str, Any]
Rule = Callable[[Inspection, str, Element], None]

SELECTS = frozenset(
    kind + "_select"
    for kind in ("static", "external", "users", "conversations", "channels")
) | frozenset(
    f"multi_{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")
)  # fmt: skip
_CHOICES = SELECTS | {"checkboxes", "datepicker", "radio_buttons", "timepicker"}
IN_ACTIONS = _CHOICES | {"button", "datetimepicker", "overflow", "rich_text_input", "workflow_button"}
IN_SECTION = _CHOICES | {"button", "image", "overflow", "workflow_button"}
IN_INPUT = _CHOICES | {
    "datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input",
    "rich_text_input", "url_text_input",
}  # fmt: skip
IN_CONTEXT_ACTIONS = frozenset({"feedback_buttons", "icon_button"})


def element(look: Inspection, at: str, value: object, *, allowed: frozenset[str], where: str) -> None:
    """Check one element that stands in `where` (for the sentence), where only `allowed` types may."""
    if not isinstance(value, dict):
        look.add(at, f"An element of {where} must be an object.")
    elif str(value.get("type")) not in allowed:
        look.add(f"{at}/type", f"{where} cannot hold an element of type {value.get('type')!r}.")
    else:
        look.optional_length(at, value, "action_id", "An action_id", most=255)
        if value.get("confirm") is not None:
            _confirm(look, f"{at}/confirm", value["confirm"])
        rule, keys = _ELEMENTS[value["type"]]
        look.only(at, value, keys | {"type", "action_id"}, f"A {value['type']}")
        rule(look, at, value)


def image(look: Inspection, at: str, value: Element) -> None:
    """Check where a picture comes from and that it has words; a block's and an element's alike."""
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        look.add(at, "An image needs either image_url or slack_file, not both and not neither.")
    look.optional_length(at, value, "image_url", "An image_url", most=3000)
    url = value.get("image_url")
    if isinstance(url, str) and url and not url.startswith(("http://", "https://")):
        look.add(f"{at}/image_url", "An image_url must begin with http:// or https://.")
    file = value.get("slack_file")
    if file is not None and not (isinstance(file, dict) and (file.get("id") or file.get("url"))):
        look.add(f"{at}/slack_file", "A slack_file needs an id or a url.")
    look.length(f"{at}/alt_text", value.get("alt_text"), "An image's alt_text", most=2000)


def _button(look: Inspection, at: str, value: Element) -> None:
    look.text(f"{at}/text", value.get("text"), "A button's text", most=75)
    look.optional_length(at, value, "value", "A button's value", most=2000)
    look.optional_length(at, value, "url", "A button's url", most=3000)
    look.optional_length(at, value, "accessibility_label", "An accessibility_label", most=75)
    look.optional_length(at, value, "agent_prompt", "An agent_prompt", most=4000)
    look.one_of(at, value, "style", ("primary", "danger"))


def _overflow(look: Inspection, at: str, value: Element) -> None:
    _options(look, at, value, "options", most=5, url_allowed=True)


def _checkboxes(look: Inspection, at: str, value: Element) -> None:
    _options(look, at, value, "options", most=10, plain=False)
    _initial(look, at, value)


def _select(look: Inspection, at: str, value: Element) -> None:
    _placeholder(look, at, value)
    if value["type"] in {"static_select", "multi_static_select"}:
        _static_options(look, at, value)
    _initial(look, at, value)
    limit = value.get("max_selected_items")
    if limit is not None and (not _whole(limit) or limit < 1):
        look.add(f"{at}/max_selected_items", "max_selected_items must be a whole number of at least 1.")


def _static_options(look: Inspection, at: str, value: Element) -> None:
    if (value.get("options") is None) == (value.get("option_groups") is None):
        look.add(at, "A static select needs either options or option_groups, not both and not neither.")
    elif value.get("options") is not None:
        _options(look, at, value, "options", most=100)
    elif look.count(f"{at}/option_groups", value["option_groups"], "Option groups", most=100):
        for index, group in enumerate(value["option_groups"]):
            _group(look, f"{at}/option_groups/{index}", group)


def _group(look: Inspection, at: str, group: object) -> None:
    if not isinstance(group, dict):
        look.add(at, "An option group must be an object.")
        return
    look.text(f"{at}/label", group.get("label"), "An option group's label", most=75)
    _options(look, at, group, "options", most=100)


def _options(
    look: Inspection,
    at: str,
    owner: Element,
    key: str,
    *,
    most: int,
    plain: bool = True,
    url_allowed: bool = False,
) -> None:
    if look.count(f"{at}/{key}", owner.get(key), "Options", most=most):
        for index, one in enumerate(owner[key]):
            option(look, f"{at}/{key}/{index}", one, plain=plain, url_allowed=url_allowed)


def option(look: Inspection, at: str, one: object, *, plain: bool = True, url_allowed: bool = False) -> None:
    """Check one option of a menu, a radio group or checkboxes."""
    if not isinstance(one, dict):
        look.add(at, "An option must be an object.")
        return
    keys = {"text", "value", "description"} | ({"url"} if url_allowed else set())
    look.only(at, one, keys, "An option")
    look.text(f"{at}/text", one.get("text"), "An option's text", most=75, plain=plain)
    look.length(f"{at}/value", one.get("value"), "An option's value", most=150)
    look.optional_text(at, one, "description", "An option's description", most=75, plain=plain)
    look.optional_length(at, one, "url", "An option's url", most=3000)


def _initial(look: Inspection, at: str, value: Element) -> None:
    """What is chosen from the start must be among the options, word for word."""
    groups = [group for group in items(value.get("option_groups")) if isinstance(group, dict)]
    offered = list(items(value.get("options")))
    for group in groups:
        offered += items(group.get("options"))
    chosen = {"initial_option": [value["initial_option"]]} if value.get("initial_option") else {}
    if value.get("initial_options") is not None:
        chosen["initial_options"] = value["initial_options"]
        look.count(f"{at}/initial_options", value["initial_options"], "initial_options", most=100)
    if value["type"] in {"external_select", "multi_external_select"}:
        return
    for key, ones in chosen.items():
        if isinstance(ones, list) and any(one not in offered for one in ones):
            look.add(f"{at}/{key}", f"{key} must be one of the options, equal in every field.")


def _picker(look: Inspection, at: str, value: Element) -> None:
    _placeholder(look, at, value)


def _typed(look: Inspection, at: str, value: Element) -> None:
    """Check inputs into which people type."""
    _placeholder(look, at, value)
    for key, least, most in (("min_length", 0, 3000), ("max_length", 1, 3000)):
        if value.get(key) is not None and not (_whole(value[key]) and least <= value[key] <= most):
            look.add(f"{at}/{key}", f"{key} must be a whole number from {least} to {most}.")
    if value["type"] == "plain_text_input":
        most = value["max_length"] if _whole(value.get("max_length")) else 3000
        look.optional_length(at, value, "initial_value", "An initial_value", most=most, least=0)


def _number(look: Inspection, at: str, value: Element) -> None:
    _placeholder(look, at, value)
    if not isinstance(value.get("is_decimal_allowed"), bool):
        look.add(f"{at}/is_decimal_allowed", "A number_input must say is_decimal_allowed, true or false.")
    for key in ("initial_value", "min_value", "max_value"):
        if value.get(key) is not None and not _is_number(value[key]):
            look.add(f"{at}/{key}", f"{key} must be a string that holds a number.")


def _file_input(look: Inspection, at: str, value: Element) -> None:
    limit = value.get("max_files")
    if limit is not None and not (_whole(limit) and 1 <= limit <= 10):
        look.add(f"{at}/max_files", "max_files must be a whole number from 1 to 10.")


def _feedback(look: Inspection, at: str, value: Element) -> None:
    for key in ("positive_button", "negative_button"):
        button = value.get(key)
        if not isinstance(button, dict):
            look.add(f"{at}/{key}", f"feedback_buttons need a {key}.")
            continue
        look.text(f"{at}/{key}/text", button.get("text"), "A feedback button's text", most=75)
        look.length(f"{at}/{key}/value", button.get("value"), "A feedback button's value", most=2000)


def _icon_button(look: Inspection, at: str, value: Element) -> None:
    look.one_of(at, {"icon": value.get("icon", "")}, "icon", ("trash",))
    look.text(f"{at}/text", value.get("text"), "An icon button's text", most=75)
    look.optional_length(at, value, "value", "An icon button's value", most=2000)
    look.optional_length(at, value, "accessibility_label", "An accessibility_label", most=75)
    who = value.get("visible_to_user_ids")
    if who is not None:
        look.count(f"{at}/visible_to_user_ids", who, "visible_to_user_ids", most=10)


def _workflow_button(look: Inspection, at: str, value: Element) -> None:
    look.text(f"{at}/text", value.get("text"), "A button's text", most=75)
    if not isinstance(value.get("workflow"), dict):
        look.add(f"{at}/workflow", "A workflow_button needs a workflow.")


def _confirm(look: Inspection, at: str, value: object) -> None:
    if not isinstance(value, dict):
        look.add(at, "A confirm must be an object.")
        return
    look.only(at, value, {"title", "text", "confirm", "deny", "style"}, "A confirm")
    look.text(f"{at}/title", value.get("title"), "A confirm's title", most=100)
    # Slack's page allows mrkdwn here and shows it raw: plain_text is what people can read.
    look.text(f"{at}/text", value.get("text"), "A confirm's text", most=300, plain=False)
    look.text(f"{at}/confirm", value.get("confirm"), "A confirm's confirm", most=30)
    look.text(f"{at}/deny", value.get("deny"), "A confirm's deny", most=30)
    look.one_of(at, value, "style", ("primary", "danger"))


def _placeholder(look: Inspection, at: str, value: Element) -> None:
    look.optional_text(at, value, "placeholder", "A placeholder", most=150)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


_FOCUS = {"confirm", "focus_on_load"}
_SELECT_KEYS = _FOCUS | {"placeholder"}
_MANY = {"max_selected_items"}
_DISPATCH = {"dispatch_action_config", "focus_on_load", "placeholder", "initial_value"}
_STATIC = {"options", "option_groups"}
_ROOM = {"response_url_enabled", "default_to_current_conversation", "filter"}

# Each element: its rule, and the properties that it has beside type and action_id.
_ELEMENTS: dict[str, tuple[Rule, set[str]]] = {
    "button": (
        _button,
        {
            "text", "url", "value", "style", "confirm", "accessibility_label", "agent_prompt",
            "agent_prompt_display", "visible_to_user_ids",
        },
    ),
    "image": (image, {"alt_text", "image_url", "slack_file", "image_width", "image_height", "image_bytes"}),
    "overflow": (_overflow, {"options", "confirm"}),
    "checkboxes": (_checkboxes, _FOCUS | {"options", "initial_options"}),
    "radio_buttons": (_checkboxes, _FOCUS | {"options", "initial_option"}),
    "datepicker": (_picker, _SELECT_KEYS | {"initial_date"}),
    "timepicker": (_picker, _SELECT_KEYS | {"initial_time", "timezone"}),
    "datetimepicker": (_picker, _FOCUS | {"initial_date_time"}),
    "static_select": (_select, _SELECT_KEYS | _STATIC | {"initial_option"}),
    "external_select": (_select, _SELECT_KEYS | {"initial_option", "min_query_length"}),
    "users_select": (_select, _SELECT_KEYS | {"initial_user"}),
    "conversations_select": (_select, _SELECT_KEYS | _ROOM | {"initial_conversation"}),
    "channels_select": (_select, _SELECT_KEYS | {"initial_channel", "response_url_enabled"}),
    "multi_static_select": (_select, _SELECT_KEYS | _STATIC | _MANY | {"initial_options"}),
    "multi_external_select": (_select, _SELECT_KEYS | _MANY | {"initial_options", "min_query_length"}),
    "multi_users_select": (_select, _SELECT_KEYS | _MANY | {"initial_users"}),
    "multi_conversations_select": (_select, _SELECT_KEYS | _MANY | _ROOM | {"initial_conversations"}),
    "multi_channels_select": (_select, _SELECT_KEYS | _MANY | {"initial_channels"}),
    "plain_text_input": (_typed, _DISPATCH | {"multiline", "min_length", "max_length"}),
    "email_text_input": (_typed, _DISPATCH),
    "url_text_input": (_typed, _DISPATCH),
    "rich_text_input": (_typed, _DISPATCH | {"min_lines", "max_lines"}),
    "number_input": (_number, _DISPATCH | {"is_decimal_allowed", "min_value", "max_value"}),
    "file_input": (_file_input, {"filetypes", "max_files"}),
    "feedback_buttons": (_feedback, {"positive_button", "negative_button"}),
    "icon_button": (
        _icon_button,
        {"icon", "text", "accessibility_label", "value", "visible_to_user_ids", "confirm"},
    ),
    "workflow_button": (_workflow_button, {"text", "workflow", "style", "accessibility_label"}),
}  # fmt: skip
