"""What the release before kept is still read, and its card is still drawn.

``records_before_studies.json`` was written by the code of that release: a campaign that was handed in, one
that was built from rows, and a retrospective.
"""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.blocks.card import card
from bot.blocks.voice import voice
from engine.models.recommendation import Recommendation
from engine.models.retrospective import Retrospective
from engine.narrate.formats import Formats

KEPT = Path(__file__).parents[1] / "data" / "records_before_studies.json"
VOICE = voice(Formats(year=2026), ZoneInfo("Europe/Madrid"))


@pytest.fixture
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def holds(after: Any, before: Any) -> bool:
    """Whether all that was written is still there, to the letter."""
    if isinstance(before, dict):
        return isinstance(after, dict) and all(
            key in after and holds(after[key], value) for key, value in before.items()
        )
    if isinstance(before, list):
        return len(after) == len(before) and all(map(holds, after, before))
    return bool(after == before)


@pytest.mark.parametrize("name", ["recommendation", "by_rows"])
def test_a_recommendation_of_the_release_before_is_read_whole_and_drawn(
    kept: dict[str, Any], name: str
) -> None:
    found = Recommendation.model_validate_json(json.dumps(kept[name]))
    assert holds(json.loads(found.model_dump_json()), kept[name])
    drawn = card(found, VOICE)
    assert found.analysis.retrospective.name in drawn.text
    assert len(drawn.blocks) >= 5


def test_a_retrospective_of_the_release_before_is_read_whole(kept: dict[str, Any]) -> None:
    found = Retrospective.model_validate_json(json.dumps(kept["retrospective"]))
    assert json.loads(found.model_dump_json()) == kept["retrospective"]
