"""Names that imports found alike: all of them, as they are answered by now, and an answer by name."""

from collections.abc import Mapping
from typing import NamedTuple

from engine.counting import apart_pairs
from engine.errors import Fault, Refused
from engine.exports import Exports
from engine.models.export import Alike
from engine.models.file_import import FileImport
from engine.models.retrospective import slug

MOST_LOOKED_AT = 1_000  # imports, the newest first


class Spellings(NamedTuple):
    """One group of names, with the newest import that found it."""

    group: Alike
    found: FileImport


class AlikeNames(Exports):
    """Says which names may be one campaign, and takes a person's word by name."""

    def names_alike(self) -> tuple[Spellings, ...]:
        """Give every group once, the open ones first, then the newest; its answer is that of now."""
        with self._memory.reading() as reading:
            links, apart = reading.links(), apart_pairs(reading)
            told: dict[frozenset[str], Spellings] = {}
            for found in reading.recent_imports(MOST_LOOKED_AT):
                if found.state == "done":
                    for group in found.alike:
                        now = _answered(group, links, apart)
                        told.setdefault(frozenset({group.main, *group.others}), Spellings(now, found))
        return tuple(sorted(told.values(), key=lambda each: each.group.answer != "open"))

    def names_like(self, name: str) -> tuple[Spellings, ...]:
        """Give the groups with a campaign of this name, or key. Raises ``Refused`` where none has it."""
        meant = tuple(each for each in self.names_alike() if _has(each.group, name))
        if not meant:
            raise Refused([Fault("name", name, "a name that an import found alike with another")])
        return meant

    def answer_alike(self, name: str, *, one: bool, by: str) -> tuple[Spellings, ...]:
        """Say of all groups with a campaign of this name, or key, that they are one campaign, or several.

        Gives these groups as they are then. Raises ``Refused`` where no group has it.
        """
        for each in self.names_like(name):
            self.link_campaigns(each.found.id, each.group.main, one=one, by=by)
        return self.names_like(name)


def _answered(group: Alike, links: Mapping[str, str], apart: set[frozenset[str]]) -> Alike:
    """What holds now, whichever import's message it was answered at."""
    root = links.get(group.main, group.main)
    if all(links.get(key, key) == root for key in group.others):
        return group.model_copy(update={"answer": "one"})
    is_apart = all(frozenset({group.main, key}) in apart for key in group.others)
    return group.model_copy(update={"answer": "two" if is_apart else "open"})


def _has(group: Alike, name: str) -> bool:
    names = (group.name, *group.others.values())
    return name in {group.main, *group.others} or slug(name) in set(map(slug, names))
