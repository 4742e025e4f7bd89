"""What a question names is kept to, or ends in "I don't know": days, platforms, audiences, campaigns."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from engine_values import MADRID, RULES, WORDS, ran
from factories import APPROVER, HandClock
from questions_trapped import AGAIN_TRAPPED, NAMES, TRAPS, Trap, trapped_campaigns

from engine.asking.mentions import known_campaigns
from engine.asking.reading import read
from engine.asking.scope import TAKES
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.campaign import CampaignPerformanceInput
from engine.models.question import OF_NONE, OF_ONE, Topic
from engine.narrate.kept_text import told
from store import Store, open_store

TODAY = HandClock().now().date()
# One question for each topic. What is narrowed stands at the end, so that any of them can be narrowed.
ASKED: dict[Topic, str] = {
    "verdict": "How did {} do",
    "figure": "How many clicks did we get from {}",
    "why": "Why did the CPA of {} change",
    "advice": "What should we do with {}",
    "certainty": "How sure are you about {}",
    "expected": "What do you expect of {}",
    "source": "Where are the figures of {} from",
    "makeup": "Which audiences did {} target",
    "compare": "Compare {} with kids-club",
    "similar": "What is similar to {}",
    "learned": "What did we learn",
    "repeats": "What repeats",
    "waste": "Where do we waste money",
    "weights": "What are the weights",
    "waiting": "What waits for a decision",
    "decided": "What was decided",
    "approvers": "Who can approve",
    "moved": "What changed",
    "standings": "Which campaigns beat their forecast",
    "total": "How much did we spend",
    "campaigns": "Which campaigns do you know",
    "need": "What do you need for {}",
    "earnings": "Did we make money on {}",
    "digest": "When is the next digest",
    "data": "What data do you have",
}
ON_TIKTOK = ("summer-sale",)
IN_JANUARY = ("easter-push",)
TWO = ("spring-sale", "kids-club")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("trapped") / "marko.db", HandClock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shop(store: Store) -> Engine:
    """The trapped campaigns, and one decision on spring-sale, made today."""
    engine = engine_on(store)
    for each in trapped_campaigns():
        engine._analyze(each, asked_by=None)
    proposed = engine.recommendations(status="proposed", campaign_id="spring-sale").recommendations[0]
    engine.decide(proposed.id, "approve", by=Person(id=APPROVER))
    return engine


def engine_on(store: Store, zone: ZoneInfo = MADRID, clock: HandClock | None = None) -> Engine:
    hand = clock or HandClock()
    return Engine(store.memory, hand, rules=RULES, words=WORDS, zone=zone, approvers=(APPROVER,))


def said(engine: Engine, text: str) -> tuple[str, str, str]:
    """What is answered: its form, its text, and the texts below it."""
    found = engine.ask(text)
    below = "\n".join(told(each, WORDS.style) for each in (found.how, *found.caveats))
    return found.form, told(found.answer, WORDS.style).replace("\u00a0", " "), below


def names_in(text: str) -> set[str]:
    return {each for each in NAMES if each in text}


@pytest.mark.parametrize("trap", [*TRAPS, *AGAIN_TRAPPED], ids=lambda trap: trap.text)
def test_no_trap_catches_an_answer(trap: Trap, shop: Engine) -> None:
    form, answer, _ = said(shop, trap.text)
    assert form != "answer" or not trap.catches(answer), answer


def test_every_topic_stands_in_the_table_and_is_asked_here() -> None:
    own = {"study"}  # what narrows a study is read by the study itself
    assert set(TAKES) == set(ASKED) == set(get_args(Topic)) - OF_NONE - own


@pytest.mark.parametrize(("topic", "text"), ASKED.items(), ids=list(ASKED))
def test_without_anything_named_each_topic_is_understood(topic: Topic, text: str, shop: Engine) -> None:
    assert shop.ask(f"{text.format('spring-sale')}?").question.topic == topic


@pytest.mark.parametrize("topic", ASKED)
@pytest.mark.parametrize("days", ["in January", "last week", "before March", "in the last few days"])
def test_days_are_kept_to_or_not_known(topic: Topic, days: str, shop: Engine) -> None:
    text = f"{ASKED[topic].format('spring-sale')} {days}?"
    form, answer, below = said(shop, text)
    if form != "answer":
        return
    assert TAKES[topic].span, answer
    assert topic not in OF_ONE, answer  # spring-sale has no window in any of these days
    if days == "in January":
        assert names_in(answer + below) <= set(IN_JANUARY), answer


@pytest.mark.parametrize("topic", ASKED)
def test_a_platform_is_kept_to_or_not_known(topic: Topic, shop: Engine) -> None:
    text = f"{ASKED[topic].format('spring-sale')} on TikTok?"
    form, answer, below = said(shop, text)
    assert shop.ask(text).question.platforms == ("TikTok",)
    if form == "answer":
        assert TAKES[topic].platforms, answer
        beside = {"spring-sale"} if topic == "similar" else set()
        assert names_in(answer + below) <= {*ON_TIKTOK, *beside}, answer


@pytest.mark.parametrize("topic", ASKED)
def test_an_audience_is_kept_to_or_not_known(topic: Topic, shop: Engine) -> None:
    """It is called by everyday words, so nothing but its name tells that it is one."""
    for name, signal in (("High Value", "high-value"), ("students", "students")):
        form, answer, _ = said(shop, f"{ASKED[topic].format('winter-deal')} for {name}?")
        assert form == "unknown" or (TAKES[topic].inside and signal in answer), answer


@pytest.mark.parametrize("topic", ASKED)
def test_two_campaigns_are_both_kept_to_or_not_known(topic: Topic, shop: Engine) -> None:
    both = " and ".join(TWO)
    text = ASKED[topic].format(both) if "{}" in ASKED[topic] else f"{ASKED[topic]} on {both}"
    form, answer, below = said(shop, f"{text}?")
    if form == "answer" and topic != "approvers":
        assert names_in(answer + below) <= set(TWO), answer
        if topic in OF_ONE:
            assert names_in(answer) == set(TWO), answer


def test_figures_are_those_that_were_named_or_not_known(shop: Engine) -> None:
    for text in (
        "Which campaign is best by CTR?",
        "What changed in revenue?",
        "Which audience has the best CTR?",
    ):
        assert shop.ask(text).form != "answer", text


def test_days_with_words_about_them_are_other_days() -> None:
    known = known_campaigns([ran("spring-sale")])
    for days in (
        "before March",
        "after February",
        "at the end of March",
        "in the first week of March",
        "in April and May",
        "between 2 and 29 March",
        "last March",
        "in February or March",
        "in the last two weeks",
        "in March last year",
        "not in March",
    ):
        found = read(f"What was decided {days}?", known, today=TODAY)
        assert found.topic != "decided" or (found.span and found.span.first is None), days
    since = read("What was decided since March?", known, today=TODAY).span
    assert since is not None
    assert (since.first, since.last) == (date(2026, 3, 1), TODAY)


def test_a_sum_of_days_is_known_where_no_window_reaches_beyond(shop: Engine) -> None:
    assert said(shop, "How much did we spend in February?")[1] == "32,800 EUR in 2 campaigns, February."
    assert said(shop, "How much did we spend on TikTok?")[1] == "25,600 EUR in 1 campaign on TikTok."
    form, answer, _ = said(shop, "How much did we spend last week?")
    assert form == "unknown"
    assert "reach beyond" in answer


def test_campaigns_are_listed_by_platform(shop: Engine) -> None:
    for text in ("List all campaigns on Google", "Which campaigns are on Google?"):
        assert said(shop, text)[1] == "2 campaigns: kids-club, easter-push."


def test_windows_that_reach_beyond_the_days_are_said_beside_the_best(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    opened = open_store(tmp_path_factory.mktemp("wide") / "marko.db", HandClock())
    engine = engine_on(opened)
    for each in (*trapped_campaigns(), told_late("brand-lift", ratio=0.5, window_start=date(2026, 1, 20))):
        engine._analyze(each, asked_by=None)
    form, answer, below = said(engine, "Which campaigns beat their forecast in March?")
    opened.close()
    assert form == "answer"
    assert names_in(answer) == {"spring-sale", "kids-club"}
    assert "Not told: the windows of brand-lift (20 Jan–29 Mar) reach beyond these days." in below.replace(
        "\u00a0", " "
    )


def told_late(name: str, *, ratio: float, **parts: object) -> CampaignPerformanceInput:
    return ran(
        name, ratio=ratio, conversions=300, currency="EUR", window_end=date(2026, 3, 29), **parts
    ).campaign


def test_one_id_on_two_platforms_is_two_campaigns(tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = open_store(tmp_path_factory.mktemp("two") / "marko.db", HandClock())
    engine = engine_on(opened)
    parts = {"conversions": 400, "currency": "EUR"}
    engine._analyze(ran("spring-sale", ratio=0.6, **parts).campaign, asked_by=None)
    other = ran("spring-sale", ratio=1.7, platform="TikTok", name="autumn-push", **parts)
    engine._analyze(other.campaign, asked_by=None)
    engine._analyze(ran("kids", ratio=0.7, **parts).campaign, asked_by=None)
    thrifty = engine.ask("does it waste money?", about="meta/default/spring-sale")
    wasteful = engine.ask("does it waste money?", about="tiktok/default/spring-sale")
    opened.close()
    assert told(thrifty.answer, WORDS.style) == "I see no money wasted on spring-sale."
    assert told(wasteful.answer, WORDS.style).startswith("autumn-push: ")


def test_what_was_learned_is_chosen_before_it_is_cut_and_the_worst_is_not_the_best(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    opened = open_store(tmp_path_factory.mktemp("learned") / "marko.db", HandClock())
    engine = engine_on(opened)
    for number in range(4):
        parts = {"conversions": 4_000, "creative_types": ("image",)}
        students = ran(f"s{number}", ratio=0.5 + number / 1_000, audiences=("students",), **parts)
        rest = ran(f"r{number}", ratio=1 + number / 1_000, audiences=(f"rest-{number}",), **parts)
        slow = ran(
            f"l{number}", ratio=1.4 + number / 10, platform="LinkedIn", audiences=(f"q-{number}",), **parts
        )
        for each in (students, rest, slow):
            engine._analyze(each.campaign, asked_by=None)
    surest = engine.learned_about(most=1).found[0].effect.dimension
    platforms = engine.learned_about(most=1, among=lambda effect: effect.dimension == "platform").found
    best, worst = engine.ask("Which platform works best?"), engine.ask("Which platform works worst?")
    named = engine.ask("Does LinkedIn outperform Meta?")
    opened.close()
    assert surest == "audience"
    assert [each.effect.dimension for each in platforms] == ["platform"]
    assert "LinkedIn" not in best.answer
    assert "LinkedIn" in worst.answer
    assert "students" not in named.answer


def test_figures_that_came_in_while_it_was_answered_are_in_the_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    clock = HandClock()
    opened = open_store(tmp_path_factory.mktemp("late") / "marko.db", clock)
    parts = {"conversions": 400, "window_start": date(2026, 3, 1), "window_end": date(2026, 3, 29)}
    corrected = ran("spring-sale", ratio=1.4, timestamp=datetime(2026, 3, 30, 8, tzinfo=UTC), **parts)
    engine = CorrectedMeanwhile(
        opened.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,)
    )
    engine._analyze(ran("spring-sale", ratio=0.6, **parts).campaign, asked_by=None)
    engine.late = [corrected.campaign]
    reply = engine.answer_question("How did spring-sale do?", channel="C0", ts="1.0", thread="1.0", by="U0A")
    truth = engine.ask("How did spring-sale do?")
    opened.close()
    assert reply.answered.answer == truth.answer
    assert "Missed the forecast" in reply.answered.answer


class CorrectedMeanwhile(Engine):
    """Somebody hands in a correction after the answer was read and before it is kept."""

    late: list[CampaignPerformanceInput]

    def ask(self, text: str, *, about: str | None = None):  # type: ignore[no-untyped-def]
        answered = super().ask(text, about=about)
        while self.late:
            self._analyze(self.late.pop(), asked_by=None)
        return answered


def test_a_correction_is_of_the_teams_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    """At half past five in Los Angeles it is tomorrow in UTC, and a window looks a day older there."""
    clock = HandClock()
    clock.moment = datetime(2026, 3, 31, 0, 30, tzinfo=UTC)
    opened = open_store(tmp_path_factory.mktemp("west") / "marko.db", clock)
    engine = engine_on(opened, ZoneInfo("America/Los_Angeles"), clock)
    parts = {"conversions": 400, "window_start": date(2026, 3, 1), "window_end": date(2026, 3, 16)}
    engine._analyze(ran("spring-sale", ratio=0.6, **parts).campaign, asked_by=None)
    engine.answer_question("How did spring-sale do?", channel="C0", ts="1.0", thread="1.0", by="U0A")
    later = ran("spring-sale", ratio=0.62, timestamp=datetime(2026, 3, 30, 12, tzinfo=UTC), **parts)
    engine._analyze(later.campaign, asked_by=None)
    reply = engine.reply("reply:C0:1.0")
    anew = engine.ask("How did spring-sale do?")
    opened.close()
    assert reply is not None
    assert reply.corrected_at is not None
    assert reply.answered.caveats == anew.caveats


def test_a_text_of_strange_words_looks_for_no_misspelt_names() -> None:
    known = known_campaigns([ran(f"spring-sale-{number}") for number in range(3)])
    found = read(f"explain {' '.join(f'sprng{letter}' for letter in 'abcdefgh')}", known, today=TODAY)
    assert found.topic == "unknown"
    assert found.campaigns == ()
