"""How far the rows of a window can be trusted: 100 points, minus what each named fault costs. Pure.

=========================  =====================================================================
fault                      points
=========================  =====================================================================
rows were refused          4 for each percent of the rows, at most 40
cells are missing          1 for each percent of the rows that lack what others have, at most 25
days are missing           1 for each percent of the window's days; all of them: 100
a range was not over       5
figures are late           1 for each day before yesterday, at most 20
the file's total differs   20
ads without a name         1 each, at most 10
conversions over clicks    10
data drifted               35 each; a column that is new 10
=========================  =====================================================================
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from engine.models.quality import Drift, FaultKind, Quality, QualityFault
from engine.models.retrospective import Retrospective


class Condition(NamedTuple):
    """What is known of a window's rows. ``lacking`` of ``rows`` have no number that others of them have.

    ``read`` counts the rows of the files that brought them, ``rejected`` those that these files had besides.
    ``days`` are those of the window, of which ``missing_days`` have no row at all.
    """

    days: int = 0
    missing_days: int = 0
    is_open: bool = False
    read: int = 0
    rejected: int = 0
    rows: int = 0
    lacking: int = 0
    total_differs: bool = False
    unnamed: int = 0
    more_conversions: bool = False
    drifts: tuple[Drift, ...] = ()


def faults_of(found: Condition) -> tuple[QualityFault, ...]:
    """Name what is wrong and what it costs, the costliest first."""
    every = [
        _shared("rejected", found.rejected, found.read + found.rejected, 400, 40),
        _shared("missing_cells", found.lacking, found.rows, 100, 25),
        _shared("missing_days", found.missing_days, found.days, 100, 100),
        _counted("open_day", int(found.is_open), 5, 5),
        _counted("total_differs", int(found.total_differs), 20, 20),
        _counted("unnamed", found.unnamed, 1, 10),
        _counted("conversions_exceed_clicks", int(found.more_conversions), 10, 10),
        *(_drifted(each) for each in found.drifts if each.kind == "data"),
    ]
    return _ordered(each for each in every if each.deducted > 0)


def quality_of(retrospective: Retrospective, today: date) -> Quality | None:
    """Score a window that was built from rows, as of ``today``; ``None`` for what was handed in."""
    rows = retrospective.rows
    if rows is None:
        return None
    newest = rows.newest or retrospective.last_day
    return scored([*rows.faults, *late((today - newest).days - 1)])


def late(days: int) -> tuple[QualityFault, ...]:
    """Say that figures end so many days before yesterday."""
    return tuple(each for each in [_counted("late", max(days, 0), 1, 20)] if each.deducted)


def scored(faults: Iterable[QualityFault]) -> Quality:
    """Add up; the least fault costs a point, so that 100 says that nothing is known to be wrong."""
    ordered = _ordered(faults)
    lost = math.ceil(sum(each.deducted for each in ordered) - 1e-9)
    return Quality(score=max(0, 100 - lost), faults=ordered)


def _shared(kind: FaultKind, count: int, out_of: int, points: float, most: float) -> QualityFault:
    share = min(1.0, count / out_of) if out_of > 0 else 0.0
    return QualityFault(kind=kind, deducted=min(most, points * share), count=count, out_of=out_of)


def _counted(kind: FaultKind, count: int, points: float, most: float) -> QualityFault:
    return QualityFault(kind=kind, deducted=min(most, points * count), count=count)


def _drifted(drift: Drift) -> QualityFault:
    points = 10.0 if drift.sign == "appeared" else 35.0
    return QualityFault(kind="data_drift", deducted=points, count=drift.days, drift=drift)


def _ordered(faults: Iterable[QualityFault]) -> tuple[QualityFault, ...]:
    found: Sequence[QualityFault] = list(faults)
    return tuple(
        sorted(found, key=lambda each: (-each.deducted, each.kind, str(each.drift and each.drift.column)))
    )
