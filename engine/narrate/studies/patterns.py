"""What repeats over campaigns, in words: winners and losers, money, trends, what cannot be told yet."""

from collections.abc import Sequence

from engine.models.comparison import Interval
from engine.models.pattern import Inefficiency, LevelEffect
from engine.models.patterns_study import FewCampaigns, LevelFinding, PatternsStudy, TrendFinding
from engine.models.study import Study
from engine.narrate.advice import pattern_entry
from engine.narrate.formats import Formats, listed
from engine.narrate.picture import LeaguePicture, LeagueRow
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

LEVEL = 0.90
MOST_ROWS = 10
MOST_PROMISING = 2
MOST_TRENDS = 2
MOST_NAMED = 3
MOST_KNOWN = 5
NAMES = {
    "audience": ("audience", "audiences"),
    "creative_type": ("creative type", "creative types"),
    "platform": ("platform", "platforms"),
    "placement": ("placement", "placements"),
    "device": ("device", "devices"),
    "country": ("country", "countries"),
}


def told(study: Study, words: Words) -> Told:
    """Say the most money first; what was held fixed and what cannot be told stands at the end."""
    if not isinstance(study, PatternsStudy):
        raise TypeError(study.kind)
    return _plain(study, words) if study.form == "plain" else _regression(study, words)


def _regression(study: PatternsStudy, words: Words) -> Told:
    found = sorted((*study.winners, *study.losers), key=lambda each: -abs(each.impact or 0))
    lines = [
        *(_trend(each, words) for each in study.trends[:MOST_TRENDS]),
        *_waste(study, words),
        *(_promising(each, words) for each in study.promising[:MOST_PROMISING]),
        *_unknown(study, words),
        *_campaigns(study, words),
    ]
    return Told(
        verdict=_verdict(study, found, words),
        lines=tuple(lines[: MOST_ROWS - 1]),
        table=_table(found[:MOST_ROWS], words.formats) if found else (),
        basis=_basis(study, words.formats),
        picture=_picture(found[:MOST_ROWS], study, words.formats) if found else None,
    )


def _verdict(study: PatternsStudy, found: Sequence[LevelFinding], words: Words) -> str:
    f = words.formats
    if not found:
        kinds = listed([NAMES[each][1] for each in study.dimensions])
        return f"No real difference between {kinds}: {f.count(study.campaigns, 'campaign')} compared."
    first = found[0]
    does = "does better" if first.effect_pct < 0 else "does worse"
    return (
        f"{words.style.name(first.name)} {does}: CPA {f.change(first.effect_pct)} against the other "
        f"{NAMES[first.dimension][1]} ({_range(first.low, first.high, f)}), "
        f"{f.count(first.campaigns, 'campaign')}."
    )


def _trend(each: TrendFinding, words: Words) -> str:
    f = words.formats
    moves = "is improving" if each.per_30_days_pct < 0 else "is getting worse"
    return (
        f"{words.style.name(each.name)} {moves}: CPA {f.change(each.per_30_days_pct)} in 30 days "
        f"({_range(each.low, each.high, f)}), {f.count(each.campaigns, 'campaign')}, "
        f"{f.days(each.first, each.last)}."
    )


def _waste(study: PatternsStudy, words: Words) -> list[str]:
    """The dearest loser in money: what it cost above what the rest of its dimension takes."""
    f = words.formats
    dear = [each for each in study.losers if each.impact is not None and (each.impact_high or 0.0) < 0]
    if not dear:
        return []
    each = dear[0]
    low, high = -(each.impact_high or 0.0), -(each.impact_low or 0.0)
    return [
        f"{words.style.name(each.name)} cost {f.total(-(each.impact or 0.0), each.currency)} above what the "
        f"other {NAMES[each.dimension][1]} take for the same conversions ({f.percent(LEVEL * 100)} range "
        f"{f.total(low, None)} to {f.total(high, each.currency)})."
    ]


def _promising(each: LevelFinding, words: Words) -> str:
    f = words.formats
    more, days = round(each.more_conversions or 0), each.days or 0
    return (
        f"{words.style.name(each.name)} is promising, too early to say, "
        f"{f.count(each.campaigns, 'campaign')}; "
        f"I need about {f.count(more, 'more conversion')}, about {f.count(days, 'day')} at its pace."
    )


def _unknown(study: PatternsStudy, words: Words) -> list[str]:
    said = []
    if study.inseparable:
        names = listed([words.style.name(each.name) for each in study.inseparable[:MOST_NAMED]])
        more = len(study.inseparable) - MOST_NAMED
        rest = f" and {words.formats.number(more)} more" if more > 0 else ""
        always = listed([f"{each} of its own" for each in study.held_fixed] or ["one other thing"])
        said.append(
            f"Not compared: {names}{rest}. Each comes only with {always}: "
            "which of the two makes the difference, nobody can tell."
        )
    if study.too_few:
        said.append(_few(study.too_few, words))
    return said


def _few(few: Sequence[FewCampaigns], words: Words) -> str:
    f = words.formats
    parts = [
        f"{words.style.name(each.name)} {f.number(each.campaigns)} of {f.number(each.needed)}"
        for each in few[:MOST_NAMED]
    ]
    more = len(few) - MOST_NAMED
    rest = f", and {f.number(more)} more" if more > 0 else ""
    return f"Too few campaigns yet: {', '.join(parts)}{rest}."


def _table(found: Sequence[LevelFinding], f: Formats) -> tuple[tuple[str, ...], ...]:
    head = ("What", "CPA", f"{f.percent(LEVEL * 100)} range", "n", "Worth")
    rows = [
        (
            _title(each),
            f.change(each.effect_pct),
            f.change_range(Interval(low=each.low, high=each.high, level=LEVEL)),
            f.number(each.campaigns),
            "–" if each.impact is None else f.total(each.impact, each.currency),
        )
        for each in found
    ]
    return (head, *rows)


def _title(each: LevelFinding) -> str:
    status = f", {each.status}" if each.status else ""
    return f"{each.name} ({NAMES[each.dimension][0]}{status})"


def _picture(found: Sequence[LevelFinding], study: PatternsStudy, f: Formats) -> LeaguePicture:
    ordered = sorted(found, key=lambda each: each.effect_pct)
    rows = tuple(
        LeagueRow(
            f"{each.name} ({NAMES[each.dimension][0]})",
            each.low,
            each.effect_pct,
            each.high,
            f.change(each.effect_pct),
            "better" if each.effect_pct < 0 else "worse",
        )
        for each in ordered
    )
    parts = "; ".join(
        f"{row.name} {row.says}, {f.change_range(Interval(low=row.low, high=row.high, level=LEVEL))}"
        for row in rows
    )
    against = "against forecast " if study.against == "forecast" else ""
    title = f"CPA {against}against the rest"
    return LeaguePicture(title, f"{title} ({f.percent(LEVEL * 100)} ranges): {parts}", rows, zero=0.0)


def _basis(study: PatternsStudy, f: Formats) -> str:
    parts = [f.count(study.campaigns, "campaign")]
    if study.last is not None:
        parts.append(f.days(study.first, study.last))
    if study.against == "forecast":
        parts.append("each against its own forecast")
    if study.held_fixed:
        parts.append(f"never compared across {listed(study.held_fixed)}")
    if len(study.attribution_windows) > 1:
        parts.append(f"attribution windows {listed(study.attribution_windows[:MOST_NAMED])}")
    if study.left_out:
        parts.append(f"{f.number(study.left_out)} left out")
    if study.form == "regression":
        kinds = listed([NAMES[each][0] for each in study.dimensions])
        parts.append(f"{kinds} judged together, 1 in 10 may be wrong")
    return " · ".join(parts)


def _plain(study: PatternsStudy, words: Words) -> Told:
    f = words.formats
    said = [str(pattern_entry(each, words)["text"]) for each in study.known]
    lines = [*said[1:MOST_KNOWN], *([_few(study.too_few, words)] if study.too_few else [])]
    if len(said) > MOST_KNOWN:
        lines.append(f"and {f.number(len(said) - MOST_KNOWN)} more.")
    nothing = (
        f"Nothing repeats yet, {f.count(study.campaigns, 'campaign')}: I compare what "
        f"{f.number(study.needed)} campaigns have and {f.number(study.needed)} others do not."
    )
    effects = [each.pattern for each in study.known if isinstance(each.pattern, LevelEffect)]
    return Told(
        verdict=said[0] if said else nothing,
        lines=tuple(lines),
        basis=_basis(study, f) if study.campaigns else "No campaign with spend is remembered.",
        picture=_plain_picture(effects[:MOST_ROWS], f) if effects else None,
    )


def _plain_picture(effects: Sequence[LevelEffect], f: Formats) -> LeaguePicture:
    rows = tuple(
        LeagueRow(
            each.name,
            each.interval.low or each.lift_pct,
            each.lift_pct,
            each.interval.high or each.lift_pct,
            f.change(each.lift_pct),
            "better" if each.direction == "better" else "worse",
        )
        for each in sorted(effects, key=lambda each: each.lift_pct)
    )
    parts = "; ".join(
        f"{row.name} {row.says}, {f.change_range(Interval(low=row.low, high=row.high, level=0.8))}"
        for row in rows
    )
    title = "CPA against forecast, against the rest"
    return LeaguePicture(title, f"{title} ({f.percent(80)} ranges): {parts}", rows, zero=0.0)


def _range(low: float, high: float, f: Formats) -> str:
    span = f.change_range(Interval(low=low, high=high, level=LEVEL))
    return f"{f.percent(LEVEL * 100)} range {span}"


def _campaigns(study: PatternsStudy, words: Words) -> list[str]:
    """Campaigns that really missed their own forecast and did worse than the others, the dearest first."""
    wasted = [each for each in study.known if isinstance(each.pattern, Inefficiency)]
    said = [str(pattern_entry(each, words)["text"]) for each in wasted[:MOST_NAMED]]
    more = len(wasted) - MOST_NAMED
    if more > 0:
        said.append(f"{words.formats.count(more, 'more campaign')} above what is achievable.")
    return said
