"""What programs delivered by webhook: the sentences of its message, in Slack and in a shell alike."""

from engine.models.hook import Burst, HookDelivery
from engine.narrate.formats import Formats
from engine.narrate.words import Words

KILO = 1_000


def burst(found: Burst, words: Words) -> str:
    """How many came from where, and what became of them."""
    f = words.formats
    many = f.count(found.deliveries, "delivery", "deliveries")
    opening = words.style.strong(f"{many} from {found.source}.")
    parts = [
        f"{f.number(number)} {said}"
        for number, said in (
            (found.taken, "taken"),
            (found.same, "the same again"),
            (found.waiting, "still to be read"),
            (found.dropped, "dropped"),
            (found.double, "with money that another file holds"),
            (found.dead, "could not be read"),
        )
        if number
    ]
    way = ": `/marko inbox`" if found.double or found.dead else ""
    return f"{opening} {', '.join(parts)}{way}."


def brought(found: Burst, words: Words) -> str:
    """Days, money and campaigns of all that counts of them; "" where nothing does."""
    f = words.formats
    days = [f.days(found.first_day, found.last_day)] if found.last_day else []
    money = [f.money(amount, code or None) for code, amount in sorted(found.spend.items())]
    campaigns = [f.count(found.campaigns, "campaign")] if found.campaigns else []
    forecasts = [f"{f.count(found.forecasts, 'window')} with a forecast"] if found.forecasts else []
    refused = [f"{f.count(found.refused_rows, 'row')} refused"] if found.refused_rows else []
    return ", ".join([*days, *money, *campaigns, *forecasts, *refused])


def letter(found: HookDelivery, words: Words) -> str:
    """What a dead letter is: its name, where it is from, when it came, and how large it is."""
    name, moment = words.style.name(found.file), words.style.moment(found.received_at)
    return f"{name} from {found.source} · {moment} · {size(found.size, words.formats)}"


def size(bytes_: int, formats: Formats) -> str:
    return f"{formats.number(max(1, round(bytes_ / KILO)))} kB"
