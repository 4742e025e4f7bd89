"""The one place that trims to Slack's limits and to our own, and checks that nothing slipped by."""

import html
import re
from typing import Any

MOST_BLOCKS = 50
CARD_BLOCKS = 9
SECTION = 300
MESSAGE = 3_500
FALLBACK = 150
STUDY_LINES = 8
STUDY_ROWS = 15  # beside the head
STUDY_COLUMNS = 5
STUDY_CELL = 60
ELLIPSIS = "…"


def clip(text: str, longest: int) -> str:
    """Cut text at ``longest`` characters, ellipsis included; an entity such as ``&lt;`` is never torn."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    torn = cut.rfind("&")
    if torn > len(cut) - 6 and ";" not in cut[torn:]:
        cut = cut[:torn]
    return cut.rstrip() + ELLIPSIS


def few(items: list[str], most: int = 5) -> list[str]:
    """Keep the first ``most`` lines and say how many more there are."""
    return items if len(items) <= most else [*items[:most], f"and {len(items) - most} more"]


def faults(blocks: list[dict[str, Any]], *, most_blocks: int = MOST_BLOCKS) -> list[str]:
    """Name what breaks our own limits: too many blocks, sections too long, a message too long."""
    found = [f"{len(blocks)} blocks, at most {most_blocks}"] if len(blocks) > most_blocks else []
    total = 0
    for index, block in enumerate(blocks):
        length = read_length(block.get("text", {}).get("text", "")) if block["type"] == "section" else 0
        total += length
        if length > SECTION:
            found.append(f"section {index} has {length} characters, at most {SECTION}")
    return [*found, f"{total} characters, at most {MESSAGE}"] if total > MESSAGE else found


def read_length(text: str) -> int:
    """Count the characters that a person reads: ``&lt;`` is one, a moment is its fallback."""
    return len(html.unescape(re.sub(r"<!date[^|>]*\|([^>]*)>", r"\1", text)))
