"""Replies fit Slack's limits and our own, and no name that is asked about or answered with can act."""

import json
from typing import Any

import pytest
from drawn import HOSTILE, VOICE
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, MONDAY, HandClock
from questions_asked import AGAIN, BLIND, MORE, REFUSED
from test_blocks_fit import LINK, LONG, assert_fits
from test_blocks_inert import assert_inert

from bot.blocks.reply import reply
from bot.listeners.events.question import words_of, worth_mention, worth_message
from bot.sandbox.samples import sample_history
from engine.engine import Engine
from engine.models.reply import Answered, Reply
from engine.models.visible import is_visible
from engine.models.vote import Tally
from store import open_store

EVENT = {"user": "U0MEMBER", "channel": "D0MEMBER", "channel_type": "im", "ts": "1.0", "text": "x"}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One shop whose every name is a text, for each text that is asked for."""
    opened, made = [], dict[str, Engine]()

    def shop(text: str) -> Engine:
        if text not in made:
            clock = HandClock()
            store = open_store(tmp_path_factory.mktemp("named") / "marko.db", clock)
            opened.append(store)
            made[text] = Engine(
                store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,)
            )
            made[text].submit(_named(text, clock), source=None, asked_by=None)
        return made[text]

    yield shop
    for store in opened:
        store.close()


def drawn(answered: Answered, *, corrected: bool = False) -> Any:
    kept = Reply(
        id="reply:C0GROWTH:1.0",
        channel="C0GROWTH",
        thread="1.0",
        asked_by=APPROVER,
        asked_at=MONDAY,
        answered=answered,
        corrected_at=MONDAY if corrected else None,
    )
    again = Reply.model_validate_json(kept.model_dump_json())
    assert again == kept
    return reply(again, VOICE, Tally(10**9, 10**9), LINK)


@pytest.mark.parametrize("text", [*filter(is_visible, HOSTILE), *LONG], ids=ascii)
def test_whatever_campaigns_are_called_replies_fit_and_no_name_acts(text: str, shops: Any) -> None:
    engine = shops(text)
    key = next(iter(engine._portfolio.read(_reading(engine))[1].values())).retrospective.campaign_key
    asked = [
        "how did it do?",
        "why?",
        "what should we do?",
        "what is it made of? which audiences?",
        "approve it",
    ]
    asked += ["how sure are you?", "what do you expect?", "where is it from?", "what is similar to it?"]
    asked += [
        "what did we learn?",
        "any patterns?",
        "what are the weights?",
        "which campaigns?",
        "what's new?",
    ]
    asked += [
        "which campaigns are best?",
        "which are worst?",
        "where do we waste money?",
        "what can I ask?",
        text,
    ]
    for each in asked:
        message = drawn(engine.ask(each, about=key), corrected=True)
        assert_fits(message, most_blocks=50)
        assert_inert(message)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_was_typed_is_repeated_without_its_effect(text: str, shops: Any) -> None:
    engine = shops("spring-sale")
    for each in (text, f"how did {text} do?", f"what did we learn about {text}?", f"approve {text}"):
        message = drawn(engine.ask(each))
        assert_fits(message, most_blocks=50)
        assert_inert(message)


@pytest.mark.parametrize("case", [*BLIND, *MORE, *AGAIN, *REFUSED], ids=lambda case: case.text)
def test_every_answer_fits_one_message_and_its_notice_is_its_first_sentence(case: Any, shops: Any) -> None:
    answered = shops("").ask(case.text)
    message = drawn(answered)
    assert_fits(message, most_blocks=12)
    assert_inert(message)
    assert message.text.startswith("I don't know. ") is (answered.form == "unknown")
    assert not set("*`\x02\x03") & set(message.text)


def test_an_answer_says_how_it_is_known_and_an_unknown_one_does_not(shops: Any) -> None:
    known = json.dumps(drawn(shops("").ask("how did spring-sale do?")).blocks)
    assert "*Answer.*" in known
    assert "*How I know.*" in known
    unknown = json.dumps(drawn(shops("").ask("how did summer-sale do?")).blocks)
    assert "*I don't know.*" in unknown
    assert "How I know" not in unknown
    assert "Right" in unknown
    assert "Right" not in json.dumps(drawn(shops("").ask("thanks")).blocks)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({}, "question:D0MEMBER:1.0"),
        ({"thread_ts": "0.5"}, "question:D0MEMBER:1.0"),
        ({"subtype": "thread_broadcast"}, "question:D0MEMBER:1.0"),
        ({"bot_id": "B0MARKO"}, None),
        ({"subtype": "message_changed"}, None),
        ({"subtype": "message_deleted"}, None),
        ({"subtype": "bot_message"}, None),
        ({"subtype": "assistant_app_thread"}, None),
        ({"hidden": True}, None),
        ({"files": [{"id": "F0"}], "subtype": "file_share"}, "question:D0MEMBER:1.0"),
        ({"files": [{"id": "F0"}], "subtype": "file_share", "text": ""}, None),
        ({"files": [{"id": "F0"}], "subtype": "file_share", "text": " <@U0MARKO> "}, None),
        ({"channel_type": "channel"}, None),
        ({"channel_type": "mpim"}, None),
        ({"user": None}, None),
    ],
)
def test_only_what_people_write_to_the_bot_is_a_question(changed: dict[str, Any], key: str | None) -> None:
    assert worth_message({**EVENT, **changed}) == key


def test_a_mention_has_the_key_of_its_message() -> None:
    assert worth_mention({**EVENT, "channel_type": "channel"}) == worth_message(EVENT)
    assert worth_mention({**EVENT, "bot_id": "B0OTHER"}) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0MARKO> how did spring-sale do?", "how did spring-sale do?"),
        ("hi <@U0MARKO|marko>, ROAS &gt; 2?", "hi , ROAS > 2?"),
        ("what of <https://shop.example/x|this page> in <#C0GROWTH|growth>", "what of this page in #growth"),
        ("<!channel> what did <@U0MEMBER> approve?", "what did another-person approve?"),
    ],
)
def test_slacks_marks_are_no_words(text: str, words: str) -> None:
    assert words_of(text, frozenset({"U0MARKO"})) == words


def _reading(engine: Engine) -> Any:
    with engine._memory.reading() as reading:
        return _Held(reading.generation(), reading.retrospectives())


class _Held:
    """A reading's answers, to be read after it was closed."""

    def __init__(self, generation: int, found: Any) -> None:
        self.generation = lambda: generation
        self.retrospectives = lambda: found


def _named(text: str, clock: HandClock) -> str:
    """The sandbox's shop with one text in every place where a file may bring text; "" leaves it as it is."""
    shop = json.loads(sample_history(clock.now(), MADRID))
    for number, each in enumerate(shop if text else ()):
        name = f"{text}"[: 200 - 3].strip() or "x"
        each |= {
            "campaign_id": f"{number} {name}",
            "name": name,
            "platform": name,
            "attribution_window": name,
        }
        each["audiences"] = [{"name": name, "attributes": {}}] if number % 2 else each["audiences"]
        each["creatives"] = [{"id": name, "type": name, "headline": text}]
    return json.dumps(shop)
