"""The time zones of the world, for a select in which people search by city."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip
MOST = 100  # of what a select takes


@cache
def zones() -> tuple[str, ...]:
    """Every zone that is named after a place, and UTC, by name; old aliases such as "EST" are left out."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS))


def zones_like(typed: str, *, first: str) -> list[str]:
    """Find zones in whose name all the words stand, cities that begin with them first.

    Without words, ``first`` leads the list, which is what a select shows when it is opened.
    """
    words = typed.casefold().replace("_", " ").split()
    if not words:
        return [first, *(name for name in zones() if name != first)][:MOST]
    found = [name for name in zones() if all(word in _spoken(name) for word in words)]
    return sorted(found, key=lambda name: (not _city(name).startswith(words[0]), name))[:MOST]


def is_zone(name: str) -> bool:
    return name in available_timezones()


def _spoken(name: str) -> str:
    return name.casefold().replace("_", " ").replace("/", " ")


def _city(name: str) -> str:
    return _spoken(name.rpartition("/")[2])
