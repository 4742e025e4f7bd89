"""``/marko find``: campaigns by their tags, in Slack and in the shell."""

from pathlib import Path

from bot_team import MEMBER, RANDOM, Team, both_ways, shown
from shell_room import Room, told


@both_ways
def test_campaigns_of_a_platform_are_found_and_an_unknown_tag_gets_the_nearest(team: Team) -> None:
    team.command("/marko find tag:platform:meta", user=MEMBER, channel=RANDOM)
    answer = team.whisper("with platform:meta", user=MEMBER, channel=RANDOM)
    assert answer["broken"] == []
    assert "`spring-sale`" in shown(answer)
    team.command("/marko find tag:platform:metta", user=MEMBER, channel=RANDOM)
    assert "platform:meta" in shown(team.whisper("No campaign has", user=MEMBER, channel=RANDOM))


def test_the_shell_finds_the_same_and_prints_json(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert room.run("analyze", room.file("one.json", told())).code == 0
    done = room.run("find", "tag:platform:meta")
    assert (done.code, done.err) == (0, "")
    assert done.out.replace("\u00a0", " ").splitlines()[0] == "1 campaign with platform:meta."
    found = room.run("find", "tag:platform:meta", "--json").json["found"]
    assert [each["name"] for each in found] == ["spring-sale"]
