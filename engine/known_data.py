"""What is known out of exports, by platform and account, and how fresh it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.core import Core
from engine.models.export import Holding, SourceState
from engine.ports import Reading


class KnownData(Core):
    """Says what of the exports counts; changes nothing."""

    def data_known(self) -> tuple[SourceState, ...]:
        """Say what counts, by platform and account, the freshest first."""
        with self._memory.reading() as reading:
            campaigns = {each.campaign_key: each for each in reading.row_campaigns()}
            by_place: dict[tuple[str, str], list[Holding]] = {}
            for each in reading.holdings():
                if each.campaign_key in campaigns:
                    known = campaigns[each.campaign_key]
                    by_place.setdefault((known.platform, known.account), []).append(each)
            ends = {key: (each.first_day, each.last_day) for key, each in campaigns.items()}
            states = [
                self._source_state(reading, place, held, ends) for place, held in sorted(by_place.items())
            ]
        return tuple(sorted(states, key=lambda each: (each.days_old, each.platform, each.account)))

    def _source_state(
        self,
        reading: Reading,
        place: tuple[str, str],
        held: Sequence[Holding],
        ends: Mapping[str, tuple[date, date]],
    ) -> SourceState:
        newest = reading.file_import(max(held, key=lambda each: each.number).source)
        keys = {each.campaign_key for each in held}
        spend: dict[str, Decimal] = {}
        for each in held:
            if each.sums.spend is not None:
                currency = each.currency or ""
                spend[currency] = spend.get(currency, Decimal(0)) + each.sums.spend
        last_day = max(ends[key][1] for key in keys)
        return SourceState(
            platform=place[0],
            account=place[1],
            campaigns=len(keys),
            rows=sum(each.rows for each in held),
            first_day=min(ends[key][0] for key in keys),
            last_day=last_day,
            spend=spend,
            last_import=newest.id if newest else "",
            file=newest.file if newest else "",
            at=newest.at if newest else self._clock.now(),
            by=newest.by if newest else "",
            days_old=(self._today() - last_day).days,
        )
