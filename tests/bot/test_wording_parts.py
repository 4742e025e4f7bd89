"""The settings of the model that words insights, and its reply as it is drawn and sent."""

from decimal import Decimal

import factories
import pytest
from drawn import HOSTILE, VOICE
from engine_values import SPRING_SALE, analysed

from bot.blocks.limits import faults
from bot.blocks.thread import wording
from bot.sandbox.strictness import message_faults
from bot.settings import SettingsError, read_settings
from engine.models.insight import Insight, Insights


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("MARKO_LLM_BUDGET_USD", "-1", "MARKO_LLM_BUDGET_USD is -1; it takes a number from 0 to 1000000"),
        ("MARKO_LLM_BUDGET_USD", "NaN", "MARKO_LLM_BUDGET_USD is NaN; it takes a number from 0 to 1000000"),
        ("MARKO_LLM_DEADLINE_S", "16", "MARKO_LLM_DEADLINE_S is 16; it takes a number from 0 to 11"),
        ("MARKO_LLM_DEADLINE_S", "soon", "MARKO_LLM_DEADLINE_S is soon; it takes a number from 0 to 11"),
        (
            "MARKO_PRICES",
            "cheap",
            'MARKO_PRICES: no JSON; it takes JSON such as {"model": {"input": 0.15, "output": 0.6}}',
        ),
    ],
)
def test_a_broken_setting_of_the_model_is_one_line(name: str, value: str, line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert str(refused.value) == line


def test_the_defaults_are_those_that_are_told() -> None:
    settings = read_settings({"OPENAI_API_KEY": "sk-planted"})
    assert settings.insights_model == "gpt-4.1-mini"
    assert settings.llm_budget_usd == Decimal(100)
    assert settings.llm_deadline_s == 10.0
    assert settings.prices == {}
    assert "planted" not in repr(settings)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_in_a_model_s_words_stays_inert_and_fits(hostile: str) -> None:
    insight = Insight(text=f"{hostile}: {hostile * 9}", priority="high", evidence=())
    insights = Insights(
        key_learnings=(insight,) * 12, recommendations=(insight,), anomalies=(), source="openai:m"
    )
    analysis = analysed(SPRING_SALE).model_copy(update={"insights": insights})
    message = wording(factories.recommendation(analysis=analysis), VOICE)
    assert message_faults(message.blocks) == []
    assert faults(message.blocks) == []
    for block in message.blocks[1:-1]:
        text = block["text"]["text"]
        assert "<" not in text
        assert ">" not in text
        assert block["text"]["verbatim"] is True
