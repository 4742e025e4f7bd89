"""A file that was dropped into a channel, and what was taken from it."""

from typing import Literal

from pydantic import Field

from engine.models.campaign import Day, Moment, Total
from engine.models.export import Alike, Hints, Scan
from engine.models.value import Value

ImportState = Literal[
    "reading", "done", "stopped", "refused", "same", "export", "asking", "double", "undone", "cancelled"
]


class BrokenRule(Value):
    """One fault of a file: which field, its value, the rule, and the line where it stands."""

    field: str
    value: str
    rule: str
    line: int | None = None


class ImportedCampaign(Value):
    """A campaign of the file, and the recommendation whose verdict is told of it."""

    key: str
    name: str
    platform: str
    recommendation: str


class Dropped(Value):
    """Where a file arrived. ``id`` is "import:", Slack's file id and the channel: a file may be in two.

    ``thread`` is the ts in whose thread it is answered; ``None`` where nobody knows it, or where
    there is none: then the answer stands in the channel itself. ``by`` is who dropped it.
    """

    id: str
    channel: str
    thread: str | None
    file: str
    by: str


class Haul(Value):
    """What a file adds to the memory, counted in windows before they are stored.

    ``known``: remembered already. ``outdated``: other figures are known from a later moment, and stand.
    The sums are those of the windows taken; ``None`` where two of them share days, since no money is
    counted twice. ``spend`` is by currency, "" where none was given.
    """

    campaigns: int
    taken: int
    known: int
    outdated: int
    first_day: Day | None = None
    last_day: Day | None = None
    spend: dict[str, Total] | None = None
    conversions: Total | None = None

    @property
    def windows(self) -> int:
        return self.taken + self.known + self.outdated


class Replaced(Value):
    """Days of an earlier import that this one corrects: how many, which, and what was spent on them.

    ``before`` and ``after`` are by currency.
    """

    days: int
    first_day: Day
    last_day: Day
    before: dict[str, Total]
    after: dict[str, Total]


class FileImport(Dropped):
    """One file in one channel, and how it ended.

    "reading": begun, and taken up again after a crash. "done": ``haul`` and ``league`` say what came of
    it. "stopped": it failed halfway, and ``stored`` of the windows that ``haul`` would take are remembered.
    "refused": ``faults``, or a ``reason`` why it could not be read. "same": the bytes of ``before``.
    "export": a kind of file that is not read yet. "asking": ``scan.questions`` wait for answers, and nothing
    is stored. "double": the same money as ``before`` by a finer level, so nothing was added. "undone": taken
    back by ``undone_by``. "cancelled": somebody pressed Cancel while it was read.

    Of an export ``scan`` says what it is, ``hints`` what people answered, ``replaced`` which days it
    corrects, ``alike`` which names may be one campaign, and ``progress`` how many of about how many rows are
    read, or put aside where ``storing``. ``league`` holds the campaigns that are told, the worst money first,
    out of ``haul.campaigns``.
    """

    checksum: str
    at: Moment
    state: ImportState
    haul: Haul | None = None
    league: tuple[ImportedCampaign, ...] = ()
    faults: tuple[BrokenRule, ...] = ()
    reason: str = ""
    stored: int = 0
    before: str | None = None
    scan: Scan | None = None
    hints: Hints = Field(default_factory=Hints)
    replaced: Replaced | None = None
    alike: tuple[Alike, ...] = ()
    progress: tuple[int, int] | None = None
    storing: bool = False
    undone_by: str | None = None
