"""What a person may choose from in a dialog: campaigns that are known, platforms."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from engine.core import Core
from engine.errors import UnknownCampaign
from engine.models.campaign import CampaignPerformanceInput
from engine.models.retrospective import Retrospective, slug

MOST = 100
LONGEST_VALUE = 150  # of what a choice carries back
PLATFORMS = (
    "Meta", "Google", "TikTok", "LinkedIn", "Microsoft", "Pinterest", "Snapchat", "Reddit", "X", "Amazon",
)  # fmt: skip


class Choice(NamedTuple):
    """``value`` comes back when it is chosen; ``label`` is what is read."""

    value: str
    label: str


class Choices(Core):
    """Read while somebody types, so from what is held already."""

    def campaign_choices(self, typed: str) -> list[Choice]:
        """Known campaigns in whose name, id or platform the words stand, newest first, at most 100.

        Where two have one name, the platform is said; where that is the same too, the id.
        """
        newest = self._newest()
        label = _labels(newest)
        wanted = [slug(word) for word in typed.split()]
        found = [each for each in newest if all(word in _searched(each.campaign) for word in wanted)]
        return [Choice(_value(each.campaign_key), label[each.campaign_key]) for each in found[:MOST]]

    def chosen_campaign(self, value: str) -> str:
        """Give the key of the campaign that was chosen; raises ``UnknownCampaign``."""
        for each in self._newest():
            if _value(each.campaign_key) == value:
                return each.campaign_key
        raise UnknownCampaign(value, [])

    def platform_choices(self, typed: str) -> list[Choice]:
        """Platforms of this team's campaigns, then common ones; what is typed and none of them comes last."""
        used = Counter(each.campaign.platform for each in self._newest())
        names: dict[str, str] = {}
        for name in (*(name for name, _ in used.most_common()), *PLATFORMS):
            names.setdefault(slug(name), name)
        text = typed.strip()
        found = [name for key, name in names.items() if not text or slug(text) in key]
        if text and slug(text) not in names:
            found.append(text)
        return [Choice(name, name) for name in found[:MOST] if len(name) <= LONGEST_VALUE]

    def _newest(self) -> list[Retrospective]:
        """The newest window of each campaign, the newest campaign first."""
        with self._memory.reading() as reading:
            _, standings = self._portfolio.read(reading)
        every = sorted((each.retrospective for each in standings.values()), key=lambda each: each.last_day)
        return list({each.campaign_key: each for each in reversed(every)}.values())


def _labels(campaigns: Iterable[Retrospective]) -> dict[str, str]:
    every = list(campaigns)
    names = Counter(slug(each.name) for each in every)
    placed = Counter((slug(each.name), slug(each.campaign.platform)) for each in every)
    labels = {}
    for each in every:
        parts = [each.campaign.platform] if names[slug(each.name)] > 1 else []
        if placed[slug(each.name), slug(each.campaign.platform)] > 1:
            parts.append(each.campaign.campaign_id)
        labels[each.campaign_key] = f"{each.name} ({', '.join(parts)})" if parts else each.name
    return labels


def _searched(campaign: CampaignPerformanceInput) -> str:
    parts = (campaign.name, campaign.campaign_id, campaign.platform)
    return " ".join(slug(part) for part in parts if part)


def _value(key: str) -> str:
    """The key, where it fits; else its beginning and a digest."""
    if len(key) <= LONGEST_VALUE:
        return key
    return f"{key[:100]}#{hashlib.sha256(key.encode()).hexdigest()[:20]}"
