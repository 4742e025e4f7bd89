"""An export as it was read: what its columns mean, what its rows add up to, and what nobody can decide.

A *scan* says everything about a file but its rows; those are ``DailyRow`` (``engine/models/daily.py``).
"""

from decimal import Decimal
from typing import Literal

from pydantic import Field as Filled

from engine.models.campaign import Day, Moment, Total
from engine.models.value import Value

Field = Literal[
    # When: a day; or both ends of a range; or a week or a month, which is a range.
    "day", "first_day", "last_day", "week", "month",
    # What and where. Several columns may be "audience" (age, gender, interest) or "creative".
    "platform", "account", "account_id", "campaign", "campaign_id", "ad_set", "ad_set_id", "ad", "ad_id",
    "creative", "audience", "placement", "device", "country",
    # What the figures mean.
    "currency", "objective", "attribution", "result_kind", "time_zone",
    # How much.
    "impressions", "clicks", "spend", "conversions", "revenue", "reach",
]  # fmt: skip
Number = Literal["impressions", "clicks", "spend", "conversions", "revenue", "reach"]
NUMBERS: tuple[Number, ...] = ("impressions", "clicks", "spend", "conversions", "revenue", "reach")
WHOLE: frozenset[str] = frozenset({"impressions", "clicks", "reach"})  # the others are in millionths
MILLION = 1_000_000
IGNORED = "ignore"  # in place of a field: a column that a person says is not needed
Level = Literal["account", "campaign", "ad set", "ad"]
DateOrder = Literal["day first", "month first"]
MONTH_FIRST = frozenset({"LinkedIn", "Microsoft"})  # platforms that mostly write 4/13/2026
QuestionKind = Literal["currency", "date_order", "decimal", "column", "days", "total"]


class Hints(Value):
    """What somebody says about a file that the file does not say itself; all of it may be left out.

    ``columns`` maps a column's name, as the file writes it, to a ``Field`` or "ignore". ``despite_total``
    takes the rows although the file's own total says something else.
    """

    source: str | None = None
    currency: str | None = None
    columns: dict[str, str] = Filled(default_factory=dict)
    date_order: DateOrder | None = None
    decimal: Literal[".", ","] | None = None
    time_zone: str | None = None
    despite_total: bool = False


class Question(Value):
    """What no row decides: nothing is stored until a person answers.

    ``column`` is the column's name in the file ("" where it is about all), ``examples`` are cells of it.
    ``options`` are the answers as ``Hints`` take them, the likeliest first: currency codes; "day first" and
    "month first"; "." and ","; for a column fields; for a total nothing.
    """

    kind: QuestionKind
    text: str
    column: str = ""
    examples: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class Rejected(Value):
    """A row that does not count: its line from 1, the column as the file names it, its cell, and the rule."""

    line: int
    column: str
    value: str
    rule: str


class Sums(Value):
    """What rows add up to. ``None`` is unknown: no row has it, or (reach) it cannot be added."""

    impressions: int | None = None
    clicks: int | None = None
    spend: Total | None = None
    conversions: Total | None = None
    revenue: Total | None = None
    reach: int | None = None


class Complete(Value):
    """What a KPI divides, over the rows in which both cells are present; ``left_out`` counts the others."""

    kpi: str
    above: Total
    below: Total
    rows: int
    left_out: int


class TotalCheck(Value):
    """The platform's own total row beside our sum of the rows that it speaks of."""

    number: Number
    line: int
    label: str
    ours: Total
    theirs: Total
    agrees: bool


class UsedColumn(Value):
    """A column of the file: its name as it stands there, its place from 0, and what it is taken for.

    ``field`` is ``None`` where it is not used; ``why`` says then why, in a few words ("a ratio").
    """

    name: str
    place: int
    field: Field | None = None
    why: str = ""
    examples: tuple[str, ...] = ()


class Warned(Value):
    """Something that a person should know and that stops nothing. ``code`` is for machines."""

    code: str
    text: str


class Scan(Value):
    """Everything about an export but its rows.

    ``shape`` names files written alike: platform and column names. ``rows`` counts data rows taken,
    ``rejected`` those refused, of which ``rejects`` holds the first thousand. ``days`` are both ends of what
    the rows cover, in the account's zone; ``by_day`` is False where rows span a range. ``totals`` are sums of
    the rows taken; ``complete`` holds, by KPI, sums over rows in which both of its cells are present.
    """

    file: str
    checksum: str
    size: int
    shape: str
    kind: str
    platform: str | None = None
    platforms: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    level: Level = "campaign"
    breakdowns: tuple[Field, ...] = ()
    currency: str | None = None
    time_zone: str | None = None
    attribution: str | None = None
    result_kinds: tuple[str, ...] = ()
    rows: int = 0
    rejected: int = 0
    campaigns: int = 0
    totals: Sums = Filled(default_factory=Sums)
    days: tuple[Day, Day] | None = None
    by_day: bool = True
    complete: tuple[Complete, ...] = ()
    total_check: TotalCheck | None = None
    columns: tuple[UsedColumn, ...] = ()
    warnings: tuple[Warned, ...] = ()
    questions: tuple[Question, ...] = ()
    rejects: tuple[Rejected, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a person has to answer before anything is stored."""
        return bool(self.questions)


Lost = Literal["live", "replaced", "undone", "double"]


class Holding(Value):
    """The days of one campaign that one import brought, and whether they count.

    ``by`` is the import that replaced them, or whose finer rows of the same money stand instead, or the
    person who undid it. ``number`` tells which import came after which. ``same_as`` is an import that tells
    the same money under other names, so that this one does not count while that one does; ``apart`` is a
    person's word that it is other money than everything else, so that both count.
    """

    source: str  # the import's id
    campaign_key: str
    first_day: Day
    last_day: Day
    level: Level
    by_day: bool
    currency: str | None
    status: Lost = "live"
    by: str | None = None
    rows: int = 0
    sums: Sums = Filled(default_factory=Sums)
    read_on: Day | None = None  # the day on which it was read, in the account's zone: it was not over then
    breakdowns: tuple[Field, ...] = ()
    number: int = 0
    same_as: str | None = None
    apart: bool = False


class Alike(Value):
    """Names that may be one campaign: the main key and name, and the others by key."""

    main: str
    name: str
    others: dict[str, str]
    answer: Literal["open", "one", "two"] = "open"


class SourceState(Value):
    """What is known from one platform and account, for ``marko data``."""

    platform: str
    account: str
    campaigns: int
    rows: int
    first_day: Day
    last_day: Day
    spend: dict[str, Total]
    last_import: str
    file: str
    at: Moment
    by: str
    days_old: int


def millionths(amount: Decimal) -> int:
    return int(amount.scaleb(6))


def exact(amount: int | None) -> Decimal | None:
    """Read millionths as an amount."""
    return None if amount is None else Decimal(amount).scaleb(-6)
