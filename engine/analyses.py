"""How an analysis is made and kept: from what is handed in to one recommendation and its card.

Reads and thoughts happen outside transactions. A unit that finds the memory changed since it was read
thinks again.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.asking.correction import correct_replies
from engine.core import Core
from engine.decide.proposal import recovery
from engine.decide.times import expiry
from engine.errors import (
    Refused,
    StaleEvidence,
    StoreTrouble,
    UnknownCampaign,
    UnknownRecommendation,
)
from engine.explain.clusters import KEPT_AS, Kept
from engine.explain.similar import similar_campaigns
from engine.explain.standing import Standing, standing
from engine.explain.summary import kind_of
from engine.further_artifacts import further, kept_groups
from engine.intake.ahead import faults_ahead
from engine.intake.payload import read_campaigns
from engine.learn.weights import weigh
from engine.lives import Look, advanced, are_current, keep_lives, lives_of, look_at
from engine.lookup import find_known, find_window, known_campaigns, newest_windows, window_days
from engine.models.answer import Answer, Submission
from engine.models.campaign import Amount, CampaignPerformanceInput, Metrics
from engine.models.delivery import Intent
from engine.models.headway import Step
from engine.models.insight import Insights
from engine.models.own import own_insights, own_part
from engine.models.pattern import SimilarCampaign
from engine.models.recommendation import (
    Analysis,
    Recommendation,
    Status,
)
from engine.models.retrospective import Retrospective
from engine.models.weight import Weights
from engine.narrate.kept_text import kept_words
from engine.narrate.report import artifacts
from engine.narrate.rules_narrator import SOURCE
from engine.ports import Reading, Unit
from engine.recollection import CARD_PATIENCE_S
from engine.studying.creatives import gather
from engine.studying.ground import Ground
from engine.thinking import think
from engine.windows import DEFAULT_DAYS, Sought, built, is_covered

log = logging.getLogger(__name__)

TRIES = 20
OPEN: frozenset[Status] = frozenset({"proposed", "noted", "snoozed"})
BEGUN: frozenset[Status] = frozenset({"approved", "executing", "executed", "failed", "unknown", "undoing"})
"""Approved, and not over: what it would change is not proposed a second time."""
NEAREST = 100  # campaigns by meaning, out of which the most similar are chosen
Steps = Callable[[Step, Retrospective], None]


class Analyses(Core):
    """What people hand in and ask for."""

    def submit(self, payload: str | bytes, *, source: str | None, asked_by: str | None) -> Submission:
        """Remember and analyze one campaign or a list, oldest first.

        A single campaign's insights are worded by the narrator, where one is set up; a list's are not.
        Raises ``Refused`` naming every fault, and then nothing is stored.
        """
        campaigns, was_list = self._read(payload, source)
        answers = self._remember(campaigns, asked_by=asked_by)
        if len(answers) == 1:
            answers = (self.word(answers[0]),)
        return Submission(answers=answers, was_list=was_list)

    def analyze(
        self,
        asked: str,
        *,
        asked_by: str | None,
        channel: str | None = None,
        anew: str | None = None,
        exactly: bool = False,
        steps: Steps | None = None,
        over: str | None = None,
        days: int | None = None,
    ) -> Answer:
        """Analyse a campaign that is known, and show its card in ``channel``.

        Where rows are known of it, over so many ``days`` up to yesterday ("spring-sale 30d" says it too);
        without rows, or where a newer window was handed in and no days are named, its newest window.
        With ``exactly`` the id has to be given as it is; a person may also misspell it.

        Unchanged evidence is the same recommendation again; ``anew`` makes a new one that supersedes
        it, once for each such key, so that a request done again after a crash makes no second one.
        With a ``channel`` the card goes out first; ``word`` then puts the narrator's words beside it.
        ``steps`` is told what is being done, and the card takes the place of the headway ``over``.
        Raises ``UnknownCampaign``, ``AmbiguousCampaign``, or ``Refused`` for days that no window has.
        """
        sought = self._sought(asked, days, exactly=exactly)
        answer = self._analyze(
            sought, asked_by=asked_by, channel=channel, anew=anew, steps=_from_the_start(steps), over=over
        )
        self._write_further([answer])
        return answer if channel else self.word(answer)

    def word(self, answer: Answer, *, channel: str | None = None) -> Answer:
        """Let the narrator word an answer's insights; keep them, with what the rules said.

        With a ``channel`` they are told in the thread of the card there, once. It may take seconds, and
        no transaction is open meanwhile. Without a narrator, or where it fails, nothing changes.
        """
        analysis = answer.recommendation.analysis
        if self._narrator is None or analysis.insights.source != SOURCE:
            return answer
        worded = self._narrator.word(analysis, others=self._all_names())
        if worded is None:
            return answer
        kept = self._keep_words(answer.recommendation.id, worded, channel)
        fresh = kept.model_copy(update={"analysis": analysis.model_copy(update={"insights": worded})})
        answer = answer.model_copy(update={"recommendation": fresh})
        self._write_artifacts(answer)
        return answer

    def enter_order_value(self, identifier: str, value: Amount, *, by: str) -> Recommendation:
        """Take a person's order value for a campaign without revenue; the card shows an estimate."""

        def change(recommendation: Recommendation) -> Recommendation:
            analysis = recommendation.analysis.model_copy(update={"order_value": float(value)})
            return recommendation.model_copy(update={"analysis": analysis})

        def also(unit: Unit, recommendation: Recommendation) -> None:
            unit.set_setting(_order_value_of(recommendation.campaign_key), float(value))
            unit.note(actor=by, deed="entered_order_value", subject=identifier, detail={"value": str(value)})

        return self._change(identifier, change, also)

    def enter_forecast(self, identifier: str, forecast: Metrics, *, by: str, channel: str | None) -> Answer:
        """Take a person's forecast for a campaign without one; the new card supersedes the old."""
        seen = self.recommendation(identifier)
        shown = seen.analysis.retrospective
        with self._memory.reading() as reading:
            newest = reading.retrospective(shown.key)
        changed = shown.campaign.model_copy(update={"expected_metrics": forecast})
        corrected = newest is not None and newest.campaign not in (shown.campaign, changed)
        entered: CampaignPerformanceInput | Sought = changed
        if shown.rows is not None:
            entered = _same_days(shown)._replace(forecast=forecast)
        if corrected:  # the dialog was opened on figures that were corrected meanwhile
            raise StaleEvidence(seen)
        detail = forecast.model_dump(mode="json")
        answer = self._analyze(
            entered,
            asked_by=by,
            channel=channel,
            also=lambda unit: unit.note(actor=by, deed="entered_forecast", subject=identifier, detail=detail),
        )
        self._keep_weights(answer.weights)
        self._write_further([answer])
        return answer

    def _read(self, payload: str | bytes, source: str | None) -> tuple[list[CampaignPerformanceInput], bool]:
        """Read and check what is handed in; the flag says whether it was a list."""
        campaigns, was_list = read_campaigns(payload, source=source)
        faults = faults_ahead(campaigns, self._clock.now())
        if faults:
            raise Refused(faults, source)
        return campaigns, was_list

    def _remember(
        self, campaigns: Sequence[CampaignPerformanceInput], *, asked_by: str | None
    ) -> tuple[Answer, ...]:
        """Remember and analyze these, oldest first; the answers come in the order given."""
        order = sorted(range(len(campaigns)), key=lambda index: (campaigns[index].timestamp, index))
        answers = {index: self._analyze(campaigns[index], asked_by=asked_by) for index in order}
        self._keep_weights(answers[order[-1]].weights)
        self._write_further(list(answers.values()))
        return tuple(answers[index] for index in range(len(campaigns)))

    def rejudge_rows(self, campaign_keys: Iterable[str]) -> None:
        """Judge open recommendations again that rest on rows of these campaigns: their days were corrected.

        What comes out the same stays; other evidence supersedes it. A window whose days are in two
        currencies now is left as it is: nobody could say what it adds up to.
        """
        with self._memory.reading() as reading:
            links = reading.links()
            keys = {links.get(key, key) for key in campaign_keys} | set(campaign_keys)
            found = [
                each
                for key in sorted(keys)
                for status in sorted(OPEN)
                for each in reading.recommendations(status=status, campaign_key=key)
            ]
        windows = {each.analysis.retrospective.key: each.analysis.retrospective for each in found}
        for each in windows.values():
            if each.rows is None:
                continue
            try:
                answer = self._analyze(_same_days(each)._replace(even_empty=True), asked_by="marko")
                self._void_alias(each.campaign_key, answer.recommendation)
            except Refused:
                log.warning("%s cannot be judged again: its days are in two currencies", each.key)

    def _void_alias(self, campaign_key: str, new: Recommendation) -> None:
        """Supersede what is open under a key that is another campaign's by now."""
        if campaign_key == new.campaign_key:
            return
        with self._memory.unit() as unit:
            before = unit.generation()
            for each in unit.recommendations(campaign_key=campaign_key):
                changed = self._supersede(unit, each, new)
                if changed:
                    self._redraw(unit, changed)
            after = unit.generation()
        self._portfolio.advance(before, after, None)

    def _sought(self, asked: str, days: int | None, *, exactly: bool) -> "CampaignPerformanceInput | Sought":
        """Choose the window that is meant: of rows, or the newest that is remembered."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            rows, links = reading.row_campaigns(), reading.links()
            remembered = [each.retrospective for each in standings.values()]
            known = known_campaigns(remembered, rows, links)
            if exactly:
                found, named = find_known(asked, known, exactly=True), None
            else:
                found, named = find_window(asked, known)
            days = named or (window_days(days) if days else None)
            sought = Sought(found.campaign_key, days or DEFAULT_DAYS)
            of_rows = built(reading, sought, remembered, now=self._clock.now(), team=self._zone)
        newest = newest_windows(
            each
            for each in remembered
            if links.get(each.campaign_key, each.campaign_key) == found.campaign_key
        )
        last = max(newest.values(), key=lambda each: each.last_day, default=None)
        if of_rows is None and last is None:
            raise UnknownCampaign(asked, [])
        is_newer = last is not None and (
            of_rows is None or (days is None and last.last_day > of_rows.last_day)
        )
        if last is not None and is_newer:
            return last.campaign if last.rows is None else _same_days(last)._replace(even_empty=True)
        return sought

    def _analyze(
        self,
        wanted: CampaignPerformanceInput | Sought,
        *,
        asked_by: str | None,
        channel: str | None = None,
        anew: str | None = None,
        also: Callable[[Unit], None] | None = None,
        steps: Steps | None = None,
        over: str | None = None,
    ) -> Answer:
        tell = steps or _nobody
        said = kept_words(self._words, self._today().year)
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                generation, standings = self._portfolio.read(reading)
                focus, is_new = self._focus(reading, wanted, standings)
                order_value = reading.setting(_order_value_of(focus.retrospective.campaign_key))
                lives = lives_of(reading)
                groups = Kept(reading.setting(KEPT_AS), self._today())
            standings[focus.retrospective.key] = focus
            tell("comparing", focus.retrospective)
            similar = self._like(focus, standings, generation)
            tell("explaining", focus.retrospective)
            looked = look_at(list(standings.values()), lives, self._rules)
            seen = advanced(looked, self._rules, self._clock.now())
            analysis = self._think(focus, standings, order_value, similar, seen=seen, groups=groups)
            weights = weigh(list(standings.values()), self._rules)
            with self._memory.unit() as unit:
                if unit.generation() != generation or not are_current(unit, seen):
                    continue
                keep_lives(unit, seen)
                if is_new:
                    unit.keep_retrospective(focus.retrospective)
                if is_new and also:
                    also(unit)
                kept, voided, made = self._keep(unit, analysis, asked_by=asked_by, anew=anew)
                if is_new:
                    correct_replies(unit, kept, said, self._local_now())
                shown = self._show(unit, kept, channel, over) if channel else None
                for each in voided:  # after the new card, so that the old one can link to it
                    self._redraw(unit, each)
                after = unit.generation()
            self._portfolio.advance(generation, after, focus if is_new else None)
            answer = Answer(
                recommendation=kept.model_copy(update={"analysis": _as_kept(analysis, kept)}),
                weights=weights,
                stored=is_new,
                kept_newer=isinstance(wanted, CampaignPerformanceInput)
                and _told_otherwise(focus.retrospective, wanted),
                made=made,
                shown=shown,
            )
            self._write_artifacts(answer)
            return answer
        raise StoreTrouble("The memory changed faster than I could think. Please ask again.")

    def _focus(
        self,
        reading: Reading,
        wanted: CampaignPerformanceInput | Sought,
        standings: Mapping[str, Standing],
    ) -> tuple[Standing, bool]:
        """Meet the campaign's window as it is kept, or as its next revision when it says something new.

        What is handed in for days that rows know is their forecast, and is compared with them: rows win.
        """
        fresh = self._fresh(reading, wanted, standings)
        held = reading.retrospective(fresh.key)
        if held is None:
            return standing(fresh, self._rules), True
        if isinstance(wanted, Sought) or fresh.rows is not None:
            says_more = fresh.evidence_hash != held.evidence_hash
        else:
            says_more = fresh.says_more_than(held)
        if not says_more:
            return standing(held, self._rules), False
        return standing(fresh.model_copy(update={"revision": held.revision + 1}), self._rules), True

    def _fresh(
        self,
        reading: Reading,
        wanted: CampaignPerformanceInput | Sought,
        standings: Mapping[str, Standing],
    ) -> Retrospective:
        """The window that is wanted, out of rows where they cover it."""
        known = [each.retrospective for each in standings.values()]
        now = self._clock.now()
        if isinstance(wanted, Sought):
            found = built(reading, wanted, known, now=now, team=self._zone)
            if found is None:  # undone since it was chosen
                raise UnknownCampaign(wanted.campaign_key, [])
            return found
        handed = Retrospective(campaign=wanted, revision=1, received_at=now)
        if wanted.window_start is None:
            return handed
        span = (wanted.window_start, handed.last_day)
        if not is_covered(reading, handed.campaign_key, span, self._zone):
            return handed
        sought = Sought(handed.campaign_key, exactly=span, handed=wanted)
        return built(reading, sought, known, now=now, team=self._zone) or handed

    def _like(
        self, focus: Standing, standings: dict[str, Standing], generation: int
    ) -> tuple[SimilarCampaign, ...]:
        known = list(standings.values())
        near = self._recollection.campaigns(
            kind_of(focus.retrospective), known, generation, most=NEAREST, patience_s=CARD_PATIENCE_S
        )
        return self._with_decisions(similar_campaigns(focus, known, near))

    def _think(
        self,
        focus: Standing,
        standings: dict[str, Standing],
        order_value: float | None,
        similar: tuple[SimilarCampaign, ...],
        *,
        seen: Look,
        groups: Kept,
    ) -> Analysis:
        return think(
            focus,
            list(standings.values()),
            today=self._today(),
            rules=self._rules,
            words=self._words,
            order_value=order_value,
            similar=similar,
            levels=seen.levels(self._today(), self._rules),
            groups=groups,
        )

    def _keep(
        self, unit: Unit, analysis: Analysis, *, asked_by: str | None, anew: str | None
    ) -> tuple[Recommendation, list[Recommendation], bool]:
        """Find the recommendation of this evidence, or write it and supersede what it replaces.

        Returns it, what it replaced, and whether it was written now. Of what repeats it keeps its own part.
        """
        key = analysis.retrospective.key
        siblings = unit.recommendations(campaign_key=analysis.retrospective.campaign_key)
        same = [each for each in siblings if each.analysis.retrospective.key == key]
        known = [
            each
            for each in same
            if each.analysis.retrospective.evidence_hash == analysis.retrospective.evidence_hash
            and each.analysis.is_unjudged == analysis.is_unjudged
            and each.status != "superseded"
        ]
        identifier = _identifier(analysis.retrospective, anew or str(len(same)))
        begun = [each for each in known if each.status in BEGUN] if anew else []
        if begun:
            return begun[0], [], False  # the same change is not approved twice
        if known and (known[0].id == identifier or (anew is None and not self._is_over(known[0]))):
            return known[0], [], False
        status: Status = "proposed" if analysis.proposal.needs_approval else "noted"
        now, hours = self._clock.now(), self._in_force.within(unit).preferences.expiry_hours
        recommendation = Recommendation(
            id=identifier,
            analysis=own_part(analysis),
            status=status,
            version=1,
            created_at=now,
            asked_by=asked_by,
            expires_at=expiry(now, hours) if status == "proposed" else None,
        )
        unit.keep_recommendation(recommendation, expected_version=None)
        detail = {"campaign": recommendation.campaign_key, "revision": analysis.retrospective.revision}
        unit.note(actor=asked_by or "marko", deed=status, subject=recommendation.id, detail=detail)
        voided = (self._supersede(unit, each, recommendation) for each in siblings)
        return recommendation, [each for each in voided if each], True

    def _is_over(self, recommendation: Recommendation) -> bool:
        """What expired or was withdrawn is made anew, and an open one past its time or beyond the limit."""
        if recommendation.status in {"expired", "withdrawn"}:
            return True
        open_still = recommendation.status in {"proposed", "noted"}
        too_much = self._beyond_limit(recommendation) is not None
        return open_still and (too_much or recommendation.has_run_out(self._local_now()))

    def _supersede(self, unit: Unit, old: Recommendation, new: Recommendation) -> Recommendation | None:
        """Void an open card whose window is not newer; what was decided stays decided.

        A proposal whose reason is gone, by the newer figures, is withdrawn; others are replaced.
        """
        newer = old.analysis.retrospective.last_day > new.analysis.retrospective.last_day
        if old.status not in OPEN or newer:
            return None
        back = recovery(new.analysis) if old.status != "noted" else None
        if back is not None:
            update: dict[str, Any] = {"status": "withdrawn", "ended_at": new.created_at, "back": back}
            detail = {"by": new.id, "kpi": back.kpi, "value": back.value}
        else:
            update = {
                "status": "superseded",
                "superseded_by": new.id,
                "superseded_at": new.created_at,
            }
            detail = {"by": new.id}
        changed = old.model_copy(update={**update, "version": old.version + 1})
        unit.keep_recommendation(changed, expected_version=old.version)
        unit.note(actor="marko", deed=changed.status, subject=old.id, detail=detail)
        return changed

    def _show(
        self, unit: Unit, recommendation: Recommendation, channel: str, over: str | None = None
    ) -> str | None:
        """Put the card on its way, unless it was shown here within the hours in which one is enough.

        Returns the intent's key, or ``None`` where the card stands already.
        """
        views = [
            each for each in unit.views(recommendation.id) if each.kind == "card" and each.channel == channel
        ]
        recent = (self._clock.now() - timedelta(hours=self._rules.reuse_hours)).timestamp()
        stands = any(float(each.ts) > recent for each in views)
        if over:
            window = recommendation.analysis.retrospective.key
            self._end_headway(unit, over, window, "stands" if stands else "replaced")
        if stands:
            return None
        key = f"card:{recommendation.id}:{channel}:{len(views)}"
        intent = Intent(key=key, kind="card", record=recommendation.id, channel=channel, over=over)
        return key if unit.post(intent) else None

    def _keep_words(self, identifier: str, worded: Insights, channel: str | None) -> Recommendation:
        """Write a narrator's insights into the record, and put them on their way to the card's thread."""
        with self._memory.unit() as unit:
            before = unit.generation()
            kept = unit.recommendation(identifier)
            if kept is None:
                raise UnknownRecommendation(identifier)
            own = own_insights(worded, kept.analysis.retrospective)
            if kept.analysis.insights != own:
                analysis = kept.analysis.model_copy(update={"insights": own})
                update = {"analysis": analysis, "version": kept.version + 1}
                unit.keep_recommendation(kept.model_copy(update=update), expected_version=kept.version)
                kept = kept.model_copy(update=update)
            views = unit.views(identifier)
            for card in [each for each in views if each.kind == "card" and each.channel == channel][-1:]:
                key = f"wording:{identifier}:{card.channel}:{card.ts}"
                unit.post(
                    Intent(key=key, kind="wording", record=identifier, channel=card.channel, ts=card.ts)
                )
            after = unit.generation()
        self._portfolio.advance(before, after, None)
        return kept

    def _all_names(self) -> set[str]:
        """Every name of a campaign, an audience or a creative that is remembered."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        campaigns = [each.retrospective.campaign for each in standings.values()]
        names = {name for each in campaigns for name in (each.campaign_id, each.name) if name}
        names |= {audience.name for each in campaigns for audience in each.audiences}
        return names | {creative.id for each in campaigns for creative in each.creatives}

    def _keep_weights(self, weights: Weights) -> None:
        with self._memory.unit() as unit:
            if unit.weights() != weights:
                unit.keep_weights(weights)

    def _write_further(self, answers: Sequence[Answer]) -> None:
        """Write what looks beyond one window, once for a whole list, and keep the groups' ids."""
        if not answers:
            return
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            ground = Ground(reading, standings, self._clock.now(), self._zone, self._rules)
            work = gather(ground)
            changed = kept_groups(ground, work)
            found = list(further(answers, ground, work)) if self._artifacts else []
        for identifier, bodies in found:
            if self._artifacts is not None:
                self._artifacts.keep(identifier, bodies)
        if changed:
            with self._memory.unit() as unit:
                for name, body in changed.items():
                    unit.set_setting(name, body)

    def _write_artifacts(self, answer: Answer) -> None:
        if self._artifacts is None:
            return
        bodies: dict[str, Any] = artifacts(answer, self._words)
        self._artifacts.keep(answer.recommendation.analysis.retrospective.campaign.campaign_id, bodies)


def _as_kept(fresh: Analysis, kept: Recommendation) -> Analysis:
    """Patterns and insights as of now; the proposal as it was written down before anybody decided."""
    return fresh.model_copy(update={"proposal": kept.analysis.proposal})


def _identifier(retrospective: Retrospective, sequence: str) -> str:
    text = f"{retrospective.key}|{retrospective.evidence_hash}|{sequence}"
    return f"rec_{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _told_otherwise(kept: Retrospective, handed: CampaignPerformanceInput) -> bool:
    """Whether what is kept of a window is not what was handed in just now, but something newer."""
    told = kept.as_handed_in()
    fresh = Retrospective(campaign=handed, revision=1, received_at=handed.timestamp)
    return told is None or told.evidence_hash != fresh.evidence_hash


def _same_days(each: Retrospective) -> Sought:
    span = (each.campaign.window_start or each.last_day, each.last_day)
    return Sought(each.campaign_key, exactly=span)


def _from_the_start(steps: Steps | None) -> Steps | None:
    """Say that reading has begun, as soon as it is known of which window."""
    if steps is None:
        return None
    begun: list[Step] = []

    def tell(step: Step, window: Retrospective) -> None:
        if not begun:
            steps("reading", window)
        begun.append(step)
        steps(step, window)

    return tell


def _order_value_of(campaign_key: str) -> str:
    return f"order_value:{campaign_key}"


def _nobody(_step: Step, _window: Retrospective) -> None:
    """Nobody wants to know how far it is."""
