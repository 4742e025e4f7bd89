"""What drifted with an import: found out after its rows count, and told in its reply, once."""

import math
from collections import Counter
from collections.abc import Sequence

from engine.core import Core
from engine.measure.drift import LOOK_BACK, news, together
from engine.measure.make_up import CPC, DIMENSIONS, days_of, moved
from engine.models.daily import DailyRow, DaySum
from engine.models.delivery import Intent
from engine.models.export import Holding, Warned
from engine.models.file_import import FileImport
from engine.models.quality import Drift, DriftKind
from engine.narrate.basis import drift_notice
from engine.ports import Reading

MOST_LOOKED_AT = 300  # campaigns of an import, those with the most money
MOST_ROWS = 60_000  # read one by one, with those of the days before; campaigns with less money are left out
CODES: dict[DriftKind, str] = {"data": "data_drift", "market": "market_drift"}


class Drifting(Core):
    """Compares the days that an import brought with the days before them."""

    def drift_of(self, identifier: str) -> tuple[Drift, ...]:
        """Find what can be seen only since this import's rows count, over all campaigns of an account.

        Campaigns that began or ended with it are left out: other campaigns have other prices.
        """
        with self._memory.reading() as reading:
            brought = [each for each in reading.holdings(source=identifier) if each.by_day]
            accounts = _by_account(brought)
            series = [each for held in accounts for each in _news(reading, held)]
            return (*series, *(each for held in accounts for each in _made_up(reading, held, series)))

    def tell_drift(self, identifier: str) -> FileImport | None:
        """Write what drifted into the import, whose reply is drawn anew; once."""
        found = self.drift_of(identifier)
        lines = drift_notice(found, self._words)
        kinds = [each.kind for kind in CODES for each in found if each.kind == kind]
        told = tuple(Warned(code=CODES[kind], text=line) for kind, line in zip(kinds, lines, strict=True))
        if not told:
            return None
        with self._memory.unit() as unit:
            held = unit.file_import(identifier)
            if held is None or held.scan is None:
                return held
            if any(each.code in CODES.values() for each in held.scan.warnings):
                return held
            scan = held.scan.model_copy(update={"warnings": (*held.scan.warnings, *told)})
            held = held.model_copy(update={"scan": scan})
            unit.keep_file_import(held)
            for view in unit.views(identifier):
                key = f"redraw:{view.channel}:{view.ts}:{identifier}:drift"
                intent = Intent(key=key, kind="redraw", record=identifier, channel=view.channel, ts=view.ts)
                unit.post(intent)
        return held


def _by_account(held: Sequence[Holding]) -> list[list[Holding]]:
    """Those of one platform, account and currency, the most money first."""
    groups: dict[tuple[str, str | None], list[Holding]] = {}
    for each in sorted(held, key=lambda each: -(each.sums.spend or 0)):
        account = "/".join(each.campaign_key.split("/", 2)[:2])
        groups.setdefault((account, each.currency), []).append(each)
    return list(groups.values())


def _news(reading: Reading, held: Sequence[Holding]) -> tuple[Drift, ...]:
    """Compare one account's days, over the campaigns that have some before and some that are new."""
    before: list[list[DaySum]] = []
    after: list[list[DaySum]] = []
    spans: dict[str, list[Holding]] = {}
    for each in held:
        spans.setdefault(each.campaign_key, []).append(each)
    first = min(each.first_day for each in held)
    last = max(each.last_day for each in held)
    currency = Counter(each.currency for each in held).most_common(1)[0][0] or ""
    for key, pieces in list(spans.items())[:MOST_LOOKED_AT]:
        days = [each for each in reading.days(key, first - LOOK_BACK, last) if each.currency == currency]
        new = [each for each in days if any(one.first_day <= each.day <= one.last_day for one in pieces)]
        old = [each for each in days if each.day < first]
        if new and old:
            before.append(old)
            after.append(new)
    return news(together(before), together(after)) if after else ()


def _made_up(reading: Reading, held: Sequence[Holding], series: Sequence[Drift]) -> list[Drift]:
    """Compare what one account's impressions are made of, where its rows say so.

    Of a market that moved as a whole the CPC is a consequence, which is not told again.
    """
    held = [each for each in held if set(each.breakdowns) & set(DIMENSIONS)]
    if not held:
        return []
    first, last = min(each.first_day for each in held), max(each.last_day for each in held)
    rows: list[DailyRow] = []
    for key in _largest(held, (last - first).days + 1 + LOOK_BACK.days):
        own = [
            each for each in reading.rows(key, first - LOOK_BACK, last) if each.currency == held[0].currency
        ]
        if any(each.first_day < first for each in own):
            rows += own
    days = days_of(rows)
    found = moved(days, sum(each.day >= first for each in days))
    return [each for each in found if not (each.column == CPC and series)]


def _largest(held: Sequence[Holding], length: int) -> list[str]:
    """The campaigns with the most money whose rows of so many days can be looked at."""
    by_day: Counter[str] = Counter()
    for each in held:
        by_day[each.campaign_key] += math.ceil(each.rows / ((each.last_day - each.first_day).days + 1))
    kept: list[str] = []
    left = MOST_ROWS
    for key, rows in by_day.items():
        left -= rows * length
        if left < 0 and kept:
            break
        kept.append(key)
    return kept
