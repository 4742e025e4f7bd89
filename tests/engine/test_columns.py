"""What the columns of real exports mean: header rows as the platforms write them, word by word."""

from collections.abc import Mapping, Sequence

import pytest

from engine.intake.columns import Columns, recognised
from engine.models.export import Hints

MONEY = ("12.50", "9.10")


def read(header: str, *, preface: Sequence[str] = ()) -> Columns:
    """Recognise a header of names joined by ", "."""
    names = header.split(", ")
    return recognised(names, [()] * len(names), preface, Hints())


def meant(columns: Columns) -> dict[str, str]:
    return {column.name: column.field for column in columns.used if column.field}


def why(columns: Columns, name: str) -> str:
    return next(column.why for column in columns.used if column.name == name)


META_CAMPAIGNS = (
    "Reporting starts, Reporting ends, Campaign name, Campaign Delivery, Attribution setting, Results, "
    "Result indicator, Reach, Impressions, Cost per results, Amount spent (USD), Ends, Frequency, "
    "Unique link clicks, Ad set budget, Ad set budget type"
)


def test_meta_campaigns() -> None:
    columns = read(META_CAMPAIGNS)
    assert (columns.platform, columns.currency, columns.level) == ("Meta", "USD", "campaign")
    assert meant(columns) == {
        "Reporting starts": "first_day",
        "Reporting ends": "last_day",
        "Campaign name": "campaign",
        "Attribution setting": "attribution",
        "Results": "conversions",
        "Result indicator": "result_kind",
        "Reach": "reach",
        "Impressions": "impressions",
        "Amount spent (USD)": "spend",
        "Unique link clicks": "clicks",
    }
    assert why(columns, "Ad set budget") == "a budget, not money spent"
    assert why(columns, "Campaign Delivery") == "a status"
    assert columns.questions == ()


def test_meta_ad_sets_without_a_campaign_column_are_ad_sets() -> None:
    columns = read(
        "Reporting starts, Reporting ends, Ad Set Name, Ad set delivery, Bid, Bid type, "
        "Last significant edit, "
        "Attribution setting, Results, Result indicator, Reach, Impressions, Cost per results, "
        "Amount spent (USD), Ends, Starts, Frequency, Unique link clicks, Ad set budget, Ad set budget type"
    )
    assert (columns.platform, columns.level, columns.questions) == ("Meta", "ad set", ())
    assert meant(columns)["Ad Set Name"] == "ad_set"
    assert why(columns, "Bid") == "a bid"
    assert why(columns, "Starts") == "when it was planned to run, not the row's day"


def test_meta_breakdowns() -> None:
    columns = read(
        "Campaign name, Ad Set Name, Age, Gender, Text, Reach, Impressions, Frequency, Result type, Results, "
        "Cost per result, Amount spent (USD), CPM (cost per 1,000 impressions), Link clicks, "
        "CPC (cost per link click), CTR (link click-through rate), Clicks (all), CTR (all), "
        "Cost per 1,000 people reached, 3-second video plays, ThruPlays, Unique link clicks, "
        "Included custom audiences, Reporting starts, Reporting ends"
    )
    assert meant(columns) == {
        "Campaign name": "campaign",
        "Ad Set Name": "ad_set",
        "Age": "audience",
        "Gender": "audience",
        "Text": "creative",
        "Reach": "reach",
        "Impressions": "impressions",
        "Result type": "result_kind",
        "Results": "conversions",
        "Amount spent (USD)": "spend",
        "Link clicks": "clicks",
        "Reporting starts": "first_day",
        "Reporting ends": "last_day",
    }
    assert columns.breakdowns == ("creative", "audience")
    assert why(columns, "Clicks (all)") == why(columns, "Unique link clicks") == '"Link clicks" counts'
    assert columns.warnings == ()


def test_meta_in_singapore_dollars() -> None:
    columns = read(
        "Reporting starts, Reporting ends, Campaign name, Ad set name, Ad set delivery, Results, "
        "Result indicator, Reach, Frequency, Cost per result, Amount spent (SGD), Impressions, "
        "CPM (cost per 1,000 impressions) (SGD), Link clicks, CPC (cost per link click) (SGD), "
        "CTR (link click-through rate)"
    )
    assert (columns.platform, columns.currency, columns.level) == ("Meta", "SGD", "ad set")
    assert meant(columns)["Link clicks"] == "clicks"
    assert not {"CPC (cost per link click) (SGD)", "CTR (link click-through rate)"} & meant(columns).keys()


def test_meta_marketing_api() -> None:
    columns = read(
        "campaign_name, adset_name, ad_name, spend, impressions, reach, frequency, clicks, ctr, cpc, cpm, "
        "actions, "
        "action_values, cost_per_action_type, purchase_roas, outbound_clicks_ctr, date_start, date_stop, "
        "age, "
        "gender, account_id"
    )
    assert (columns.platform, columns.level) == ("Meta", "ad")
    assert meant(columns) == {
        "campaign_name": "campaign",
        "adset_name": "ad_set",
        "ad_name": "ad",
        "spend": "spend",
        "impressions": "impressions",
        "reach": "reach",
        "clicks": "clicks",
        "date_start": "first_day",
        "date_stop": "last_day",
        "age": "audience",
        "gender": "audience",
        "account_id": "account_id",
    }
    assert why(columns, "actions") == "a list inside a cell"


GOOGLE = (
    "Campaign status, Campaign, Budget, Budget name, Budget type, Status, Status reasons, Campaign type, "
    "Impr., "
    "Interactions, Interaction rate, Currency code, Avg. cost, Cost, Search lost IS (budget), Avg. CPC, "
    "Search lost IS (rank), Search impr. share, Optimization score, Bid strategy type, Clicks, Conv. rate, "
    "Conversions, Cost / conv."
)


def test_google_campaigns() -> None:
    columns = read(GOOGLE, preface=("Campaign report", "All time"))
    assert (columns.platform, columns.level, columns.currency) == ("Google", "campaign", None)
    assert meant(columns) == {
        "Campaign": "campaign",
        "Campaign type": "objective",
        "Impr.": "impressions",
        "Currency code": "currency",
        "Cost": "spend",
        "Clicks": "clicks",
        "Conversions": "conversions",
    }
    assert why(columns, "Interactions") == "another kind of action"
    assert why(columns, "Search lost IS (rank)") == "a share, not a count"
    assert columns.questions == ()
    assert columns.warnings == ()


def test_google_video_campaigns() -> None:
    columns = read(
        "Campaign, Optimization score, Campaign type, Currency code, TrueView avg. CPV, Avg. CPM, Impr., "
        "Interactions, Interaction rate, Avg. cost, Cost, Conv. (Platform Comparable), "
        "Cost / Conv. (Platform Comparable), Conv. value / Cost (Platform Comparable), Conv. rate, "
        "Conversions, Cost / conv."
    )
    assert columns.platform == "Google"
    assert meant(columns)["Conversions"] == "conversions"
    assert why(columns, "Conv. (Platform Comparable)") == '"Conversions" counts'
    assert "clicks" not in meant(columns).values(), "interactions are not clicks"
    assert columns.warnings == ()


def test_google_search_terms_are_added_up() -> None:
    columns = read(
        "Search term, Match type, Added/Excluded, Campaign, Ad group, Clicks, Impr., CTR, Currency code, "
        "Avg. CPC, "
        "Cost, Conversions, Cost / conv."
    )
    assert (columns.platform, columns.level) == ("Google", "ad set")
    assert why(columns, "Search term") == "finer than I keep: its rows are added up"


def test_tiktok() -> None:
    columns = read(
        "Campaign name, Ad group name, Ad name, Primary status, Cost, Impressions, Reach, Frequency, "
        "Clicks (destination), CTR (destination), CPC (destination), CPM, Conversions, Cost per conversion, "
        "Conversion rate (CVR), Results, Cost per result, Result type, 6-second focused views, "
        "15-second focused views, Budget, Date"
    )
    assert (columns.platform, columns.level) == ("TikTok", "ad")
    assert meant(columns) == {
        "Campaign name": "campaign",
        "Ad group name": "ad_set",
        "Ad name": "ad",
        "Cost": "spend",
        "Impressions": "impressions",
        "Reach": "reach",
        "Clicks (destination)": "clicks",
        "Conversions": "conversions",
        "Result type": "result_kind",
        "Date": "day",
    }
    assert [each.text for each in columns.warnings] == [
        'Conversions: "Conversions" counts; "Results" is left out.'
    ]


def test_tiktok_by_day() -> None:
    columns = read(
        "By Day, Campaign name, Campaign type, Ad group name, Ad name, Account name, Spend, Impressions, "
        "Clicks (destination), Reach, Frequency, 6-second video views, Conversions"
    )
    assert columns.platform == "TikTok"
    assert meant(columns)["By Day"] == "day"
    assert meant(columns)["Account name"] == "account"


LINKEDIN = (
    "Start Date (in UTC), Account Name, Campaign Name, Campaign Type, Campaign Objective, "
    "Campaign Start Date, "
    "Campaign End Date, Creative Name, Ad Introduction Text, Ad Headline, Total Spent, Reach, Impressions, "
    "Clicks, "
    "Clicks to Landing Page, Clicks to LinkedIn Page, Total Social Actions, Reactions, Comments, Shares, "
    "Follows, "
    "Other Clicks, Event Registrations, Total Engagements, Viral Impressions, Viral Clicks, Leads, "
    "Lead Forms Opened, Carousel Card, Card Impressions, Card Clicks, Click URL"
)


def test_linkedin_campaigns_are_what_others_call_ad_sets() -> None:
    columns = read(LINKEDIN)
    assert (columns.platform, columns.level, columns.time_zone) == ("LinkedIn", "ad", "UTC")
    assert meant(columns) == {
        "Start Date (in UTC)": "day",
        "Account Name": "account",
        "Campaign Name": "ad_set",
        "Campaign Objective": "objective",
        "Creative Name": "ad",
        "Ad Headline": "creative",
        "Total Spent": "spend",
        "Reach": "reach",
        "Impressions": "impressions",
        "Clicks": "clicks",
        "Leads": "conversions",
    }
    assert why(columns, "Clicks to Landing Page") == '"Clicks" counts'
    assert [each.code for each in columns.warnings] == ["stand_in"]


def test_linkedin_with_groups() -> None:
    columns = read(
        "Start Date (in UTC), Account Name, Campaign Group Name, Campaign Group ID, Campaign Name, "
        "Campaign ID, "
        "Total Spent, Impressions, Clicks, Conversion Name, Conversion Type, Conversions, "
        "Post-Click Conversions, "
        "View-Through Conversions, Leads, Currency"
    )
    found = meant(columns)
    assert (found["Campaign Group Name"], found["Campaign Name"]) == ("campaign", "ad_set")
    assert (found["Campaign Group ID"], found["Campaign ID"]) == ("campaign_id", "ad_set_id")
    assert found["Conversions"] == "conversions"
    assert [each.text for each in columns.warnings] == [
        'Conversions: "Conversions" counts; "Leads" is left out.'
    ]


def test_linkedin_since_it_has_ad_sets() -> None:
    columns = read(
        "Start Date (in UTC), Campaign Name, Campaign ID, Ad Set Name, Ad Set ID, Total Spent, "
        "Impressions, Clicks"
    )
    found = meant(columns)
    assert (found["Campaign Name"], found["Ad Set Name"]) == ("campaign", "ad_set")
    assert (found["Campaign ID"], found["Ad Set ID"]) == ("campaign_id", "ad_set_id")


def test_microsoft_api() -> None:
    columns = read(
        "AccountName, AccountNumber, AccountId, TimePeriod, CampaignStatus, CampaignName, CampaignId, "
        "CurrencyCode, "
        "AdDistribution, Impressions, Clicks, Ctr, AverageCpc, Spend, AveragePosition, Conversions, "
        "ConversionRate, CostPerConversion, LowQualityClicks"
    )
    assert (columns.platform, columns.level) == ("Microsoft", "campaign")
    assert meant(columns) == {
        "AccountName": "account",
        "AccountNumber": "account_id",
        "TimePeriod": "day",
        "CampaignName": "campaign",
        "CampaignId": "campaign_id",
        "CurrencyCode": "currency",
        "AdDistribution": "placement",
        "Impressions": "impressions",
        "Clicks": "clicks",
        "Spend": "spend",
        "Conversions": "conversions",
    }


def test_microsoft_web() -> None:
    columns = read(
        "Account name, Account number, Campaign name, Campaign ID, Ad group, Time period, Impressions, "
        "Clicks, "
        "CTR (%), Avg. CPC, Spend, Conversions, Revenue, Quality score, Match type, Device type, Network"
    )
    assert (columns.platform, columns.level) == ("Microsoft", "ad set")
    assert columns.breakdowns == ("placement", "device")
    assert meant(columns)["Revenue"] == "revenue"


@pytest.mark.parametrize(("span", "field"), [("Daily", "day"), ("Weekly", "week"), ("Monthly", "month")])
def test_what_microsoft_aggregates_by_says_how_long_a_row_lasts(span: str, field: str) -> None:
    columns = read("TimePeriod, CampaignName, Spend", preface=(f'"Report Aggregation: {span}"',))
    assert meant(columns)["TimePeriod"] == field


# --- Which of several columns counts


def test_the_day_goes_before_the_range_of_the_report() -> None:
    columns = read("Reporting starts, Reporting ends, Day, Campaign name, Amount spent (INR)")
    assert meant(columns)["Day"] == "day"
    assert why(columns, "Reporting starts") == '"Day" tells the days'


def test_the_finest_time_counts() -> None:
    assert meant(read("Month, Week, Day, Campaign, Cost"))["Day"] == "day"
    assert "week" in meant(read("Month, Week, Campaign, Cost")).values()


def test_unique_clicks_count_only_where_nothing_else_is_there() -> None:
    alone = read("Day, Campaign name, Amount spent, Unique link clicks")
    assert meant(alone)["Unique link clicks"] == "clicks"
    text = '"Unique link clicks" is taken as clicks: the file has no better column.'
    assert [each.text for each in alone.warnings] == [text]
    beside = read("Day, Campaign name, Amount spent, Clicks (all), Unique link clicks")
    assert meant(beside)["Clicks (all)"] == "clicks"
    assert beside.warnings == ()


@pytest.mark.parametrize(
    ("header", "counts", "left"),
    [
        (
            "Results, Result indicator, Purchases, Website purchases",
            "Results",
            '"Purchases", "Website purchases" are',
        ),
        ("Results, Purchases", "Purchases", '"Results" is'),
        ("Purchases, Leads", "Purchases", '"Leads" is'),
        ("Total_Conversion, Approved_Conversion", "Total_Conversion", '"Approved_Conversion" is'),
        ("Approved_Conversion, Total_Conversion", "Total_Conversion", '"Approved_Conversion" is'),
    ],
)
def test_one_column_is_the_conversions_and_the_others_are_named(header: str, counts: str, left: str) -> None:
    columns = read(f"Day, Campaign name, Amount spent (USD), {header}")
    assert meant(columns)[counts] == "conversions"
    assert list(meant(columns).values()).count("conversions") == 1
    assert [each.text for each in columns.warnings] == [f'Conversions: "{counts}" counts; {left} left out.']


def test_all_conversions_count_only_alone() -> None:
    both = read("Day, Campaign, Cost, Impr., All conv., Conversions")
    assert (meant(both)["Conversions"], both.warnings) == ("conversions", ())
    alone = read("Day, Campaign, Cost, Impr., All conv.")
    assert meant(alone)["All conv."] == "conversions"
    assert [each.code for each in alone.warnings] == ["stand_in"]


def test_results_of_unknown_kind_are_told() -> None:
    columns = read("Day, Campaign name, Amount spent (USD), Results")
    assert meant(columns)["Results"] == "conversions"
    assert [each.code for each in columns.warnings] == ["result_kind_unknown"]


def test_an_indicator_goes_before_its_label() -> None:
    columns = read("Day, Campaign name, Amount spent, Results, Result type, Result indicator")
    assert meant(columns)["Result indicator"] == "result_kind"
    assert "Result type" not in meant(columns)


def test_money_in_micros_is_no_money() -> None:
    columns = read("segments.date, campaign.name, metrics.clicks, metrics.cost_micros, metrics.impressions")
    assert columns.platform == "Google"
    assert "spend" not in meant(columns).values()
    assert why(columns, "metrics.cost_micros") == "in micros, not in the currency's units"


def test_a_percentage_is_no_count() -> None:
    columns = read("Day, Campaign, Spend, Conversions (%), % of clicks, Impressions %")
    assert set(meant(columns).values()) == {"day", "campaign", "spend"}


def test_revenue_in_another_currency_is_left_out() -> None:
    columns = read("Day, Campaign, Cost (EUR), Revenue (USD)")
    assert columns.currency == "EUR"
    assert why(columns, "Revenue (USD)") == "in USD, the spend is in EUR"
    assert [each.code for each in columns.warnings] == ["other_currency"]


def test_every_column_is_told_in_its_order() -> None:
    columns = read(META_CAMPAIGNS)
    assert ", ".join(column.name for column in columns.used) == META_CAMPAIGNS
    assert [column.place for column in columns.used] == list(range(16))
    assert all(bool(column.field) != bool(column.why) for column in columns.used)


def told(table: Mapping[str, Sequence[str]]) -> Columns:
    return recognised(list(table), list(table.values()), (), Hints())


def test_microsofts_tables_have_googles_words_and_spend() -> None:
    columns = read("Campaign, Delivery, Budget, Clicks, Impr., CTR, Avg. CPC, Spend, Conv., CPA, Conv. rate")
    assert columns.platform == "Microsoft"
    assert set(meant(columns).values()) == {"campaign", "clicks", "impressions", "spend", "conversions"}


def test_a_weekday_is_no_day() -> None:
    columns = told(
        {
            "Day": ("Monday", "Tuesday"),
            "Date": ("2026-03-02", "2026-03-03"),
            "Campaign": ("a",),
            "Cost": ("1",),
        }
    )
    assert (meant(columns).get("Date"), meant(columns).get("Day")) == ("day", None)


def test_a_name_goes_before_a_bare_word() -> None:
    columns = read("Campaign, Campaign name, Ad, Ad name, Channel, Platform, Date, Cost")
    assert {name for name in ("Campaign name", "Ad name", "Platform") if name in meant(columns)} == {
        "Campaign name",
        "Ad name",
        "Platform",
    }
    assert not {"Campaign", "Ad", "Channel"} & meant(columns).keys()


def test_other_money_that_is_left_out_is_named_where_it_differs() -> None:
    table = {"Date": ("2026-03-02",), "Campaign": ("a",), "Cost": ("1.00",), "Total cost": ("1.10",)}
    text = 'Spend: "Cost" counts; "Total cost" is left out.'
    assert [each.text for each in told(table).warnings] == [text]
    assert told(table | {"Total cost": ("1.00",)}).warnings == ()


def test_a_file_without_spend_is_told() -> None:
    columns = read("Date, Campaign, Impressions, Clicks")
    assert [each.text for each in columns.warnings] == ["No column is known as the spend."]


def test_line_breaks_in_a_name_are_spaces() -> None:
    columns = recognised(["Amount\nspent  (USD)"], [()], (), Hints())
    assert (columns.used[0].name, columns.used[0].field) == ("Amount spent (USD)", "spend")


# --- The shape


def test_files_written_alike_have_one_shape() -> None:
    shape = read("Day, Campaign name, Amount spent (EUR)").shape
    assert read("day, CAMPAIGN NAME, Amount  spent (eur)").shape == shape
    others = (
        "Campaign name, Day, Amount spent (EUR)",
        "Day, Campaign name, Amount spent (USD)",
        "Day, Amount spent",
    )
    assert shape not in {read(header).shape for header in others}


def test_what_a_person_says_does_not_change_the_shape() -> None:
    names, examples = ["Day", "Kosten netto", "Campaign"], [["2026-03-02"], MONEY, ["spring-sale"]]
    said = Hints(source="meta", currency="EUR", columns={"Kosten netto": "spend"})
    assert recognised(names, examples, (), said).shape == recognised(names, examples, (), Hints()).shape
