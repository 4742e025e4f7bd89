"""Which platform a file is from."""

import pytest

from engine.intake.columns import recognised
from engine.intake.platforms import said, written_by
from engine.models.export import Hints

PLAIN = ["date", "campaign", "spend", "clicks", "conversions", "revenue"]


@pytest.mark.parametrize(
    ("source", "platform"),
    [
        ("meta", "Meta"),
        ("Facebook", "Meta"),
        ("Instagram", "Meta"),
        ("Messenger", "Meta"),
        ("Audience Network", "Meta"),
        ("fb ads", "Meta"),
        ("Google Ads", "Google"),
        ("google", "Google"),
        ("google_ads", "Google"),
        ("Bing", "Microsoft"),
        ("Microsoft Advertising", "Microsoft"),
        ("TikTok Ads", "TikTok"),
        ("linkedin", "LinkedIn"),
        ("Snapchat Ads", "Snapchat"),
        ("pinterest", "Pinterest"),
        ("twitter", "X"),
        ("n8n-shop", None),
        ("", None),
        (None, None),
    ],
)
def test_a_persons_word_for_a_platform(source: str | None, platform: str | None) -> None:
    assert said(source) == platform


@pytest.mark.parametrize(
    ("preface", "platform"),
    [
        (
            ("Report Name: Campaigns", "Report Aggregation: Daily", "Potential Incomplete Data: false"),
            "Microsoft",
        ),
        (("Campaign Performance Report (in UTC)", "Report Start: 09/01/2025"), "LinkedIn"),
        (("Google Ads", "All time"), "Google"),
        (("Campaign report", "September 1, 2025 - September 3, 2025"), None),
        ((), None),
    ],
)
def test_the_lines_above_a_header_tell_the_platform(preface: tuple[str, ...], platform: str | None) -> None:
    assert written_by(PLAIN, preface) == platform


def test_the_header_goes_before_the_lines_above_it() -> None:
    assert written_by([*PLAIN, "Amount spent (USD)"], ("Google Ads",)) == "Meta"


def test_a_platform_column_tells_where_it_names_one_platform() -> None:
    assert written_by(PLAIN, (), ("Facebook", "Instagram", "Audience Network")) == "Meta"
    assert written_by(PLAIN, (), ("Google Ads", "Meta Ads")) is None
    assert written_by(PLAIN, (), ("shop", "")) is None


def test_signs_of_two_platforms_tell_nothing() -> None:
    assert written_by(["Impr.", "Clicks (destination)"], ()) is None


def test_a_person_knows_best() -> None:
    names = ["Campaign Name", "Date", "Total Spent"]
    plain = recognised(names, [(), (), ()], (), Hints())
    assert [column.field for column in plain.used] == ["campaign", "day", "spend"]
    told = recognised(names, [(), (), ()], (), Hints(source="LinkedIn"))
    assert [column.field for column in told.used] == ["ad_set", "day", "spend"]
    assert told.platform == "LinkedIn"


def test_a_source_that_is_no_platform_leaves_the_file_to_tell() -> None:
    columns = recognised(["Day", "Campaign", "Impr."], [(), (), ()], (), Hints(source="n8n-shop"))
    assert columns.platform == "Google"
