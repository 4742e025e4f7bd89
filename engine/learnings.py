"""What was learned, for those who ask; and what a person says against it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from engine.core import Core
from engine.decide.policy import refusal
from engine.errors import MayNotTakeBack, StoreTrouble, UnknownLearning
from engine.explain.levels import LevelTest
from engine.explain.similar import LEAST_BY_WORDS, shared_words
from engine.explain.standing import Standing
from engine.learn.lifecycle import LAST, born, cannot_test, last_tested, status_of
from engine.lives import Look, decided_with, lives_of, look_at, tellings
from engine.models.answer import Person
from engine.models.brief import Brief
from engine.models.learning import Grounds, Learning, Learnings, Mistake, Witness
from engine.models.pattern import LevelEffect
from engine.models.pattern_life import Objection, PatternLife, key_of
from engine.models.recommendation import Status
from engine.narrate import sentences
from engine.narrate.learnings import mistaken
from engine.ports import Reading, Unit

NEAREST = 3
LEAST_TO_NAME = LEAST_BY_WORDS / 2  # below that, words have nothing in common
PLACES = 3  # platforms and objectives that are named
TRIES = 20
DECIDED: tuple[Status, ...] = (
    "approved",
    "executing",
    "executed",
    "failed",
    "unknown",
    "undoing",
    "undone",
    "done",
    "dropped",
    "rejected",
)


class _Known(NamedTuple):
    """One pattern as it is now; ``text`` is its sentence."""

    key: str
    effect: LevelEffect
    life: PatternLife | None
    text: str


class LearnedThings(Core):
    """Computed from all that is remembered and from the lives of patterns; objections are kept."""

    def learnings(self, words: str = "", most: int = 5) -> tuple[Learning, ...]:
        """Find what was learned about something; without words, everything that stands.

        The surest first, candidates last; retracted ones are found by words alone, after all others.
        """
        return self.learned_about(words, most).found

    def learned_about(
        self, words: str = "", most: int = 5, *, among: Callable[[LevelEffect], bool] = lambda _: True
    ) -> Learnings:
        """Find as ``learnings`` does, and say out of how many, and what is nearest where nothing fits.

        What is not ``among`` those that count is left out before anything is cut.
        """
        with self._memory.reading() as reading:
            generation, standings = self._portfolio.read(reading)
            seen = look_at(list(standings.values()), lives_of(reading), self._rules)
            decided = all_decided(reading)
        known = [each for each in self._every_pattern(seen) if among(each.effect)]
        current = [each for each in known if each.effect.status != "retracted"]
        if not words.strip():
            found = [self._as_learning(each, seen, decided, 1.0, "") for each in current[:most]]
            return Learnings(asked="", found=tuple(found), total=len(current))
        texts = {each.key: f"{each.effect.name}. {each.effect.signal}. {each.text}" for each in known}
        near = self._recollection.near("learning", words, texts, generation, most=most)
        fitting = _fitting(known, near, most)
        return Learnings(
            asked=words,
            found=tuple(self._as_learning(each, seen, decided, near[each.key], words) for each in fitting),
            total=len(current),
            nearest=() if fitting else _nearest(current, near),
        )

    def learned_lately(self, most: int) -> tuple[str, ...]:
        """The sentences that ``learnings`` begins with, without asking who relied on them."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            seen = look_at(list(standings.values()), lives_of(reading), self._rules)
        stands = (each.text for each in self._every_pattern(seen) if each.effect.status != "retracted")
        return tuple(islice(stands, most))

    def grounds(self, key: str) -> Grounds:
        """Give a learning and the campaigns behind it; raises ``UnknownLearning``."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            seen = look_at(list(standings.values()), lives_of(reading), self._rules)
            decided = all_decided(reading)
        known = next((each for each in self._every_pattern(seen) if each.key == key), None)
        if known is None:
            raise UnknownLearning(key)
        learning = self._as_learning(known, seen, decided, 1.0, "")
        return Grounds(learning=learning, witnesses=_witnesses(learning, standings.values()))

    def object_to(self, key: str, *, by: Person, note: str) -> PatternLife:
        """Keep that somebody says it is not true for this team; their newest word replaces the older.

        Said by an approver, it is left out of digests from then on; said by anybody else, it is a note.
        Raises ``UnknownLearning``, also of what the figures hint at and nobody was told.
        """
        for _ in range(TRIES):
            generation, first = self._claim_of(key)
            with self._memory.unit() as unit:
                life = unit.pattern_life(key)
                if life is None and unit.generation() != generation:
                    continue  # the claim was read off figures of before
                life = life or first
                if life is None:
                    raise UnknownLearning(key)
                return self._doubted(unit, life, by, note)
        raise StoreTrouble("The memory changed faster than I could think. Please ask again.")

    def _claim_of(self, key: str) -> tuple[int, PatternLife | None]:
        """Give the life that begins where a pattern is told and nobody kept it yet, and as of when."""
        with self._memory.reading() as reading:
            if reading.pattern_life(key):
                return reading.generation(), None
            generation, standings = self._portfolio.read(reading)
        seen = look_at(list(standings.values()), {}, self._rules)
        told = next((each for each in seen.evidence.survey.tests if each.listed and _key(each) == key), None)
        return generation, born(told, seen.evidence, self._clock.now()) if told else None

    def _doubted(self, unit: Unit, life: PatternLife, by: Person, note: str) -> PatternLife:
        now, approvers = self._clock.now(), self._in_force.within(unit).preferences.approvers
        said = Objection(by=by.id, at=now, note=note, silences=refusal(by, approvers) is None)
        if any(each.model_copy(update={"at": now}) == said for each in life.objections):
            return life
        others = [each for each in life.objections if each.by != by.id]
        changed = _with_objections(life, [*others, said])
        unit.keep_pattern_life(changed)
        detail = {"note": note, "silences": said.silences}
        unit.note(actor=by.id, deed="objected", subject=life.key, detail=detail)
        return changed

    def take_back(self, key: str, *, by: Person) -> PatternLife:
        """Take back a person's own doubt; an approver who has none takes back everybody's.

        Where nothing is said against it any more, nothing changes. Raises ``UnknownLearning``, or
        ``MayNotTakeBack`` for whoever has no doubt of their own and is no approver.
        """
        with self._memory.unit() as unit:
            life = unit.pattern_life(key)
            if life is None:
                raise UnknownLearning(key)
            taken = [each for each in life.objections if each.by == by.id] or list(life.objections)
            if not taken:
                return life
            approvers = self._approvers_in(unit)
            if taken[0].by != by.id and refusal(by, approvers) is not None:
                raise MayNotTakeBack(tuple(each.by for each in life.objections), approvers)
            changed = _with_objections(life, [each for each in life.objections if each not in taken])
            unit.keep_pattern_life(changed)
            detail = {"of": [each.by for each in taken]}
            unit.note(actor=by.id, deed="took_back", subject=key, detail=detail)
        return changed

    def mistake_told(self, key: str, *, channel: str, ts: str) -> Mistake:
        """Give a retraction as it answers one digest: with the figures that stood there.

        Raises ``UnknownLearning`` where the pattern is not retracted.
        """
        with self._memory.reading() as reading:
            life = reading.pattern_life(key)
            if life is None or life.retraction is None:
                raise UnknownLearning(key)
            shown = reading.shown_at(channel, ts)
            digest = reading.digest(shown.record) if shown else None
        told = [effect for _, effect in tellings(life, [digest] if digest else [])]
        said = told[0] if told else life.retraction.said
        return Mistake(key=key, name=life.name, said=said, retraction=life.retraction)

    def _every_pattern(self, seen: Look) -> list[_Known]:
        """Every pattern that stands, the surest of each status first, then the retracted ones."""
        effects, _ = seen.levels(self._today(), self._rules)
        tests = {each.level.signal: each for each in seen.evidence.survey.tests}
        told = {key_of(each.kind, each.signal): each for each in effects}
        for key, life in seen.held.items():
            if key not in told and (life.status == "retracted" or life.signal not in tests):
                tested = tests.get(life.signal)
                effect = tested.effect() if tested else life.claim
                day = last_tested(life, tested.inside if tested else (), seen.evidence)
                status = status_of(life, day, self._today(), self._rules)
                told[key] = effect.model_copy(update={"status": status, "last_tested": day})
        known = [
            _Known(key, effect, seen.held.get(key), self._pattern_text(effect, seen.held.get(key)))
            for key, effect in told.items()
        ]
        return sorted(known, key=lambda each: (LAST[each.effect.status], each.effect.p_value, each.key))

    def _pattern_text(self, effect: LevelEffect, life: PatternLife | None) -> str:
        if effect.status == "retracted" and life is not None and life.retraction is not None:
            return mistaken(life.name, life.retraction.said, life.retraction, self._words)
        return sentences.learned(effect, self._words)

    def _as_learning(
        self, known: _Known, seen: Look, decided: list[Brief], score: float, asked: str
    ) -> Learning:
        effect, life = known.effect, known.life
        used = decided_with(effect.signal, decided)
        approved = [who for each in used for who in each.approved_by]
        return Learning(
            key=known.key,
            signal=effect.signal,
            text=known.text,
            score=score,
            why=tuple(shared_words(asked, f"{effect.name} {effect.signal}")),
            effect=effect,
            life=life,
            used_in=len(used),
            approved_by=tuple(dict.fromkeys(approved)),
            found_in=_found_in(effect.signal, seen.evidence.campaigns),
            undated=cannot_test(life, seen.evidence) if life else 0,
        )


def _with_objections(life: PatternLife, objections: Sequence[Objection]) -> PatternLife:
    return life.model_copy(update={"objections": tuple(objections), "version": life.version + 1})


def all_decided(reading: Reading) -> list[Brief]:
    """Every recommendation that somebody decided, in short."""
    return [each for status in DECIDED for each in reading.briefs(status=status)]


def _key(tested: LevelTest) -> str:
    return key_of(tested.kind, tested.level.signal)


def _fitting(known: list[_Known], near: Mapping[str, float], most: int) -> list[_Known]:
    """Keep the nearest of what is near enough, in the order of ``known``."""
    fits = [each for each in known if near.get(each.key, 0.0) >= LEAST_BY_WORDS]
    nearest = sorted(fits, key=lambda each: (-near[each.key], each.key))[:most]
    return [each for each in known if each in nearest]


def _nearest(known: list[_Known], near: Mapping[str, float]) -> tuple[str, ...]:
    found = [each for each in known if near.get(each.key, 0.0) >= LEAST_TO_NAME]
    found.sort(key=lambda each: -near[each.key])
    return tuple(each.effect.name for each in found[:NEAREST])


def _found_in(signal: str, campaigns: Iterable[Standing]) -> tuple[str, ...]:
    """Name platforms, then objectives, of the campaigns with this level; the most frequent first."""
    with_level = [
        each.retrospective.campaign for each in campaigns if signal in {level.signal for level in each.levels}
    ]
    platforms = Counter(each.platform for each in with_level).most_common(PLACES)
    objectives = Counter(each.objective for each in with_level).most_common(PLACES)
    return tuple(name for name, _ in (*platforms, *objectives))


def _witnesses(learning: Learning, standings: Iterable[Standing]) -> tuple[Witness, ...]:
    """Every campaign of the level that can be compared, in the window that its period looked at."""
    chosen: dict[tuple[str, int | None], Standing] = {}
    for each in standings:
        if learning.signal in {level.signal for level in each.levels} and each.log_ratio is not None:
            key = (each.retrospective.campaign_key, _place(learning, each))
            if key not in chosen or chosen[key].day <= each.day:
                chosen[key] = each
    placed = {name for name, place in chosen if place is not None}
    kept = [
        (each, place) for (name, place), each in chosen.items() if place is not None or name not in placed
    ]
    kept.sort(key=lambda pair: (pair[0].day, pair[0].retrospective.key))
    return tuple(_witness(each, place) for each, place in kept)


def _place(learning: Learning, each: Standing) -> int | None:
    """Count the period in which this window was looked at, from 1."""
    for place, period in enumerate(learning.periods, start=1):
        campaign = each.retrospective.campaign
        named = period.effect.is_of(campaign.campaign_id, each.retrospective.campaign_key)
        if (
            named
            and each.day <= period.last_day
            and (period.first_day is None or each.day >= period.first_day)
        ):
            return place
    return None


def _witness(each: Standing, place: int | None) -> Witness:
    campaign = each.retrospective.campaign
    return Witness(
        campaign_id=campaign.campaign_id,
        name=each.retrospective.name,
        period=place,
        first_day=campaign.window_start,
        last_day=each.day,
        expected_cpa=each.cpa.expected or 0.0,
        actual_cpa=each.cpa.actual or 0.0,
        delta_pct=each.cpa.delta_pct or 0.0,
        conversions=each.conversions,
        currency=campaign.currency,
    )
