"""A campaign's own mix: whether what it paid, or how it was clicked, moved by where its volume went. Pure."""

from collections.abc import Sequence

from engine.measure.mix_shift import mix_shifts
from engine.models.comparison import Kpi
from engine.models.daily import DailyRow
from engine.models.from_rows import FromRows
from engine.models.mix_shift import MixShift

TOLD: tuple[Kpi, ...] = ("cpa", "cvr", "ctr")


def first_mix(before: Sequence[DailyRow], now: Sequence[DailyRow], basis: FromRows) -> MixShift | None:
    """Tell the mix shift that is most worth telling: a paradox first, then the CPA's, then the others'.

    Days that scatter more than chance make it less sure, and conversions that are still to come are
    allowed for.
    """
    found = [
        shift
        for kpi in TOLD
        for shift in mix_shifts(
            before, now, kpi, dispersion=_dispersion(kpi, basis), known=_known(kpi, basis)
        )
    ]
    return min(found, key=lambda each: (not each.paradox, TOLD.index(each.kpi)), default=None)


def _dispersion(kpi: Kpi, basis: FromRows) -> float:
    own = next((each for each in basis.scatters if each.kpi == kpi), None)
    return max(1.0, own.day, own.week) if own else 1.0


def _known(kpi: Kpi, basis: FromRows) -> float:
    return basis.maturity.share if basis.maturity and kpi != "ctr" else 1.0
