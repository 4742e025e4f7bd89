"""Figures that come in from Slack: files dropped into a channel, text pasted or typed into a dialog.

What comes of a file is one record, ``FileImport``. It is begun before anything is stored, with what the
file adds, and ended together with the message that says so. A crash in between leaves a record that is
begun: the file is read again, each campaign finds itself known, and what is told is still what it added.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.analyses import Analyses, Steps
from engine.decide.policy import stranger
from engine.errors import Fault, MayNotHandIn, Refused
from engine.intake.ahead import faults_ahead
from engine.intake.json_text import LONGEST
from engine.intake.payload import read_one
from engine.measure.overspend import overspend
from engine.models.answer import Answer, Person
from engine.models.campaign import EARLIEST, CampaignPerformanceInput
from engine.models.delivery import Intent
from engine.models.file_import import BrokenRule, Dropped, FileImport, Haul, ImportedCampaign, ImportState
from engine.models.retrospective import Retrospective, slug
from engine.ports import Reading, Unit

log = logging.getLogger(__name__)

MANY = 50  # campaigns; with more it takes seconds, and the reply stands from the start
MOST_TOLD = 5  # campaigns of a file whose verdicts are told; more would flood the thread


class Imports(Analyses):
    """Handing in from Slack, each once, whatever is delivered twice or killed halfway.

    ``LONGEST_FILE`` is how many bytes of a file are read at most; a longer one is refused.
    """

    LONGEST_FILE = LONGEST

    def may_hand_in(self, person: Person) -> None:
        """Raise ``MayNotHandIn`` for bots, strangers and those who left; guests may."""
        why = stranger(person)
        if why:
            with self._memory.unit() as unit:
                unit.note(actor=person.id, deed="refused", subject="hand_in", detail={"why": why})
            raise MayNotHandIn(why)

    def file_import(self, identifier: str) -> FileImport | None:
        with self._memory.reading() as reading:
            return reading.file_import(identifier)

    def import_file(self, data: bytes, dropped: Dropped) -> tuple[FileImport, Answer | None]:
        """Remember and analyze a file's campaigns, and put what came of it on its way to the thread.

        A file of one campaign also shows its card in the channel; then its answer is given too. The same
        file again, by its id, changes nothing; the same bytes under another id add nothing. What
        fails halfway is told in the thread as "stopped", and raised; under another id the rest is taken.
        """
        begun = self.file_import(dropped.id)
        if begun and begun.state != "reading":
            return begun, None
        checksum = hashlib.sha256(data).hexdigest()
        earlier = self._earlier(dropped, checksum)
        if earlier:
            return self._close(recorded(dropped, checksum, self._now(), "same", before=earlier)), None
        try:
            campaigns, _ = self._read(data, dropped.file)
        except Refused as refused:
            faults = tuple(as_broken_rule(each) for each in refused.faults)
            return self._close(recorded(dropped, checksum, self._now(), "refused", faults=faults)), None
        found = begun or self._begin(dropped, checksum, campaigns)
        try:
            return self._end(found, self._remember(campaigns, asked_by=dropped.by))
        except Exception:
            # Whatever it was is raised again; but nobody may read for ever that the file is being read.
            self._stop(found, campaigns)
            raise

    def turn_away(self, dropped: Dropped, state: ImportState, reason: str = "") -> FileImport:
        """Answer a file that was not read at all: an export, or one that Slack did not hand over."""
        known = self.file_import(dropped.id)
        if known and known.state != "reading":
            return known
        return self._close(recorded(dropped, "", self._now(), state, reason=reason))

    def hand_in(
        self, text: str, pasted: Dropped, *, steps: Steps | None = None, over: str | None = None
    ) -> Answer | None:
        """Take pasted JSON: one campaign shows its card; of several a message tells, as of a file.

        ``steps`` and ``over`` are those of ``analyze``, for the one campaign. Raises ``Refused``, and
        then nothing is stored.
        """
        campaigns, _ = self._read(text, None)
        if len(campaigns) > 1:
            return self.import_file(text.encode(), pasted)[1]
        return self._take(campaigns[0], by=pasted.by, channel=pasted.channel, steps=steps, over=over)

    def enter(
        self,
        entry: Mapping[str, Any],
        *,
        at: datetime,
        by: str,
        channel: str,
        steps: Steps | None = None,
        over: str | None = None,
    ) -> Answer:
        """Take what somebody typed of one campaign at that moment, and show its card.

        ``entry`` has the fields of a campaign without id and timestamp; amounts are exact ``Decimal``.
        A campaign that is known by this very name on this platform is that campaign. ``steps`` and
        ``over`` are those of ``analyze``. Raises ``Refused``.
        """
        known_as = self._id_of(str(entry["name"]).strip(), str(entry["platform"]))
        zone = {"time_zone": str(self._zone)}
        campaign = self._typed(_whole(entry, at.astimezone(self._zone)) | known_as | zone)
        return self._take(campaign, by=by, channel=channel, steps=steps, over=over)

    def check(self, text: str) -> list[Fault]:
        """Name what breaks a rule in pasted JSON; nothing is stored."""
        try:
            self._read(text, None)
        except Refused as refused:
            return refused.faults
        return []

    def check_entry(self, entry: Mapping[str, Any]) -> list[Fault]:
        """Name what breaks a rule in a campaign that somebody types, as ``enter`` takes it."""
        try:
            self._typed(_whole(entry, EARLIEST))
        except Refused as refused:
            return refused.faults
        return []

    def _typed(self, entry: dict[str, Any]) -> CampaignPerformanceInput:
        """Check a campaign that was typed field by field; its faults are named by their fields."""
        campaign = read_one(entry)
        faults = faults_ahead([campaign], self._clock.now(), named=False)
        if faults:
            raise Refused(faults)
        return campaign

    def _take(
        self,
        campaign: CampaignPerformanceInput,
        *,
        by: str,
        channel: str,
        steps: Steps | None,
        over: str | None,
    ) -> Answer:
        answer = self._analyze(campaign, asked_by=by, channel=channel, steps=steps, over=over)
        self._keep_weights(answer.weights)
        self._write_further([answer])
        return answer

    def _id_of(self, name: str, platform: str) -> dict[str, str]:
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        known = (each.retrospective.campaign for each in standings.values())
        ids = [
            each.campaign_id for each in known if each.name == name and slug(each.platform) == slug(platform)
        ]
        return {"campaign_id": ids[-1]} if ids else {}

    def _begin(
        self, dropped: Dropped, checksum: str, campaigns: Sequence[CampaignPerformanceInput]
    ) -> FileImport:
        """Write down what the file adds, before it is added: afterwards all of it is known."""
        with self._memory.unit() as unit:
            haul = _haul(unit, campaigns)
            found = recorded(dropped, checksum, self._now(), "reading", haul=haul)
            unit.keep_file_import(found)
            if haul.windows > MANY:
                put_reply(unit, found)
        return found

    def _end(self, found: FileImport, answers: Sequence[Answer]) -> tuple[FileImport, Answer | None]:
        """Say that it is done in the unit that says so in Slack; of one campaign the card comes first."""
        league = worst_first(answers)
        only = league[0] if len(league) == 1 and found.channel else None
        done = found.model_copy(update={"state": "done", "league": tuple(map(as_told, league[:MOST_TOLD]))})
        shown = None
        with self._memory.unit() as unit:
            earlier = _done_before(unit, found, found.checksum)
            if earlier:  # the same bytes were dropped twice at once, and the other came first
                done = found.model_copy(update={"state": "same", "before": earlier})
            card = unit.recommendation(only.recommendation.id) if only and not earlier else None
            if card:
                shown = self._show(unit, card, found.channel)
            self._answer(unit, done)
        return done, only.model_copy(update={"shown": shown}) if only and shown else None

    def _stop(self, found: FileImport, campaigns: Sequence[CampaignPerformanceInput]) -> None:
        """Say how far it got. Where the memory cannot even keep that, it is as after a kill."""
        try:
            with self._memory.unit() as unit:
                held = unit.file_import(found.id)
                if held is None or held.state != "reading" or found.haul is None:
                    return
                stored = found.haul.taken - _haul(unit, campaigns).taken
                self._answer(unit, found.model_copy(update={"state": "stopped", "stored": stored}))
        except Exception:
            log.exception("%s stopped, and that could not be kept", found.id)

    def _close(self, found: FileImport) -> FileImport:
        with self._memory.unit() as unit:
            self._answer(unit, found)
        return found

    def _answer(self, unit: Unit, found: FileImport) -> None:
        unit.keep_file_import(found)
        detail = {"file": found.file, "checksum": found.checksum, "channel": found.channel}
        unit.note(actor=found.by, deed=f"import_{found.state}", subject=found.id, detail=detail)
        if not put_reply(unit, found):  # it stands there, or will in a moment, and is drawn anew
            for view in unit.views(found.id):
                key = f"redraw:{view.channel}:{view.ts}:{found.id}:{found.state}"
                unit.post(Intent(key=key, kind="redraw", record=found.id, channel=view.channel, ts=view.ts))

    def _earlier(self, dropped: Dropped, checksum: str) -> str | None:
        with self._memory.reading() as reading:
            return _done_before(reading, dropped, checksum)

    def _now(self) -> datetime:
        return self._clock.now()


def put_reply(unit: Unit, found: FileImport) -> bool:
    """Put the one message about a file on its way; False where it was before, and of a file from a shell."""
    intent = Intent(key=found.id, kind="import", record=found.id, channel=found.channel, ts=found.thread)
    return bool(found.channel) and unit.post(intent)


def _done_before(reading: Reading, dropped: Dropped, checksum: str) -> str | None:
    """The id of another import of these bytes that was done."""
    every = reading.file_imports(checksum)
    return next((each.id for each in every if each.state == "done" and each.id != dropped.id), None)


def recorded(dropped: Dropped, checksum: str, at: datetime, state: ImportState, **more: Any) -> FileImport:
    where = {name: getattr(dropped, name) for name in Dropped.model_fields}
    return FileImport(**where, checksum=checksum, at=at, state=state, **more)


def as_broken_rule(fault: Fault) -> BrokenRule:
    return BrokenRule(field=fault.field, value=fault.value, rule=fault.rule, line=fault.line)


def _whole(entry: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A typed campaign as a campaign: its name is its id, and the moment of typing its timestamp."""
    return {"campaign_id": entry.get("name"), "audiences": [], "creatives": [], "timestamp": at, **entry}


def _haul(reading: Reading, campaigns: Sequence[CampaignPerformanceInput]) -> Haul:
    """Tell what is new from what is known, window by window, in the order in which they are remembered."""
    newest: dict[str, Retrospective] = {}
    state: dict[str, str] = {}
    for campaign in sorted(campaigns, key=lambda each: each.timestamp):
        fresh = Retrospective(campaign=campaign, revision=1, received_at=campaign.timestamp)
        held = newest.get(fresh.key) or reading.retrospective(fresh.key)
        if held is None or fresh.says_more_than(held):
            newest[fresh.key], state[fresh.key] = fresh, "taken"
        else:
            newest[fresh.key] = held
            told = held.as_handed_in()
            is_same = told is not None and told.evidence_hash == fresh.evidence_hash
            state.setdefault(fresh.key, "known" if is_same else "outdated")
    taken = [newest[key] for key, became in state.items() if became == "taken"]
    counts = Counter(state.values())
    keys = {each.campaign_key for each in newest.values()}
    return Haul(
        campaigns=len(keys),
        taken=len(taken),
        known=counts["known"],
        outdated=counts["outdated"],
        **_sums(taken),
    )


def _sums(taken: Sequence[Retrospective]) -> dict[str, Any]:
    """Days, money and conversions of these windows; money only where no day counts twice."""
    if not taken:
        return {}
    starts = [each.campaign.window_start for each in taken]
    known = [start for start in starts if start]
    days: dict[str, date | None] = {
        "first_day": min(known) if len(known) == len(starts) else None,
        "last_day": max(each.last_day for each in taken),
    }
    if not _apart(taken):
        return days
    spend: dict[str, Decimal] = {}
    for each in taken:
        currency = each.campaign.currency or ""
        spend[currency] = spend.get(currency, Decimal(0)) + (each.campaign.actual_metrics.spend or 0)
    conversions = sum((each.campaign.actual_metrics.conversions or 0 for each in taken), Decimal(0))
    return days | {"spend": spend, "conversions": conversions}


def _apart(taken: Sequence[Retrospective]) -> bool:
    """Whether no two windows of one campaign share a day."""
    ordered = sorted(taken, key=lambda each: (each.campaign_key, each.last_day))
    return all(
        before.campaign_key != after.campaign_key
        or (after.campaign.window_start is not None and before.last_day < after.campaign.window_start)
        for before, after in pairwise(ordered)
    )


def worst_first(answers: Sequence[Answer]) -> list[Answer]:
    """Each campaign's newest window, the worst money first; wins come last."""
    newest: dict[str, Answer] = {}
    for each in sorted(answers, key=lambda each: each.recommendation.analysis.retrospective.last_day):
        newest[each.recommendation.campaign_key] = each

    def worst(answer: Answer) -> tuple[float, Decimal, str]:
        analysis = answer.recommendation.analysis
        actual = analysis.retrospective.campaign.actual_metrics
        spent = actual.spend or Decimal(0)
        return -overspend(analysis.comparison, actual), -spent, answer.recommendation.campaign_key

    return sorted(newest.values(), key=worst)


def as_told(answer: Answer) -> ImportedCampaign:
    recommendation = answer.recommendation
    retrospective = recommendation.analysis.retrospective
    return ImportedCampaign(
        key=retrospective.campaign_key,
        name=retrospective.name,
        platform=retrospective.campaign.platform,
        recommendation=recommendation.id,
    )
