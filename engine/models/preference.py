"""What approvers set from Slack: each setting's value, and where it comes from."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from engine.models.campaign import Day, Moment
from engine.models.value import Value

NumberFormat = Literal["1,234.50", "1.234,50", "1 234,50"]
PreferenceName = Literal[
    "approvers",
    "channel_approvers",
    "two_above",
    "change_limit",
    "spend_limit",
    "changes_a_day",
    "freeze",
    "expiry_hours",
    "pings_a_week",
    "time_zone",
    "number_format",
]
Source = Literal["slack", "environment", "default"]
LEAST_LIMIT, MOST_LIMIT = 0.01, 1.0
MOST_CHANGES = 1_000  # a day
MOST_HOURS = 60 * 24
LEAST_PINGS, MOST_PINGS = 5, 8  # a person and week, that nobody asked for


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError("no time zone") from None
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
PositiveAmount = Annotated[Decimal, Field(gt=0, max_digits=16, allow_inf_nan=False)]
SlackId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


def _once_each(amounts: tuple[tuple[str, Decimal], ...]) -> tuple[tuple[str, Decimal], ...]:
    if len(dict(amounts)) < len(amounts):
        raise ValueError("a currency twice")
    return tuple(sorted(amounts))


class Amounts(Value):
    """One amount a currency (ISO code); a currency that is not named has none."""

    of: Annotated[tuple[tuple[CurrencyCode, PositiveAmount], ...], AfterValidator(_once_each)] = ()

    def in_currency(self, currency: str | None) -> Decimal | None:
        return dict(self.of).get(currency or "")


class ChannelApprovers(Value):
    """Who may decide what belongs to one channel: campaigns whose first card was shown there."""

    channel: str
    approvers: tuple[SlackId, ...]


class Freeze(Value):
    """Days on which nothing is changed, both included, in the team's zone."""

    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Freeze":
        if self.last < self.first:
            raise ValueError("it ends before it begins")
        return self


class Limits(Value):
    """What may be changed, until approvers say otherwise; as in ``Preferences``.

    ``change_limit`` is ``None`` where the rules' own holds.
    """

    two_above: Amounts = Amounts()
    change_limit: Annotated[float, Field(ge=LEAST_LIMIT, le=MOST_LIMIT)] | None = None
    spend_limit: Amounts = Amounts()
    changes_a_day: Annotated[int, Field(ge=1, le=MOST_CHANGES)] = 10
    freeze: Freeze | None = None
    expiry_hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] = 72


class Preferences(Value):
    """Everything that can be set from Slack, as it stands.

    ``approvers`` are Slack user ids; ``two_above``: where more than this is at risk two approvers must
    agree, neither of whom asked for it; none set: one is enough. ``change_limit`` is relative: 0.2 is
    20 %. ``spend_limit`` is the most that a change may set the daily spend to; none set: no such limit.
    ``changes_a_day`` is how many changes may be approved on one day of the team's zone. ``expiry_hours``
    is how long a proposal can be decided. ``pings_a_week`` is how often a person is told in seven days of
    what they did not ask for. ``time_zone`` is a name such as "Europe/Madrid".
    """

    approvers: tuple[SlackId, ...]
    change_limit: Annotated[float, Field(ge=LEAST_LIMIT, le=MOST_LIMIT)]
    time_zone: ZoneName
    number_format: NumberFormat
    channel_approvers: tuple[ChannelApprovers, ...] = ()
    two_above: Amounts = Amounts()
    spend_limit: Amounts = Amounts()
    changes_a_day: Annotated[int, Field(ge=1, le=MOST_CHANGES)] = 10
    freeze: Freeze | None = None
    expiry_hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] = 72
    pings_a_week: Annotated[int, Field(ge=LEAST_PINGS, le=MOST_PINGS)] = 6


class Preference(Value):
    """One setting for people to read; ``by`` and ``at`` say who set it in Slack, and when."""

    name: PreferenceName
    value: Any
    source: Source
    by: str | None = None
    at: Moment | None = None


class Chosen(Value):
    """One setting as it was chosen in Slack: what the memory keeps."""

    value: Any
    by: str
    at: Moment


class PreferenceChange(Value):
    """What somebody changed: the value before and the value after."""

    name: PreferenceName
    old: Any
    new: Any


class SettingsTold(Value):
    """What somebody loosened of what protects the account, for the other approvers to know."""

    by: str
    at: Moment
    changes: tuple[PreferenceChange, ...]
