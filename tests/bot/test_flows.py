"""The ready-made flows: their shape, and that what checks signatures in them knows ours from others."""

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_webhooks import KEYS, execution

from bot.webhooks import Request, lookup_request, order_request

DOCS = Path(__file__).resolve().parents[2] / "docs"
# n8n's nodes, and the versions of each that its sources list.
VERSIONS = {
    "n8n-nodes-base.webhook": {1, 1.1, 2, 2.1},
    "n8n-nodes-base.code": {1, 2},
    "n8n-nodes-base.switch": {1, 2, 3, 3.1, 3.2, 3.3},
    "n8n-nodes-base.if": {1, 2, 2.1, 2.2},
    "n8n-nodes-base.httpRequest": {1, 2, 3, 4, 4.1, 4.2},
    "n8n-nodes-base.respondToWebhook": {1, 1.1, 1.2, 1.3, 1.4},
}
MODULES = {
    "gateway:CustomWebHook",
    "gateway:WebhookRespond",
    "util:SetVariables",
    "json:ParseJSON",
    "http:ActionSendData",
    "builtin:BasicRouter",
}
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine to run it with")


@pytest.fixture(scope="module")
def n8n() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "n8n-flow.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "make-flow.json").read_text(encoding="utf-8"))
    return found


def test_the_n8n_flow_has_known_nodes_all_joined_and_answers_by_one(n8n: dict[str, Any]) -> None:
    nodes = {each["name"]: each for each in n8n["nodes"]}
    assert len(nodes) == len(n8n["nodes"]) == len({each["id"] for each in n8n["nodes"]})
    assert all(each["typeVersion"] in VERSIONS[each["type"]] for each in nodes.values())
    joined = {edge["node"] for outs in n8n["connections"].values() for lane in outs["main"] for edge in lane}
    assert joined | {"Marko asks"} == set(nodes)
    assert set(n8n["connections"]) | {"Answer Marko"} == set(nodes)
    hook = nodes["Marko asks"]["parameters"]
    assert (hook["httpMethod"], hook["responseMode"]) == ("POST", "responseNode")
    assert hook["options"] == {"rawBody": True}  # signed are the bytes, not what they mean


def run_node(code: str, **given: Any) -> Any:
    """Run what a Code node runs, with what n8n hands it."""
    script = f"""
        const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const store = given.store || {{}};
        const $input = {{ first: () => given.item }};
        const $ = () => ({{ first: () => given.before }});
        const $getWorkflowStaticData = () => store;
        const found = (() => {{ {code} }})();
        process.stdout.write(JSON.stringify({{ json: found[0].json, store }}));
    """
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def code_of(n8n: dict[str, Any], name: str) -> str:
    found = next(each for each in n8n["nodes"] if each["name"] == name)
    return str(found["parameters"]["jsCode"])


def checked(n8n: dict[str, Any], request: Request, body: bytes | None = None) -> str:
    """Which way the flow takes a request, with both of our keys pasted."""
    keys = json.dumps(list(KEYS))
    code = code_of(n8n, "Is it genuine?").replace("['whsec_PASTE_YOURS_HERE']", keys)
    assert keys in code
    data = base64.b64encode(request.body if body is None else body).decode()
    item = {"json": {"headers": request.headers}, "binary": {"data": {"data": data}}}
    return str(run_node(code, item=item)["json"]["route"])


@needs_node
def test_the_n8n_flow_knows_a_genuine_request_and_no_other(n8n: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    for keys in (KEYS, KEYS[:1], KEYS[1:]):
        assert checked(n8n, order_request(execution(campaign_id="ü" * 200), keys, now=now)) == "action.do"
    assert checked(n8n, lookup_request(execution(), KEYS, now=now)) == "action.lookup"
    request = order_request(execution(), KEYS, now=now)
    stranger = (f"whsec_{base64.b64encode(b'x' * 32).decode()}",)
    assert checked(n8n, request, request.body.replace(b"506", b"906")) == "refused"
    assert checked(n8n, order_request(execution(), stranger, now=now)) == "refused"
    assert checked(n8n, order_request(execution(), (), now=now)) == "refused"
    assert checked(n8n, order_request(execution(), KEYS, now=now - timedelta(minutes=6))) == "refused"
    assert checked(n8n, order_request(execution(), KEYS, now=now + timedelta(minutes=6))) == "refused"


@needs_node
def test_the_n8n_flow_gives_a_receipt_once_and_the_same_again(n8n: dict[str, Any]) -> None:
    order = json.loads(order_request(execution(), now=datetime.now(UTC)).body)
    known, may, receipt = (
        code_of(n8n, name) for name in ("Known already?", "May it be changed?", "Write the receipt")
    )
    fresh = run_node(known, item={"json": {"order": order}})
    assert fresh["json"]["known"] is False
    allowed = run_node(may, item={"json": {"value": 440}}, before={"json": {"order": order}})["json"]
    written = run_node(receipt, item={"json": {"id": 7}}, before={"json": allowed})
    told = {"receipt": "7", "previous": 440, "value": 506}
    assert written["json"] == {"status": 200, "body": told}
    again = run_node(known, item={"json": {"order": order}}, store=written["store"])["json"]
    assert (again["known"], again["body"]) == (True, told)
    asked = run_node(
        known, item={"json": {"order": order | {"type": "action.lookup"}}}, store=written["store"]
    )
    assert asked["json"]["body"] == {"state": "done"} | told
    assert run_node(receipt, item={"json": {}}, before={"json": allowed})["json"]["status"] == 422


@needs_node
def test_the_n8n_flow_refuses_an_undo_of_what_somebody_changed_since(n8n: dict[str, Any]) -> None:
    way_back = execution(previous="506", to="440", purpose="undo")
    order = json.loads(order_request(way_back, now=datetime.now(UTC)).body)
    may = code_of(n8n, "May it be changed?")
    refused = run_node(may, item={"json": {"value": 480}}, before={"json": {"order": order}})["json"]
    assert refused["status"] == 409
    assert run_node(may, item={"json": {"value": 506}}, before={"json": {"order": order}})["json"]["may"]
    assert run_node(may, item={"json": {}}, before={"json": {"order": order}})["json"]["status"] == 503


def modules(flow: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in flow:
        yield each
        for route in each.get("routes", []):
            yield from modules(route["flow"])


def test_the_make_flow_has_known_modules_and_refers_only_to_earlier_ones(make: dict[str, Any]) -> None:
    found = list(modules(make["flow"]))
    identifiers = [each["id"] for each in found]
    assert identifiers == sorted(set(identifiers))
    assert {each["module"] for each in found} == MODULES
    for each in found:
        told = json.dumps([each.get("mapper"), each.get("filter")])
        used = {int(number) for number in re.findall(r"(?<![\w.])(\d+)\.[a-z`_]", told)}
        assert used <= set(identifiers[: identifiers.index(each["id"])]), each["id"]


def test_the_make_flow_signs_with_what_we_sign_with(make: dict[str, Any]) -> None:
    told = json.dumps(make)
    assert '2.id + \\".\\" + 2.stamp + \\".\\" + 1.value; \\"base64\\"; 2.secret; \\"base64\\"' in told
    request = order_request(execution(), KEYS[:1], now=datetime.now(UTC))
    headers = request.headers
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(KEYS[0].removeprefix("whsec_"))
    expected = f"v1,{base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()}"
    assert expected in headers["webhook-signature"]


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_ten_lines_of_the_docs_know_ours_from_others(language: str, tmp_path: Path) -> None:
    text = (DOCS / "carrying-out.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    request = order_request(execution(), KEYS, now=datetime.now(UTC))
    forged = request.body.replace(b"506", b"906")
    if language == "python":
        made: dict[str, Any] = {}
        exec(snippet, made)  # noqa: S102  our own lines, out of our own docs
        assert made["genuine"](request.headers, request.body, KEYS[1])
        assert not made["genuine"](request.headers, forged, KEYS[1])
        return
    if shutil.which("node") is None:
        pytest.skip("no node on this machine to run it with")
    bodies = [base64.b64encode(each).decode() for each in (request.body, forged)]
    given = json.dumps([request.headers, bodies, KEYS[1]])
    file = tmp_path / "verify.mjs"
    file.write_text(
        f"{snippet}\nconst [headers, bodies, key] = {given};\n"
        "console.log(JSON.stringify(bodies.map((b) => genuine(headers, Buffer.from(b, 'base64'), key))));"
    )
    done = subprocess.run(["node", str(file)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, False]
