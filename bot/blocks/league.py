"""The campaigns of a file, the worst money first: each with its verdict, and a button that shows its card."""

from collections import Counter
from collections.abc import Mapping

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block
from bot.blocks.limits import SECTION, clip
from bot.blocks.mrkdwn import word
from engine.models.file_import import FileImport, ImportedCampaign
from engine.models.recommendation import Analysis
from engine.narrate import sentences
from engine.narrate.words import Words


def league(found: FileImport, analyses: Mapping[str, Analysis], campaigns: int, words: Words) -> list[Block]:
    """Draw those that are told, and say how many of ``campaigns`` are not."""
    told = [each for each in found.league if each.recommendation]
    blocks = [_line(each, analyses, found, words) for each in told]
    more = campaigns - len(blocks)
    rest = f"and {words.formats.number(more)} more, each by `/analyze` and its name"
    return blocks + ([kit.context(rest)] if blocks and more > 0 else [])


def _line(each: ImportedCampaign, analyses: Mapping[str, Analysis], found: FileImport, words: Words) -> Block:
    """One campaign's verdict, and the button that shows its card."""
    alike = Counter(one.name for one in found.league)[each.name] > 1
    name = words.style.name(each.name) + (f" ({word(each.platform)})" if alike else "")
    says = f"Analyze {each.name}{f' on {each.platform}' if alike else ''}"
    text = clip(f"{name} {sentences.verdict(analyses[each.recommendation], words)}", SECTION)
    return kit.section(text, accessory=kit.button("Analyze", ids.ANALYZE_NAMED, each.key, says=says))
