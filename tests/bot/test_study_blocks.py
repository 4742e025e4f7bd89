"""A study as blocks: within all limits, inert, and said in words where Slack refuses its table."""

from typing import Any

import pytest
from drawn import HOSTILE, VOICE
from engine_values import told
from test_blocks_fit import LONG, assert_fits
from test_blocks_inert import assert_inert

from bot.blocks.kit import Message
from bot.blocks.limits import STUDY_ROWS
from bot.blocks.plainer import in_words
from bot.blocks.study import chart, stands_here, study, table, which, working_on
from bot.sandbox.strictness import message_faults
from engine.errors import AmbiguousCampaign, UnknownCampaign
from engine.models.forecast_accuracy_study import ForecastAccuracyStudy, ForecastBias
from engine.models.study import STUDY_KINDS
from engine.narrate.picture import FanPicture


def bias(name: str = "Reels", **changed: Any) -> ForecastBias:
    parts: dict[str, Any] = {
        "scope": "platform",
        "name": name,
        "kpi": "ctr",
        "campaigns": 14,
        "forecast_pct": -31.0,
        "low": -38.0,
        "high": -22.0,
        "factor": 1.45,
        "miss_pct": 33.0,
        "p_value": 0.001,
        "verdict": "real",
    }
    return ForecastBias(**parts | changed)


def graded(*biases: ForecastBias, **changed: Any) -> ForecastAccuracyStudy:
    parts: dict[str, Any] = {
        "asked": "",
        "campaigns": 14,
        "windows": 21,
        "first": None,
        "last": None,
        "least": 5,
        "tolerance": 0.05,
        "level": 0.8,
        "biases": biases,
    }
    return ForecastAccuracyStudy(**parts | changed)


def every(name: str) -> list[Message]:
    many = [
        bias(name, kpi=kpi, forecast_pct=pct) for kpi in ("ctr", "cvr", "cpa", "roas") for pct in (-31.0, 9e6)
    ]
    found = graded(*many * 4, asked=name)
    unknown = UnknownCampaign(name, [name] * 3)
    several = AmbiguousCampaign(name, [name] * 5, [name] * 5)
    return [
        study(found, VOICE, shows=True),
        study(found, VOICE, file="F0PICTURE"),
        study(graded(asked=name), VOICE, shows=True),
        study(graded(campaigns=2), VOICE),
        *(which(kind, unsure, VOICE.marked) for kind in STUDY_KINDS for unsure in (unknown, several)),
        *(working_on(kind, name, VOICE.marked) for kind in STUDY_KINDS),
        *map(stands_here, STUDY_KINDS),
    ]


@pytest.mark.parametrize("name", [*HOSTILE, *LONG], ids=ascii)
def test_whatever_a_campaign_is_called_a_study_fits_and_cannot_act(name: str) -> None:
    for message in every(name):
        assert_fits(message, most_blocks=20)
        assert_inert(message)


def test_the_verdict_comes_first_and_bold_and_the_button_asks_for_the_same() -> None:
    message = study(graded(bias(), asked="reels ctr"), VOICE, shows=True)
    first, *_, context, actions = message.blocks
    assert told(first["text"]["text"]) == (
        "*Your CTR forecasts run 31 % low on `Reels` (80 % range 22 to 38 %), 14 campaigns.*"
    )
    assert (
        told(message.text)
        == "Your CTR forecasts run 31 % low on Reels (80 % range 22 to 38 %), 14 campaigns."
    )
    assert context["type"] == "context"
    assert [each["value"] for each in actions["elements"]] == ["forecast-accuracy reels ctr"]


def test_a_picture_stands_in_it_only_with_a_file() -> None:
    assert "image" not in [each["type"] for each in study(graded(bias()), VOICE).blocks]
    shown = study(graded(bias()), VOICE, file="F0A").blocks
    (image,) = [each for each in shown if each["type"] == "image"]
    assert told(image["alt_text"]).endswith("CTR Reels 31 % low, 22 to 38 %")


def test_a_long_table_says_how_many_rows_are_left_out() -> None:
    rows = [["Name", "a", "b", "c", "d", "e"], *([str(number)] * 6 for number in range(100))]
    shown, more = table(rows)
    assert len(shown["rows"]) == STUDY_ROWS + 1
    assert [len(row) for row in shown["rows"]] == [5] * (STUDY_ROWS + 1)
    assert more["elements"][0]["text"] == f"and {100 - STUDY_ROWS} more"
    assert table([["Name"]]) == table([]) == []


def test_without_tables_the_rows_are_said_in_words() -> None:
    said = "\n".join(each["text"]["text"] for each in in_words(table([["Name", "CTR"], ["a<b", "2 %"]])))
    assert said == "• a&lt;b: CTR 2 %"


def fan(days: int = 14) -> FanPicture:
    mean = tuple(0.0141 + 0.0001 * place for place in range(days))
    low, high = tuple(each * 0.9 for each in mean), tuple(each * 1.1 for each in mean)
    labels = ("19 Nov", *(f"{place + 1} Dec" for place in range(days)))
    return FanPicture(
        "CTR by day", "said", labels, (0.014,), mean, low, high, low, high, ((0.014, "1.40 %"),)
    )


def test_a_forecast_without_a_file_is_slacks_own_chart_and_left_out_where_that_is_refused() -> None:
    (shown,) = chart(fan())
    assert message_faults([shown]) == []
    series = shown["chart"]["series"]
    assert [each["name"] for each in series][:3] == ["expected", "80 % low", "80 % high"]
    assert [each["label"] for each in series[0]["data"]] == [f"{place + 1} Dec" for place in range(14)]
    assert series[0]["data"][0]["value"] == 1.41
    assert shown["chart"]["axis_config"]["y_label"] == "%"
    assert in_words([shown]) == []
    assert chart(fan(1)) == chart(fan(21)) == []
