"""The one reply to each question that stands in Slack."""

from engine.answering import Answering
from engine.models.delivery import Intent
from engine.models.reply import Reply
from engine.ports import Reading


class Questions(Answering):
    """A reply is kept with the intent that posts it; whoever delivers the question again gets the same."""

    def answer_question(self, text: str, *, channel: str, ts: str, thread: str, by: str) -> Reply:
        """Answer a question that stands in Slack, once: whoever delivers it again gets the same reply.

        ``ts`` is the question's own, ``thread`` that of the thread it opens or stands in.
        """
        identifier = f"reply:{channel}:{ts}"
        with self._memory.reading() as reading:
            held = reading.reply(identifier)
            about = self._spoken_of(reading, channel, thread)
        if held is not None:
            return held
        answered = self.ask(text, about=about)
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
            unit.keep_reply(reply)
            unit.post(Intent(key=identifier, kind="reply", record=identifier, channel=channel, ts=thread))
        return reply

    def reply(self, identifier: str) -> Reply | None:
        with self._memory.reading() as reading:
            return reading.reply(identifier)

    def _spoken_of(self, reading: Reading, channel: str, thread: str) -> str | None:
        """The campaign of a thread: that of its newest reply, or of the card it hangs under."""
        said = [
            each.about for each in reading.replies(thread=thread) if each.channel == channel and each.about
        ]
        if said:
            return said[-1]
        shown = reading.shown_at(channel, thread)
        card = reading.recommendation(shown.record) if shown and shown.kind == "card" else None
        return card.campaign_key if card else None
