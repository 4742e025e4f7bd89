"""What is drawn of learnings fits into Slack's limits and ours, and nothing typed or named acts."""

from datetime import timedelta
from typing import Any

import factories
import pytest
from drawn import HOSTILE, OWN_TOKENS, VOICE, recommended
from engine_values import SPRING_SALE, analysed
from factories import APPROVER, MONDAY

from bot.blocks.digest import draw_digest
from bot.blocks.kit import Message
from bot.blocks.learnings import (
    Doubted,
    Reader,
    doubt_kept,
    doubt_taken_back,
    doubt_view,
    evidence_of,
    learnings,
    retraction,
)
from bot.blocks.limits import faults
from bot.sandbox.strictness import message_faults, view_faults
from engine.models.comparison import Interval
from engine.models.learning import Grounds, Learning, Learnings, Mistake, Witness
from engine.models.pattern_life import Objection, PatternLife, Retraction, Sighting, key_of

ABOUT = Doubted("key", "C0GROWTH", "https://example.com/respond")


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) and value.get("type") == "mrkdwn" else []
        return own + [text for each in value.values() for text in texts(each)]
    return [text for each in value for text in texts(each)] if isinstance(value, list) else []


def mistake(name: str) -> Mistake:
    said = factories.level_effect(name=name, lift_pct=-18.4)
    wrong = Retraction(
        said=said,
        was="validated",
        lift_pct=-2.0,
        interval=Interval(low=-9.0, high=6.0, level=0.8),
        campaigns=9,
        last_day=said.last_tested,
        at=MONDAY,
    )
    return Mistake(key=key_of(said.kind, said.signal), name=name, said=said, retraction=wrong)


def learning(name: str, note: str = "ours are teachers", *, status: Any = "validated") -> Learning:
    effect = factories.level_effect(name=name, status=status)
    sighting = Sighting(first_day=None, last_day=effect.last_tested, effect=effect, found_at=MONDAY)
    life = PatternLife(
        key=key_of(effect.kind, effect.signal),
        kind=effect.kind,
        signal=effect.signal,
        name=name,
        dimension=effect.dimension,
        status="validated" if status == "decaying" else status,
        claim=effect,
        sightings=(sighting, sighting),
        first_claimed_at=MONDAY,
        retraction=mistake(name).retraction if status == "retracted" else None,
        objections=tuple(
            Objection(by=f"U0PERSON{number}", at=MONDAY + timedelta(hours=number), note=note)
            for number in range(5)
        ),
    )
    return Learning(
        key=life.key,
        signal=effect.signal,
        text="",
        score=1.0,
        why=(),
        effect=effect,
        life=life,
        used_in=3,
        approved_by=(APPROVER,),
        found_in=(name, name),
        undated=2,
    )


def grounds(name: str) -> Grounds:
    witness = Witness(
        campaign_id="spring-sale",
        name=name,
        period=1,
        first_day=None,
        last_day=MONDAY.date(),
        expected_cpa=1e11,
        actual_cpa=1e11,
        delta_pct=1e5,
        conversions=1e12,
        currency="KWD",
    )
    later = witness.model_copy(update={"period": None})
    return Grounds(learning=learning(name), witnesses=(witness, *(later,) * 99))


def every(name: str) -> list[Message]:
    known = [learning(name, name * 20, status=each) for each in ("validated", "decaying", "candidate")]
    known += [learning(name, name * 20, status="retracted")] * 2
    page = Learnings(asked=name, found=tuple(known), total=14)
    nothing = Learnings(asked=name, found=(), total=3, nearest=(name, name))
    return [
        learnings(page, VOICE, Reader("U0PERSON1", is_approver=False)),
        learnings(page, VOICE, Reader("U0OTHER", is_approver=True)),
        learnings(nothing, VOICE, Reader("U0OTHER", is_approver=False)),
        learnings(nothing.model_copy(update={"total": 0}), VOICE, Reader("U0OTHER", is_approver=False)),
        evidence_of(grounds(name), VOICE),
        doubt_kept(known[0], VOICE.marked, by_approver=True),
        doubt_kept(known[0], VOICE.marked, by_approver=False),
        doubt_taken_back(known[0], VOICE.marked),
        retraction(mistake(name), VOICE),
    ]


@pytest.mark.parametrize("name", [*HOSTILE, "m" * 200], ids=lambda text: ascii(text)[:20])
def test_no_name_and_no_note_acts_and_everything_fits(name: str) -> None:
    for message in every(name):
        assert message_faults(message.blocks) == []
        assert faults(message.blocks) == []
        for text in [message.text, *texts(message.blocks)]:
            left = OWN_TOKENS.sub("", text)
            for own in range(5):
                left = left.replace(f"<@U0PERSON{own}>", "")
            assert "<" not in left, text
    view = doubt_view(learning(name), ABOUT, VOICE.marked, by_approver=name == HOSTILE[0])
    assert view_faults(view) == []


def test_what_was_wrong_is_said_word_for_word() -> None:
    (block,) = retraction(mistake("Students 18-25"), VOICE).blocks
    assert block["text"]["text"].replace("\u00a0", " ") == (
        "We were wrong: “`Students 18-25` has a lower CPA than the rest”. Said −18 % in 5 campaigns, "
        "now −2.0 % (80 % range −9 % to +6 %) in 9. Retracted."
    )


def test_a_candidate_says_how_many_campaigns_cannot_test_it_for_want_of_a_first_day() -> None:
    page = Learnings(asked="", found=(learning("students", status="candidate"),), total=1)
    drawn = learnings(page, VOICE, Reader("U0MEMBER", is_approver=False))
    said = "\n".join(texts(drawn.blocks)).replace("\u00a0", " ")
    assert f"approved by <@{APPROVER}> · used in 3 decisions" in said
    assert "2 campaigns without a first day cannot test it" in said


def test_a_digest_with_many_mistakes_fits_and_they_lead() -> None:
    decided = recommended(analysed(SPRING_SALE), "done")
    wrong = mistake("m" * 200).model_copy(update={"decisions": (decided.id,) * 9})
    effects = [factories.level_effect(status=each) for each in ("validated", "candidate") for _ in range(6)]
    digest = factories.digest(
        learned=tuple(effects), mistakes=(wrong,) * 7, waiting=(), decided=(decided.id,) * 6
    )
    message = draw_digest(digest, {decided.id: decided}, VOICE, {})
    assert faults(message.blocks) == []
    sections = [each["text"]["text"] for each in message.blocks if each["type"] == "section"]
    assert all(each.startswith("We were wrong") for each in sections[:5])
    assert message.text.startswith("23–29\u00a0Mar: 7 mistakes, 6 learned, 6 seen once")
