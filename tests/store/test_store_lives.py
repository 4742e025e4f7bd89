"""Structured memory: lives of patterns, and the five tables that refer to each other safely."""

import factories
import pytest
from factories import MONDAY
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from engine.models.insight import Insights
from engine.models.pattern import Patterns
from engine.models.pattern_life import Objection, PatternLife, Sighting, key_of
from store import Store, kept, schema
from store.documents import Documents


def life() -> PatternLife:
    effect = factories.level_effect()
    sighting = Sighting(first_day=None, last_day=effect.last_tested, effect=effect, found_at=MONDAY)
    return PatternLife(
        key=key_of(effect.kind, effect.signal),
        kind=effect.kind,
        signal=effect.signal,
        name=effect.name,
        dimension=effect.dimension,
        status="candidate",
        claim=effect,
        sightings=(sighting,),
        first_claimed_at=MONDAY,
        objections=(Objection(by="U0MEMBER", at=MONDAY, note="ours are teachers"),),
    )


def test_a_life_comes_back_equal_and_the_same_key_replaces(store: Store) -> None:
    first = life()
    second = first.model_copy(update={"status": "validated", "validated_at": MONDAY, "version": 2})
    with store.memory.unit() as unit:
        assert unit.pattern_life(first.key) is None
        unit.keep_pattern_life(first)
        assert unit.pattern_lives() == [first]
        unit.keep_pattern_life(second)
    with store.memory.reading() as reading:
        assert reading.pattern_lives() == [second]
        assert reading.pattern_life(first.key) == second


def test_the_five_tables_of_the_memory_exist(store: Store) -> None:
    with store._database.reading() as connection:
        tables = set(inspect(connection).get_table_names())
    assert {"campaigns", "performance_logs", "patterns", "insights", "weights"} <= tables


@pytest.mark.parametrize("table", ["patterns", "insights"])
def test_what_was_found_or_said_of_an_unknown_recommendation_is_refused(store: Store, table: str) -> None:
    nothing: dict[str, tuple[()]] = dict.fromkeys(Patterns.model_fields, ())
    stray = {
        "patterns": kept.KeptPatterns(recommendation="rec_stray", patterns=Patterns(**nothing)),
        "insights": kept.KeptInsights(
            recommendation="rec_stray",
            insights=Insights(key_learnings=(), recommendations=(), anomalies=(), source="rules"),
        ),
    }
    with pytest.raises(IntegrityError), store._database.writing() as connection:
        Documents(connection).table(table).insert(kept.as_document(stray[table]))


def test_a_log_of_an_unknown_campaign_is_refused(store: Store) -> None:
    log = factories.retrospective()
    stray = kept.KeptLog(key=log.key, campaign_key="meta/default/nobody", retrospective=log)
    with pytest.raises(IntegrityError), store._database.writing() as connection:
        Documents(connection).table("performance_logs").insert(kept.as_document(stray))


def test_insights_keep_what_was_said_when_the_record_is_worded_or_decided_anew(store: Store) -> None:
    first = factories.recommendation()
    worded = first.analysis.insights.model_copy(update={"source": "openai:any", "key_learnings": ()})
    analysis = first.analysis.model_copy(update={"insights": worded})
    with store.memory.unit() as unit:
        assert unit.keep_recommendation(first, expected_version=None)
        said = _said(first.id, unit._documents)  # type: ignore[attr-defined]
        changed = first.model_copy(update={"analysis": analysis, "version": first.version + 1})
        assert unit.keep_recommendation(changed, expected_version=first.version)
        assert _said(first.id, unit._documents) == said  # type: ignore[attr-defined]
    assert said == [first.analysis.insights]
    with store._database.reading() as connection:
        assert len(connection.execute(select(schema.insights)).all()) == 1


def _said(recommendation: str, documents: Documents) -> list[Insights]:
    table = documents.table("insights")
    return [each.insights for each in kept.load(kept.KeptInsights, table, "recommendation", recommendation)]
