"""Small readers of case files: a CSV as columns of text, a JSON object."""

import csv
import json
from pathlib import Path
from typing import Any

from engine.errors import Fault, Refused


def columns(path: Path) -> dict[str, list[str]]:
    """Read a CSV file with a header as columns; raises ``Refused`` with the line that does not fit."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader, None)
        if not names:
            raise Refused([Fault(path.name, "nothing", "a header and rows")])
        found: dict[str, list[str]] = {name: [] for name in names}
        for cells in reader:
            if len(cells) != len(names):
                rule = f"{len(names)} cells, as the header has"
                raise Refused([Fault(path.name, f"{len(cells)} cells", rule, line=reader.line_num)])
            for name, cell in zip(names, cells, strict=True):
                found[name].append(cell)
    return found


def told(path: Path) -> dict[str, Any]:
    """Read a JSON object; raises ``Refused``."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise Refused([Fault(path.name, type(found).__name__, "a JSON object")])
    return found
