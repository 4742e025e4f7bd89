"""What a person hands to Marko: one campaign, one closed window, forecast beside actual."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from engine.models.value import Value
from engine.models.visible import is_visible

LARGEST = 10**12  # more impressions or money than any account has; beyond it is a broken file
MOST_ENTRIES = 1_000
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
HANDED_IN = "handed in"  # the context in which what people hand in is checked
MICRO = Decimal("0.000001")  # ad platforms bill in millionths of a currency unit at the finest


def _rule(rule: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{rule}", {"rule": rule})


def _number(raw: Any, info: ValidationInfo) -> Decimal:
    if info.mode == "json" and isinstance(raw, str):
        raw = Decimal(raw)  # what we keep ourselves is exact text; what people hand in is a number
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise _rule("a number, without quotes")
    number = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
    if not number.is_finite():
        raise _rule("a finite number")
    if number < 0:
        raise _rule("not negative")
    if number > LARGEST:
        raise _rule("at most 1,000,000,000,000")
    return number


def _count(raw: Any, info: ValidationInfo) -> int:
    number = _number(raw, info)
    if number != number.to_integral_value():
        raise _rule("a whole number")
    return int(number)


def _amount(raw: Any, info: ValidationInfo) -> Decimal:
    """Keep an amount exactly, to the millionth; ``0E-6`` and ``3950.000000`` become ``0`` and ``3950``."""
    exact = abs(_number(raw, info)).quantize(MICRO).normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def _total(raw: Any, info: ValidationInfo) -> Decimal:
    """Keep a sum of ours exactly; sums of amounts may be larger than any amount that is handed in."""
    if info.mode == "json" and isinstance(raw, str):
        raw = Decimal(raw)
    if not isinstance(raw, Decimal) or not raw.is_finite():
        raise _rule("a finite number")
    return raw


def _moment(raw: Any) -> datetime:
    try:
        moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise _rule("a date and time such as 2026-03-29T10:00:00+00:00") from None
    if moment.tzinfo is None:
        raise _rule("with a time zone, such as 2026-03-29T10:00:00+00:00")
    return moment


def _day(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", raw):
        raise _rule("a day such as 2026-03-29")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise _rule("a day of the calendar") from None


def _near_moment(moment: datetime) -> datetime:
    """Refuse moments near the ends of the calendar, where a change of zone leaves it."""
    if not EARLIEST <= moment <= LATEST:
        raise _rule("a moment between 2000 and 2100")
    return moment


def _near_day(day: date) -> date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise _rule("a day between 2000 and 2100")
    return day


def _attribute(raw: Any) -> Any:
    """Numbers have the bounds of every other number, on both sides of zero."""
    if raw is None or isinstance(raw, str | bool):
        return raw
    number = Decimal(raw) if isinstance(raw, int | float | Decimal) else None
    if number is None or not number.is_finite():
        raise _rule("a text, a finite number, true or false")
    if not -LARGEST <= number <= LARGEST:
        raise _rule("at most 1,000,000,000,000")
    return float(raw) if isinstance(raw, Decimal) else raw


def _few(raw: Any) -> Any:
    """Refuse a long list or block before its entries are looked at, each of which may have a fault."""
    if isinstance(raw, list | tuple | dict) and len(raw) > MOST_ENTRIES:
        raise _rule(f"at most {MOST_ENTRIES:,} entries")
    return raw


def _clean(raw: str, info: ValidationInfo) -> str:
    text = unicodedata.normalize("NFC", raw).strip()
    if not text:
        raise _rule("not empty")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise _rule("without control characters")
    if info.context == HANDED_IN and not is_visible(text):  # what was kept before can still be read
        raise _rule("with at least one character that can be seen")
    return text


def _currency(raw: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", raw):
        raise _rule("a currency code of three capital letters, such as EUR")
    return raw


@cache
def _zones() -> frozenset[str]:
    """All zones; asking the system reads its whole folder, which takes milliseconds."""
    return frozenset(available_timezones())


def _zone(raw: str) -> str:
    if raw not in _zones():
        raise _rule("a time zone such as Europe/Madrid")
    return raw


Count = Annotated[int, BeforeValidator(_count)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Total = Annotated[Decimal, BeforeValidator(_total)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
NearMoment = Annotated[Moment, AfterValidator(_near_moment)]  # as people hand it in
NearDay = Annotated[Day, AfterValidator(_near_day)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_clean)]
Prose = Annotated[str, Field(max_length=5_000)]
Attribute = Annotated[str | int | float | bool | None, BeforeValidator(_attribute)]


def _ours_alone(raw: Any, info: ValidationInfo) -> Any:
    """Refuse what only our own reading of rows says, as any field that is not known."""
    if info.context == HANDED_IN:
        raise _rule("a field I know")
    return raw


Ratio = Literal["ctr", "cvr", "cpa", "roas", "cpc", "cpm", "aov"]


class Pair(Value):
    """Both sums of a ratio over the rows that have both cells, where some rows lack one."""

    ratio: Ratio
    top: Amount
    bottom: Amount


class Metrics(Value):
    """Totals of one window. Money is in the campaign's currency; revenue may be unknown.

    Where they come from rows, any of them may be unknown (``None``); whoever hands in totals gives the
    first four. ``reach`` is known where the platform counted it over the whole window: it cannot be added.
    ``pairs`` holds the honest sums of ratios whose cells are partly missing.
    """

    pairs: Annotated[tuple[Pair, ...], BeforeValidator(_ours_alone)] = Field(
        default=(), strict=False, exclude_if=lambda pairs: not pairs
    )
    impressions: Count | None
    clicks: Count | None
    conversions: Amount | None
    spend: Amount | None
    revenue: Amount | None = None
    reach: Annotated[Count | None, BeforeValidator(_ours_alone)] = Field(
        default=None, exclude_if=lambda reach: reach is None
    )

    @field_validator("impressions", "clicks", "conversions", "spend", mode="before")
    @classmethod
    def _given_by_people(cls, raw: Any, info: ValidationInfo) -> Any:
        if raw is None and info.context == HANDED_IN:
            raise _rule("a number, without quotes")
        return raw

    @field_validator("clicks")
    @classmethod
    def _clicks_need_impressions(cls, clicks: int | None, info: ValidationInfo) -> int | None:
        impressions = info.data.get("impressions")
        if info.data.get("pairs"):  # sums of different rows
            return clicks
        if impressions is not None and clicks is not None and clicks > impressions:
            raise _rule(f"≤ impressions ({impressions})")
        return clicks


NOTHING_FORECAST = Metrics(impressions=0, clicks=0, conversions=Decimal(0), spend=Decimal(0))
NO_OBJECTIVE = "objective not given"  # rows may not say it


class Audience(Value):
    name: Name
    attributes: Annotated[dict[str, Attribute], BeforeValidator(_few)] = Field(default_factory=dict)


class Creative(Value):
    id: Name
    type: Name
    headline: Prose = ""
    primary_text: Prose = ""


class CampaignPerformanceInput(Value):
    """One retrospective as it is handed in (seed S0, with what makes a figure readable added).

    ``window_start`` and ``window_end`` are days in the account's zone, both included. Where the
    window, name or currency is missing it stays ``None``; nothing is guessed.
    """

    campaign_id: Name
    platform: Name
    account: Annotated[Name | None, BeforeValidator(_ours_alone)] = Field(
        default=None, exclude_if=lambda account: account is None
    )
    objective: Name
    expected_metrics: Metrics
    actual_metrics: Metrics
    audiences: Annotated[tuple[Audience, ...], BeforeValidator(_few)] = Field(strict=False)
    creatives: Annotated[tuple[Creative, ...], BeforeValidator(_few)] = Field(strict=False)
    timestamp: NearMoment
    name: Name | None = None
    window_start: NearDay | None = None
    window_end: NearDay | None = Field(default=None, validate_default=True)
    currency: Annotated[str, AfterValidator(_currency)] | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        default=None, validation_alias=AliasChoices("time_zone", "timezone")
    )
    attribution_window: Name | None = None
    as_of: NearMoment | None = Field(default=None, validation_alias=AliasChoices("as_of", "data_as_of"))

    @field_validator("window_end")
    @classmethod
    def _window_runs_forward(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("window_start")
        if start and end is None:
            raise _rule("given together with window_start")
        if start and end and start > end:
            raise _rule(f"not before window_start ({start})")
        return end
