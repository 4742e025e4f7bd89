"""The ledger as plain text and for machines."""

from collections.abc import Sequence
from typing import Any

from bot.blocks.audit import grounds
from engine.models.audit import AuditLine, AuditPage, LedgerHead
from engine.narrate import deeds
from engine.narrate.words import Words


def audit_text(page: AuditPage, words: Words) -> str:
    """A line each, the newest first, and how many more there are."""
    lines = [_line(each, words) for each in page.lines]
    rest = page.total - len(page.lines)
    return "\n".join([*lines, *([f"and {rest} more"] if rest else [])]) or "The ledger has no such line."


def audit_entry(line: AuditLine) -> dict[str, Any]:
    """{"seq", "at", "who", "deed", "says", "subject", "detail", "digest", …}, null where nothing is known."""
    entry = line.entry
    version = entry.detail.get("version")
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "who": entry.actor,
        "deed": entry.deed,
        "says": line.says,
        "subject": entry.subject,
        "campaign": line.campaign,
        "recommendation": line.recommendation,
        "version": version if isinstance(version, int) else None,
        "revision": line.revision,
        "model": line.model,
        "prompt": line.prompt,
        "detail": entry.detail,
        "digest": entry.digest,
    }


def head_text(head: LedgerHead, words: Words) -> str:
    """Where the ledger ends, to be noted elsewhere."""
    told = f"line {head.seq}  {head.digest}"
    if head.anchored_at is None:
        return f"{told}\nnothing is anchored yet"
    return f"{told}\nanchored: line {head.anchored}, {words.style.moment(head.anchored_at)}"


def verified_text(faults: Sequence[str], head: LedgerHead, words: Words) -> str:
    if not faults:
        return f"The ledger is whole: {words.formats.count(head.seq, 'line')}."
    return "\n".join(["The ledger was changed, or is not the newest one.", *faults])


def _line(line: AuditLine, words: Words) -> str:
    about = f" · {line.campaign}" if line.campaign else ""
    ground = " · ".join(grounds(line, words))
    at = words.style.moment(line.entry.at)
    return f"{at} · {deeds.who(line.entry.actor)} {line.says}{about} ({ground})"
