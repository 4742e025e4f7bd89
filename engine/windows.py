"""A campaign's window, built from its rows: the same value that a retrospective is, with its basis.

Reads, and thinks purely about what it read. Whoever keeps what comes out of it does so in a unit that saw the
same memory.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import Fault, Refused
from engine.measure import sums
from engine.measure.dispersion import scatters, usual
from engine.measure.drift import drifts
from engine.measure.own_mix import first_mix
from engine.measure.quality import Condition, faults_of
from engine.measure.window_noise import Reading as DaysRead
from engine.measure.window_noise import maturity_of
from engine.models.campaign import NO_OBJECTIVE, NOTHING_FORECAST, CampaignPerformanceInput, Metrics
from engine.models.daily import DaySum, RowCampaign
from engine.models.export import NUMBERS, Holding
from engine.models.file_import import FileImport
from engine.models.from_rows import Earlier, FromRows
from engine.models.mix_shift import MixShift
from engine.models.retrospective import Retrospective, slug
from engine.models.rules import Rules
from engine.models.scatter import Aged, Maturity
from engine.ports import Reading

DEFAULT_DAYS, MOST_DAYS = 28, 365
LOOK_BACK = timedelta(days=28)  # days before a window, so that what changed at its start is seen
LEARN_BACK = timedelta(days=84)  # days before a window from which it is learned how much days scatter
CONVERSIONS = NUMBERS.index("conversions")
MOST_LAG = 14  # a day that was read so long after has, for what is learned, all its conversions
MOST_ASKED = 60  # other campaigns of an account, asked for whether a day without rows was idle or is missing
MOST_ROWS = 20_000  # of a window, looked at one by one for ads without a name
LONGEST_NAME = 200
DAY = timedelta(days=1)

Span = tuple[date, date]


class Sought(NamedTuple):
    """Which window of which campaign: so many days up to yesterday, or exactly these.

    ``handed`` is what somebody hands in for exactly these days now, ``forecast`` what somebody enters.
    With ``even_empty`` a window whose rows are gone is one that misses every day.
    """

    campaign_key: str
    days: int = DEFAULT_DAYS
    exactly: Span | None = None
    handed: CampaignPerformanceInput | None = None
    forecast: Metrics | None = None
    even_empty: bool = False


class Sources(NamedTuple):
    """What is known of one campaign's rows. ``keys`` are its own and those that are linked to it."""

    key: str
    keys: frozenset[str]
    holdings: tuple[Holding, ...]
    imports: dict[str, FileImport]
    account: tuple[RowCampaign, ...]
    zone: ZoneInfo

    @property
    def own(self) -> RowCampaign | None:
        """How rows call it: those under its own key, else the newest of those that are linked."""
        named = [each for each in self.account if each.campaign_key in self.keys]
        return max(named, key=lambda each: (each.campaign_key == self.key, each.last_day), default=None)

    @property
    def by_day(self) -> list[Holding]:
        return [each for each in self.holdings if each.by_day]

    @property
    def ranges(self) -> list[Holding]:
        return [each for each in self.holdings if not each.by_day]

    @property
    def first_day(self) -> date | None:
        return min((each.first_day for each in self.by_day), default=None)

    def last_complete(self, today: date) -> date | None:
        """The newest day that was over when it was read, before ``today``."""
        ends = [min(each.last_day, _over(each)) for each in self.by_day]
        newest = min(max(ends), today - DAY) if ends else None
        return newest if newest and self.first_day and newest >= self.first_day else None

    def is_complete(self, day: date) -> bool:
        covering = [each for each in self.by_day if each.first_day <= day <= each.last_day]
        return all(day <= _over(each) for each in covering)

    def covering(self, span: Span, *, by_day: bool = True) -> list[Holding]:
        return [each for each in self.holdings if each.by_day is by_day and _overlap(each, span)]


def sources(reading: Reading, campaign_key: str, team: ZoneInfo) -> Sources | None:
    """Collect what is known of a campaign's rows; ``None`` where none count. ``team`` is the team's zone."""
    links = reading.links()
    key = links.get(campaign_key, campaign_key)
    held = tuple(reading.holdings(campaign_key=key))
    if not held:
        return None
    named = {each.source: reading.file_import(each.source) for each in held}
    imports = {name: found for name, found in named.items() if found is not None}
    keys = frozenset({key, *(alias for alias, main in links.items() if main == key)})
    every = reading.row_campaigns()
    mine = {(each.platform, each.account) for each in every if each.campaign_key in keys}
    account = tuple(each for each in every if (each.platform, each.account) in mine)
    return Sources(key, keys, held, imports, account, _zone(held, imports, team))


def built(
    reading: Reading,
    sought: Sought,
    known: Sequence[Retrospective],
    *,
    now: datetime,
    team: ZoneInfo,
) -> Retrospective | None:
    """Build the window that is sought; ``None`` where no rows cover it.

    ``known`` are all remembered windows: they lend objective, audiences and creatives, which rows do not
    say. Raises ``Refused`` where its days are in two currencies.
    """
    found = sources(reading, sought.campaign_key, team)
    if found is None:
        return _emptied(sought, known, now) if sought.even_empty else None
    today = now.astimezone(found.zone).date()
    span = _span(found, sought, today)
    if span is None:
        return _emptied(sought, known, now) if sought.even_empty else None
    days, before, by_day = _days(reading, found, span)
    if not days and not sought.even_empty:
        return None
    return _Window(reading, found, span, days, before, by_day, sought, today, now).retrospective(known)


def is_covered(reading: Reading, key: str, span: Span, team: ZoneInfo) -> bool:
    """Say whether rows know every day of a window, or a range of exactly these days."""
    found = sources(reading, key, team)
    if found is None:
        return False
    if any((each.first_day, each.last_day) == span for each in found.ranges):
        return True
    if found.first_day is None or span[0] < found.first_day:
        return False
    days = reading.days(found.key, *span)
    complete = all(found.is_complete(day) for day in _each(span))
    return bool(days) and complete and not _missing(reading, found, span, days)


# ---------------------------------------------------------------------------------------- which window


def _span(found: Sources, sought: Sought, today: date) -> Span | None:
    """Choose the days: up to the newest complete one, no earlier than rows begin; else the newest range."""
    if sought.exactly is not None:
        return sought.exactly
    last = found.last_complete(today)
    ranges = max(((each.last_day, each.first_day) for each in found.ranges), default=None)
    if last is None or found.first_day is None:
        return (ranges[1], ranges[0]) if ranges else None
    return max(found.first_day, last - DAY * (sought.days - 1)), last


def _days(reading: Reading, found: Sources, span: Span) -> tuple[list[DaySum], list[DaySum], bool]:
    """Read the days of a window and those before it; or the rows of a range, as one each.

    Days that were not over when they were read are left out.
    """
    every = reading.days(found.key, span[0] - LEARN_BACK, span[1])
    complete = [each for each in every if found.is_complete(each.day)]
    inside = [each for each in complete if each.day >= span[0]]
    if inside:
        return inside, [each for each in complete if each.day < span[0]], True
    rows = [row for key in sorted(found.keys) for row in reading.rows(key, *span)]
    return sums.range_sums(row for row in rows if (row.first_day, row.last_day) == span), [], False


def _missing(reading: Reading, found: Sources, span: Span, days: Iterable[DaySum]) -> int:
    """Count days without rows. One on which other campaigns of the account have rows was idle: exports
    leave out who spent nothing."""
    there = {each.day for each in days}
    lacking = {day for day in _each(span) if day not in there}
    others = [each for each in found.account if each.campaign_key not in found.keys]
    for other in sorted(others, key=lambda each: each.first_day - each.last_day)[:MOST_ASKED]:
        if not lacking:
            break
        if other.first_day <= max(lacking) and other.last_day >= min(lacking):
            lacking -= {each.day for each in reading.days(other.campaign_key, min(lacking), max(lacking))}
    return len(lacking)


# -------------------------------------------------------------------------------------- what it says


class _Window(NamedTuple):
    """One window while it is built."""

    reading: Reading
    found: Sources
    span: Span
    days: list[DaySum]
    earlier_days: list[DaySum]
    by_day: bool
    sought: Sought
    today: date
    now: datetime

    def retrospective(self, known: Sequence[Retrospective]) -> Retrospective:
        own = self._identity(known)
        currency = _one_currency(self.days)
        actual = sums.window(self.days, platform=slug(str(own["platform"])))
        handed, forecast = self._handed(str(own["key"]))
        basis = self._with_noise(self._basis(actual, currency, handed, forecast), known)
        expected = forecast or (handed.expected_metrics if handed else NOTHING_FORECAST)
        campaign = CampaignPerformanceInput.model_validate(
            {
                **{name: value for name, value in own.items() if name != "key"},
                "expected_metrics": expected,
                "actual_metrics": actual,
                "timestamp": _end_of(self.span[1], self.found.zone),
                "window_start": self.span[0],
                "window_end": self.span[1],
                "currency": currency,
                "time_zone": str(self.found.zone),
                "attribution_window": self._attribution(self.span),
            }
        )
        return Retrospective(campaign=campaign, revision=1, received_at=self.now, rows=basis)

    def _identity(self, known: Sequence[Retrospective]) -> dict[str, object]:
        """What the campaign is: what people said of it last, and what rows say beside."""
        rows = self.found.own
        told = [each for each in known if each.campaign_key in self.found.keys]
        own = [each for each in told if each.campaign_key == self.found.key]
        said = max(own or told, key=lambda each: each.last_day, default=None)
        lent = said.campaign if said else None
        if rows is not None and rows.campaign_key == self.found.key:
            named: dict[str, object] = {
                "platform": _name(rows.platform) or "other",
                "account": None if slug(rows.account) == "default" else _name(rows.account),
                "campaign_id": _name(rows.campaign_id) or "unnamed",
            }
        elif own:
            kept = own[-1].campaign
            named = {"platform": kept.platform, "account": kept.account, "campaign_id": kept.campaign_id}
        else:
            platform, account, campaign_id = self.found.key.split("/", 2)
            named = {"platform": platform, "account": account, "campaign_id": campaign_id}
            if account == "default":
                named["account"] = None
        objective = _name(rows.objective) if rows else None
        return {
            "key": self.found.key,
            **named,
            "name": (lent.name if lent else None) or (_name(rows.name) if rows else None),
            "objective": objective or (lent.objective if lent else NO_OBJECTIVE),
            "audiences": lent.audiences if lent else (),
            "creatives": lent.creatives if lent else (),
        }

    def _handed(self, key: str) -> tuple[CampaignPerformanceInput | None, Metrics | None]:
        """What people said of exactly this window: a retrospective, and a forecast that was entered."""
        handed = [self.sought.handed] if self.sought.handed else []
        forecast = self.sought.forecast
        for each in sorted(self.found.keys):
            held = self.reading.retrospective(f"{each}@{self.span[0]}..{self.span[1]}")
            told = held.as_handed_in() if held else None
            if told:
                handed.append(told.campaign)
            if held and held.rows and each == key and not self.sought.handed:
                forecast = forecast or held.rows.forecast
        return max(handed, key=lambda each: each.timestamp, default=None), forecast

    def _basis(
        self,
        actual: Metrics,
        currency: str | None,
        handed: CampaignPerformanceInput | None,
        forecast: Metrics | None,
    ) -> FromRows:
        covering = self.found.covering(self.span, by_day=self.by_day)
        brought = [self.found.imports[name] for name in sorted({each.source for each in covering})
                   if name in self.found.imports]  # fmt: skip
        lately = [each for each in self.earlier_days if each.day >= self.span[0] - LOOK_BACK]
        seen = drifts([*lately, *self.days]) if self.by_day else ()
        length = (self.span[1] - self.span[0]).days + 1
        return FromRows(
            imports=tuple(each.id for each in brought),
            files=tuple(dict.fromkeys(each.file for each in brought)),
            read_at=max((each.at for each in brought), default=None),
            by_day=self.by_day,
            wanted=self.sought.days if self.sought.exactly is None and length < self.sought.days else None,
            newest=self._newest(),
            before=self._before(actual, currency) if self.by_day else None,
            left_out=sums.left_out(self.days),
            faults=faults_of(self._condition(actual, covering, brought)._replace(drifts=seen)),
            drifts=tuple(each for each in seen if each.kind == "market"),
            forecast=forecast,
            handed=handed,
            disagreements=sums.disagreements(actual, handed.actual_metrics) if handed else (),
        )

    def _with_noise(self, basis: FromRows, known: Sequence[Retrospective]) -> FromRows:
        """Add how much its days scatter, and which of its conversions are still to come."""
        if not self.by_day or not self.days:
            return basis
        others = [each for each in known if each.rows and each.campaign_key not in self.found.keys]
        newest = {each.campaign_key: each.rows for each in others if each.rows}
        update = {
            "scatters": scatters(_of_one_currency([*self.earlier_days, *self.days])),
            "usual": usual(each.scatters for each in newest.values()),
            "aged": (aged := self._aged()),
            "maturity": self._maturity(aged, [each for each in others if self._counts_alike(each)]),
        }
        basis = basis.model_copy(update=update)
        return basis.model_copy(update={"mix": self._mix(basis)})

    def _mix(self, basis: FromRows) -> MixShift | None:
        """Say whether a KPI moved since the window before because its volume went elsewhere."""
        earlier = basis.before
        if earlier is None or sum(each.rows for each in self.days) > MOST_ROWS:
            return None
        keys = sorted(self.found.keys)
        before = [row for key in keys for row in self.reading.rows(key, earlier.first_day, earlier.last_day)]
        now = [row for key in keys for row in self.reading.rows(key, *self.span)]
        return first_mix(before, now, basis)

    def _counts_alike(self, other: Retrospective) -> bool:
        named = self.found.own.platform if self.found.own else ""
        alike = other.campaign.attribution_window == self._attribution(self.span)
        return alike and slug(other.campaign.platform) == slug(named)

    def _maturity(self, aged: tuple[Aged, ...], others: Sequence[Retrospective]) -> Maturity | None:
        newest = {each.campaign_key: each.rows.aged for each in others if each.rows}
        window = DaysRead(
            days=self.days,
            read_on=_read_on(self.found.covering(self.span)),
            attribution=self._attribution(self.span),
            platform=slug(self.found.own.platform) if self.found.own else "",
            assumed_lag=Rules().assumed_lag_days,
        )
        return maturity_of(window, aged, newest.values())

    def _aged(self) -> tuple[Aged, ...]:
        """Compare what days said when they were read first with what they say long after."""
        span = (self.span[0] - LEARN_BACK, self.span[1])
        held = self.reading.holdings(campaign_key=self.found.key, days=span, live=False)
        replaced = [each for each in held if each.status == "replaced" and each.by_day and each.read_on]
        if not replaced:
            return ()
        read_on = _read_on(self.found.by_day)
        now = {each.day: each.conversions for each in [*self.earlier_days, *self.days]}
        sums_of: dict[int, tuple[int, int]] = {}
        for each in replaced:
            for (day, _), said in self.reading.figures(each).items():
                age, later = ((each.read_on or day) - day).days, now.get(day)
                is_final = day in read_on and (read_on[day] - day).days >= MOST_LAG
                if later is None or age < 1 or not is_final:
                    continue
                held_then, held_now = sums_of.get(age, (0, 0))
                sums_of[age] = held_then + (said[CONVERSIONS] or 0), held_now + later
        return tuple(Aged(age=age, then=a / 1e6, now=b / 1e6) for age, (a, b) in sorted(sums_of.items()))

    def _condition(
        self, actual: Metrics, covering: Sequence[Holding], brought: Sequence[FileImport]
    ) -> Condition:
        scans = [each.scan for each in brought if each.scan is not None]
        lacking = max((each.rows for each in sums.left_out(self.days)), default=0)
        known = actual.conversions is not None and actual.clicks is not None
        more = known and (actual.conversions or 0) > (actual.clicks or 0)
        missing = _missing(self.reading, self.found, self.span, self.days) if self.by_day else 0
        return Condition(
            days=(self.span[1] - self.span[0]).days + 1,
            missing_days=missing if self.days else (self.span[1] - self.span[0]).days + 1,
            is_open=not self.by_day and any(_over(each) < each.last_day for each in covering),
            read=sum(each.rows for each in scans),
            rejected=sum(each.rejected for each in scans),
            rows=sum(each.rows for each in self.days),
            lacking=lacking,
            total_differs=any(warned.code == "total_differs" for each in scans for warned in each.warnings),
            unnamed=self._unnamed(covering),
            more_conversions=more,
        )

    def _unnamed(self, covering: Sequence[Holding]) -> int:
        """Count the ad sets that have rows of an ad without a name, where rows are by ad."""
        if not any(each.level == "ad" for each in covering):
            return 0
        if sum(each.rows for each in self.days) > MOST_ROWS:
            return 0
        rows = (row for key in sorted(self.found.keys) for row in self.reading.rows(key, *self.span))
        return len({(row.campaign_id, row.ad_set) for row in rows if not row.ad})

    def _before(self, actual: Metrics, currency: str | None) -> Earlier | None:
        """The window before, shifted by whole weeks, where rows know all of it and counted the same way."""
        length = (self.span[1] - self.span[0]).days + 1
        shift = timedelta(days=-(-length // 7) * 7)
        span = (self.span[0] - shift, self.span[1] - shift)
        if self.found.first_day is None or span[0] < self.found.first_day:
            return None
        days = [each for each in self.reading.days(self.found.key, *span) if self.found.is_complete(each.day)]
        alike = {each.currency or None for each in days} == {currency}
        alike = alike and self._attribution(span) == self._attribution(self.span)
        if not days or not alike or _missing(self.reading, self.found, span, days):
            return None
        platform = slug(self.found.own.platform) if self.found.own else ""
        earlier = sums.window(days, platform=platform)
        same = (earlier.conversions is None) == (actual.conversions is None)
        return Earlier(first_day=span[0], last_day=span[1], actual=earlier) if same else None

    def _attribution(self, span: Span) -> str | None:
        """How conversions were counted; ``None`` where nobody says it, or files say different things."""
        covering = self.found.covering(span, by_day=self.by_day)
        imports = [self.found.imports.get(each.source) for each in covering]
        told = {each.scan.attribution for each in imports if each and each.scan}
        return _name(next(iter(told)) or "") if len(told) == 1 else None

    def _newest(self) -> date:
        """The newest day before today that the account has: a campaign that ended is not late."""
        ends = [each.last_day for each in self.found.account]
        return max(self.span[1], min(max(ends, default=self.span[1]), self.today - DAY))


def _emptied(sought: Sought, known: Sequence[Retrospective], now: datetime) -> Retrospective | None:
    """A window whose rows were taken back: what was handed in for it stands again, else nothing is known."""
    held = next((each for each in known if each.rows and _is_sought(each, sought)), None)
    if held is None or held.rows is None:
        return None
    told = held.as_handed_in()
    if told is not None:
        return told
    span = (held.campaign.window_start or held.last_day, held.last_day)
    length = (span[1] - span[0]).days + 1
    nothing = Metrics(impressions=None, clicks=None, conversions=None, spend=None)
    basis = held.rows.model_copy(
        update={
            "before": None,
            "scatters": (),
            "maturity": None,
            "left_out": (),
            "drifts": (),
            "disagreements": (),
            "faults": faults_of(Condition(days=length, missing_days=length)),
        }
    )
    campaign = held.campaign.model_copy(update={"actual_metrics": nothing})
    return held.model_copy(update={"campaign": campaign, "rows": basis, "received_at": now})


def _is_sought(each: Retrospective, sought: Sought) -> bool:
    span = (each.campaign.window_start, each.last_day)
    return each.campaign_key == sought.campaign_key and span == sought.exactly


def _of_one_currency(days: Sequence[DaySum]) -> list[DaySum]:
    """Keep the days in the newest day's currency: other money scatters on another scale."""
    return [each for each in days if each.currency == days[-1].currency]


def _read_on(holdings: Iterable[Holding]) -> dict[date, date]:
    """When each day was read; where several brought it, the earliest: it is the least known."""
    found: dict[date, date] = {}
    for each in (one for one in holdings if one.read_on is not None):
        for day in _each((each.first_day, each.last_day)):
            found[day] = min(found.get(day, date.max), each.read_on or date.max)
    return found


def _one_currency(days: Iterable[DaySum]) -> str | None:
    currencies = sorted({each.currency for each in days})
    if len(currencies) > 1:
        shown = " and ".join(each or "none given" for each in currencies)
        raise Refused([Fault("currency", shown, "one currency over all days of a window")])
    return (currencies[0] if currencies else None) or None


def _zone(held: Sequence[Holding], imports: dict[str, FileImport], team: ZoneInfo) -> ZoneInfo:
    """The account's zone, as the newest file says it; else the team's."""
    scans = [imports[each.source].scan for each in held if each.source in imports]
    named = [scan.time_zone for scan in scans if scan and scan.time_zone]
    return ZoneInfo(named[-1]) if named else team


def _over(holding: Holding) -> date:
    """The last day of a holding that was over when it was read."""
    return holding.last_day if holding.read_on is None else min(holding.last_day, holding.read_on - DAY)


def _overlap(holding: Holding, span: Span) -> bool:
    return holding.first_day <= span[1] and holding.last_day >= span[0]


def _each(span: Span) -> list[date]:
    return [span[0] + DAY * place for place in range((span[1] - span[0]).days + 1)]


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a day there: the same rows are the same evidence, whenever they are looked at."""
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def _name(text: str) -> str | None:
    """A name out of a file as names are kept: one line, not too long; ``None`` where nothing is left."""
    shown = "".join(" " if unicodedata.category(each) in {"Cc", "Cs"} else each for each in text)
    return unicodedata.normalize("NFC", shown).strip()[:LONGEST_NAME].strip() or None
