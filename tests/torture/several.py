"""Several bots on one PostgreSQL: nothing is done twice, and nothing is lost, whoever is killed.

``digests``: every week a digest is due, and one of two bots is killed in the window in which it is sent.
``clicks``: a command and twenty clicks on its card, each told to both bots, and one is killed in between.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot_team import APPROVER, MEMBER, button
from postgres_server import NoServer, own_schema

from bot.app import build_engine
from bot.opening import open_memory
from torture.beside import Bots, TeamOfBots, beside, click, command
from torture.made_up import campaigns, dice
from torture.result import Result, counted
from torture.traces import arrived, not_once, posted

LONGEST_S = (0.05, 0.4)
CLICKS = 20
NAME = "told-to-both"


def digests(times: int) -> Result:
    """Kill one of two bots in ``times`` send windows and count the digests."""
    return _where_there_is_a_server(_digests, times)


def clicks(times: int) -> Result:
    """Let two people press Approve twenty times in all, on both bots, ``times`` times; one is killed."""
    return _where_there_is_a_server(_clicks, times)


def _where_there_is_a_server(run: Callable[[int], Result], times: int) -> Result:
    try:
        return run(times)
    except NoServer as missing:
        return Result(times, times, str(missing))


def _digests(times: int) -> Result:
    chance = dice()
    with _two_bots() as team:
        bots = team.bots
        for which in (0, 1):
            bots.start(which)
            bots.ready(which)
        bots.say(0, "slash_commands", command("/digest weekly mon 09:00", trigger="1.order"))
        team.whisper("Every Monday 09:00", user=APPROVER)
        for number in range(times):
            if number % 2:
                team.fault("drop_response_after_post")
            bots.move("monday_0900")
            time.sleep(chance.random() * chance.choice(LONGEST_S))
            killed = chance.choice((0, 1))
            bots.kill(killed)
            team.wait(arrived(team, "digest", number + 1))
            bots.start(killed)
            bots.ready(killed)
        team.wait(bots.is_idle)
        faults = [*not_once(posted(team, "digest"), times, "digests"), *bots.stuck()]
        slots = bots.ask("SELECT local_date, status FROM digest_slots WHERE status <> 'sent'")
        faults += [f"the slot of {date} says {status}" for date, status in slots]
        ((again,),) = bots.ask("SELECT count(*) FROM outbox WHERE kind = 'digest' AND attempts > 1")
    return counted(times, faults, f"{again} were taken up and looked for")


def _clicks(times: int) -> Result:
    chance = dice()
    faults: list[str] = []
    with _two_bots() as team:
        for which in (0, 1):
            team.bots.start(which)
            team.bots.ready(which)
        for number in range(times):
            killed = chance.choice((0, 1))
            faults += _pressed_by_many(team, f"{NAME}-{number}", number, killed)
            team.bots.start(killed)
            team.bots.ready(killed)
        # Whoever came second was told so, which is what a click on a decided card is for.
        faults += [each for each in team.bots.stuck() if "AlreadyDecided" not in each]
    return counted(times * CLICKS, faults)


def _pressed_by_many(team: TeamOfBots, name: str, number: int, killed: int) -> Iterator[str]:
    """Ask both bots for one card, press it on both, kill one; say what happened twice, or not at all."""
    bots = team.bots
    _remember(team, name)
    asked = command(f"/analyze {name}", trigger=f"{number}.card")
    for which in (0, 1):
        bots.say(which, "slash_commands", asked)
    card = team.wait(lambda: team.find(name))
    team.wait(bots.is_idle)
    _, approve = button(card, "Approve")

    def press(each: int) -> None:
        user = (APPROVER, MEMBER)[each % 2]
        told = click(approve, card["ts"], trigger=f"{number}.{each}", user=user)
        for which in (each % 2, 1 - each % 2):  # Slack tells both of every click
            bots.say(which, "interactive", told)
        if each == CLICKS // 2:
            bots.kill(killed)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, range(CLICKS)))
    team.wait(bots.is_idle)
    deeds = f"SELECT count(*) FROM ledger WHERE deed = 'approved' AND subject = '{_record_of(team, name)}'"  # noqa: S608
    ((approved,),) = bots.ask(deeds)
    if approved != 1:
        yield f"{name} was approved {approved} times"
    cards = [key for key in posted(team, "card").elements() if _record_of(team, name) in key]
    if len(cards) != 1:
        yield f"{len(cards)} cards of {name}"
    if "Approved by" not in str(team.again(card)["blocks"]):
        yield f"the card of {name} does not say that it is approved"


def _record_of(team: TeamOfBots, name: str) -> str:
    found = team.bots.ask(f"SELECT id FROM briefs WHERE campaign_key LIKE '%{name}'")  # noqa: S608
    return str(found[0][0])


def _remember(team: TeamOfBots, name: str) -> None:
    """Hand a campaign in beside the bots, as a shell does."""
    bots = team.bots
    with tempfile.TemporaryDirectory() as folder:
        settings = beside(bots.address, Path(folder))
        store = open_memory(settings, bots.clock)
        engine = build_engine(settings, store, bots.clock)
        engine.submit(campaigns([name], bots.clock.now()), source=None, asked_by="shell")
        engine.close()
        store.close()


@contextmanager
def _two_bots() -> Iterator[TeamOfBots]:
    with (
        tempfile.TemporaryDirectory() as folder,
        own_schema() as address,
        TeamOfBots(Bots(Path(folder), address)) as team,
    ):
        yield team
