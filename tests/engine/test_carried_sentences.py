"""S23, S24 and S26 to S30: each rendered from a record, and only where its condition holds."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factories
import pytest

from engine.models.action import SetSpend
from engine.models.execution import Execution, Receipt
from engine.models.recommendation import Decision, Recommendation, Recovery
from engine.narrate import carried
from engine.narrate.formats import SPACE, Formats
from engine.narrate.words import Plain, Words

FORMATS = Formats(year=2026)
WORDS = Words(FORMATS, Plain(FORMATS, ZoneInfo("Europe/Madrid")))
AT = datetime(2026, 3, 31, 7, 40, tzinfo=UTC)
WHEN = "31 Mar 09:40 CEST"


def said(text: str) -> str:
    return text.replace(SPACE, " ")


def spend(to: str = "276.00") -> SetSpend:
    return SetSpend(field="daily spend", previous=Decimal("240.00"), to=Decimal(to), currency="EUR")


def record(*verbs: str, **changed: Any) -> Recommendation:
    proposal = factories.recommendation().analysis.proposal.model_copy(update={"action": spend()})
    known = factories.recommendation()
    analysis = known.analysis.model_copy(update={"proposal": proposal})
    decisions = tuple(Decision(verb=verb, by="U0APPROVER", at=AT) for verb in verbs)  # type: ignore[arg-type]
    return known.model_copy(update={"analysis": analysis, "decisions": decisions, **changed})


def execution(**changed: Any) -> Execution:
    parts: dict[str, Any] = {
        "key": "marko:rec:do",
        "recommendation": "rec",
        "purpose": "do",
        "workflow": "Budget Reallocation",
        "campaign_id": "spring-sale",
        "platform": "Meta",
        "action": spend(),
        "status": "done",
        "by": "U0APPROVER",
        "created_at": AT,
        "sent_at": AT,
        "ended_at": AT,
    }
    return Execution(**parts | changed)


def done(receipt: Receipt) -> str:
    known = record("approve", status="executed", carried=(execution(receipt=receipt),))
    return said(carried.executed(known, "Meta", WORDS))


def test_s23_names_both_where_two_had_to_agree() -> None:
    known = record("approve", "approve")
    second = known.decisions[1].model_copy(update={"by": "U0SECOND"})
    both = known.model_copy(update={"decisions": (known.decisions[0], second)})
    assert said(carried.approved(both, WORDS)) == f"Approved by U0APPROVER and U0SECOND, {WHEN}."


def test_s24_says_what_became_of_the_change_and_s23_stands_where_nothing_did() -> None:
    known = record("approve")
    assert said(carried.approved(known, WORDS)) == f"Approved by U0APPROVER, {WHEN}."
    edited = known.decisions[0].model_copy(update={"action": spend("264.00")})
    changed = known.model_copy(update={"decisions": (edited,)})
    assert said(carried.approved(changed, WORDS)) == (
        f"Approved with a change by U0APPROVER, {WHEN}: +15 % became +10 %."
    )


def test_s26_is_said_only_where_nobody_decided() -> None:
    known = record(status="expired", ended_at=AT)
    assert said(carried.expired(known, WORDS)) == f"Expired {WHEN}; nobody decided. Nothing was changed."
    half = record("approve", status="expired", ended_at=AT)
    assert "nobody decided" not in carried.expired(half, WORDS)


def test_s27_says_where_the_kpi_is_back() -> None:
    back = Recovery(kpi="cpa", value=41.2, currency="EUR")
    known = record(status="withdrawn", ended_at=AT, back=back)
    assert said(carried.withdrawn(known, WORDS)) == (
        f"Withdrawn {WHEN}: CPA is back at 41.20 EUR. Nothing was changed."
    )
    without = known.model_copy(update={"back": None})
    assert "its reason is gone" in carried.withdrawn(without, WORDS)


def test_s28_claims_what_the_platform_shows_only_where_it_told() -> None:
    told = Receipt(id="r-1", previous=Decimal("240.00"), value=Decimal("276.00"))
    assert done(told) == f"Done {WHEN}. Meta shows daily spend 276.00 EUR (was 240.00). Receipt r-1."
    assert done(Receipt(id="r-1")) == f"Done {WHEN}. Meta took it. Receipt r-1."
    assert done(Receipt(value=Decimal("276.00"))) == f"Done {WHEN}. Meta shows daily spend 276.00 EUR."
    assert done(Receipt(value=Decimal("250.00"))).endswith("shows daily spend 250.00 EUR, not 276.00 EUR.")
    assert done(Receipt(said_by="U0APPROVER")) == f"Done {WHEN}, says U0APPROVER; there is no receipt."


@pytest.mark.parametrize(("refusals", "times"), [(1, "once"), (2, "twice"), (3, "3 times")])
def test_s29_counts_the_refusals_and_gives_the_reason(refusals: int, times: str) -> None:
    refused = execution(status="refused", refusals=refusals, error="budget too low.")
    assert said(carried.failed(refused, "Meta", WORDS)) == (
        f"Not done. Meta refused {times}{', last' if refusals > 1 else ','} {WHEN}: budget too low. "
        "Nothing was changed."
    )


def test_a_refusal_is_told_in_words_and_by_its_code_only_where_there_are_none() -> None:
    assert carried.reason(execution(status="refused", error="409, it is 300 now.")) == "it is 300 now"
    assert carried.reason(execution(status="refused", error="500")) == "500"


def test_after_a_refused_undo_nobody_claims_what_the_platform_shows_now() -> None:
    told = Receipt(id="r-1", previous=Decimal("240.00"), value=Decimal("276.00"))
    one = execution(status="done", receipt=told, ended_at=AT)
    undo = execution(status="refused", purpose="undo", error="409, it is 300 now")
    text = said(carried.executed(record("approve", status="executed", carried=(one, undo)), "Meta", WORDS))
    assert "Meta showed daily spend 276.00 EUR" in text
    assert said(carried.not_undone(undo, WORDS)) == "Not undone: it is 300 now. Nothing was changed."


def test_where_one_is_enough_by_now_nobody_is_said_to_wait_for_a_second() -> None:
    half = record("approve", status="proposed")
    assert "Two must agree." in carried.one_of_two(half, None, WORDS)
    told = carried.one_of_two(half, None, WORDS, enough=True)
    assert "One is enough by now; press Approve once more." in told
    assert "Two must" not in told


def test_s30_says_that_nobody_knows() -> None:
    assert said(carried.unknown(execution(status="unknown"), "Meta", WORDS)) == (
        f"I don't know if it arrived. Sent {WHEN}, no answer, and I cannot read daily spend back."
    )
    odd = execution(status="unknown", error="it answered 200 without a receipt")
    assert said(carried.unknown(odd, "Meta", WORDS)) == (
        f"I don't know if it is done. Sent {WHEN}: it answered 200 without a receipt."
    )
    undo = execution(status="unknown", purpose="undo")
    assert carried.unknown(undo, "Meta", WORDS).startswith("I don't know if the undo arrived.")


def test_whoever_says_done_and_shows_another_value_is_quoted() -> None:
    lying = execution(
        status="unknown", shown=Decimal(250), error="daily spend is 250.00 there, not 276.00 EUR"
    )
    assert said(carried.unknown(lying, "Meta", WORDS)) == (
        f"Meta says it is done, but shows daily spend 250.00 EUR. Sent {WHEN}: 276.00 EUR."
    )


def test_an_undone_change_says_who_and_what_stands_now() -> None:
    back = spend().model_copy(update={"previous": Decimal("276.00"), "to": Decimal("240.00")})
    undo = execution(purpose="undo", action=back)
    known = record("approve", "undo", status="undone", carried=(execution(), undo))
    assert said(carried.undone(known, WORDS)) == f"Undone by U0APPROVER, {WHEN}. Daily spend: 240.00 EUR."
