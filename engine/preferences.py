"""Settings that approvers change from Slack: who may, what is kept, and what the ledger says of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from engine.core import Core
from engine.decide.hold import on_hold
from engine.decide.limits import check_freeze, check_size
from engine.decide.loosened import loosened
from engine.decide.policy import setting_refusal, unfit
from engine.errors import (
    EngineError,
    Frozen,
    LastApprover,
    MayNotDecide,
    OnHold,
    OverLimit,
    OverSpendLimit,
    UnfitApprover,
)
from engine.in_force import KEPT, NAMES, as_kept, chosen
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.preference import (
    ChannelApprovers,
    Chosen,
    Preference,
    PreferenceChange,
    PreferenceName,
    Preferences,
    SettingsTold,
)
from engine.models.recommendation import Recommendation
from engine.ports import Unit

SUBJECT = "settings"
TOLD = "settings"  # with a number behind it: one change of which the other approvers are told
COUNT = "settings_changed"
# What a card says of its own proposal depends on these: whether it is over a limit, whether two must agree,
# until when nothing is approved.
ON_CARDS: frozenset[PreferenceName] = frozenset({"change_limit", "spend_limit", "two_above", "freeze"})


class Preferring(Core):
    """What is set in Slack wins over the environment, at once; the environment is the start value."""

    def preferences(self) -> Preferences:
        """Give every setting as it is in force."""
        return self._in_force.now().preferences

    def told_preferences(self) -> tuple[Preference, ...]:
        """Give every setting with where it comes from, and who set it when."""
        return self._in_force.told()

    @property
    def named_at_start(self) -> tuple[str, ...]:
        """The approvers that hold while Slack names none."""
        return self._in_force.start.approvers

    def may_change_preferences(self, by: Person) -> Preferences:
        """Give the settings to somebody who may change them; raises ``MayNotDecide``, which is noted."""
        why = setting_refusal(by, self.approvers)
        if why is not None:
            self._refuse(by, why)
        return self.preferences()

    def unfit_approvers(self, people: Iterable[Person]) -> dict[str, str]:
        """Say of each who cannot be an approver why, by Slack id."""
        return {each.id: why for each in people if (why := unfit(each))}

    def limits_exceeded(self, recommendation: Recommendation) -> EngineError | None:
        """Say which limit of now the change is over by itself, for its card; ``None`` where it is within.

        Days pass by themselves: the changes of a day are told to whoever approves.
        """
        name = recommendation.analysis.retrospective.name
        try:
            check_size(recommendation.decided_action, self.preferences(), name=name)
        except (OverLimit, OverSpendLimit) as over:
            return over
        return None

    def frozen(self) -> Frozen | None:
        """Give the freeze that is in force today, for the cards."""
        try:
            check_freeze(self.preferences(), self._today())
        except Frozen as frozen:
            return frozen
        return None

    def on_hold(self, recommendation: Recommendation) -> OnHold | None:
        """Say whether its figures are too old to move money on them, for its card."""
        return on_hold(recommendation, self._local_now(), self._rules)

    def settings_told(self, record: str) -> SettingsTold | None:
        """Find what the other approvers are told of a change, by its message's record."""
        with self._memory.reading() as reading:
            kept = reading.setting(record)
        return None if kept is None else SettingsTold.model_validate_json(kept)

    def change_preferences(
        self, shown: Preferences, wanted: Preferences, *, by: Person, people: Mapping[str, Person]
    ) -> tuple[PreferenceChange, ...]:
        """Set what ``wanted`` changes of what was ``shown``, and say what that was; nothing where nothing is.

        What somebody else changed meanwhile stays. ``people`` are those who were looked up just now: an
        approver who is not among them cannot be named. No approvers means those of the start; a channel
        without approvers has the team's. What loosens a protection is told to the other approvers, once.
        Raises ``MayNotDecide``, ``UnfitApprover`` or ``LastApprover``, and then nothing is changed.
        """
        with self._memory.unit() as unit:
            kept = chosen(unit)
            now = self._in_force.preferences(kept)
            new = self._merged(kept, now, shown, wanted, by)
            after = self._in_force.preferences(new)
            changes = _changes(now, after)
            why = setting_refusal(by, now.approvers) if changes else None
            if changes and why is None:
                _check_approvers(now, after, people)
                unit.set_setting(KEPT, as_kept(new))
                _note(unit, changes, by)
                number = (unit.setting(COUNT) or 0) + 1
                unit.set_setting(COUNT, number)
                told = SettingsTold(by=by.id, at=self._clock.now(), changes=changes)
                _tell_others(unit, now, after, told, f"{TOLD}:{number}")
                if any(each.name in ON_CARDS for each in changes):
                    _redraw_open(unit, number)
        if why is not None:
            self._refuse(by, why)
        self._in_force.forget()
        return changes

    def _merged(
        self,
        kept: Mapping[PreferenceName, Chosen],
        now: Preferences,
        shown: Preferences,
        wanted: Preferences,
        by: Person,
    ) -> dict[PreferenceName, Chosen]:
        """Lay what the person changed over what is kept; approvers one by one, the rest as a whole."""
        new = dict(kept)
        values: dict[str, Any] = wanted.model_dump(mode="json")
        values["approvers"] = _people(now.approvers, shown.approvers, wanted.approvers)
        values["channel_approvers"] = [
            each.model_dump(mode="json") for each in _of_channels(now, shown, wanted)
        ]
        for name in NAMES:
            if getattr(wanted, name) == getattr(shown, name) or values[name] == _plain(now, name):
                continue
            if name == "approvers" and not values[name]:
                new.pop(name, None)
            else:
                new[name] = Chosen(value=values[name], by=by.id, at=self._clock.now())
        return new

    def _refuse(self, by: Person, why: str) -> NoReturn:
        with self._memory.unit() as unit:
            unit.note(actor=by.id, deed="refused", subject=SUBJECT, detail={"why": why})
        raise MayNotDecide(self.approvers, why, lacks=by.lacks)


def _people(now: Sequence[str], shown: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Take away whom the person took away, then add whom they added; what others did stays."""
    gone = set(shown) - set(wanted)
    added = [each for each in wanted if each not in shown]
    return list(dict.fromkeys([*(each for each in now if each not in gone), *added]))


def _of_channels(now: Preferences, shown: Preferences, wanted: Preferences) -> list[ChannelApprovers]:
    """Change the channels that the person changed; one for which nobody is wanted has the team's again.

    Raises ``LastApprover`` where two people together took everybody away of whom neither did.
    """
    before, after = _by_channel(shown), _by_channel(wanted)
    found = _by_channel(now)
    for channel in {**before, **after}:
        old, new = before.get(channel, ()), after.get(channel, ())
        if set(old) == set(new):
            continue
        standing = found.pop(channel, ())
        merged = _people(standing, old, new) if new else []
        if new and not merged:
            raise LastApprover
        if merged:
            found[channel] = tuple(merged)
    return [ChannelApprovers(channel=each, approvers=found[each]) for each in sorted(found)]


def _by_channel(preferences: Preferences) -> dict[str, tuple[str, ...]]:
    return {each.channel: each.approvers for each in preferences.channel_approvers}


def _moved(before: Preferences, after: Preferences) -> list[str]:
    """Everybody of the channels whose approvers changed."""
    old, new = _by_channel(before), _by_channel(after)
    changed = [each for each in {**old, **new} if old.get(each) != new.get(each)]
    return [person for each in changed for person in (*old.get(each, ()), *new.get(each, ()))]


def _check_approvers(now: Preferences, after: Preferences, people: Mapping[str, Person]) -> None:
    """Whoever is new has to be fit, and somebody fit has to be left."""
    known = _by_channel(now)
    newcomers = [
        person
        for channel, named in _by_channel(after).items()
        for person in named
        if person not in known.get(channel, ())
    ]
    newcomers += [each for each in after.approvers if each not in now.approvers]
    reasons = {each: _why_unfit(each, people) for each in (*newcomers, *after.approvers)}
    wrong = {each: why for each, why in reasons.items() if why and each in newcomers}
    if wrong:
        raise UnfitApprover(wrong)
    if after.approvers != now.approvers and all(reasons[each] for each in after.approvers):
        raise LastApprover


def _why_unfit(person: str, people: Mapping[str, Person]) -> str | None:
    return unfit(people.get(person, Person(id=person, is_known=False)))


def _changes(now: Preferences, after: Preferences) -> tuple[PreferenceChange, ...]:
    pairs = ((name, _plain(now, name), _plain(after, name)) for name in NAMES)
    return tuple(
        PreferenceChange(name=name, old=before, new=later) for name, before, later in pairs if before != later
    )


def _note(unit: Unit, changes: tuple[PreferenceChange, ...], by: Person) -> None:
    for each in changes:
        detail = {"old": each.old, "new": each.new}
        unit.note(actor=by.id, deed="changed_setting", subject=each.name, detail=detail)


def _tell_others(
    unit: Unit, before: Preferences, after: Preferences, told: SettingsTold, record: str
) -> None:
    """Let every other approver, of before and of now, know what protects less than it did."""
    names = loosened(before, after)
    if not names:
        return
    of_it = tuple(each for each in told.changes if each.name in names)
    unit.set_setting(record, told.model_copy(update={"changes": of_it}).model_dump_json())
    for person in dict.fromkeys((*before.approvers, *after.approvers, *_moved(before, after))):
        if person != told.by:
            key = f"{record}:{person}"
            unit.post(Intent(key=key, kind="settings", record=record, channel=person))


def _redraw_open(unit: Unit, number: int) -> None:
    """Put every open card on its way to be drawn as the limits have it now."""
    for brief in unit.briefs(status="proposed"):
        for view in unit.views(brief.id):
            key = f"redraw:{view.channel}:{view.ts}:settings:{number}"
            unit.post(Intent(key=key, kind="redraw", record=view.record, channel=view.channel, ts=view.ts))


def _plain(preferences: Preferences, name: PreferenceName) -> Any:
    """A setting's value as JSON has it."""
    return preferences.model_dump(mode="json")[name]
