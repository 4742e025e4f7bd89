"""App Home: what waits, what was learned, how things stand; a list of the set-up while it is not done.

No tables, no charts. Each kind of person has a Home of their own: who decides, who asks, who visits.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block
from bot.blocks.limits import SECTION, clip
from bot.blocks.mrkdwn import escape, word
from bot.blocks.pings import home_pings, week_told
from bot.blocks.voice import Voice
from engine.models.digest import Subscription
from engine.models.overview import SET_UP, SHOWN, ModelState, Overview, SetUpStep
from engine.models.recommendation import Recommendation
from engine.narrate import carried, sentences
from engine.narrate.formats import listed
from engine.narrate.limits import on_hold
from engine.narrate.words import Words

MOST = SHOWN
LONGEST = 2 * SECTION  # as it is written: a name's marks are longer than what is read
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NO_LEARNING = "No learning yet; it needs two periods that agree."
NO_CAMPAIGN = "No campaign yet. Drop an export into a channel."
STEPS: Mapping[SetUpStep, str] = {
    "channel": "invite me to a channel",
    "approver": "name an approver",
    "limits": "limits, currency, time zone",
    "campaign": "hand in a first campaign",
    "digest": "order the weekly digest",
}
WAYS: Mapping[SetUpStep, str] = {
    "channel": "Type `/invite @Marko` there.",
    "approver": "A workspace admin does that here; until then nobody can approve.",
    "limits": "How much may change, when two must agree. An approver sets them; until then my own hold.",
    "campaign": "Drop an export of your ad platform into a channel where I am, or enter a campaign.",
    "digest": "Every week: what was learned, what moved for real, what waits.",
}
OPENERS: Mapping[SetUpStep, tuple[str, str]] = {
    "approver": ("Set…", ids.OPEN_SETTINGS),
    "limits": ("Set…", ids.OPEN_SETTINGS),
    "campaign": ("Analyze…", ids.OPEN_ANALYZE),
    "digest": ("Digest…", ids.OPEN_DIGEST),
}
MODEL: Mapping[ModelState, str] = {
    "off": "worded by rules, no model is set",
    "on": "a model words insights, figures checked",
    "resting": "⚠️ the model fails and rests, rules word everything meanwhile",
    "over budget": "the model's budget for today is used up, rules word everything",
    "no price": "⚠️ the model has no price and is not asked, rules word everything",
}


class Found(NamedTuple):
    """What a search in the learnings brought, in place of the latest ones. Texts are plain."""

    asked: str
    texts: Sequence[str]
    known: int


def home(overview: Overview, voice: Voice, links: Mapping[str, str], found: Found | None = None) -> Block:
    """Draw one person's Home; ``links`` are permalinks of cards by record."""
    if overview.role == "guest":
        return _view(_guest(overview, voice.marked))
    blocks = _set_up(overview) if overview.is_new else []
    if "campaign" in overview.done:
        blocks += [
            *_decisions(overview, voice, links),
            *home_pings(overview.pings, voice.marked),
            *_learned(overview, found),
        ]
        blocks += _standing(overview, voice.marked)
    else:
        blocks.append(kit.context(NO_CAMPAIGN))
    return _view([*blocks, kit.actions(_doors(overview))])


def _view(blocks: Sequence[Block]) -> Block:
    return {"type": "home", "blocks": list(blocks[:100])}


def _guest(overview: Overview, words: Words) -> list[Block]:
    whom = listed([words.style.person(each) for each in overview.approvers[:3]])
    text = f"Ask an approver to add you{f': {whom}' if whom else ''}."
    return [kit.header("Marko"), kit.section(text), kit.context("`/marko help` says what I can do.")]


def _set_up(overview: Overview) -> list[Block]:
    """Done, Next and Later: one thing to do at a time."""
    done = [each for each in SET_UP if each in overview.done]
    todo = [each for each in SET_UP if each not in overview.done]
    blocks = [kit.header(f"Set up: {len(done)} of {len(SET_UP)} done")]
    if done:
        blocks.append(kit.section(f"✅ Done: {' · '.join(STEPS[each] for each in done)}"))
    blocks += [_step("Next", each, overview) for each in todo[:1]]
    return blocks + [kit.section(f"Later: {STEPS[each]}") for each in todo[1:]]


def _step(when: str, step: SetUpStep, overview: Overview) -> Block:
    label, action_id = OPENERS.get(step, ("", ""))
    may = action_id and (action_id != ids.OPEN_SETTINGS or overview.may_set)
    accessory = kit.button(label, action_id, "set_up", says=f"{label} {STEPS[step]}") if may else None
    return kit.section(f"*{when}: {STEPS[step]}.* {WAYS[step]}", accessory=accessory)


def _decisions(overview: Overview, voice: Voice, links: Mapping[str, str]) -> list[Block]:
    words = voice.marked
    blocks = [kit.header(_title(overview, voice.plain))]
    if overview.last_decision and not (overview.waiting or overview.to_do or overview.stuck):
        blocks.append(kit.section(f"Last decision {words.style.moment(overview.last_decision)}."))
    known = {each.id: each for each in overview.shown}
    waiting, to_do, stuck, snoozed = (
        [known[each] for each in ids[:MOST] if each in known]
        for ids in (overview.waiting, overview.to_do, overview.stuck, overview.snoozed)
    )
    blocks += [_stuck(each, words, links.get(each.id)) for each in stuck]
    blocks += _rest(len(overview.stuck) - MOST)
    blocks += [_waits(each, overview, words, links.get(each.id)) for each in waiting]
    blocks += _rest(len(overview.waiting) - MOST)
    if to_do:
        blocks.append(kit.section("*Approved, to be carried out by hand*"))
        blocks += [_to_do(each, words, links.get(each.id)) for each in to_do]
        blocks += _rest(len(overview.to_do) - MOST)
    if snoozed:
        blocks.append(kit.section("*Snoozed*"))
        blocks += [_snoozed(each, words, links.get(each.id)) for each in snoozed]
        blocks += _rest(len(overview.snoozed) - MOST)
    return blocks + _others(overview, words)


def _rest(count: int) -> list[Block]:
    return [kit.context(f"and {count} more; `/marko recommendations` lists them")] if count > 0 else []


def _title(overview: Overview, words: Words) -> str:
    waiting, to_do, stuck = len(overview.waiting), len(overview.to_do), len(overview.stuck)
    if stuck:
        whose = "1 change needs a look" if stuck == 1 else f"{stuck} changes need a look"
        return f"{whose}{f', {waiting} to decide' if waiting else ''}"
    if not waiting:
        return f"{to_do} approved, to be carried out" if to_do else "Nothing waits for you"
    text = "1 decision waits" if waiting == 1 else f"{waiting} decisions wait"
    if overview.role == "member":
        return f"{text}, {len(overview.own)} of yours" if overview.own else text
    worst = at_risk(overview.at_risk, words)
    return f"{text}, worst case {worst}" if worst else text


def at_risk(sums: Mapping[str, Decimal], words: Words) -> str:
    """Say sums of money by currency, never added up: "2,700 EUR and 462 in an unknown currency"."""
    known = [words.formats.total(amount, code) for code, amount in sorted(sums.items()) if code]
    unknown = [f"{words.formats.total(sums[''], None)} in an unknown currency"] if "" in sums else []
    return listed([*known, *unknown])


def _waits(each: Recommendation, overview: Overview, words: Words, link: str | None) -> Block:
    proposal = each.analysis.proposal
    parts = [_what(each, words)]
    if proposal.worst_case:
        parts.append(sentences.worst_case(proposal.worst_case, words))
    for_whom = f"\nExpires {words.style.moment(each.expires_at)}." if each.expires_at else ""
    if each.id in overview.on_hold:
        for_whom = f"\n{on_hold(overview.on_hold[each.id], words)}{for_whom.replace(chr(10), ' ')}"
    if each.approvals:
        for_whom = f"{for_whom} 1 of 2 approvals: {words.style.person(each.approvals[-1].by)}."
    if overview.role == "member":
        deciders = overview.deciders.get(each.id, overview.approvers)
        whom = listed([words.style.person(who) for who in deciders[:3]])
        for_whom += f"\n⏳ Waits for {whom or 'an approver; none is named yet'}."
    return _record(each, " ".join(parts), for_whom, link)


def _to_do(each: Recommendation, words: Words, link: str | None) -> Block:
    return _record(each, _what(each, words), f"\n{carried.approved(each, words)}", link)


def _stuck(each: Recommendation, words: Words, link: str | None) -> Block:
    """What failed, or of which nobody knows: first of all, and without a button that decides."""
    return _record(each, f"⚠️ {carried.told(each, words)}", "", link)


def _snoozed(each: Recommendation, words: Words, link: str | None) -> Block:
    return _record(each, _what(each, words), f"\n{carried.snoozed(each, words)}", link)


def _what(each: Recommendation, words: Words) -> str:
    name = words.style.name(each.analysis.retrospective.name)
    return f"{name}: {sentences.action(each.decided_action, words)}"


def _record(each: Recommendation, text: str, who: str, link: str | None) -> Block:
    """One record; its block carries its id. People and moments in ``who`` are never cut in two."""
    name = each.analysis.retrospective.name
    accessory = kit.link("Open card", link, says=f"Open the card of {name}") if link else None
    return kit.section(f"{clip(text, LONGEST - len(who))}{who}", accessory=accessory) | {"block_id": each.id}


def _others(overview: Overview, words: Words) -> list[Block]:
    """What is proposed, and does not wait here: said, so that every list has the same count."""
    f, parts = words.formats, []
    if overview.without_card:
        parts.append(f"{f.count(len(overview.without_card), 'proposal')} without a card yet")
    if overview.too_old:
        parts.append(f"{f.count(len(overview.too_old), 'proposal')} too old to approve")
    return [kit.context(f"Also {', '.join(parts)}: `/marko recommendations proposed`")] if parts else []


def _learned(overview: Overview, found: Found | None) -> list[Block]:
    search = kit.button("Search…", ids.SEARCH_LEARNINGS, "home", says="Search what was learned")
    if found is None:
        title, texts, nothing = "*Learned lately*", overview.learned, NO_LEARNING
    else:
        asked = f"`{word(found.asked)}`"
        title = f"*Learned about {asked}:* {len(found.texts)} of {found.known}"
        texts, nothing = tuple(found.texts), f"No learning about {asked}."
    lines = [kit.section(clip(escape(each), SECTION)) for each in texts[:MOST]]
    return [kit.section(title, accessory=search), *(lines or [kit.context(nothing)])]


def _standing(overview: Overview, words: Words) -> list[Block]:
    """Where the data end, who gets the digest, and what does not work."""
    orders = [order(each) for each in overview.subscriptions]
    lines = [
        *([f"Data: {_few(_ends(overview, words))}"] if overview.sources else []),
        f"Digest: {_few(orders)}" if orders else "Digest: not ordered yet",
        f"Insights: {MODEL[overview.model]}",
    ]
    if overview.pings.used or overview.pings.fewer:
        lines.append(week_told(overview.pings))
    if overview.vectors_fail:
        lines.append("⚠️ The embedding endpoint fails; my own vectors find what is similar")
    return [kit.context("\n".join(lines))]


def _ends(overview: Overview, words: Words) -> list[str]:
    """Platforms by the newest day that is known of them, the freshest first."""
    days = dict.fromkeys(each.last_day for each in overview.sources)
    return [
        f"{_few([word(each.platform) for each in overview.sources if each.last_day == day], ', ')} "
        f"up to {words.formats.day(day)}"
        for day in days
    ]


def _few(items: Sequence[str], between: str = " · ") -> str:
    rest = [f"and {len(items) - MOST} more"] if len(items) > MOST else []
    return between.join([*items[:MOST], *rest])


def order(each: Subscription) -> str:
    """A standing order for the digest: where, when, in whose time."""
    return f"<#{escape(each.channel)}> {DAYS[each.weekday]} {each.at} ({escape(each.time_zone)})"


def _doors(overview: Overview) -> list[Block]:
    doors = [
        kit.button("Analyze…", ids.OPEN_ANALYZE, "home", says="Analyze a campaign"),
        kit.button("Digest…", ids.OPEN_DIGEST, "home", says="Order the weekly digest"),
    ]
    settings = kit.button("Settings…", ids.OPEN_SETTINGS, "home", says="Change the settings")
    return [*doors, settings] if overview.may_set else doors
