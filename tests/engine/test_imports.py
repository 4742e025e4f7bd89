"""Files and dialogs: what is taken, what is known, once, whatever arrives twice or is killed halfway."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS, body
from factories import APPROVER, CHANNEL, HandClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import campaigns, json_values

from engine.engine import Engine
from engine.errors import MayNotHandIn, Refused
from engine.imports import MANY, MOST_TOLD
from engine.models.answer import Person
from engine.models.campaign import CampaignPerformanceInput
from engine.models.delivery import Intent
from engine.models.file_import import Dropped
from engine.models.recommendation import MessageView
from engine.models.retrospective import Retrospective
from store import Store, open_store

MEANT = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000}
FAR = datetime(2099, 1, 1, tzinfo=UTC)


def dropped(file_id: str = "F1", *, channel: str = CHANNEL, by: str = "U0MEMBER") -> Dropped:
    return Dropped(id=f"import:{file_id}:{channel}", channel=channel, thread="17.1", file="march.json", by=by)


def told(
    campaign_id: str = "spring-sale", *, spend: float = 4_000, conversions: int = 200, **changed: Any
) -> Any:
    came = MEANT | {"spend": spend, "conversions": conversions}
    return body(
        campaign_id=campaign_id, expected_metrics=MEANT, actual_metrics=came, currency="EUR", **changed
    )


def file_of(*bodies: Any) -> bytes:
    return json.dumps(list(bodies) if len(bodies) > 1 else bodies[0]).encode()


def intents(store: Store) -> list[Intent]:
    """What is on its way to Slack; it is taken out."""
    return [item.intent for item in store.outbox.claim(now=FAR, limit=1_000)]


def remembered(engine: Engine) -> list[Retrospective]:
    with engine._memory.reading() as reading:
        return reading.retrospectives()


def entry(**changed: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "name": "summer-sale",
        "platform": "Meta",
        "objective": "Sales",
        "expected_metrics": {name: Decimal(each) for name, each in MEANT.items()},
        "actual_metrics": {name: Decimal(each) for name, each in MEANT.items()},
    }
    return parts | changed


def test_one_campaign_shows_its_card_in_the_channel_and_answers_in_the_thread(
    engine: Engine, store: Store
) -> None:
    done, answer = engine.import_file(file_of(told()), dropped())
    assert answer is not None
    card, reply = intents(store)
    assert (card.kind, card.channel, card.ts, card.record) == (
        "card",
        CHANNEL,
        None,
        answer.recommendation.id,
    )
    assert (reply.kind, reply.ts, reply.record) == ("import", "17.1", done.id)
    assert answer.shown == card.key
    assert (done.state, done.haul.taken, done.haul.campaigns) == ("done", 1, 1)


def test_several_campaigns_are_told_in_one_reply_the_worst_money_first(engine: Engine, store: Store) -> None:
    data = file_of(
        told("a-win", conversions=200),
        told("a-small-miss", conversions=60),
        told("as-meant", conversions=100),
        told("a-large-miss", spend=40_000, conversions=600),
    )
    done, answer = engine.import_file(data, dropped())
    assert answer is None
    assert [each.name for each in done.league] == ["a-large-miss", "a-small-miss", "as-meant", "a-win"]
    assert [each.kind for each in intents(store)] == ["import"]
    assert len(remembered(engine)) == 4


def test_at_most_five_campaigns_are_told_and_all_are_counted(engine: Engine) -> None:
    done, _ = engine.import_file(file_of(*(told(f"campaign-{number}") for number in range(8))), dropped())
    assert len(done.league) == MOST_TOLD
    assert (done.haul.campaigns, done.haul.taken) == (8, 8)


def test_the_sums_are_those_of_what_was_stored_by_currency(engine: Engine) -> None:
    engine.submit(json.dumps(told("known")), source=None, asked_by=None)
    data = file_of(
        told("known"),
        told("in-euro", spend=100.25, conversions=3),
        told("in-yen", spend=700, conversions=5) | {"currency": "JPY"},
        told("in-euro-too", spend=0.5, conversions=2),
    )
    haul = engine.import_file(data, dropped())[0].haul
    assert (haul.taken, haul.known) == (3, 1)
    assert haul.spend == {"EUR": Decimal("100.75"), "JPY": Decimal(700)}
    assert haul.conversions == 10


def test_windows_that_share_days_are_counted_and_their_money_is_not_added_up(engine: Engine) -> None:
    march = {
        "window_start": "2026-03-01",
        "window_end": "2026-03-15",
        "timestamp": "2026-03-16T10:00:00+00:00",
    }
    later = {"window_start": "2026-03-16", "window_end": "2026-03-29"}
    within = {"window_start": "2026-03-10", "window_end": "2026-03-29"}
    apart = engine.import_file(file_of(told(**march), told(**later)), dropped("F1"))[0].haul
    assert (apart.taken, apart.campaigns, apart.spend) == (2, 1, {"EUR": Decimal(8_000)})
    shared = engine.import_file(file_of(told("b", **march), told("b", **within)), dropped("F2"))[0].haul
    assert (shared.taken, shared.campaigns, shared.spend) == (2, 1, None)


def test_a_corrected_window_counts_once_with_its_last_figures(engine: Engine) -> None:
    early = told(spend=100, timestamp="2026-03-29T10:00:00+00:00", window_end="2026-03-28")
    late = told(spend=120, timestamp="2026-03-30T10:00:00+00:00", window_end="2026-03-28")
    haul = engine.import_file(file_of(late, early), dropped())[0].haul
    assert (haul.taken, haul.spend) == (1, {"EUR": Decimal(120)})
    assert remembered(engine)[0].campaign.actual_metrics.spend == 120


def test_figures_of_an_earlier_moment_are_said_to_be_outdated(engine: Engine) -> None:
    late = told(spend=120, timestamp="2026-03-30T10:00:00+00:00", window_end="2026-03-28")
    early = told(spend=100, timestamp="2026-03-29T10:00:00+00:00", window_end="2026-03-28")
    engine.import_file(file_of(late), dropped("F1"))
    done, _ = engine.import_file(file_of(early), dropped("F2"))
    assert (done.haul.taken, done.haul.known, done.haul.outdated) == (0, 0, 1)
    assert remembered(engine)[0].campaign.actual_metrics.spend == 120


def test_the_same_bytes_again_add_nothing_and_name_the_first(engine: Engine, store: Store) -> None:
    first, _ = engine.import_file(file_of(told()), dropped("F1"))
    generation = engine._memory.reading
    with generation() as reading:
        before = reading.generation()
    again, answer = engine.import_file(file_of(told()), dropped("F2", channel="C0OTHER"))
    with generation() as reading:
        assert reading.generation() == before
    assert (again.state, again.before, answer) == ("same", first.id, None)
    assert [each.kind for each in intents(store)] == ["card", "import", "import"]


def test_the_same_file_four_times_is_one_reply(engine: Engine, store: Store) -> None:
    every = [engine.import_file(file_of(told()), dropped())[0] for _ in range(4)]
    assert every == [every[0]] * 4
    assert [each.kind for each in intents(store)] == ["card", "import"]


def test_a_refused_file_may_be_dropped_again_and_is_refused_again(engine: Engine, store: Store) -> None:
    for file_id in ("F1", "F2"):
        done, _ = engine.import_file(b'{"campaign_id": 7}', dropped(file_id))
        assert done.state == "refused"
        assert done.faults[0].line == 1
    assert [each.kind for each in intents(store)] == ["import", "import"]
    assert remembered(engine) == []


def test_a_moment_in_the_far_future_is_a_fault_of_the_file(engine: Engine) -> None:
    done, _ = engine.import_file(file_of(told(timestamp="2029-03-30T10:00:00+00:00")), dropped())
    assert done.state == "refused"
    assert "at most a month ahead" in done.faults[0].rule


def test_a_long_file_is_announced_and_its_message_becomes_the_reply(engine: Engine, store: Store) -> None:
    remember, begun = engine._remember, []

    def sent_meanwhile(*args: Any, **keywords: Any) -> Any:
        (reply,) = intents(store)
        begun.append(engine.file_import(reply.record).state)
        view = MessageView(record=reply.record, kind="import", channel=CHANNEL, ts="17.2")
        store.outbox.sent(reply.key, view)
        return remember(*args, **keywords)

    engine._remember = sent_meanwhile  # type: ignore[method-assign]
    data = file_of(*(told(f"campaign-{number}") for number in range(MANY + 1)))
    done, _ = engine.import_file(data, dropped())
    (redraw,) = intents(store)
    assert begun == ["reading"]
    assert (redraw.kind, redraw.record, redraw.ts, done.state) == ("redraw", done.id, "17.2", "done")


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it."""


def test_a_kill_anywhere_leaves_one_reply_and_what_it_says_is_what_the_file_added(
    tmp_path: Path, clock: HandClock
) -> None:
    data = file_of(told("first"), told("second"), told("third"))
    whole = _import_with_kill(tmp_path / "whole", clock, data, after=None)
    for after in range(12):
        assert _import_with_kill(tmp_path / str(after), clock, data, after=after) == whole


def _import_with_kill(folder: Path, clock: HandClock, data: bytes, *, after: int | None) -> Any:
    """Import with a kill after so many transactions, then once more; what stands in the end."""
    store = open_store(folder / "marko.db", clock)
    engine = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    engine.submit(json.dumps(told("third")), source=None, asked_by=None)
    unit, left = store.memory.unit, after

    def counted() -> Any:
        nonlocal left
        if left is not None:
            if not left:
                raise Killed
            left -= 1
        return unit()

    store.memory.unit = counted  # type: ignore[method-assign]
    try:
        engine.import_file(data, dropped())
    except Killed:
        left = None
        engine.import_file(data, dropped())
    finally:
        store.memory.unit = unit  # type: ignore[method-assign]
    found = engine.file_import("import:F1:" + CHANNEL)
    keys = [each.key for each in intents(store)]
    with store.memory.reading() as reading:
        history = [len(reading.revisions(each.key)) for each in reading.retrospectives()]
        recommendations = len(reading.recommendations())
    store.close()
    assert (found.haul.taken, found.haul.known) == (2, 1)
    return found, keys, history, recommendations


def test_the_same_bytes_dropped_twice_at_once_are_taken_once(engine: Engine, store: Store) -> None:
    """The second was begun before the first was done."""
    data = file_of(told())
    remember = engine._remember

    def overtaken(*args: Any, **keywords: Any) -> Any:
        engine._remember = remember  # type: ignore[method-assign]
        engine.import_file(data, dropped("F1"))
        return remember(*args, **keywords)

    engine._remember = overtaken  # type: ignore[method-assign]
    late, answer = engine.import_file(data, dropped("F2"))
    assert (late.state, late.before, answer) == ("same", dropped("F1").id, None)
    assert [each.kind for each in intents(store)] == ["card", "import", "import"]
    assert len(remembered(engine)) == 1


def test_guests_hand_in_and_strangers_bots_and_those_who_left_do_not(engine: Engine) -> None:
    engine.may_hand_in(Person(id="U0GUEST", is_guest=True))
    for stranger in ("is_bot", "is_deactivated", "is_foreign"):
        with pytest.raises(MayNotHandIn):
            engine.may_hand_in(Person.model_validate({"id": "U0STRANGER", stranger: True}))
    with pytest.raises(MayNotHandIn, match="could not be looked up"):
        engine.may_hand_in(Person(id="U0NOBODY", is_known=False))


def test_an_export_is_answered_once_and_nothing_is_stored(engine: Engine, store: Store) -> None:
    for _ in range(2):
        assert engine.turn_away(dropped(), "export").state == "export"
    assert [each.kind for each in intents(store)] == ["import"]
    assert remembered(engine) == []


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One store for many examples: opening one costs more than an import."""
    clock = HandClock()
    store = open_store(tmp_path_factory.mktemp("bench") / "marko.db", clock)
    yield store, Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    store.close()


def as_written(told: CampaignPerformanceInput) -> dict[str, Any]:
    """A campaign as people hand it in: its figures are numbers."""
    written = json.loads(told.model_dump_json())
    for group in ("expected_metrics", "actual_metrics"):
        for name, value in written[group].items():
            written[group][name] = float(value) if isinstance(value, str) else value
    return written


FILE_IDS = iter(range(10**9))
FILES = (
    st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.lists(
        campaigns(timestamp=datetime(2026, 3, 29, tzinfo=UTC)).map(as_written), min_size=1, max_size=3
    ).map(lambda bodies: json.dumps(bodies).encode())
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(FILES)
def test_whatever_bytes_are_dropped_there_is_one_reply_and_all_is_stored_or_nothing(
    bench: tuple[Store, Engine], data: bytes
) -> None:
    store, engine = bench
    before = {each.key: each.evidence_hash for each in remembered(engine)}
    where = dropped(f"F{next(FILE_IDS)}")
    done, _ = engine.import_file(data, where)
    replies = [each for each in intents(store) if each.kind == "import"]
    assert [each.record for each in replies] == [where.id]
    after = {each.key: each.evidence_hash for each in remembered(engine)}
    changed = {key for key, evidence in after.items() if before.get(key) != evidence}
    if done.state == "done":
        windows = {
            Retrospective(campaign=each, revision=1, received_at=each.timestamp).key
            for each in engine._read(data, None)[0]
        }
        assert windows <= set(after)
        assert len(changed) == done.haul.taken
    else:
        assert not changed


def test_a_pasted_campaign_shows_its_card_and_a_pasted_list_one_message(engine: Engine, store: Store) -> None:
    where = dropped().model_copy(update={"thread": None})
    answer = engine.hand_in(json.dumps(told()), where)
    assert answer is not None
    assert [each.kind for each in intents(store)] == ["card"]
    assert engine.hand_in(json.dumps([told("b"), told("c")]), where) is None
    assert [(each.kind, each.ts) for each in intents(store)] == [("import", None)]


def test_a_typed_campaign_is_dated_when_it_was_typed_however_often_it_is_worked_on(engine: Engine) -> None:
    at = datetime(2026, 3, 30, 22, 30, tzinfo=UTC)
    answers = [engine.enter(entry(), at=at, by="U0MEMBER", channel=CHANNEL) for _ in range(2)]
    assert [each.stored for each in answers] == [True, False]
    (held,) = remembered(engine)
    assert held.campaign.timestamp == at
    assert str(held.last_day) == "2026-03-31"  # in Madrid, where the team is
    assert held.revision == 1


def test_a_typed_name_that_is_known_on_the_platform_is_that_campaign(engine: Engine) -> None:
    known = told("120330", timestamp="2026-03-01T10:00:00+00:00", name="summer-sale", platform="Meta")
    engine.submit(json.dumps(known), source=None, asked_by=None)
    at = datetime(2026, 3, 30, tzinfo=UTC)
    same = engine.enter(entry(), at=at, by="U0MEMBER", channel=CHANNEL)
    other = engine.enter(entry(platform="TikTok"), at=at, by="U0MEMBER", channel=CHANNEL)
    assert same.recommendation.campaign_key == "meta/default/120330"
    assert other.recommendation.campaign_key == "tiktok/default/summer-sale"


def test_every_fault_of_a_typed_campaign_is_named_by_its_field(engine: Engine) -> None:
    broken = entry(
        currency="EURO",
        window_start="2026-03-29",
        window_end="2026-03-02",
        actual_metrics={"impressions": Decimal(10), "clicks": Decimal(11), "spend": Decimal("1.5")},
    )
    assert {fault.field for fault in engine.check_entry(broken)} == {
        "currency",
        "window_end",
        "actual_metrics.clicks",
        "actual_metrics.conversions",
    }
    assert engine.check_entry(entry()) == []


def test_pasted_json_is_checked_without_storing_anything(engine: Engine) -> None:
    assert engine.check(json.dumps(told())) == []
    (fault,) = engine.check('{"campaign_id": ')
    assert fault.field == "JSON"


def test_a_refused_paste_stores_nothing(engine: Engine) -> None:
    with pytest.raises(Refused):
        engine.hand_in("[]", dropped())
    assert remembered(engine) == []


def test_campaigns_to_choose_from_are_told_apart_where_they_look_alike(engine: Engine) -> None:
    alike = [
        told("1", name="spring-sale", platform="Meta", timestamp="2026-03-01T10:00:00+00:00"),
        told("2", name="Spring Sale", platform="Google", timestamp="2026-03-02T10:00:00+00:00"),
        told("3", name="spring-sale", platform="Google", timestamp="2026-03-03T10:00:00+00:00"),
        told("4", name="beach-video", platform="Google", timestamp="2026-03-04T10:00:00+00:00"),
    ]
    engine.submit(json.dumps(alike), source=None, asked_by=None)
    engine.prepare_choices().result()
    assert [each.label for each in engine.campaign_choices("")] == [
        "beach-video",
        "spring-sale (Google, 3)",
        "Spring Sale (Google, 2)",
        "spring-sale (Meta)",
    ]
    assert [each.value for each in engine.campaign_choices("sale meta")] == ["meta/default/1"]
    assert engine.campaign_choices("nothing like it") == []


def test_a_key_too_long_for_slack_is_still_found_again(engine: Engine) -> None:
    engine.submit(json.dumps(told("x" * 200, platform="y" * 100)), source=None, asked_by=None)
    engine.prepare_choices().result()
    (choice,) = engine.campaign_choices("")
    assert len(choice.value) <= 150
    assert engine.chosen_campaign(choice.value) == "y" * 100 + "/default/" + "x" * 200


def test_platforms_of_the_team_come_first_and_a_new_one_can_be_added(engine: Engine) -> None:
    engine.submit(
        json.dumps([told("1", platform="TikTok"), told("2", platform="meta")]), source=None, asked_by=None
    )
    engine.prepare_choices().result()
    names = [each.value for each in engine.platform_choices("")]
    assert sorted(names[:2]) == ["TikTok", "meta"]
    assert "Meta" not in names
    assert [each.value for each in engine.platform_choices("tik")] == ["TikTok", "tik"]
    assert [each.value for each in engine.platform_choices("TikTok")] == ["TikTok"]
    assert [each.value for each in engine.platform_choices("Radio")] == ["Radio"]
