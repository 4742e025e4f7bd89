"""Every deed that is written into the ledger has a sentence in plain words."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from factories import MONDAY

from engine.decide.verbs import TURNS
from engine.lives import DEEDS as OF_LIVES
from engine.models.budget import Mark
from engine.models.delivery import LedgerEntry
from engine.models.file_import import ImportState
from engine.narrate.deeds import DEEDS, said, who

HOME = Path(__file__).resolve().parents[2]
NOTING = {"note", "_note", "_append", "record"}
# What an expression that is no word comes to, by file and expression.
MEANT: dict[tuple[str, str], set[str]] = {
    ("engine/analyses.py", "status"): {"proposed", "noted"},
    ("engine/analyses.py", "changed.status"): {"superseded", "withdrawn"},
    ("engine/carrying.py", "deed"): set(),  # handed on by a function whose callers name it
    ("engine/carrying.py", "after"): {"executed", "undone"},
    ("engine/deciding.py", "deed"): set(),
    ("engine/deciding.py", "TURNS[order.verb].deed"): {each.deed for each in TURNS.values()},
    ("engine/deciding.py", "TURNS['approve'].deed"): {"approved"},
    ("engine/digests.py", "deed"): {"unsubscribed", "refused"},
    ("engine/exports.py", "deed"): {
        f"import_{each}" for each in ("answered", "judged", "kept_both", "linked", "unlinked")
    },
    ("engine/hooks.py", "deed"): {f"hook_{each}" for each in ("counted", "dead", "dropped", "retried")},
    ("engine/imports.py", "f'import_{found.state}'"): {f"import_{each}" for each in get_args(ImportState)},
    ("engine/lives.py", "DEEDS[life.status]"): set(OF_LIVES.values()),
    ("engine/narrate/purse.py", "f'model_budget_{mark}'"): {
        f"model_budget_{each}" for each in get_args(Mark)
    },
    ("engine/postings.py", "deed"): {"posting_settled", "settling_refused"},
    ("store/audit.py", "deed"): {"ledger_keyed", "ledger_rekeyed"},
    ("store/memory.py", "deed"): set(),
}


def written() -> Iterator[tuple[str, ast.expr]]:
    """The deed of every call that writes a line, with its file."""
    for room in ("bot", "engine", "schedules", "store"):
        for path in sorted((HOME / room).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and (deed := deed_of(call)) is not None:
                    yield str(path.relative_to(HOME)), deed


def deed_of(call: ast.Call) -> ast.expr | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in NOTING:
        return None
    named = next((each.value for each in call.keywords if each.arg == "deed"), None)
    if named is not None or name in {"note", "record"}:
        return named
    # The helpers take the deed among their other arguments: the one that is a word, or "deed" itself.
    return next((each for each in call.args if is_deed(each)), None)


def is_deed(argument: ast.expr) -> bool:
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str)
    return ast.unparse(argument) in {"deed", "after"} or "deed" in ast.unparse(argument)


def test_every_deed_has_a_sentence() -> None:
    missing = []
    for file, deed in written():
        expression = ast.unparse(deed)
        if isinstance(deed, ast.Constant):
            meant = {str(deed.value)}
        else:
            assert (file, expression) in MEANT, f"{file}: what does {expression} come to?"
            meant = MEANT[file, expression]
        missing += [f"{file}: {each}" for each in sorted(meant - set(DEEDS))]
    assert missing == []


def test_every_sentence_is_of_a_deed_that_is_written() -> None:
    known = {str(each.value) for _, each in written() if isinstance(each, ast.Constant)}
    known = known.union(*MEANT.values())
    assert set(DEEDS) - known == set()


def entry(deed: str, detail: dict[str, Any], subject: str = "rec_1") -> LedgerEntry:
    return LedgerEntry(
        seq=1, at=MONDAY, actor="U0APPROVER", deed=deed, subject=subject, detail=detail, digest="0"
    )


@pytest.mark.parametrize(
    ("deed", "detail", "says"),
    [
        ("approved", {"note": "", "version": 2}, "approved it"),
        ("rejected", {"reason": "timing", "note": "a sale\nbegins"}, "rejected it (timing): “a sale begins”"),
        ("refused", {"verb": "approve", "why": "is a guest"}, "was refused (approve): is a guest"),
        ("refused", {}, "was refused"),
        (
            "came_too_late",
            {"verb": "reject", "status": "approved"},
            "came too late to reject: it was approved already",
        ),
        (
            "broke_down",
            {"what": "/analyze", "person": "U0MEMBER", "error": "KeyError"},
            "failed at /analyze for U0MEMBER: case rec_1, KeyError",
        ),
        ("read", {"what": ""}, "read rec_1"),
        ("what_a_later_marko_wrote", {}, "did this: what_a_later_marko_wrote"),
        (
            "approved",
            {"action": {"kind": "set_spend", "field": "daily spend", "to": "484.00", "currency": "EUR"}},
            "approved it, changed to daily spend 484.00 EUR",
        ),
    ],
)  # fmt: skip
def test_a_line_is_said_with_what_it_tells(deed: str, detail: dict[str, Any], says: str) -> None:
    assert said(entry(deed, detail)) == says


def test_what_people_wrote_is_not_read_as_a_template() -> None:
    assert said(entry("rejected", {"note": "{subject} [x]", "reason": "{note}"})) == (
        "rejected it ({note}): “{subject} [x]”"
    )


def test_a_setting_is_told_with_both_values() -> None:
    told = said(entry("changed_setting", {"old": 0.2, "new": 0.3}, "change_limit"))
    assert told == "changed change limit from 20 % to 30 %"
    two = said(entry("changed_setting", {"old": {"of": []}, "new": {"of": [["EUR", "100"]]}}, "two_above"))
    assert two == "changed two above from none to 100 EUR"
    frozen = {"old": {"first": "2026-12-24", "last": "2027-01-02"}, "new": None}
    assert said(entry("changed_setting", frozen, "freeze")) == (
        "changed freeze from 2026-12-24 to 2027-01-02 to none"
    )


def test_a_moment_is_told_without_what_only_machines_write() -> None:
    assert said(entry("snoozed", {"until": "2026-11-21T09:00:00+01:00"})) == (
        "put it off until 2026-11-21 09:00 +01:00"
    )
    assert said(entry("snoozed", {"until": "2026-11-21T09:00:00+00:00"})).endswith("09:00 UTC")


def test_long_things_are_cut() -> None:
    assert len(said(entry("objected", {"note": "x" * 3000}))) < 200


@pytest.mark.parametrize(("actor", "name"), [("marko", "Marko"), ("shell", "The shell"), ("U0A", "U0A")])
def test_whoever_is_no_person_has_a_name(actor: str, name: str) -> None:
    assert who(actor) == name
