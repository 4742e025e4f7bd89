"""Segments in words: which one moved the figure, what it did, and that everything else is normal."""

from engine.models.comparison import Interval, Kpi
from engine.models.segments_study import ChangeRange, SegmentPart, SegmentsState, SegmentsStudy, ShareRange
from engine.models.study import Study
from engine.narrate.formats import Formats, listed
from engine.narrate.mixes import NAMES, VOLUMES, mix_shift, short
from engine.narrate.picture import LeaguePicture, LeagueRow, Tone
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

MOST_DRAWN = 8
HARDLY = 2.0  # percent that a whole moves when it hardly moves
MOST_SHARE = 250.0  # percent of a change: a range that reaches further says nothing
ALL = 99.5
EVENTS: dict[Kpi, str] = {"ctr": "click", "cvr": "conversion", "cpa": "conversion", "cpc": "click"}
NB = "\u00a0"


def told(study: Study, words: Words) -> Told:
    """Say what stands out, or that nothing does; only what is named gets a direction."""
    if not isinstance(study, SegmentsStudy):
        raise TypeError(study.kind)
    is_compared = study.state in {"nothing", "everything", "found"}
    return Told(
        verdict=_verdict(study, words),
        lines=_lines(study, words) if is_compared else (),
        table=_table(study, words) if is_compared and study.shown else (),
        basis=_basis(study, words),
        picture=_picture(study, words) if study.state == "found" else None,
    )


def _verdict(study: SegmentsStudy, words: Words) -> str:
    f, kpi = words.formats, NAMES[study.kpi]
    if study.state == "found":
        return _found(study, words)
    if study.state == "everything":
        ends = _both_ends(study, words)
        return f"The {kpi} {_moved(study.change)} everywhere alike, {ends}: no segment stands out."
    if study.state == "nothing":
        return (
            f"No segment stands out: {kpi} {_both_ends(study, words)}; "
            "what differs between them could be chance."
        )
    event, seen = EVENTS[study.kpi], round(study.n + study.n_before)
    lacking: dict[SegmentsState, str] = {
        "no days": "I have no daily rows to compare. Send an export by day with its placements or ad sets.",
        "too few days": f"Too early: {f.count(study.known_days, 'complete day')} known, and two windows "
        f"need {study.needed_days}.",
        "no figures": f"The {kpi} cannot be told: a window has no {event}s to count.",
        "one segment": "Nothing to tell apart: the rows have one segment. Send an export with a breakdown.",
        "too early": f"Too early: {f.count(seen, event)} in both windows; I need about "
        f"{study.needed_events} more.",
    }
    return lacking[study.state]


def _found(study: SegmentsStudy, words: Words) -> str:
    """Say "`audience_network` (placement) explains 93 % of the CPA's rise (80 % range 85 to 100 %)"."""
    f, kpi, first = words.formats, NAMES[study.kpi], study.named[0]
    name, change = _named(first, words), study.change
    if change is None or abs(change.value) < HARDLY or first.share is None or not _says(first.share):
        whole = "" if change is None else f", while the whole {_far(change.value, f)}"
        return f"{name} shifted: its {kpi} {_moved(first.change)} by {_size(first.change, words)}{whole}."
    if first.share.value <= 0:
        size = _size(first.change, words)
        return f"{name} stands out: its {kpi} {_moved(first.change)} by {size}, against the whole."
    noun = "rise" if change.value > 0 else "fall"
    part = _explained(first.share, words)
    span = f"80{NB}% range {_share_range(first.share, words)}"
    return f"{name} explains {part} of the {kpi}'s {noun}, {_both_ends(study, words)} ({span})."


def _says(share: ShareRange) -> bool:
    """Whether a share of the change says something: where the whole hardly moved, any share may be true."""
    return share.value <= 0 or (share.low > 0 and share.high < MOST_SHARE)


def _far(percent: float, f: Formats) -> str:
    moved = f.change(percent)
    return f"hardly moved ({moved})" if abs(percent) < HARDLY else f"moved {moved}"


def _lines(study: SegmentsStudy, words: Words) -> tuple[str, ...]:
    f = words.formats
    lines = [_what_it_did(each, study, words) for each in study.named]
    if study.rest is not None:
        lines.append(_rest(study, words))
    if study.mix is not None:
        lines.append(mix_shift(study.mix, words))
    if study.known_share < 0.995:
        known = f.percent(100 * study.known_share)
        lines.append(
            f"I take it that about {known} of the newest conversions are in; "
            "the percents of change allow for the rest, the other figures do not."
        )
    return tuple(lines)


def _what_it_did(each: SegmentPart, study: SegmentsStudy, words: Words) -> str:
    f, kpi = words.formats, NAMES[study.kpi]
    ends = _ends(each.before, each.now, study, words)
    level = f.percent(100 * each.change.level)
    change = f"{f.change(each.change.value)}, {level} range {_range(each.change, words)}"
    counted = f"{f.count(round(each.n), EVENTS[study.kpi])}"
    weight = f"{f.percent(each.weight_now)} of the {VOLUMES[study.kpi]}"
    return f"{_named(each, words)}: {kpi} {ends} ({change}), {counted}, {weight}."


def _rest(study: SegmentsStudy, words: Words) -> str:
    if study.rest is None:
        return ""
    said = f"{words.formats.change(study.rest.value)}, 80{NB}% range {_range(study.rest, words)}"
    if study.rest_is == "noise":
        return f"Everything else is normal ({said})."
    if study.rest_is == "real":
        return f"Everything else {_moved(study.rest)} alike, beside that ({said})."
    return f"Whether everything else is normal is too early to say ({said})."


def _table(study: SegmentsStudy, words: Words) -> tuple[tuple[str, ...], ...]:
    f = words.formats
    dimension = study.shown[0].dimensions[0]
    currency = f" {study.currency}" if study.currency and study.kpi in {"cpa", "cpc"} else ""
    with_share = study.state == "found"
    shares = ["Share"] if with_share else []
    head = (dimension.capitalize(), "Verdict", f"{NAMES[study.kpi]}{currency}", *shares, "n")
    rows = [
        (
            short(each.values[0]),
            each.verdict,
            _ends(each.before, each.now, study, words, code=False),
            *([_share(each.share, words)] if with_share else []),
            f.number(round(each.n)),
        )
        for each in study.shown
    ]
    return (head, *rows)


def _basis(study: SegmentsStudy, words: Words) -> str:
    f = words.formats
    if study.last_day is None or study.before_last is None:
        return " · ".join([*_whose(study, words), f"{f.count(study.known_days, 'complete day')} known"])
    newer, older = f.days(study.first_day, study.last_day), f.days(study.before_first, study.before_last)
    parts = [*_whose(study, words), f"{newer} against {older}, the same weekdays"]
    parts.append(f.count(round(study.n), EVENTS[study.kpi]))
    if study.looked_at:
        parts.append(f"{f.count(study.looked_at, 'segment')} tried")
    if study.campaign_key is None:
        parts.append(f.count(study.campaigns, "campaign"))
    if study.campaigns_left_out:
        parts.append(f"{f.count(study.campaigns_left_out, 'smaller campaign')} left out")
    if study.others:
        parts.append(f"left out: rows in {listed(study.others)}")
    return " · ".join(parts)


def _whose(study: SegmentsStudy, words: Words) -> list[str]:
    return [] if study.name is None else [words.style.name(short(study.name))]


def _picture(study: SegmentsStudy, words: Words) -> LeaguePicture | None:
    """Shares of one dimension; ``None`` where the whole hardly moved, and a share of it says nothing."""
    kpi, change = NAMES[study.kpi], study.change
    shown = [each for each in study.shown if each.share is not None][:MOST_DRAWN]
    if not shown or change is None or abs(change.value) < HARDLY:
        return None
    dimension, noun = shown[0].dimensions[0], "rise" if change.value > 0 else "fall"
    rows = tuple(
        LeagueRow(short(each.values[0]), own.low, own.value, own.high, _share(own, words), _tone(each, study))
        for each in shown
        if (own := each.share) is not None
    )
    of_whom = "" if study.name is None else f", {study.name}"
    title = f"Share of the {kpi}'s {noun} by {dimension}{of_whom}"
    said = "; ".join(
        f"{row.name} {row.says}, {_share_range(each.share, words)}, {each.verdict}"
        for row, each in zip(rows, shown, strict=True)
        if each.share is not None
    )
    return LeaguePicture(
        title, f"{title}, {_both_ends(study, words)} (80{NB}% ranges): {said}", rows, zero=0.0
    )


def _tone(each: SegmentPart, study: SegmentsStudy) -> Tone:
    if each.verdict != "real":
        return "whole"
    is_dearer = each.change.value > 0
    return "worse" if is_dearer == (study.kpi in {"cpa", "cpc"}) else "better"


def _named(each: SegmentPart, words: Words) -> str:
    names = " on ".join(words.style.name(short(value)) for value in each.values)
    return f"{names} ({', '.join(each.dimensions)})"


def _both_ends(study: SegmentsStudy, words: Words) -> str:
    return _ends(study.before, study.now, study, words)


def _ends(
    before: float | None, now: float | None, study: SegmentsStudy, words: Words, *, code: bool = True
) -> str:
    f = words.formats
    first = "–" if before is None else f.kpi(study.kpi, before, study.currency, code=False)
    last = "–" if now is None else f.kpi(study.kpi, now, study.currency, code=code)
    return f"{first} → {last}"


def _moved(change: ChangeRange | None) -> str:
    return "rose" if change is not None and change.value > 0 else "fell"


def _size(change: ChangeRange, words: Words) -> str:
    return words.formats.change(abs(change.value)).removeprefix("+")


def _range(change: ChangeRange, words: Words) -> str:
    return words.formats.change_range(Interval(low=change.low, high=change.high, level=change.level))


def _share(share: ShareRange | None, words: Words) -> str:
    return "–" if share is None else words.formats.percent(share.value)


def _explained(share: ShareRange, words: Words) -> str:
    return "all" if share.value >= ALL else words.formats.percent(share.value)


def _share_range(share: ShareRange, words: Words) -> str:
    return f"{words.formats.number(share.low)} to {words.formats.percent(share.high)}"
