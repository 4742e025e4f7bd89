"""The sandbox's first card: short, true, and every step of it works."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from bot_team import APPROVER, GROWTH, Team

from bot.manifest import commands
from bot.sandbox.launch import EMPTY_GUIDE, GUIDE, Sandbox
from bot.sandbox.samples import FRESH, SAMPLES
from bot.settings import read_settings


@pytest.mark.parametrize("guide", [GUIDE, EMPTY_GUIDE], ids=["filled", "empty"])
def test_the_guide_has_at_most_nine_steps_of_one_line_each(guide: dict[str, Any]) -> None:
    assert len(guide["steps"]) <= 9
    assert all(len(step["text"]) <= 100 for step in guide["steps"])


@pytest.mark.parametrize("guide", [GUIDE, EMPTY_GUIDE], ids=["filled", "empty"])
def test_every_command_of_the_guide_is_one_of_the_manifest(guide: dict[str, Any]) -> None:
    tried = {step["try"].split()[0] for step in guide["steps"] if step.get("try", "").startswith("/")}
    assert tried <= {each["command"] for each in commands()}


def test_the_guide_of_an_empty_sandbox_names_no_campaign_of_the_samples(tmp_path: Path) -> None:
    sandbox = Sandbox(read_settings({}), port=0, folder=tmp_path, filled=False)
    sandbox.server.start()
    try:
        state = httpx.get(f"{sandbox.server.url}/ui/state", params={"user": APPROVER}).json()
    finally:
        sandbox.stop()
    assert state["guide"]["title"] == EMPTY_GUIDE["title"]
    assert not any(each.name in str(state["guide"]) for each in SAMPLES)


def test_the_sample_file_is_taken_and_its_campaigns_are_new(team: Team) -> None:
    assert {each.name for each in FRESH}.isdisjoint(each.name for each in SAMPLES)
    answer = team.http.post("/ui/sample", json={"user": APPROVER, "channel": GROWTH})
    shared = answer.raise_for_status().json()
    card = team.wait(lambda: team.find("campaigns taken."))
    assert card["thread_ts"] == shared["ts"]
    assert all(team.find(each.name) for each in FRESH)


def test_a_sandbox_without_a_sample_says_so(slack) -> None:
    answer = httpx.post(f"{slack.url}/ui/sample", json={"user": APPROVER, "channel": GROWTH})
    assert (answer.status_code, answer.json()) == (404, {"error": "This sandbox has no sample file."})
