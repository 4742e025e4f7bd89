"""A file that was dropped into a channel, and what was taken from it."""

from typing import Literal

from engine.models.campaign import Moment
from engine.models.value import Value


class BrokenRule(Value):
    """One fault of a file: which field, its value, the rule, and the line where it stands."""

    field: str
    value: str
    rule: str
    line: int | None = None


class ImportedCampaign(Value):
    """A campaign of the file; ``stored`` says whether its window was new or changed."""

    key: str
    name: str
    stored: bool


class FileImport(Value):
    """One file, once: the same bytes again are "same" and point at the import before.

    ``id`` is "import:" and Slack's file id; ``thread`` the ts of the message the file came with.
    """

    id: str
    channel: str
    thread: str
    file: str
    checksum: str
    by: str
    at: Moment
    state: Literal["done", "refused", "same"]
    campaigns: tuple[ImportedCampaign, ...] = ()
    faults: tuple[BrokenRule, ...] = ()
    reason: str = ""
    before: str | None = None
