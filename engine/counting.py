"""What an import adds, replaces and repeats, thought out before anything of it is written."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from engine import twins
from engine.alike import alike, named, retold
from engine.errors import Fault, Refused
from engine.models.daily import Figures, RowCampaign
from engine.models.export import NUMBERS, Alike, Holding, Scan, Warned, exact
from engine.models.file_import import FileImport, ImportedCampaign, ImportState, Replaced
from engine.overlap import A_DAY, FINER, arrival, changed, is_within, parted, same_grain, settled
from engine.ports import Reading

TWO = "campaigns_apart"  # pairs of keys that a person called two campaigns
MOST_TOLD = 5  # campaigns of a file that are named
SPEND = NUMBERS.index("spend")
Group = tuple[str, str | None]  # a campaign's main key, and a currency
Span = tuple[date, date]
Place = tuple[str, str, str | None]  # an import, one of its campaigns, and a currency


class Plan(NamedTuple):
    """What becomes of an import: its state, and all holdings that are new or not as they were.

    ``touched`` are keys of campaigns of which days have other figures now, or that were missing. Of a
    "double" import ``replaced`` holds what stands (before) beside what it says of the same days (after).
    """

    state: ImportState
    holdings: list[Holding]
    before: str | None = None
    replaced: Replaced | None = None
    touched: frozenset[str] = frozenset()
    warnings: tuple[Warned, ...] = ()
    alike: tuple[Alike, ...] = ()
    league: tuple[ImportedCampaign, ...] = ()

    @property
    def before_same(self) -> str | None:
        """The import that says all of it already."""
        return self.before if self.state == "same" else None


class _Meeting(NamedTuple):
    """One campaign's days that came, and what gave way to them or kept them out."""

    pieces: list[Holding]
    lost: list[Holding]
    standing: list[Holding]


def planned(reading: Reading, found: FileImport, scan: Scan, read_on: date) -> Plan:
    """Think out what becomes of the rows that were put aside for this import; ``Refused`` without any."""
    fresh = [_described(each, scan, read_on) for each in reading.put_aside(found.id)]
    if not fresh:
        raise Refused([Fault("file", found.file, "at least one row")])
    days = min(each.first_day for each in fresh), max(each.last_day for each in fresh)
    links = reading.links()
    live: dict[Group, list[Holding]] = {}
    for each in reading.holdings(days=days):
        live.setdefault(_group(each, links), []).append(each)
    known = {each.source for group in {_group(one, links) for one in fresh} for each in live.get(group, ())}
    twin = None if known else _twin(fresh, live, days)
    if twin is not None:
        plan = _told_twice(reading, fresh, twin)
    elif (before := _unchanged(reading, fresh, live, links)) is not None:
        return Plan("same", [], before=before)
    else:
        plan = _beside_twins(reading, fresh, live, links)
    ours = {each.campaign_key: each for each in reading.row_campaigns(source=found.id)}
    names = _names(reading, ours, links) if plan.state == "done" else ()
    return plan._replace(alike=names, league=_league(fresh, ours))


def settle_anew(
    reading: Reading, found: FileImport, change: Callable[[Holding], Holding], *, undoes: bool
) -> list[Holding]:
    """Give all holdings that are not as they were once this import's are changed so."""
    mine = reading.holdings(source=found.id, live=False)
    met = reading.holdings(by=found.id, live=False)
    told = {each.campaign_key for each in met if each.same_as == found.id}
    keys = {each.campaign_key for each in (*mine, *met)} - told
    gone = {found.id} if undoes else set()

    def one(each: Holding) -> list[Holding]:
        return [change(each) if each.source == found.id else each]

    first = _resettled(reading, keys, one, gone)
    if not told:
        return first
    heirs = _standing(reading, keys, first) if undoes else []
    return first + _resettled(
        reading, told, lambda each: twins.inherited(each, found.id, heirs) if heirs else one(each), gone
    )


def _standing(reading: Reading, keys: Collection[str], after: Sequence[Holding]) -> list[Holding]:
    """What counts of these campaigns by day, once ``after`` is so."""
    fresh = {_place(each) for each in after}
    held = [each for key in sorted(keys) for each in reading.holdings(campaign_key=key)]
    every = [*after, *(each for each in held if _place(each) not in fresh)]
    return [each for each in every if each.status == "live" and each.by_day]


def resettled(reading: Reading, keys: Collection[str]) -> list[Holding]:
    """Give all holdings of these campaigns that are not as they should be by the links of now."""
    return _resettled(reading, keys, lambda each: [each], set())


def apart_pairs(reading: Reading) -> set[frozenset[str]]:
    """Pairs of campaign keys that a person called two campaigns."""
    return {frozenset(pair) for pair in reading.setting(TWO) or ()}


def _resettled(
    reading: Reading,
    keys: Collection[str],
    change: Callable[[Holding], list[Holding]],
    gone: set[str],
) -> list[Holding]:
    links = reading.links()
    found: list[Holding] = []
    for main in sorted({links.get(key, key) for key in keys}):
        by_currency: dict[str | None, list[Holding]] = {}
        for each in reading.holdings(campaign_key=main, live=False):
            by_currency.setdefault(each.currency, []).append(each)
        for pieces in by_currency.values():
            twins = {each.same_as for each in pieces if each.same_as}
            undone = gone | {twin for twin in twins if _is_undone(reading, twin)}
            found += changed(pieces, settled((part for each in pieces for part in change(each)), undone))
    return found


def _is_undone(reading: Reading, source: str) -> bool:
    found = reading.file_import(source)
    return found is None or found.state == "undone"


def _described(holding: Holding, scan: Scan, read_on: date) -> Holding:
    """What was put aside, with what the file says of all of it; its days are the file's, if it has days."""
    update: dict[str, Any] = {"level": scan.level, "breakdowns": scan.breakdowns, "read_on": read_on}
    if scan.days and holding.by_day:
        update["first_day"] = min(scan.days[0], holding.first_day)
        update["last_day"] = max(scan.days[1], holding.last_day)
    return holding.model_copy(update=update)


def _group(holding: Holding, links: Mapping[str, str]) -> Group:
    return links.get(holding.campaign_key, holding.campaign_key), holding.currency


def _beside_twins(
    reading: Reading, fresh: list[Holding], live: dict[Group, list[Holding]], links: Mapping[str, str]
) -> Plan:
    """Leave out what is counted under other names already, or let that give way; then let the rest meet."""
    others = twins.same_money(reading, fresh, [each for group in live.values() for each in group], links)
    if not others:
        return _met(reading, fresh, live, links)
    if not twins.gives_way(fresh, others):
        lost, left = twins.yielding(others, fresh)
        plan = _met(reading, fresh, live, links)
        if plan.state != "done":
            return plan
        touched = plan.touched | {each.campaign_key for each in lost}
        return plan._replace(holdings=plan.holdings + _completed(reading, lost + left), touched=touched)
    lost, left = twins.yielding(fresh, others)
    if not left:
        days = min(each.first_day for each in lost), max(each.last_day for each in lost)
        hull = parted(lost[0], days)
        standing = [_cut(one, hull) for one in others if _within(one, hull)]
        return Plan("double", lost, before=_most(lost), replaced=_beside(reading, standing, lost))
    plan = _met(reading, left, live, links)
    warnings = plan.warnings + _kept_out(reading, lost, "under the names of its campaigns")
    return plan._replace(holdings=plan.holdings + lost, warnings=warnings)


def _completed(reading: Reading, fate: Sequence[Holding]) -> list[Holding]:
    """Give all pieces of the lots of which some became what ``fate`` says."""
    found = list(fate)
    places = {_place(each) for each in fate}
    for source in sorted({place[0] for place in places}):
        for each in reading.holdings(source=source, live=False):
            mine = [one for one in fate if _place(one) == _place(each)]
            if mine and not any(_within(each, one) for one in mine):
                found.append(each)
    return found


def _met(
    reading: Reading,
    fresh: Sequence[Holding],
    live: dict[Group, list[Holding]],
    links: Mapping[str, str],
) -> Plan:
    """Let each campaign meet what counts of it."""
    meetings: dict[Group, _Meeting] = {}
    parted: set[Place] = set()
    for new in fresh:
        group = _group(new, links)
        meeting = meetings.setdefault(group, _Meeting([], [], list(live.get(group, ()))))
        came = arrival(new, meeting.standing)
        meeting.pieces.extend(came.pieces)
        for old, parts in came.gave_way:
            meeting.standing.remove(old)
            meeting.standing.extend(each for each in parts if each.status == "live")
            meeting.lost.extend(each for each in parts if each.status != "live")
            parted.add(_place(old))
    pieces = [each for meeting in meetings.values() for each in meeting.pieces]
    held = _rebuilt(reading, parted, meetings.values())
    if all(each.status == "double" for each in pieces):
        return _double(reading, pieces, meetings.values())
    corrections = {group: _correction(reading, meeting) for group, meeting in meetings.items()}
    return Plan(
        "done",
        pieces + held,
        replaced=_replaced(corrections),
        touched=frozenset(group[0] for group, spans in corrections.items() if spans)
        | _filled(reading, pieces, live, links),
        warnings=_kept_out(reading, pieces),
    )


def _filled(
    reading: Reading,
    pieces: Iterable[Holding],
    live: Mapping[Group, Sequence[Holding]],
    links: Mapping[str, str],
) -> frozenset[str]:
    """Name campaigns of which days came that were missing, before the newest that was known."""
    newest: dict[str, date] = {}
    for known in reading.row_campaigns():
        main = links.get(known.campaign_key, known.campaign_key)
        newest[main] = max(known.last_day, newest.get(main, known.last_day))
    found = set()
    for each in pieces:
        group = _group(each, links)
        last = min(each.last_day, newest.get(group[0], date.min))
        if each.status == "live" and not is_within((each.first_day, last), live.get(group, ())):
            found.add(group[0])
    return frozenset(found)


def _rebuilt(reading: Reading, parted: Collection[Place], meetings: Iterable[_Meeting]) -> list[Holding]:
    """Give all pieces of those lots of which some gave way."""
    after: dict[Place, list[Holding]] = {}
    for meeting in meetings:
        for each in (*meeting.standing, *meeting.lost):
            after.setdefault(_place(each), []).append(each)
    found = []
    for source in sorted({place[0] for place in parted}):
        by_place: dict[Place, list[Holding]] = {}
        for each in reading.holdings(source=source, live=False):
            by_place.setdefault(_place(each), []).append(each)
        for place, pieces in by_place.items():
            if place in parted:
                fate = after[place]
                found += fate + [each for each in pieces if not any(_within(each, part) for part in fate)]
    return found


def _place(holding: Holding) -> Place:
    return holding.source, holding.campaign_key, holding.currency


def _within(holding: Holding, other: Holding) -> bool:
    return holding.first_day <= other.last_day and other.first_day <= holding.last_day


def _correction(reading: Reading, meeting: _Meeting) -> dict[Span, tuple[str, Figures, Figures]]:
    """Tell the days of which the figures are other ones now: before and after, by day or range."""
    if not meeting.lost:
        return {}
    before = _figures(reading, meeting.lost)
    news = [each for each in meeting.pieces if each.status == "live"]
    touched = [(each.first_day, each.last_day) for each in meeting.lost]
    after = {
        span: figures
        for span, figures in _figures(reading, news).items()
        if any(first <= span[1] and span[0] <= last for first, last in touched)
    }
    of_a_kind = all(same_grain(one, other) for one in meeting.lost for other in news)
    moved = _moved(reading, news, meeting.lost) if of_a_kind else set()
    nothing: Figures = (None,) * len(NUMBERS)
    currency = meeting.lost[0].currency or ""
    return {
        span: (currency, before.get(span, nothing), after.get(span, nothing))
        for span in before.keys() | after.keys()
        if not of_a_kind or before.get(span) != after.get(span) or span in moved
    }


def _figures(reading: Reading, holdings: Iterable[Holding]) -> dict[Span, Figures]:
    found: dict[Span, list[Figures]] = {}
    for each in holdings:
        for span, figures in reading.figures(each).items():
            found.setdefault(span, []).append(figures)
    return {span: _added(each) for span, each in found.items()}


def _added(every: Sequence[Figures]) -> Figures:
    if len(every) == 1:
        return every[0]
    columns = ([cell for cell in column if cell is not None] for column in zip(*every, strict=True))
    return tuple(sum(column) if column else None for column in columns)


def _replaced(corrections: Mapping[Group, Mapping[Span, tuple[str, Figures, Figures]]]) -> Replaced | None:
    spans = {span for each in corrections.values() for span in each}
    if not spans:
        return None
    before: dict[str, Decimal] = {}
    after: dict[str, Decimal] = {}
    for currency, old, new in (told for each in corrections.values() for told in each.values()):
        for sums, figures in ((before, old), (after, new)):
            sums[currency] = sums.get(currency, Decimal(0)) + (exact(figures[SPEND]) or Decimal(0))
    return _told(spans, before, after)


def _told(spans: Collection[Span], before: dict[str, Decimal], after: dict[str, Decimal]) -> Replaced:
    days = {day for first, last in spans for day in range(first.toordinal(), last.toordinal() + 1)}
    return Replaced(
        days=len(days),
        first_day=min(first for first, _ in spans),
        last_day=max(last for _, last in spans),
        before=before,
        after=after,
    )


def _double(reading: Reading, pieces: Sequence[Holding], meetings: Iterable[_Meeting]) -> Plan:
    """All of it is held by finer rows: what those say of these days stands beside what this says."""
    standing = [
        _cut(old, piece)
        for meeting in meetings
        for piece in meeting.pieces
        for old in meeting.standing
        if old.source == piece.by and _within(old, piece)
    ]
    return Plan("double", list(pieces), before=_most(pieces), replaced=_beside(reading, standing, pieces))


def _cut(old: Holding, piece: Holding) -> Holding:
    days = max(old.first_day, piece.first_day), min(old.last_day, piece.last_day)
    return old.model_copy(update={"first_day": days[0], "last_day": days[1]})


def _most(pieces: Iterable[Holding]) -> str | None:
    by = [each.by for each in pieces if each.by]
    return max(sorted(set(by)), key=by.count, default=None)


def _beside(reading: Reading, standing: Sequence[Holding], pieces: Sequence[Holding]) -> Replaced:
    spans = {(each.first_day, each.last_day) for each in pieces}
    return _told(spans, _spend(reading, standing), _spend(reading, pieces))


def _spend(reading: Reading, holdings: Iterable[Holding]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in holdings:
        for figures in reading.figures(each).values():
            currency = each.currency or ""
            sums[currency] = sums.get(currency, Decimal(0)) + (exact(figures[SPEND]) or Decimal(0))
    return sums


def _kept_out(reading: Reading, pieces: Sequence[Holding], how: str = "in more detail") -> tuple[Warned, ...]:
    """Say of how much of a file nothing was added."""
    lost = [each for each in pieces if each.status == "double"]
    if not lost:
        return ()
    source = _most(lost)
    other = reading.file_import(source) if source else None
    days = {day for each in lost for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)}
    name = other.file if other else "another file"
    text = f"{name} holds {len(days)} of these days {how}. I keep those and add nothing for them."
    return (Warned(code="held_finer", text=text),)


def _unchanged(
    reading: Reading,
    fresh: Sequence[Holding],
    live: Mapping[Group, Sequence[Holding]],
    links: Mapping[str, str],
) -> str | None:
    """Name the one import that says exactly this already: the same days with the same figures."""
    sources = {each.source for one in fresh for each in live.get(_group(one, links), ())}
    if len(sources) != 1:
        return None
    by_group: dict[Group, list[Holding]] = {}
    for each in fresh:
        by_group.setdefault(_group(each, links), []).append(each)
    for group, ours in by_group.items():
        theirs = live.get(group, ())
        if not theirs or not all(same_grain(one, other) for one in ours for other in theirs):
            return None
        first, last = min(one.first_day for one in ours), max(one.last_day for one in ours)
        if any(_ends(one) < min(one.last_day, _ends(ours[0])) for one in theirs if first <= one.last_day):
            return None  # a day that was not over then is over now
        if first < min(one.first_day for one in theirs) or last > max(one.last_day for one in theirs):
            return None
        held = {
            span: figures
            for span, figures in _figures(reading, theirs).items()
            if first <= span[0] and span[1] <= last
        }
        if _figures(reading, ours) != held:
            return None
    # Sums are looked at first: what they tell apart needs no look at rows.
    has_moved = any(_moved(reading, ours, live[group]) for group, ours in by_group.items())
    return None if has_moved else next(iter(sources))


def _moved(reading: Reading, ours: Sequence[Holding], theirs: Sequence[Holding]) -> set[Span]:
    """Tell the days on which a part has other figures, of rows that have parts."""
    if not any(FINER[each.level] > FINER["campaign"] or each.breakdowns for each in ours):
        return set()
    return reading.moved(ours, theirs)


def _ends(holding: Holding) -> date:
    """The last day that was over when it was read."""
    return holding.read_on - A_DAY if holding.read_on else date.max


def _twin(
    fresh: Sequence[Holding], live: Mapping[Group, Sequence[Holding]], days: Span
) -> list[Holding] | None:
    """Find an import of the same money under other names: the same days, account, spend and impressions."""
    ours = _money(fresh)
    by_source: dict[str, list[Holding]] = {}
    for each in (each for group in live.values() for each in group):
        by_source.setdefault(each.source, []).append(each)
    for _, theirs in sorted(by_source.items(), key=lambda each: each[1][0].number):
        same_days = min(each.first_day for each in theirs), max(each.last_day for each in theirs)
        if same_days == days and any(ours.values()) and _money(theirs) == ours:
            return theirs
    return None


def _money(holdings: Iterable[Holding]) -> dict[tuple[str, str | None], tuple[Decimal, int]]:
    """Spend and impressions by account and currency."""
    sums: dict[tuple[str, str | None], tuple[Decimal, int]] = {}
    for each in holdings:
        place = each.campaign_key.rsplit("/", 1)[0], each.currency
        spend, impressions = sums.get(place, (Decimal(0), 0))
        sums[place] = spend + (each.sums.spend or 0), impressions + (each.sums.impressions or 0)
    return {place: told for place, told in sums.items() if told[0]}


def _told_twice(reading: Reading, fresh: Sequence[Holding], theirs: Sequence[Holding]) -> Plan:
    """Of two imports of the same money under other names the one with campaigns stays: the coarser."""
    other = theirs[0].source
    if FINER[fresh[0].level] >= FINER[theirs[0].level]:
        pieces = [_yields(each, other) for each in fresh]
        return Plan("double", pieces, before=other, replaced=_beside(reading, theirs, fresh))
    lost = [_yields(each, fresh[0].source) for each in theirs]
    others = [each for each in reading.holdings(source=other, live=False) if each.status != "live"]
    return Plan(
        "done",
        [*fresh, *lost, *others],
        replaced=_beside(reading, theirs, fresh),
        touched=frozenset(each.campaign_key for each in (*fresh, *theirs)),
    )


def _yields(holding: Holding, to: str) -> Holding:
    return holding.model_copy(update={"status": "double", "by": to, "same_as": to})


def _names(reading: Reading, ours: Mapping[str, RowCampaign], links: Mapping[str, str]) -> tuple[Alike, ...]:
    """Find names of this import that may be another campaign's, or a retrospective's."""
    known = {each.campaign_key: each for each in reading.row_campaigns()} | dict(ours)
    free = {key: each for key, each in known.items() if key not in links}
    apart = apart_pairs(reading)
    groups = alike([key for key in ours if key in free], [named(each) for each in free.values()], apart)
    taken = {key for group in groups for key in group.others}
    mains = {key: each for key, each in free.items() if key in ours and key not in taken}
    titles = [each for each in reading.titles() if each.campaign_key not in links]
    also = retold(mains, titles, apart)
    grouped = [each.model_copy(update={"others": each.others | also.pop(each.main, {})}) for each in groups]
    alone = [Alike(main=key, name=ours[key].name, others=others) for key, others in also.items()]
    return tuple(grouped + alone)


def _league(fresh: Sequence[Holding], ours: Mapping[str, RowCampaign]) -> tuple[ImportedCampaign, ...]:
    """The campaigns of which most was spent."""
    spend: dict[str, Decimal] = {}
    for each in fresh:
        spend[each.campaign_key] = spend.get(each.campaign_key, Decimal(0)) + (each.sums.spend or 0)
    most = sorted(spend, key=lambda key: (-spend[key], key))[:MOST_TOLD]
    return tuple(
        ImportedCampaign(key=key, name=ours[key].name, platform=ours[key].platform, recommendation="")
        for key in most
    )
