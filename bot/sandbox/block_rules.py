"""What Slack refuses in each type of block, and on which surface the type may stand."""

from collections.abc import Callable
from typing import Any

from bot.sandbox import element_rules as elements
from bot.sandbox.faults import Inspection
from bot.sandbox.table_rules import data_table, data_visualization, table

Block = dict[str, Any]
Rule = Callable[[Inspection, str, Block], None]

_IN_CONTAINER = frozenset(
    {
        "actions",
        "context",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    }
)
_RICH_PARTS = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})


def block(look: Inspection, at: str, value: object, *, surface: str) -> None:
    """Check one block on its surface: "message", "modal" or "home"."""
    if not isinstance(value, dict):
        look.add(at, "A block must be an object.")
        return
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _BLOCKS:
        look.add(f"{at}/type", f"No block has the type {kind!r}.")
        return
    surfaces, rule, keys = _BLOCKS[kind]
    if surface not in surfaces:
        look.add(f"{at}/type", f"A {kind} block cannot stand in a {surface}.")
    look.optional_length(at, value, "block_id", "A block_id", most=255)
    look.only(at, value, keys | {"type", "block_id"}, f"A {kind} block")
    rule(look, at, value)
    if kind == "container":
        _children(look, at, value, surface)
    if kind == "input" and surface != "modal" and _element_type(value) == "file_input":
        look.add(f"{at}/element/type", "A file_input can stand in a modal alone.")


def _section(look: Inspection, at: str, value: Block) -> None:
    if value.get("text") is None and value.get("fields") is None:
        look.add(at, "A section needs text or fields.")
    look.optional_text(at, value, "text", "A section's text", most=3000, plain=False)
    if value.get("fields") is not None and look.count(f"{at}/fields", value["fields"], "Fields", most=10):
        for index, one in enumerate(value["fields"]):
            look.text(f"{at}/fields/{index}", one, "A field", most=2000, plain=False)
    if value.get("accessory") is not None:
        elements.element(
            look, f"{at}/accessory", value["accessory"], allowed=elements.IN_SECTION, where="A section"
        )


def _header(look: Inspection, at: str, value: Block) -> None:
    look.text(f"{at}/text", value.get("text"), "A header's text", most=150)
    look.one_of(at, value, "level", (1, 2, 3, 4))


def _divider(_look: Inspection, _at: str, _value: Block) -> None:
    """A divider has nothing to check."""


def _image(look: Inspection, at: str, value: Block) -> None:
    elements.image(look, at, value)
    look.optional_text(at, value, "title", "An image's title", most=2000)


def _actions(look: Inspection, at: str, value: Block) -> None:
    _elements(look, at, value, most=25, allowed=elements.IN_ACTIONS, where="An actions block")


def _context_actions(look: Inspection, at: str, value: Block) -> None:
    allowed = elements.IN_CONTEXT_ACTIONS
    _elements(look, at, value, most=5, allowed=allowed, where="A context_actions block")


def _elements(
    look: Inspection, at: str, value: Block, *, most: int, allowed: frozenset[str], where: str
) -> None:
    if not look.count(f"{at}/elements", value.get("elements"), "Elements", most=most):
        return
    for index, one in enumerate(value["elements"]):
        elements.element(look, f"{at}/elements/{index}", one, allowed=allowed, where=where)
    seen: set[str] = set()
    for index, one in enumerate(value["elements"]):
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if isinstance(action_id, str) and action_id in seen:
            sentence = f"action_id {action_id!r} stands twice in one block."
            look.add(f"{at}/elements/{index}/action_id", sentence)
        elif isinstance(action_id, str):
            seen.add(action_id)


def _context(look: Inspection, at: str, value: Block) -> None:
    if not look.count(f"{at}/elements", value.get("elements"), "Elements", most=10):
        return
    for index, one in enumerate(value["elements"]):
        where = f"{at}/elements/{index}"
        if isinstance(one, dict) and one.get("type") == "image":
            elements.element(look, where, one, allowed=frozenset({"image"}), where="A context")
        else:
            look.text(where, one, "A context's text", most=3000, plain=False)


def _input(look: Inspection, at: str, value: Block) -> None:
    look.text(f"{at}/label", value.get("label"), "An input's label", most=2000)
    look.optional_text(at, value, "hint", "An input's hint", most=2000)
    elements.element(look, f"{at}/element", value.get("element"), allowed=elements.IN_INPUT, where="An input")
    if _element_type(value) == "file_input" and value.get("dispatch_action"):
        look.add(f"{at}/dispatch_action", "A file_input cannot dispatch an action.")


def _element_type(value: Block) -> object:
    one = value.get("element")
    return one.get("type") if isinstance(one, dict) else None


def _markdown(look: Inspection, at: str, value: Block) -> None:
    look.length(f"{at}/text", value.get("text"), "A markdown block's text", most=12_000)


def _rich_text(look: Inspection, at: str, value: Block) -> None:
    if not look.count(f"{at}/elements", value.get("elements"), "Elements", most=1000):
        return
    for index, one in enumerate(value["elements"]):
        if not isinstance(one, dict) or str(one.get("type")) not in _RICH_PARTS:
            look.add(f"{at}/elements/{index}", f"A rich_text holds {', '.join(sorted(_RICH_PARTS))} alone.")


def _alert(look: Inspection, at: str, value: Block) -> None:
    look.text(f"{at}/text", value.get("text"), "An alert's text", most=200, plain=False)
    look.one_of(at, value, "level", ("default", "info", "warning", "error", "success"))


def _card(look: Inspection, at: str, value: Block) -> None:
    if not any(value.get(key) for key in ("hero_image", "title", "actions", "body")):
        look.add(at, "A card needs a hero_image, a title, actions or a body.")
    look.optional_text(at, value, "title", "A card's title", most=150, plain=False)
    look.optional_text(at, value, "subtitle", "A card's subtitle", most=150, plain=False)
    look.optional_text(at, value, "body", "A card's body", most=200, plain=False)
    if value.get("actions") is not None and look.count(f"{at}/actions", value["actions"], "Actions", most=2):
        allowed = frozenset({"button"})
        for index, one in enumerate(value["actions"]):
            elements.element(look, f"{at}/actions/{index}", one, allowed=allowed, where="A card")


def _carousel(look: Inspection, at: str, value: Block) -> None:
    if look.count(f"{at}/elements", value.get("elements"), "Cards", most=10):
        for index, one in enumerate(value["elements"]):
            if isinstance(one, dict) and one.get("type") == "card":
                _card(look, f"{at}/elements/{index}", one)
            else:
                look.add(f"{at}/elements/{index}", "A carousel holds cards alone.")


def _container(look: Inspection, at: str, value: Block) -> None:
    if value.get("title") is None and value.get("rich_text_title") is None:
        look.add(at, "A container needs a title or a rich_text_title.")
    look.optional_text(at, value, "title", "A container's title", most=150)
    look.optional_text(at, value, "subtitle", "A container's subtitle", most=150, plain=False)
    look.one_of(at, value, "width", ("narrow", "standard", "wide", "full"))
    if value.get("is_collapsible") and value.get("has_header_divider"):
        look.add(f"{at}/has_header_divider", "A collapsible container has no header divider.")


def _children(look: Inspection, at: str, value: Block, surface: str) -> None:
    if not look.count(f"{at}/child_blocks", value.get("child_blocks"), "Child blocks", most=10):
        return
    for index, one in enumerate(value["child_blocks"]):
        where = f"{at}/child_blocks/{index}"
        if isinstance(one, dict) and str(one.get("type")) not in _IN_CONTAINER:
            look.add(f"{where}/type", f"A container cannot hold a {one.get('type')!r} block.")
        else:
            block(look, where, one, surface=surface)


def _task_card(look: Inspection, at: str, value: Block) -> None:
    look.length(f"{at}/task_id", value.get("task_id"), "A task_id", most=255)
    look.length(f"{at}/title", value.get("title"), "A task's title", most=3000)
    look.one_of(at, value, "status", ("pending", "in_progress", "complete", "error"))


def _plan(look: Inspection, at: str, value: Block) -> None:
    look.length(f"{at}/title", value.get("title"), "A plan's title", most=3000)
    if value.get("tasks") is not None and look.count(f"{at}/tasks", value["tasks"], "Tasks", most=50):
        for index, one in enumerate(value["tasks"]):
            _task_card(look, f"{at}/tasks/{index}", one if isinstance(one, dict) else {})


def _video(look: Inspection, at: str, value: Block) -> None:
    # "Less than", other than everywhere else: 199 and 49 are the last that Slack takes.
    look.text(f"{at}/title", value.get("title"), "A video's title", most=199)
    look.optional_length(at, value, "author_name", "A video's author_name", most=49)
    for key in ("alt_text", "video_url", "thumbnail_url"):
        look.length(f"{at}/{key}", value.get(key), f"A video's {key}", most=3000)


def _refused(sentence: str) -> Rule:
    return lambda look, at, _value: look.add(f"{at}/type", sentence)


_MESSAGE = frozenset({"message"})
_MODAL = frozenset({"modal"})
_EVERYWHERE = frozenset({"message", "modal", "home"})
_NOT_MODAL = frozenset({"message", "home"})

# Each block: the surfaces it may stand on, its rule, and its properties beside type and block_id.
_BLOCKS: dict[str, tuple[frozenset[str], Rule, set[str]]] = {
    "actions": (_EVERYWHERE, _actions, {"elements"}),
    "alert": (_MODAL, _alert, {"text", "level"}),
    "card": (_NOT_MODAL, _card, {"hero_image", "icon", "title", "subtitle", "body", "actions"}),
    "carousel": (_NOT_MODAL, _carousel, {"elements"}),
    "container": (
        _MESSAGE,
        _container,
        {
            "child_blocks", "title", "rich_text_title", "subtitle", "width", "icon", "is_collapsible",
            "default_collapsed", "has_header_divider",
        },
    ),
    "context": (_EVERYWHERE, _context, {"elements"}),
    "context_actions": (_MESSAGE, _context_actions, {"elements"}),
    "data_table": (_NOT_MODAL, data_table, {"caption", "rows", "page_size", "row_header_column_index"}),
    "data_visualization": (_MESSAGE, data_visualization, {"title", "chart"}),
    "divider": (_EVERYWHERE, _divider, set()),
    "file": (_MESSAGE, _refused("An app cannot send a file block."), {"external_id", "source"}),
    "header": (_EVERYWHERE, _header, {"text", "level"}),
    "image": (
        _EVERYWHERE,
        _image,
        {"image_url", "slack_file", "alt_text", "title", "image_width", "image_height", "image_bytes"},
    ),
    "input": (_EVERYWHERE, _input, {"label", "element", "hint", "optional", "dispatch_action"}),
    "markdown": (_MESSAGE, _markdown, {"text"}),
    "plan": (_MESSAGE, _plan, {"title", "tasks"}),
    "rich_text": (_EVERYWHERE, _rich_text, {"elements"}),
    "section": (_EVERYWHERE, _section, {"text", "fields", "accessory", "expand"}),
    # Slack's page lists the home tab too, but a table fails there: the smaller promise is the safe one.
    "table": (_MESSAGE, table, {"rows", "column_settings"}),
    "task_card": (_MESSAGE, _task_card, {"task_id", "title", "details", "output", "sources", "status"}),
    "video": (
        _EVERYWHERE,
        _video,
        {
            "alt_text", "video_url", "thumbnail_url", "title", "title_url", "description",
            "provider_icon_url", "provider_name", "author_name",
        },
    ),
}  # fmt: skip
