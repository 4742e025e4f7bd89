"""The JSON artifacts of each analysis, as files that are written whole or not at all."""

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

log = logging.getLogger(__name__)

LONGEST_NAME = 150  # characters; file systems take 255 bytes


class ArtifactFolder:
    """``<folder>/<campaign_id>/comparison.json`` and its siblings; the same bodies, the same bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, campaign_id: str, bodies: dict[str, Any]) -> None:
        """Write each body as ``<name>.json``.

        The analysis is in the memory already, so a folder that cannot be written to is told in the log
        and stops nothing.
        """
        home = self._folder / folder_name(campaign_id)
        try:
            home.mkdir(parents=True, exist_ok=True)
            for name, body in bodies.items():
                text = json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
                _replace(home / f"{name}.json", text)
        except OSError as problem:
            log.error("The artifacts of %s are not written to %s: %s", campaign_id, home, problem.strerror)


def folder_name(campaign_id: str) -> str:
    """Turn an id out of a file into one harmless folder name: no separators, no leading dot."""
    name = quote(campaign_id, safe=" ")
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(campaign_id.encode()).hexdigest()[:12]}"
    return f"%2E{name[1:]}" if name.startswith(".") else name


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
