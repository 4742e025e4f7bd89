"""Everyday questions with a trap in each: days, platforms, two campaigns, superlatives, negations, "except".

They are asked of the campaigns of ``trapped_shop``. An answer has to keep to what was named; "I don't know"
is always right.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from engine_values import ran

from engine.models.campaign import CampaignPerformanceInput

MARCH = {"window_start": date(2026, 3, 2), "window_end": date(2026, 3, 29)}
FEBRUARY = {"window_start": date(2026, 2, 1), "window_end": date(2026, 2, 28)}
JANUARY = {"window_start": date(2026, 1, 1), "window_end": date(2026, 1, 31)}
NAMES = ("spring-sale", "summer-sale", "easter-push", "kids-club", "winter-deal")
UNANSWERABLE = "\0"


class Trap(NamedTuple):
    """An answer names no campaign beside ``only``, holds all of ``must`` and none of ``never``."""

    text: str
    only: tuple[str, ...] = NAMES
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def catches(self, answer: str) -> bool:
        """Whether an answer is a wrong one."""
        others = [each for each in NAMES if each not in self.only and each in answer]
        lacks = [each for each in self.must if each not in answer]
        return bool(others or lacks or [each for each in self.never if each in answer])


def nobody_knows(text: str) -> Trap:
    return Trap(text, must=(UNANSWERABLE,))


TRAPS: Sequence[Trap] = (
    Trap("What did we spend in February?", must=("32,800",)),
    Trap("How much money went into TikTok?", must=("25,600",)),
    Trap(
        "What did spring-sale and kids-club cost in March?", ("spring-sale", "kids-club"), ("9,600", "8,400")
    ),
    Trap("Was spring-sale good in February?", ("spring-sale",), ("56.00",)),
    Trap("Which campaigns on Google missed their forecast?", ("easter-push",), ("easter-push",)),
    Trap("Which campaigns did not beat their forecast?", ("summer-sale", "easter-push"), ("summer-sale",)),
    Trap("Which campaigns beat their forecast in January?", ()),
    Trap("Show me all campaigns except the ones on Meta", ("summer-sale", "easter-push", "kids-club")),
    Trap(
        "How did everything but summer-sale do?", ("spring-sale", "easter-push", "kids-club", "winter-deal")
    ),
    nobody_knows("How did winter-deal do with High Value?"),
    Trap(
        "What was the CTR of spring-sale and summer-sale?",
        ("spring-sale", "summer-sale"),
        ("CTR", "spring-sale", "summer-sale"),
    ),
    Trap("What did we waste in January?", ("easter-push",), ("easter-push",)),
    Trap("Do we waste money on Google?", ("easter-push",), ("easter-push",)),
    Trap("What waits on Meta?", ("spring-sale", "winter-deal")),
    Trap("What was decided before March?", ()),
    Trap("What was decided on Monday?", ("spring-sale",), ("spring-sale",)),
    Trap("What was decided on Google?", ()),
    nobody_knows("How did spring-sale do on TikTok and Meta?"),
    nobody_knows("Which of our campaigns is cheapest?"),
    nobody_knows("Which campaign has the best CTR?"),
    nobody_knows("Which campaigns are running right now?"),
    nobody_knows("What was the best day of spring-sale?"),
    nobody_knows("What did we learn about students last month?"),
    nobody_knows("Which audiences work best on TikTok?"),
    Trap("Compare spring-sale and summer-sale in February", must=("56.00",), never=("24.00", "64.00")),
    nobody_knows("How much did we spend in the last few days?"),
    Trap("Why did spring-sale and summer-sale miss?", must=("spring-sale", "summer-sale")),
    nobody_knows("Has summer-sale ever beaten kids-club on Google?"),
    Trap("What changed on TikTok this week?", ("summer-sale",), ("summer-sale",)),
    Trap("What should we do with kids-club and easter-push?", ("kids-club", "easter-push"), ("kids-club",)),
    nobody_knows("How many clicks did spring-sale get at the end of March?"),
    Trap("What did we spend on Meta in February?", must=("32,800",)),
    nobody_knows("Which campaign for students did best?"),
)
"""Written before they were tried; 21 of 33 were answered wrongly then."""

AGAIN_TRAPPED: Sequence[Trap] = (
    Trap("How much did Google cost us?", must=("26,400",)),
    Trap("How much did we spend this year?", must=("94,400",)),
    nobody_knows("How much more did we spend in March than in February?"),
    Trap("Did spring-sale do better in March than in February?", ("spring-sale",), (UNANSWERABLE,)),
    Trap("Which campaign had the worst result on Meta?", (), ()),
    nobody_knows("Which platform spent the most?"),
    nobody_knows("What is the CPA on Google?"),
    Trap("Did we approve anything on TikTok?", ()),
    Trap("Who approved kids-club?", ("kids-club",), ("Nobody approved",)),
    Trap(
        "How did all campaigns without spring-sale do?",
        ("summer-sale", "easter-push", "kids-club", "winter-deal"),
    ),
    Trap("How are our Google campaigns doing?", ("easter-push", "kids-club"), ()),
    Trap("How many campaigns beat their forecast in February?", ("winter-deal",), ("winter-deal",)),
    Trap("How many campaigns are on Google?", ("easter-push", "kids-club"), ("2 ",)),
    nobody_knows("How did students do in summer-sale?"),
    nobody_knows("How did the first week of spring-sale go?"),
    Trap(
        "What was the CPA of spring-sale, kids-club and winter-deal?",
        ("spring-sale", "kids-club", "winter-deal"),
        ("24.00", "28.00", "32.00"),
    ),
    Trap("spring-sale, summer-sale: clicks?", ("spring-sale", "summer-sale"), ("spring-sale", "summer-sale")),
    Trap("Is summer-sale or kids-club worse?", ("summer-sale", "kids-club"), ("summer-sale", "kids-club")),
    Trap(
        "How did spring-sale on Meta and summer-sale on TikTok do?",
        ("spring-sale", "summer-sale"),
        ("24.00", "64.00"),
    ),
    nobody_knows("How did spring-sale on TikTok and summer-sale on Meta do?"),
    nobody_knows("What happened on Google last month?"),
    Trap("What happened to spring-sale last month?", ("spring-sale",), ("56.00",)),
    nobody_knows("Which campaigns improved since February?"),
    nobody_knows("Was spring-sale better than last month?"),
    Trap("Anything to approve on Google?", ("kids-club", "easter-push")),
    nobody_knows("What waits since last week?"),
    nobody_knows("Which campaigns lost money every month?"),
    Trap("Top campaign on Google?", ("kids-club",), ("kids-club",)),
    nobody_knows("Which campaigns never missed?"),
    nobody_knows("Which campaign has the highest ROAS on Meta?"),
    nobody_knows("What did nobody approve?"),
    Trap("What was rejected?", must=("Nobody rejected",)),
    nobody_knows("How much did we waste in total?"),
    Trap("How did the campaigns for students do?", ("easter-push", "summer-sale")),
    nobody_knows("What share of spend went to TikTok?"),
    nobody_knows("How much did we spend per platform?"),
    Trap("How much did we spend on campaigns that missed?", must=(UNANSWERABLE,)),
    nobody_knows("How much did only the winners cost?"),
    nobody_knows("Did spring-sale beat summer-sale's CTR by more than 10%?"),
    Trap("How was January?", ("easter-push",)),
)
"""Written when the table of scopes was there, before they were tried; 5 of 40 were answered wrongly."""


def trapped_campaigns() -> Iterator[CampaignPerformanceInput]:
    """Five campaigns on three platforms; spring-sale has a window of February beside that of March."""
    told: list[tuple[str, float, float, dict[str, Any]]] = [
        ("easter-push", 1.5, 300, {"platform": "Google", "audiences": ("students",), **JANUARY}),
        ("spring-sale", 1.4, 300, FEBRUARY),
        ("winter-deal", 0.8, 500, {"audiences": ("High Value",), **FEBRUARY}),
        ("spring-sale", 0.6, 400, MARCH),
        ("summer-sale", 1.6, 400, {"platform": "TikTok", "audiences": ("students",), **MARCH}),
        ("kids-club", 0.7, 300, {"platform": "Google", **MARCH}),
    ]
    for name, ratio, conversions, parts in told:
        end = datetime.combine(parts["window_end"], datetime.min.time(), UTC)
        yield ran(name, ratio=ratio, conversions=conversions, currency="EUR", timestamp=end, **parts).campaign
