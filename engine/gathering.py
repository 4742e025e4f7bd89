"""Answers over many campaigns: each topic asks what it needs, and keeps to what was named."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Literal

from engine.asking import of_data, of_many, unknown
from engine.asking.chosen import falls_within, of_these
from engine.asking.mentions import KnownCampaigns
from engine.asking.scope import keys_asked, named, platforms_of
from engine.asking.spending import spent
from engine.asking.windows import Told, newest_in, to_sum_up
from engine.edition import Period, moves
from engine.errors import UnknownSignal
from engine.explain.changes import prior_of
from engine.explain.similar import campaigns_like, similar_campaigns
from engine.explain.standing import Standing, newest_by_campaign
from engine.explain.summary import kind_of
from engine.knowledge import Knowledge
from engine.known_data import KnownData
from engine.learnings import LearnedThings, all_decided
from engine.listing import current
from engine.lookup import find_signal
from engine.measure.comparison import compare_kpi
from engine.measure.kpi import driver
from engine.measure.reliance import Reliance
from engine.models.brief import Brief, most_at_risk
from engine.models.pattern import Dimension, LevelEffect
from engine.models.question import Question, Sense, Span, Topic
from engine.models.recommendation import Verb
from engine.models.reply import Answered
from engine.models.retrospective import days_in_window, slug
from engine.narrate.words import Words
from engine.ports import Reading
from engine.slots import next_slot
from engine.usual_days import usual_metrics

DAY, YEAR = timedelta(days=1), timedelta(days=366)
WEEK = timedelta(days=7)
NEAREST = 100
MOST_SIMILAR = 3
MOST_LEARNED = 20
DIMENSIONS: dict[str, Dimension] = {
    "audience": "audience",
    "audiences": "audience",
    "creative": "creative_type",
    "creatives": "creative_type",
    "platform": "platform",
    "platforms": "platform",
}
SENSES: dict[Sense, Literal["better", "worse"]] = {"best": "better", "worst": "worse"}


class Gathering(Knowledge, KnownData, LearnedThings):
    """What was named is kept to here, or was refused before (``engine.asking.scope``)."""

    def _of_many(self, question: Question, known: KnownCampaigns, words: Words) -> Answered:
        whom = named(question, known, words)
        keys = frozenset(keys_asked(question, known))
        makers: dict[Topic, Callable[[], Answered]] = {
            "similar": lambda: self._similar(question, keys, whom, words),
            "learned": lambda: self._learned(question, words),
            "repeats": lambda: of_many.repeats(question, self.patterns(), words),
            "waste": lambda: of_many.waste(question, self.patterns(), keys, whom, words),
            "weights": lambda: self._weights(question, words),
            "waiting": lambda: self._waiting(question, keys, whom, words),
            "decided": lambda: self._decided(question, keys, whom, words),
            "approvers": lambda: of_many.approvers(question, self.approvers, words),
            "moved": lambda: self._moved(question, keys, whom, words),
            "standings": lambda: self._standings(question, keys, whom, words),
            "total": lambda: self._total(question, keys, whom, words),
            "digest": lambda: of_many.next_digest(question, self._next_editions(), words),
            "data": lambda: of_data.data(question, self.data_known(), question.platforms, whom, words),
            "campaigns": lambda: of_many.campaigns(question, newest_by_campaign(self._of(keys)), words),
        }
        return makers[question.topic]()

    def _total(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        """Days that were named are summed up day by day, where every campaign's are known so."""
        told = to_sum_up(question.span, self._of(keys))
        span = question.span
        if span is not None and span.first is not None and span.last is not None:
            with self._memory.reading() as reading:
                found = spent(reading, keys if whom else None, (span.first, span.last))
            others = {each.retrospective.campaign_key for each in (*told.inside, *told.partly)}
            if found is not None and others <= found.campaigns:
                return of_many.spent(question, found, whom, words)
        return of_many.total_spend(question, told, whom, words)

    def _of(self, keys: frozenset[str]) -> list[Standing]:
        """Every window of these campaigns."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        return [each for each in standings.values() if each.retrospective.campaign_key in keys]

    def _waiting(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        now = self._local_now()
        with self._memory.reading() as reading:
            proposed = of_these(current(reading.briefs(status="proposed")), keys)
            found = sorted((each for each in proposed if not each.has_run_out(now)), key=most_at_risk)
            shown = reading.shown([each.id for each in found])
            on_cards = _few(reading, [each for each in found if each.id in shown])
            others = _few(reading, [each for each in found if each.id not in shown])
        return of_many.waiting(question, on_cards, others, whom, words)

    def _decided(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        span, zone = question.span, self._zone
        with self._memory.reading() as reading:
            every = all_decided(reading)
            found = [
                (each.decided_at, each)
                for each in of_these(every, keys)
                if each.decided_at
                and _was(each, question.verbs)
                and (span is None or falls_within(each.decided_at.astimezone(zone).date(), span))
            ]
            newest = sorted(found, key=lambda pair: pair[0], reverse=True)
            told = _few(reading, [each for _, each in newest])
        return of_many.decided(question, told, whom, words)

    def _learned(self, question: Question, words: Words) -> Answered:
        """What was learned about some words, or about audiences, creatives or platforms as such."""
        kind, platforms = DIMENSIONS.get(question.about), platforms_of(question)
        ranked = SENSES.get(question.sense)

        def counts(effect: LevelEffect) -> bool:
            of_kind = kind is None or effect.dimension == kind
            of_platform = effect.dimension == "platform" and effect.signal.rsplit(":", 1)[-1] in platforms
            asked = ranked is None or effect.direction == ranked
            return of_kind and asked and (not platforms or of_platform)

        about = "" if kind or platforms else question.about
        found = self.learned_about(about, most=MOST_LEARNED, among=counts)
        if ranked:
            farthest = sorted(found.found, key=lambda each: -abs(each.effect.lift_pct))
            found = found.model_copy(update={"found": tuple(farthest)})
        return of_many.learned(question, found, words)

    def _similar(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        """Campaigns like one, or like some words; of the platforms that were named."""
        with self._memory.reading() as reading:
            generation, standings = self._portfolio.read(reading)
        newest = newest_by_campaign(standings.values())
        platforms = platforms_of(question)
        fitting = [each for each in newest if not platforms or _platform(each) in platforms]
        most = len(newest) if platforms else NEAREST  # what is left out may be nearer than what is kept
        if question.campaigns:
            focus = next(each for each in newest if each.retrospective.campaign_key in keys)
            near = self._recollection.campaigns(kind_of(focus.retrospective), newest, generation, most=most)
            return of_many.similar(
                question, self._with_decisions(similar_campaigns(focus, fitting, near)), whom, words
            )
        asked = question.about or question.text
        near = self._recollection.campaigns(asked, newest, generation, most=most) if question.about else {}
        found = campaigns_like(asked, fitting, near, MOST_SIMILAR)
        return of_many.similar(question, self._with_decisions(found), words.style.name(asked), words)

    def _weights(self, question: Question, words: Words) -> Answered:
        found = self.weights()
        if not question.about:
            return of_many.weights(question, found, words)
        try:
            return of_many.weight(question, find_signal(question.about, found), words)
        except UnknownSignal as error:
            wanted = [each for each in found.signals if slug(question.about) in each.signal]
            if len(wanted) == 1:
                return of_many.weight(question, wanted[0], words)
            near = [each.signal for each in wanted] or error.nearest
            return unknown.no_signal(question, near, words)

    def _moved(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        """What the digest of the last seven days would tell."""
        period = self._days_of_moves(question.span)
        if period is None:
            return unknown.no_days_of_moves(question, words)
        mine = self._of(keys)
        with self._memory.reading() as reading:
            found = moves(period, mine, self._rules, partial(usual_metrics, reading))
        return of_many.moved(question, period, found, whom, words)

    def _days_of_moves(self, span: Span | None) -> Period | None:
        """The last seven days, or others that were named; ``None`` where nobody can tell them."""
        now, today = self._clock.now(), self._today()
        week = Period(today - WEEK + DAY, today, self._zone, since=now - WEEK, until=now)
        if span is None:
            return week
        if span.first is None or span.last is None or span.first < today - YEAR:
            return None
        if span.last >= today and span.first >= today - WEEK and span.says != "today":
            return week
        begin, end = (datetime.combine(day, time(), self._zone) for day in (span.first, span.last + DAY))
        return Period(span.first, span.last, self._zone, since=begin, until=end)

    def _next_editions(self) -> list[datetime]:
        """When each channel's next digest is due, the first first."""
        now = self._clock.now()
        with self._memory.reading() as reading:
            orders = [(each, reading.last_slot(each.channel)) for each in reading.subscriptions()]
        return sorted(
            next_slot(each, now, taken=last.local_date if last else None).due_at for each, last in orders
        )

    def _standings(self, question: Question, keys: frozenset[str], whom: str, words: Words) -> Answered:
        told: Told = newest_in(question.span, self._of(keys))
        prior = prior_of(told.inside, self._rules)
        taught = self._rules.model_copy(update={"prior": prior})
        placed = []
        for each in told.inside:
            campaign = each.retrospective.campaign
            name = driver(campaign.objective, campaign.actual_metrics)
            known = Reliance(each.retrospective.rows, days_in_window(campaign))
            lead = compare_kpi(name, campaign.expected_metrics, campaign.actual_metrics, taught, known)
            placed.append((each, lead, name))
        return of_many.standings(question, placed, told.partly, whom, words)


def _platform(each: Standing) -> str:
    return slug(each.retrospective.campaign.platform)


def _was(brief: Brief, verbs: Sequence[Verb]) -> bool:
    """Whether one of these was done with it; all, where none is named."""
    found: dict[Verb, bool] = {
        "approve": bool(brief.approved_by),
        "reject": brief.status == "rejected",
        "drop": brief.status == "dropped",
        "done": brief.status in {"done", "executed"},
        "undo": brief.status == "undone",
    }
    return not verbs or any(found.get(each, False) for each in verbs)


def _few(reading: Reading, found: Sequence[Brief]) -> of_many.Few:
    """Read as many as an answer tells."""
    first = (reading.recommendation(each.id) for each in found[: of_many.MOST])
    return of_many.Few([each for each in first if each is not None], len(found))
