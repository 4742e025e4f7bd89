"""The ready-made flows that deliver data: their shape, and that the door takes what they sign."""

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hook_sender import KEY, NEXT_KEY

from bot.web.hooks import _Signed, is_genuine
from engine.intake import export
from engine.models.export import Hints

DOCS = Path(__file__).resolve().parents[2] / "docs"
# n8n's nodes, and the versions of each that its sources list.
VERSIONS = {
    "n8n-nodes-base.scheduleTrigger": {1, 1.1, 1.2},
    "n8n-nodes-base.httpRequest": {1, 2, 3, 4, 4.1, 4.2},
    "n8n-nodes-base.code": {1, 2},
}
MODULES = ["http:ActionSendData", "util:SetVariables", "util:SetVariables", "http:ActionSendData"]
SIGNED = ["webhook-id", "webhook-timestamp", "webhook-signature"]
ROWS = [
    {"date": "2026-03-29", "campaign": "spring-säle", "impressions": 41200, "clicks": 947, "spend": 694.12},
    {"date": "2026-03-29", "campaign": "lamp", "impressions": 100, "clicks": 4, "spend": 2.5},
]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine to run it with")


@pytest.fixture(scope="module")
def n8n() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "n8n-import-flow.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "make-import-flow.json").read_text(encoding="utf-8"))
    return found


def test_the_n8n_flow_has_known_nodes_in_one_line(n8n: dict[str, Any]) -> None:
    names = [each["name"] for each in n8n["nodes"]]
    assert all(each["typeVersion"] in VERSIONS[each["type"]] for each in n8n["nodes"])
    joined = [(name, out["main"][0][0]["node"]) for name, out in n8n["connections"].items()]
    assert joined == list(pairwise(names))
    assert len({each["id"] for each in n8n["nodes"]}) == len(names)


def test_the_n8n_flow_sends_the_very_text_that_it_signed(n8n: dict[str, Any]) -> None:
    sends = n8n["nodes"][-1]["parameters"]
    assert (sends["method"], sends["contentType"], sends["rawContentType"]) == (
        "POST",
        "raw",
        "application/json",
    )
    assert sends["body"] == "={{ $json.body }}"
    assert [each["name"] for each in sends["headerParameters"]["parameters"]] == SIGNED
    assert "/hooks/ingest/" in sends["url"]


@needs_node
def test_the_door_takes_what_the_n8n_flow_signs_and_marko_reads_it(
    n8n: dict[str, Any], tmp_path: Path
) -> None:
    code = str(n8n["nodes"][2]["parameters"]["jsCode"]).replace("whsec_PASTE_YOURS_HERE", KEY)
    assert KEY in code
    script = f"""
        const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const $input = {{ all: () => given.map((json) => ({{ json }})) }};
        const $workflow = {{ id: 'abc' }}, $execution = {{ id: '7' }};
        process.stdout.write(JSON.stringify((() => {{ {code} }})()[0].json));
    """
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(ROWS), capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    body = told["body"].encode()
    assert told["id"] == "n8n-abc-7"
    assert is_genuine((KEY,), _Signed(told["id"], told["stamp"], told["signature"]), body)
    assert not is_genuine((NEXT_KEY,), _Signed(told["id"], told["stamp"], told["signature"]), body)
    file = tmp_path / "delivered"
    file.write_bytes(body)
    scan = export.scan(file, name="n8n.json", hints=Hints()).scan
    assert (scan.rows, scan.platform, scan.currency, scan.accounts) == (2, "Meta", "EUR", ("shop",))
    assert str(scan.totals.spend) == "696.620000"


def test_the_make_flow_refers_only_to_earlier_modules(make: dict[str, Any]) -> None:
    assert [each["module"] for each in make["flow"]] == MODULES
    for each in make["flow"]:
        used = {int(number) for number in re.findall(r"(?<![\w.])(\d+)\.[a-z]", json.dumps(each["mapper"]))}
        assert used <= set(range(1, each["id"])), each["id"]


def test_the_make_flow_signs_what_it_sends(make: dict[str, Any]) -> None:
    _, what, signature, sends = (each["mapper"] for each in make["flow"])
    named = {each["name"]: each["value"] for each in what["variables"]}
    assert sorted(named) == ["body", "id", "secret", "stamp"]
    assert signature["variables"][0]["value"] == (
        'v1,{{sha256(2.id + "." + 2.stamp + "." + 2.body; "base64"; 2.secret; "base64")}}'
    )
    assert (sends["method"], sends["data"], sends["contentType"]) == ("post", "{{2.body}}", "text/csv")
    headers = {each["name"]: each["value"] for each in sends["headers"]}
    assert headers == dict(zip(SIGNED, ["{{2.id}}", "{{2.stamp}}", "{{3.signature}}"], strict=True))
    # What Make's formula comes to: text, kind of answer, key, kind of key.
    key = base64.b64decode(KEY.removeprefix("whsec_"))
    made = base64.b64encode(hmac.new(key, b"make-1.1800000000.a,b\n", hashlib.sha256).digest()).decode()
    assert is_genuine((KEY,), _Signed("make-1", "1800000000", f"v1,{made}"), b"a,b\n")


def test_the_lines_of_the_docs_sign_as_the_door_checks() -> None:
    text = (DOCS / "sending-data.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    made: dict[str, Any] = {}
    exec(snippet, made)  # noqa: S102  our own lines, out of our own docs
    headers = made["signed"]("msg_1", b"\x00\xff", KEY)
    assert sorted(headers) == sorted(SIGNED)
    assert is_genuine((KEY,), _Signed(*(headers[name] for name in SIGNED)), b"\x00\xff")


def test_the_json_of_the_docs_is_read(tmp_path: Path) -> None:
    text = (DOCS / "sending-data.md").read_text(encoding="utf-8")
    (body,) = re.findall(r"`(\{\"platform\".*?\})`", text)
    file = tmp_path / "delivered"
    file.write_text(body)
    scan = export.scan(file, name="x.json", hints=Hints()).scan
    assert (scan.rows, scan.platform, scan.currency, scan.questions) == (1, "Meta", "EUR", ())
    assert str(scan.totals.spend) == "694.120000"
