"""Groups of creatives in words: which does best, or why that cannot be said, and what to try."""

from engine.models.creatives_study import CreativeFinding, CreativeGroup, CreativesStudy, CreativeSuggestion
from engine.narrate.formats import SPACE, listed
from engine.narrate.picture import LeaguePicture, LeagueRow, Tone
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

SHOWN_SUGGESTIONS = 3
SHOWN_MOVED = 3
LONGEST = 60  # characters of a name that is quoted


def told(study: CreativesStudy, words: Words) -> Told:
    """Tell a study of creatives: the verdict, suggestions, who moved, the table and the picture."""
    return Told(
        verdict=_verdict(study, words),
        lines=_lines(study, words),
        table=_table(study, words),
        basis=_basis(study, words),
        picture=_picture(study, words),
    )


def _verdict(study: CreativesStudy, words: Words) -> str:
    if study.state == "no creatives":
        return "No creatives are known: neither a campaign nor an export names any."
    if study.state == "too few":
        count = words.formats.count(study.texts, "text")
        return f"Too early to group creatives: {count} known, it takes {study.needed} different ones."
    if study.state == "no groups":
        count = words.formats.count(study.texts, "text")
        return f"{count} of creatives, and they do not fall into groups: no theme comes back often enough."
    leader = next((each for each in study.groups if each.id == study.leader), None)
    if leader is not None:
        return _leads(leader, study, words)
    return _too_early(study, words)


def _leads(leader: CreativeGroup, study: CreativesStudy, words: Words) -> str:
    sure = words.formats.percent(min(99.0, (leader.best or 0.0) * 100))
    lift = _lift(leader, words)
    does = f"{_name(leader, words)} does best: {study.metric.upper()} {lift}"
    return f"{does} against the other groups, {sure} sure."


def _too_early(study: CreativesStudy, words: Words) -> str:
    able = [each for each in study.groups if each.enough]
    if len(able) < 2:
        judged = f"{len(able)} of {len(study.groups)}"
        return f"Too early to say which kind of creative does best: {judged} groups have enough to be judged."
    if study.need is None:
        groups = words.formats.count(len(able), "group")
        best = "Too early to name a best kind of creative"
        return f"{best}: {groups} compared, and none stands out in {study.metric.upper()}."
    promising = next(each for each in study.groups if each.id == study.need.group)
    return f"Too early, {_name(promising, words)} is promising: {_needs(study, words)}."


def _needs(study: CreativesStudy, words: Words) -> str:
    need = study.need
    if need is None or need.events is None:
        return "it needs more creatives of its kind, not more of the same"
    event = "conversion" if study.metric == "cpa" else "click"
    more = words.formats.count(_roughly(need.events), event)
    about = f" (about {words.formats.count(need.days, 'day')})" if need.days else ""
    return f"it needs about {more} more{about}"


def _roughly(many: float) -> int:
    """Round to two digits, since nobody knows it better; at least 1."""
    whole = max(1, round(many))
    step = 10 ** max(0, len(str(whole)) - 2)
    return int(round(whole / step) * step)


def _lines(study: CreativesStudy, words: Words) -> tuple[str, ...]:
    findings = {each.id: each for each in study.findings}
    lines = [_own(study, words)] if study.campaign else []
    lines += [_worn(each, words) for each in study.findings[:SHOWN_SUGGESTIONS] if each.kind == "fatigue"]
    tried = study.suggestions[:SHOWN_SUGGESTIONS]
    lines += [_suggested(each, findings[each.finding], study, words) for each in tried]
    for moved in study.moved[:SHOWN_MOVED]:
        why = f"its group {moved.before} is gone" if moved.why == "its group is gone" else "it is nearer now"
        lines.append(f"{_quoted(moved.text, words)} moved from {moved.before} to {moved.now}: {why}.")
    if study.mixed:
        campaigns = words.formats.count(study.mixed, "campaign")
        lines.append(
            f"Left out: {campaigns} with creatives of several groups, whose results cannot be split."
        )
    if study.unread:
        lines.append(f"Not read: rows of {words.formats.count(study.unread, 'older campaign')}.")
    if study.unknown_tags:
        asked = listed([_quoted(each, words) for each in study.unknown_tags])
        lines.append(f"Parts of names that I do not know: {asked}. What do they mean?")
    return tuple(each for each in lines if each)


def _own(study: CreativesStudy, words: Words) -> str:
    """Where the creatives of the campaign stand that was asked for."""
    if not study.own:
        return f"{words.style.name(study.campaign or '')} has no creatives that I know."
    parts = []
    for each in study.own[:4]:
        group = each.group or "no group"
        parts.append(f"{_quoted(each.name, words)} ({f'{group}, {each.wear}' if each.wear else group})")
    more = len(study.own) - len(parts)
    return f"Its creatives: {', '.join(parts)}{f' and {more} more' if more > 0 else ''}."


def _worn(found: CreativeFinding, words: Words) -> str:
    change, low, high = map(abs, (found.change_pct, found.interval.low or 0.0, found.interval.high or 0.0))
    figures = words.formats
    siblings = figures.change(found.siblings_pct or 0.0)
    ends = f"{figures.percent(high)} to {figures.percent(low)}, 95{SPACE}%"
    return (
        f"{_quoted(found.subject, words)} wears out: "
        f"against its siblings its CTR fell {figures.percent(change)} "
        f"({ends}); theirs went {siblings}, and who clicks buys as before."
    )


def _suggested(
    each: CreativeSuggestion, finding: CreativeFinding, study: CreativesStudy, words: Words
) -> str:
    terms = listed([_quoted(term, words) for term in each.terms])
    proof = f" Prove {listed([_quoted(term, words) for term in each.claims])} first." if each.claims else ""
    if each.kind == "more like":
        return f"Try: more creatives like {each.subject}, with words such as {terms}.{proof}"
    like = f" Group {study.leader} leads, with words such as {terms}.{proof}" if terms else ""
    worn = f"{_quoted(finding.subject, words)} in {words.style.name(each.campaign)}"
    return f"Try: a new creative beside {worn}.{like}"


def _table(study: CreativesStudy, words: Words) -> tuple[tuple[str, ...], ...]:
    if not study.groups:
        return ()
    metric = study.metric.upper()
    events = "Conversions" if study.metric == "cpa" else "Clicks"
    head = ("Group", "Verdict", f"{metric} against the others", events, "Creatives")
    return (head, *(_row(each, study, words) for each in study.groups))


def _row(each: CreativeGroup, study: CreativesStudy, words: Words) -> tuple[str, ...]:
    known = [] if each.value is None else [words.formats.kpi(study.metric, each.value, study.currency)]
    known += [] if each.lift_pct is None else [_lift(each, words)]
    lift = ", ".join(known) or "not known"
    events = words.formats.number(each.events)
    return (_name(each, words), _says(each, study), lift, events, words.formats.number(each.creatives))


def _says(each: CreativeGroup, study: CreativesStudy) -> str:
    if each.id == study.leader:
        return "does best"
    if not each.enough:
        return "too early"
    if study.need and study.need.group == each.id:
        return "promising"
    if study.leader is None:
        return "like the others so far"
    low, high = (each.interval.low or 0.0, each.interval.high or 0.0) if each.interval else (0.0, 0.0)
    good, bad = (high < 0, low > 0) if study.metric == "cpa" else (low > 0, high < 0)
    return "above the others" if good else "below the others" if bad else "like the others"


def _lift(each: CreativeGroup, words: Words) -> str:
    change = words.formats.change(each.lift_pct or 0.0)
    if each.interval is None:
        return change
    return f"{change} ({words.formats.change_range(each.interval)}, 80{SPACE}%)"


def _name(each: CreativeGroup, words: Words) -> str:
    """A group's id and the words that name it, which come out of texts."""
    return f"{each.id} {_quoted(' · '.join(each.terms) or 'unnamed', words)}"


def _quoted(text: str, words: Words) -> str:
    return words.style.name(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def _basis(study: CreativesStudy, words: Words) -> str:
    parts = []
    if study.last_day is not None:
        parts.append(words.formats.days(study.first_day, study.last_day))
    looked = f" of {words.formats.number(study.texts)}" if study.looked_at < study.texts else ""
    texts = words.formats.count(study.looked_at, "different text")
    parts.append(f"{texts}{looked}")
    if study.state == "grouped":
        parts.append("grouped by what they say, compared within campaigns or against forecast")
    if study.judged_for_wear:
        parts.append(f"{words.formats.count(study.judged_for_wear, 'creative')} looked at for wear")
    if study.currency:
        parts.append(study.currency)
    return " · ".join(parts)


def _picture(study: CreativesStudy, words: Words) -> LeaguePicture | None:
    rows = tuple(
        LeagueRow(
            name=" · ".join(each.terms) or each.id,
            low=each.interval.low or 0.0,
            value=each.lift_pct,
            high=each.interval.high or 0.0,
            says=_says(each, study),
            tone=_tone(each, study),
        )
        for each in study.groups
        if each.enough and each.lift_pct is not None and each.interval is not None
    )
    if len(rows) < 2:
        return None
    metric = study.metric.upper()
    parts = "; ".join(
        f"{row.name} {words.formats.change(row.low)} to {words.formats.change(row.high)}" for row in rows
    )
    title = f"{metric} of groups of creatives against the others"
    return LeaguePicture(title, f"{title}, with 80{SPACE}% ranges: {parts}.", rows, 0.0)


def _tone(each: CreativeGroup, study: CreativesStudy) -> Tone:
    says = _says(each, study)
    if says in {"does best", "above the others"}:
        return "better"
    return "worse" if says == "below the others" else "whole"
