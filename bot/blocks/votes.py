"""The buttons by which people say whether something is right."""

from collections.abc import Sequence
from typing import NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block


class Choice(NamedTuple):
    """``vote`` is what pressing it says, such as "verdict:right"; ``cast`` is how many said so."""

    label: str
    vote: str
    cast: int


def vote_buttons(choices: Sequence[Choice], record: str, about: str) -> list[Block]:
    """Offer the choices on a record; ``about`` says to those who listen what is voted on."""
    return [
        kit.button(
            f"{each.label} {each.cast}" if each.cast else each.label,
            f"{ids.VOTE}:{index}",
            f"{each.vote}:{record}",
            says=f"{each.label}, {each.cast} so far: {about}",
        )
        for index, each in enumerate(choices)
    ]
