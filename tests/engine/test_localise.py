"""Where a change is: a planted segment comes first, and noise names none."""

from dataclasses import dataclass

import numpy as np
import pytest
from worlds.segments import SegmentWorld, segment_world

from engine.explain.contribution import contributions, named_share, rest, whole
from engine.explain.localise import Localised, fit, localise
from engine.explain.slices import Facts, Slices, cells, every_slice

NOISE = 300


def facts(world: SegmentWorld) -> Facts:
    return Facts(
        world.labels,
        world.names,
        world.day,
        world.conversions,
        world.spend,
        world.days - 2 * world.length,
        world.days - world.length,
        world.length,
    )


def first(found: Localised) -> dict[str, str]:
    if not found.named:
        return {}
    return dict(zip(found.named[0].dimensions, found.named[0].values, strict=True))


@dataclass(frozen=True)
class Cell:
    """One part: events and volume in both windows."""

    labels: tuple[str, ...]
    events: tuple[float, float]
    volume: tuple[float, float]


def of_cells(*every: Cell) -> Facts:
    """Two windows of one day each."""
    names = [sorted({each.labels[at] for each in every}) for at in range(len(every[0].labels))]
    labels = {
        f"dimension {at}": np.repeat([own.index(each.labels[at]) for each in every], 2)
        for at, own in enumerate(names)
    }
    return Facts(
        labels,
        {f"dimension {at}": tuple(own) for at, own in enumerate(names)},
        np.tile([0, 1], len(every)),
        np.array([each.events for each in every], dtype=float).ravel(),
        np.array([each.volume for each in every], dtype=float).ravel(),
        0,
        1,
        1,
    )


def test_of_noisy_accounts_hardly_any_is_told_that_a_segment_shifted() -> None:
    """Days share shocks and hang together, cells scatter beyond chance; 1 % of 600 in a longer run."""
    named = sum(bool(localise(facts(segment_world(seed))).named) for seed in range(NOISE))
    assert named / NOISE <= 0.05


def test_a_bad_placement_is_always_first_and_explains_the_change() -> None:
    shares = []
    for seed in range(40):
        world = segment_world(seed, 1, 0.5, length=28, conversions=150)
        found = localise(facts(world))
        total = whole(found)
        assert total is not None
        assert first(found) == world.bad
        share = named_share(found, total, found.named[0])
        assert share is not None
        shares.append(share)
    assert np.median([value for _, value, _ in shares]) >= 0.9
    assert np.mean([low <= 1 <= high for low, _, high in shares]) >= 0.7


def test_a_pair_is_named_where_only_both_together_shifted() -> None:
    hits = 0
    for seed in range(40):
        world = segment_world(seed, 2, 0.4, length=28, conversions=300)
        hits += first(localise(facts(world))) == world.bad
    assert hits >= 36


def test_everything_else_is_normal_beside_a_bad_placement() -> None:
    world = segment_world(3, 1, 0.5, length=28, conversions=400)
    others = rest(localise(facts(world)), 0.2)
    assert others is not None
    assert others[1] == "noise"


def test_what_went_elsewhere_is_no_shift() -> None:
    """Three times the money in a segment twice as dear: each is as it was."""
    found = localise(
        of_cells(Cell(("feed",), (500, 200), (10_000, 4_000)), Cell(("reels",), (100, 300), (4_000, 12_000)))
    )
    assert not found.named
    assert found.common is None


def test_the_factor_is_the_ratio_of_ratios() -> None:
    given = of_cells(
        Cell(("feed",), (40_000, 20_000), (1_000, 2_000)), Cell(("reels",), (50_000, 50_000), (700, 700))
    )
    table = cells(given)
    alone = every_slice(given, table)[0]
    fitted = fit(table, alone, np.zeros(table.events.shape[1]))
    by_name = dict(zip(alone.values, fitted.log_factor, strict=True))
    assert by_name["feed",] == pytest.approx(np.log((20_000 / 2_000) / (40_000 / 1_000)), abs=1e-3)
    assert by_name["reels",] == pytest.approx(0, abs=1e-3)
    assert fitted.error[0] == pytest.approx((1 / 20_000 + 1 / 40_000) ** 0.5, rel=1e-2)


def test_events_that_are_still_to_come_are_no_shift() -> None:
    world = segment_world(5, length=28, conversions=400, cell_noise=0)
    late = world.conversions.copy()
    late[world.day >= world.days - world.length] *= 0.8
    given = facts(world)._replace(above=late)
    assert localise(given).common is not None
    assert localise(given._replace(known=0.8)).common is None


def test_the_same_cells_are_one_segment_by_their_first_name() -> None:
    given = of_cells(
        Cell(("feed", "mobile"), (50, 50), (900, 900)), Cell(("reels", "desktop"), (50, 50), (900, 900))
    )
    assert [each.dimensions for each in every_slice(given, cells(given))] == [("dimension 0",)]


def test_rows_in_another_order_tell_the_same() -> None:
    given = facts(segment_world(11, 1, 0.5, length=14, conversions=150))
    order = np.random.default_rng(0).permutation(len(given.day))
    mixed = given._replace(
        labels={name: own[order] for name, own in given.labels.items()},
        day=given.day[order],
        above=given.above[order],
        below=given.below[order],
    )
    one, other = localise(given), localise(mixed)
    assert first(one) == first(other) != {}
    assert one.named[0].log_factor == pytest.approx(other.named[0].log_factor)


def test_money_in_another_currency_tells_the_same() -> None:
    given = facts(segment_world(11, 1, 0.5, length=14, conversions=150))
    dearer = localise(given._replace(below=given.below * 1_000))
    assert first(dearer) == first(localise(given))


def test_segments_of_a_dimension_hold_everything_once() -> None:
    found = localise(facts(segment_world(2, 1, 0.5, length=28, conversions=150)))
    total = whole(found)
    assert total is not None
    for slices in found.slices:
        if len(slices.dimensions) == 1 and (slices.of_cell >= 0).all():
            parts = contributions(found, total, slices, 0.2)
            assert sum(each.weights[1] for each in parts) == pytest.approx(1)
            assert sum(each.events for each in parts) == pytest.approx(total.events[1])


def test_without_rows_nothing_is_named() -> None:
    empty = np.array([], dtype=np.int64)
    none = np.array([], dtype=float)
    found = localise(Facts({}, {}, empty, none, none, 0, 28, 28))
    assert (found.named, found.common, whole(found)) == ((), None, None)


def test_a_segment_that_never_sold_is_no_division_by_nothing() -> None:
    given = of_cells(Cell(("feed",), (500, 500), (9_000, 9_000)), Cell(("reels",), (120, 0), (2_000, 2_000)))
    table = cells(given)
    alone = Slices(("",), np.array([0, 1]), (("feed",), ("reels",)))
    fitted = fit(table, alone, np.zeros(2))
    assert np.isfinite(fitted.log_factor).all()
    assert fitted.log_factor[1] < -2
