"""What the campaigns of an export are worth: judged when somebody asks, the worst money first."""

from collections.abc import Sequence
from decimal import Decimal

from engine.analyses import Steps
from engine.errors import Refused, UnknownCampaign
from engine.exports import Exports
from engine.imports import MOST_TOLD, as_told, worst_first
from engine.measure.overspend import overspend
from engine.models.answer import Answer
from engine.models.file_import import FileImport
from engine.ports import Reading

MOST_JUDGED = 30  # campaigns of a file, those with the most money; each is a thought of its own


class ExportAnalyses(Exports):
    """Analyses of all that an export brought."""

    def analyze_export(
        self,
        identifier: str,
        *,
        by: str,
        channel: str,
        steps: Steps | None = None,
        over: str | None = None,
    ) -> tuple[FileImport, Answer | None]:
        """Judge an export's campaigns. One shows its card in ``channel``; of several the import tells.

        Gives the import as it is then, and the answer of the only one, for which ``steps`` and ``over`` are
        those of ``analyze``. A campaign that no window covers is left out; where all are, it raises
        ``UnknownCampaign`` or ``Refused``.
        """
        with self._memory.reading() as reading:
            found = self._known_import(reading, identifier)
            keys = _campaigns(reading, identifier)
        if len(keys) == 1:
            answer = self.analyze(keys[0], asked_by=by, channel=channel, exactly=True, steps=steps, over=over)
            return found, answer
        return self._tell_league(identifier, by, self._judged(keys, by)), None

    def _judged(self, keys: Sequence[str], by: str) -> list[Answer]:
        answers: list[Answer] = []
        failed: UnknownCampaign | Refused | None = None
        for key in keys[:MOST_JUDGED]:
            try:
                sought = self._sought(key, None, exactly=True)
                answers.append(self._analyze(sought, asked_by=by))
            except (UnknownCampaign, Refused) as problem:
                failed = problem
        if answers:
            self._keep_weights(answers[-1].weights)
            self._write_further(answers)
        elif failed:
            raise failed
        return answers

    def _tell_league(self, identifier: str, by: str, answers: Sequence[Answer]) -> FileImport:
        """Write the verdicts' campaigns into the import, whose message then tells them."""
        if not answers:
            return self._export(identifier)
        worst = sorted(worst_first(answers), key=lambda each: -_too_much(each))
        league = tuple(map(as_told, worst[:MOST_TOLD]))
        with self._memory.unit() as unit:
            found = self._known_import(unit, identifier)
            if found.state == "done" and found.league != league:
                found = found.model_copy(update={"league": league})
                self._tell(unit, found, "judged", by=by)
        return found


def _too_much(answer: Answer) -> float:
    """Money above the forecast; or, of a window without one, above what it would have cost as before."""
    analysis = answer.recommendation.analysis
    actual, own = analysis.retrospective.campaign.actual_metrics, analysis.own_history
    if own is None or own.verdict != "real" or own.favourable is not False:
        return overspend(analysis.comparison, actual)
    change = abs(own.delta_pct)
    return float(actual.spend or 0) * change / (100 + change)


def _campaigns(reading: Reading, identifier: str) -> list[str]:
    """The campaigns whose days an import brought, under their main keys, the most money first."""
    links = reading.links()
    spend: dict[str, Decimal] = {}
    for each in reading.holdings(source=identifier):
        key = links.get(each.campaign_key, each.campaign_key)
        spend[key] = spend.get(key, Decimal(0)) + (each.sums.spend or Decimal(0))
    return sorted(spend, key=lambda key: (-spend[key], key))
