"""Pictures as JSON, for the child that draws them and for replies that keep theirs."""

from collections.abc import Mapping
from typing import Any

from engine.narrate.picture import FanPicture, LeaguePicture, LeagueRow, Picture, TrendPicture

KINDS: Mapping[str, type[Picture]] = {"league": LeaguePicture, "trend": TrendPicture, "fan": FanPicture}
NAMES: Mapping[type[Picture], str] = {kind: name for name, kind in KINDS.items()}


def packed(picture: Picture) -> dict[str, Any]:
    """Give its fields, and its kind as "kind"."""
    return {"kind": NAMES[type(picture)], **picture._asdict()}


def unpacked(fields: Mapping[str, Any]) -> Picture:
    """Make the picture of what ``packed`` gave, also after a way through JSON; raises ``KeyError``."""
    kind = KINDS[fields["kind"]]
    given = {name: _firm(value) for name, value in fields.items() if name != "kind"}
    if kind is LeaguePicture:
        given["rows"] = tuple(LeagueRow(*each) for each in given["rows"])
    return kind(**given)


def _firm(value: Any) -> Any:
    """Lists are tuples that came through JSON."""
    return tuple(map(_firm, value)) if isinstance(value, list | tuple) else value
