"""What ``/marko forecast`` finds: the coming days of one figure, with their ranges and what they rest on."""

from datetime import date
from typing import Literal, get_args

from engine.models.calendar import Occasion
from engine.models.comparison import Kpi
from engine.models.study import Study
from engine.models.value import Value

Figure = Kpi | Literal["impressions", "clicks", "conversions", "spend"]
FIGURES: tuple[Figure, ...] = (*get_args(Kpi), "impressions", "clicks", "conversions", "spend")

ForecastState = Literal["forecast", "no days", "no figures", "too few days", "too old"]
"""Days of rows are missing altogether, lack the figure's parts, are too few, or end too long ago."""

ForecastBasis = Literal["models", "same weekday last week", "few days"]


class PastDay(Value):
    """What was observed on a day; ``None`` where it is not defined."""

    day: date
    value: float | None


class ComingDay(Value):
    """The median and both ranges of what will be observed; an end that nothing bounds is ``None``.

    ``planned`` is what is taken to stand below the ratio on that day; ``None`` for counts and sums.
    """

    day: date
    value: float | None
    low80: float | None
    high80: float | None
    low95: float | None
    high95: float | None
    planned: float | None


class ForecastSkill(Value):
    """How forecasts of past days did beside "same weekday last week".

    ``better_pct`` is by how much less they missed on average, in percent; negative where they missed by more.
    ``tried`` counts the past days from which was forecast.
    """

    better_pct: float
    tried: int


class ForecastLimit(Value):
    """The campaign's own forecast as a limit: costs should stay below it, everything else above.

    ``value`` is that forecast. ``day`` is the first coming day from which on every day misses it more likely
    than not, if nothing changes, and ``days`` how many days behind the first coming one it is; both are
    ``None`` where there is none. ``first_pct`` and ``last_pct`` are how likely the first and the last coming
    day miss it, in percent.
    """

    value: float
    day: date | None
    days: int | None
    first_pct: float
    last_pct: float


class ForecastStudy(Study):
    """Rates and ROAS are fractions, CPA, CPC, CPM and spend are money, the rest counts.

    ``campaign_key`` and ``name`` are ``None`` where all campaigns of ``platform`` and ``currency`` are meant,
    of which there are ``campaigns``; ``others`` are further ones that can be asked for. ``known_days`` are
    days with a value, of ``first_day`` to ``last_day``; ``needed_days`` is what the state asks for.
    Nothing is learned from ``odd_days``, nor from days of the calendar, ``left_out``.
    """

    figure: Figure
    state: ForecastState
    campaign_key: str | None = None
    name: str | None = None
    platform: str = ""
    currency: str | None = None
    campaigns: int = 0
    others: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    known_days: int = 0
    needed_days: int = 0
    basis: ForecastBasis | None = None
    family: str = ""
    skill: ForecastSkill | None = None
    past: tuple[PastDay, ...] = ()
    coming: tuple[ComingDay, ...] = ()
    odd_days: tuple[date, ...] = ()
    left_out: tuple[Occasion, ...] = ()
    limit: ForecastLimit | None = None
