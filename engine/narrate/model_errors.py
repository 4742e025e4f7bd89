"""Why a model's answer is not used: one kind for each way in which it can fail."""

from typing import Literal

FailureKind = Literal[
    "timeout",
    "rate_limited",
    "server_error",
    "bad_request",
    "unauthorised",
    "unknown_model",
    "unreachable",
    "not_json",
    "empty",
    "refusal",
    "cut",
    "filtered",
    "wrong_schema",
    "wrong_figures",
    "wrong_direction",
    "foreign_name",
    "unsafe_text",
    "no_price",
    "over_budget",
    "resting",
    "broken",
]
FREE: frozenset[FailureKind] = frozenset(
    {"rate_limited", "server_error", "bad_request", "unauthorised", "unknown_model"}
)
UNASKED: frozenset[FailureKind] = frozenset({"no_price", "over_budget", "resting"})


class ModelFailed(Exception):
    """The rules' words stand. ``says`` is for the log: never a key, never what the server wrote."""

    def __init__(self, kind: FailureKind, says: str) -> None:
        self.kind = kind
        super().__init__(says)
