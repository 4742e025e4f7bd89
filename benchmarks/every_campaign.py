"""Every campaign that rows know, judged one after the other."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Refused
from engine.explain.standing import Standing, standing
from engine.models.daily import RowCampaign
from engine.models.file_import import FileImport
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.ports import Reading
from engine.windows import Sought, built


def judged(
    reading: Reading, known: Sequence[Retrospective], *, now: datetime, team: ZoneInfo, rules: Rules
) -> Iterator[Standing]:
    """Build and judge each campaign's newest window; nothing is kept, and one is in memory at a time.

    A campaign whose days are in two currencies, or have no complete day, is left out.
    """
    once: Any = ReadOnce(reading)
    links = once.links()
    keys = dict.fromkeys(links.get(each.campaign_key, each.campaign_key) for each in once.row_campaigns())
    for key in keys:
        try:
            found = built(once, Sought(key), known, now=now, team=team)
        except Refused:
            continue
        if found is not None:
            yield standing(found, rules)


class ReadOnce:
    """A look at the memory that asks once for what is the same for every campaign of one look."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._links: dict[str, str] | None = None
        self._campaigns: list[RowCampaign] | None = None
        self._imports: dict[str, FileImport | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reading, name)

    def links(self) -> dict[str, str]:
        if self._links is None:
            self._links = self._reading.links()
        return self._links

    def row_campaigns(self) -> list[RowCampaign]:
        if self._campaigns is None:
            self._campaigns = self._reading.row_campaigns()
        return self._campaigns

    def file_import(self, identifier: str) -> FileImport | None:
        if identifier not in self._imports:
            self._imports[identifier] = self._reading.file_import(identifier)
        return self._imports[identifier]
