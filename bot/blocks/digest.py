"""The weekly digest: mistakes first, then by money; empty parts are left out; one line when quiet."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.blocks import kit
from bot.blocks.card_states import Links, decision_buttons
from bot.blocks.kit import Block, Message
from bot.blocks.limits import FALLBACK, clip, few
from bot.blocks.mrkdwn import Mrkdwn
from bot.blocks.pings import digest_held
from bot.blocks.voice import Voice
from engine.models.digest import Digest
from engine.models.recommendation import Recommendation, Status
from engine.narrate import carried, sentences
from engine.narrate.learnings import told_apart, wrong
from engine.narrate.limits import on_hold
from engine.narrate.words import Words

MOST = 5
STUCK: frozenset[Status] = frozenset({"failed", "unknown"})


def draw_digest(
    digest: Digest,
    recommendations: Mapping[str, Recommendation],
    voice: Voice,
    permalinks: Mapping[str, str],
    links: Mapping[str, Links] | None = None,
) -> Message:
    """Draw an edition with its recommendations as they are now. Quiet weeks are one line.

    ``links`` say of what waits what holds for it now, as its card does.
    """
    zone = ZoneInfo(digest.time_zone)
    words = Words(voice.marked.formats, Mrkdwn(voice.marked.formats, zone))
    if digest.quiet:
        return _quiet(digest, words, digest_held(digest.held, voice.plain))
    waiting = [recommendations[each] for each in digest.waiting if recommendations[each].status == "proposed"]
    named = [recommendations[each] for each in dict.fromkeys(digest.named)]
    stuck = [each for each in named if each.status in STUCK]
    done = dict.fromkeys((*digest.decided, *digest.waiting, *digest.stuck))
    decided = [recommendations[each] for each in done if is_settled(recommendations[each])]
    to_do = sum(each.status == "approved" for each in recommendations.values())
    title = _title(digest, len(waiting), to_do, stuck, words)
    blocks = [kit.header(title), *_late(digest, words), *_mistakes(digest, recommendations, words)]
    blocks += _stuck(stuck, words, permalinks)
    blocks += _learned(digest, words)
    blocks += _decided(decided, words)
    blocks += _moved(digest, words)
    for each in waiting[:MOST]:
        about = (links or {}).get(each.id, Links())
        blocks += _waits(each, voice, words, about, permalinks.get(each.id), first=each is waiting[0])
    if len(waiting) > MOST:
        blocks.append(kit.context(f"and {len(waiting) - MOST} more"))
    blocks += digest_held(digest.held, voice.plain)
    blocks.append(kit.context(_footer(digest, words)))
    return Message(clip(title, FALLBACK), blocks)


def is_settled(recommendation: Recommendation) -> bool:
    """Say whether anything came of it: it was decided, or its time is over."""
    if recommendation.status in {"expired", "withdrawn"}:
        return True
    return bool(recommendation.decisions) and recommendation.status not in {"proposed", "noted", *STUCK}


def _stuck(stuck: list[Recommendation], words: Words, permalinks: Mapping[str, str]) -> list[Block]:
    """First what a person has to look at: it failed, or nobody knows."""
    blocks = []
    for each in stuck[:MOST]:
        link, name = permalinks.get(each.id), each.analysis.retrospective.name
        accessory = kit.link("Open card", link, says=f"Open the card of {name}") if link else None
        blocks.append(kit.section(carried.told(each, words), accessory=accessory))
    more = len(stuck) - MOST
    return [*blocks, *([kit.context(f"and {more} more")] if more > 0 else [])]


def _stuck_count(stuck: list[Recommendation], words: Words) -> list[str]:
    unknown = sum(each.status == "unknown" for each in stuck)
    failed = len(stuck) - unknown
    counts = []
    if unknown:
        counts.append(f"⚠️ {words.formats.count(unknown, 'change')} may not have arrived")
    if failed:
        counts.append(f"{'' if unknown else '⚠️ '}{words.formats.count(failed, 'change')} refused")
    return counts


def _title(digest: Digest, waiting: int, to_do: int, stuck: list[Recommendation], words: Words) -> str:
    counts = _stuck_count(stuck, words)
    held, seen_once = told_apart(digest.learned)
    if digest.mistakes:
        counts.append("1 mistake" if len(digest.mistakes) == 1 else f"{len(digest.mistakes)} mistakes")
    if held:
        counts.append(f"{len(held)} learned")
    if seen_once:
        counts.append(f"{len(seen_once)} seen once")
    if digest.moved:
        counts.append(f"{len(digest.moved)} moved for real")
    if waiting:
        counts.append("1 decision waits" if waiting == 1 else f"{waiting} decisions wait")
    if to_do:
        counts.append(f"{to_do} to carry out")
    if not waiting and not to_do and not stuck and (digest.decided or digest.waiting):
        counts.append("nothing waits")
    return f"{words.formats.days(*digest.week)}: {', '.join(counts)}"


def _quiet(digest: Digest, words: Words, held: list[Block]) -> Message:
    line = sentences.quiet_week(*digest.week, digest.campaigns, dict(digest.spend), words)
    if digest.first:
        line = f"{line} {_first(digest, words)}"
    late = "".join(f"{text} " for text in _late_text(digest, words))
    plain = sentences.quiet_week(*digest.week, digest.campaigns, dict(digest.spend), words)
    return Message(clip(plain, FALLBACK), [kit.section(f"{late}{line}"), *held])


def _first(digest: Digest, words: Words) -> str:
    known = words.formats.count(digest.known_campaigns, "campaign")
    return f"First week. {known} known, 0 learnings: a learning needs two periods that agree."


def _late_text(digest: Digest, words: Words) -> list[str]:
    if not digest.late or digest.due_at is None:
        return []
    return [sentences.late(digest.due_at, digest.posted_at, digest.last_day, words)]


def _late(digest: Digest, words: Words) -> list[Block]:
    return [kit.context(text) for text in _late_text(digest, words)]


def _learned(digest: Digest, words: Words) -> list[Block]:
    if not digest.learned:
        return [kit.context(_first(digest, words))] if digest.first else []
    held, seen_once = told_apart(digest.learned)
    return [
        *_part("Learned.", [sentences.learned(each, words) for each in held], words),
        *_part("Seen once.", [sentences.learned(each, words) for each in seen_once], words),
    ]


def _mistakes(digest: Digest, recommendations: Mapping[str, Recommendation], words: Words) -> list[Block]:
    """What was said and holds no more, each with the decisions that were built on it."""
    blocks = []
    for mistake in digest.mistakes[:MOST]:
        blocks.append(kit.section(wrong(mistake, words)))
        built = [carried.told(recommendations[each], words) for each in mistake.decisions]
        if built:
            blocks.append(kit.context("\n".join(f"Built on it: {line}" for line in few(built, 3))))
    more = len(digest.mistakes) - MOST
    return [*blocks, *([kit.context(f"and {more} more")] if more > 0 else [])]


def _decided(decided: list[Recommendation], words: Words) -> list[Block]:
    lines = [carried.in_short(each, words) for each in decided]
    return _part("Decided.", lines, words)


def _moved(digest: Digest, words: Words) -> list[Block]:
    return _part("Moved for real.", [sentences.moved(each, words) for each in digest.moved], words)


def _part(title: str, lines: list[str], words: Words) -> list[Block]:
    """One section a line, so that each stays short on a phone; the title leads the first."""
    shown = few(lines, MOST)
    return [
        kit.section(f"{words.style.strong(title)} {line}" if index == 0 else line)
        for index, line in enumerate(shown)
    ]


def _waits(
    recommendation: Recommendation,
    voice: Voice,
    words: Words,
    links: Links,
    permalink: str | None,
    *,
    first: bool,
) -> list[Block]:
    proposal = recommendation.analysis.proposal
    name = words.style.name(recommendation.analysis.retrospective.name)
    worst = sentences.worst_case(proposal.worst_case, words) if proposal.worst_case else ""
    title = f"{words.style.strong('Waits.')} " if first else ""
    buttons = decision_buttons(recommendation, voice.plain, links)
    if permalink:
        buttons.append(kit.link("Open card", permalink))
    text = f"{title}{name}: {sentences.action(proposal.action, words)} {worst}"
    if recommendation.approvals:
        enough = links.one_is_enough
        text = f"{text} {carried.one_of_two(recommendation, links.two_above, words, enough=enough)}"
    if links.on_hold is not None:
        text = f"{text} {on_hold(links.on_hold.days, words)}"
    return [kit.section(text), kit.actions(buttons)]


def _footer(digest: Digest, words: Words) -> str:
    parts = [f"{words.formats.count(digest.known_campaigns, 'campaign')} known"]
    parts.append(f"as of {words.style.moment(digest.posted_at)}")
    if digest.next_at:
        parts.append(f"next {words.style.moment(digest.next_at)}")
    return " · ".join(parts)
