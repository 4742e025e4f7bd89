"""Promises 14 and 15 across kills: what was accepted goes on, and acts once.

Each round people ask for cards, one of them with --force, and approve those of the rounds before, while
a digest falls due; Slack delivers everything twice; the bot is killed in the midst of it.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, labels

from bot.app import build_engine
from store import open_store
from torture.far_bot import MARKO_RUN, FarBot, FarTeam
from torture.made_up import campaigns, dice
from torture.result import Result, counted
from torture.traces import is_idle, not_once, posted, rows, stuck

CARDS_A_ROUND = 4
CARD = 33  # of a click's key: channel and message
ASKERS = (APPROVER, MEMBER, GUEST)  # each of them asks ten times a minute at most
ASKERS_EACH = len(ASKERS)
LONGEST_S = (0.05, 0.4)
READING_S = 0.15  # Slack's client looks at a new socket every tenth of a second only
KILLED_AGAIN, STARTED_S = 0.3, 1.5  # how often the bot is killed at the start as well, and when
COUNTS = {
    "decided": "SELECT count(*) FROM decisions",
    "noted": "SELECT count(*) FROM ledger WHERE deed = 'approved'",
    "refused": "SELECT count(*) FROM ledger WHERE deed = 'refused'",
    "slots": "SELECT count(*) FROM digest_slots WHERE status = 'sent'",
}
# What is done is pruned after a month, which passes quickly here: so it is looked at every week.
ACCEPTED = "SELECT name, key FROM inbox WHERE name IN ('/analyze', 'approve')"
CLAIMED = "SELECT count(*) FROM digest_slots"


class Asked(NamedTuple):
    """How much people did, whether or not the bot was there to accept it."""

    commands: int
    clicks: int


def run(times: int) -> Result:
    """Kill the bot ``times`` times at work; count cards, decisions and digests at the end."""
    chance = dice()
    with tempfile.TemporaryDirectory() as folder, FarTeam(FarBot(Path(folder))) as team:
        names = [f"sale-{number:03}" for number in range(times * CARDS_A_ROUND)]
        team.bot.start()
        team.bot.connected()
        team.command("/digest weekly mon 09:00")
        team.whisper("Every Monday 09:00", user=APPROVER)
        team.http.post("/ui/faults", json={"name": "deliver_twice", "on": True}).raise_for_status()
        asked, accepted, database = [], set[tuple[str, str]](), team.bot.settings.database
        for week, first in enumerate(range(0, len(names), CARDS_A_ROUND), start=1):
            fresh = names[first : first + CARDS_A_ROUND]
            _remember(team.bot, fresh)  # week by week, so that no figures are too old to act on
            asked.append(_round(team, fresh, chance))
            # Of two slots missed only the newest is posted, so the next week begins when this one is done.
            team.wait(partial(_week_is_done, database, week))
            accepted |= set(rows(database, ACCEPTED))
        found, failures = _settled(team, asked, accepted)
        faults = list(_faults(team, found, times))
    summary = f"{found['asked']} commands, {found['clicked']} clicks accepted; {failures} not, and said so"
    return counted(found["asked"] + found["clicked"] + times, faults, summary)


def marko_run(times: int) -> Result:
    """Kill `marko run` itself, on its own clock, while cards are asked for; count them at the end."""
    chance = dice()
    names = [f"sale-{number:03}" for number in range(times * ASKERS_EACH)]
    with tempfile.TemporaryDirectory() as folder, FarTeam(FarBot(Path(folder), program=MARKO_RUN)) as team:
        _remember(team.bot, names)
        for first in range(0, len(names), ASKERS_EACH):
            team.bot.start()
            team.bot.connected()
            time.sleep(READING_S)
            for name, user in zip(names[first : first + ASKERS_EACH], ASKERS, strict=True):
                team.command(f"/analyze {name}", user=user)
            time.sleep(chance.random() * chance.choice(LONGEST_S))
            team.bot.kill()
        team.bot.start()
        found, failures = _settled(team, [Asked(len(names), 0)], set())
        faults = list(not_once(posted(team, "card"), found["asked"], "cards"))
        faults += stuck(team.bot.settings.database)
    return counted(found["asked"], faults, f"{failures} commands not taken, and said so")


def _remember(bot: FarBot, names: list[str]) -> None:
    """Hand campaigns in, as a shell does beside the bot."""
    store = open_store(bot.settings.database, bot.clock)
    build_engine(bot.settings, store, bot.clock).submit(
        campaigns(names, bot.clock.now()), source=None, asked_by=None
    )
    store.close()


def _round(team: FarTeam, names: list[str], chance: random.Random) -> Asked:
    """Act all at once and kill; the bot comes back, and people wait for it."""
    clicks = [partial(team.click, "Approve", card) for card in _open_cards(team)]
    commands = [
        partial(team.command, f"/analyze {name}", user=chance.choice((APPROVER, MEMBER)))
        # Anew each time: what was proposed before the clock moved on would be too old to approve.
        for name in (f"{each} --force" for each in names)
    ]
    acts: list[Callable[[], None]] = [*clicks, *commands]
    chance.shuffle(acts)
    team.bot.move("monday_0900")
    kill_at = time.monotonic() + chance.random() * chance.choice(LONGEST_S)
    done = Asked(0, 0)
    for act in acts:
        if time.monotonic() > kill_at:
            break
        act()
        is_click = act in clicks
        done = Asked(done.commands + (not is_click), done.clicks + is_click)
    time.sleep(max(0.0, kill_at - time.monotonic()))
    team.bot.kill()
    team.bot.start()
    if chance.random() < KILLED_AGAIN:
        time.sleep(chance.random() * STARTED_S)
        team.bot.kill()
        team.bot.start()
    team.bot.connected()
    return done


def _week_is_done(database: Path, week: int) -> bool:
    return rows(database, CLAIMED) == [(week,)] and is_idle(database)


def _open_cards(team: FarTeam) -> list[dict[str, Any]]:
    """This week's cards with Approve on them; older ones are too old to approve once Monday has come."""
    since = (team.bot.clock.now() - timedelta(days=6)).timestamp()
    return [each for each in _cards(team) if "Approve" in labels(each) and float(each["ts"]) > since]


def _cards(team: FarTeam) -> list[dict[str, Any]]:
    messages = team.workspace.messages(GROWTH)
    keys = ((each["metadata"] or {}).get("event_payload", {}).get("key", "") for each in messages)
    return [each for each, key in zip(messages, keys, strict=True) if key.startswith("card:")]


def _settled(team: FarTeam, asked: list[Asked], before: set[tuple[str, str]]) -> tuple[dict[str, int], int]:
    """Wait until all that was accepted is done, and all that was not is known.

    ``before`` is what was accepted in the weeks before, by name and key.
    """
    database = team.bot.settings.database
    commands, clicks = (sum(each) for each in zip(*asked, strict=True))

    def counts() -> dict[str, int] | None:
        found = {name: int(rows(database, question)[0][0]) for name, question in COUNTS.items()}
        accepted = before | set(rows(database, ACCEPTED))
        clicked = {key for name, key in accepted if name == "approve"}
        found |= {"asked": len(accepted) - len(clicked), "clicked": len(clicked)}
        found["cards"] = len({key[:CARD] for key in clicked})
        known = found["asked"] + found["clicked"] + _failures(team) >= commands + clicks
        return found if known and is_idle(database) else None

    found = team.wait(counts)
    return found, _failures(team)


def _failures(team: FarTeam) -> int:
    """Count what people were told was not taken."""
    notices = (each for each in team.workspace.journal.since(0) if each.type == "notice")
    return sum("dispatch_failed" in each.body["text"] or "timeout" in each.body["text"] for each in notices)


def _faults(team: FarTeam, found: dict[str, int], weeks: int) -> Iterator[str]:
    database = team.bot.settings.database
    yield from not_once(posted(team, "card"), found["asked"], "cards")
    yield from not_once(posted(team, "digest"), weeks, "digests")
    yield from stuck(database)
    if found["slots"] != weeks:
        yield f"{found['slots']} slots of {weeks} are marked as sent"
    if found["refused"]:
        yield f"{found['refused']} accepted clicks of an approver were refused"
    approved = sum("Done…" in labels(each) for each in _cards(team))
    if not found["cards"] == found["decided"] == found["noted"] == approved:
        yield (
            f"{found['cards']} cards were clicked: {found['decided']} decisions, "
            f"{found['noted']} lines in the ledger, {approved} cards say so"
        )
