"""Who takes part in what: members in everything, guests in what stands around them, strangers in nothing."""

from typing import NoReturn

from engine.core import Core
from engine.decide.policy import closed_to, stranger
from engine.errors import EngineError, NotForGuests, NotForStrangers
from engine.models.answer import Act, Person


class Access(Core):
    """Asked before anything is done or told; what is refused is in the ledger."""

    def may(self, person: Person, act: Act) -> bool:
        """Say whether this person may take part in this."""
        return _refusal(person, act) is None

    def may_take_part(self, person: Person, act: Act) -> None:
        """Raise ``NotForStrangers`` or ``NotForGuests`` where this person may not."""
        refused = _refusal(person, act)
        if refused is not None:
            self._turn_away(person, act, refused)

    def _turn_away(self, person: Person, act: Act, refused: EngineError) -> NoReturn:
        why = refused.why if isinstance(refused, NotForStrangers) else "is a guest"
        with self._memory.unit() as unit:
            unit.note(actor=person.id, deed="refused", subject=act, detail={"why": why})
        raise refused


def _refusal(person: Person, act: Act) -> NotForStrangers | NotForGuests | None:
    why = stranger(person)
    if why:
        return NotForStrangers(why, is_known=person.is_known, lacks=person.lacks)
    return NotForGuests() if closed_to(person, act) else None
