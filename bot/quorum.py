"""Whether enough people are named that what needs two approvers can be approved at all."""

import json
from collections.abc import Mapping, Sequence

from bot.amounts import write_amounts
from bot.finding import Finding
from bot.settings import Settings
from engine.models.preference import Amounts, ChannelApprovers, Chosen, PreferenceName, Preferences
from engine.narrate.formats import Formats

ENOUGH = 3  # whoever asked, and two others


def quorum(settings: Settings, chosen: Mapping[PreferenceName, Chosen]) -> list[Finding]:
    """Look where an amount is set above which two must agree: at the team's approvers, and each channel's."""
    two_above = settings.limits.two_above
    if "two_above" in chosen:
        two_above = Amounts.model_validate_json(json.dumps(chosen["two_above"].value))
    approvers = chosen["approvers"].value if "approvers" in chosen else settings.approvers
    if not two_above.of or not approvers:  # that nobody is named is told already
        return []
    above = write_amounts(two_above, Formats(settings.separators))
    return [
        Finding(what, "missing", _says(len(people), above))
        for what, people in (("approvers", approvers), *_of_channels(chosen))
        if len(people) < ENOUGH
    ]


def _of_channels(chosen: Mapping[PreferenceName, Chosen]) -> list[tuple[str, Sequence[str]]]:
    values = chosen["channel_approvers"].value if "channel_approvers" in chosen else []
    found = [ChannelApprovers.model_validate_json(json.dumps(each)) for each in values]
    return [(f"approvers of channel {each.channel}", each.approvers) for each in found]


def too_few(preferences: Preferences) -> str | None:
    """Say that the team's approvers are too few for what two must agree to; ``None`` where they are not."""
    named, above = len(preferences.approvers), preferences.two_above
    if not above.of or not 0 < named < ENOUGH:
        return None
    return _says(named, write_amounts(above, Formats(preferences.number_format)))


def _says(named: int, above: str) -> str:
    if named < ENOUGH - 1:
        return f"above {above} two must agree and only one is named, so nobody can approve that; name three"
    return (
        f"above {above} two must agree and neither may be whoever asked; two are named, so what one of them "
        "asks for nobody can approve; name a third"
    )
