"""How Marko itself stands: what is set, and what does not work. Never a secret."""

from collections.abc import Sequence

from bot import ids
from bot.blocks import kit
from bot.blocks.home import order
from bot.blocks.kit import Message
from bot.blocks.mrkdwn import channel_link, escape
from bot.blocks.voice import Voice
from bot.finding import Finding
from bot.preference_words import NAMES, value_told
from engine.models.digest import Subscription
from engine.models.preference import Preference
from engine.narrate.words import Words

SIGNS = {"missing": "⏳ Missing", "broken": "⚠️ Broken"}


def settings(
    preferences: Sequence[Preference],
    subscriptions: Sequence[Subscription],
    voice: Voice,
    *,
    may_change: bool,
) -> Message:
    """Every setting in words, with where it comes from."""
    words = voice.marked
    lines = [f"• {NAMES[each.name]}: {_value(each, words)} {_source(each, words)}" for each in preferences]
    orders = [f"• Digest: {order(each)}" for each in subscriptions] or ["• Digest: not ordered yet"]
    blocks = [kit.section("*What is set*"), kit.section("\n".join([*lines, *orders[:5]]))]
    if may_change:
        change = kit.button("Change…", ids.OPEN_SETTINGS, "settings", says="Change the settings")
        blocks.append(kit.actions([change]))
    else:
        blocks.append(kit.context("Approvers change this here; the rest is set where I run."))
    return Message("What is set", blocks)


def doctor(findings: Sequence[Finding], words: Words) -> Message:
    """What is missing or broken first, with what to do; what is well is a count."""
    wrong = [each for each in findings if each.state in SIGNS]
    well = words.formats.count(len(findings) - len(wrong), "thing")
    if not wrong:
        parts = [f"{escape(each.what)}: {escape(each.says)}" for each in findings if not each.what.isupper()]
        rest = [kit.context("\n".join(parts))] if parts else []
        return Message("All is well.", [kit.section(f"✅ All is well: I looked at {well}."), *rest])
    broken = sum(each.state == "broken" for each in wrong)
    title = f"{broken} broken, {len(wrong) - broken} missing" if broken else f"{len(wrong)} missing"
    told = [
        kit.section(f"{SIGNS[each.state]}: `{escape(each.what)}`, {escape(each.says)}")
        for each in sorted(wrong, key=lambda each: each.state != "broken")
    ]
    blocks = [kit.section(f"*{title}.*"), *told[:20]]
    blocks.append(kit.context(f"{well} more are well · `marko doctor` at the command line lists them all"))
    return Message(f"{title}.", blocks)


def _value(each: Preference, words: Words) -> str:
    told = value_told(each.name, each.value, words, text=escape, channel=channel_link)
    if each.name == "approvers" and not each.value:
        return "nobody yet, so nobody can approve"
    return f"a proposal moves spend by {told} at most" if each.name == "change_limit" else told


def _source(each: Preference, words: Words) -> str:
    if each.source == "slack" and each.by and each.at:
        return f"(set by {words.style.person(each.by)}, {words.style.moment(each.at)})"
    return "(as installed)" if each.source == "environment" else "(default)"
