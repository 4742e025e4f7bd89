"""Questions in everyday words: what is understood, what is answered, and that nothing is guessed."""

import json
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from engine_values import FORMATS, MADRID, RULES, WORDS
from factories import APPROVER, HandClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questions_asked import AGAIN, BLIND, MORE, REFUSED, Case
from strategies import campaigns

from bot.sandbox.samples import sample_history
from engine.asking.mentions import Known, find_names, known_campaigns
from engine.asking.reading import read
from engine.asking.span import take_span
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.campaign import CampaignPerformanceInput
from engine.models.question import OF_ONE, Question
from engine.models.recommendation import Recommendation
from engine.models.reply import Answered
from engine.models.retrospective import Retrospective
from engine.narrate import sentences
from engine.narrate.kept_text import told
from store import open_store

TODAY = HandClock().now().date()
KPIS = ("ctr", "cvr", "cpa", "roas", "cpc", "cpm")
WORDS_ASKED = (
    "how did spring-sale new-parents do why cpa roas is it the what waits approve raise budget compare"
    " with learned about students yesterday last week in march best campaign ? ! , . <@U0MARKO> `x`"
    " \x02n 50% not"
)
words_of_questions = st.sampled_from(re.split(" ", WORDS_ASKED))
anything = st.text(max_size=80) | st.lists(words_of_questions, max_size=12).map(" ".join)

QUESTIONS_ABOUT_IT = (
    "how did {} do?",
    "CPA, ROAS, CTR, CVR, CPC and CPM of {}?",
    "spend, revenue and order value of {}",
    "why did {} do that?",
    "what should we do with {}?",
    "how sure is {}?",
    "what do you expect of {}?",
    "where is {} from?",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The sandbox's made-up shop, handed in today."""
    clock = HandClock()
    store = open_store(tmp_path_factory.mktemp("shop") / "marko.db", clock)
    made = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    made.submit(sample_history(clock.now(), MADRID), source=None, asked_by=None)
    yield made
    store.close()


@pytest.fixture(scope="module")
def known(shop: Engine) -> tuple[Known, ...]:
    with shop._memory.reading() as reading:
        return known_campaigns(reading.retrospectives())


def understood(case: Case, known: tuple[Known, ...]) -> Question:
    found = read(case.text, known, today=TODAY)
    assert found.topic == case.topic, found
    named = {key.rsplit("/", 1)[-1] for key in found.campaigns}
    if case.topic in OF_ONE or case.campaigns:
        assert named == set(case.campaigns), found
    for each in case.detail:
        assert each in (*found.figures, *found.about.split()) or each in found.about, found
    return found


def plain(text: str) -> str:
    return told(text, WORDS.style).replace("\u00a0", " ")


@pytest.mark.parametrize("case", [*BLIND, *MORE, *AGAIN], ids=lambda case: case.text)
def test_what_people_ask_is_understood(case: Case, known: tuple[Known, ...]) -> None:
    understood(case, known)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.text)
def test_what_nobody_stored_is_not_answered_and_words_decide_nothing(
    case: Case, known: tuple[Known, ...], shop: Engine
) -> None:
    understood(case, known)
    found = shop.ask(case.text)
    assert found.form == ("unknown" if case.topic == "unknown" else "talk")
    assert found.how == ""


@pytest.mark.parametrize("case", [*BLIND, *MORE, *AGAIN], ids=lambda case: case.text)
def test_an_answer_says_how_it_is_known(case: Case, shop: Engine) -> None:
    found = shop.ask(case.text)
    if found.form == "answer":
        assert found.how
        assert found.question.topic == case.topic
    else:
        assert found.question.topic in {"unknown", "which", "order", "help", "greeting", "thanks", "learned"}


def test_a_verdict_comes_first_with_its_sums_window_and_origin(shop: Engine) -> None:
    found = shop.ask("how did spring sale do?")
    assert (
        plain(found.answer) == "spring-sale: Beat the forecast. CPA 31.00 EUR instead of 41.00 (−24 %, real)."
    )
    assert plain(found.how).startswith(
        "CPA = spend / conversions = 12,090.00 EUR / 390 conversions (2–29 Mar, "
    )
    assert "handed in 30 Mar" in plain(found.how)


def test_noise_gets_no_direction_word_and_too_early_is_said(shop: Engine) -> None:
    noise = plain(shop.ask("what is the CVR of spring-sale?").answer)
    assert noise == "spring-sale: CVR 3.17 % instead of 3.00 % (+5.7 %), within noise."
    assert not re.search(r"better|worse", noise)
    early = plain(shop.ask("cpa of city-break").answer)
    assert early.startswith("city-break: CPA 46.43 EUR after 14 conversions; too early to say more.")


def test_why_a_rate_moved_is_not_known_from_totals(shop: Engine) -> None:
    found = shop.ask("why did the CTR of new-parents drop?")
    assert found.form == "unknown"
    assert "would say why" in plain(found.answer)
    assert "CTR 1.60 % instead of 2.00 % (−20 %, real, worse)." in plain(found.answer)


def test_days_without_a_window_of_their_own_are_not_known(shop: Engine) -> None:
    for days in ("yesterday", "last week", "in February", "on 12 March", "in 2024", "on monday"):
        found = shop.ask(f"how did spring-sale do {days}?")
        assert found.form == "unknown", days
        assert "only totals of 2–29 Mar" in plain(found.answer), days
    assert shop.ask("how did spring-sale do in March?").form == "answer"


def test_an_older_window_is_found_by_its_days(submit: Any, engine: Engine) -> None:
    dates = {
        "window_start": "2026-02-02",
        "window_end": "2026-02-28",
        "timestamp": "2026-03-01T08:00:00+00:00",
    }
    submit(**dates, actual_metrics={"impressions": 90_000, "clicks": 900, "conversions": 77, "spend": 4_000})
    submit(window_start="2026-03-02", window_end="2026-03-29")
    assert "200 conversions" in plain(engine.ask("how many conversions did spring-sale get?").answer)
    february = engine.ask("how many conversions did spring-sale get in February?")
    assert "77 conversions" in plain(february.answer)


def test_it_means_the_campaign_of_the_thread_and_a_name_beats_it(shop: Engine) -> None:
    about = "meta/default/new-parents"
    assert shop.ask("why?", about=about).about == about
    assert shop.ask("and the ROAS?", about=about).about == about
    assert shop.ask("is it waiting for anyone?", about=about).question.campaigns == (about,)
    assert shop.ask("how did city-break do?", about=about).about == "tiktok/default/city-break"
    assert shop.ask("how did summer sale do?", about=about).form == "unknown"
    assert "by device for new-parents" in plain(shop.ask("and on mobile?", about=about).answer)
    assert shop.ask("what waits?", about=about).question.campaigns == ()
    assert shop.ask("how did it do?", about="meta/default/gone").question.topic == "which"


def test_two_campaigns_of_one_name_are_asked_about(shop: Engine) -> None:
    both = [_told("spring-sale", "Meta"), _told("spring-sale", "Google"), _told("spring-break", "Meta")]
    known = known_campaigns(both)
    assert read("how did spring-sale do?", known, today=TODAY).topic == "which"
    named = read("how did spring-sale on google do?", known, today=TODAY)
    assert named.campaigns == ("google/default/spring-sale",)
    part = read("how did spring do?", known, today=TODAY)
    assert part.topic == "which"
    assert len(part.candidates) == 3


def test_another_years_campaign_is_no_slip() -> None:
    known = known_campaigns([_told("spring-sale-2025", "Meta")])
    assert read("how did spring-sale-2026 do?", known, today=TODAY).topic == "unknown"
    assert read("how did sprng-sale-2025 do?", known, today=TODAY).topic == "verdict"


def test_a_number_at_the_beginning_of_a_name_is_enough_where_no_other_begins_so() -> None:
    names = ("cmp_007_meta_bootcamp", "cmp_008_first", "cmp_008_second", "2026-sale")
    known = known_campaigns([_told(each, "Meta") for each in names])
    assert read("how did cmp 007 do?", known, today=TODAY).campaigns == (
        "meta/default/cmp_007_meta_bootcamp",
    )
    assert read("how did cmp_008 do?", known, today=TODAY).campaigns == ()
    assert find_names("what happened in 2026?", known).keys == ()


def test_a_campaign_called_like_an_everyday_word_is_not_found_in_every_question() -> None:
    known = known_campaigns([_told("sales", "Meta"), _told("spring-sale", "Meta")])
    assert read("how many sales did spring-sale get?", known, today=TODAY).campaigns == (
        "meta/default/spring-sale",
    )
    assert read("how did the sales campaign do?", known, today=TODAY).campaigns == ("meta/default/sales",)


def test_a_name_that_reads_like_an_order_is_data(shop: Engine) -> None:
    known = known_campaigns([_told("approve everything now", "Meta")])
    found = read("how did approve everything now do?", known, today=TODAY)
    assert (found.topic, found.campaigns) == ("verdict", ("meta/default/approve everything now",))


def test_what_waits_and_what_was_decided_follow_the_buttons(
    submit: Any, engine: Engine, approver: Person
) -> None:
    answer = submit()
    assert "Nothing waits" in plain(engine.ask("what waits?").answer)  # nobody has seen its card
    assert "Nobody decided anything" in plain(engine.ask("what was decided?").answer)
    engine.decide(answer.recommendation.id, "approve", by=approver)
    said = plain(engine.ask("who approved spring-sale?").answer)
    assert said.startswith("spring-sale: U0APPROVER approved: Raise the ")
    assert "30 Mar" in said
    assert "Nobody decided anything in february" not in said.casefold()
    assert "Nobody decided anything" in plain(engine.ask("what did we decide in February?").answer)


def test_a_question_is_answered_once_whoever_delivers_it_again(submit: Any, engine: Engine) -> None:
    submit()
    first = engine.answer_question("how did spring-sale do?", channel="C0", ts="1.0", thread="1.0", by="U0A")
    second = engine.answer_question("something else", channel="C0", ts="1.0", thread="1.0", by="U0A")
    assert first == second == engine.reply("reply:C0:1.0")
    engine.answer_question("and the ROAS?", channel="C0", ts="2.0", thread="1.0", by="U0A")
    follow = engine.reply("reply:C0:2.0")
    assert follow is not None
    assert follow.about == first.about


def test_corrected_figures_change_the_reply_that_rests_on_them_and_no_other(
    submit: Any, engine: Engine
) -> None:
    submit()
    for ts, text in (("1.0", "how many conversions did spring-sale get?"), ("2.0", "spring-sale spend?")):
        engine.answer_question(text, channel="C0", ts=ts, thread=ts, by="U0A")
    more = {"impressions": 100_000, "clicks": 4_000, "conversions": 222, "spend": 4_000, "revenue": 9_000}
    submit(actual_metrics=more)
    changed, same = engine.reply("reply:C0:1.0"), engine.reply("reply:C0:2.0")
    assert changed is not None
    assert same is not None
    assert "222 conversions" in plain(changed.answered.answer)
    assert changed.corrected_at is not None
    assert same.corrected_at is None


def test_an_empty_memory_answers_every_question(engine: Engine) -> None:
    for case in (*BLIND, *MORE, *AGAIN, *REFUSED):
        found = engine.ask(case.text)
        assert found.answer, case.text
        assert found.form != "answer" or case.topic == "approvers", case.text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("yesterday", "2026-03-29", "2026-03-29"),
        ("last week", "2026-03-23", "2026-03-29"),
        ("this week", "2026-03-30", "2026-03-30"),
        ("in March", "2026-03-01", "2026-03-31"),
        ("in december", "2025-12-01", "2025-12-31"),
        ("12 march", "2026-03-12", "2026-03-12"),
        ("march 12th 2025", "2025-03-12", "2025-03-12"),
        ("2026-03-12", "2026-03-12", "2026-03-12"),
        ("last 30 days", "2026-02-28", "2026-03-30"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("in 2025", "2025-01-01", "2025-12-31"),
        ("31 february", None, None),
        ("2026-02-31", None, None),
        ("q1", None, None),
    ],
)
def test_days_are_read(text: str, first: str | None, last: str | None) -> None:
    span, rest = take_span(f"x {text.lower()} y", TODAY)
    assert span is not None
    assert (span.first and str(span.first), span.last and str(span.last)) == (first, last)
    assert rest == "x y"


@given(anything, st.none() | st.just("meta/default/new-parents"))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_has_an_answer_and_every_number_in_it_stands_in_the_evidence(
    shop: Engine, text: str, about: str | None
) -> None:
    found = shop.ask(text, about=about)
    assert found.answer
    if found.question.topic == "study":
        return  # its figures are found out, not kept: each kind has tests of its own
    said = plain("\n".join([found.answer, found.how, *found.caveats]))
    for number in _numbers(_without_names(said, found)):
        assert number in _evidence(shop), (text, number, said)


@given(campaigns(), st.sampled_from(QUESTIONS_ABOUT_IT))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_campaign_can_be_asked_about(
    tmp_path_factory: pytest.TempPathFactory, campaign: CampaignPerformanceInput, text: str
) -> None:
    clock = HandClock()
    store = open_store(tmp_path_factory.mktemp("any") / "marko.db", clock)
    try:
        engine = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
        key = engine._analyze(campaign, asked_by=None).recommendation.campaign_key
        assert engine.ask(text.format("it"), about=key).about == key
        assert engine.ask(text.format(campaign.name or campaign.campaign_id)).answer
    finally:
        store.close()


def _without_names(said: str, found: Answered) -> str:
    """Names are data, and may hold numbers; so may what was typed."""
    names = re.findall("\x02[nc]([^\x03]*)\x03", "".join((found.answer, found.how, *found.caveats)))
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name.replace("\u00a0", " "), " ")
    return said


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,.]*\d|\d", text))


_SEEN: dict[int, set[str]] = {}


def _evidence(shop: Engine) -> set[str]:
    """Every number that the records, and the sentences that stand on cards, hold."""
    if id(shop) not in _SEEN:
        texts = [str(number) for number in range(31)]  # counts of lines, and days
        with shop._memory.reading() as reading:
            for each in reading.recommendations():
                texts += _texts(each)
            texts += [json.dumps(each.model_dump(mode="json")) for each in shop.weights().signals]
        texts += [sentences.learned(each.effect, WORDS) for each in shop.learnings()]
        texts += [_rounded(each.weight) for each in shop.weights().signals]
        texts += [
            plain(shop.ask(each).answer)
            for each in ("any patterns?", "what moved this week?", "how much did we spend?")
        ]
        texts += ["1.00 0.25 0.5 5 7 90 % 95 % 80 % 99 % 1,000 18-25 25-40 2025 2026 11:00 07:40"]
        _SEEN[id(shop)] = {number for text in texts for number in _numbers(text.replace("\u00a0", " "))}
    return _SEEN[id(shop)]


def _rounded(value: float) -> str:
    return FORMATS.number(value, 2)


def _texts(each: Recommendation) -> list[str]:
    analysis, f = each.analysis, FORMATS
    campaign = analysis.retrospective.campaign
    texts = [sentences.verdict(analysis, WORDS), sentences.why(analysis, WORDS) or ""]
    texts += [sentences.action(analysis.proposal.action, WORDS)]
    for name in analysis.comparison.metrics:
        texts += sentences.field(name, analysis, WORDS)
    proposal = analysis.proposal
    texts += [sentences.worst_case(proposal.worst_case, WORDS)] if proposal.worst_case else []
    texts += (
        [sentences.expected(proposal.expectation, campaign.currency, WORDS)] if proposal.expectation else []
    )
    for metrics in (campaign.expected_metrics, campaign.actual_metrics):
        for value in metrics.model_dump().values():
            texts += [f.number(value), f.money(value, None), str(value)] if value is not None else []
        texts += [_ratios(metrics)]
    lead = analysis.comparison.lead
    if lead.interval:
        texts += [f.money(end, None) for end in (lead.interval.low, lead.interval.high) if end is not None]
    texts += [f.percent((lead.certainty or 0) * 100), f.change(lead.delta_pct or 0)]
    texts += [
        f.days(campaign.window_start, analysis.retrospective.last_day),
        str((TODAY - analysis.retrospective.last_day).days),
    ]
    return texts


def _ratios(metrics: Any) -> str:
    spend, f = float(metrics.spend), FORMATS
    found = []
    if metrics.clicks:
        found.append(f.money(spend / metrics.clicks, None))
    if metrics.impressions:
        found.append(f.money(spend * 1000 / metrics.impressions, None))
    if metrics.conversions and metrics.revenue is not None:
        found.append(f.money(float(metrics.revenue) / float(metrics.conversions), None))
    return " ".join(found)


def _told(name: str, platform: str) -> Retrospective:
    clock = HandClock()
    first = json.loads(sample_history(clock.now(), ZoneInfo("Europe/Madrid")))[0]
    campaign = CampaignPerformanceInput.model_validate_json(
        json.dumps({**first, "campaign_id": name, "platform": platform})
    )
    return Retrospective(campaign=campaign, revision=1, received_at=clock.now())
