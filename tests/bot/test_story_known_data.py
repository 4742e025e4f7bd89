"""What is known out of exports, asked by command and in words; and presses that come too late."""

from bot_team import APPROVER, GROWTH, MEMBER, Team, both_ways, shown
from test_story_exports import card, click, export

SPACE = "\u00a0"


def test_marko_data_says_how_exports_come_in_where_there_are_none(team: Team) -> None:
    team.command("/marko data", user=MEMBER)
    team.whisper("No rows yet. Drop an export", user=MEMBER)


@both_ways
def test_marko_data_says_how_old_the_exports_are(team: Team) -> None:
    card(team, team.share("march.csv", export("lamp-sale", "sofa-week"))["ts"], "rows taken")
    team.command("/marko data", user=MEMBER)
    told = shown(team.whisper("data up to", user=MEMBER)).replace(SPACE, " ")
    assert "2 campaigns, 56 rows, 2–29 Mar; 1,120.00 EUR" in told
    assert "last import: `march.csv`" in told
    team.command("/marko help")
    assert "`data` which exports I have" in shown(team.whisper("What you can type", user=APPROVER))


def test_what_data_there_is_can_be_asked_in_words(team: Team) -> None:
    card(team, team.share("march.csv", export())["ts"], "rows taken")
    for asked in ("How fresh is the data?", "What data do you have from Meta?", "Which exports are there?"):
        told = team.engine.ask(asked)
        assert told.form == "answer", asked
        assert "28\u00a0rows" in told.answer
    nothing = team.engine.ask("Do we have data from TikTok?")
    assert nothing.form != "answer"
    assert "export" in nothing.answer


def test_of_two_who_press_at_once_one_is_told_that_it_changed_nothing(team: Team) -> None:
    ts = team.share("march.csv", export("store-opening", "Store_Openings"))["ts"]
    said = card(team, ts, "one campaign?")
    click(team, said, "One", user=MEMBER)
    click(team, said, "Two", user=APPROVER)
    team.wait(lambda: "one campaign?" not in shown(team.again(said)))
    late = APPROVER if "One campaign: `" in shown(team.again(said)) else MEMBER
    team.whisper("That was answered already", user=late)


@both_ways
def test_a_slack_that_fails_once_does_not_lose_the_file(team: Team) -> None:
    team.http.post("/ui/faults", json={"name": "server_error", "on": True}).raise_for_status()
    card(team, team.share("march.csv", export(), channel=GROWTH)["ts"], "rows taken")
