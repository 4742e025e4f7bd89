"""What is known, for those who ask: lists, similar campaigns, weights."""

from engine.core import Core
from engine.decide.planning import plan
from engine.explain.inefficiency import inefficiencies
from engine.explain.similar import campaigns_like
from engine.explain.standing import newest_by_campaign, that_teach
from engine.learn.weights import weigh
from engine.listing import current, list_insights, list_patterns, with_waste, without_advice
from engine.lives import lives_of, look_at
from engine.lookup import find_campaign, find_signal, known_campaigns
from engine.models.listing import Advice, KnownInsight, KnownPattern, RecommendationPage
from engine.models.pattern import SimilarCampaign
from engine.models.recommendation import Status
from engine.models.tagged import TaggedCampaigns
from engine.models.weight import SignalWeight, Weights
from engine.narrate.advice import advice
from engine.narrate.rules_narrator import waste_insight
from engine.tagging import find

TURNED_DOWN: frozenset[Status] = frozenset({"rejected", "dropped", "undone", "withdrawn"})


class Knowledge(Core):
    """Everything here only reads."""

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
            every = reading.briefs(status=status)
            found = [each for each in every if campaign_id in {None, each.campaign_id, each.campaign_key}]
            page = [reading.recommendation(each.id) for each in found[offset : offset + limit]]
        return RecommendationPage(recommendations=tuple(filter(None, page)), total=len(found))

    def insights(self) -> tuple[KnownInsight, ...]:
        """Everything that still holds, by priority: what the newest analyses say, all waste as it is now."""
        with self._memory.reading() as reading:
            newest = current(reading.briefs())
            said = reading.said([each.id for each in newest])
            _, standings = self._portfolio.read(reading)
        wasted = inefficiencies(newest_by_campaign(that_teach(standings.values())), self._rules)
        waste = {each.campaign_key: waste_insight(each, self._words) for each in wasted}
        told = {
            each.id: without_advice(said[each.id]) if each.status in TURNED_DOWN else said[each.id]
            for each in newest
        }
        return list_insights(with_waste(told[each.id], waste.get(each.campaign_key)) for each in newest)

    def patterns(self) -> tuple[KnownPattern, ...]:
        """Everything that repeats, by impact."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            seen = look_at(list(standings.values()), lives_of(reading), self._rules)
        return list_patterns(list(standings.values()), self._rules, seen.levels(self._today(), self._rules))

    def planning(self) -> tuple[Advice, ...]:
        """Advice for the next campaign, out of insights, patterns, weights and similar campaigns."""
        with self._memory.reading() as reading:
            waiting = current(reading.briefs(status="proposed"))
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

    def why(self, signal: str) -> SignalWeight:
        """Tell every event that moved a signal's weight; raises ``UnknownSignal`` with the nearest."""
        return find_signal(signal, self.weights())

    def find(self, asked: str) -> TaggedCampaigns:
        """Find campaigns by tags, such as "tag:creative_type:video"; raises ``Refused`` for nothing."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
            rows, links = reading.row_campaigns(), reading.links()
        remembered = [each.retrospective for each in standings.values()]
        return find(asked, known_campaigns(remembered, rows, links), standings.values())

    def key_of(self, asked: str) -> str:
        """Find the key of the campaign that a person means; raises as ``analyze`` does."""
        with self._memory.reading() as reading:
            return find_campaign(asked, reading.retrospectives()).campaign_key

    def names(self) -> list[str]:
        """The names of all remembered campaigns, newest first."""
        with self._memory.reading() as reading:
            newest = sorted(reading.retrospectives(), key=lambda each: each.last_day, reverse=True)
        return list(dict.fromkeys(each.name for each in newest))
