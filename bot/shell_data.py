"""What is known out of exports: by platform and account, and how old it is."""

from collections.abc import Sequence
from typing import Any

from engine.models.export import SourceState
from engine.models.retrospective import slug
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
    f = words.formats
    money = ", ".join(f.money(amount, currency or None) for currency, amount in sorted(state.spend.items()))
    counts = f"{f.count(state.campaigns, 'campaign')}, {f.count(state.rows, 'row')}"
    about = [counts, f.days(state.first_day, state.last_day), *([money] if money else [])]
    return [
        f"{_named(state)}: {_fresh(state, words)}",
        f"  {'; '.join(about)}",
        f"  last import: {state.file}, {f.day(state.at.date())}, by {state.by}",
    ]


def _named(state: SourceState) -> str:
    is_only = slug(state.account) == "default"
    return state.platform if is_only else f"{state.platform}, account {state.account}"


def _fresh(state: SourceState, words: Words) -> str:
    if state.days_old <= 0:
        return "data up to today"
    old = words.formats.count(state.days_old, "day")
    return f"data up to {words.formats.day(state.last_day)}, {old} old"


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
