"""``budget``: campaigns' daily rows, account by account, and the split of money that they suggest."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np

from engine.decide.allocation import COMPARED, Allocation, Bounds, allocate, bounds_of, interval
from engine.errors import Fault, Refused
from engine.measure.daily_ratio import daily_ratio
from engine.measure.drift import drifts
from engine.measure.onset import find_change
from engine.measure.response import Response, SpendDays, responses
from engine.models.budget_study import (
    BudgetLine,
    BudgetShare,
    BudgetState,
    BudgetStudy,
    Left,
)
from engine.models.currency import smallest_unit
from engine.models.daily import DaySum
from engine.models.export import MILLION, Holding
from engine.models.retrospective import slug
from engine.models.rules import Rules
from engine.studying.ground import Ground
from engine.studying.trend_line import is_real

WINDOW = timedelta(days=56)
PRESENT = timedelta(days=7)  # newest days, whose mean is what a campaign spends now
FEWEST_DAYS, FEWEST_CONVERSIONS = 14, 15
MOST_CAMPAIGNS = 200  # of an account, those with the most money; the others keep theirs
STEP_HOURS = (48, 72)
"""Between two changes of one budget. A figure of practitioners, who saw campaigns learn anew after larger
or quicker changes; no platform publishes one."""
SEED = 20_260_301
DAY = timedelta(days=1)
NOTHING = Decimal(0)

PERCENT = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,2})?)\s*%")
AMOUNT = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,.\u00a0 ]\d{3})+(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?)(?![\w])"
)


class Asked(NamedTuple):
    """A total a day (``None``: what is spent now), the most a budget may change, and words that name whom."""

    total: Decimal | None
    change: float | None
    name: str


class _Known(NamedTuple):
    """One campaign's complete days in one currency, oldest first."""

    key: str
    name: str
    days: list[DaySum]
    now: Decimal

    @property
    def told(self) -> list[DaySum]:
        """Days whose spend and conversions are known in full."""
        return [
            each
            for each in self.days
            if each.spend and each.conversions is not None and not each.partly & {"spend", "conversions"}
        ]


def study(ground: Ground, asked: str) -> BudgetStudy:
    """Propose a split by account and currency; ``asked`` may say a total a day, a percentage, a platform.

    Raises ``Refused`` for words that are none of these, for a percentage above 100, and for a total over
    several accounts.
    """
    wanted = read(asked)
    limit = ground.rules.change_limit
    change = limit if wanted.change is None else wanted.change
    groups = _named(_groups(ground), wanted)
    shares = [
        _share(own, campaigns, wanted.total, (change, limit), ground.rules)
        for own, campaigns in groups.items()
    ]
    days = [each.day for campaigns in groups.values() for known in campaigns for each in known.days]
    return BudgetStudy(
        asked=asked,
        first=min(days, default=None),
        last=max(days, default=None),
        change=change,
        limit=limit,
        step_hours=STEP_HOURS,
        horizon_days=ground.rules.horizon_days,
        fewest_days=FEWEST_DAYS,
        fewest_conversions=FEWEST_CONVERSIONS,
        shares=tuple(sorted(shares, key=lambda each: (each.state != "proposed", -each.present))),
    )


def read(asked: str) -> Asked:
    """Read "2,000 30 % meta": the percentage first, then an amount, then a name; raises ``Refused``."""
    rest, change, total = asked, None, None
    if found := PERCENT.search(rest):
        change = float(found[1].replace(",", ".")) / 100
        rest = rest[: found.start()] + rest[found.end() :]
        if not 0 < change <= 1:
            raise Refused([Fault("change", found[0].strip(), "above 0 % and at most 100 %")])
    if found := AMOUNT.search(rest):
        total = _amount(found[1])
        rest = rest[: found.start()] + rest[found.end() :]
        if total <= 0:
            raise Refused([Fault("total", found[1], "above 0")])
    return Asked(total, change, slug(rest) if rest.strip() else "")


def _amount(text: str) -> Decimal:
    """Three digits after a mark are thousands, one or two are cents."""
    whole, _, cents = text.replace("\u00a0", " ").replace(",", ".").rpartition(".")
    if not whole or len(cents) > 2:
        whole, cents = f"{whole}{cents}", ""
    return Decimal(f"{re.sub(r'[. ]', '', whole)}.{cents or '0'}")


# ------------------------------------------------------------------------------------- what is known

Own = tuple[str, str, str]  # platform, account, currency


def _groups(ground: Ground) -> dict[Own, list[_Known]]:
    """Every campaign that spent money lately, by account and currency, the most money first."""
    names = {each.campaign_key: each.name for each in ground.known}
    places = {each.campaign_key: (each.platform, each.account) for each in ground.row_campaigns}
    held: dict[str, list[Holding]] = defaultdict(list)
    for each in ground.reading.holdings(days=(ground.today - WINDOW * 2, ground.today)):
        if each.by_day:
            held[ground.links.get(each.campaign_key, each.campaign_key)].append(each)
    last = max((_last_over(own) for own in held.values()), default=ground.today)
    last = min(last, ground.today - DAY)
    found: dict[Own, list[_Known]] = defaultdict(list)
    for key, own in held.items():
        days = [
            each
            for each in ground.reading.days(key, last - WINDOW + DAY, last)
            if all(each.day <= _over(one) for one in own if one.first_day <= each.day <= one.last_day)
        ]
        platform, account = places.get(key, tuple(key.split("/", 2)[:2]))
        for currency in sorted({each.currency for each in days}):
            mine = [each for each in days if each.currency == currency]
            if now := _present(mine, last, currency):
                known = _Known(key, names.get(key, key), mine, now)
                found[platform, account, currency].append(known)
    return {own: sorted(found[own], key=lambda each: (-each.now, each.key)) for own in sorted(found)}


def _over(holding: Holding) -> date:
    """The last of its days that was over when it was read."""
    return holding.last_day if holding.read_on is None else min(holding.last_day, holding.read_on - DAY)


def _last_over(held: Sequence[Holding]) -> date:
    return max(_over(each) for each in held)


def _present(days: Sequence[DaySum], last: date, currency: str) -> Decimal:
    """What a campaign spends on a day now: the mean of the newest days on which it spent."""
    newest = [each.spend for each in days if each.spend and each.day > last - PRESENT]
    if not newest:
        return NOTHING
    unit = smallest_unit(currency)
    return (Decimal(sum(newest)).scaleb(-6) / len(newest)).quantize(unit, ROUND_HALF_UP)


def _named(groups: dict[Own, list[_Known]], wanted: Asked) -> dict[Own, list[_Known]]:
    """Keep those whose platform, account or currency is named; a total needs exactly one."""
    kept = {
        own: campaigns
        for own, campaigns in groups.items()
        if not wanted.name or set(wanted.name.split("-")) <= _words(own)
    }
    if wanted.name and not kept:
        known = ", ".join(sorted({own[0] for own in groups})) or "none yet"
        raise Refused([Fault("words", wanted.name, f"a total, a percentage, or a platform I know ({known})")])
    if wanted.total is not None and len(kept) > 1:
        listed = ", ".join(" ".join(own) for own in kept)
        raise Refused([Fault("total", str(wanted.total), f"one account at a time; name one of: {listed}")])
    return kept


def _words(own: Own) -> set[str]:
    return {word for part in own for word in slug(part).split("-")} if any(own) else set()


# ------------------------------------------------------------------------------------- one account


def _share(
    own: Own,
    campaigns: Sequence[_Known],
    asked: Decimal | None,
    allowed: tuple[float, float],
    rules: Rules,
) -> BudgetShare:
    platform, account, currency = own
    unit = smallest_unit(currency)
    left = {each.key: _left(each, rules) for each in campaigns}
    judged = [each for each in campaigns if left[each.key] == "judged"][:MOST_CAMPAIGNS]
    now = {each.key: int(each.now / unit) for each in campaigns}
    bounds = {each.key: bounds_of(now[each.key], allowed[0]) for each in campaigns}
    curves = responses([_days_of(each) for each in judged], np.random.default_rng(SEED))
    total = None if asked is None else int((asked / unit).to_integral_value())
    found = allocate(curves, now, _held_still(bounds, now, judged, total), total)
    lines = _lines(campaigns, left, found, {each.name: each for each in curves}, unit)
    return BudgetShare(
        platform=platform,
        account=account,
        currency=currency or None,
        state=_state(found, len(judged)),
        present=sum(now.values()) * unit,
        total=sum(now.values()) * unit if asked is None else asked,
        least=sum(each.least for each in bounds.values()) * unit,
        most=sum(each.most for each in bounds.values()) * unit,
        gain=found.gain,
        certainty=found.certainty,
        regret=found.regret,
        moved=sum((each.proposed - each.now for each in lines if each.proposed > each.now), NOTHING),
        steps=_steps(lines, allowed[1]),
        lines=lines,
    )


def _left(each: _Known, rules: Rules) -> Left:
    """Why a campaign keeps what it has, or "judged"."""
    told = each.told
    if len(told) < FEWEST_DAYS:
        return "few_days"
    if any(one.kind == "data" for one in drifts(each.days)):
        return "doubted"
    if sum(one.conversions or 0 for one in told) < FEWEST_CONVERSIONS * MILLION:
        return "few_conversions"
    return "changed" if _has_changed(told, rules) else "judged"


def _has_changed(told: Sequence[DaySum], rules: Rules) -> bool:
    """Whether the CPA moved for real within these days: what it cost before says nothing of now."""
    change = find_change(daily_ratio("cpa", told).series())
    return change is not None and is_real(change, rules)


def _held_still(
    bounds: Mapping[str, Bounds], now: Mapping[str, int], judged: Sequence[_Known], total: int | None
) -> dict[str, Bounds]:
    """Whoever cannot be judged keeps what it has, unless another total is asked for, which all share."""
    free = {each.key for each in judged}
    return {
        key: each if key in free or total is not None else Bounds(now[key], now[key])
        for key, each in bounds.items()
    }


def _days_of(each: _Known) -> SpendDays:
    told = each.told
    return SpendDays(
        each.key,
        float(each.now),
        np.array([one.day.toordinal() for one in told]),
        np.array([(one.spend or 0) / MILLION for one in told]),
        np.array([(one.conversions or 0) / MILLION for one in told]),
    )


def _state(found: Allocation, judged: int) -> BudgetState:
    if found.refused == "out_of_bounds":
        return "out_of_bounds"
    if judged < 2:
        return "too_few"
    if found.refused is None:
        return "proposed"
    return "overlap" if found.refused == "overlap" else "no_gain"


def _lines(
    campaigns: Sequence[_Known],
    left: Mapping[str, Left],
    found: Allocation,
    curves: Mapping[str, Response],
    unit: Decimal,
) -> tuple[BudgetLine, ...]:
    return tuple(
        BudgetLine(
            campaign_key=each.key,
            campaign=each.name,
            now=each.now,
            proposed=found.proposed[each.key] * unit,
            **_next(curves.get(each.key)),
            conversions=sum(one.conversions or 0 for one in each.told) / MILLION,
            days=len(each.told),
            left=left[each.key],
        )
        for each in campaigns
    )


def _next(curve: Response | None) -> dict[str, float | None]:
    """What the next conversion costs: one over the marginal return, so the ends turn round."""
    if curve is None:
        return dict.fromkeys(("next_low", "next_cpa", "next_high", "elasticity"))
    low, high = interval(curve.marginal, COMPARED)
    return {
        "next_low": 1 / high,
        "next_cpa": 1 / float(np.median(curve.marginal)),
        "next_high": 1 / low,
        "elasticity": float(curve.elasticity.mean()),
    }


def _steps(lines: Sequence[BudgetLine], limit: float) -> int:
    """How many changes of at most ``limit`` lead to what is proposed, for the campaign that moves most."""
    most = 0
    for each in lines:
        if each.now and each.proposed > 0 and each.proposed != each.now:
            most = max(most, _steps_to(each.change, limit))
        elif each.now and not each.proposed:
            most = max(most, 1)
    return most


def _steps_to(change: float, limit: float) -> int:
    if limit >= 1:
        return 1
    one = math.log1p(limit) if change > 0 else math.log1p(-limit)
    return max(1, math.ceil(math.log1p(change) / one - 1e-6))
