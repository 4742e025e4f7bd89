"""Settings that approvers change from Slack: who may, what is kept, and what the ledger says of it."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from engine.core import Core
from engine.decide.policy import setting_refusal, unfit
from engine.errors import LastApprover, MayNotDecide, UnfitApprover
from engine.in_force import KEPT, NAMES, as_kept, chosen
from engine.models.answer import Person
from engine.models.preference import Chosen, Preference, PreferenceChange, PreferenceName, Preferences
from engine.ports import Unit

SUBJECT = "settings"


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

    def change_preferences(
        self, shown: Preferences, wanted: Preferences, *, by: Person, people: Mapping[str, Person]
    ) -> tuple[PreferenceChange, ...]:
        """Set what ``wanted`` changes of what was ``shown``, and say what that was; nothing where nothing is.

        What somebody else changed meanwhile stays. ``people`` are those who were looked up just now: an
        approver who is not among them cannot be named. No approvers means those of the start. Raises
        ``MayNotDecide``, ``UnfitApprover`` or ``LastApprover``, and then nothing is changed.
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
        values["approvers"] = _approvers(now, shown, wanted)
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


def _approvers(now: Preferences, shown: Preferences, wanted: Preferences) -> list[str]:
    """Take away whom the person took away, then add whom they added; what others did stays."""
    gone = set(shown.approvers) - set(wanted.approvers)
    added = [each for each in wanted.approvers if each not in shown.approvers]
    return list(dict.fromkeys([*(each for each in now.approvers if each not in gone), *added]))


def _check_approvers(now: Preferences, after: Preferences, people: Mapping[str, Person]) -> None:
    """Whoever is new has to be fit, and somebody fit has to be left."""
    if after.approvers == now.approvers:
        return
    reasons = {each: unfit(people.get(each, Person(id=each, is_known=False))) for each in after.approvers}
    wrong = {each: why for each, why in reasons.items() if why and each not in now.approvers}
    if wrong:
        raise UnfitApprover(wrong)
    if all(reasons.values()):
        raise LastApprover


def _changes(now: Preferences, after: Preferences) -> tuple[PreferenceChange, ...]:
    pairs = ((name, _plain(now, name), _plain(after, name)) for name in NAMES)
    return tuple(
        PreferenceChange(name=name, old=before, new=later) for name, before, later in pairs if before != later
    )


def _note(unit: Unit, changes: tuple[PreferenceChange, ...], by: Person) -> None:
    for each in changes:
        detail = {"old": each.old, "new": each.new}
        unit.note(actor=by.id, deed="changed_setting", subject=each.name, detail=detail)


def _plain(preferences: Preferences, name: PreferenceName) -> Any:
    """A setting's value as JSON has it."""
    return preferences.model_dump(mode="json")[name]
