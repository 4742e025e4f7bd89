"""A memory with something of everything in it, for the tests of what happens to it as a whole."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import exported
import factories
from factories import MONDAY

from engine.models.action import SetSpend
from engine.models.execution import Execution
from store import Store

KEY = "a key of the tests, long enough to be one"
"""The ledger's key of these tests."""

CARD = "card:rec-spring-sale:C0MARKETING:0"
BEGUN = datetime(2026, 3, 30, 9, 5, tzinfo=UTC)


def execution(key: str = "rec-spring-sale:do", **changed: Any) -> Execution:
    parts: dict[str, Any] = {
        "recommendation": "rec-spring-sale",
        "purpose": "do",
        "workflow": "Budget Reallocation",
        "campaign_id": "spring-sale",
        "platform": "Meta Ads",
        "action": SetSpend(field="daily spend", previous=Decimal(240), to=Decimal(276), currency="EUR"),
        "status": "ready",
        "by": factories.APPROVER,
        "created_at": BEGUN,
    }
    return Execution(key=key, **parts | changed)


def remember(store: Store, *, campaigns: int = 3) -> None:
    """Put one of each kind into the memory: documents, decisions, what is on its way in and out, lines."""
    with store.memory.unit() as unit:
        for number in range(campaigns):
            unit.keep_retrospective(factories.retrospective(f"spring-sale-{number}"))
        proposed = factories.recommendation()
        unit.keep_recommendation(proposed, expected_version=None)
        unit.keep_recommendation(factories.decided(proposed), expected_version=1)
        unit.keep_execution(execution())
        unit.keep_weights(factories.weights())
        unit.keep_digest(factories.digest())
        unit.keep_view(factories.view())
        unit.subscribe(factories.subscription())
        unit.claim_slot(factories.slot(), "claimed")
        unit.set_setting("change_limit", {"value": 0.1})
        unit.post(factories.intent(CARD))
        unit.post(
            factories.intent("digest:C0MARKETING:2026-03-30", kind="digest", record="digest-2026-03-30")
        )
        unit.note(actor=factories.APPROVER, deed="approved", subject="rec-spring-sale", detail={"version": 2})
    _import(store)
    store.inbox.accept(factories.delivery())
    (item,) = store.outbox.claim(now=MONDAY, limit=1)
    store.outbox.sent(item.intent.key, factories.view(ts="1774861200.000200"))


def _import(store: Store) -> None:
    """An export whose rows count, and one whose rows were replaced."""
    march = exported.kept(store.memory, "march", exported.days(last=5))
    exported.kept(store.memory, "april", exported.days(last=5), status="replaced", by=march)
    with store.memory.unit() as unit:
        unit.link("meta/default/sprng-sale", "meta/default/spring-sale")
