"""All patterns over what is remembered, seen from one campaign."""

from collections.abc import Sequence

from engine.explain.clusters import Kept, clusters
from engine.explain.inefficiency import inefficiencies
from engine.explain.levels import Levels, level_effects
from engine.explain.standing import Standing, newest_by_campaign, that_teach
from engine.explain.tags import tags
from engine.explain.trend import platform_trends
from engine.models.pattern import Patterns
from engine.models.rules import Rules


def find_patterns(
    focus: Standing,
    standings: Sequence[Standing],
    rules: Rules,
    levels: Levels | None = None,
    groups: Kept | None = None,
) -> Patterns:
    """Find what repeats over every remembered campaign's newest window; ``focus`` is among them.

    ``levels`` are the effects of levels where they are known already, each with its status; ``groups``
    the clusters as they were kept, so that they keep their ids.
    """
    campaigns = newest_by_campaign(that_teach(standings))
    effects, level_notes = levels or level_effects(campaigns, rules)
    own_notes = [level_notes[level.signal] for level in focus.levels if level.signal in level_notes]
    found, cluster_notes = clusters(campaigns, rules, groups)
    return Patterns(
        winning_audiences=tuple(each for each in effects if each.dimension == "audience"),
        winning_creatives=tuple(each for each in effects if each.dimension == "creative_type"),
        inefficiencies=tuple(inefficiencies(campaigns, rules)),
        platform_trends=(
            *(each for each in effects if each.dimension == "platform"),
            *platform_trends(campaigns, rules),
        ),
        clusters=tuple(found),
        tags=tags(focus),
        notes=(*own_notes, *cluster_notes),
    )
