"""What the rows of a window say of how far its figures can be relied on: scatter and maturity. Pure."""

from typing import NamedTuple

from engine.measure import kpi
from engine.measure.dispersion import Spread, spread
from engine.measure.evidence import Evidence, gather
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi
from engine.models.from_rows import FromRows
from engine.models.scatter import Maturity

LATE: frozenset[Kpi] = frozenset({"cpa", "cvr", "roas"})  # what conversions that still come in change


class Reliance(NamedTuple):
    """``rows`` are the basis of the window, over so many ``days``; without rows counts scatter as such."""

    rows: FromRows | None = None
    days: int | None = None

    @property
    def maturity(self) -> Maturity | None:
        return self.rows.maturity if self.rows else None

    def evidence(self, name: Kpi, metrics: Metrics) -> Evidence | None:
        """Gather what a KPI rests on, with the scatter of days and what is still to come allowed for."""
        found = gather(name, metrics)
        if found is None:
            return None
        known = self._spread(name, found.events)
        if known is None:
            return self._matured(name, found)
        return self._matured(
            name, found._replace(dispersion=max(known.dispersion, 1.0), freedom=known.freedom)
        )

    def value(self, name: Kpi, metrics: Metrics) -> float | None:
        """Give the KPI with what is still to come allowed for, where that was learned."""
        found, share = kpi.value(name, metrics), self._share(name)
        if found is None or share is None:
            return found
        return found * share if name == "cpa" else found / share

    def matured(self, metrics: Metrics) -> Metrics:
        """Give the totals as they will be, where that was learned."""
        share = self._share("cpa")
        if share is None or metrics.conversions is None:
            return metrics
        revenue = None if metrics.revenue is None else float(metrics.revenue) / share
        return metrics.model_copy(
            update={"conversions": float(metrics.conversions) / share, "revenue": revenue}
        )

    def knows_order_values(self) -> bool:
        return self.rows is not None and any(each.kpi == "roas" for each in self.rows.scatters)

    def _spread(self, name: Kpi, events: float) -> Spread | None:
        if self.rows is None or not self.rows.by_day:
            return None
        own = next((each for each in self.rows.scatters if each.kpi == name), None)
        others = next((each for each in self.rows.usual if each.kpi == name), None)
        return spread(own, others, events, self.days or 1)

    def _share(self, name: Kpi) -> float | None:
        found = self.maturity
        return found.share if found is not None and found.learned and name in LATE else None

    def _matured(self, name: Kpi, found: Evidence) -> Evidence:
        share = self._share(name)
        if share is None or self.maturity is None:
            return found
        trials = None if found.trials is None else max(found.trials * share, found.events)
        value = found.value * share if name == "cpa" else found.value / share
        doubt = found.events * self.maturity.error**2
        return found._replace(value=value, trials=trials, dispersion=found.dispersion + doubt)


NOTHING_KNOWN = Reliance()


def reliance(rows: FromRows | None, days: int | None) -> Reliance:
    return Reliance(rows, days) if rows is not None else NOTHING_KNOWN
