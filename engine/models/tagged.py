"""Campaigns by their tags, such as ``creative_type:video`` or ``country:us``."""

from engine.models.value import Value


class TaggedCampaign(Value):
    """A campaign with everything that is known of its kind, sorted."""

    campaign_key: str
    name: str
    platform: str
    tags: tuple[str, ...]


class TaggedCampaigns(Value):
    """What was asked for and what has all of it, by name; ``nearest`` are tags that there are where nothing
    has."""

    asked: tuple[str, ...]
    found: tuple[TaggedCampaign, ...]
    nearest: tuple[str, ...] = ()
