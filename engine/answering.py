"""Questions in everyday words, answered by the same verbs as commands: each topic asks what it needs."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from engine.asking import grounds, of_many, unknown
from engine.asking.chosen import (
    falls_within,
    ids_of,
    lies_within,
    most_at_risk,
    name_of,
    names_of,
    near_to,
    newest_by_window,
    of_these,
)
from engine.asking.mentions import Known, known_campaigns
from engine.asking.of_campaign import Asked, answer_of_one
from engine.asking.reading import read
from engine.edition import Occasion, Period, compose
from engine.errors import UnknownSignal
from engine.explain.similar import similar_campaigns
from engine.explain.standing import Standing, newest_by_campaign
from engine.explain.summary import kind_of
from engine.knowledge import Knowledge
from engine.learnings import LearnedThings
from engine.listing import current
from engine.lookup import find_signal
from engine.measure.comparison import compare_kpi
from engine.measure.kpi import driver
from engine.models.pattern import Dimension
from engine.models.question import INSIDE, OF_NONE, OF_ONE, Question, Span, Topic
from engine.models.recommendation import Status
from engine.models.reply import Answered
from engine.models.retrospective import slug
from engine.narrate.kept_text import kept_words
from engine.narrate.words import Words

DAY, YEAR = timedelta(days=1), timedelta(days=366)
WEEK = timedelta(days=7)
DECIDED: tuple[Status, ...] = ("approved", "done", "dropped", "rejected")
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


class Answering(Knowledge, LearnedThings):
    """A question is read, then answered from what is stored; words decide nothing."""

    def ask(self, text: str, *, about: str | None = None) -> Answered:
        """Answer a question; nothing is kept.

        ``about`` is the key of the campaign that "it", or no name, means. Any text has an answer: what was
        not understood, or was never stored, gets "I don't know".
        """
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        every = list(standings.values())
        known = known_campaigns(each.retrospective for each in every)
        about = about if about in {each.key for each in known} else None
        question = read(text, known, today=self._today(), about=about)
        if question.topic in OF_ONE:
            return self._of_one(question, known)
        if question.topic in OF_NONE:
            return self._of_none(question, known)
        if not every and question.topic != "approvers":
            return unknown.which_one(question, (), self._kept_words())
        return self._of_many(question, known, newest_by_campaign(every))

    def prompts(self) -> tuple[str, ...]:
        """Give up to four questions that can be answered now, for somebody who does not know what to ask."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        newest = max(standings.values(), key=lambda each: (each.day, each.spend), default=None)
        first = [f"How did {newest.retrospective.name} do?"] if newest else []
        return (*first, "What waits for a decision?", "What did we learn?", "What can I ask?")

    def _kept_words(self) -> Words:
        """Names stay marked until it is known who reads; the year of today goes without saying."""
        return kept_words(self._words, self._today().year)

    def _of_one(self, question: Question, known: Sequence[Known]) -> Answered:
        """Answer from the campaign's newest window, or from the one that lies in the days that were named."""
        words, key = self._kept_words(), question.campaigns[0]
        with self._memory.reading() as reading:
            windows = newest_by_window(reading.recommendations(campaign_key=key))
            shown = {each.id for each in windows if reading.views(each.id)}
        fitting = [each for each in windows if lies_within(each, question.span)]
        if not fitting:
            told = [grounds.window(each.analysis, words) for each in windows]
            return unknown.no_days(question, words.style.name(name_of(key, known)), told, words)
        return answer_of_one(Asked(question, fitting[0], self._today(), words, fitting[0].id in shown))

    def _of_none(self, question: Question, known: Sequence[Known]) -> Answered:
        """What needs nothing of the memory but names."""
        words = self._kept_words()
        name = name_of(question.campaigns[0], known) if question.campaigns else ""
        makers: dict[Topic, Callable[[], Answered]] = {
            "greeting": lambda: unknown.greeting(question),
            "thanks": lambda: unknown.thanks(question),
            "statement": lambda: unknown.no_question(question),
            "help": lambda: unknown.help_text(question, self.prompts()[0] if known else ""),
            "order": lambda: unknown.no_order(question, name, words, card=self._card_of(question)),
            "which": lambda: unknown.which_one(question, names_of(question, known), words),
            "unknown": lambda: unknown.unknown_answer(
                self._named_inside(question),
                words.style.name(name) if name else "",
                near_to(question, known),
                words,
            ),
        }
        return makers[question.topic]()

    def _named_inside(self, question: Question) -> Question:
        """Say so where the words name an audience or a creative: figures came for whole campaigns only."""
        asked = slug(question.about)
        if not question.about or question.missing:
            return question
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        campaigns = [each.retrospective.campaign for each in standings.values()]
        names = {slug(each.id) for one in campaigns for each in one.creatives}
        names |= {slug(each.name) for one in campaigns for each in one.audiences}
        inside = any(asked == name or name.startswith(f"{asked}-") for name in names)
        return question.model_copy(update={"missing": INSIDE}) if inside else question

    def _card_of(self, question: Question) -> str | None:
        """The newest recommendation of the campaign that was named, where its card stands somewhere."""
        if not question.campaigns:
            return None
        with self._memory.reading() as reading:
            windows = newest_by_window(reading.recommendations(campaign_key=question.campaigns[0]))
            shown = [each.id for each in windows[:1] if reading.views(each.id)]
        return shown[0] if shown else None

    def _of_many(self, question: Question, known: Sequence[Known], newest: Sequence[Standing]) -> Answered:
        words = self._kept_words()
        name = words.style.name(name_of(question.campaigns[0], known)) if question.campaigns else ""
        makers: dict[Topic, Callable[[], Answered]] = {
            "compare": lambda: self._compared(question, words),
            "similar": lambda: self._similar(question, newest, name, words),
            "learned": lambda: self._learned(question, words),
            "repeats": lambda: of_many.repeats(question, self.patterns(), words),
            "waste": lambda: of_many.waste(question, self.patterns(), ids_of(question, newest), name, words),
            "weights": lambda: self._weights(question, words),
            "waiting": lambda: self._waiting(question, name, words),
            "decided": lambda: self._decided(question, name, words),
            "approvers": lambda: of_many.approvers(question, self.approvers, words),
            "moved": lambda: self._moved(question, words),
            "standings": lambda: of_many.standings(question, self._placed(question, newest), words),
            "total": lambda: of_many.total_spend(question, newest, words),
            "campaigns": lambda: of_many.campaigns(question, newest, words),
        }
        return makers[question.topic]()

    def _compared(self, question: Question, words: Words) -> Answered:
        with self._memory.reading() as reading:
            windows = [reading.recommendations(campaign_key=each) for each in question.campaigns]
        return of_many.compared(question, [newest_by_window(each)[0] for each in windows], words)

    def _waiting(self, question: Question, name: str, words: Words) -> Answered:
        today = self._today()
        with self._memory.reading() as reading:
            proposed = of_these(current(reading.recommendations(status="proposed")), question)
            found = sorted((each for each in proposed if not each.has_run_out(today)), key=most_at_risk)
            shown = {each.id for each in found if reading.views(each.id)}
        return of_many.waiting(question, found, shown, name, words)

    def _decided(self, question: Question, name: str, words: Words) -> Answered:
        span, zone = question.span, self._zone
        with self._memory.reading() as reading:
            every = [each for status in DECIDED for each in reading.recommendations(status=status)]
        found = [
            each
            for each in of_these(every, question)
            if each.decisions
            and (span is None or falls_within(each.decisions[-1].at.astimezone(zone).date(), span))
        ]
        newest = sorted(found, key=lambda each: each.decisions[-1].at, reverse=True)
        return of_many.decided(question, newest, name, words)

    def _learned(self, question: Question, words: Words) -> Answered:
        """What was learned about some words, or about audiences, creatives or platforms as such."""
        kind = DIMENSIONS.get(question.about)
        found = self.learned_about("" if kind else question.about, most=MOST_LEARNED)
        if kind:
            of_kind = tuple(each for each in found.found if each.effect.dimension == kind)
            found = found.model_copy(update={"found": of_kind, "total": len(of_kind)})
        return of_many.learned(question, found, words)

    def _similar(self, question: Question, newest: Sequence[Standing], name: str, words: Words) -> Answered:
        if not question.campaigns:
            asked = question.about or question.text
            found = self.similar(asked, most=MOST_SIMILAR) if question.about else ()
            return of_many.similar(question, found, words.style.name(asked), words)
        with self._memory.reading() as reading:
            generation = reading.generation()
        focus = next(each for each in newest if each.retrospective.campaign_key == question.campaigns[0])
        near = self._recollection.campaigns(kind_of(focus.retrospective), newest, generation, most=NEAREST)
        found = self._with_decisions(similar_campaigns(focus, newest, near))
        return of_many.similar(question, found, name, words)

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

    def _moved(self, question: Question, words: Words) -> Answered:
        """What the digest of the last seven days would tell."""
        period = self._days_of_moves(question.span)
        if period is None:
            return unknown.no_days_of_moves(question, words)
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        now = self._clock.now()
        occasion = Occasion("", "", due_at=None, posted_at=now, late=False, first=False, next_at=None)
        edition = compose(
            occasion,
            period,
            list(standings.values()),
            (),
            effects=(),
            mistakes=(),
            shown=(),
            rules=self._rules,
        )
        return of_many.moved(question, edition, words)

    def _days_of_moves(self, span: Span | None) -> Period | None:
        """The last seven days, or earlier ones that were named; ``None`` where nobody can tell them."""
        now, today = self._clock.now(), self._today()
        week = Period(today - WEEK + DAY, today, self._zone, since=now - WEEK, until=now)
        if span is None or (span.first and span.last and span.last >= today and span.first >= today - WEEK):
            return week
        if span.first is None or span.last is None or span.first < today - YEAR:
            return None
        begin, end = (datetime.combine(day, time(), self._zone) for day in (span.first, span.last + DAY))
        return Period(span.first, span.last, self._zone, since=begin, until=end)

    def _placed(self, question: Question, newest: Sequence[Standing]) -> list[of_many.Placed]:
        span = question.span
        wanted = [each for each in newest if span is None or falls_within(each.day, span)]
        placed = []
        for each in wanted:
            campaign = each.retrospective.campaign
            name = driver(campaign.objective)
            lead = compare_kpi(name, campaign.expected_metrics, campaign.actual_metrics, self._rules)
            placed.append((each, lead, name))
        return placed
