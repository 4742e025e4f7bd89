"""How a budget could be split better, in words; where the evidence tells nothing apart, that is said."""

from engine.models.budget_study import BudgetLine, BudgetShare, BudgetState, BudgetStudy, Left
from engine.models.study import Study
from engine.narrate.formats import Formats, listed
from engine.narrate.picture import LeaguePicture, LeagueRow, Tone
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

MOST_ROWS = 12
MOST_DRAWN = 8
MOST_ACCOUNTS = 3  # told in lines; the others are counted
NO_AUTHORITY = "I change nothing here: budgets are changed in the platform, by people."
LEFT: dict[Left, str] = {
    "judged": "",
    "few_days": "too few days",
    "few_conversions": "too early",
    "doubted": "counting in doubt",
    "changed": "its CPA moved of late",
}

STAYS: dict[BudgetState, str] = {
    "proposed": "",
    "overlap": "the campaigns cannot be told apart",
    "no_gain": "no split is sure to bring more",
    "out_of_bounds": "the total is out of reach",
    "too_few": "too early to move money",
}


def told(study: Study, words: Words) -> Told:
    """Say what to move, or why nothing; the account with a proposal and the most money comes first."""
    if not isinstance(study, BudgetStudy):
        raise TypeError(study.kind)
    if not study.shares:
        return Told(
            "I know no campaign that spends money by day. Drop an export with spend and conversions a day."
        )
    first = study.shares[0]
    return Told(
        verdict=_verdict(study, first, words),
        lines=_lines(study, first, words),
        table=_table(first, words),
        basis=_basis(study, first, words.formats),
        picture=_picture(first, words.formats),
    )


# ---------------------------------------------------------------------------------------- the verdict


def _verdict(study: BudgetStudy, share: BudgetShare, words: Words) -> str:
    f = words.formats
    if share.state == "proposed":
        moved = f.money(share.moved, share.currency)
        gain = _gain(share, study.horizon_days, f)
        return f"Move {moved} a day between campaigns on {words.style.name(share.platform)}: {gain}."
    if share.state == "overlap":
        return (
            "Keep the budgets as they are: what the next conversion costs cannot be told apart between "
            "campaigns, so no shift is sure to win."
        )
    if share.state == "no_gain":
        return "Keep the budgets as they are: no split within the limit is 90\u00a0% sure to bring more."
    if share.state == "out_of_bounds":
        asked, least, most = (
            f.money(each, share.currency) for each in (share.total, share.least, share.most)
        )
        allowed = _percent(study.change, f)
        reach = f"with at most {allowed} a campaign it can be {least} to {most}"
        return f"{asked} a day is out of reach: {reach}."
    return (
        f"Too early to move money: it takes two campaigns with {study.fewest_days} days and "
        f"{study.fewest_conversions} conversions each; {_ready(share)} of {len(share.lines)} have them."
    )


def _gain(share: BudgetShare, days: int, f: Formats) -> str:
    """ "about 14 more conversions a week for the same money (80 % range 6 to 22)"."""
    low, mean, high = (each * days for each in share.gain)
    places = 0 if abs(mean) >= 10 else 1
    period = "week" if days == 7 else f"{days} days"
    money = "the same money" if share.total == share.present else "that money"
    ends = f"{f.number(low, places)} to {f.number(high, places)}"
    said = f"about {f.number(mean, places)} more conversions a {period} for {money}"
    return f"{said} (80\u00a0% range {ends})"


def _ready(share: BudgetShare) -> int:
    return sum(each.left == "judged" for each in share.lines)


# ------------------------------------------------------------------------------------------ the lines


def _lines(study: BudgetStudy, share: BudgetShare, words: Words) -> tuple[str, ...]:
    f = words.formats
    lines: list[str] = []
    if share.state == "proposed":
        lines = [*_from_to(share, words), _steps(study, share, f), _if_wrong(study, share, f)]
    elif share.state == "overlap":
        lines = _overlapping(share, words)
    if kept := _kept(share, words):
        lines.append(kept)
    lines += _others(study, words)
    if share.state == "proposed":
        lines.append(NO_AUTHORITY)
    return tuple(lines)


def _from_to(share: BudgetShare, words: Words) -> list[str]:
    """Name who gives and who gets, where somebody does both."""
    changed = sorted(share.lines, key=lambda each: -abs(each.proposed - each.now))
    give = [each for each in changed if each.proposed < each.now]
    get = [each for each in changed if each.proposed > each.now]
    return [f"From {_names(give, words)} to {_names(get, words)}."] if give and get else []


def _steps(study: BudgetStudy, share: BudgetShare, f: Formats) -> str:
    limit = _percent(study.limit, f)
    low, high = study.step_hours
    reason = "larger changes can send a campaign back to learning"
    if share.steps <= 1:
        again = f"Look again after {low} to {high} hours."
        return f"One step, within your limit of {limit}: {reason}. {again}"
    return (
        f"In {share.steps} steps of at most {limit}, one each {low} to {high} hours: {reason} "
        "(practitioners' figures, no platform's; the limit is yours to set)."
    )


def _if_wrong(study: BudgetStudy, share: BudgetShare, f: Formats) -> str:
    spent = f.total(share.moved * study.horizon_days, share.currency)
    worst = f"Worst case in {study.horizon_days} days: {spent} spent for nothing."
    wrong = 1 - share.certainty
    if wrong < 0.005:
        return f"{worst} Less than 1\u00a0% likely to lose conversions."
    lost = f.number(share.regret * study.horizon_days, 1)
    return f"{worst} {_percent(wrong, f)} likely it is wrong; then it loses about {lost} conversions."


def _overlapping(share: BudgetShare, words: Words) -> list[str]:
    """Name the two that stand furthest apart, and still overlap."""
    f = words.formats
    judged = sorted((each for each in share.lines if each.next_cpa), key=lambda each: each.next_cpa or 0)
    if len(judged) < 2:
        return []
    said = [
        f"{_range(each, f)} {share.currency or ''}".strip() + f" at {words.style.name(each.campaign)}"
        for each in (judged[0], judged[-1])
    ]
    return [
        f"The next conversion costs {listed(said)}: the ranges overlap. "
        "Days on which these campaigns spend clearly more or less would tell them apart."
    ]


def _kept(share: BudgetShare, words: Words) -> str:
    """Name those that keep what they have because they cannot be judged."""
    reasons = [(reason, [each for each in share.lines if each.left == reason]) for reason in LEFT]
    said = [f"{LEFT[reason]}: {_names(own, words)}" for reason, own in reasons if own and reason != "judged"]
    return f"Not judged, unchanged: {'; '.join(said)}." if said and share.total == share.present else ""


def _names(lines: list[BudgetLine], words: Words) -> str:
    shown = [words.style.name(each.campaign[:40]) for each in lines[:3]]
    return listed([*shown, f"{len(lines) - 3} more"] if len(lines) > 3 else shown)


def _others(study: BudgetStudy, words: Words) -> list[str]:
    """Say of further accounts what could be won, or that they stay."""
    f = words.formats
    said = []
    for each in study.shares[1:MOST_ACCOUNTS]:
        name = words.style.name(" ".join(part for part in (each.platform, each.currency or "") if part))
        if each.state == "proposed":
            moved = f.money(each.moved, each.currency)
            gain = _gain(each, study.horizon_days, f)
            said.append(f"{name}: move {moved} a day, {gain}. Name the platform to see it.")
        else:
            said.append(f"{name}: keep the budgets, {STAYS[each.state]}.")
    more = len(study.shares) - MOST_ACCOUNTS
    return [*said, f"and {f.count(more, 'more account')}; name one to see it."] if more > 0 else said


# ------------------------------------------------------------------------------- table, basis, picture


def _table(share: BudgetShare, words: Words) -> tuple[tuple[str, ...], ...]:
    f = words.formats
    currency = share.currency or "money"
    head = ("Campaign", f"{currency} a day", "Proposed", "Next conversion costs", "n")
    ordered = sorted(share.lines, key=lambda each: (-abs(each.proposed - each.now), -each.now))
    rows = [
        (
            each.campaign,
            f.money(each.now, share.currency, code=False),
            _proposed(each, share, f),
            _range(each, f) if each.next_cpa is not None else LEFT[each.left],
            f.number(each.conversions),
        )
        for each in ordered[:MOST_ROWS]
    ]
    return (head, *rows)


def _proposed(line: BudgetLine, share: BudgetShare, f: Formats) -> str:
    if line.proposed == line.now:
        return "keep"
    return f"{f.money(line.proposed, share.currency, code=False)} ({f.change(line.change * 100)})"


def _range(line: BudgetLine, f: Formats) -> str:
    """ "38 to 52": whole from 10 on, with decimals where it is smaller."""
    low, high = line.next_low or 0.0, line.next_high or 0.0
    places = 0 if low >= 10 else 2
    return f"{f.number(low, places)} to {f.number(high, places)}"


def _percent(share: float, f: Formats) -> str:
    return f.percent(share * 100, 0 if round(share * 100, 1) == round(share * 100) else 1)


def _basis(study: BudgetStudy, share: BudgetShare, f: Formats) -> str:
    judged = [each for each in share.lines if each.left == "judged"]
    counted = f.count(round(sum(each.conversions for each in judged)), "conversion")
    parts = [
        " ".join(part for part in (share.platform, share.currency or "") if part),
        f.days(study.first, study.last) if study.last else "",
        f"{f.count(len(judged), 'campaign')}, {counted}",
        "ranges: 2 times in 3",
        "from past spending, no experiment",
    ]
    return " · ".join(part for part in parts if part)


def _picture(share: BudgetShare, f: Formats) -> LeaguePicture | None:
    judged = [each for each in share.lines if each.next_cpa is not None]
    if len(judged) < 2:
        return None
    judged.sort(key=lambda each: each.next_cpa or 0.0)
    shown = judged if len(judged) <= MOST_DRAWN else [*judged[: MOST_DRAWN // 2], *judged[-MOST_DRAWN // 2 :]]
    rows = tuple(
        LeagueRow(
            each.campaign,
            each.next_low or 0.0,
            each.next_cpa or 0.0,
            each.next_high or 0.0,
            f.money(each.next_cpa or 0.0, share.currency),
            _tone(each),
        )
        for each in shown
    )
    title = f"What the next conversion costs, {share.platform}"
    ends = "; ".join(f"{each.campaign} {_range(each, f)}" for each in shown)
    return LeaguePicture(
        title, f"{title}, {share.currency or 'money'} (range 2 times in 3): {ends}", rows, None
    )


def _tone(line: BudgetLine) -> Tone:
    if line.proposed == line.now:
        return "whole"
    return "better" if line.proposed > line.now else "worse"
