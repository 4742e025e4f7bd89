"""Who replaces whom, day by day: no day of a campaign ever counts twice, whatever comes in which order."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.models.export import Holding, Level
from engine.overlap import arrival, changed, lots, settled

MARCH = date(2026, 3, 1)


def held(source: str, first: int, last: int, *, number: int = 0, **changed: Any) -> Holding:
    parts: dict[str, Any] = {
        "campaign_key": "meta/default/spring-sale",
        "first_day": MARCH + timedelta(days=first - 1),
        "last_day": MARCH + timedelta(days=last - 1),
        "level": "campaign",
        "by_day": True,
        "currency": "EUR",
        "number": number,
    }
    return Holding(source=source, **parts | changed)


def told(pieces: list[Holding]) -> list[tuple[str, int, int, str, str | None]]:
    """Each piece: its import, its days of March, its status, and because of whom."""
    return sorted(
        (each.source, each.first_day.day, each.last_day.day, each.status, each.by) for each in pieces
    )


def test_what_meets_nothing_counts_whole() -> None:
    came = arrival(held("new", 1, 10), [held("old", 11, 20)])
    assert told(came.pieces) == [("new", 1, 10, "live", None)]
    assert came.gave_way == []


def test_the_newer_of_one_grain_stands_on_its_own_days() -> None:
    came = arrival(held("new", 4, 6), [old := held("old", 1, 10)])
    ((was, parts),) = came.gave_way
    assert was == old
    assert told(parts) == [
        ("old", 1, 3, "live", None),
        ("old", 4, 6, "replaced", "new"),
        ("old", 7, 10, "live", None),
    ]


def test_the_finer_one_stands_whichever_came_first() -> None:
    sets = held("sets", 4, 6, level="ad set")
    late = arrival(held("new", 1, 10), [sets])
    assert told(late.pieces) == [
        ("new", 1, 3, "live", None),
        ("new", 4, 6, "double", "sets"),
        ("new", 7, 10, "live", None),
    ]
    early = arrival(sets, [held("old", 1, 10)])
    assert [each.status for _, parts in early.gave_way for each in parts] == ["replaced", "live", "live"]


def test_where_neither_is_finer_the_one_that_was_there_stands() -> None:
    by_age = held("age", 1, 5, breakdowns=("audience",))
    came = arrival(held("places", 1, 5, breakdowns=("placement",)), [by_age])
    assert told(came.pieces) == [("places", 1, 5, "double", "age")]


def test_more_breakdowns_are_finer() -> None:
    came = arrival(held("by country", 1, 5, breakdowns=("country",)), [held("plain", 1, 5)])
    assert told(came.pieces) == [("by country", 1, 5, "live", None)]


def test_a_range_gives_way_whole_to_any_of_its_days() -> None:
    whole = held("range", 1, 31, by_day=False)
    assert told(arrival(whole, [held("days", 5, 6)]).pieces) == [("range", 1, 31, "double", "days")]
    ((_, parts),) = arrival(held("days", 5, 6), [whole]).gave_way
    assert told(parts) == [("range", 1, 31, "replaced", "days")]


def test_a_newer_range_stands_for_one_that_it_meets() -> None:
    ((_, parts),) = arrival(held("new", 10, 31, by_day=False), [held("old", 1, 15, by_day=False)]).gave_way
    assert told(parts) == [("old", 1, 15, "replaced", "new")]


def test_one_import_never_meets_itself() -> None:
    came = arrival(held("march", 1, 5), [held("march", 1, 5, campaign_key="meta/default/sprng-sale")])
    assert (told(came.pieces), came.gave_way) == ([("march", 1, 5, "live", None)], [])


def test_what_a_person_called_other_money_stands_beside_what_was_there() -> None:
    came = arrival(held("new", 1, 5, apart=True), [held("old", 1, 5, level="ad")])
    assert (told(came.pieces), came.gave_way) == ([("new", 1, 5, "live", None)], [])
    later = arrival(held("later", 1, 5), [held("new", 1, 5, apart=True)])
    assert len(later.gave_way) == 1


def test_what_is_undone_is_as_if_it_had_never_come() -> None:
    pieces = [
        held("old", 1, 3, number=1),
        held("old", 4, 10, number=1, status="replaced", by="new"),
        held("new", 4, 10, number=2, status="undone", by="U0APPROVER"),
    ]
    assert told(settled(pieces, {"new"})) == [
        ("new", 4, 10, "undone", "U0APPROVER"),
        ("old", 1, 10, "live", None),
    ]


def test_the_same_money_under_other_names_counts_once_the_other_is_undone() -> None:
    twin = held("sets", 1, 5, number=2, status="double", by="campaigns", same_as="campaigns")
    assert told(settled([twin], set())) == [("sets", 1, 5, "double", "campaigns")]
    assert told(settled([twin], {"campaigns"})) == [("sets", 1, 5, "live", None)]


def test_only_lots_of_which_something_changed_are_told() -> None:
    before = [held("old", 1, 3), held("old", 4, 5, status="replaced", by="new"), held("other", 1, 2)]
    after = [held("old", 1, 5), held("other", 1, 2)]
    assert told(changed(before, after)) == [("old", 1, 5, "live", None)]
    assert changed(before, list(reversed(before))) == []


def test_pieces_of_a_lot_are_one_again() -> None:
    pieces = [held("old", 4, 9, number=2), held("old", 1, 3, number=2), held("older", 1, 2, number=1)]
    assert [(each.source, each.first_day.day, each.last_day.day) for each in lots(pieces)] == [
        ("older", 1, 2),
        ("old", 1, 9),
    ]


LEVELS: tuple[Level, ...] = ("campaign", "ad set", "ad")
imports = st.lists(
    st.tuples(
        st.integers(1, 20),
        st.integers(0, 8),
        st.sampled_from(LEVELS),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["spring", "sprng"]),
    ),
    max_size=8,
)


def came(drawn: list[tuple[int, int, Level, bool, bool, str]]) -> list[Holding]:
    return [
        held(
            f"import {number}", first, first + more, number=number, level=level,
            by_day=not is_range, status="undone" if is_undone else "live", campaign_key=name,
        )
        for number, (first, more, level, is_range, is_undone, name) in enumerate(drawn)
    ]  # fmt: skip


@given(imports)
def test_no_day_ever_counts_twice_and_none_is_lost(drawn: list[Any]) -> None:
    every = came(drawn)
    pieces = settled(every, set())
    live = Counter(
        day
        for each in pieces
        if each.status == "live"
        for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)
    )
    assert set(live.values()) <= {1}
    for lot in every:  # the pieces of each are all its days, once
        mine = [each for each in pieces if each.source == lot.source]
        days = Counter(
            day for each in mine for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)
        )
        assert days == Counter(range(lot.first_day.toordinal(), lot.last_day.toordinal() + 1))
    by_day = {
        day
        for each in every
        if each.by_day and each.status == "live"
        for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)
    }
    assert by_day <= live.keys()  # days are the finest there is: every one of them counts


@given(imports)
def test_to_settle_what_is_settled_changes_nothing(drawn: list[Any]) -> None:
    once = settled(came(drawn), set())
    assert told(settled(once, set())) == told(once)
    assert changed(once, settled(once, set())) == []


@given(imports)
def test_one_after_another_is_the_same_as_all_at_once(drawn: list[Any]) -> None:
    held_: list[Holding] = []
    for each in came(drawn):
        if each.status == "undone":
            held_.append(each)
            continue
        met = arrival(each, [one for one in held_ if one.status == "live"])
        for old, parts in met.gave_way:
            held_.remove(old)
            held_ += parts
        held_ += met.pieces
    assert _days(held_) == _days(settled(came(drawn), set()))


def _days(pieces: list[Holding]) -> set[tuple[str, int, str, str | None]]:
    return {
        (each.source, day, each.status, each.by)
        for each in pieces
        for day in range(each.first_day.toordinal(), each.last_day.toordinal() + 1)
    }
