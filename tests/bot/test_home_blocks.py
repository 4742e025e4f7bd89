"""Home, the welcome and the lists: whatever the names and figures are, they fit and cannot act."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from drawn import HOSTILE, STATUSES, VOICE, live_tokens, named, recommended, texts, told_by
from engine_values import analysed
from factories import MONDAY, said_of, subscription, weights
from hypothesis import given
from hypothesis import strategies as st
from test_blocks_fit import LINK, LONG, assert_fits
from test_blocks_inert import assert_inert

from bot.blocks import lists, standing
from bot.blocks.help import commands
from bot.blocks.home import MODEL, NO_CAMPAIGN, NO_LEARNING, Found, at_risk, home
from bot.blocks.kit import Block, Message
from bot.blocks.limits import faults
from bot.blocks.search import search_view
from bot.blocks.welcome import welcome
from bot.finding import Finding
from bot.sandbox.strictness import view_faults
from engine.errors import UnknownSignal
from engine.listing import list_insights
from engine.models.listing import RecommendationPage
from engine.models.overview import SET_UP, Basis, Overview, Source
from engine.models.preference import Preference
from engine.models.recommendation import Analysis, Recommendation, Status

TODAY = date(2026, 3, 30)
BASIS = Basis(campaigns=3, last_day=TODAY)
TEXTS = ["spring-sale", *HOSTILE, *LONG]
APPROVER = "U0APPROVER"


def looked(**changed: Any) -> Overview:
    """An approver's overview where nothing is."""
    parts: dict[str, Any] = {"role": "approver", "may_set": True, "approvers": (APPROVER,), "done": SET_UP}
    return Overview(**parts | changed)


def several(analysis: Analysis, count: int, status: Any = "proposed") -> tuple[Recommendation, ...]:
    made = recommended(analysis, status)
    return tuple(made.model_copy(update={"id": f"rec_{status}_{place}"}) for place in range(count))


def full(text: str, **changed: Any) -> Overview:
    """An overview in which every part has more than it may show, with one text everywhere."""
    analysis = told_by(text)
    waiting, to_do = several(analysis, 12), several(analysis, 12, "approved")
    parts: dict[str, Any] = {
        "waiting": tuple(each.id for each in waiting),
        "own": (waiting[0].id,),
        "to_do": tuple(each.id for each in to_do),
        "shown": (*waiting[:5], *to_do[:5]),
        "at_risk": {"EUR": Decimal(10**12), "JPY": Decimal(1), "": Decimal(2)},
        "without_card": tuple(map(str, range(9))),
        "too_old": ("x",),
        "learned": (text,) * 12,
        "last_decision": MONDAY,
        "sources": tuple(Source(platform=f"{place} {text}"[:200], last_day=TODAY) for place in range(9)),
        "subscriptions": (subscription("C0GROWTH"),) * 9,
        "model": "resting",
        "vectors_fail": True,
    }
    return looked(**parts | changed)


def links(overview: Overview) -> dict[str, str]:
    return {each.id: LINK for each in overview.shown}


def every_home(text: str) -> Iterator[Block]:
    found = Found(text, [text] * 9, 12)
    for role in ("approver", "member", "guest"):
        for done in (SET_UP, (), ("campaign",)):
            overview = full(text, role=role, may_set=role == "approver", done=done)
            yield home(overview, VOICE, links(overview))
            yield home(overview, VOICE, {}, found)
            yield home(overview, VOICE, {}, found._replace(texts=[]))


def every_list(text: str) -> Iterator[Message]:
    analysis = told_by(text)
    every = [recommended(analysis, each).model_copy(update={"id": f"rec_{each}"}) for each in STATUSES]
    page = RecommendationPage(recommendations=tuple(every), total=12)
    weighed = weights()
    signals = [each.model_copy(update={"signal": f"audience:{text}"}) for each in weighed.signals]
    yield lists.insights(list_insights(said_of(each) for each in every[:1]), BASIS, VOICE)
    for link in ({each.id: LINK for each in every}, {}):
        yield lists.recommendations(page, link, BASIS, VOICE)
    yield lists.weights(weighed.model_copy(update={"signals": tuple(signals * 20)}), BASIS, VOICE)
    yield lists.why(signals[0], VOICE)
    yield lists.which_signal([text] * 3, UnknownSignal(text, [text] * 3), VOICE.marked)
    yield lists.which_signal([text] * 3, None, VOICE.marked)
    yield commands(text, ["help"])
    yield standing.doctor([Finding(text, "broken", text), Finding("x", "missing", text)], VOICE.marked)
    yield standing.doctor([Finding("memory", "ok", text)], VOICE.marked)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
def test_every_home_fits_and_no_name_on_it_can_act(text: str) -> None:
    for view in every_home(text):
        assert view_faults(view) == []
        assert_inert(Message("Home", view["blocks"]))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
def test_every_list_fits_and_no_name_in_it_can_act(text: str) -> None:
    for message in every_list(text):
        assert_fits(message)
        assert_inert(message)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(str.strip))
def test_no_name_on_home_can_act(text: str) -> None:
    analysis = analysed(named(text))
    two = several(analysis, 2)
    overview = looked(waiting=tuple(each.id for each in two), shown=two, learned=(text,))
    assert_inert(Message("Home", home(overview, VOICE, links(overview))["blocks"]))


@pytest.mark.parametrize("text", ["spring-sale", *LONG], ids=lambda text: ascii(text)[:20])
def test_the_fullest_home_keeps_our_own_limits(text: str) -> None:
    for view in every_home(text):
        assert faults(view["blocks"], most_blocks=100) == []


def test_sums_of_two_currencies_are_never_added_up() -> None:
    sums = {"EUR": Decimal(2700), "JPY": Decimal(90_000), "": Decimal(462)}
    assert at_risk(sums, VOICE.plain) == "2,700\u00a0EUR, 90,000\u00a0JPY and 462 in an unknown currency"
    blocks = home(looked(waiting=("rec_1",), at_risk=sums), VOICE, {})["blocks"]
    assert blocks[0]["text"]["text"].startswith("1 decision waits, worst case 2,700\u00a0EUR, 90,000")


def test_every_state_of_a_recommendation_has_its_words() -> None:
    assert set(lists.STATES) == set(get_args(Status))


def test_home_has_no_table_and_no_picture() -> None:
    kinds = {block["type"] for view in every_home("spring-sale") for block in view["blocks"]}
    assert kinds == {"header", "section", "context", "actions"}


def test_nobody_but_those_who_may_set_gets_the_settings() -> None:
    labels = {
        role: [text for _, text in texts(home(full("x", role=role, may_set=may), VOICE, {})["blocks"])]
        for role, may in (("approver", True), ("member", False))
    }
    assert "Settings…" in labels["approver"]
    assert "Settings…" not in labels["member"]


def test_a_home_without_anything_says_so_plainly() -> None:
    blocks = str(home(looked(), VOICE, {})["blocks"])
    assert "Nothing waits for you" in blocks
    assert NO_LEARNING in blocks
    assert NO_CAMPAIGN in str(home(looked(done=("approver",)), VOICE, {})["blocks"])


@pytest.mark.parametrize("state", MODEL)
def test_the_state_of_the_model_is_told_in_plain_words(state: Any) -> None:
    assert MODEL[state] in str(home(looked(model=state), VOICE, {})["blocks"])


def test_the_welcome_pings_nobody_and_fits() -> None:
    for count in (0, 1, 2):
        message = welcome(count)
        assert_fits(message)
        assert live_tokens(str(message.blocks)) == ""


def test_settings_are_told_with_where_they_come_from() -> None:
    told = [
        Preference(name="approvers", value=(), source="default"),
        Preference(name="change_limit", value=0.1, source="slack", by=APPROVER, at=MONDAY),
        Preference(name="time_zone", value="Europe/Madrid", source="environment"),
    ]
    for may in (True, False):
        message = standing.settings(told, [subscription("C0GROWTH")], VOICE, may_change=may)
        assert_fits(message)
        assert_inert(message)
    text = "\n".join(each for _, each in texts(message.blocks))
    assert "nobody yet, so nobody can approve" in text
    assert "10\u00a0% at most (set by <@U0APPROVER>" in text
    assert "Time zone: Europe/Madrid (as installed)" in text


def test_the_search_is_a_dialog_that_slack_takes() -> None:
    assert view_faults(search_view()) == []
