"""Streams of campaigns whose truth is known, and the lives that patterns have on them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from engine_values import RULES, stood
from portfolios import AUDIENCES, CREATIVE_TYPES, PLATFORMS

from engine.explain.levels import survey
from engine.explain.standing import Standing, newest_by_campaign
from engine.learn.lifecycle import Evidence, advance, spans_of
from engine.models.pattern_life import PatternLife

FIRST = date(2025, 6, 2)
NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)


def evidence_of(standings: Sequence[Standing]) -> Evidence:
    campaigns = newest_by_campaign(standings)
    return Evidence(survey(campaigns, RULES), campaigns, spans_of(standings))


def advanced(lives: Mapping[str, PatternLife], standings: Sequence[Standing]) -> dict[str, PatternLife]:
    """Give all lives after one look at ``standings``."""
    return {**lives, **advance(lives, evidence_of(standings), RULES, NOW)}


def stream(
    rng: np.random.Generator,
    campaigns: int,
    *,
    spread: float = 0.2,
    planted: Mapping[str, float] | None = None,
    days: int = 14,
    apart: int = 4,
) -> list[Standing]:
    """Draw campaigns that end ``apart`` days after each other, each of ``days``, in that order."""
    return [
        _campaign(
            rng, number, FIRST + timedelta(days=apart * number), spread, planted=planted or {}, days=days
        )
        for number in range(campaigns)
    ]


def lived(standings: Sequence[Standing]) -> list[dict[str, PatternLife]]:
    """Look after every campaign that comes in, and give all lives after each look."""
    lives: dict[str, PatternLife] = {}
    history = []
    for known in range(6, len(standings) + 1):
        lives = advanced(lives, standings[:known])
        history.append(lives)
    return history


def _campaign(
    rng: np.random.Generator,
    number: int,
    day: date,
    spread: float,
    *,
    planted: Mapping[str, float],
    days: int,
) -> Standing:
    audiences = [str(each) for each in rng.choice(AUDIENCES, size=int(rng.integers(1, 3)), replace=False)]
    truth = float(np.prod([planted.get(name, 1.0) for name in audiences])) * float(
        np.exp(rng.normal(0, spread))
    )
    meant = float(rng.integers(30, 400))
    conversions = max(1, int(rng.poisson(meant)))
    return stood(
        f"campaign-{number:03}",
        ratio=truth * meant / conversions,
        conversions=conversions,
        audiences=audiences,
        creative_types=[str(rng.choice(CREATIVE_TYPES))],
        platform=str(rng.choice(PLATFORMS)),
        day=day,
        window_start=day - timedelta(days=days - 1),
        window_end=day,
        timestamp=datetime.combine(day, time(18), tzinfo=UTC),
    )
