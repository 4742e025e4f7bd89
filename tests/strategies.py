"""Hypothesis strategies of every room, in one place."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.models.campaign import Audience, CampaignPerformanceInput, Creative, Metrics
from engine.models.visible import is_visible

MICRO = Decimal("0.000001")

names = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Mn", "Cn")), min_size=1, max_size=30
).filter(is_visible)
money = st.decimals(min_value=0, max_value=10**12, places=6, allow_nan=False)
prices = st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100)

json_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
json_values = st.recursive(
    json_leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | names, inner, max_size=4)
    ),
    max_leaves=20,
)


@st.composite
def totals(draw: st.DrawFn, *, least: int = 1, most: int = 10**7, revenue: bool = True) -> Metrics:
    """Totals in which every ratio is defined: conversions ≤ clicks ≤ impressions, money spent."""
    impressions = draw(st.integers(max(least, 1), most))
    clicks = draw(st.integers(least, impressions))
    conversions = draw(st.integers(least, clicks))
    return Metrics(
        impressions=impressions,
        clicks=clicks,
        conversions=Decimal(conversions),
        spend=draw(prices),
        revenue=draw(prices) if revenue else None,
    )


def _offsets() -> st.SearchStrategy[timezone]:
    return st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


moments = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone itself
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001
    timezones=_offsets() | st.just(UTC),
)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
attributes = st.dictionaries(
    st.text(max_size=8),
    st.text(max_size=8) | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | st.booleans() | st.none(),
    max_size=3,
)


@st.composite
def any_totals(draw: st.DrawFn) -> Metrics:
    """Totals of any kind that is allowed: zeros, fractions of conversions, unknown revenue."""
    impressions = draw(st.integers(0, 10**12))
    return Metrics(
        impressions=impressions,
        clicks=draw(st.integers(0, impressions)),
        conversions=draw(money),
        spend=draw(money),
        revenue=draw(st.none() | money),
    )


@st.composite
def campaigns(draw: st.DrawFn, /, **changed: Any) -> CampaignPerformanceInput:
    """Any retrospective that is allowed, with the optional fields given or not."""
    first, last = sorted(draw(st.tuples(days, days)))
    windowed = draw(st.booleans())
    parts: dict[str, Any] = {
        "campaign_id": draw(names),
        "platform": draw(names),
        "objective": draw(names),
        "expected_metrics": draw(any_totals()),
        "actual_metrics": draw(any_totals()),
        "audiences": tuple(
            Audience(name=name, attributes=draw(attributes)) for name in draw(st.lists(names, max_size=2))
        ),
        "creatives": tuple(Creative(id=name, type="video") for name in draw(st.lists(names, max_size=2))),
        "timestamp": draw(moments),
        "name": draw(st.none() | names),
        "window_start": first if windowed else None,
        "window_end": last if windowed else None,
        "currency": draw(st.sampled_from([None, "EUR", "JPY", "KWD"])),
        "time_zone": draw(st.sampled_from([None, "Europe/Madrid", "Asia/Tokyo"])),
        "as_of": draw(st.none() | moments),
    }
    return CampaignPerformanceInput(**parts | changed)
