"""The same bot on PostgreSQL: a card, a decision, a digest; and two of them on one database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bot_team import APPROVER, GROWTH, Team, labels, shown
from postgres_server import PASSWORD, schema_or_skip

from bot.app import Marko
from bot.doctor import examine
from bot.settings import read_settings
from engine.models.answer import Person

KEY = "a key of the tests, the same for every bot"


@pytest.fixture
def address() -> Iterator[str]:
    yield from schema_or_skip()


@pytest.fixture(params=["socket", "http"])
def served(request: pytest.FixtureRequest, tmp_path: Path, address: str) -> Iterator[Team]:
    """A team whose bot remembers on a server."""
    team = Team(tmp_path, mode=request.param, DATABASE_URL=address, MARKO_LEDGER_KEY=KEY)
    yield team
    team.close()


@pytest.fixture
def team(tmp_path: Path, address: str) -> Iterator[Team]:
    made = Team(tmp_path, DATABASE_URL=address, MARKO_LEDGER_KEY=KEY)
    yield made
    made.close()


@contextmanager
def beside(team: Team, folder: Path) -> Iterator[Marko]:
    """A second bot on the same database and in the same workspace; the newest hears of everything."""
    second = Marko(replace(team.sandbox._settings, data_dir=folder / "second"), clock=team.sandbox.clock)
    second.start()
    assert second.wait(30)
    yield second
    second.stop()


def test_a_card_is_asked_for_and_approved_and_stands_in_the_digest(served: Team) -> None:
    card = served.card_of("spring-sale")
    served.click("Approve", card)
    changed = served.wait(lambda: served.find("Carry it out in Meta, then press Done."))
    assert changed["ts"] == card["ts"]
    assert labels(changed)[0] == "Done…"
    served.command("/digest weekly mon 09:00 #growth")
    served.whisper("Every Monday 09:00", user=APPROVER)
    served.move(move="monday_0900")
    digest = served.wait(lambda: served.find("*Decided.* <@U0APPROVER> approved"))
    assert digest["broken"] == []
    assert not (served.sandbox._settings.database).exists()


def test_a_restart_finds_everything_where_it_was(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.sandbox.disconnect()
    team.sandbox.connect()
    team.click("Approve", card)
    assert team.wait(lambda: team.find("Approved by"))["ts"] == card["ts"]


def test_two_bots_may_run_and_what_one_posted_the_other_redraws(team: Team, tmp_path: Path) -> None:
    card = team.card_of("spring-sale")
    with beside(team, tmp_path):
        team.click("Approve", card)  # heard by the second
        changed = team.wait(lambda: team.find("Carry it out in Meta"))
        assert changed["ts"] == card["ts"]
        team.command("/digest now")
        digest = team.wait(lambda: team.find("*Decided.*"))
        assert "spring-sale" in shown(digest)


def test_the_second_bot_publishes_when_the_first_has_stopped(team: Team, tmp_path: Path) -> None:
    with beside(team, tmp_path):
        team.sandbox.disconnect()
        team.command("/analyze spring-sale")
        assert team.wait(lambda: team.find("spring-sale", channel=GROWTH))


def test_who_asks_one_bot_hears_what_came_of_it_though_another_publishes(team: Team, tmp_path: Path) -> None:
    card = team.card_of("spring-sale")
    with beside(team, tmp_path) as second:
        digest = second.engine.post_digest_now(GROWTH, by=APPROVER, key="by-hand")
        assert second.publisher.outcome(digest.id, 15).state == "sent"
    assert card


def test_what_one_bot_is_set_to_is_in_force_in_the_other(team: Team, tmp_path: Path) -> None:
    by = Person(id=APPROVER, is_admin=True)
    with beside(team, tmp_path) as second:
        shown_ = second.engine.preferences()
        assert team.engine.preferences() == shown_
        wanted = shown_.model_copy(update={"time_zone": "America/New_York"})
        second.engine.change_preferences(shown_, wanted, by=by, people={})
        team.wait(lambda: str(team.engine.zone) == "America/New_York")


def test_the_doctor_names_the_database_and_no_password(team: Team, address: str) -> None:
    settings = read_settings({"DATABASE_URL": address, "MARKO_LEDGER_KEY": KEY})
    found = {each.what: each for each in examine(settings)}
    assert found["memory"].says.startswith("database marko at ")
    assert PASSWORD not in " ".join(each.says for each in found.values())
    assert PASSWORD not in repr(settings)
