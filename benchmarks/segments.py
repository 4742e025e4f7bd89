"""Ten thousand segments against the rest: significance, false discoveries and shrinkage at once."""

from collections.abc import Iterator
from statistics import median

import numpy as np

from benchmarks.goal import Goal, Row, seconds_of
from engine.measure.significance import significance

SEGMENTS = 10_000
ROUNDS = 200
PEER_SEGMENTS = 400  # of the loop only so many are timed: each takes as long as the next


def rows(*, full: bool) -> Iterator[Row]:
    """Yield our time, and how many times as long a loop over scipy's chi-square takes."""
    from scipy.stats import chi2_contingency  # noqa: PLC0415

    rng = np.random.default_rng(6)
    trials = np.round(rng.lognormal(6, 1, SEGMENTS))
    successes = rng.binomial(trials.astype(int), rng.beta(20, 400, SEGMENTS)).astype(float)
    significance(successes, trials)
    ours = median(seconds_of(lambda: significance(successes, trials)) for _ in range(ROUNDS))

    def loop() -> None:
        for won, tried in zip(successes[:some], trials[:some], strict=True):
            others = (successes.sum() - won, trials.sum() - tried)
            table = [[won, tried - won], [others[0], others[1] - others[0]]]
            chi2_contingency(table, correction=False)

    some = SEGMENTS if full else PEER_SEGMENTS
    theirs = seconds_of(loop) * SEGMENTS / some
    work = f"{SEGMENTS:,} segments against the rest"
    yield Row(work, "", ours, None, "ms", Goal(1.0), "test, BH at 10 %, shrinkage")
    yield Row(work, "scipy, row by row", ours, theirs, "ms", Goal(4_000, at_least=True), "the test alone")
