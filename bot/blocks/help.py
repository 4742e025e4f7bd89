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
• `patterns` what repeats over campaigns, by money
• `recommendations` all of them; or `… proposed`, `… spring-sale`
• `weights` what each audience, creative and platform weighs
• `why audience:students-18-25` what moved that weight
• `settings` what is set · `doctor` what does not work
• `audit` who did what; or `… spring-sale`, `… @somebody`, `… verify`
• `inbox` what programs delivered and I could not take"""
ELSE = "Or drop an export (CSV or XLSX) into a channel, mention me, or write to me."


def commands(typed: str = "", nearest: Sequence[str] = ()) -> Message:
    """The help; where a word is not known, it says so first, with what is nearest."""
    blocks = [kit.section(COMMANDS), kit.section(VERBS), kit.context(ELSE)]
    if not typed:
        return Message("What you can type", blocks)
    near = f" Nearest: {', '.join(f'`/marko {each}`' for each in nearest)}." if nearest else ""
    return Message("I know no such command.", [kit.section(f"I know no `{word(typed)}`.{near}"), *blocks])
