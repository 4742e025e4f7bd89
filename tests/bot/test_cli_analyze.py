"""``marko analyze`` as a person runs it: files in, cards, JSON and artifacts out, or a refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from shell_room import Room, told

from engine.intake.json_text import LONGEST

KEYS = [
    "campaign_id", "comparison", "patterns", "insights", "updated_weights", "recommendation",
    "similar_campaigns", "storage",
]  # fmt: skip
ARTIFACTS = ["comparison.json", "hypotheses.json", "insights.json", "patterns.json", "updated_weights.json"]
GOOD = json.dumps(told())


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A memory that knows spring-sale; tests here only read it or are refused."""
    room = Room(tmp_path_factory.mktemp("shell"))
    assert room.run("analyze", room.file("one.json", told())).code == 0
    return room


def metrics(**changed: Any) -> dict[str, Any]:
    return {**told()["actual_metrics"], **changed}


def test_one_campaign_in_is_one_card_out(room: Room) -> None:
    done = room.run("analyze", room.file("one.json", told()))
    assert (done.code, done.err) == (0, "")
    lines = done.out.replace("\u00a0", " ").splitlines()
    assert lines[0] == "spring-sale · Meta · Sales · 2–29 Mar"
    assert lines[1] == "Beat the forecast. CPA 31.00 EUR instead of 41.00 (−24 %, real)."
    assert any(line.startswith("→ Raise the daily spend") for line in lines)
    assert lines[-1].endswith("· proposed · remembered, revision 1")


def test_the_json_has_every_block_in_its_shape(room: Room) -> None:
    done = room.run("analyze", room.file("one.json", told()), "--json")
    found = done.json
    assert (done.code, done.err) == (0, "")
    assert sorted(found) == sorted(KEYS)
    assert found["campaign_id"] == "spring-sale"
    comparison = found["comparison"]
    assert {"metrics", "performance_score", "cpa_decomposition", "summary"} <= set(comparison)
    for name in ("ctr", "cvr", "cpa", "roas"):
        kpi = comparison["metrics"][name]
        assert {"expected", "actual", "delta_pct", "favourable", "verdict", "interval", "n"} <= set(kpi), name
        assert set(kpi["interval"]) == {"low", "high", "level"}
    assert comparison["metrics"]["cpa"]["actual"] == 31.0
    assert comparison["summary"].startswith("Beat the forecast.")
    assert found["storage"] == {"campaign_id": "spring-sale", "revision": 1, "stored": True}
    assert found["recommendation"]["status"] == "proposed"
    assert set(found["patterns"]) >= {"winning_audiences", "winning_creatives", "inefficiencies"}
    assert set(found["insights"]) >= {"key_learnings", "recommendations", "anomalies"}


def test_a_list_in_is_a_list_out_in_the_order_of_the_file(room: Room) -> None:
    days = {"winter-sale": "2026-03-20", "autumn-sale": "2026-03-01", "spring-sale": "2026-03-29"}
    campaigns = [told(name, timestamp=f"{day}T10:00:00+00:00") for name, day in days.items()]
    done = room.run("analyze", room.file("many.json", campaigns), "--json")
    assert [each["campaign_id"] for each in done.json] == list(days)
    assert room.stored() == 3
    single = room.run("analyze", room.file("many.json", campaigns[:1]), "--json")
    assert isinstance(single.json, list)


def test_standard_input_is_read_for_a_dash(room: Room) -> None:
    done = room.run("analyze", "-", "--json", given=GOOD)
    assert done.json["storage"] == {"campaign_id": "spring-sale", "revision": 1, "stored": True}
    refused = room.run("analyze", "-", given="{")
    assert refused.code == 1
    assert refused.err.startswith("Nothing taken from standard input.\nLine 1, JSON: ")


def test_a_known_campaign_is_found_by_id_name_or_beginning(shared: Room) -> None:
    for asked in ("spring-sale", "Spring_Sale", "spring"):
        done = shared.run("analyze", asked, "--json")
        assert done.json["storage"] == {"campaign_id": "spring-sale", "revision": 1, "stored": False}


def test_the_same_file_again_changes_nothing_and_gives_the_same_recommendation(room: Room) -> None:
    name = room.file("one.json", told())
    first, again = (room.run("analyze", name, "--json").json for _ in range(2))
    assert again["storage"] == {"campaign_id": "spring-sale", "revision": 1, "stored": False}
    assert again["recommendation"]["id"] == first["recommendation"]["id"]
    changed = room.run("analyze", room.file("one.json", told(actual_metrics=metrics(spend=13000))), "--json")
    assert changed.json["storage"] == {"campaign_id": "spring-sale", "revision": 2, "stored": True}
    assert changed.json["recommendation"]["id"] != first["recommendation"]["id"]


REFUSALS: dict[str, tuple[str, list[str]]] = {
    "more clicks than impressions": (
        json.dumps(told(actual_metrics=metrics(clicks=900_000))),
        ['actual_metrics.clicks: 900000 breaks the rule "≤ impressions (820200)".'],
    ),
    "negative spend": (
        json.dumps(told(actual_metrics=metrics(spend=-1))),
        ['actual_metrics.spend: -1 breaks the rule "not negative".'],
    ),
    "moment without a zone": (
        json.dumps(told(timestamp="2026-03-29T10:00:00")),
        ["timestamp: 2026-03-29T10:00:00 breaks the rule", "with a time zone"],
    ),
    "NaN": (
        GOOD.replace("12090.0", "NaN"),
        ['actual_metrics.spend: NaN breaks the rule "a finite number".'],
    ),
    "infinity by exponent": (
        GOOD.replace("12090.0", "1e309"),
        ["actual_metrics.spend: 1E+309 breaks the rule"],
    ),
    "true for a number": (
        GOOD.replace("12090.0", "true"),
        ['actual_metrics.spend: true breaks the rule "a number, without quotes".'],
    ),
    "number in quotes": (
        GOOD.replace("12090.0", '"12090"'),
        ['actual_metrics.spend: 12090 breaks the rule "a number, without quotes".'],
    ),
    "26 digits": (
        GOOD.replace("820200", "1" * 26),
        ["actual_metrics.impressions: 11111111111111111111111111 breaks the rule"],
    ),
    "missing block": (
        json.dumps({name: value for name, value in told().items() if name != "actual_metrics"}),
        ['actual_metrics: (missing) breaks the rule "has to be given".'],
    ),
    "unknown field": (
        json.dumps(told(budget=5)),
        ['budget: 5 breaks the rule "a field I know".'],
    ),
    "same field twice": (
        GOOD.replace('"campaign_id": "spring-sale"', '"campaign_id": "a", "campaign_id": "spring-sale"'),
        ['campaign_id: given twice breaks the rule "each field once".'],
    ),
    "not JSON": ("spring-sale,1,2,3", ["JSON: spring-sale,1,2,3 breaks the rule", "valid JSON"]),
    "empty": ("", ["JSON: the end of the text breaks the rule"]),
    "empty list": ("[]", ['file: 0 campaigns breaks the rule "1 to 5,000 campaigns".']),
    "no block": ("[1]", ['[0]: 1 breaks the rule "a block in braces".']),
    "empty id": (json.dumps(told(" ")), ["campaign_id: ", 'breaks the rule "not empty".']),
    "control character": (
        json.dumps(told("spring\nsale")),
        ['breaks the rule "without control characters".'],
    ),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_bad_input_is_refused_with_field_value_and_rule_and_nothing_is_stored(
    shared: Room, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, lines = REFUSALS[kind]
    before = (shared.rows("performance_logs"), shared.rows("ledger"), shared.artifacts())
    done = shared.call("analyze", shared.file("bad.json", text), heard=capsys)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Nothing taken from bad.json.\n")
    for line in lines:
        assert line in done.err
    assert done.err.endswith("Nothing was stored.\n")
    assert (shared.rows("performance_logs"), shared.rows("ledger"), shared.artifacts()) == before


def test_every_fault_of_every_campaign_is_told_at_once_with_its_line(room: Room) -> None:
    campaigns = [told(), told("b", actual_metrics=metrics(spend=-1)), told("c", timestamp="today")]
    name = room.file("many.json", json.dumps(campaigns, indent=1))
    done = room.run("analyze", name, "--json")
    assert (done.code, done.out, room.stored()) == (1, "", 0)
    assert not (room.folder / "output").exists()
    assert '[1].actual_metrics.spend: -1 breaks the rule "not negative".' in done.err
    assert "[2].timestamp: today breaks the rule" in done.err
    assert all(line.startswith("Line ") for line in done.err.splitlines()[1:-1])


def test_a_file_that_cannot_be_read_is_refused(shared: Room) -> None:
    (shared.folder / "folder").mkdir()
    (shared.folder / "latin.json").write_bytes(GOOD.replace("Meta", "Métá").encode("latin-1"))
    for asked, line in {
        "missing.json": 'file: missing.json breaks the rule "a file that can be read".',
        "folder": 'file: folder breaks the rule "a file that can be read".',
        "latin.json": 'breaks the rule "text in UTF-8".',
    }.items():
        done = shared.run("analyze", asked)
        assert (done.code, done.out) == (1, "")
        assert line in done.err
        assert done.err.endswith("Nothing was stored.\n")


def test_no_more_of_a_file_or_of_standard_input_is_read_than_shows_that_it_is_too_long(shared: Room) -> None:
    shared.file("long.json", " " * (LONGEST + 1))
    for done in (
        shared.run("analyze", "long.json"),
        shared.run("analyze", "-", given=" " * (LONGEST + 1)),
    ):
        assert (done.code, done.out) == (1, "")
        assert 'JSON: more than 8,000,000 bytes breaks the rule "at most 8,000,000 bytes".' in done.err


def test_no_control_character_reaches_the_terminal_raw(
    shared: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    name = shared.file("\x1b[2J.json", json.dumps(told(currency="\u202eRUE") | {"\x1b[31m": 1}))
    for asked in (name, "\x1b[2Jmissing.json"):
        done = shared.call("analyze", asked, heard=capsys)
        assert done.code == 1
        assert all(line.isprintable() for line in done.err.splitlines())


def test_an_unknown_campaign_is_answered_with_the_nearest(shared: Room) -> None:
    done = shared.run("analyze", "sprin-sale-2")
    assert (done.code, done.out, done.err) == (
        1,
        "",
        "I know no campaign sprin-sale-2. Nearest: spring-sale.\n",
    )


def test_the_artifacts_are_the_same_bytes_in_every_folder_and_every_run(tmp_path: Path) -> None:
    kept = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        room = Room(tmp_path / name)
        for _ in range(2):
            assert room.run("analyze", room.file("one.json", told())).code == 0
            kept.append(room.artifacts())
    assert list(kept[0]) == [f"spring-sale/{each}" for each in ARTIFACTS]
    assert all(each == kept[0] for each in kept)
    assert all(json.loads(each) is not None and each.endswith(b"\n") for each in kept[0].values())


def test_the_artifacts_of_a_list_are_the_same_bytes_in_every_folder(tmp_path: Path) -> None:
    campaigns = [told("winter-sale", timestamp="2026-03-20T10:00:00+00:00"), told()]
    kept = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        room = Room(tmp_path / name)
        assert room.run("analyze", room.file("many.json", campaigns)).code == 0
        kept.append(room.artifacts())
    assert list(kept[0]) == [
        f"{name}/{each}" for name in ("spring-sale", "winter-sale") for each in ARTIFACTS
    ]
    assert kept[0] == kept[1]


def test_no_campaign_id_leaves_the_output_folder(room: Room) -> None:
    ids = [
        "../../escape", "/etc/passwd", "..", ".", ".hidden", "a/b\\c", "C:\\x", "~", "%2e%2e%2f",
        "ñ" * 200, "🦯" * 200, "x" * 200, "x" * 199 + "y",
    ]  # fmt: skip
    campaigns = [told(each) for each in ids]
    done = room.run("analyze", room.file("many.json", campaigns), "--json")
    assert done.code == 0, done.err
    assert [each["campaign_id"] for each in done.json] == ids
    homes = list((room.folder / "output").iterdir())
    assert len(homes) == len(ids)
    for home in homes:
        assert not home.name.startswith(".")
        assert not set("/\\") & set(home.name)
        assert sorted(each.name for each in home.iterdir()) == ARTIFACTS
    assert sorted(each.name for each in room.folder.iterdir()) == ["many.json", "marko-data", "output"]
    assert not (room.folder.parent / "escape").exists()


def test_an_output_folder_that_cannot_be_written_costs_the_files_and_not_the_analysis(room: Room) -> None:
    room.file("output", "in the way")
    done = room.run("analyze", room.file("one.json", told()))
    assert done.code == 0
    assert "Beat the forecast." in done.out
    assert "The artifacts of spring-sale are not written to output" in done.err
    assert len(done.err.splitlines()) == 1
