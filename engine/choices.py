"""What a person may choose from in a dialog: campaigns that are known, platforms."""

from concurrent.futures import Future
from itertools import islice
from typing import NamedTuple

from engine.catalogue import LONGEST_VALUE, newest, titles_of, value_of
from engine.core import Core
from engine.errors import UnknownCampaign
from engine.models.retrospective import slug

MOST = 100
PLATFORMS = (
    "Meta", "Google", "TikTok", "LinkedIn", "Microsoft", "Pinterest", "Snapchat", "Reddit", "X", "Amazon",
)  # fmt: skip


class Choice(NamedTuple):
    """``value`` comes back when it is chosen; ``label`` is what is read."""

    value: str
    label: str


class Choices(Core):
    """Asked while somebody types, so within milliseconds, whatever the memory holds.

    Just after a write, or a start, what is offered may be what was known a moment before.
    """

    def prepare_choices(self) -> Future[None]:
        """Begin to make ready what is offered, in a thread of its own; done when it is."""
        return self._catalogue.prepare()

    def knows_campaigns(self) -> bool:
        """Whether any campaign is remembered, without reading one."""
        with self._memory.reading() as reading:
            return reading.generation() > 0

    def campaign_choices(self, typed: str) -> list[Choice]:
        """Known campaigns in whose name, id or platform the words stand, newest first, at most 100."""
        wanted = [slug(word) for word in typed.split()]
        entries = self._catalogue.now().entries
        found = (
            Choice(value, label)
            for value, label, searched in entries
            if all(word in searched for word in wanted)
        )
        return list(islice(found, MOST))

    def chosen_campaign(self, value: str) -> str:
        """Give the key of the campaign that was chosen; raises ``UnknownCampaign``."""
        with self._memory.reading() as reading:
            titles = titles_of(reading)
        for each in newest(titles):
            if value_of(each.campaign_key) == value:
                return each.campaign_key
        raise UnknownCampaign(value, [])

    def platform_choices(self, typed: str) -> list[Choice]:
        """Platforms of this team's campaigns, then common ones; what is typed and none of them comes last."""
        names: dict[str, str] = {}
        for name in (*self._catalogue.now().platforms, *PLATFORMS):
            names.setdefault(slug(name), name)
        text = typed.strip()
        found = [name for key, name in names.items() if not text or slug(text) in key]
        if text and slug(text) not in names:
            found.append(text)
        return [Choice(name, name) for name in found[:MOST] if len(name) <= LONGEST_VALUE]
