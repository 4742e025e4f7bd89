"""What every line of the ledger says, in plain words: one sentence for each deed.

A part in brackets is left out where the line does not tell what it speaks of. The sentence goes on after
the name of who did it: "Marko replaced it with a newer one."
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from engine.models.delivery import LedgerEntry
from engine.models.hook import ACTOR as HOOK

ACTORS: Mapping[str, str] = {"marko": "Marko", "clock": "The clock", "shell": "The shell", "": "Somebody"}
LONGEST = 160  # characters of one thing that a line tells
DEEDS: Mapping[str, str] = {
    # analyses
    "proposed": "had it analyzed; an action was proposed",
    "noted": "had it analyzed; there is nothing to decide",
    "superseded": "replaced it with a newer one[: {by}]",
    "withdrawn": "withdrew it: its reason is gone[ ({kpi} is back at {value})]",
    "expired": "let it expire: nobody decided",
    "entered_order_value": "entered an order value of {value}",
    "entered_forecast": "entered a forecast",
    "objected": "doubted this learning[: “{note}”]",
    "took_back": "took back what was said against this learning",
    "pattern_claimed": "found a pattern[: {lift_pct} % over {campaigns} campaigns]",
    "pattern_validated": "found a pattern confirmed[: {lift_pct} % over {campaigns} campaigns]",
    "pattern_retracted": "took a pattern back[: {lift_pct} % over {campaigns} campaigns]",
    # carrying out
    "sending": "began to send it[, try {attempts}]",
    "executed": "got the receipt: it is carried out",
    "undone": "got the receipt of the undo",
    "carrying_waits": "could not open a line to send it[: {error}]",
    "carrying_refused": "was refused by the receiver, and tries again[: {error}]",
    "failed": "was refused by the receiver for good[: {error}]",
    "unknown": "sent it, and does not know whether it arrived[: {error}]",
    "undo_refused": "was refused the undo by the receiver[: {error}]",
    "reported_too_late": "heard of it once more: {said}, and it was {is} already",
    # decisions
    "half_approved": "approved it; a second approval is due[: “{note}”]",
    "approved": "approved it[, changed to {action}][: “{note}”]",
    "rejected": "rejected it[ ({reason})][: “{note}”]",
    "snoozed": "put it off[ until {until}]",
    "woken": "took it up again",
    "done": "carried it out by hand",
    "dropped": "dropped it[: “{note}”]",
    "retried": "had it tried again",
    "resent": "had it sent again, not knowing whether it had arrived",
    "said_arrived": "said that it arrived; there is no receipt",
    "undo_ordered": "had it undone",
    "came_too_late": "came too late[ to {verb}][: it was {status} already]",
    "refused": "was refused[ ({verb})][: {why}]",
    # what is set, ordered and read
    "changed_setting": "changed {subject}[ from {old}][ to {new}]",
    "calendar_added": "put “{name}” on the calendar[: {first} to {last}][, {about} only]",
    "calendar_changed": "changed “{name}” on the calendar[: {first} to {last}][, {about} only]",
    "calendar_removed": "took “{name}” off the calendar[: {first} to {last}][, {about} only]",
    "calendar_country": "changed whose public holidays count[ from {old}][ to {new}]",
    "subscribed": "ordered the digest[ for weekday {weekday}, {at}, {time_zone}]",
    "unsubscribed": "ended the digest",
    "asked_for_digest": "asked for a digest now",
    "digest_claimed": "began the digest that was due[ {due_at}]",
    "digest_sent": "posted the digest",
    "posting_settled": "settled a message whose fate was unknown[ (it arrived: {arrived})]",
    "settling_refused": "was refused to settle a message whose fate was unknown",
    "read": "read {subject}[: {what}]",
    # models
    "asked_model": "asked {model}[ with {prompt}][: {outcome}][, {usd} USD]",
    "model_budget_at_80": "had spent 80 % of the day's budget for models[: {spent} of {budget} USD]",
    "model_budget_used_up": "had used up the day's budget for models[: {spent} of {budget} USD]",
    # files
    "import_reading": "began to read a file[: {file}]",
    "import_done": "handed in a file[: {file}]",
    "import_stopped": "could not read a file to its end[: {file}]",
    "import_refused": "handed in a file that was refused[: {file}]",
    "import_same": "handed in a file that is known[: {file}]",
    "import_export": "handed in an export[: {file}]",
    "import_asking": "handed in a file about which something is open[: {file}]",
    "import_answered": "answered what was open about a file[: {file}][, for all of its shape: {remembered}]",
    "import_double": "handed in a file whose money is held by another[: {file}]",
    "import_kept_both": "said that a file is other money than the one that it seems to repeat[: {file}]",
    "import_judged": "asked for the verdicts of a file[: {file}]",
    "import_cancelled": "cancelled the reading of a file[: {file}]",
    "import_undone": "took an import back[: {file}]",
    "import_linked": "said that these are one campaign: {main} and {aliases}",
    "import_unlinked": "said that these are not one campaign: {main} and {aliases}",
    # webhooks
    "hook_accepted": "delivered a file[: {file}][, {size} bytes]",
    "hook_dead": "could not read a delivery[: {reason}]",
    "hook_later": "could not read a delivery yet, and tries again[: {error}]",
    "hook_retried": "had a delivery read again[: {file}]",
    "hook_counted": "said that a delivery is other money than the file that seems to hold it[: {file}]",
    "hook_dropped": "dropped a delivery[: {file}]",
    # what went wrong
    "broke_down": "failed[ at {what}][ for {person}]: case {subject}[, {error}]",
    # the ledger itself
    "backed_up": "made a backup[: {file}]",
    "ledger_keyed": "took the ledger's key[; {lines} lines before it are sealed]",
    "ledger_rekeyed": "began to keep the ledger with another key[; {lines} lines before are sealed]",
    "restored": "put back a backup[: {backup}][, of {until}][, over a ledger of {replaced_line} lines]",
    "anchor_begun": "began a new anchor: there was none",
    "anchor_replaced": "anchored the ledger anew[: {why}][; the anchor named line {line}]",
}
_PART = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+(?:Z|\+00:00|([+-]\d\d:\d\d))$")


def said(entry: LedgerEntry) -> str:
    """Say one line in plain words, without its moment and who did it; what people wrote stands as it is."""
    told = {name: text for name, value in entry.detail.items() if (text := _text(value))}
    told["subject"] = _text(entry.subject)
    if entry.deed == "changed_setting":
        told["subject"] = told["subject"].replace("_", " ")
        told |= {name: _set(entry.subject, entry.detail.get(name)) for name in ("old", "new")}
    template = DEEDS.get(entry.deed, f"did this: {entry.deed}")
    pieces = _PART.split(template)  # whole, optional, whole, …
    return "".join(
        _optional(each, told) if place % 2 else _filled(each, told) for place, each in enumerate(pieces)
    )


def who(actor: str) -> str:
    """Name whoever is no person of Slack; a person's id stands as it is."""
    if actor.startswith(HOOK):
        return f"The webhook {actor.removeprefix(HOOK)}"
    return ACTORS.get(actor, actor)


def _optional(piece: str, told: Mapping[str, str]) -> str:
    return _filled(piece, told) if all(told.get(name) for name in _FIELD.findall(piece)) else ""


def _filled(piece: str, told: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: told.get(found[1], "?"), piece)


def _set(name: str, value: Any) -> str:
    """A setting's value; "none" where nothing is set."""
    if name == "change_limit" and isinstance(value, int | float):
        return f"{value * 100:g} %"
    if isinstance(value, dict) and isinstance(value.get("of"), list):
        return ", ".join(f"{amount} {currency}" for currency, amount in value["of"]) or "none"
    if isinstance(value, dict) and value.keys() == {"first", "last"}:
        return f"{value['first']} to {value['last']}"
    return _text(value) or "none"


def _text(value: Any) -> str:
    """One thing that a line tells, on one line."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = ", ".join(filter(None, map(_text, value)))
    elif isinstance(value, str):
        moment = _MOMENT.match(value)
        text = f"{moment[1]} {moment[2]} {moment[3] or 'UTC'}" if moment else " ".join(value.split())
    elif isinstance(value, dict) and value.get("kind") == "set_spend":
        text = f"{value.get('field')} {value.get('to')} {value.get('currency') or ''}".strip()
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
