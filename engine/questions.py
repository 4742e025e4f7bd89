"""The one reply to each question that stands in Slack."""

from collections.abc import Callable
from datetime import timedelta

from engine.access import Access
from engine.answering import Answering
from engine.errors import NotForGuests, StoreTrouble
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.question import OF_ONE
from engine.models.reply import Answered, Reply
from engine.models.vote import About
from engine.ports import Reading

TRIES = 20
STILL_SPOKEN_OF = timedelta(minutes=30)


class Questions(Access, Answering):
    """A reply is kept with the intent that posts it; whoever delivers the question again gets the same."""

    def answer_question(
        self, text: str, *, channel: str, ts: str, thread: str, by: str, alone: bool = False
    ) -> Reply:
        """Answer a question that stands in Slack, once: whoever delivers it again gets the same reply.

        ``ts`` is the question's own, ``thread`` that of the thread it opens or stands in. ``alone`` says
        that nobody else writes in the channel, so that one question follows from the one before.
        """
        identifier = f"reply:{channel}:{ts}"
        with self._memory.reading() as reading:
            held = reading.reply(identifier)
            about = self._spoken_of(reading, channel, thread)
            if about is None and alone and thread == ts:
                about = self._just_spoken_of(reading, channel, ts)
        return held or self._keep_answer(lambda: self.ask(text, about=about), identifier, channel, thread, by)

    def answer_guest(self, text: str, *, channel: str, ts: str, thread: str, by: Person) -> Reply:
        """Answer a guest in a card's thread, about that card's own campaign, as ``answer_question`` does.

        Raises ``NotForGuests`` for everything else, and then nothing is told.
        """
        identifier = f"reply:{channel}:{ts}"
        with self._memory.reading() as reading:
            held = reading.reply(identifier)
            campaign = _campaign_at(reading, channel, thread)
        if held is not None:
            return held

        def answer() -> Answered:
            answered = self.ask(text, about=campaign) if campaign else None
            if answered is None or not _stays_with(campaign, answered):
                self._turn_away(by, "ask", NotForGuests())
            return answered

        return self._keep_answer(answer, identifier, channel, thread, by.id)

    def may_vote(self, person: Person, record: str, about: About) -> None:
        """Raise for those who take part in nothing, and for guests on answers that they cannot get."""
        self.may_take_part(person, "vote")
        if about != "answer" or self.may(person, "ask"):
            return
        with self._memory.reading() as reading:
            reply = reading.reply(record)
            campaign = _campaign_at(reading, reply.channel, reply.thread) if reply else None
        if reply is None or not _stays_with(campaign, reply.answered):
            self._turn_away(person, "vote", NotForGuests())

    def _keep_answer(
        self, answer: Callable[[], Answered], identifier: str, channel: str, thread: str, by: str
    ) -> Reply:
        """Keep the reply with the intent that posts it; where another was quicker, give that one.

        Where figures came in while it was written, nobody would correct it any more: it is asked again.
        """
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                generation = reading.generation()
            answered = answer()
            reply = Reply(
                id=identifier,
                channel=channel,
                thread=thread,
                asked_by=by,
                asked_at=self._clock.now(),
                answered=answered,
                about=answered.about,
            )
            with self._memory.unit() as unit:
                first = unit.reply(identifier)
                if first is not None:
                    return first
                if unit.generation() != generation:
                    continue
                unit.keep_reply(reply)
                unit.post(Intent(key=identifier, kind="reply", record=identifier, channel=channel, ts=thread))
            return reply
        raise StoreTrouble("The memory changed faster than I could answer. Please ask again.")

    def reply(self, identifier: str) -> Reply | None:
        with self._memory.reading() as reading:
            return reading.reply(identifier)

    def note_picture(self, identifier: str, file: str) -> None:
        """Keep which file in Slack is the picture of a reply; "" where there is none to be had."""
        with self._memory.unit() as unit:
            found = unit.reply(identifier)
            if found is not None:
                unit.keep_reply(found.model_copy(update={"file": file}))

    def _just_spoken_of(self, reading: Reading, channel: str, ts: str) -> str | None:
        """The campaign of the question before, where that was asked a short while ago."""
        last = reading.last_reply(channel, before=ts)
        if last is None or self._clock.now() - last.asked_at > STILL_SPOKEN_OF:
            return None
        return last.about

    def _spoken_of(self, reading: Reading, channel: str, thread: str) -> str | None:
        """The campaign of a thread: that of the card it hangs under, or else of its newest reply."""
        of_card = _campaign_at(reading, channel, thread)
        if of_card:
            return of_card
        said = [
            each.about for each in reading.replies(thread=thread) if each.channel == channel and each.about
        ]
        return said[-1] if said else None


def _campaign_at(reading: Reading, channel: str, thread: str) -> str | None:
    """The key of the campaign whose card opens this thread."""
    shown = reading.shown_at(channel, thread)
    card = reading.recommendation(shown.record) if shown and shown.kind == "card" else None
    return card.campaign_key if card else None


def _stays_with(campaign: str | None, answered: Answered) -> bool:
    """Whether an answer speaks of this campaign alone."""
    question = answered.question
    return campaign is not None and question.topic in OF_ONE and question.campaigns == (campaign,)
