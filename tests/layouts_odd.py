"""Files that once were read wrong without a word, or could be: what each must come to, in few lines.

A ``Trap`` is the file as text and the rows that it holds: a day (or "first..last"), campaign, spend,
impressions, clicks. Without rows it must be refused, or asked about: ``asks`` names the kinds of questions.
"""

from typing import NamedTuple

HEAD = "Day,Campaign,Currency,Cost,Impressions,Clicks\n"
LINKEDIN = (
    "Campaign Performance Report (in UTC)\n"
    '"Report Start: August 1, 2025, 12:00 AM"\n"Report End: {end}, 11:59 PM"\n'
    'Date Generated: "October 1, 2025, 9:04 AM"\n\n'
    "Start Date (in UTC)\tCurrency\tCampaign Group Name\tCampaign Name\tTotal Spent\tImpressions\tClicks\n"
)
GOOGLE = 'Campaign report\n"August 1, 2025 - August 31, 2025"\n'


class Trap(NamedTuple):
    name: str
    text: str
    rows: tuple[str, ...] = ()
    rejected: int = 0
    asks: frozenset[str] = frozenset()
    encoding: str = "utf-8"


def day(number: int, campaign: str = "A", spend: str = "1", seen: int = 1000, clicks: int = 1) -> str:
    return f"2025-08-{number:02},{campaign},USD,{spend},{seen},{clicks}\n"


EVERY = (
    # How long a row lasts.
    Trap(
        "LinkedIn, not split by day",
        LINKEDIN.format(end="August 31, 2025") + "08/01/2025\tEUR\tQ3\tD\t10.50\t20000\t200\n",
        ("2025-08-01..2025-08-31|Q3|10.50|20000|200",),
        encoding="utf-16",
    ),
    Trap(
        "LinkedIn, by month",
        LINKEDIN.format(end="September 14, 2025")
        + "08/01/2025\tEUR\tQ3\tD\t10.50\t20000\t200\n09/01/2025\tEUR\tQ3\tD\t1\t900\t9\n",
        ("2025-08-01..2025-08-31|Q3|10.50|20000|200", "2025-09-01..2025-09-14|Q3|1|900|9"),
        encoding="utf-16",
    ),
    Trap(
        "weeks that the report cuts",
        'Report\n"August 6, 2025 - August 12, 2025"\nWeek,Campaign,Currency,Cost,Impressions,Clicks\n'
        "2025-08-04,A,USD,1,100,1\n2025-08-11,A,USD,2,200,2\n",
        ("2025-08-06..2025-08-10|A|1|100|1", "2025-08-11..2025-08-12|A|2|200|2"),
    ),
    Trap(
        "dates that are all first of a month",
        HEAD.replace("Day", "Date") + "2025-07-01,A,USD,1,100,1\n2025-08-01,A,USD,1,100,1\n",
        asks=frozenset({"column"}),
    ),
    Trap(
        "dates that are all Mondays",
        HEAD.replace("Day", "Date") + "".join(day(each) for each in (4, 11, 18)),
        asks=frozenset({"column"}),
    ),
    Trap(
        "months by Microsoft, which begin with a month",
        '"Report Aggregation: Monthly"\n\nTimePeriod,CampaignName,CurrencyCode,Spend,Impressions,Clicks\n'
        "7/1/2025,A,USD,1,100,1\n8/1/2025,A,USD,2,200,2\n",
        ("2025-07-01..2025-07-31|A|1|100|1", "2025-08-01..2025-08-31|A|2|200|2"),
    ),
    Trap(
        "months as Excel writes them",
        HEAD.replace("Day", "Month") + "Jul-25,A,USD,1,100,1\nAug-25,A,USD,2,200,2\n",
        ("2025-07-01..2025-07-31|A|1|100|1", "2025-08-01..2025-08-31|A|2|200|2"),
    ),
    Trap(
        "hours by Microsoft",
        '"Report Aggregation: Hourly"\n\nTimePeriod,CampaignName,CurrencyCode,Spend,Impressions,Clicks\n'
        "2025-08-13|00,A,USD,1,100,1\n2025-08-13|23,A,USD,2,200,2\n",
        ("2025-08-13|A|3|300|3",),
    ),
    Trap(
        "midnight of another zone",
        HEAD + "".join(f"2025-08-{each:02}T22:00:00Z,A,USD,1,100,1\n" for each in (1, 2, 3)),
    ),
    Trap(
        "dots do not decide for slashes",
        HEAD + "08/02/2025,A,USD,1,100,1\n13.8.2025,A,USD,1,100,1\n",
        asks=frozenset({"date_order"}),
    ),
    Trap(
        "a piece of a day is no month",
        HEAD + "01.08.2025,A,USD,1,100,1\n02.08.2025,A,USD,2,200,2\n8.2025,A,USD,4,400,4\n",
        ("2025-08-01|A|1|100|1", "2025-08-02|A|2|200|2"),
        rejected=1,
    ),
    Trap(
        "two periods side by side",
        'Report\n"Aug 1, 2025 - Aug 31, 2025 compared to Jul 1, 2025 - Jul 31, 2025"\n'
        "Campaign,Currency code,Cost,Cost (Compare to),Clicks,Impr.\nA,USD,10,9,5,100\n",
        ("2025-08-01..2025-08-31|A|10|100|5",),
    ),
    # Rows that lack a cell, or hold others.
    Trap(
        "a row that lacks a cell amid it",
        HEAD + day(1) + "2025-08-02,A,USD,200,2\n" + day(3),
        ("2025-08-01|A|1|1000|1", "2025-08-03|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "empty cells left away at the end, often",
        HEAD.replace("\n", ",Conversions\n")
        + "".join(day(each).replace("\n", ",2\n" if each == 1 else "\n") for each in range(1, 6)),
        tuple(f"2025-08-{each:02}|A|1|1000|1" for each in range(1, 6)),
    ),
    Trap(
        "a download that broke off",
        HEAD + day(1) + day(2) + "2025-08-03,A,USD,12",
        ("2025-08-01|A|1|1000|1", "2025-08-02|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "a download that broke off within the first cell",
        HEAD + day(1) + "2025-0",
        ("2025-08-01|A|1|1000|1",),
        rejected=1,
    ),
    Trap(
        "a line with another delimiter, the last one",
        HEAD + day(1) + day(2).replace(",", ";"),
        ("2025-08-01|A|1|1000|1",),
        rejected=1,
    ),
    Trap(
        "a line with another delimiter, amid",
        HEAD + day(1) + day(2).replace(",", ";") + day(3),
        ("2025-08-01|A|1|1000|1", "2025-08-03|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "a row pushed aside, whose campaign is blank now",
        HEAD + day(1) + '2025-08-02,,"A, b",USD,0.00,0,0\n' + day(3),
        ("2025-08-01|A|1|1000|1", "2025-08-03|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "a quote that swallows the next rows",
        HEAD + day(1) + '2025-08-02,"Best,USD,1,100,1\n' + day(3) + '2025-08-04,"C",USD,2,100,1\n' + day(5),
        ("2025-08-01|A|1|1000|1", "2025-08-05|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "a carriage return in a title",
        '"Report Aggregation:\r Daily"\r\n' + (HEAD + day(1) + day(2)).replace("\n", "\r\n"),
        ("2025-08-01|A|1|1000|1", "2025-08-02|A|1|1000|1"),
    ),
    Trap(
        "a carriage return in the last line",
        (HEAD + day(1) + day(2)).replace("\n", "\r\n") + "Made by a\rtool\r\n",
        ("2025-08-01|A|1|1000|1", "2025-08-02|A|1|1000|1"),
    ),
    # Totals whatever they are called.
    Trap(
        "a total with an unknown name",
        GOOGLE + "Campaign,Currency code,Cost,Impr.,Clicks\nA,USD,10,1000,1\nB,USD,20,2000,2\n"
        "Kokku,USD,30,3000,3\n",
        ("2025-08-01..2025-08-31|A|10|1000|1", "2025-08-01..2025-08-31|B|20|2000|2"),
    ),
    Trap(
        "sums of campaigns as a pivot table writes them",
        "Day,Campaign,Ad group,Currency,Cost,Impressions,Clicks\n2025-08-01,A,G1,USD,1,1000,1\n"
        "2025-08-01,A,G2,USD,2,2000,2\n2025-08-01,A Total,,USD,3,3000,3\n2025-08-01,B,G1,USD,4,1000,1\n"
        "2025-08-01,B Total,,USD,4,1000,1\n",
        ("2025-08-01|A|3|3000|3", "2025-08-01|B|4|1000|1"),
    ),
    *(
        Trap(
            f"parts beside “{label}” in {column}",
            f"Campaign,{column},Day,Currency,Cost,Impressions,Clicks\nA,{label},2025-08-01,USD,3,3000,3\n"
            "A,One,2025-08-01,USD,1,1000,1\nA,Two,2025-08-01,USD,2,2000,2\n",
            ("2025-08-01|A|3|3000|3",),
        )
        for column, label in (
            ("Device", "All devices"),
            ("Country", "Worldwide"),
            ("Match type", "Total"),
            ("Hour of day", "Total"),
        )
    ),
    Trap(
        "a campaign whose name ends in Total",
        HEAD + day(1, "Total Wine", "5", 5000) + day(1, "Vin Total", "6", 6000) + day(2, "B", "7", 7000),
        ("2025-08-01|Total Wine|5|5000|1", "2025-08-01|Vin Total|6|6000|1", "2025-08-02|B|7|7000|1"),
    ),
    Trap(
        "an average below",
        HEAD + day(1) + day(2) + "Average,,USD,1,1000,1\n",
        ("2025-08-01|A|1|1000|1", "2025-08-02|A|1|1000|1"),
        rejected=1,
    ),
    Trap(
        "campaigns named once, as in merged cells",
        HEAD + day(1) + "2025-08-02,,USD,2,2000,2\n" + day(3, "B"),
        ("2025-08-01|A|1|1000|1", "2025-08-03|B|1|1000|1"),
        rejected=1,
    ),
    # Money twice.
    Trap(
        "a report appended to itself",
        2 * (GOOGLE + HEAD + day(1) + day(13, "B", "2", 2001) + "Total,,USD,3,3001,2\n"),
        asks=frozenset({"total"}),
    ),
    Trap("every row twice", HEAD + 2 * (day(1) + day(2, seen=1001)), asks=frozenset({"total"})),
    Trap(
        "a second report that overlaps",
        HEAD + day(1) + day(2, seen=1001) + HEAD + day(2, seen=1001) + day(3),
        asks=frozenset({"total"}),
    ),
    Trap(
        "two days of two parts each, which nothing tells apart",
        HEAD + day(1) + day(1, seen=1001) + day(2) + day(2),
        ("2025-08-01|A|2|2001|2", "2025-08-02|A|2|2000|2"),
    ),
    Trap(
        "costs once for each conversion action",
        "Day,Campaign,Conversion action,Currency,Cost,Impressions,Clicks,Conversions\n"
        "2025-08-01,A,Buy,USD,10,1000,10,2\n2025-08-01,A,Lead,USD,10,1000,10,3\n"
        "2025-08-02,A,Buy,USD,20,2000,20,2\n2025-08-02,A,Lead,USD,20,2000,20,3\n",
    ),
    # Which currency, which campaign.
    Trap(
        "a column that names another currency than the header",
        "Day,Campaign name,Currency,Amount spent (USD),Impressions,Link clicks\n"
        "2025-08-01,A,EUR,1.50,100,1\n",
        asks=frozenset({"currency"}),
    ),
    Trap(
        "a sign of another currency than the header",
        "Day,Campaign name,Amount spent (USD),Impressions,Link clicks\n2025-08-01,A,€1.50,100,1\n",
        asks=frozenset({"currency"}),
    ),
    Trap(
        "signs of two currencies",
        "Day,Campaign,Cost,Impressions,Clicks\n2025-08-01,A,€1.50,100,1\n2025-08-01,B,£2.50,100,1\n",
    ),
    Trap(
        "shortened ids and no names",
        "Day,Campaign ID,Currency,Cost,Impressions,Clicks\n2025-08-01,1.23457E+11,USD,1,100,1\n"
        "2025-08-01,1.23457E+11,USD,2,200,2\n",
    ),
)
