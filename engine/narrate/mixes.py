"""A mix shift in words: what moved because the volume went elsewhere, and Simpson's paradox."""

from engine.models.comparison import Kpi
from engine.models.mix_shift import MixShift
from engine.models.recommendation import Analysis
from engine.narrate.forty import stated
from engine.narrate.words import Words

NAMES: dict[Kpi, str] = {"ctr": "CTR", "cvr": "CVR", "cpa": "CPA", "roas": "ROAS", "cpc": "CPC", "cpm": "CPM"}
VOLUMES: dict[Kpi, str] = {"ctr": "impressions", "cvr": "clicks", "cpa": "spend", "cpc": "spend"}
LONGEST_NAME = 40


def mix_shift(shift: MixShift, words: Words) -> str:
    """S16 where segments and total moved against each other; else what the mix alone did."""
    f = words.formats
    grown = words.style.name(short(shift.grown))
    before, now = f.percent(shift.weight_before), f.percent(shift.weight_now)
    if shift.paradox:
        return stated(
            "S16",
            shift,
            rate=NAMES[shift.kpi],
            inside="rose" if shift.rate_pct > 0 else "fell",
            dim=_dimension(shift),
            total="rose" if shift.total_pct > 0 else "fell",
            seg=grown,
            w0=before,
            w1=now,
        )
    alone = f"that alone moves the {NAMES[shift.kpi]} by {f.change(shift.mix_pct)}"
    volume = VOLUMES[shift.kpi]
    return f"Mix: {grown} ({shift.dimension}) grew from {before} to {now} of the {volume}; {alone}."


def own_mix(analysis: Analysis, words: Words) -> str | None:
    """Say what the mix did since the campaign's own window before; ``None`` where it did nothing for sure."""
    rows = analysis.retrospective.rows
    if rows is None or rows.mix is None or rows.before is None or analysis.is_unjudged:
        return None
    if "counting_doubted" in analysis.comparison.flags and rows.mix.kpi != "ctr":
        return None
    days = words.formats.days(rows.before.first_day, rows.before.last_day)
    return f"Against its own {days}. {mix_shift(rows.mix, words)}"


def short(name: str) -> str:
    """Cut a name that is too long for a sentence."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _dimension(shift: MixShift) -> str:
    if shift.alike == shift.segments:
        return f"every {shift.dimension}"
    plural = "countries" if shift.dimension == "country" else f"{shift.dimension}s"
    return f"{shift.alike} of {shift.segments} {plural}"
