"""A learning as it is found by words."""

from engine.models.pattern import LevelEffect
from engine.models.value import Value


class Learning(Value):
    """A level's effect, said as a sentence. ``score`` says how near it is to what was asked, 0 to 1."""

    signal: str
    text: str
    score: float
    why: tuple[str, ...]
    effect: LevelEffect
