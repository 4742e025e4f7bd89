"""What ``/marko patterns``, ``trend``, ``segments`` and their like find out: the value that all share."""

from typing import Literal, get_args

from engine.models.value import Value

StudyKind = Literal["patterns", "trend", "segments", "forecast", "budget", "creatives", "forecast-accuracy"]
STUDY_KINDS: tuple[StudyKind, ...] = get_args(StudyKind)


class Study(Value):
    """One finding over what is remembered, in numbers; each kind adds its own.

    ``asked`` are the words behind the verb, as they were typed.
    """

    kind: StudyKind
    asked: str
