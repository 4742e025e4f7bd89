"""How a pattern lives: seen once, held again by other campaigns, untested for long, contradicted.

A pattern is *claimed* when it is found over all campaigns. Those campaigns cannot test it any more: it
is *validated* only by campaigns whose every window lies wholly outside the period of the claim, when
they show it by themselves, with the same sign, while all campaigns together still show it. Where all
campaigns together speak against it (their 80 % interval holds 0, or lies on the other side, and leaves
out what was claimed), it is *retracted*; only campaigns that began after that can bring it back, as a new
claim, or the correction of a figure that the retraction rested on. A range so wide that it holds both 0
and the claim contradicts nothing: then the pattern is not told, and nobody says "we were wrong".

The state depends on what was known when it was claimed, as it should: a claim that was made earlier has
more left to be tested by. A list that is handed in whole is taken oldest first, whatever its order.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from engine.explain.levels import LevelTest, Survey, difference, without_level
from engine.explain.standing import Standing
from engine.models.pattern import LevelEffect, LifeStatus
from engine.models.pattern_life import KeptStatus, PatternLife, Retraction, Sighting, key_of
from engine.models.rules import Rules

LAST = {"validated": 0, "decaying": 1, "candidate": 2, "retracted": 3}


class Span(NamedTuple):
    """All the days of one campaign, over all its windows; ``first`` is ``None`` where a window has none."""

    first: date | None
    last: date


class Evidence(NamedTuple):
    """Everything a life is judged by. ``campaigns`` holds each campaign once, in its newest window."""

    survey: Survey
    campaigns: Sequence[Standing]
    spans: Mapping[str, Span]

    def span_of(self, each: Standing) -> Span:
        return self.spans[each.campaign_key]


def spans_of(standings: Iterable[Standing]) -> dict[str, Span]:
    """Give each campaign's span by its key; ``standings`` holds every window that is remembered."""
    spans: dict[str, Span] = {}
    for each in standings:
        first, last = each.retrospective.campaign.window_start, each.day
        held = spans.get(each.campaign_key)
        if held is not None:
            first = min(held.first, first) if held.first and first else None
            last = max(held.last, last)
        spans[each.campaign_key] = Span(first, last)
    return spans


def advance(
    lives: Mapping[str, PatternLife], evidence: Evidence, rules: Rules, now: datetime
) -> dict[str, PatternLife]:
    """Give the lives that change, or begin, by key. The same evidence again changes nothing."""
    changed: dict[str, PatternLife] = {}
    for tested in evidence.survey.tests:
        held = lives.get(key_of(tested.kind, tested.level.signal))
        if held is None and not tested.listed:
            continue
        life = next_life(held, tested, evidence, rules, now)
        if life is not held:
            changed[life.key] = life
    return changed


def next_life(
    life: PatternLife | None, tested: LevelTest, evidence: Evidence, rules: Rules, now: datetime
) -> PatternLife:
    """Take at most one step from ``life``, or begin it; the same life where nothing happened."""
    if life is None:
        return born(tested, evidence, now)
    trial = _Trial(life, tested, tested.effect(), evidence, rules, now)
    if life.status == "retracted":
        return _restored(trial) or _returned(trial)
    if is_contradicted(life, trial.effect):
        return _retracted(trial)
    return _validated(trial) if life.status == "candidate" else life


def born(tested: LevelTest, evidence: Evidence, now: datetime) -> PatternLife:
    """Begin a life with its first claim."""
    effect = tested.effect()
    compared = [each for each in evidence.campaigns if each.log_ratio is not None]
    return PatternLife(
        key=key_of(effect.kind, effect.signal),
        kind=effect.kind,
        signal=effect.signal,
        name=effect.name,
        dimension=tested.level.dimension,
        status="candidate",
        claim=effect,
        sightings=(_sighting(effect, compared, evidence, now),),
        first_claimed_at=now,
    )


def is_contradicted(life: PatternLife, effect: LevelEffect) -> bool:
    """Say whether all campaigns speak against the claim: it lies outside their 80 % interval, and 0 or
    the other side inside."""
    low, high = effect.interval.low, effect.interval.high
    if low is None or high is None or low <= life.claim.lift_pct <= high:
        return False
    return low <= 0 <= high or effect.direction != life.claim.direction


def is_shown(life: PatternLife, effect: LevelEffect) -> bool:
    """Say whether all campaigns still show the claim: their 80 % interval lies on its side of 0."""
    low, high = effect.interval.low, effect.interval.high
    return (
        low is not None and high is not None and low * high > 0 and effect.direction == life.claim.direction
    )


def status_of(life: PatternLife | None, last_tested: date, today: date, rules: Rules) -> LifeStatus:
    """Say where a pattern stands today; a pattern without a life yet is a candidate."""
    if life is None:
        return "candidate"
    untested = today - last_tested > timedelta(days=rules.decay_days)
    return "decaying" if life.status == "validated" and untested else life.status


def last_tested(life: PatternLife, inside: Iterable[Standing], evidence: Evidence) -> date:
    """Give the last day on which campaigns showed or tested a claim.

    ``inside`` are the level's campaigns of now. Those of the claim do not test it with their next windows,
    however long they run; those that began after it do.
    """
    claimed = life.sightings[0].last_day
    later = [each.day for each in inside if _began_later(each, claimed, evidence)]
    return max([*(each.effect.last_tested for each in life.sightings), *later])


def standing_effects(
    evidence: Evidence, lives: Mapping[str, PatternLife], today: date, rules: Rules
) -> list[LevelEffect]:
    """List what may be told, each with its status: the validated first, and the surest among equals.

    A candidate is told while it is found, a validated pattern while all campaigns together show it.
    """
    found = []
    for tested in evidence.survey.tests:
        life = lives.get(key_of(tested.kind, tested.level.signal))
        effect = tested.effect()
        holds = life is not None and life.status == "validated" and is_shown(life, effect)
        if holds or (tested.listed and (life is None or life.status != "retracted")):
            day = last_tested(life, tested.inside, evidence) if life else effect.last_tested
            update = {"status": status_of(life, day, today, rules), "last_tested": day}
            found.append(effect.model_copy(update=update))
    return sorted(found, key=lambda each: LAST[each.status])


def cannot_test(life: PatternLife, evidence: Evidence) -> int:
    """Count the level's campaigns that ended after the claim, and have no first day to tell them apart."""
    claimed = life.sightings[0].last_day
    return sum(
        each.day > claimed and evidence.span_of(each).first is None and each.log_ratio is not None
        for each in evidence.campaigns
        if life.signal in {level.signal for level in each.levels}
    )


class _Trial(NamedTuple):
    """A life, and what all campaigns say of its level now."""

    life: PatternLife
    tested: LevelTest
    effect: LevelEffect
    evidence: Evidence
    rules: Rules
    now: datetime


def _validated(trial: _Trial) -> PatternLife:
    life = trial.life
    if not trial.tested.listed:
        return life
    for apart in (_after(life, trial.evidence), _before(life, trial.evidence)):
        again = _shown_by(apart, trial)
        if again is not None:
            sightings = (*life.sightings, again)
            return _changed(
                life, "validated", claim=trial.effect, sightings=sightings, validated_at=trial.now
            )
    return life


def _retracted(trial: _Trial) -> PatternLife:
    retraction = Retraction(
        said=trial.life.claim,
        was=trial.life.status,
        lift_pct=trial.effect.lift_pct,
        interval=trial.effect.interval,
        campaigns=trial.effect.campaigns,
        last_day=max(each.day for each in trial.evidence.campaigns),
        at=trial.now,
    )
    return _changed(trial.life, "retracted", retraction=retraction)


def _restored(trial: _Trial) -> PatternLife | None:
    """Take a retraction back where it rested on figures that were corrected since, and all show it again."""
    life, retraction = trial.life, trial.life.retraction
    if retraction is None or not trial.tested.listed:
        return None
    corrected = any(
        each.retrospective.revision > 1
        and each.retrospective.received_at > retraction.at
        and each.day <= retraction.last_day
        for each in trial.evidence.campaigns
    )
    if not corrected or trial.effect.direction != retraction.said.direction:
        return None
    return _changed(life, retraction.was, claim=trial.effect, retraction=None)


def _returned(trial: _Trial) -> PatternLife:
    """A new claim, out of campaigns that began after the retraction, and held by all together."""
    life = trial.life
    if life.retraction is None or not trial.tested.listed:
        return life
    again = _shown_by(_began_after(life.retraction.last_day, trial.evidence), trial)
    if again is None:
        return life
    return _changed(life, "candidate", claim=trial.effect, sightings=(again,), validated_at=None)


def _shown_by(apart: list[Standing], trial: _Trial) -> Sighting | None:
    """Test the effect in campaigns that had no part in the claim; ``None`` unless they show it alone."""
    signal, least = trial.tested.level.signal, trial.rules.campaigns_a_level
    rest = without_level(apart, signal)
    without = {each.retrospective.key for each in rest}
    inside = [each for each in apart if each.retrospective.key not in without]
    if min(len(inside), len(rest)) < least:
        return None
    alone = LevelTest(trial.tested.level, inside, difference(inside, rest))
    effect = alone.effect()
    if alone.certainty < trial.rules.replication_certainty or effect.direction != trial.effect.direction:
        return None
    return _sighting(effect, apart, trial.evidence, trial.now)


def _after(life: PatternLife, evidence: Evidence) -> list[Standing]:
    return _began_after(max(each.last_day for each in life.sightings), evidence)


def _before(life: PatternLife, evidence: Evidence) -> list[Standing]:
    """Older history that was handed in later; after a retraction nothing older counts."""
    days = [each.first_day for each in life.sightings]
    known = [day for day in days if day is not None]
    if life.retraction is not None or len(known) < len(days):
        return []
    first = min(known)
    return [
        each
        for each in evidence.campaigns
        if each.log_ratio is not None and evidence.span_of(each).last < first
    ]


def _began_after(day: date, evidence: Evidence) -> list[Standing]:
    return [
        each
        for each in evidence.campaigns
        if each.log_ratio is not None and _began_later(each, day, evidence)
    ]


def _began_later(each: Standing, day: date, evidence: Evidence) -> bool:
    """Say whether no window of the campaign reaches back to ``day``; one without a first day might."""
    first = evidence.span_of(each).first
    return first is not None and first > day


def _sighting(
    effect: LevelEffect, compared: Sequence[Standing], evidence: Evidence, now: datetime
) -> Sighting:
    spans = [evidence.span_of(each) for each in compared]
    known = [span.first for span in spans if span.first is not None]
    first = min(known) if len(known) == len(spans) else None
    return Sighting(first_day=first, last_day=max(span.last for span in spans), effect=effect, found_at=now)


def _changed(life: PatternLife, status: KeptStatus, **fields: object) -> PatternLife:
    return life.model_copy(update={"status": status, "version": life.version + 1, **fields})
