"""The same message in plainer blocks, for where Slack does not take them as they were drawn."""

from collections.abc import Iterator

from bot.blocks import kit
from bot.blocks.kit import Block
from bot.blocks.limits import clip
from bot.blocks.mrkdwn import escape

LONGEST = 2900


def ways(blocks: list[Block]) -> Iterator[list[Block]]:
    """Give the blocks as drawn; then tables and pictures in words; then none, for the text alone."""
    yield blocks
    plain = in_words(blocks)
    if plain != blocks:
        yield plain
    yield []


def in_words(blocks: list[Block]) -> list[Block]:
    """Put sections that say the same in the place of tables and pictures; at most 50 blocks stay.

    Slack's own charts are left out.
    """
    return [plain for block in blocks for plain in _in_words(block)][:50]


def _in_words(block: Block) -> list[Block]:
    if block["type"] == "data_visualization":
        return []  # its figures stand in the table beside it
    if block["type"] == "image":
        return [kit.section(escape(clip(block["alt_text"], LONGEST // 2)))]
    if block["type"] != "table":
        return [block]
    head, *rows = [[_text(cell) for cell in row] for row in block["rows"]]
    return [kit.section(text) for text in _packed([_line(head, row) for row in rows])]


def _line(head: list[str], row: list[str]) -> str:
    """One row: what it is, then each figure behind the name of its column."""
    pairs = ", ".join(f"{name} {cell}" for name, cell in zip(head[1:], row[1:], strict=False))
    return f"• {row[0]}: {pairs}" if pairs else f"• {row[0]}"


def _packed(lines: list[str]) -> list[str]:
    """As few texts as there is room for, each of whole lines."""
    texts = [""]
    for line in (clip(each, LONGEST) for each in lines):
        if texts[-1] and len(texts[-1]) + len(line) >= LONGEST:
            texts.append("")
        texts[-1] = f"{texts[-1]}\n{line}" if texts[-1] else line
    return [text for text in texts if text]


def _text(cell: object) -> str:
    """What a cell says; raw text is shown as it is, so it becomes inert here."""
    if isinstance(cell, list):
        return "".join(_text(each) for each in cell)
    if not isinstance(cell, dict):
        return ""
    own = cell.get("text", cell.get("value", ""))
    return escape(str(own)) + _text(cell.get("elements"))
