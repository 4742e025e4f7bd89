"""What approvers set from Slack: each setting's value, and where it comes from."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from engine.models.campaign import Moment
from engine.models.value import Value

NumberFormat = Literal["1,234.50", "1.234,50", "1 234,50"]
PreferenceName = Literal["approvers", "change_limit", "time_zone", "number_format"]
Source = Literal["slack", "environment", "default"]
LEAST_LIMIT, MOST_LIMIT = 0.01, 1.0


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError("no time zone") from None
    return name


ZoneName = Annotated[str, AfterValidator(_zone)]
SlackId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")]


class Preferences(Value):
    """Everything that can be set from Slack, as it stands.

    ``approvers`` are Slack user ids; ``change_limit`` is relative: 0.2 is 20 %; ``time_zone`` is a name
    such as "Europe/Madrid".
    """

    approvers: tuple[SlackId, ...]
    change_limit: Annotated[float, Field(ge=LEAST_LIMIT, le=MOST_LIMIT)]
    time_zone: ZoneName
    number_format: NumberFormat


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
