"""Pings: the one place that decides whether a notice pings somebody, and what people chose about that.

A notice is told in the thread of a card, as one message to all whom it is for at the same moment. Each
person's share in it is a ping, kept in the unit that puts the message out: so it counts, and comes, once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from engine.belonging import approvers_of
from engine.core import Core
from engine.decide import pings as rules
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.ping import UNASKED, URGENT, Notice, Ping, PingChoice, PingChoices, PingStanding, WhyHeld
from engine.models.preference import Preferences
from engine.models.recommendation import MessageView, Recommendation
from engine.notices import newest_card
from engine.ports import Reading, Unit

CHOICES = "pings:"  # and a person: the name under which their choices are kept
MARK = "pings"  # a number that grows whenever a Home may show other pings


class Pinging(Core):
    """Budget, quiet hours and mutes hold for every notice; failed and unknown come whatever the hour is."""

    def is_pinged(self, intent: Intent) -> list[str]:
        """Name whom the message of a notice is to mention, as it stands now."""
        thing = _thing_of(intent.key)
        with self._memory.reading() as reading:
            known = reading.pings(thing=thing)
        return [each.person for each in known if each.message == intent.key and each.state == "sent"]

    def notice_waits(self, intent: Intent, *, doubtful: bool = False) -> datetime | None:
        """Say until when a notice that comes late has to wait, since those it is for sleep by now.

        It then counts from that moment on. A doubtful one may have gone out when it was to.
        """
        what, now = _what(intent), self._clock.now()
        if what in URGENT:
            return None
        with self._memory.reading() as reading:
            mine = _in_message(reading, intent)
            until = max((self._goes_at(reading, each, now) for each in mine), default=now)
        if until <= now:
            return None
        with self._memory.unit() as unit:
            for each in () if doubtful else _in_message(unit, intent):
                self._move(unit, each, until)
        return until

    def notice_is_over(self, intent: Intent, *, doubtful: bool = False) -> bool:
        """Say whether a notice needs not go out: it was settled, or nobody wants it; then it counts not.

        To be asked right before it goes out: else it counts from now on. A doubtful one may be out already.
        """
        what = _what(intent)
        if what in URGENT:
            return False
        with self._memory.unit() as unit:
            found = unit.recommendation(intent.record.split(":", 2)[2])
            sent = _in_message(unit, intent)
            is_for_nobody = not doubtful and self._is_for_nobody(unit, intent)
            is_settled = not doubtful and found is not None and rules.is_over(what, found)
            for each in sent:
                update = {"state": "over"} if is_settled else {"at": self._clock.now(), "gone": True}
                unit.keep_ping(each.model_copy(update=update))
            if sent:
                _mark(unit)
            return is_settled or is_for_nobody

    def _is_for_nobody(self, unit: Unit, intent: Intent) -> bool:
        """All whom it was for want no such pings since it was put out; what is critical is told to nobody."""
        known = unit.pings(thing=_thing_of(intent.key))
        is_for_some = any(each.message == intent.key for each in known)
        return is_for_some and not _in_message(unit, intent) and not rules.is_critical(_what(intent))

    def ping_choices(self, person: str) -> PingChoices:
        with self._memory.reading() as reading:
            return _choices(reading, person)

    def choose_pings(self, person: Person, choice: PingChoice) -> PingChoices | None:
        """Mute one's own pings for a week, take only what is critical, or all; ``None`` for outsiders.

        What is on its way and waits for the morning is held back too.
        """
        if not person.is_known or _is_outsider(person):
            return None
        now = self._clock.now()
        until = now + rules.MUTED_FOR if choice == "mute" else None
        update = {"muted_until": until, "only_critical": choice == "critical"}
        with self._memory.unit() as unit:
            chosen = _choices(unit, person.id).model_copy(update=update)
            _keep_choices(unit, person.id, chosen)
            for each in unit.pings(person=person.id):
                if each.state == "sent" and each.at > now and (why := _held_by(each, chosen)):
                    unit.keep_ping(each.model_copy(update={"state": "held", "why": why}))
        return chosen

    def meet(self, person: Person, zone: str) -> None:
        """Remember in which zone somebody lives, and whether they are of this workspace at all."""
        with self._memory.reading() as reading:
            known = _choices(reading, person.id)
        zone = zone if zone in available_timezones() else ""
        fresh = known.model_copy(update={"zone": zone, "is_outsider": _is_outsider(person)})
        if not person.is_known or fresh == known:
            return
        with self._memory.unit() as unit:
            now = _choices(unit, person.id)
            update = {"zone": zone, "is_outsider": _is_outsider(person)}
            _keep_choices(unit, person.id, now.model_copy(update=update))

    def to_be_pinged(self) -> tuple[str, ...]:
        """Name everybody who may be pinged for what is open now, so that they can be looked up before."""
        preferences = self._in_force.now().preferences
        with self._memory.reading() as reading:
            open_ones = reading.briefs(status="proposed")
        people = [*preferences.approvers]
        people += [who for each in preferences.channel_approvers for who in each.approvers]
        people += [each.asked_by for each in open_ones if each.asked_by]
        return tuple(each for each in dict.fromkeys(people) if rules.is_person(each))

    def ping_standing(self, person: str) -> PingStanding:
        """Tell one person how their pings stand."""
        with self._memory.reading() as reading:
            return self._ping_standing(reading, person)

    def why_pinged(self, record: str, what: Notice, person: str) -> Ping | None:
        """Find this person's newest ping of a kind about a record."""
        with self._memory.reading() as reading:
            known = reading.pings(person=person)
        mine = [each for each in known if (each.record, each.what) == (record, what)]
        return max(mine, key=lambda each: each.at, default=None)

    def _ping_standing(self, reading: Reading, person: str) -> PingStanding:
        now, known, chosen = self._clock.now(), reading.pings(person=person), _choices(reading, person)
        usual = self._in_force.within(reading).preferences.pings_a_week
        held = rules.budget(known, usual, now)
        muted = chosen.muted_until
        return PingStanding(
            used=rules.used(known, now),
            budget=held.most,
            acted=held.acted,
            judged=held.judged,
            fewer=usual - held.most,
            held=rules.kept_back(known, now),
            muted_until=muted if muted and muted > now else None,
            only_critical=chosen.only_critical,
        )

    def _notify(self, unit: Unit, recommendation: Recommendation, what: Notice, *, of: str = "") -> bool:
        """Tell it in the thread of the newest card, once for each ``of``; False where nothing goes out."""
        card = newest_card(unit, recommendation.id)
        if card is None:
            return False
        thing = f"notice:{what}:{recommendation.id}" + (f":{of}" if of else "")
        if unit.pings(thing=thing):
            return False
        template = self._template(recommendation, what, thing, card)
        pings = self._pings(unit, recommendation, template, self._in_force.within(unit).preferences)
        for each in pings:
            unit.keep_ping(each)
            unit.forget_pings(each.person, before=self._clock.now() - rules.KEPT)
        _mark(unit)
        sent = [each for each in pings if each.state == "sent"]
        if not sent and pings and not rules.is_critical(what):
            return False
        return self._put_out(unit, thing, f"notice:{what}:{recommendation.id}", card, sent)

    def _put_out(self, unit: Unit, thing: str, record: str, card: MessageView, sent: Sequence[Ping]) -> bool:
        """One message for all who are told at the same moment; one for nobody where nobody is to be told."""
        now, posted = self._clock.now(), False
        for key, at in {each.message: each.at for each in sent}.items() or ((thing, now),):
            intent = Intent(key=key, kind="notice", record=record, channel=card.channel, ts=card.ts)
            posted |= unit.post(intent, not_before=at if at > now else None)
        return posted

    def _template(self, recommendation: Recommendation, what: Notice, thing: str, card: MessageView) -> Ping:
        """What the pings of one notice have in common."""
        return Ping(
            id=thing,
            thing=thing,
            message="",
            person="",
            what=what,
            record=recommendation.id,
            name=recommendation.analysis.retrospective.name,
            channel=card.channel,
            at=self._clock.now(),
            state="sent",
        )

    def _pings(
        self, unit: Unit, recommendation: Recommendation, template: Ping, preferences: Preferences
    ) -> list[Ping]:
        """Decide for each person. Of what is critical the other approvers are told where nobody else is."""
        what = template.what
        approvers = approvers_of(unit, recommendation.campaign_key, preferences)
        people = rules.for_whom(what, recommendation, approvers)
        found = self._placed(unit, template, people, preferences)
        if rules.is_critical(what) and all(each.state == "held" for each in found):
            others = [each for each in approvers if each not in people]
            found += self._placed(unit, template, others, preferences)
        moments = sorted({each.at for each in found if each.state == "sent"})
        return [_in_its_message(each, moments) for each in found]

    def _placed(
        self, unit: Unit, template: Ping, people: Iterable[str], preferences: Preferences
    ) -> list[Ping]:
        now, found = self._clock.now(), []
        for person in dict.fromkeys(people):
            choices = _choices(unit, person)
            if choices.is_outsider:
                continue
            usual, team = preferences.pings_a_week, ZoneInfo(preferences.time_zone)
            known = unit.pings(person=person)
            at, why = rules.place(template.what, known, choices, usual=usual, now=now, team=team)
            update = {"id": f"{template.thing}@{person}", "person": person, "at": at, "why": why}
            found.append(template.model_copy(update=update | {"state": "held" if why else "sent"}))
        return found

    def _goes_at(self, reading: Reading, ping: Ping, now: datetime) -> datetime:
        return rules.goes_at(ping.what, _choices(reading, ping.person), now, self._zone)

    def _move(self, unit: Unit, ping: Ping, at: datetime) -> None:
        """Let a ping count from a later moment on; it is held back where that is one too many by then."""
        choices, preferences = _choices(unit, ping.person), self._in_force.within(unit).preferences
        others = [each for each in unit.pings(person=ping.person) if each.id != ping.id]
        usual, team = preferences.pings_a_week, ZoneInfo(preferences.time_zone)
        found = rules.place(ping.what, others, choices, usual=usual, now=at, team=team)
        state = "held" if found.why else "sent"
        unit.keep_ping(ping.model_copy(update={"at": at, "state": state, "why": found.why}))
        _mark(unit)


def tell_held(unit: Unit, channel: str) -> tuple[tuple[str, int], ...]:
    """Take all that was held back in a channel as told now: how many for whom, the most first."""
    counts: dict[str, int] = {}
    for each in unit.pings(state="held"):
        if each.channel == channel:
            unit.keep_ping(each.model_copy(update={"state": "told"}))
            counts[each.person] = counts.get(each.person, 0) + 1
    if counts:
        _mark(unit)
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def note_acted(unit: Unit, record: str, person: str, at: datetime) -> None:
    """Whoever decides something acted on what they were told about it."""
    for each in unit.pings(person=person):
        if each.record == record and each.state == "sent" and each.acted_at is None and each.at <= at:
            unit.keep_ping(each.model_copy(update={"acted_at": at}))


def pings_mark(reading: Reading) -> int:
    return int(reading.setting(MARK) or 0)


def _mark(unit: Unit) -> None:
    unit.set_setting(MARK, pings_mark(unit) + 1)


def _choices(reading: Reading, person: str) -> PingChoices:
    kept = reading.setting(f"{CHOICES}{person}")
    return PingChoices() if kept is None else PingChoices.model_validate_json(kept)


def _is_outsider(person: Person) -> bool:
    return person.is_guest or person.is_foreign or person.is_bot or person.is_deactivated


def _keep_choices(unit: Unit, person: str, chosen: PingChoices) -> None:
    unit.set_setting(f"{CHOICES}{person}", chosen.model_dump_json())
    _mark(unit)


def _in_its_message(ping: Ping, moments: Sequence[datetime]) -> Ping:
    """The first moment's message has the thing's own key."""
    if ping.state != "sent":
        return ping
    number = moments.index(ping.at)
    return ping.model_copy(update={"message": f"{ping.thing}@{number}" if number else ping.thing})


def _held_by(ping: Ping, chosen: PingChoices) -> WhyHeld:
    if chosen.muted_until and ping.at < chosen.muted_until:
        return "muted"
    return "critical" if chosen.only_critical and ping.what in UNASKED else ""


def _in_message(reading: Reading, intent: Intent) -> list[Ping]:
    known = reading.pings(thing=_thing_of(intent.key))
    return [each for each in known if each.message == intent.key and each.state == "sent"]


def _thing_of(key: str) -> str:
    return key.partition("@")[0]


def _what(intent: Intent) -> Notice:
    what: Notice = intent.record.split(":", 2)[1]  # type: ignore[assignment]
    return what
