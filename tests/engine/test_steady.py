"""Groups keep their ids, and whoever moved is told."""

import string
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.explain.group_ids import steady
from engine.explain.steady import Moved, Seen, likeness, same_ids, who_moved


def _group(members: str, *centre: float) -> Seen:
    return Seen(frozenset(members), centre)


def test_a_group_that_lost_and_won_a_member_keeps_its_id() -> None:
    kept = {"g1": _group("abcdef"), "g2": _group("uvwxyz")}
    groups = [_group("uvwxya"), _group("bcdefz")]
    assert same_ids(groups, kept) == ["g2", "g1"]
    assert who_moved(["g2", "g1"], groups, kept) == [Moved("a", "g1", "g2"), Moved("z", "g2", "g1")]


def test_a_group_that_nobody_knows_gets_a_number_that_was_never_given() -> None:
    assert same_ids([_group("abc"), _group("xyz")], {"g1": _group("abc"), "g7": _group("qrs")}) == [
        "g1",
        "g8",
    ]


def test_who_is_new_did_not_move() -> None:
    kept = {"g1": _group("abc")}
    assert who_moved(["g1"], [_group("abcd")], kept) == []


def test_members_all_changed_the_middle_decides() -> None:
    kept = {"g1": _group("abc", 1, 0), "g2": _group("xyz", 0, 1)}
    assert likeness(_group("mno", 1, 0), kept["g1"]) > likeness(_group("mno", 1, 0), kept["g2"])


@given(st.lists(st.sets(st.sampled_from(string.ascii_lowercase), min_size=1), min_size=1, max_size=6))
def test_each_id_is_given_once_and_the_same_groups_keep_theirs(groups: list[set[str]]) -> None:
    free: set[str] = set()
    seen = []
    for each in groups:
        own = each - free
        free |= own
        if own:
            seen.append(Seen(frozenset(own), ()))
    ids = same_ids(seen, {})
    assert len(set(ids)) == len(ids)
    kept = dict(zip(ids, seen, strict=True))
    assert same_ids(seen[::-1], kept) == ids[::-1]


def test_what_was_kept_by_another_version_is_not_read() -> None:
    found = steady(
        [_group("abc")], {"version": 99, "groups": {"g5": {"members": ["a", "b", "c"]}}}, date(2026, 3, 30)
    )
    assert found.ids == ("g1",)
