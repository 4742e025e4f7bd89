"""What every part of the engine stands on: memory, clock, rules, and how a record is changed."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engine.catalogue import Catalogue
from engine.errors import (
    StaleEvidence,
    UnknownRecommendation,
)
from engine.in_force import InForce
from engine.models.action import SetSpend
from engine.models.delivery import Intent
from engine.models.headway import ENDED, Headway, Step
from engine.models.pattern import SimilarCampaign
from engine.models.preference import Limits
from engine.models.recommendation import (
    MessageView,
    Recommendation,
)
from engine.models.rules import Rules
from engine.narrate.precedent import done
from engine.narrate.words import Words
from engine.portfolio import Portfolio
from engine.ports import Artifacts, Audit, Clock, Memory, Narrator, Unit
from engine.recollection import Recollection

A_HAIR = 1e-9  # 484 / 440 − 1 is a hair above 10 % in floats


class Core:
    """The collaborators, and how a kept record changes. Safe to call from several threads."""

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
        given: Collection[str] = (),
        limits: Limits | None = None,
        connected: Callable[[str], bool] = lambda _workflow: False,
        audit: Audit | None = None,
    ) -> None:
        """``rules``, ``words``, ``zone``, ``approvers``, ``limits`` hold until approvers set others in Slack.

        ``given`` names those of the settings which the environment sets. ``connected`` says of a workflow
        whether something carries it out; what it does not, people do by hand.
        """
        self._memory = memory
        self._clock = clock
        self._in_force = InForce(
            memory, rules=rules, words=words, zone=zone, approvers=approvers, given=given, limits=limits
        )
        self._artifacts = artifacts
        self._portfolio = Portfolio(rules)
        self._catalogue = Catalogue(memory)
        self._recollection = recollection or Recollection()
        self._narrator = narrator
        self._connected = connected
        self._audit = audit
        self._reminded: set[str] = set()  # whose approvers were told that it expires

    def close(self) -> None:
        """Wait for what is still asked elsewhere; to be called before the store is closed."""
        self._catalogue.close()
        self._recollection.close()

    @property
    def approvers(self) -> tuple[str, ...]:
        """The Slack ids of those who may decide, as it is set now."""
        return self._in_force.now().preferences.approvers

    def _approvers_in(self, unit: Unit) -> tuple[str, ...]:
        """The team's approvers as this unit has them: another process may have changed them just now."""
        return self._in_force.within(unit).preferences.approvers

    @property
    def _rules(self) -> Rules:
        return self._in_force.now().rules

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone as it is now."""
        return self._zone

    @property
    def _zone(self) -> ZoneInfo:
        return self._in_force.now().zone

    @property
    def _words(self) -> Words:
        return self._in_force.now().words

    def recommendation(self, identifier: str) -> Recommendation:
        with self._memory.reading() as reading:
            found = reading.recommendation(identifier)
        if found is None:
            raise UnknownRecommendation(identifier)
        return found

    def is_connected(self, workflow: str) -> bool:
        """Say whether something carries out what is approved; else people do it by hand."""
        return self._connected(workflow)

    def views(self, record: str) -> list[MessageView]:
        with self._memory.reading() as reading:
            return reading.views(record)

    def _change(
        self,
        identifier: str,
        change: Callable[[Recommendation], Recommendation],
        also: Callable[[Unit, Recommendation], None],
        check: Callable[[Unit, Recommendation], None] | None = None,
    ) -> Recommendation:
        """Compare-and-set: change the record as it is now, and redraw every view of it.

        ``check`` comes first, in the same unit; what it raises leaves everything as it is.
        """

        def act(unit: Unit, found: Recommendation) -> Recommendation:
            if check:
                check(unit, found)
            changed = change(found).model_copy(update={"version": found.version + 1})
            also(unit, changed)
            return changed

        return self._act(identifier, act)

    def _act(
        self, identifier: str, act: Callable[[Unit, Recommendation], Recommendation | None]
    ) -> Recommendation:
        """Let ``act`` say, in one unit, what becomes of the record as it is now; ``None`` leaves it so.

        What ``act`` gives gets the next version, and every view of it is redrawn. What it raises leaves
        everything as it is.
        """
        with self._memory.unit() as unit:
            before = unit.generation()
            found = unit.recommendation(identifier)
            if found is None:
                raise UnknownRecommendation(identifier)
            changed = act(unit, found)
            if changed is None:
                return found
            changed = changed.model_copy(update={"version": found.version + 1})
            if not unit.keep_recommendation(changed, expected_version=found.version):
                raise StaleEvidence(found)
            self._redraw(unit, changed)
            after = unit.generation()
        self._portfolio.advance(before, after, None)  # a decision changes no window
        return changed

    def _redraw(self, unit: Unit, recommendation: Recommendation) -> None:
        views = list(unit.views(recommendation.id))
        for digest in unit.digests_about(recommendation.id):
            views += unit.views(digest.id)
        for view in views:
            key = f"redraw:{view.channel}:{view.ts}:{recommendation.id}:{recommendation.version}"
            unit.post(Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts))

    def _move_headway(self, unit: Unit, identifier: str, step: Step) -> None:
        """Bring a headway to another step and edit its message; what has ended stays ended.

        Where a card takes the message's place, nothing is said in between.
        """
        held = unit.headway(identifier)
        if held is None or held.step in {*ENDED, step}:
            return
        unit.keep_headway(held.model_copy(update={"step": step}))
        for view in unit.views(identifier) if step != "replaced" else ():
            key = f"redraw:{identifier}:{step}"
            unit.post(Intent(key=key, kind="redraw", record=identifier, channel=view.channel, ts=view.ts))

    def _end_headway(self, unit: Unit, identifier: str, window: str, step: Step) -> None:
        """End a headway for good, also one that nobody began: whoever is about to has come too late."""
        if unit.headway(identifier) is None:
            unit.keep_headway(Headway(id=identifier, window=window, step=step))
        self._move_headway(unit, identifier, step)

    def _with_decisions(self, found: tuple[SimilarCampaign, ...]) -> tuple[SimilarCampaign, ...]:
        """Say what was done with each campaign that was found."""
        with self._memory.reading() as reading:
            told = [
                done(reading.recommendations(campaign_key=each.campaign_key), self._words) for each in found
            ]
        return tuple(each.model_copy(update={"done": text}) for each, text in zip(found, told, strict=True))

    def _beyond_limit(self, recommendation: Recommendation, limit: float | None = None) -> float | None:
        """Give a proposal's change where it is beyond the limit of now, which may have been lowered since."""
        spend = recommendation.analysis.proposal.action
        limit = self._rules.change_limit if limit is None else limit
        if isinstance(spend, SetSpend) and abs(spend.change) > limit + A_HAIR:
            return spend.change
        return None

    def _today(self) -> date:
        return self._local_now().date()

    def _local_now(self) -> datetime:
        """This moment in the team's zone."""
        return self._clock.now().astimezone(self._zone)
