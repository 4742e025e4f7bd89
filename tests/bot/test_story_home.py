"""App Home: what each kind of person finds there, and that it follows the record."""

import json
from pathlib import Path

import httpx
import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, RANDOM, Team, both_ways, shown
from home_visits import home_saying, labels_of, press, records, titles, visit
from shell_room import told

TOKEN = "a-token-of-the-tests"
LAST = "Expires "


@both_ways
def test_an_approvers_home_counts_what_waits_and_what_it_may_cost(team: Team) -> None:
    for name in ("spring-sale", "new-parents"):
        team.card_of(name)
    visit(team)
    home = home_saying(team, "2 decisions wait")
    assert titles(home) == ["2 decisions wait, worst case 2,073\u00a0EUR"]
    new_parents, spring_sale = (
        block["text"]["text"] for block in home["blocks"] if LAST in str(block.get("text"))
    )
    assert new_parents.startswith("`new-parents`: Lower the daily spend")
    assert spring_sale.startswith("`spring-sale`: Raise the daily spend")
    assert labels_of(home) == ["Open card", "Open card", "Search…", "Analyze…", "Digest…", "Settings…"]
    assert "Also 6\u00a0proposals without a card yet" in shown(home)


@both_ways
def test_a_decision_redraws_every_home_that_was_opened(team: Team) -> None:
    card = team.card_of("spring-sale")
    for user in (APPROVER, MEMBER):
        visit(team, user)
        home_saying(team, "1 decision waits", user)
    team.click("Approve", card)
    for user in (APPROVER, MEMBER):
        home = home_saying(team, "Approved, to be carried out by hand", user)
        assert titles(home) == ["1 approved, to be carried out"]
    team.click("Done…", team.wait(lambda: team.find("Carry it out in Meta")))
    home = home_saying(team, "Last decision")
    assert titles(home) == ["Nothing waits for you"]


def test_a_new_card_appears_on_home_with_its_link(team: Team) -> None:
    visit(team)
    assert titles(home_saying(team, "Nothing waits for you")) == ["Nothing waits for you"]
    team.card_of("spring-sale")
    home_saying(team, "1 decision waits")
    home = home_saying(team, "Open card")
    assert labels_of(home)[0] == "Open card"


@both_ways
def test_a_members_home_has_their_own_first_and_no_settings(team: Team) -> None:
    team.card_of("new-parents")
    team.command("/analyze spring-sale --force", user=MEMBER)
    team.wait(lambda: team.find("spring-sale"))
    visit(team, MEMBER)
    home = home_saying(team, "2 decisions wait", MEMBER)
    assert titles(home) == ["2 decisions wait, 1 of yours"]
    first, second = (block["text"]["text"] for block in home["blocks"] if LAST in str(block.get("text")))
    assert first.startswith("`spring-sale`")
    assert first.endswith(f"⏳ Waits for <@{APPROVER}>.")
    assert second.startswith("`new-parents`")
    assert "Settings…" not in labels_of(home)
    assert "Approve" not in labels_of(home)


def test_a_guests_home_says_whom_to_ask_and_nothing_of_money(team: Team) -> None:
    team.card_of("spring-sale")
    visit(team, GUEST)
    home = home_saying(team, "Ask an approver to add you", GUEST)
    assert f"<@{APPROVER}>" in shown(home)
    assert "spring-sale" not in shown(home)
    assert "EUR" not in shown(home)
    assert labels_of(home) == []


def test_a_newcomer_is_led_from_one_step_to_the_next(tmp_path: Path) -> None:
    team = Team(tmp_path, filled=False)
    try:
        visit(team)
        home = home_saying(team, "Set up: 2 of 5 done")
        assert "✅ Done: invite me to a channel · name an approver" in shown(home)
        assert "*Next: limits, currency, time zone.*" in shown(home)
        assert "Later: hand in a first campaign" in shown(home)
        assert "No campaign yet. Drop an export into a channel." in shown(home)
        assert labels_of(home) == ["Set…", "Analyze…", "Digest…", "Settings…"]
        team.engine.submit(json.dumps(told()), source=None, asked_by=MEMBER)
        home = home_saying(team, "Nothing waits for you")
        assert titles(home) == ["Nothing waits for you"]
        assert "No learning yet; it needs two periods that agree." in shown(home)
    finally:
        team.close()


def test_a_search_shows_what_was_found_in_place_of_the_latest(team: Team) -> None:
    visit(team)
    home = home_saying(team, "*Learned lately*")
    press(team, "Search…", home)
    assert team.submit(team.view(), {"value": "students `<!channel>`"}) == {"closed": True}
    home = home_saying(team, "*Learned about `students ˋ&lt;!channel&gt;ˋ`:* 1 of 1")
    assert "Students 18-25: CPA" in shown(home)
    press(team, "Search…", home)
    team.submit(team.view(), {"value": "podcasts"})
    home_saying(team, "No learning about `podcasts`.")
    team.card_of("spring-sale")
    home = home_saying(team, "1 decision waits")
    assert "No learning about `podcasts`." in shown(home)
    visit(team)
    home_saying(team, "*Learned lately*")


def test_a_home_follows_again_once_it_is_opened_after_the_bot_was_away(team: Team) -> None:
    first, second = team.card_of("new-parents"), team.card_of("spring-sale")
    visit(team)
    home_saying(team, "2 decisions wait")
    team.sandbox.disconnect()
    team.sandbox.connect()
    team.click("Approve", first)
    visit(team)
    home_saying(team, "1 decision waits")
    team.click("Approve", second)
    home_saying(team, "2 approved, to be carried out")


def test_what_is_too_old_to_approve_waits_no_more(team: Team) -> None:
    team.card_of("spring-sale")
    visit(team)
    home_saying(team, "1 decision waits")
    team.move(seconds=8 * 24 * 3600)
    visit(team)
    home = home_saying(team, "too old to approve")
    assert titles(home) == ["Nothing waits for you"]


def test_ordering_the_digest_is_on_home_at_once(team: Team) -> None:
    visit(team)
    home_saying(team, "Digest: not ordered yet")
    team.command("/digest weekly mon 09:00 #growth")
    home_saying(team, f"Digest: <#{GROWTH}> Mon 09:00 (Europe/Madrid)")


@pytest.mark.parametrize("label", ["Analyze…", "Digest…", "Settings…"])
def test_the_doors_of_home_open(team: Team, label: str) -> None:
    visit(team)
    press(team, label, home_saying(team, "Nothing waits for you"))
    assert team.view()["type"] == "modal"


def test_the_messages_tab_is_no_visit_to_home(team: Team) -> None:
    team.http.post("/ui/home", json={"user": MEMBER, "tab": "messages"}).raise_for_status()
    visit(team, APPROVER)
    home_saying(team, "Nothing waits")
    assert team.state(MEMBER)["home"] is None


def test_home_the_command_and_the_api_tell_the_same_records(tmp_path: Path) -> None:
    team = Team(tmp_path, port=0, MARKO_API_TOKEN=TOKEN)
    try:
        for name in ("spring-sale", "new-parents", "city-break"):
            team.card_of(name)
        visit(team)
        on_home = records(home_saying(team, "2 decisions wait")["blocks"])
        overview = team.engine.overview(team.sandbox.marko._people.look_up(APPROVER))
        assert list(overview.waiting) == on_home
        team.command("/marko recommendations proposed", channel=RANDOM)
        listed = team.whisper("What was proposed", user=APPROVER, channel=RANDOM)
        team.command("/marko recommendations")
        newest = team.whisper("What was proposed", user=APPROVER)
        with httpx.Client(
            base_url=team.sandbox.marko.web.url,
            headers={"Authorization": f"Bearer {TOKEN}"},
            trust_env=False,
        ) as api:
            proposed = api.get("/recommendations", params={"status": "proposed"}).json()
            every = api.get("/recommendations").json()
        ids = [each["id"] for each in proposed["recommendations"]]
        assert sorted([*on_home, *overview.without_card, *overview.too_old]) == sorted(ids)
        assert records(listed["blocks"]) == ids[:5]
        assert f"({proposed['total']})" in shown(listed)
        assert records(newest["blocks"]) == [each["id"] for each in every["recommendations"]][:5]
        assert f"({every['total']})" in shown(newest)
    finally:
        team.close()
