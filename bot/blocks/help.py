"""What can be typed: one line for each command."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Message
from bot.blocks.mrkdwn import word

COMMANDS = """*What you can type*
• `/analyze spring-sale 30d` what it did in 30 days, what is real, what to do
• `/analyze` alone opens a window to choose or enter one
• `/learnings students` what was learned about something
• `/digest now` · `weekly mon 09:00 #channel` · `off`"""
VERBS = """*`/marko …`*
• `data` which exports I have, and how fresh they are
• `insights` what the newest analyses say, most urgent first
• `recommendations` all of them; or `… proposed`, `… spring-sale`
• `weights` what each audience, creative and platform weighs
• `why audience:students-18-25` what moved that weight
• `find tag:creative_type:video` campaigns of a kind, also by what their names say
• `settings` what is set · `doctor` what does not work
• `audit` who did what; or `… spring-sale`, `… @somebody`, `… verify`
• `calendar` promotions, launches, sales, holidays: shown, added, changed
• `inbox` what programs delivered and I could not take"""
STUDIES = """*`/marko …`, found out when you ask*
• `patterns` what repeats over campaigns, what works and what does not
• `trend spring-sale` whether a figure moves, and since when; or `… ctr 56d`
• `segments spring-sale` where the change sits, and whether the mix made it
• `forecast spring-sale ctr` the coming days, with ranges
• `budget` where the next euro brings most, where that can be told
• `creatives` which kinds do best, which wear out, what to try
• `forecast-accuracy` how far your own forecasts run from what came
They also work in a card's thread: mention me with the verb."""
ELSE = "Or drop an export (CSV or XLSX) into a channel, mention me, or write to me."


def commands(typed: str = "", nearest: Sequence[str] = ()) -> Message:
    """The help; where a word is not known, it says so first, with what is nearest."""
    blocks = [kit.section(COMMANDS), kit.section(VERBS), kit.section(STUDIES), kit.context(ELSE)]
    if not typed:
        return Message("What you can type", blocks)
    near = f" Nearest: {', '.join(f'`/marko {each}`' for each in nearest)}." if nearest else ""
    return Message("I know no such command.", [kit.section(f"I know no `{word(typed)}`.{near}"), *blocks])
