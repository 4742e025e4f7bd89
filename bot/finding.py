"""One thing that was looked at to see whether Marko is set up well."""

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """ "missing" hinders ``marko run``; "broken" hinders everything."""

    what: str
    state: Literal["ok", "default", "missing", "broken"]
    says: str

    def __str__(self) -> str:
        return f"{self.state:<8} {self.what}: {self.says}"
