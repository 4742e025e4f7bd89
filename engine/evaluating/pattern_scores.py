"""How right claimed patterns are: false claims, found effects, their size and their ranges."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from engine.evaluating.shares import share

MATERIAL = 0.03  # of log CPA: a claim about less, or about the other side, is false
WORTH_FINDING, LEAST_CAMPAIGNS = 0.149, 5
STRONG, MANY_CAMPAIGNS = 0.3, 20
TREND, STRONG_TREND = "platform_trend", 0.2
Key = tuple[str, str, int]


@dataclass
class _Tally:
    """What adds up over portfolios."""

    false_shares: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    claims: int = 0
    false: int = 0
    found: list[bool] = field(default_factory=list)
    found_strong: list[bool] = field(default_factory=list)
    overstated: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    trend_false_shares: list[float] = field(default_factory=list)
    trends: list[bool] = field(default_factory=list)


def pattern_scores(
    cases: Sequence[Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Score claims about levels, and claims about trends of platforms apart from them."""
    tally = _Tally()
    for case in cases:
        claims = list(_once(said.get(case["case_id"], {}).get("discoveries") or []))
        _levels(case, [each for each in claims if each["dimension"] != TREND], tally)
        _trends(case, [each for each in claims if each["dimension"] == TREND], tally)
    every = [each for shares in tally.false_shares.values() for each in shares]
    noise = tally.false_shares.get("noise", [])
    return {
        "n": len(cases),
        "discoveries": tally.claims,
        "fdr_mean_fdp": fmean(every),
        "fdr_pooled": tally.false / tally.claims if tally.claims else 0.0,
        "fdr_by_kind": {kind: fmean(shares) for kind, shares in tally.false_shares.items()},
        "noise_portfolios_with_any_discovery": _share_of([each > 0 for each in noise]),
        "power_all": _share_of(tally.found),
        "power_strong": _share_of(tally.found_strong),
        "winners_curse_bias_pp": fmean(tally.overstated) if tally.overstated else None,
        "effect_interval_coverage": _share_of(tally.covered),
        "trend_fdr": fmean(tally.trend_false_shares),
        "trend_power": _share_of(tally.trends),
    }


def _once(claims: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The first claim about each level counts."""
    seen: set[tuple[str, str]] = set()
    for each in claims:
        key = (each["dimension"], each["value"])
        if key not in seen:
            seen.add(key)
            yield each


def _levels(case: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], tally: _Tally) -> None:
    true: set[Key] = set()
    false = 0
    for each in claims:
        side = 1 if each["direction"] == "winner" else -1
        contrast = case["effects"].get(each["dimension"], {}).get(each["value"], {}).get("contrast", 0.0)
        is_false = contrast * side < MATERIAL
        false += is_false
        if not is_false:
            true.add((each["dimension"], each["value"], side))
        _size(each, contrast, tally, is_false=is_false)
    tally.claims, tally.false = tally.claims + len(claims), tally.false + false
    tally.false_shares[case["kind"]].append(false / len(claims) if claims else 0.0)
    for dimension, levels in case["effects"].items():
        for value, effect in levels.items():
            _power((dimension, value, 1 if effect["beta"] > 0 else -1), effect, true, tally)


def _size(claim: Mapping[str, Any], contrast: float, tally: _Tally, *, is_false: bool) -> None:
    if claim.get("effect_pct") is None:
        return
    percent = 100 * (math.exp(-contrast) - 1)
    tally.overstated.append(abs(claim["effect_pct"]) - (0.0 if is_false else abs(percent)))
    if claim.get("lo") is not None:
        tally.covered.append(claim["lo"] <= percent <= claim["hi"])


def _power(key: Key, effect: Mapping[str, Any], true: set[Key], tally: _Tally) -> None:
    size, campaigns = abs(effect["beta"]), effect["n_campaigns"]
    if size < WORTH_FINDING or campaigns < LEAST_CAMPAIGNS:
        return
    tally.found.append(key in true)
    if size >= STRONG and campaigns >= MANY_CAMPAIGNS:
        tally.found_strong.append(key in true)


def _trends(case: Mapping[str, Any], claims: Sequence[Mapping[str, Any]], tally: _Tally) -> None:
    truly = case["platform_trend"]
    right = {
        each["value"]
        for each in claims
        if truly.get(each["value"], 0.0) * (1 if each["direction"] == "worsening" else -1) >= MATERIAL
    }
    tally.trend_false_shares.append(1 - len(right) / len(claims) if claims else 0.0)
    tally.trends += [name in right for name, slope in truly.items() if abs(slope) > STRONG_TREND]


def _share_of(hits: Sequence[bool]) -> dict[str, Any] | None:
    return share(sum(hits), len(hits))
