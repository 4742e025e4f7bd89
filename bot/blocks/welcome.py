"""The first word in a channel: what Marko does, what to type, who decides. It pings nobody."""

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Message

TEXT = "I am Marko. I say what a campaign really did, and propose one action."


def welcome(approvers: int) -> Message:
    """Greet a channel; ``approvers`` is how many are named, since a name in a message would ping."""
    named = {0: "nobody is named yet", 1: "one approver is named"}.get(
        approvers, f"{approvers} approvers are named"
    )
    blocks = [
        kit.section(
            "*I am Marko.* I compare what a campaign did with its forecast, say what is real and what is "
            "noise, and propose one action. I change nothing by myself."
        ),
        kit.section(
            "Start by dropping an export of Meta, Google, TikTok, LinkedIn or Microsoft here (CSV or XLSX), "
            "or with `/analyze` and a campaign's name. "
            "`/digest weekly mon 09:00` posts here every Monday what was learned and what waits."
        ),
        kit.context(f"Who decides: {named} · `/marko settings` says who · `/marko help` says the rest"),
        kit.actions(
            [
                kit.button("Analyze…", ids.OPEN_ANALYZE, "welcome", says="Analyze a campaign"),
                kit.button("Digest…", ids.OPEN_DIGEST, "welcome", says="Order the weekly digest"),
            ]
        ),
    ]
    return Message(TEXT, blocks)
