"""What is known out of exports: by platform and account, and how old it is."""

from collections.abc import Sequence
from typing import Any

from engine.models.export import SourceState
from engine.narrate import sources
from engine.narrate.words import Words

NOTHING = "No rows yet: `marko import FILE` takes an export, and so does a file in a channel."


def data_text(found: Sequence[SourceState], words: Words) -> str:
    """One platform and account after the other, the freshest first."""
    return "\n".join(line for each in found for line in _lines(each, words)) or NOTHING


def data_json(found: Sequence[SourceState]) -> list[dict[str, Any]]:
    """Give {"platform", "account", "campaigns", "rows", "date_range", "spend", "days_old", "last_import"}.

    ``spend`` is exact text by currency, "" where nobody knows it; ``days_old`` counts up to today.
    """
    return [_entry(each) for each in found]


def _lines(state: SourceState, words: Words) -> list[str]:
    return [
        f"{sources.named(state, words)}: {sources.fresh(state, words)}",
        f"  {sources.holds(state, words)}",
        f"  {sources.last_import(state, words)}",
    ]


def _entry(state: SourceState) -> dict[str, Any]:
    return {
        "platform": state.platform,
        "account": state.account,
        "campaigns": state.campaigns,
        "rows": state.rows,
        "date_range": [state.first_day.isoformat(), state.last_day.isoformat()],
        "spend": {currency: f"{amount:f}" for currency, amount in sorted(state.spend.items())},
        "days_old": state.days_old,
        "last_import": {
            "id": state.last_import,
            "file": state.file,
            "at": state.at.isoformat(),
            "by": state.by,
        },
    }
