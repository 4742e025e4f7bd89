"""What ``/marko creatives`` finds out: groups of creatives by what they say, what each brings, and what to
try."""

from typing import Literal

from pydantic import Field

from engine.models.campaign import Day
from engine.models.comparison import Interval
from engine.models.study import Study
from engine.models.value import Value

CreativeState = Literal["no creatives", "too few", "no groups", "grouped"]
FindingKind = Literal["fatigue", "best group"]
SuggestionKind = Literal["refresh", "more like"]


class CreativeGroup(Value):
    """Creatives that say alike things, and how they do against the other groups within the same campaigns.

    ``id`` stays over weeks. ``creatives`` counts those with figures, ``events`` their clicks (CTR) or
    conversions (CPA). ``lift_pct`` is the change of the metric, so that a lower CPA is negative; ``best``
    the probability that no group is better, ``regret_pct`` what choosing it costs on average, in percent of
    the events. ``enough`` says whether it has the creatives and events to be judged.
    """

    id: str
    terms: tuple[str, ...]
    texts: int
    examples: tuple[str, ...]
    creatives: int
    events: float
    value: float | None
    lift_pct: float | None
    interval: Interval | None
    best: float | None
    regret_pct: float | None
    enough: bool


class CreativeNeed(Value):
    """What would settle which group is best: so many more events, in about so many days; ``None`` events
    where more creatives are needed, ``None`` days where nobody knows how many come a day."""

    group: str
    events: float | None
    days: int | None


class MovedCreative(Value):
    """A text that was in another group when groups were last kept in an earlier week.

    ``why`` is whether its old group is gone, or it is nearer to the new one as the texts are now.
    """

    text: str
    before: str
    now: str
    why: Literal["its group is gone", "nearer now"]


class CreativeFinding(Value):
    """Something measured that a suggestion may rest on. ``subject`` is a creative or a group's id.

    ``change_pct`` of a creative's CTR from its first days to its last, against its siblings; of a group its
    lift. ``n`` counts clicks or conversions.
    """

    id: str
    kind: FindingKind
    campaign_key: str
    campaign: str
    subject: str
    metric: Literal["ctr", "cpa"]
    change_pct: float
    interval: Interval
    n: float
    own_pct: float | None = None
    siblings_pct: float | None = None


class CreativeSuggestion(Value):
    """One thing to try. ``finding`` is the id of what it rests on; ``terms`` are words of creatives that led.

    ``claims`` are those of the words that need proof before they are printed.
    """

    id: str
    finding: str
    kind: SuggestionKind
    subject: str
    campaign: str
    terms: tuple[str, ...]
    claims: tuple[str, ...]


class OwnCreative(Value):
    """A creative of the campaign that is asked for: its group where it has one, and how worn it is."""

    name: str
    group: str | None
    wear: str | None


class CreativesStudy(Study):
    """Groups of creatives and what they bring. ``campaign`` is the one asked for, or ``None`` for all.

    ``texts`` counts different texts, ``looked_at`` those that were grouped; ``needed`` is how many it takes.
    ``mixed`` counts campaigns whose result cannot be told apart, since their creatives are in several groups.
    ``unread`` counts campaigns whose rows were too many to be looked at. ``unknown_tags`` are parts of names
    whose meaning nobody told.
    """

    kind: Literal["creatives"] = "creatives"
    state: CreativeState
    campaign: str | None
    campaign_key: str | None
    metric: Literal["ctr", "cpa"]
    texts: int
    looked_at: int
    needed: int
    silhouette: float
    usual_silhouette: float
    groups: tuple[CreativeGroup, ...]
    leader: str | None
    need: CreativeNeed | None
    moved: tuple[MovedCreative, ...]
    mixed: int
    unread: int
    own: tuple[OwnCreative, ...]
    judged_for_wear: int
    findings: tuple[CreativeFinding, ...]
    suggestions: tuple[CreativeSuggestion, ...]
    unknown_tags: tuple[str, ...]
    first_day: Day | None
    last_day: Day | None
    currency: str | None = Field(default=None)
