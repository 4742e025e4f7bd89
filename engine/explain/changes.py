"""How large changes are in this memory: the prior of true changes, learned from remembered windows."""

from collections.abc import Iterable

from engine.explain.standing import Standing, newest_by_campaign, that_teach, worked_out_once
from engine.measure.reliance import Reliance
from engine.measure.sceptic import Shift, learned
from engine.models.change_prior import ChangePrior
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules


def prior_of(standings: Iterable[Standing], rules: Rules, *, but: Standing | None = None) -> ChangePrior:
    """Learn it from each other campaign's newest window; with fewer than twenty it is the assumed one."""
    others = [each for each in that_teach(standings) if but is None or each.campaign_key != but.campaign_key]
    seen = (_cpa_shift(each) for each in newest_by_campaign(others))
    return learned([each for each in seen if each is not None], rules.prior)


@worked_out_once
def _cpa_shift(each: Standing) -> Shift | None:
    retrospective = each.retrospective
    if not each.is_sound or not each.cpa.expected or not each.cpa.actual:
        return None
    known = Reliance(retrospective.rows, days_in_window(retrospective.campaign))
    evidence = known.evidence("cpa", retrospective.campaign.actual_metrics)
    return evidence.shift(each.cpa.expected) if evidence else None
