"""Which campaign or signal a person means: by id, by name, by the beginning of either."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from engine.errors import AmbiguousCampaign, Fault, Refused, UnknownCampaign, UnknownSignal
from engine.models.retrospective import Retrospective, slug
from engine.models.weight import SignalWeight, Weights

SHOWN = 3


def find_campaign(
    asked: str, retrospectives: Iterable[Retrospective], *, exactly: bool = False
) -> Retrospective:
    """Find the newest window of the campaign called ``asked``.

    Spelling of case and separators does not matter; a beginning is enough when only one campaign
    has it; with ``exactly`` only the id or the key itself will do. Raises ``UnknownCampaign`` with the
    nearest names, or ``AmbiguousCampaign``.
    """
    newest = {each.campaign_key: each for each in sorted(retrospectives, key=lambda each: each.last_day)}
    wanted = slug(asked)
    for matches in (_exactly,) if exactly else (_exactly, _by_slug, _by_beginning):
        found = [each for each in newest.values() if matches(asked, wanted, each)]
        if len(found) == 1:
            return found[0]
        if found:
            found.sort(key=lambda each: each.campaign_key)
            raise AmbiguousCampaign(asked, [each.campaign_key for each in found], _told_apart(found))
    _refuse_window(asked)
    names = {name: each.name for each in newest.values() for name in _spellings(each)}
    near = [names[name] for name in get_close_matches(wanted, names, n=SHOWN * 3, cutoff=0.55)]
    raise UnknownCampaign(asked, list(dict.fromkeys(near))[:SHOWN])


def find_signal(asked: str, weights: Weights) -> SignalWeight:
    """Find a signal by its name, such as "audience:students-18-25", or by what stands after the colon,
    of which the beginning is enough when only one signal has it.

    Raises ``UnknownSignal`` with the nearest names.
    """
    by_name = {each.signal: each for each in weights.signals}
    kind, _, rest = asked.strip().partition(":")
    wanted = f"{kind.casefold()}:{slug(rest)}" if rest else slug(asked)
    found = by_name.get(asked.strip()) or by_name.get(wanted)
    ends = [name for name in by_name if name.rsplit(":", 1)[-1] == wanted] or [
        name for name in by_name if len(wanted) >= 3 and name.rsplit(":", 1)[-1].startswith(wanted)
    ]
    if found is None and len(ends) == 1:
        found = by_name[ends[0]]
    if found is not None:
        return found
    near = ends or [*get_close_matches(wanted, by_name, n=SHOWN, cutoff=0.4), *_by_end(wanted, by_name)]
    raise UnknownSignal(asked, list(dict.fromkeys(near))[:SHOWN])


def _told_apart(found: Sequence[Retrospective]) -> list[str]:
    """Their names, with the platform where two have the same."""
    often = Counter(each.name for each in found)
    return [
        f"{each.name} ({each.campaign.platform})" if often[each.name] > 1 else each.name for each in found
    ]


def _by_end(wanted: str, names: Iterable[str]) -> list[str]:
    ends = {name.rsplit(":", 1)[-1]: name for name in names}
    return [ends[end] for end in get_close_matches(wanted.rsplit(":", 1)[-1], ends, n=SHOWN, cutoff=0.4)]


def _exactly(asked: str, _: str, each: Retrospective) -> bool:
    return asked in {each.campaign.campaign_id, each.campaign_key}


def _by_slug(_: str, wanted: str, each: Retrospective) -> bool:
    return wanted in _spellings(each)


def _by_beginning(_: str, wanted: str, each: Retrospective) -> bool:
    return len(wanted) >= 3 and any(name.startswith(wanted) for name in _spellings(each))


def _spellings(each: Retrospective) -> set[str]:
    return {slug(each.campaign.campaign_id), slug(each.name), slug(each.campaign_key)}


def _refuse_window(asked: str) -> None:
    """Say plainly that a window cannot be chosen yet, rather than that nobody knows "x 30d"."""
    last = asked.rsplit(maxsplit=1)[-1]
    if len(asked.split()) > 1 and last[:-1].isdigit() and last.endswith("d"):
        raise Refused([Fault("window", last, "daily rows are needed to choose one; leave it out")])
