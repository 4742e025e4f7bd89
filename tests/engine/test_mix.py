"""Mix or rate: the parts add up, chance drives nothing, and Simpson's paradox is called one."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.golden import golden_score
from worlds.mix import MixWorld, mix_world, split

from engine.errors import Refused
from engine.evaluating.mix import predict
from engine.measure.mix import MixSplit, Segment, Tally, mix_split

WORLDS = [mix_world(seed) for seed in range(400)]


def found(world: MixWorld) -> MixSplit:
    told = mix_split(segments(world))
    assert told is not None
    return told


def segments(world: MixWorld) -> list[Segment]:
    columns = zip(world.names, world.below[0], world.above[0], world.below[1], world.above[1], strict=True)
    return [
        Segment(name, Tally(float(a), float(b)), Tally(float(c), float(d))) for name, a, b, c, d in columns
    ]


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    below = draw(st.integers(0, 10**6))
    return Tally(below, draw(st.integers(0, below)))


SEGMENTS = st.lists(
    st.builds(Segment, st.sampled_from(["feed", "reels", "stories"]), tallies(), tallies()), max_size=8
)


@given(SEGMENTS, st.booleans())
def test_mix_and_rate_are_the_whole_change_and_segments_are_all_of_both(
    parts: list[Segment], is_share: bool
) -> None:
    told = mix_split(parts, is_share=is_share)
    if told is None:
        before = sum(each.before.above for each in parts)
        assert before == 0 or not any(each.after.below for each in parts)
        return
    scale = max(1.0, abs(told.mix.share), abs(told.rate.share))
    assert told.mix.share + told.rate.share == pytest.approx(told.total.share, abs=1e-9 * scale)
    assert sum(each.mix for each in told.moves) == pytest.approx(told.mix.share, abs=1e-9 * scale)
    assert sum(each.rate for each in told.moves) == pytest.approx(told.rate.share, abs=1e-9 * scale)
    assert all(each.low <= each.share <= each.high for each in (told.mix, told.rate, told.total))
    assert all(0 <= each.certainty <= 1 for each in (told.mix, told.rate, told.total))


@given(SEGMENTS, st.randoms(use_true_random=False))
def test_the_order_of_segments_changes_nothing(parts: list[Segment], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = mix_split(parts), mix_split(shuffled)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.driver, one.paradox) == (other.driver, other.paradox)
        assert one.mix.share == pytest.approx(other.mix.share, abs=1e-9)


def test_the_split_is_the_midpoint_formula() -> None:
    """Against matrices of weights and rates, world by world."""
    for world in WORLDS[:50]:
        weights = world.below / world.below.sum(axis=1, keepdims=True)
        rates = world.above / np.maximum(world.below, 1)
        if (world.below == 0).any():
            continue
        mix, rate = split(weights, rates)
        told = found(world)
        assert (told.mix.share, told.rate.share) == pytest.approx((mix, rate), abs=1e-9)


def test_a_segment_that_is_new_or_gone_is_all_mix() -> None:
    told = mix_split(
        [
            Segment("feed", Tally(10_000, 200), Tally(10_000, 200)),
            Segment("reels", Tally(0, 0), Tally(10_000, 600)),
            Segment("stories", Tally(5_000, 50), Tally(0, 0)),
        ]
    )
    assert told is not None
    assert told.driver == "mix"
    assert told.rate.share == 0
    assert told.mix.share == pytest.approx((800 / 20_000) / (250 / 15_000) - 1)
    assert [each.ratios for each in told.moves] == [(0.02, 0.02), (None, 0.06), (0.01, None)]


def test_without_volume_or_events_before_there_is_nothing_to_split() -> None:
    assert mix_split([]) is None
    assert mix_split([Segment("feed", Tally(0, 0), Tally(10, 1))]) is None
    assert mix_split([Segment("feed", Tally(10, 0), Tally(10, 1))]) is None
    assert mix_split([Segment("feed", Tally(10, 1), Tally(0, 0))]) is None


def test_a_textbook_paradox_is_called_one_and_a_small_one_is_not() -> None:
    """Two treatments of kidney stones (Charig et al. 1986), each stone counted fifty times."""

    def stones(times: int) -> MixSplit | None:
        return mix_split(
            [
                Segment("small", Tally(270 * times, 234 * times), Tally(87 * times, 81 * times)),
                Segment("large", Tally(80 * times, 55 * times), Tally(263 * times, 192 * times)),
            ]
        )

    large, small = stones(50), stones(1)
    assert large is not None
    assert small is not None
    assert large.total.share < 0 < large.rate.share
    assert (large.paradox, large.driver) == (True, "both")
    assert not small.paradox


def test_drivers_and_paradoxes_of_worlds_like_the_sample_are_found() -> None:
    told = [found(world) for world in WORLDS]
    right = np.mean([each.driver == world.driver for each, world in zip(told, WORLDS, strict=True)])
    called = np.array([each.paradox for each in told])
    truly = np.array([world.paradox for world in WORLDS])
    assert right >= 0.88
    assert called[truly].mean() >= 0.75
    assert truly[called].mean() >= 0.95


def test_nine_in_ten_intervals_hold_the_true_effect() -> None:
    told = [(found(world), world) for world in WORLDS]
    mix = np.mean([each.mix.low <= world.mix <= each.mix.high for each, world in told])
    rate = np.mean([each.rate.low <= world.rate <= each.rate.high for each, world in told])
    assert 0.86 <= mix <= 0.94
    assert 0.86 <= rate <= 0.94


def test_days_that_scatter_make_it_less_sure() -> None:
    for world in WORLDS[:40]:
        calm, wild = mix_split(segments(world)), mix_split(segments(world), dispersion=9.0)
        assert calm is not None
        assert wild is not None
        assert wild.rate.certainty <= calm.rate.certainty + 0.25
        assert wild.rate.high - wild.rate.low == pytest.approx(3 * (calm.rate.high - calm.rate.low))


def test_the_golden_sample_is_answered_within_its_bars() -> None:
    score = golden_score("mix", predict)
    assert score["driver_accuracy"] >= 0.88
    assert score["paradox_recall"] >= 0.75
    assert score["paradox_precision"] >= 0.95


def written(folder: Path, rows: list[tuple[str, ...]]) -> Path:
    with (folder / "segments.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("period", "placement", "clicks", "conversions"), *rows])
    return folder


def test_rows_of_one_segment_are_added_up(tmp_path: Path) -> None:
    rows = [
        ("baseline", "feed", "500", "25"),
        ("baseline", "feed", "500", "25"),
        ("current", "feed", "900", "45"),
    ]
    assert predict(written(tmp_path, rows)) == {
        "driver": "none",
        "paradox": False,
        "mix_effect_rel": 0.0,
        "rate_effect_rel": 0.0,
    }


def test_a_window_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="baseline or current"):
        predict(written(tmp_path, [("march", "feed", "500", "25")]))
