"""Questions in everyday words, answered by the same verbs as commands."""

from collections.abc import Callable
from functools import cached_property

from engine.asking import grounds, of_many, scope, unknown
from engine.asking.chosen import fullest, lies_within, names_of, near_to, newest_by_window
from engine.asking.mentions import KnownCampaigns
from engine.asking.namebook import Namebook
from engine.asking.of_campaign import Asked, answer_of_one
from engine.asking.of_several import answer_of_several
from engine.asking.reading import LONGEST, read
from engine.asking.studied import OF_CAMPAIGN, StudyAsked, not_studied, study_asked
from engine.errors import EngineError, StoreTrouble
from engine.gathering import Gathering
from engine.models.question import INSIDE, OF_NONE, OF_ONE, Question, Topic
from engine.models.recommendation import Recommendation
from engine.models.reply import Answered
from engine.models.retrospective import slug
from engine.narrate.kept_text import kept_words
from engine.narrate.pictured import packed
from engine.narrate.studies import tell
from engine.narrate.words import Words
from engine.studies import Studies


class Answering(Gathering, Studies):
    """A question is read, then answered from what is stored; words decide nothing."""

    def ask(self, text: str, *, about: str | None = None) -> Answered:
        """Answer a question; nothing is kept.

        ``about`` is the key of the campaign that "it", or no name, means. Any text has an answer: what was
        not understood, or was never stored, gets "I don't know".
        """
        known, words = self._known_campaigns(), self._kept_words()
        about = about if about in known.of_key else None
        study = study_asked(text, known)
        if study:
            return self._studied(text, study, about)
        question = read(text, known, today=self._today(), about=about)
        if question.topic in OF_NONE:
            return self._of_none(question, known)
        if not known and question.topic != "approvers":
            return unknown.which_one(question, (), words)
        return scope.refusal(question, known, words) or self._in_scope(question, known, words)

    def _studied(self, text: str, asked: StudyAsked, about: str | None) -> Answered:
        """Answer a study's verb; in a campaign's thread it is about that one, unless another is named."""
        meant = about if asked.kind in OF_CAMPAIGN and not asked.names else None
        words = self._kept_words()
        question = Question(topic="study", text=text.strip()[:LONGEST], about=asked.kind)
        try:
            found = self.study(asked.kind, " ".join(filter(None, (meant, asked.words))))
        except StoreTrouble:
            raise
        except EngineError as refused:
            return not_studied(question, refused, words)
        told = tell(found, words)
        shown = tell(found, Words(words.formats, self._words.style))
        return Answered(
            question=question.model_copy(update={"campaigns": (meant,) if meant else ()}),
            form="answer",
            answer="\n".join((told.verdict, *told.lines)),
            how=told.basis,
            about=meant,
            table=shown.table,
            picture=packed(shown.picture) if shown.picture else None,
        )

    def _in_scope(self, question: Question, known: KnownCampaigns, words: Words) -> Answered:
        """Answer a question that can keep to all that it names."""
        if question.topic == "compare":
            return self._compared(question, known, words)
        if question.topic not in OF_ONE:
            return self._of_many(question, known, words)
        told = [
            (words.style.name(known.of_key[key].name), self._of_one(question, key, known))
            for key in question.campaigns
        ]
        return told[0][1] if len(told) == 1 else answer_of_several(question, told)

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

    @cached_property
    def _names(self) -> Namebook:
        return Namebook()

    def _known_campaigns(self) -> KnownCampaigns:
        with self._memory.reading() as reading:
            generation, standings = self._portfolio.read(reading)
        return self._names.of(generation, lambda: [each.retrospective for each in standings.values()])

    def _of_one(self, question: Question, key: str, known: KnownCampaigns) -> Answered:
        """Answer from the campaign's newest window, or from the one that lies in the days that were named."""
        words = self._kept_words()
        windows = self._windows(key)
        fitting = [each for each in windows if lies_within(each, question.span)]
        if not fitting:
            return self._no_days(question, key, windows, known, words)
        if question.span is not None:
            fitting = fullest(fitting)
        with self._memory.reading() as reading:
            shown = bool(reading.views(fitting[0].id))
        return answer_of_one(Asked(question, fitting[0], self._local_now(), words, shown))

    def _compared(self, question: Question, known: KnownCampaigns, words: Words) -> Answered:
        """Hold each campaign against its own forecast, all in the days that were named."""
        found = []
        for key in question.campaigns:
            windows = self._windows(key)
            fitting = [each for each in windows if lies_within(each, question.span)]
            if not fitting:
                return self._no_days(question, key, windows, known, words)
            found.append(fitting[0])
        return of_many.compared(question, found, words)

    def _windows(self, key: str) -> list[Recommendation]:
        """What stands for each window of a campaign, the newest first."""
        with self._memory.reading() as reading:
            return newest_by_window(reading.recommendations(campaign_key=key))

    def _no_days(
        self,
        question: Question,
        key: str,
        windows: list[Recommendation],
        known: KnownCampaigns,
        words: Words,
    ) -> Answered:
        told = [grounds.window(each.analysis, words) for each in windows]
        answered = unknown.no_days(question, words.style.name(known.of_key[key].name), told, words)
        return answered if len(question.campaigns) == 1 else answered.model_copy(update={"about": None})

    def _of_none(self, question: Question, known: KnownCampaigns) -> Answered:
        """What needs nothing of the memory but names."""
        words = self._kept_words()
        name = known.of_key[question.campaigns[0]].name if question.campaigns else ""
        makers: dict[Topic, Callable[[], Answered]] = {
            "greeting": lambda: unknown.greeting(question),
            "thanks": lambda: unknown.thanks(question),
            "nod": lambda: unknown.nod(question),
            "foreign": lambda: unknown.foreign(question),
            "word": lambda: unknown.meaning(question),
            "handing_in": lambda: unknown.handing_in(question),
            "statement": lambda: unknown.no_question(question),
            "help": lambda: unknown.help_text(question, self.prompts()[0] if known else ""),
            "order": lambda: unknown.no_order(question, name, words, card=self._card_of(question)),
            "which": lambda: unknown.which_one(question, names_of(question, known), words),
            "unknown": lambda: unknown.unknown_answer(
                self._named_inside(question, known),
                words.style.name(name) if name else "",
                near_to(question, known),
                words,
            ),
        }
        return makers[question.topic]()

    def _named_inside(self, question: Question, known: KnownCampaigns) -> Question:
        """Say so where the words name an audience or a creative: figures came for whole campaigns only."""
        asked = slug(question.about)
        if not question.about or question.missing:
            return question
        inside = any(asked == name or name.startswith(f"{asked}-") for name in known.inside)
        return question.model_copy(update={"missing": INSIDE}) if inside else question

    def _card_of(self, question: Question) -> str | None:
        """The newest recommendation of the campaign that was named, where its card stands somewhere."""
        if not question.campaigns:
            return None
        with self._memory.reading() as reading:
            windows = newest_by_window(reading.recommendations(campaign_key=question.campaigns[0]))
            shown = [each.id for each in windows[:1] if reading.views(each.id)]
        return shown[0] if shown else None
