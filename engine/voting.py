"""What people think of a verdict, a reasoning or an answer: one vote each, changeable, counted."""

from engine.core import Core
from engine.errors import UnknownRecommendation
from engine.models.delivery import Intent
from engine.models.recommendation import MessageView
from engine.models.vote import About, Tally, Vote, tally
from engine.ports import Reading, Unit


class Voting(Core):
    """Anyone may vote. A vote decides nothing; it is kept beside the record it is about."""

    def vote(self, record: str, about: About, *, by: str, right: bool) -> Tally:
        """Keep one person's vote, redraw where it is counted, and give the count.

        ``record`` is a recommendation's or a reply's id. The same vote again changes nothing. Raises
        ``UnknownRecommendation`` where no such record is kept.
        """
        with self._memory.unit() as unit:
            if unit.recommendation(record) is None and unit.reply(record) is None:
                raise UnknownRecommendation(record)
            held = next((each for each in unit.votes(record) if (each.about, each.by) == (about, by)), None)
            if held is None or held.right is not right:
                vote = Vote(record=record, about=about, by=by, right=right, at=self._clock.now())
                unit.keep_vote(vote)
                self._redraw_counts(unit, vote)
            return tally(unit.votes(record), about)

    def tally(self, record: str, about: About) -> Tally:
        with self._memory.reading() as reading:
            return tally(reading.votes(record), about)

    def _redraw_counts(self, unit: Unit, vote: Vote) -> None:
        """Every vote has a key of its own: a person may come back to an earlier one."""
        for view in _counting(unit, vote.record):
            key = f"redraw:{view.channel}:{view.ts}:vote:{vote.about}:{vote.by}:{vote.at.isoformat()}"
            unit.post(Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts))


def _counting(reading: Reading, record: str) -> list[MessageView]:
    """Where votes are shown: under a reply, and under the reasoning in a card's thread; on no card."""
    own = [each for each in reading.views(record) if each.kind != "card"]
    return own + reading.views(f"reasoning:{record}")
