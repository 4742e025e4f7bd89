"""What may be said unasked: a change that noise makes at most once in so many campaign-weeks. Pure.

Somebody who asks about one campaign is told what is real. Who is told unasked hears the luckiest of all
campaigns, week after week: so what is said unasked must, beside being real, be rarer under pure noise than
``rules.alarm_level`` in each campaign-week, whatever the size of the campaign (Bonferroni per campaign-week:
the count of campaigns and of weeks changes nothing in the rate of each).
"""

from engine.measure import distributions
from engine.measure.comparison import judge
from engine.measure.reliance import LATE, Reliance
from engine.measure.sceptic import Shift
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi, KpiComparison
from engine.models.rules import Rules


def chance(found: Shift) -> float:
    """P(a change at least so unlikely, in either direction, where nothing changed)."""
    return 2 * distributions.normal_cdf(-abs(found.change) / found.error)


def rings(name: Kpi, judged: KpiComparison, actual: Metrics, rules: Rules, known: Reliance) -> bool:
    """Say whether a change against a forecast is to be told unasked."""
    if judged.verdict != "real" or not judged.expected:
        return False
    if not _is_rare(name, judged.expected, actual, rules, known):
        return False
    late = known.maturity
    if judged.favourable is not False or name not in LATE or late is None or late.learned:
        return True
    settled = Reliance(known.rows, late.settled_days)
    return late.settled is not None and _is_rare(name, judged.expected, late.settled, rules, settled)


def real_move(
    name: Kpi, forecast: float | None, actual: Metrics, rules: Rules, known: Reliance
) -> KpiComparison | None:
    """Judge one KPI against its forecast and give it where it is to be told unasked."""
    judged = judge(name, forecast, actual, rules, known)
    return judged if rings(name, judged, actual, rules, known) else None


def _is_rare(name: Kpi, forecast: float, actual: Metrics, rules: Rules, known: Reliance) -> bool:
    evidence = known.evidence(name, actual)
    return evidence is not None and chance(evidence.shift(forecast)) <= rules.alarm_level
