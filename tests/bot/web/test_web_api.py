"""The JSON API: who may use it, what it takes, and in which order it answers."""

import copy
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from bot_team import Team
from shell_room import told
from web_room import DOOR, KEYED, TOKEN, announce, client

ROUTES = [
    ("POST", "/analyze-campaign"),
    ("GET", "/insights"),
    ("GET", "/patterns"),
    ("GET", "/recommendations"),
    ("POST", "/api/v1/recommendations/analyze"),
    ("GET", "/api/v1/recommendations/rec_0000000000"),
]
LISTS = {"insights": "/insights", "patterns": "/patterns", "recommendations": "/recommendations"}
RANK = {"high": 0, "medium": 1, "low": 2}


def faults(answer: httpx.Response) -> list[dict[str, Any]]:
    """The faults of a refusal, whose sentence has to be there too."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert sorted(body) == ["error", "faults"]
    assert body["error"]
    found: list[dict[str, Any]] = body["faults"]
    return found


def known(api: httpx.Client, campaign_id: str) -> dict[str, Any]:
    answer = api.post("/api/v1/recommendations/analyze", json={"campaign_id": campaign_id})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# Who may


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer", f"Bearer {TOKEN[:-1]}"]
)
def test_without_the_token_every_route_is_401(
    stranger: httpx.Client, method: str, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = stranger.request(method, path, headers=headers, content=b"{")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"].startswith("The token is missing or wrong")


def test_while_no_token_is_set_the_api_is_closed_and_says_so(tmp_path: Path) -> None:
    team = Team(tmp_path, filled=False, mode="http")
    try:
        with client(team, keyed=False) as opened:
            for method, path in ROUTES:
                for headers in ({}, {"Authorization": "Bearer None"}, KEYED):
                    answer = opened.request(method, path, headers=headers)
                    assert answer.status_code == 401
                    assert answer.json()["error"].startswith("The API is closed: set MARKO_API_TOKEN")
    finally:
        team.close()


# Handing in


def test_an_analysis_has_its_parts_as_the_shell_prints_them(api: httpx.Client) -> None:
    answer = api.post("/analyze-campaign", json=told("by-http"))
    assert answer.status_code == 200
    assert list(answer.json()) == [
        "campaign_id",
        "comparison",
        "patterns",
        "insights",
        "updated_weights",
        "recommendation",
        "similar_campaigns",
        "storage",
    ]
    assert answer.json()["storage"] == {"campaign_id": "by-http", "revision": 1, "stored": True}
    again = api.post("/analyze-campaign", json=told("by-http")).json()
    assert again["storage"]["stored"] is False
    assert again["recommendation"]["id"] == answer.json()["recommendation"]["id"]


def test_a_list_is_answered_by_a_list_in_its_order(api: httpx.Client) -> None:
    later = told("list-b", timestamp="2026-03-30T10:00:00+00:00")
    earlier = told("list-a", timestamp="2026-03-20T10:00:00+00:00")
    answer = api.post("/analyze-campaign", json=[later, earlier])
    assert [each["campaign_id"] for each in answer.json()] == ["list-b", "list-a"]


def changed(path: tuple[str, ...], value: str) -> str:
    """A campaign's JSON with one raw value in it, which may be no valid one."""
    campaign: Any = copy.deepcopy(told("strict"))
    inner = campaign
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "@here"
    return json.dumps(campaign).replace('"@here"', value)


@pytest.mark.parametrize(
    ("path", "raw", "shown", "rule"),
    [
        (("actual_metrics", "spend"), "NaN", "NaN", "a finite number"),
        (("actual_metrics", "spend"), "Infinity", "Infinity", "a finite number"),
        (("actual_metrics", "spend"), "-1", "-1", "not negative"),
        (("actual_metrics", "spend"), '"12"', "12", "a number, without quotes"),
        (("actual_metrics", "clicks"), "true", "true", "a number, without quotes"),
        (("actual_metrics", "clicks"), "1e309", "1E+309", "at most 1,000,000,000,000"),
        (("actual_metrics", "clicks"), "9" * 26, "9" * 26, "at most 1,000,000,000,000"),
        (("actual_metrics", "clickz"), "1", "1", "a field I know"),
        (("timestamp",), '"2026-03-30T10:00:00"', "2026-03-30T10:00:00", None),
    ],
)
def test_a_fault_names_field_value_and_rule_and_nothing_is_stored(
    api: httpx.Client, path: tuple[str, ...], raw: str, shown: str, rule: str | None
) -> None:
    (fault,) = faults(api.post("/analyze-campaign", content=changed(path, raw)))
    assert (fault["field"], fault["value"], fault["line"]) == (".".join(path), shown, 1)
    assert fault["rule"] == (rule or "with a time zone, such as 2026-03-29T10:00:00+00:00")
    assert api.post("/api/v1/recommendations/analyze", json={"campaign_id": "strict"}).status_code == 404


def test_a_key_given_twice_is_named_with_its_line(api: httpx.Client) -> None:
    text = json.dumps(told("strict"), indent=1).replace('"clicks"', '"impressions"')
    found = faults(api.post("/analyze-campaign", content=text))
    assert {each["field"] for each in found} == {"expected_metrics.impressions", "actual_metrics.impressions"}
    assert {each["value"] for each in found} == {"given twice"}
    assert all(each["line"] > 1 for each in found)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'"text"', b"[" * 100_000])
def test_what_is_no_campaign_is_422(api: httpx.Client, body: bytes) -> None:
    assert faults(api.post("/analyze-campaign", content=body))


def test_all_faults_are_told_at_once(api: httpx.Client) -> None:
    campaign = told("strict") | {"currency": "euro", "platform": " ", "more": 1}
    found = faults(api.post("/analyze-campaign", json=campaign))
    assert {each["field"] for each in found} == {"currency", "platform", "more"}


def test_a_body_beyond_the_limit_is_413(api: httpx.Client) -> None:
    assert announce(api, "/analyze-campaign", 20_000_001, KEYED)[0] == 413


def test_without_the_token_no_body_is_read(stranger: httpx.Client) -> None:
    assert announce(stranger, "/analyze-campaign", 1_000, {})[0] == 401


# Asking for what is known


def test_asking_again_finds_the_same_record_as_the_card(team: Team, api: httpx.Client) -> None:
    card = team.card_of("spring-sale")
    first = known(api, "spring-sale")
    assert first["status"] == "cached"
    assert first["recommendation_id"] == first["recommendation"]["id"]
    assert first["recommendation_id"] in json.dumps(card["blocks"])
    found = api.get(f"/api/v1/recommendations/{first['recommendation_id']}")
    assert found.json() == first["recommendation"]


def test_force_refresh_makes_a_new_one_and_voids_the_old(api: httpx.Client) -> None:
    old = known(api, "new-parents")
    body = {"campaign_id": "new-parents", "force_refresh": True}
    new = api.post("/api/v1/recommendations/analyze", json=body).json()
    assert new["status"] == "generated"
    assert new["recommendation_id"] != old["recommendation_id"]
    voided = api.get(f"/api/v1/recommendations/{old['recommendation_id']}").json()
    assert (voided["status"], voided["superseded_by"]) == ("superseded", new["recommendation_id"])
    assert known(api, "new-parents")["status"] == "cached"


def test_a_recommendation_is_typed_and_names_its_campaign(api: httpx.Client) -> None:
    found = known(api, "spring-sale")["recommendation"]
    assert (found["campaign_id"], found["platform"]) == ("spring-sale", "Meta")
    assert found["action"]["kind"] == "set_spend"
    assert found["worst_case"]["kind"] == "spent_for_nothing"
    assert found["verdict"].startswith("Beat the forecast.")


@pytest.mark.parametrize("asked", ["nobody", "spring", "Spring Sale", "SPRING-SALE"])
def test_only_the_id_itself_names_a_campaign(api: httpx.Client, asked: str) -> None:
    answer = api.post("/api/v1/recommendations/analyze", json={"campaign_id": asked})
    assert answer.status_code == 404
    assert answer.json()["error"].startswith(f"I know no campaign {asked}.")


def test_an_id_on_two_platforms_is_409_and_its_key_is_not(api: httpx.Client) -> None:
    for platform in ("Meta", "Google"):
        assert api.post("/analyze-campaign", json=told("twice", platform=platform)).status_code == 200
    answer = api.post("/api/v1/recommendations/analyze", json={"campaign_id": "twice"})
    assert answer.status_code == 409
    assert "google/default/twice, meta/default/twice" in answer.json()["error"]
    assert known(api, "google/default/twice")["recommendation"]["platform"] == "Google"


@pytest.mark.parametrize(
    ("body", "field", "value", "rule"),
    [
        ("{}", "campaign_id", "(missing)", "has to be given"),
        ('{"campaign_id": 7}', "campaign_id", "7", "a text in quotes"),
        ('{"campaign_id": " "}', "campaign_id", " ", "not empty"),
        ('{"campaign_id": "a", "force": true}', "force", "true", "a field I know"),
        ('{"campaign_id": "a", "force_refresh": "yes"}', "force_refresh", "yes", "true or false"),
        ('{"campaign_id": "a", "force_refresh": 1}', "force_refresh", "1", "true or false"),
        ('{"campaign_id": "a", "campaign_id": "b"}', "campaign_id", "given twice", "each field once"),
        ("[]", "campaign", "a list", "a block in braces"),
    ],
)
def test_a_question_is_read_strictly(api: httpx.Client, body: str, field: str, value: str, rule: str) -> None:
    (fault,) = faults(api.post("/api/v1/recommendations/analyze", content=body))
    assert (fault["field"], fault["value"]) == (field, value)
    assert fault["rule"] == rule


def test_an_unknown_recommendation_is_404(api: httpx.Client) -> None:
    answer = api.get("/api/v1/recommendations/rec_0000000000")
    assert answer.status_code == 404
    assert answer.json() == {"error": "I know no recommendation rec_0000000000.", "faults": []}


# Lists


def test_insights_come_by_priority_then_by_id(api: httpx.Client) -> None:
    for campaign in ("spring-sale", "new-parents", "city-break", "night-owls"):
        known(api, campaign)
    found = api.get("/insights", params={"limit": 200}).json()["insights"]
    order = [(RANK[each["priority"]], each["id"]) for each in found]
    assert order == sorted(order)
    assert len({each["id"] for each in found}) == len(found)
    assert {each["priority"] for each in found} >= {"high", "low"}
    assert all(each["text"] and each["evidence"] for each in found)


def test_patterns_come_by_impact_then_by_id(api: httpx.Client) -> None:
    found = api.get("/patterns", params={"limit": 200}).json()["patterns"]
    assert found
    order = [(each["impact"] is None, -abs(each["impact"] or 0), each["id"]) for each in found]
    assert order == sorted(order)
    assert all(each["text"] for each in found)


def test_recommendations_come_newest_first_with_advice_for_planning(api: httpx.Client) -> None:
    body = api.get("/recommendations").json()
    moments = [each["created_at"] for each in body["recommendations"]]
    assert moments == sorted(moments, reverse=True)
    assert {each["kind"] for each in body["planning"]} == {"insight", "pattern", "weight", "similar"}
    assert all(sorted(each) == ["evidence", "kind", "text"] for each in body["planning"])
    assert (body["limit"], body["offset"]) == (50, 0)


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_one_make_up_the_whole_list(api: httpx.Client, name: str) -> None:
    whole = api.get(LISTS[name], params={"limit": 200}).json()
    assert whole["total"] == len(whole[name])
    pages = [
        api.get(LISTS[name], params={"limit": 1, "offset": offset}).json() for offset in range(whole["total"])
    ]
    assert [each for page in pages for each in page[name]] == whole[name]
    beyond = api.get(LISTS[name], params={"offset": whole["total"]}).json()
    assert (beyond[name], beyond["total"]) == ([], whole["total"])


def test_recommendations_are_filtered_by_status_and_campaign(api: httpx.Client) -> None:
    every = api.get("/recommendations", params={"limit": 200}).json()["recommendations"]
    for status in ("proposed", "noted", "superseded", "done"):
        found = api.get("/recommendations", params={"status": status, "limit": 200}).json()
        assert found["recommendations"] == [each for each in every if each["status"] == status]
    for asked in ("spring-sale", "meta/default/spring-sale"):
        found = api.get("/recommendations", params={"campaign_id": asked}).json()["recommendations"]
        assert found
        assert {each["campaign_id"] for each in found} == {"spring-sale"}
    both = {"campaign_id": "spring-sale", "status": "done"}
    assert api.get("/recommendations", params=both).json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "value", "rule"),
    [
        ("limit=0", "0", "at least 1"),
        ("limit=201", "201", "at most 200"),
        ("limit=ten", "ten", "a whole number"),
        ("limit=1.5", "1.5", "a whole number"),
        ("limit=", "", "a whole number"),
        ("offset=-1", "-1", "at least 0"),
        ("offset=99999999999999999999", "99999999999999999999", "at most 1000000000"),
        ("campain=spring-sale", "spring-sale", "a parameter I know"),
        (
            "status=open",
            "open",
            "one of proposed, noted, snoozed, approved, executing, executed, failed, unknown, undoing, "
            "undone, done, dropped, rejected, expired, withdrawn or superseded",
        ),
    ],
)
def test_a_wrong_parameter_is_named_with_its_value_and_rule(
    api: httpx.Client, query: str, value: str, rule: str
) -> None:
    (fault,) = faults(api.get(f"/recommendations?{query}"))
    assert fault == {"field": query.split("=", maxsplit=1)[0], "value": value, "rule": rule, "line": None}


# What it says of itself


def test_the_openapi_document_lists_every_route_and_its_bodies(stranger: httpx.Client) -> None:
    document = stranger.get("/openapi.json").json()
    listed = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    named = {(method, path.replace("rec_0000000000", "{id}")) for method, path in ROUTES}
    signed = {("POST", DOOR), ("POST", "/hooks/ingest/{source}")}
    assert listed == named | signed | {("GET", "/healthz"), ("GET", "/readyz")}
    for method, path in named:
        assert document["paths"][path][method.lower()]["security"] == [{"token": []}]
    body = document["paths"]["/analyze-campaign"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["oneOf"][0] == {"$ref": "#/components/schemas/CampaignPerformanceInput"}
    assert set(document["components"]["schemas"]) >= {"CampaignPerformanceInput", "Metrics", "Question"}
    assert document["components"]["schemas"]["Metrics"]["properties"]["spend"] == {
        "title": "Spend",
        "type": "number",
    }


def test_the_docs_page_shows_every_route_and_loads_nothing_from_elsewhere(stranger: httpx.Client) -> None:
    page = stranger.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for _, path in ROUTES:
        assert path.replace("rec_0000000000", "{id}") in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script" not in page.text


def test_a_path_that_is_not_there_is_answered_in_the_same_form(api: httpx.Client) -> None:
    answer = api.get("/nothing")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found.", "faults": []})
