"""How far forecasts run from what came, in words; only what is real gets a direction."""

from engine.measure.planner_bias import Graded
from engine.models.comparison import Interval
from engine.models.forecast_accuracy_study import ForecastAccuracyStudy, ForecastBias
from engine.models.study import Study
from engine.narrate.formats import Formats
from engine.narrate.picture import LeaguePicture, LeagueRow
from engine.narrate.studies.told import Told
from engine.narrate.words import Words

MOST_LINES = 4
MOST_ROWS = 12
MOST_DRAWN = 8
NAMES: dict[Graded, str] = {"ctr": "CTR", "cvr": "CVR", "cpa": "CPA", "roas": "ROAS"}

MEANT: dict[Graded, str] = {
    "ctr": "the clicks you expect",
    "cvr": "the conversions you expect",
    "cpa": "the spend you expect",
    "roas": "the revenue you expect",
}


def told(study: Study, words: Words) -> Told:
    """Say what is real of the biases, first the largest; the table has what is not real as well."""
    if not isinstance(study, ForecastAccuracyStudy):
        raise TypeError(study.kind)
    real = [each for each in study.biases if each.verdict == "real" and not _is_mixed(each, study)]
    return Told(
        verdict=_verdict(study, real, words),
        lines=_lines(real, words),
        table=_table(study, words) if study.biases else (),
        basis=_basis(study, words.formats),
        picture=_picture(real, words) if real else None,
    )


def _is_mixed(bias: ForecastBias, study: ForecastAccuracyStudy) -> bool:
    """Whether a bias over all campaigns is that of some alone; then it is left to the table."""
    return bias.scope == "all" and any(
        each.kpi == bias.kpi and each.scope != "all" and each.verdict == "noise" for each in study.biases
    )


def runs(bias: ForecastBias, words: Words) -> str:
    """Say one real bias: "your CTR forecasts run 31 % low on Reels (80 % range 22 to 38 %), 14 campaigns"."""
    f = words.formats
    whole = f"your {NAMES[bias.kpi]} forecasts run {_runs(bias, f)}{_where(bias, words)}"
    return f"{whole} (80{_NB}% range {_range(bias, f)}), {f.count(bias.campaigns, 'campaign')}"


_NB = "\u00a0"


def hint(bias: ForecastBias, words: Words) -> str:
    """Offer a forecast without the bias to somebody who plans; what they type stays what they typed."""
    said = runs(bias, words)
    factor = words.formats.number(bias.factor, 2)
    return f"{said[0].upper()}{said[1:]}. To take that out, multiply {MEANT[bias.kpi]} by {factor}."


def _verdict(study: ForecastAccuracyStudy, real: list[ForecastBias], words: Words) -> str:
    f = words.formats
    if real:
        said = runs(real[0], words)
        return f"{said[0].upper()}{said[1:]}."
    if study.campaigns < study.least:
        more = f.count(study.least - study.campaigns, "more campaign")
        return (
            f"Too early to grade your forecasts: {study.campaigns} of {study.least} campaigns have a "
            f"forecast and a result; I need {more}."
        )
    if not study.biases:
        whose = words.style.name(study.asked)
        return f"Too early to grade {whose}: that needs {study.least} campaigns with a forecast and a result."
    whose = f" of {words.style.name(study.asked)}" if study.asked else ""
    most = max(each.campaigns for each in study.biases)
    return f"No bias of the forecasts{whose} is real, {f.count(most, 'campaign')}."


def _lines(real: list[ForecastBias], words: Words) -> tuple[str, ...]:
    if not real:
        return ()
    said = [f"{each[0].upper()}{each[1:]}." for each in (runs(one, words) for one in real[1:MOST_LINES])]
    more = len(real) - MOST_LINES
    first = real[0]
    factor = words.formats.number(first.factor, 2)
    way_out = (
        f"To take the first out, multiply a {NAMES[first.kpi]} forecast{_where(first, words)} by {factor}."
    )
    return (*said, *([f"and {more} more, in the table."] if more > 0 else []), way_out)


def _where(bias: ForecastBias, words: Words) -> str:
    if bias.scope == "all":
        return ""
    preposition = "on" if bias.scope == "platform" else "for"
    return f" {preposition} {words.style.name(bias.name)}"


def _runs(bias: ForecastBias, f: Formats) -> str:
    """ "31 % low"; whole from 10, one decimal below."""
    return f"{_size(bias.forecast_pct, f)} {'low' if bias.forecast_pct < 0 else 'high'}"


def _size(percent: float, f: Formats) -> str:
    return f.percent(abs(percent), 0 if abs(percent) >= 9.95 else 1)


def _range(bias: ForecastBias, f: Formats) -> str:
    """ "22 to 38 %", nearest zero first; signed where it holds zero."""
    if bias.low < 0 < bias.high:
        return f.change_range(Interval(low=bias.low, high=bias.high, level=0.8))
    near, far = sorted((abs(bias.low), abs(bias.high)))
    return f"{f.number(near)} to {f.percent(far)}"


def _table(study: ForecastAccuracyStudy, words: Words) -> tuple[tuple[str, ...], ...]:
    f = words.formats
    head = ("Forecasts", "Run", "80 % range", "Typical miss", "n")
    rows = [
        (
            _name(each),
            _runs(each, f) if each.verdict == "real" else each.verdict,
            f.change_range(Interval(low=each.low, high=each.high, level=study.level)),
            "–" if each.miss_pct is None else f.percent(each.miss_pct),
            f.number(each.campaigns),
        )
        for each in study.biases[:MOST_ROWS]
    ]
    return (head, *rows)


def _name(bias: ForecastBias) -> str:
    return f"{NAMES[bias.kpi]} {bias.name}" if bias.name else f"{NAMES[bias.kpi]}, all"


def _basis(study: ForecastAccuracyStudy, f: Formats) -> str:
    if study.last is None:
        return "No campaign has both a forecast and a result."
    days = f.days(study.first, study.last)
    counted = f"{f.count(study.campaigns, 'campaign')}, {f.count(study.windows, 'window')}"
    within = f.percent(study.tolerance * 100)
    return f"{counted} · {days} · real: beyond ±{within} · typical miss: of what came"


def _picture(real: list[ForecastBias], words: Words) -> LeaguePicture:
    f = words.formats
    rows = tuple(
        LeagueRow(_name(each), each.low, each.forecast_pct, each.high, _runs(each, f), "worse")
        for each in real[:MOST_DRAWN]
    )
    said = "; ".join(
        f"{row.name} {row.says}, {_range(each, f)}" for row, each in zip(rows, real, strict=False)
    )
    title = "How far forecasts run from what came"
    return LeaguePicture(title, f"{title} (80{_NB}% ranges): {said}", rows, zero=0.0)
