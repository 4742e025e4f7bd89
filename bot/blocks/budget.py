"""What the models cost today, told to one person: at 80 % of the day's budget, and when it is used up."""

from datetime import date

from bot.blocks import kit
from bot.blocks.kit import Message
from engine.models.budget import BudgetMark
from engine.narrate.formats import SPACE, Formats

ON_TIME = {
    "at_80": "At {budget} I go on by rules; tomorrow it is asked again.",
    "used_up": "The next call could go beyond, so I go on by rules; tomorrow it is asked again.",
}


def budget_mark(passed: BudgetMark, today: date, formats: Formats) -> Message:
    """``today`` is the team's: a notice that comes out on a later day names its day, and what was."""
    places = 2 if passed.budget >= 1 else 4
    whole = passed.budget == passed.budget.to_integral_value()
    spent = formats.number(passed.spent, places)
    budget = f"{formats.number(passed.budget, 0 if whole else places)}{SPACE}USD"
    if passed.day == today:
        text = f"The model has used {spent} of {budget} today. {ON_TIME[passed.mark].format(budget=budget)}"
    else:
        after = ", then I went on by rules" if passed.mark == "used_up" else ""
        text = f"On {formats.day(passed.day)} the model used {spent} of {budget}{after}."
    return Message(text, [kit.section(text)])
