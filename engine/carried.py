"""A recommendation and its execution move together: both are written in the unit that moves one."""

from datetime import datetime

from engine.decide.carry import carrying
from engine.models.execution import Execution
from engine.models.recommendation import Recommendation, Status
from engine.ports import Reading, Unit


def place(
    unit: Unit,
    recommendation: Recommendation,
    execution: Execution,
    status: Status,
    *,
    not_before: datetime | None = None,
) -> Recommendation:
    """Keep the execution, and give the recommendation that carries it with the status it leads to.

    One that is "ready" is sent, not before that moment.
    """
    unit.keep_execution(execution, not_before=not_before)
    return recommendation.model_copy(
        update={"status": status, "carried": carrying(recommendation, execution)}
    )


def open_execution(reading: Reading, recommendation: Recommendation) -> Execution | None:
    """Give the execution that the record's status speaks of, as it is kept: the undo, once there is one."""
    carried = recommendation.undoing or recommendation.execution
    return reading.execution(carried.key) if carried else None
