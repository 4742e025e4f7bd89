"""Which campaign a person means: by id, by name, by the beginning of either."""

from collections.abc import Iterable
from difflib import get_close_matches

from engine.errors import AmbiguousCampaign, Fault, Refused, UnknownCampaign
from engine.models.retrospective import Retrospective, slug

SHOWN = 3


def find_campaign(asked: str, retrospectives: Iterable[Retrospective]) -> Retrospective:
    """Find the newest window of the campaign called ``asked``.

    Spelling of case and separators does not matter; a beginning is enough when only one campaign
    has it. Raises ``UnknownCampaign`` with the nearest names, or ``AmbiguousCampaign``.
    """
    newest = {each.campaign_key: each for each in sorted(retrospectives, key=lambda each: each.last_day)}
    wanted = slug(asked)
    for matches in (_exactly, _by_slug, _by_beginning):
        found = [each for each in newest.values() if matches(asked, wanted, each)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousCampaign(asked, sorted(each.campaign_key for each in found))
    _refuse_window(asked)
    names = {name: each.name for each in newest.values() for name in _spellings(each)}
    near = [names[name] for name in get_close_matches(wanted, names, n=SHOWN * 3, cutoff=0.4)]
    raise UnknownCampaign(asked, list(dict.fromkeys(near))[:SHOWN])


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
