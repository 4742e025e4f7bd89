"""The verbs of the shell: each opens the store, asks the engine, and prints for people or machines.

What a verb needs is imported by that verb, so that `marko --help` and a refusal come at once.
"""

import argparse
import json
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.settings import Settings, SettingsError
from bot.shell_search import (
    insights_text,
    learnings_text,
    recommendations_text,
    similar_text,
    why_text,
)
from bot.shell_settings import settings_json, settings_text
from bot.shell_text import analysis_text, digest_text, weights_text
from engine.errors import Fault, Refused, StoreTrouble
from engine.intake.json_text import LONGEST, printable
from engine.models.answer import Answer

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.narrate.words import Words


MOST_FOUND = 5
MOST_LISTED = 1_000_000  # everything: a shell reads on, or pipes into head


def sandbox(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.sandbox.launch import launch  # the web server is imported only where it is wanted

    return launch(
        settings,
        port=chosen.port,
        folder=chosen.data_dir,
        filled=not chosen.empty,
        by_hand=chosen.by_hand,
        open_browser=not chosen.no_browser,
        until=_until_stopped(),
    )


def run(_: argparse.Namespace, settings: Settings) -> int:
    settings.tokens()
    from bot.app import Marko
    from bot.briskness import spare_what_stays
    from bot.slack import BadToken

    marko = Marko(settings)
    stopped = _until_stopped()
    marko.start()
    spare_what_stays()
    try:
        while not marko.wait(0.5) and not stopped.is_set():
            continue
        stopped.wait()
    except BadToken as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    finally:
        marko.stop()
    return 0


def analyze(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.report import report

    with _engine(settings) as (engine, words):
        answers, was_list = _answers(chosen, engine)
        if chosen.json:
            found = [report(each, words) for each in answers]
            _print_json(found if was_list else found[0])
        else:
            _print("\n\n".join(analysis_text(each, words) for each in answers))
            _print_hints(answers, engine, words)
    return 0


def _print_hints(answers: Sequence[Answer], engine: "Engine", words: "Words") -> None:
    """Where a forecast was handed in just now: how forecasts like it run, each once."""
    from engine.narrate.studies.forecast_accuracy import hint

    given = [each.recommendation.analysis.retrospective.campaign for each in answers if each.stored]
    kinds = {(each.platform, each.objective): each for each in given}
    told = [hint(bias, words) for each in kinds.values() for bias in engine.forecast_biases(each)]
    if told:
        _print("\n" + "\n".join(dict.fromkeys(told)))


def import_files(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_import import run as run_import

    return run_import(chosen, lambda: _engine(settings))


def data(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_data import data_json, data_text

    with _engine(settings, reads="what is known") as (engine, words):
        found = engine.data_known()
        _say(chosen, data_json(found), data_text(found, words))
    return 0


def link(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_link import answered, link_json, link_text

    with _engine(settings, reads="names that look alike") as (engine, words):
        found = answered(chosen, engine)
        _say(chosen, link_json(found), link_text(found, words))
    return 0


def inbox(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_inbox import MOST, inbox_json, inbox_text, settle

    with _engine(settings, reads="the inbox") as (engine, words):
        done = settle(chosen, engine)
        found = engine.hook_letters(MOST)
        text = "\n".join(filter(None, (done, inbox_text(found, words))))
        _say(chosen, inbox_json(found), text)
    return 0


def calendar(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_calendar import calendar_json, calendar_text, settle

    with _engine(settings, reads="the calendar") as (engine, words):
        done = settle(chosen, engine, words)
        found = engine.calendar()
        _say(chosen, calendar_json(found), "\n".join(filter(None, (done, calendar_text(found, words)))))
    return 0


def weights(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.report import weights_json

    with _engine(settings, reads="weights") as (engine, words):
        found = engine.weights()
        if chosen.json:
            _print_json(weights_json(found))
        else:
            _print(weights_text(found, words))
    return 0


def similar(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.report import plain

    asked = " ".join(chosen.words)
    with _engine(settings, reads="similar") as (engine, words):
        found = engine.similar(asked)
        _say(chosen, [plain(each) for each in found], similar_text(asked, found, words))
    return 0


def learnings(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.learnings import learning_entry

    asked = " ".join(chosen.words)
    with _engine(settings, reads="what was learned") as (engine, words):
        found = engine.learned_about(asked, MOST_LISTED if not asked else MOST_FOUND)
        _say(chosen, [learning_entry(each) for each in found.found], learnings_text(found, words))
    return 0


def insights(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.advice import insight_entry

    with _engine(settings, reads="insights") as (engine, _):
        found = [insight_entry(each) for each in engine.insights()]
        _say(chosen, found, insights_text(found))
    return 0


def study(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_study import study_json, study_text

    with _engine(settings, reads=chosen.kind) as (engine, words):
        found = engine.study(chosen.kind, " ".join(chosen.words))
        if chosen.json:
            _print_json(study_json(found, words))
        else:
            _print(study_text(found, words))
    return 0


def recommendations(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.advice import recommendation_entry

    with _engine(settings, reads="recommendations") as (engine, words):
        campaign = engine.key_of(chosen.campaign) if chosen.campaign else None
        page = engine.recommendations(chosen.status, campaign, limit=MOST_LISTED)
        found = [recommendation_entry(each, words) for each in page.recommendations]
        _say(chosen, found, recommendations_text(page.recommendations, words))
    return 0


def why(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.report import plain

    with _engine(settings, reads="why") as (engine, words):
        found = engine.why(chosen.signal)
        _say(chosen, plain(found), why_text(found, words))
    return 0


def find(chosen: argparse.Namespace, settings: Settings) -> int:
    from engine.narrate.found import found_lines
    from engine.narrate.report import plain

    with _engine(settings, reads="find") as (engine, words):
        found = engine.find(" ".join(chosen.words))
        _say(chosen, plain(found), "\n".join(found_lines(found, words)))
    return 0


def ask(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_ask import answer_entry, answer_text

    with _engine(settings) as (engine, words):
        found = engine.ask(" ".join(chosen.question))
        _say(chosen, answer_entry(found, words), answer_text(found, words))
    return 0


def evaluate(chosen: argparse.Namespace, _: Settings) -> int:
    from bot.shell_eval import run as run_eval

    return run_eval(chosen)


def action(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_action import action_json, action_text, dry_run

    with _engine(settings) as (engine, words):
        found = engine.recommendation(chosen.recommendation)
        run = dry_run(found, settings.receivers, undo=chosen.undo, now=datetime.now(UTC))
        _say(chosen, action_json(run), action_text(run, words))
    return 0


def digest(chosen: argparse.Namespace, settings: Settings) -> int:
    with _engine(settings) as (engine, words):
        edition = engine.preview_digest(chosen.channel)
        named = {each: engine.recommendation(each) for each in edition.named}
        _print(digest_text(edition, named, words))
    return 0


def settings(chosen: argparse.Namespace, settings: Settings) -> int:
    with _engine(settings) as (engine, words):
        found = engine.told_preferences()
        _say(chosen, settings_json(found), settings_text(found, words))
    return 0


def audit(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.shell_audit import audit_entry, audit_text, head_text, verified_text

    if settings.database_url is None and not settings.database.exists():
        raise StoreTrouble(f"{settings.database} does not exist, so there is no ledger yet.")
    if chosen.what == "rekey":
        return _rekey(settings)
    with _engine(settings, check_ledger=chosen.what is None) as (engine, words):
        if chosen.what == "head":
            head = engine.audit_head()
            _say(chosen, head.model_dump(mode="json"), head_text(head, words))
            return 0
        if chosen.what == "verify":
            faults, head = engine.audit_faults(), engine.audit_head()
            _say(chosen, {"whole": not faults, "faults": faults}, verified_text(faults, head, words))
            return 1 if faults else 0
        page = engine.audit(since=chosen.since, about=chosen.about, by=chosen.by, limit=chosen.limit)
        engine.note_read("shell", "the audit", chosen.about or "")
        found = {"total": page.total, "lines": [audit_entry(each) for each in page.lines]}
        _say(chosen, found, audit_text(page, words))
    return 0


def _rekey(settings: Settings) -> int:
    """Not beside a running bot: that one would go on with the old key, and be refused every line."""
    from bot.clock import SystemClock
    from bot.opening import alone, open_memory

    with alone(settings), closing(open_memory(settings, SystemClock(), check_ledger=False)) as store:
        line = store.audit.rekey(by="shell")
    _print(f"From line {line} on, the ledger is kept with the key that is set now; the line says so.")
    return 0


def doctor(chosen: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor import examine

    findings = examine(settings)
    if chosen.json:
        _print_json([each._asdict() for each in findings])
    else:
        _print("\n".join(str(each) for each in findings))
    return 0 if all(each.state != "broken" for each in findings) else 1


def manifest(chosen: argparse.Namespace, _settings: Settings) -> int:
    from bot.manifest import manifest_by_http

    if chosen.url is None:
        _print(resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8").rstrip())
        return 0
    try:
        _print_json(manifest_by_http(chosen.url))
    except ValueError as wrong:
        raise SettingsError(f"--url: {wrong}") from None
    return 0


def _answers(chosen: argparse.Namespace, engine: "Engine") -> tuple[tuple[Answer, ...], bool]:
    """A file, standard input, or a campaign that is known by its id or name."""
    asked = " ".join(chosen.what)
    if asked == "-":
        found = engine.submit(sys.stdin.buffer.read(LONGEST + 1), source="standard input", asked_by="shell")
        return found.answers, found.was_list
    path = Path(asked)
    if path.is_file():
        found = engine.submit(_read(path), source=printable(path.name), asked_by="shell")
        return found.answers, found.was_list
    if path.suffix == ".json" or path.is_dir():
        raise Refused([Fault("file", printable(asked), "a file that can be read")])
    anew = f"shell:{secrets.token_hex(8)}" if chosen.force else None
    return (engine.analyze(asked, asked_by="shell", anew=anew),), False


def _read(path: Path) -> bytes:
    """Read no more of a file than shows that it is too long."""
    try:
        with path.open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as problem:
        rule = f"a file that can be read ({problem.strerror})"
        raise Refused([Fault("file", printable(str(path)), rule)]) from None


@contextmanager
def _engine(
    settings: Settings, *, reads: str = "", check_ledger: bool = True
) -> Iterator[tuple["Engine", "Words"]]:
    """Open the store beside a bot that may be running; the shell takes no guard.

    ``reads`` is what is read by it, for the ledger.
    """
    from bot.app import build_engine
    from bot.clock import SystemClock
    from bot.opening import open_memory
    from bot.speech import Speech

    clock = SystemClock()
    with (
        closing(open_memory(settings, clock, check_ledger=check_ledger)) as store,
        closing(build_engine(settings, store, clock)) as engine,
    ):
        if reads:
            engine.note_read("shell", reads)
        yield engine, Speech(engine, clock).plain


def _until_stopped() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set, so that everything is closed in order."""
    stopped = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stopped.set())
    return stopped


def _say(chosen: argparse.Namespace, found: Any, text: str) -> None:
    """Print for machines where they were named, and for people otherwise."""
    if chosen.json:
        _print_json(found)
    else:
        _print(text)


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _print_json(value: Any) -> None:
    _print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))
