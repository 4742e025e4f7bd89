"""The one door: a method for each thing a person, or the clock, can ask of Marko.

Reads and thoughts happen outside transactions. What is written together is one unit, and a unit
that finds the memory changed since it was read thinks again.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.decide.planning import plan
from engine.decide.policy import refusal
from engine.edition import Occasion, Period, compose
from engine.errors import AlreadyDecided, MayNotDecide, StaleEvidence, StoreTrouble, UnknownRecommendation
from engine.explain.levels import level_effects
from engine.explain.similar import LEAST_BY_WORDS, campaigns_like, shared_words, similar_campaigns
from engine.explain.standing import Standing, newest_by_campaign, standing
from engine.explain.summary import kind_of
from engine.intake.payload import read_campaigns
from engine.learn.weights import weigh
from engine.listing import current, list_insights, list_patterns
from engine.lookup import find_campaign, find_signal
from engine.models.action import Wait
from engine.models.answer import Answer, Person, Submission
from engine.models.campaign import Amount, CampaignPerformanceInput, Metrics
from engine.models.delivery import Intent, IntentKind
from engine.models.digest import Digest, DigestSlot, Subscription
from engine.models.insight import Insights
from engine.models.learning import Learning
from engine.models.listing import Advice, KnownInsight, KnownPattern, RecommendationPage
from engine.models.pattern import LevelEffect, SimilarCampaign
from engine.models.recommendation import (
    Analysis,
    Decision,
    MessageView,
    Recommendation,
    RejectReason,
    Status,
    Verb,
)
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.models.weight import SignalWeight, Weights
from engine.narrate import sentences
from engine.narrate.advice import advice
from engine.narrate.precedent import done
from engine.narrate.report import artifacts
from engine.narrate.rules_narrator import SOURCE
from engine.narrate.words import Words
from engine.portfolio import Portfolio
from engine.ports import Artifacts, Clock, Memory, Narrator, Reading, Unit
from engine.recollection import Recollection
from engine.slots import is_late, latest_slot, next_slot
from engine.thinking import think

TRIES = 20
NEAREST = 100  # campaigns by meaning, out of which the most similar are chosen
THREAD: tuple[IntentKind, ...] = ("evidence", "reasoning")
OUTCOMES: dict[Verb, tuple[Status, Status]] = {
    "approve": ("proposed", "approved"),
    "reject": ("proposed", "rejected"),
    "done": ("approved", "done"),
    "drop": ("approved", "dropped"),
}


class Engine:
    """Everything Marko can be asked. Safe to call from several threads."""

    def __init__(
        self,
        memory: Memory,
        clock: Clock,
        *,
        rules: Rules,
        words: Words,
        zone: ZoneInfo,
        approvers: Sequence[str],
        artifacts: Artifacts | None = None,
        recollection: Recollection | None = None,
        narrator: Narrator | None = None,
    ) -> None:
        self._memory = memory
        self._clock = clock
        self._rules = rules
        self._words = words
        self._zone = zone
        self.approvers = tuple(approvers)
        self._artifacts = artifacts
        self._portfolio = Portfolio(rules)
        self._recollection = recollection or Recollection()
        self._narrator = narrator

    # What a person hands in or asks for

    def submit(self, payload: str | bytes, *, source: str | None, asked_by: str | None) -> Submission:
        """Remember and analyse one campaign or a list, oldest first.

        A single campaign's insights are worded by the narrator, where one is set up; a list's are not.
        Raises ``Refused`` naming every fault, and then nothing is stored.
        """
        campaigns, was_list = read_campaigns(payload, source=source)
        order = sorted(range(len(campaigns)), key=lambda index: (campaigns[index].timestamp, index))
        answers = {index: self._analyze(campaigns[index], asked_by=asked_by) for index in order}
        ordered = tuple(answers[index] for index in range(len(campaigns)))
        self._keep_weights(answers[order[-1]].weights)
        if len(ordered) == 1:
            ordered = (self.word(ordered[0]),)
        return Submission(answers=ordered, was_list=was_list)

    def analyze(
        self,
        asked: str,
        *,
        asked_by: str | None,
        channel: str | None = None,
        anew: str | None = None,
        exactly: bool = False,
    ) -> Answer:
        """Analyse the newest window of a remembered campaign, and show its card in ``channel``.

        With ``exactly`` the id has to be given as it is; a person may also misspell it.

        Unchanged evidence is the same recommendation again; ``anew`` makes a new one that supersedes
        it, once for each such key, so that a request done again after a crash makes no second one.
        With a ``channel`` the card goes out first; ``word`` then puts the narrator's words beside it.
        Raises ``UnknownCampaign`` or ``AmbiguousCampaign``.
        """
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        remembered = [each.retrospective for each in standings.values()]
        found = find_campaign(asked, remembered, exactly=exactly)
        answer = self._analyze(found.campaign, asked_by=asked_by, channel=channel, anew=anew)
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
        campaign = self.recommendation(identifier).analysis.retrospective.campaign
        with self._memory.unit() as unit:
            unit.note(actor=by, deed="entered_forecast", subject=identifier, detail={})
        changed = campaign.model_copy(update={"expected_metrics": forecast})
        answer = self._analyze(changed, asked_by=by, channel=channel)
        self._keep_weights(answer.weights)
        return answer

    # What a person decides

    def decide(
        self,
        identifier: str,
        verb: Verb,
        *,
        by: Person,
        reason: RejectReason | None = None,
        note: str = "",
    ) -> Recommendation:
        """Record a decision, once, and put every view of the record on its way to be redrawn.

        The same decision by the same person again changes nothing and is no error. Raises
        ``MayNotDecide``, ``AlreadyDecided`` or ``StaleEvidence``; each is in the ledger.
        """
        self._check_person(identifier, verb, by)
        decision = Decision(verb=verb, by=by.id, at=self._clock.now(), reason=reason, note=note)
        current = self.recommendation(identifier)
        if _is_repeat(current, decision):
            return current
        _, outcome = OUTCOMES[verb]

        def change(recommendation: Recommendation) -> Recommendation:
            _check_open(recommendation, verb)
            decisions = (*recommendation.decisions, decision)
            return recommendation.model_copy(update={"status": outcome, "decisions": decisions})

        def also(unit: Unit, recommendation: Recommendation) -> None:
            detail = {"reason": reason, "note": note, "version": recommendation.version}
            unit.note(actor=by.id, deed=outcome, subject=identifier, detail=detail)

        try:
            return self._change(identifier, change, also)
        except (AlreadyDecided, StaleEvidence) as late:
            if _is_repeat(late.recommendation, decision):
                return late.recommendation  # the same person clicked twice at once
            with self._memory.unit() as unit:
                detail = {"verb": verb, "status": late.recommendation.status}
                unit.note(actor=by.id, deed="came_too_late", subject=identifier, detail=detail)
            raise

    def may_decide(self, identifier: str, verb: Verb, *, by: Person) -> Recommendation:
        """Give the record if this person may take this decision now; raises as ``decide`` does."""
        self._check_person(identifier, verb, by)
        current = self.recommendation(identifier)
        _check_open(current, verb)
        return current

    # What is shown

    def show_thread(self, identifier: str, *, channel: str, ts: str) -> bool:
        """Put the figures and the reasoning into the card's thread, once; False when they are there."""
        self.recommendation(identifier)
        with self._memory.unit() as unit:
            posted = [
                unit.post(
                    Intent(
                        key=f"{kind}:{identifier}:{channel}:{ts}",
                        kind=kind,
                        record=identifier,
                        channel=channel,
                        ts=ts,
                    )
                )
                for kind in THREAD
            ]
        return any(posted)

    def tell_then(self, identifier: str, *, person: str, channel: str, ts: str) -> date | None:
        """Remind somebody in the card's thread when a waiting card's next look is due, at nine.

        Returns the day, or ``None`` where the card waits for nothing any more.
        """
        recommendation = self.recommendation(identifier)
        action = recommendation.analysis.proposal.action
        if recommendation.status != "noted" or not isinstance(action, Wait):
            return None
        nine = datetime.combine(action.next_look, time(9), tzinfo=self._zone)
        key = f"reminder:{identifier}:{person}"
        intent = Intent(key=key, kind="reminder", record=identifier, channel=channel, ts=ts, person=person)
        with self._memory.unit() as unit:
            unit.post(intent, not_before=nine)
        return action.next_look

    def redraw(self, view: MessageView) -> None:
        """Put one message on its way to be redrawn: its record changed while it was being sent."""
        key = f"redraw:{view.channel}:{view.ts}:shown"
        intent = Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts)
        with self._memory.unit() as unit:
            unit.post(intent)

    def digest_sent(self, identifier: str) -> None:
        """Mark the slot of a digest that arrived; editions asked for by hand have none."""
        with self._memory.unit() as unit:
            digest = unit.digest(identifier)
            if digest is not None and digest.due_at is not None:
                unit.mark_slot(digest.channel, digest.last_day + timedelta(days=1), "sent")

    # What is known

    def recommendation(self, identifier: str) -> Recommendation:
        with self._memory.reading() as reading:
            found = reading.recommendation(identifier)
        if found is None:
            raise UnknownRecommendation(identifier)
        return found

    def views(self, record: str) -> list[MessageView]:
        with self._memory.reading() as reading:
            return reading.views(record)

    def digest(self, identifier: str) -> Digest | None:
        with self._memory.reading() as reading:
            return reading.digest(identifier)

    def weights(self) -> Weights:
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        return weigh(list(standings.values()), self._rules)

    def recommendations(
        self,
        status: Status | None = None,
        campaign_id: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> RecommendationPage:
        """Give one page of recommendations, newest first; ``campaign_id`` is an id or a campaign's key."""
        with self._memory.reading() as reading:
            every = reading.recommendations(status=status)
        found = [each for each in every if campaign_id in {None, _campaign_id(each), each.campaign_key}]
        return RecommendationPage(recommendations=tuple(found[offset : offset + limit]), total=len(found))

    def insights(self) -> tuple[KnownInsight, ...]:
        """Everything that still holds, by priority."""
        with self._memory.reading() as reading:
            return list_insights(reading.recommendations())

    def patterns(self) -> tuple[KnownPattern, ...]:
        """Everything that repeats, by impact."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        return list_patterns(list(standings.values()), self._rules)

    def planning(self) -> tuple[Advice, ...]:
        """Advice for the next campaign, out of insights, patterns, weights and similar campaigns."""
        with self._memory.reading() as reading:
            waiting = current(reading.recommendations(status="proposed"))
        chosen = plan(self.insights(), self.patterns(), self.weights(), waiting)
        return advice(chosen, self._words)

    def probe(self) -> None:
        """Write one small thing to the memory; raises ``StoreTrouble`` when that cannot be done."""
        with self._memory.unit() as unit:
            unit.set_setting("probe", self._clock.now().isoformat())

    def similar(self, words: str, most: int = 5) -> tuple[SimilarCampaign, ...]:
        """Find remembered campaigns by what they were, in anybody's words; the nearest first."""
        with self._memory.reading() as reading:
            generation, standings = self._portfolio.read(reading)
        known = list(standings.values())
        near = self._recollection.campaigns(words, known, generation, most=most)
        return self._with_decisions(campaigns_like(words, known, near, most))

    def learnings(self, words: str = "", most: int = 5) -> tuple[Learning, ...]:
        """Find what was learned about something; without words, everything, the surest first."""
        with self._memory.reading() as reading:
            generation, standings = self._portfolio.read(reading)
        effects, _ = level_effects(newest_by_campaign(standings.values()), self._rules)
        said = {each.signal: sentences.learned(each, self._words) for each in effects}
        if not words.strip():
            return tuple(_learning(each, said[each.signal], 1.0, "") for each in effects)
        texts = {each.signal: f"{each.name}. {each.signal}. {said[each.signal]}" for each in effects}
        near = self._recollection.near("learning", words, texts, generation, most=most)
        found = [
            _learning(each, said[each.signal], near[each.signal], words)
            for each in effects
            if near.get(each.signal, 0.0) >= LEAST_BY_WORDS
        ]
        return tuple(sorted(found, key=lambda each: (-each.score, each.signal))[:most])

    def why(self, signal: str) -> SignalWeight:
        """Tell every event that moved a signal's weight; raises ``UnknownSignal`` with the nearest."""
        return find_signal(signal, self.weights())

    def key_of(self, asked: str) -> str:
        """Find the key of the campaign that a person means; raises as ``analyze`` does."""
        with self._memory.reading() as reading:
            return find_campaign(asked, reading.retrospectives()).campaign_key

    def names(self) -> list[str]:
        """The names of all remembered campaigns, newest first."""
        with self._memory.reading() as reading:
            newest = sorted(reading.retrospectives(), key=lambda each: each.last_day, reverse=True)
        return list(dict.fromkeys(each.name for each in newest))

    # The digest

    def subscribe(
        self, channel: str, *, weekday: int, at: str, by: str, zone: str | None = None
    ) -> DigestSlot:
        """Give a channel its standing order and say when the first edition is due."""
        now = self._clock.now()
        subscription = Subscription(
            channel=channel, weekday=weekday, at=at, time_zone=zone or str(self._zone), since=now, by=by
        )
        with self._memory.unit() as unit:
            held = next((each for each in unit.subscriptions() if each.channel == channel), None)
            if held is not None and _same_order(held, subscription):
                return next_slot(held, now)
            unit.subscribe(subscription)
            detail = {"weekday": weekday, "at": at, "time_zone": subscription.time_zone}
            unit.note(actor=by, deed="subscribed", subject=channel, detail=detail)
        return next_slot(subscription, now)

    def unsubscribe(self, channel: str, *, by: str) -> bool:
        """End a channel's standing order; False when it had none."""
        with self._memory.unit() as unit:
            ended = unit.unsubscribe(channel)
            if ended:
                unit.note(actor=by, deed="unsubscribed", subject=channel, detail={})
        return ended

    def subscription(self, channel: str) -> Subscription | None:
        with self._memory.reading() as reading:
            return next((each for each in reading.subscriptions() if each.channel == channel), None)

    def preview_digest(self, channel: str) -> Digest:
        """Compose the last seven days as they are now; nothing is kept and nothing is posted."""
        with self._memory.reading() as reading:
            period = self._until_today(reading, channel)
            return self._compose(reading, channel, f"digest:{channel}:preview", period)

    def post_digest_now(self, channel: str, *, by: str, key: str) -> Digest:
        """Post the last seven days in ``channel``; the same ``key`` posts once."""
        identifier = f"digest:{channel}:{key}"
        with self._memory.reading() as reading:
            period = self._until_today(reading, channel)
            digest = self._compose(reading, channel, identifier, period)
        with self._memory.unit() as unit:
            if unit.post(Intent(key=identifier, kind="digest", record=identifier, channel=channel)):
                unit.keep_digest(digest)
                unit.note(actor=by, deed="asked_for_digest", subject=channel, detail={"id": identifier})
        return digest

    def post_due_digests(self) -> int:
        """Claim every slot that is due and put its edition on its way; returns how many.

        A slot is claimed once whatever happens: claim, edition and intent are one transaction. Of
        several slots missed, only the newest is posted, labelled late.
        """
        now = self._clock.now()
        with self._memory.reading() as reading:
            due = [slot for each in reading.subscriptions() if (slot := _due(reading, each, now))]
        return sum(self._post_slot(slot, now) for slot in due)

    def _post_slot(self, slot: DigestSlot, now: datetime) -> bool:
        identifier = f"digest:{slot.channel}:{slot.local_date}"
        with self._memory.reading() as reading:
            zone = self._zone_of(reading, slot.channel)
            week = Period(slot.local_date - timedelta(days=7), slot.local_date - timedelta(days=1), zone)
            digest = self._compose(reading, slot.channel, identifier, week, due_at=slot.due_at, now=now)
        with self._memory.unit() as unit:
            if not unit.claim_slot(slot, "claimed"):
                return False
            unit.keep_digest(digest)
            unit.post(Intent(key=identifier, kind="digest", record=identifier, channel=slot.channel))
            detail = {"due_at": slot.due_at.isoformat(), "late": digest.late}
            unit.note(actor="clock", deed="digest_claimed", subject=identifier, detail=detail)
        return True

    def _compose(
        self,
        reading: Reading,
        channel: str,
        identifier: str,
        period: Period,
        *,
        due_at: datetime | None = None,
        now: datetime | None = None,
    ) -> Digest:
        now = now or self._clock.now()
        subscription = next((each for each in reading.subscriptions() if each.channel == channel), None)
        occasion = Occasion(
            id=identifier,
            channel=channel,
            due_at=due_at,
            posted_at=now,
            late=due_at is not None and is_late(due_at, now),
            first=not reading.digests(channel),
            next_at=next_slot(subscription, now).due_at if subscription else None,
        )
        _, standings = self._portfolio.read(reading)
        recommendations = reading.recommendations()
        shown = {each.id for each in recommendations if reading.views(each.id)}
        return compose(
            occasion, period, list(standings.values()), recommendations, shown=shown, rules=self._rules
        )

    def _until_today(self, reading: Reading, channel: str) -> Period:
        zone = self._zone_of(reading, channel)
        today = self._clock.now().astimezone(zone).date()
        return Period(today - timedelta(days=6), today, zone)

    def _zone_of(self, reading: Reading, channel: str) -> ZoneInfo:
        zones = {each.channel: each.time_zone for each in reading.subscriptions()}
        return ZoneInfo(zones.get(channel, str(self._zone)))

    # How an analysis is made and kept

    def _analyze(
        self,
        campaign: CampaignPerformanceInput,
        *,
        asked_by: str | None,
        channel: str | None = None,
        anew: str | None = None,
    ) -> Answer:
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                generation, standings = self._portfolio.read(reading)
                focus, is_new = self._focus(reading, campaign)
                order_value = reading.setting(_order_value_of(focus.retrospective.campaign_key))
            standings[focus.retrospective.key] = focus
            similar = self._like(focus, standings, generation)
            analysis = self._think(focus, standings, order_value, similar)
            weights = weigh(list(standings.values()), self._rules)
            with self._memory.unit() as unit:
                if unit.generation() != generation:
                    continue
                if is_new:
                    unit.keep_retrospective(focus.retrospective)
                kept, voided, made = self._keep(unit, analysis, asked_by=asked_by, anew=anew)
                shown = self._show(unit, kept, channel) if channel else None
                for each in voided:  # after the new card, so that the old one can link to it
                    self._redraw(unit, each)
                after = unit.generation()
            self._portfolio.advance(generation, after, focus if is_new else None)
            answer = Answer(
                recommendation=kept.model_copy(update={"analysis": _as_kept(analysis, kept)}),
                weights=weights,
                stored=is_new,
                made=made,
                shown=shown,
            )
            self._write_artifacts(answer)
            return answer
        raise StoreTrouble("The memory changed faster than I could think. Please ask again.")

    def _focus(self, reading: Reading, campaign: CampaignPerformanceInput) -> tuple[Standing, bool]:
        """Meet the campaign's window as it is kept, or as its next revision when it says something new."""
        fresh = Retrospective(campaign=campaign, revision=1, received_at=self._clock.now())
        held = reading.retrospective(fresh.key)
        if held is not None and held.evidence_hash == fresh.evidence_hash:
            return standing(held, self._rules), False
        if held is not None and held.campaign.timestamp > campaign.timestamp:
            return standing(held, self._rules), False  # an older telling of what is known better
        if held is not None:
            fresh = fresh.model_copy(update={"revision": held.revision + 1})
        return standing(fresh, self._rules), True

    def _like(
        self, focus: Standing, standings: dict[str, Standing], generation: int
    ) -> tuple[SimilarCampaign, ...]:
        known = list(standings.values())
        near = self._recollection.campaigns(kind_of(focus.retrospective), known, generation, most=NEAREST)
        return self._with_decisions(similar_campaigns(focus, known, near))

    def _with_decisions(self, found: tuple[SimilarCampaign, ...]) -> tuple[SimilarCampaign, ...]:
        """Say what was done with each campaign that was found."""
        with self._memory.reading() as reading:
            told = [
                done(reading.recommendations(campaign_key=each.campaign_key), self._words) for each in found
            ]
        return tuple(each.model_copy(update={"done": text}) for each, text in zip(found, told, strict=True))

    def _think(
        self,
        focus: Standing,
        standings: dict[str, Standing],
        order_value: float | None,
        similar: tuple[SimilarCampaign, ...],
    ) -> Analysis:
        return think(
            focus,
            list(standings.values()),
            today=self._today(),
            rules=self._rules,
            words=self._words,
            order_value=order_value,
            similar=similar,
        )

    def _keep(
        self, unit: Unit, analysis: Analysis, *, asked_by: str | None, anew: str | None
    ) -> tuple[Recommendation, list[Recommendation], bool]:
        """Find the recommendation of this evidence, or write it and supersede what it replaces.

        Returns it, what it replaced, and whether it was written now.
        """
        key = analysis.retrospective.key
        siblings = unit.recommendations(campaign_key=analysis.retrospective.campaign_key)
        same = [each for each in siblings if each.analysis.retrospective.key == key]
        known = [
            each
            for each in same
            if each.analysis.retrospective.evidence_hash == analysis.retrospective.evidence_hash
            and each.status != "superseded"
        ]
        identifier = _identifier(analysis.retrospective, anew or str(len(same)))
        if known and (anew is None or known[0].id == identifier):
            return known[0], [], False
        status: Status = "proposed" if analysis.proposal.needs_approval else "noted"
        recommendation = Recommendation(
            id=identifier,
            analysis=analysis,
            status=status,
            version=1,
            created_at=self._clock.now(),
            asked_by=asked_by,
        )
        unit.keep_recommendation(recommendation, expected_version=None)
        detail = {"campaign": recommendation.campaign_key, "revision": analysis.retrospective.revision}
        unit.note(actor=asked_by or "marko", deed=status, subject=recommendation.id, detail=detail)
        voided = (self._supersede(unit, each, recommendation) for each in siblings)
        return recommendation, [each for each in voided if each], True

    def _keep_words(self, identifier: str, worded: Insights, channel: str | None) -> Recommendation:
        """Write a narrator's insights into the record, and put them on their way to the card's thread."""
        with self._memory.unit() as unit:
            before = unit.generation()
            kept = unit.recommendation(identifier)
            if kept is None:
                raise UnknownRecommendation(identifier)
            if kept.analysis.insights != worded:
                analysis = kept.analysis.model_copy(update={"insights": worded})
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

    def _supersede(self, unit: Unit, old: Recommendation, new: Recommendation) -> Recommendation | None:
        """Void an open card whose window is not newer; what was decided stays decided."""
        newer = old.analysis.retrospective.last_day > new.analysis.retrospective.last_day
        if old.status not in {"proposed", "noted"} or newer:
            return None
        update = {
            "status": "superseded",
            "superseded_by": new.id,
            "superseded_at": new.created_at,
            "version": old.version + 1,
        }
        changed = old.model_copy(update=update)
        unit.keep_recommendation(changed, expected_version=old.version)
        unit.note(actor="marko", deed="superseded", subject=old.id, detail={"by": new.id})
        return changed

    def _show(self, unit: Unit, recommendation: Recommendation, channel: str) -> str | None:
        """Put the card on its way, unless it was shown within the hours in which one card is enough.

        Returns the intent's key, or ``None`` where the card stands already.
        """
        views = [each for each in unit.views(recommendation.id) if each.kind == "card"]
        recent = (self._clock.now() - timedelta(hours=self._rules.reuse_hours)).timestamp()
        if any(float(each.ts) > recent for each in views):
            return None
        key = f"card:{recommendation.id}:{channel}:{len(views)}"
        posted = unit.post(Intent(key=key, kind="card", record=recommendation.id, channel=channel))
        return key if posted else None

    def _change(
        self,
        identifier: str,
        change: Callable[[Recommendation], Recommendation],
        also: Callable[[Unit, Recommendation], None],
    ) -> Recommendation:
        """Compare-and-set: change the record as it is now, and redraw every view of it."""
        with self._memory.unit() as unit:
            found = unit.recommendation(identifier)
            if found is None:
                raise UnknownRecommendation(identifier)
            changed = change(found).model_copy(update={"version": found.version + 1})
            if not unit.keep_recommendation(changed, expected_version=found.version):
                raise StaleEvidence(found)
            also(unit, changed)
            self._redraw(unit, changed)
        return changed

    def _redraw(self, unit: Unit, recommendation: Recommendation) -> None:
        views = list(unit.views(recommendation.id))
        for digest in unit.digests():
            if recommendation.id in {*digest.waiting, *digest.decided}:
                views += unit.views(digest.id)
        for view in views:
            key = f"redraw:{view.channel}:{view.ts}:{recommendation.id}:{recommendation.version}"
            unit.post(Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts))

    def _check_person(self, identifier: str, verb: Verb, by: Person) -> None:
        why = refusal(by, self.approvers)
        if why is None:
            return
        with self._memory.unit() as unit:
            detail = {"verb": verb, "why": why}
            unit.note(actor=by.id, deed="refused", subject=identifier, detail=detail)
        raise MayNotDecide(self.approvers, why)

    def _keep_weights(self, weights: Weights) -> None:
        with self._memory.unit() as unit:
            if unit.weights() != weights:
                unit.keep_weights(weights)

    def _write_artifacts(self, answer: Answer) -> None:
        if self._artifacts is None:
            return
        bodies: dict[str, Any] = artifacts(answer, self._words)
        self._artifacts.keep(answer.recommendation.analysis.retrospective.campaign.campaign_id, bodies)

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()


def _due(reading: Reading, subscription: Subscription, now: datetime) -> DigestSlot | None:
    slot = latest_slot(subscription, now)
    last = reading.last_slot(subscription.channel)
    taken = slot is None or (last is not None and last.local_date >= slot.local_date)
    return None if taken else slot


def _same_order(held: Subscription, new: Subscription) -> bool:
    """The same words again, also by a request that is done again, must not step over a slot that is due."""
    return (held.weekday, held.at, held.time_zone) == (new.weekday, new.at, new.time_zone)


def _check_open(recommendation: Recommendation, verb: Verb) -> None:
    before, _ = OUTCOMES[verb]
    if recommendation.status == "superseded":
        raise StaleEvidence(recommendation)
    if recommendation.status != before:
        raise AlreadyDecided(recommendation)


def _is_repeat(recommendation: Recommendation, decision: Decision) -> bool:
    last = recommendation.last_decision
    return last is not None and (last.verb, last.by) == (decision.verb, decision.by)


def _as_kept(fresh: Analysis, kept: Recommendation) -> Analysis:
    """Patterns and insights as of now; the proposal as it was written down before anybody decided."""
    return fresh.model_copy(update={"proposal": kept.analysis.proposal})


def _identifier(retrospective: Retrospective, sequence: str) -> str:
    text = f"{retrospective.key}|{retrospective.evidence_hash}|{sequence}"
    return f"rec_{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _learning(effect: LevelEffect, text: str, score: float, asked: str) -> Learning:
    why = tuple(shared_words(asked, f"{effect.name} {effect.signal}"))
    return Learning(signal=effect.signal, text=text, score=score, why=why, effect=effect)


def _campaign_id(recommendation: Recommendation) -> str:
    return recommendation.analysis.retrospective.campaign.campaign_id


def _order_value_of(campaign_key: str) -> str:
    return f"order_value:{campaign_key}"
