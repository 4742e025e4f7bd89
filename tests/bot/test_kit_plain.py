"""Plain text is never empty: one name that shows nothing must not cost the picker all its options."""

import pytest
from factories import campaign
from office import Office

from bot.blocks import kit
from bot.listeners.options.choose import campaigns
from engine.models.retrospective import Retrospective


@pytest.mark.parametrize("text", ["", "  ", "\u202e\u2066", "\u200b", "\u3164"])
def test_a_text_that_shows_nothing_becomes_a_dash(text: str) -> None:
    assert kit.plain(text, 75)["text"] == "–"


def test_a_kept_campaign_without_a_name_to_see_breaks_no_option(office: Office) -> None:
    with office.store.memory.unit() as unit:
        for name in ("\u202e\u2066", "spring-sale"):
            given = campaign(name, name=name)
            unit.keep_retrospective(Retrospective(campaign=given, revision=1, received_at=given.timestamp))
    office.engine.prepare_choices().result()
    offered = campaigns("", office.engine)
    assert sorted(each["text"]["text"] for each in offered) == ["spring-sale", "–"]
