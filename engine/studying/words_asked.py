"""The words behind a study's verb: whose figures, which figure, how many days."""

import re
from collections.abc import Collection
from typing import NamedTuple

from engine.errors import Fault, Refused
from engine.studying.ground import Ground

_DAYS = re.compile(r"(\d{1,4})d", re.IGNORECASE)


class WordsAsked(NamedTuple):
    """``whom`` is a campaign, a platform, or nothing; the others are ``None`` where none was named."""

    whom: str
    figure: str | None
    days: int | None

    def days_within(self, least: int, most: int, usual: int) -> int:
        """How many days are meant; raises ``Refused`` for fewer or more than there may be."""
        days = usual if self.days is None else self.days
        if not least <= days <= most:
            raise Refused([Fault("window", f"{days}d", f"{least} to {most} days, such as {usual}d")])
        return days


def words_asked(asked: str, ground: Ground, figures: Collection[str]) -> WordsAsked:
    """Take days and a figure off both ends, unless they belong to a campaign's name."""
    words = asked.split()
    figure: str | None = None
    days: int | None = None
    while words and not ground.is_name(" ".join(words)):
        for place in (-1, 0):
            word = words[place].casefold()
            if days is None and (found := _DAYS.fullmatch(word)):
                days = int(found[1])
            elif figure is None and word in figures:
                figure = word
            else:
                continue
            del words[place]
            break
        else:
            break
    return WordsAsked(" ".join(words), figure, days)
