"""The sandbox's first card: short, true, and every step of it works."""

import httpx
from bot_team import APPROVER, GROWTH, Team

from bot.manifest import commands
from bot.sandbox.launch import GUIDE
from bot.sandbox.samples import FRESH, SAMPLES


def test_the_guide_has_at_most_nine_steps_of_one_line_each() -> None:
    assert len(GUIDE["steps"]) <= 9
    assert all(len(step["text"]) <= 100 for step in GUIDE["steps"])


def test_every_command_of_the_guide_is_one_of_the_manifest() -> None:
    tried = {step["try"].split()[0] for step in GUIDE["steps"] if step.get("try", "").startswith("/")}
    assert tried <= {each["command"] for each in commands()}


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
