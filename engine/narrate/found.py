"""Campaigns that were found by their tags, in words."""

from engine.models.tagged import TaggedCampaigns
from engine.narrate.formats import listed
from engine.narrate.words import Words

MOST = 20
MOST_TAGS = 8


def found_lines(found: TaggedCampaigns, words: Words) -> list[str]:
    """How many there are, then one campaign a line with its tags; where there is none, the nearest tags."""
    name = words.style.name
    asked = listed([name(each) for each in found.asked])
    if not found.found:
        near = f" Nearest: {', '.join(name(each) for each in found.nearest)}." if found.nearest else ""
        return [f"No campaign has {asked}.{near}"]
    lines = [f"{words.formats.count(len(found.found), 'campaign')} with {asked}."]
    for each in found.found[:MOST]:
        shown = ", ".join(name(tag) for tag in each.tags[:MOST_TAGS])
        lines.append(f"{name(each.name)} ({name(each.platform)}): {shown}")
    if len(found.found) > MOST:
        lines.append(f"And {words.formats.number(len(found.found) - MOST)} more.")
    return lines
