"""The lives of patterns between analyses: looked at with what is remembered, kept, told where they end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from engine.explain.levels import Levels, survey
from engine.explain.standing import Standing, newest_by_campaign, that_teach
from engine.learn.lifecycle import Evidence, advance, spans_of, standing_effects
from engine.models.brief import Brief
from engine.models.delivery import Intent
from engine.models.digest import Digest
from engine.models.learning import Mistake
from engine.models.pattern import LevelEffect
from engine.models.pattern_life import PatternLife, key_of
from engine.models.recommendation import Status
from engine.models.rules import Rules
from engine.ports import Reading, Unit

BUILT_ON: tuple[Status, ...] = ("approved", "done")
DEEDS = {"candidate": "pattern_claimed", "validated": "pattern_validated", "retracted": "pattern_retracted"}


class Look(NamedTuple):
    """One look at everything: the lives as they were kept, and those that change by it."""

    evidence: Evidence
    held: dict[str, PatternLife]
    changed: dict[str, PatternLife]

    @property
    def lives(self) -> dict[str, PatternLife]:
        return {**self.held, **self.changed}

    def is_doubted(self, effect: LevelEffect) -> bool:
        """Say whether an approver said that it is not true for this team; others' doubts are notes."""
        life = self.lives.get(key_of(effect.kind, effect.signal))
        return life is not None and life.is_silenced

    def levels(self, today: date, rules: Rules) -> Levels:
        """Give what may be told of levels, each with its status, and what has too few campaigns."""
        return standing_effects(self.evidence, self.lives, today, rules), self.evidence.survey.notes


def lives_of(reading: Reading) -> dict[str, PatternLife]:
    return {each.key: each for each in reading.pattern_lives()}


def look_at(standings: Sequence[Standing], held: Mapping[str, PatternLife], rules: Rules) -> Look:
    """Look without changing anything; ``standings`` holds every window."""
    taught = that_teach(standings)
    campaigns = newest_by_campaign(taught)
    return Look(Evidence(survey(campaigns, rules), campaigns, spans_of(taught)), dict(held), {})


def advanced(seen: Look, rules: Rules, now: datetime) -> Look:
    """Let every life take its next step."""
    return seen._replace(changed=advance(seen.held, seen.evidence, rules, now))


def are_current(unit: Unit, seen: Look) -> bool:
    """Say whether nobody changed, since the look, a life that it changes."""
    return all(unit.pattern_life(key) == seen.held.get(key) for key in seen.changed)


def keep_lives(unit: Unit, seen: Look) -> None:
    """Keep what changed, note it, and tell what was wrong in the threads of the digests that said it."""
    for key, life in seen.changed.items():
        unit.keep_pattern_life(life)
        figures = life.retraction if life.status == "retracted" and life.retraction else life.claim
        detail = {"lift_pct": round(figures.lift_pct, 2), "campaigns": figures.campaigns}
        unit.note(actor="marko", deed=DEEDS[life.status], subject=key, detail=detail)
        if life.status == "retracted":
            _tell_the_threads(unit, life)


def tellings(life: PatternLife, digests: Iterable[Digest]) -> list[tuple[Digest, LevelEffect]]:
    """Find the digests that told the newest claim of a pattern, with what they said; order is kept.

    None tells it after it was retracted: one that seems to was composed while the retraction was thought.
    """
    since = life.sightings[0].found_at
    return [
        (digest, effect)
        for digest in digests
        if since <= digest.posted_at
        for effect in digest.learned
        if key_of(effect.kind, effect.signal) == life.key
    ]


def digests_since_claim(reading: Reading, life: PatternLife) -> list[Digest]:
    """The digests that may have told the newest claim of a pattern, newest first."""
    return reading.digests_about(life.key, since=life.sightings[0].found_at)


def mistakes(
    lives: Iterable[PatternLife],
    digests: Callable[[PatternLife], Sequence[Digest]],
    briefs: Sequence[Brief],
    holds: Callable[[datetime], bool],
) -> list[Mistake]:
    """List what was retracted in the period that ``holds`` tells, if it was said before: most used first.

    Said means: it was validated, or a digest told it. ``digests`` gives those of one life, newest first.
    """
    found = []
    for life in lives:
        retraction = life.retraction
        if life.status != "retracted" or retraction is None or not holds(retraction.at):
            continue
        told = [effect for _, effect in tellings(life, digests(life))]
        if retraction.was != "validated" and not told:
            continue
        built = [each.id for each in decided_with(life.signal, briefs) if each.status in BUILT_ON]
        found.append(
            Mistake(
                key=life.key,
                name=life.name,
                said=told[0] if told else retraction.said,
                retraction=retraction,
                decisions=tuple(built),
            )
        )
    return sorted(found, key=lambda each: (-len(each.decisions), each.key))


def decided_with(signal: str, decided: Iterable[Brief]) -> list[Brief]:
    """Keep the recommendations that knew of this level's effect, and whose campaign has the level."""
    return [each for each in decided if signal in each.knew]


def take_back(unit: Unit, digest: Digest) -> None:
    """Answer a digest that arrived only now: what it claims may have been retracted while it waited."""
    for effect in digest.learned:
        life = unit.pattern_life(key_of(effect.kind, effect.signal))
        if life is not None and life.status == "retracted" and tellings(life, [digest]):
            _answer(unit, life, digest)


def _tell_the_threads(unit: Unit, life: PatternLife) -> None:
    """Answer the newest digest of each channel that said it; one that is on its way is answered there."""
    newest: dict[str, Digest] = {}
    for digest, _ in tellings(life, digests_since_claim(unit, life)):
        if unit.views(digest.id):
            newest.setdefault(digest.channel, digest)
    for digest in newest.values():
        _answer(unit, life, digest)


def _answer(unit: Unit, life: PatternLife, digest: Digest) -> None:
    """Put a retraction into a digest's thread, once."""
    when = life.retraction.at.isoformat() if life.retraction else ""
    for view in unit.views(digest.id):
        key = f"retraction:{life.key}:{when}:{view.channel}:{view.ts}"
        unit.post(Intent(key=key, kind="retraction", record=life.key, channel=view.channel, ts=view.ts))
