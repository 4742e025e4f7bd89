"""What came of figures that were handed in: sentences of the reply to a file."""

from engine.models.file_import import FileImport, Haul
from engine.narrate.formats import listed
from engine.narrate.forty import stated
from engine.narrate.words import Words


def taken(haul: Haul, words: Words) -> str:
    """S34 of campaigns: what was taken and what was known, then its days, money and conversions."""
    counts = [f"{_windows(haul, haul.taken or haul.known or haul.outdated, words)} {_became(haul)}"]
    if haul.taken and haul.known:
        counts.append(f"{words.formats.number(haul.known)} known already")
    opening = words.style.strong(f"{', '.join(counts)}.")
    return " ".join([opening, *_sums(haul, words), *_stands(haul, words)])


def stopped(haul: Haul, stored: int, words: Words) -> str:
    """A file that failed halfway: how far it got, and that dropping it again takes the rest."""
    f = words.formats
    kind = "campaign" if haul.windows == haul.campaigns else "window"
    got = f": {f.number(stored)} of {f.count(haul.taken, kind)} taken" if haul.taken else ""
    opening = words.style.strong(f"Stopped{got}.")
    return f"{opening} Something failed on my side. Drop it again and I take the rest."


def _became(haul: Haul) -> str:
    if haul.taken:
        return "taken"
    return "known already, nothing new" if haul.known else "not taken"


def _windows(haul: Haul, number: int, words: Words) -> str:
    """Count campaigns; where one has several windows, those."""
    f = words.formats
    if haul.windows == haul.campaigns:
        return f.count(number, "campaign")
    return f"{f.count(number, 'window')} of {f.count(haul.campaigns, 'campaign')}"


def _sums(haul: Haul, words: Words) -> list[str]:
    if haul.last_day is None:
        return []
    f = words.formats
    parts = [f.days(haul.first_day, haul.last_day)]
    if haul.spend is not None and haul.conversions is not None:
        parts.append(listed([f.money(sum_, code or None) for code, sum_ in sorted(haul.spend.items())]))
        parts.append(f.count(haul.conversions, "conversion"))
    text = ", ".join(parts)
    return [f"{text[0].upper()}{text[1:]}."]


def _stands(haul: Haul, words: Words) -> list[str]:
    """Figures of an earlier moment than those that are known are not taken, and that is said."""
    if not haul.outdated:
        return []
    those = f"Of {words.formats.number(haul.outdated)} more " if haul.taken or haul.known else ""
    return [f"{those}I know figures from a later moment; those stand."]


def same(checksum: str, before: FileImport, words: Words) -> str:
    """S36; ``checksum`` is that of the file that came now."""
    when, who = words.style.moment(before.at), words.style.person(before.by)
    return stated("S36", checksum, before, when=when, who=who)
