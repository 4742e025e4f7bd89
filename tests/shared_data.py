"""Files that the project is handed and does not keep itself: ``../shared`` beside the project's folder."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_file(name: str) -> Path:
    """Give the path of a shared file, such as ``data/reflection_incoming_campaign.json``.

    Where it is missing the test is skipped, and fails where CI promises to have it.
    """
    path = SHARED / name
    if not path.exists():
        missing = f"no shared file {name} beside the project"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
