"""Opening the memory as the settings say: where it is, with which key its ledger is kept."""

from contextlib import AbstractContextManager

from bot.settings import Settings
from engine.ports import Clock
from store import Guard, Store, open_store


def alone(settings: Settings) -> AbstractContextManager[object]:
    """See that no bot is at work on the memory while this is done; ``StoreTrouble`` names the one that is.

    Bots on a shared database are not on one machine: whoever does this stops them first.
    """
    return Guard(settings.database)


def open_memory(settings: Settings, clock: Clock, *, check_ledger: bool = True) -> Store:
    """Open the memory; ``StoreTrouble`` says why it cannot be.

    Without ``check_ledger`` one whose ledger was changed, or is of another key, is opened too.
    """
    return open_store(
        settings.place,
        clock,
        ledger_key=settings.ledger_key,
        folder=settings.database.parent,
        secrets=settings.secrets,
        check_ledger=check_ledger,
    )
