"""What was learned, in words: its life, who doubts it, and what was wrong."""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.models.learning import Learning, Mistake
from engine.models.pattern import LevelEffect
from engine.models.pattern_life import Objection, Retraction, Sighting
from engine.narrate import sentences
from engine.narrate.forty import stated
from engine.narrate.report import plain
from engine.narrate.words import Words

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")


def sentence(learning: Learning, words: Words) -> str:
    """S38; or S39 where it was wrong."""
    life = learning.life
    if learning.effect.status == "retracted" and life is not None and life.retraction is not None:
        return mistaken(life.name, life.retraction.said, life.retraction, words)
    return sentences.learned(learning.effect, words)


def mistaken(name: str, said: LevelEffect, retraction: Retraction, words: Words) -> str:
    """S39: what was claimed, and what all campaigns say now."""
    f = words.formats
    better = "lower" if said.direction == "better" else "higher"
    return stated(
        "S39",
        said,
        retraction,
        claim=f"{words.style.name(name)} has a {better} CPA than the rest",
        d1=f.change(said.lift_pct),
        n1=f.count(said.campaigns, "campaign"),
        d2=f.change(retraction.lift_pct),
        share=f.percent(retraction.interval.level * 100),
        r=f.change_range(retraction.interval),
        n2=f.number(retraction.campaigns),
    )


def wrong(mistake: Mistake, words: Words) -> str:
    return mistaken(mistake.name, mistake.said, mistake.retraction, words)


def standing_line(learning: Learning, found_in: Sequence[str], words: Words) -> str:
    """Who relied on it, and where it was found: "used in 3 decisions · Meta, Leads".

    ``found_in`` are the learning's own, made inert for where the line is shown.
    """
    parts = []
    if learning.approved_by:
        parts.append(f"approved by {', '.join(words.style.person(each) for each in learning.approved_by)}")
    used = words.formats.count(learning.used_in, "decision") if learning.used_in else "no decision yet"
    parts.append(f"used in {used}")
    if found_in:
        parts.append(", ".join(found_in))
    if learning.undated and learning.effect.status == "candidate":
        campaigns = words.formats.count(learning.undated, "campaign")
        parts.append(f"{campaigns} without a first day cannot test it")
    return " · ".join(parts)


def doubted(objection: Objection, note: str, words: Words) -> str:
    """Who says that it is not true for this team, when, and why; ``note`` is theirs, made inert."""
    who, when = words.style.person(objection.by), words.style.moment(objection.at)
    silenced = ", left out of digests" if objection.silences else ""
    return f"Doubted by {who}, {when}{silenced}: {note}"


def period(place: int, sighting: Sighting, words: Words) -> str:
    """One period in which it was found, with its own figures."""
    f, effect = words.formats, sighting.effect
    days = f.days(sighting.first_day, sighting.last_day)
    level = f.percent(effect.interval.level * 100)
    return (
        f"{ORDINALS[place]} period, {days}: CPA {f.change(effect.lift_pct)} "
        f"({level} range {f.change_range(effect.interval)}), {f.count(effect.campaigns, 'campaign')}."
    )


def told_apart(effects: Iterable[LevelEffect]) -> tuple[list[LevelEffect], list[LevelEffect]]:
    """Tell what held again from what was seen once, each in its order."""
    every = list(effects)
    held = [each for each in every if each.status != "candidate"]
    return held, [each for each in every if each.status == "candidate"]


def learning_entry(learning: Learning) -> dict[str, Any]:
    """One learning as machines read it."""
    effect, life = learning.effect, learning.life
    return {
        "key": learning.key,
        "signal": learning.signal,
        "name": effect.name,
        "text": learning.text,
        "status": effect.status,
        "lift_pct": plain(effect.lift_pct),
        "interval": plain(effect.interval),
        "campaigns": effect.campaigns,
        "campaign_ids": plain(effect.campaign_ids),
        "last_tested": plain(effect.last_tested),
        "score": plain(learning.score),
        "why": plain(learning.why),
        "periods": [_period_entry(each) for each in learning.periods],
        "retraction": plain(life.retraction) if life else None,
        "used_in": learning.used_in,
        "approved_by": plain(learning.approved_by),
        "objections": plain(learning.objections),
        "effect": plain(effect),
    }


def _period_entry(sighting: Sighting) -> dict[str, Any]:
    effect = sighting.effect
    return {
        "first_day": plain(sighting.first_day),
        "last_day": plain(sighting.last_day),
        "lift_pct": plain(effect.lift_pct),
        "interval": plain(effect.interval),
        "campaigns": effect.campaigns,
        "campaign_ids": plain(effect.campaign_ids),
    }
