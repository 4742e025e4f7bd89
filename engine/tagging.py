"""Which campaigns have a tag: by what was handed in, by what came of them, and by what their names say."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from engine.errors import Fault, Refused
from engine.explain.naming import learned, parts
from engine.explain.standing import Standing, newest_by_campaign, that_tell
from engine.explain.tags import tags
from engine.lookup import Known
from engine.models.retrospective import slug
from engine.models.tagged import TaggedCampaign, TaggedCampaigns

PREFIX = "tag:"
SURE = 0.8  # how sure a part of a name has to be
NEAREST = 3


def find(asked: str, known: Sequence[Known], standings: Iterable[Standing]) -> TaggedCampaigns:
    """Find campaigns that have every tag asked for, such as ``tag:creative_type:video tag:country:us``.

    A word without a colon is looked for in names. Raises ``Refused`` where nothing is asked for.
    """
    wanted = tuple(each.removeprefix(PREFIX).casefold() for each in asked.split())
    if not all(wanted) or not wanted:
        raise Refused([Fault("find", asked, "a tag such as tag:creative_type:video")])
    every = tagged(known, standings)
    found = tuple(each for each in every if all(_has(each, word) for word in wanted))
    there_are = sorted({tag for each in every for tag in each.tags})
    near = (
        [] if found else [tag for word in wanted for tag in get_close_matches(word, there_are, NEAREST, 0.5)]
    )
    return TaggedCampaigns(asked=wanted, found=found, nearest=tuple(dict.fromkeys(near))[:NEAREST])


def tagged(known: Sequence[Known], standings: Iterable[Standing]) -> tuple[TaggedCampaign, ...]:
    """Every campaign with its tags, by name."""
    newest = {each.campaign_key: each for each in newest_by_campaign(that_tell(standings))}
    convention = learned([each.name for each in known])
    found = []
    for each in known:
        said = {part.tag for part in parts(each.name, convention) if part.certainty >= SURE}
        said |= set(_known_tags(newest, each))
        found.append(
            TaggedCampaign(
                campaign_key=each.campaign_key,
                name=each.name,
                platform=each.platform,
                tags=tuple(sorted(said)),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.campaign_key)))


def _known_tags(newest: Mapping[str, Standing], each: Known) -> tuple[str, ...]:
    held = newest.get(each.campaign_key)
    return tags(held) if held else (f"platform:{slug(each.platform)}",)


def _has(each: TaggedCampaign, word: str) -> bool:
    if ":" not in word:
        return slug(word) in slug(each.name)
    kind, _, rest = word.partition(":")
    return f"{kind}:{slug(rest)}" in each.tags
