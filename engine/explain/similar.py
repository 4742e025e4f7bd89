"""Similar campaigns: near in meaning, nearer when platform, objective or audience is the same, and why."""

from collections.abc import Iterable, Mapping, Sequence

from engine.explain.standing import Standing, newest_by_campaign, worked_out_once
from engine.explain.vocabulary import Word, meanings, telling, words_of
from engine.models.campaign import NO_OBJECTIVE
from engine.models.pattern import SimilarCampaign
from engine.models.retrospective import slug

LEAST = 0.25
LEAST_BY_WORDS = 0.10
WORDING = "wording"  # the reason where only parts of words are alike
MOST_SHOWN = 3
MOST_WORDS = 4
# The parts add up to 1: a campaign with the same words, platform, objective and audience scores 1.
COSINE, PLATFORM, OBJECTIVE, AUDIENCE = 0.70, 0.05, 0.10, 0.15


def similar_campaigns(
    focus: Standing, standings: Iterable[Standing], near: Mapping[str, float]
) -> tuple[SimilarCampaign, ...]:
    """Rank other campaigns, at most three. ``near``: by campaign key, the cosine of their summaries.

    How a campaign ended is no reason: it does not make it similar.
    """
    others = [each for each in newest_by_campaign(standings) if each.campaign_key != focus.campaign_key]
    scored = [(_score(focus, each, near.get(each.campaign_key, 0.0)), each) for each in others]
    return tuple(
        _similar(score, each, _shared(focus, each)) for score, each in _best(scored, LEAST, MOST_SHOWN)
    )


def campaigns_like(
    asked: str, standings: Iterable[Standing], near: Mapping[str, float], most: int
) -> tuple[SimilarCampaign, ...]:
    """Rank campaigns by a person's words, at most ``most``."""
    found = newest_by_campaign(standings)
    scored = [(near.get(each.retrospective.campaign_key, 0.0), each) for each in found]
    words = telling(words_of(asked))
    best = _best(scored, LEAST_BY_WORDS, most)
    return tuple(_similar(score, each, _meets(words, each)) for score, each in best)


def shared_words(asked: str, text: str) -> list[str]:
    """What of a text answers a person's words, as one reason or none."""
    return _words(_answering(telling(words_of(asked)), text))


def _best(scored: list[tuple[float, Standing]], least: float, most: int) -> list[tuple[float, Standing]]:
    """Keep the best; of equal ones, the order of their keys decides, so that it is the same every time."""
    kept = [(round(score, 4), each) for score, each in scored if score >= least]
    return sorted(kept, key=lambda pair: (-pair[0], pair[1].retrospective.campaign_key))[:most]


def _score(focus: Standing, each: Standing, cosine: float) -> float:
    mine, other = _slugs(focus), _slugs(each)
    parts = {"platform": PLATFORM, "objective": OBJECTIVE, "audience": AUDIENCE}
    return COSINE * max(cosine, 0.0) + sum(worth for name, worth in parts.items() if mine[name] & other[name])


def _facets(each: Standing) -> dict[str, tuple[str, ...]]:
    campaign = each.retrospective.campaign
    return {
        "platform": (campaign.platform,),
        "objective": (campaign.objective,) if campaign.objective != NO_OBJECTIVE else (),
        "audience": tuple(audience.name for audience in campaign.audiences),
        "creative type": tuple(dict.fromkeys(creative.type for creative in campaign.creatives)),
    }


@worked_out_once
def _slugs(each: Standing) -> dict[str, set[str]]:
    return {name: {slug(value) for value in values} for name, values in _facets(each).items()}


def _shared(focus: Standing, each: Standing) -> list[str]:
    """What two campaigns have in common, in plain words."""
    mine = _slugs(focus)
    same = [
        f"{name} {value}"
        for name, values in _facets(each).items()
        for value in values
        if slug(value) in mine[name]
    ]
    stems = {word.stem for word in telling(words_of(_said(focus)))}
    told = {word.stem for word in words_of(" ".join(same))}
    shared = (word.text for word in telling(words_of(_said(each))) if word.stem in stems - told)
    return [*same, *_words(shared)] or [WORDING]


def _meets(asked: Sequence[Word], each: Standing) -> list[str]:
    """What of a campaign answers a person's words: the same word, or one that means the same."""
    answering = [
        (f"{name} {value}", met)
        for name, values in _facets(each).items()
        for value in values
        if (met := _answering(asked, value))
    ]
    told = {word for _, met in answering for word in met}
    rest = [word for word in _answering(asked, _said(each)) if word not in told]
    return [*(reason for reason, _ in answering), *_words(rest)] or [WORDING]


def _answering(asked: Sequence[Word], text: str) -> list[str]:
    words = telling(words_of(text))
    stems = {word.stem for word in asked}
    meant = {meaning.name for meaning in meanings(asked)}
    same = [word.text for word in words if word.stem in stems]
    alike = [word for meaning in meanings(words) if meaning.name in meant for word in meaning.words]
    return list(dict.fromkeys([*same, *alike]))


def _words(found: Iterable[str]) -> list[str]:
    """One reason of at most four words; a bare number or letter is none."""
    words = [word for word in dict.fromkeys(found) if len(word) > 2 and not word.isdigit()][:MOST_WORDS]
    return [f"words {', '.join(words)}"] if words else []


def _said(each: Standing) -> str:
    creatives = each.retrospective.campaign.creatives
    return ". ".join([each.retrospective.name, *(f"{own.headline} {own.primary_text}" for own in creatives)])


def _similar(score: float, each: Standing, why: list[str]) -> SimilarCampaign:
    return SimilarCampaign(
        campaign_id=each.retrospective.campaign.campaign_id,
        campaign_key=each.retrospective.campaign_key,
        name=each.retrospective.name,
        score=score,
        why=tuple(why),
        delta_pct=each.cpa.delta_pct,
        verdict=each.cpa.verdict,
    )
