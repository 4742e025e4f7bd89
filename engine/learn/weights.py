"""Signal weights: how often a signal went with a real win, against what is usual for its kind.

Each retrospective is one trial per signal, shared among the campaign's signals of that kind: a
success or a failure where its CPA against forecast is real, and none where nobody can tell. The
weights are computed from all that is remembered, so analyzing a campaign again moves nothing. How a
probability is told from trials is in ``belief.py``.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from engine.explain.standing import Standing, that_teach, without_overlap, worked_out_once
from engine.learn.belief import Trial, believe
from engine.models.campaign import NO_OBJECTIVE
from engine.models.retrospective import slug
from engine.models.rules import Rules
from engine.models.weight import SignalWeight, WeightEvent, Weights

LOWEST, HIGHEST = 0.25, 5.0


def weigh(standings: Sequence[Standing], rules: Rules) -> Weights:
    """Weigh every signal: posterior mean over prior mean of a Beta, older trials count for less.

    The prior of a kind (audience, creative type, platform, tag), and how fast its trials are forgotten, are
    learned over all its signals; ``forgetting_half_life_days``, counted back from the newest day remembered,
    stands until they say something else.
    """
    if not standings:
        return Weights(as_of=None, signals=())
    newest = max(each.day for each in standings)
    events: dict[str, list[WeightEvent]] = defaultdict(list)
    for each in sorted(without_overlap(that_teach(standings)), key=lambda each: (each.day, each.key)):
        for signal, event in _trials(each):
            events[signal].append(event)
    signals = []
    for kind in sorted({signal.split(":", 1)[0] for signal in events}):
        own = {name: events[name] for name in sorted(events) if name.startswith(f"{kind}:")}
        signals += _weigh_kind(own, newest, rules.forgetting_half_life_days)
    return Weights(as_of=newest, signals=tuple(signals))


def signals_of(each: Standing) -> dict[str, list[str]]:
    """List a campaign's signals by kind."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for level in each.levels:
        kinds[level.dimension].append(level.signal)
    objective = each.retrospective.campaign.objective
    if objective != NO_OBJECTIVE:
        kinds["tag"].append(f"tag:objective:{slug(objective)}")
    return kinds


@worked_out_once
def _trials(each: Standing) -> list[tuple[str, WeightEvent]]:
    if each.succeeded is None:
        return []
    start = each.retrospective.campaign.window_start
    return [
        (
            signal,
            WeightEvent(
                campaign_id=each.retrospective.campaign.campaign_id,
                window=f"{start or ''}..{each.day}",
                day=each.day,
                success=each.succeeded,
                share=1 / len(signals),
            ),
        )
        for signals in signals_of(each).values()
        for signal in signals
    ]


def _weigh_kind(events: dict[str, list[WeightEvent]], newest: date, half_life: float) -> list[SignalWeight]:
    trials = {
        signal: [Trial(each.day, each.success, each.share) for each in own] for signal, own in events.items()
    }
    beliefs = believe(trials, newest, half_life).of
    return [
        SignalWeight(
            signal=signal,
            weight=_clip(belief.mean / belief.prior),
            successes=belief.successes,
            trials=belief.trials,
            events=tuple(events[signal]),
        )
        for signal, belief in beliefs.items()
    ]


def _clip(weight: float) -> float:
    return min(max(weight, LOWEST), HIGHEST)
