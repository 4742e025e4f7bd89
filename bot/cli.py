"""The ``marko`` command: what Slack can ask, a shell can ask. Exit 0 done, 1 refused, 2 usage."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, get_args

from bot import shell, shell_store
from bot.redaction import Discreet
from bot.settings import Settings, SettingsError, read_settings
from engine.errors import EngineError
from engine.models.calendar import EVENT_KINDS
from engine.models.recommendation import Status
from engine.models.study import STUDY_KINDS, StudyKind

NOISY = ("apscheduler", "faiss", "httpx", "openai", "slack_bolt", "slack_sdk", "uvicorn", "websockets")
MOST_LINES = 1_000_000
Command = Callable[[argparse.Namespace, Settings], int]
STUDIES: dict[StudyKind, str] = {
    "patterns": "what repeats over campaigns: what works, what does not, what it costs",
    "trend": "whether a figure moves, and since when",
    "segments": "where a change sits, and whether the mix made it",
    "forecast": "a figure's coming days, with ranges",
    "budget": "where the next money brings most, where that can be told",
    "creatives": "which kinds of creatives do best, which wear out, what to try",
    "forecast-accuracy": "how far your own forecasts run from what came",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is told on stderr in the words of its kind."""
    chosen = _parser().parse_args(arguments)
    _calm_linear_algebra()
    command: Command = chosen.command
    try:
        settings = read_settings(os.environ)
        _log_to_stderr(settings.log_level, settings.secrets)
        code = command(chosen, settings)
        sys.stdout.flush()  # here, where a reader that went away is no error
        return code
    except (EngineError, SettingsError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except BrokenPipeError:
        # The reader went away (`marko weights | head`): nothing is wrong with us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as broken:
        # A folder that cannot be written, a port that is taken: the system's own words say it.
        sys.stderr.write(f"{f'{broken.filename}: ' if broken.filename else ''}{broken.strerror or broken}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _calm_linear_algebra() -> None:
    """One thread, before numpy is loaded: our matrices are small, and its threads wait for each other."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="marko", description="A Slack teammate for paid advertising.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=command)
        return added

    sandbox = add(
        "sandbox", shell.sandbox, "a local Slack in the browser with Marko in it; no account, no key"
    )
    sandbox.add_argument("--port", type=int, default=3000, help="the page's port on 127.0.0.1 (3000)")
    sandbox.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything in DIR between runs")
    sandbox.add_argument("--empty", action="store_true", help="start without the sample history")
    sandbox.add_argument("--by-hand", action="store_true", help="without an ad platform: carry out by hand")
    sandbox.add_argument("--no-browser", action="store_true", help="do not open the page")
    add("run", shell.run, "the bot, in the workspace that the tokens name")
    analyze = add("analyze", shell.analyze, "analyze a JSON file of campaigns, or a campaign that is known")
    whom = "a file, - for standard input, or a campaign, with its days where there are rows: spring-sale 30d"
    analyze.add_argument("what", nargs="+", metavar="FILE|ID", help=whom)
    analyze.add_argument("--json", action="store_true", help="print what machines read")
    analyze.add_argument("--force", action="store_true", help="a new recommendation that voids the old one")
    _add_import(add)
    data = add("data", shell.data, "what is known out of exports, by platform and account, and how old it is")
    data.add_argument("--json", action="store_true", help="print what machines read")
    _add_link(add)
    inbox = add("inbox", shell.inbox, "what programs delivered by webhook and does not count")
    inbox.add_argument("--retry", metavar="ID", help="have it read again by a running bot, or counted")
    inbox.add_argument("--drop", metavar="ID", help="throw it away")
    inbox.add_argument("--json", action="store_true", help="print what machines read")
    weights = add("weights", shell.weights, "what each signal weighs, and which campaigns moved it")
    weights.add_argument("--json", action="store_true", help="print what machines read")
    _add_searches(add)
    _add_studies(add)
    action = add("action", shell.action, "the request that approving a recommendation sends; sends nothing")
    action.add_argument("recommendation", metavar="RECOMMENDATION", help="its id, as `recommendations` tells")
    action.add_argument("--undo", action="store_true", help="the request that undoing it sends")
    action.add_argument("--json", action="store_true", help="print what machines read")
    digest = add("digest", shell.digest, "the digest of a channel as it would be now; posts nothing")
    digest.add_argument("--channel", required=True, metavar="C", help="a channel's id")
    digest.add_argument("--preview", action="store_true", required=True, help="print it; nothing is posted")
    settings = add("settings", shell.settings, "what is set, and where from; approvers change it in Slack")
    settings.add_argument("--json", action="store_true", help="print what machines read")
    _add_calendar(add)
    _add_audit(add)
    _add_store(add)
    _add_eval(add)
    doctor = add("doctor", shell.doctor, "what is set, what is missing, and whether it works")
    doctor.add_argument("--json", action="store_true", help="print what machines read")
    paste = add("manifest", shell.manifest, "the Slack app's manifest, to paste when the app is created")
    paste.add_argument("--url", metavar="URL", help="for Slack by HTTP: where the bot is, https://YOUR-HOST")
    return parser


def _add_import(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    files = add("import", shell.import_files, "take exports of ad platforms, or retrospectives, into memory")
    files.add_argument("files", metavar="FILE", nargs="+", help="CSV, TSV, XLSX, gzip or JSON")
    files.add_argument("--json", action="store_true", help="print what machines read")
    files.add_argument("--source", metavar="S", help="the platform, where the file does not say it")
    files.add_argument("--currency", metavar="C", help="the currency, where the file does not say it, as EUR")
    files.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help='what a column is, such as "Kosten netto=spend", or =ignore; may be given several times',
    )
    files.add_argument("--date-order", choices=("day-first", "month-first"), help="how 03/04/2026 is meant")
    files.add_argument("--decimal", choices=(".", ","), help="how 1,234 is meant: the decimal sign")
    files.add_argument(
        "--despite-total", action="store_true", help="take the rows although the file's own total differs"
    )
    files.add_argument("--dry-run", action="store_true", help="read and tell; nothing is stored")


def _add_link(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    link = add("link", shell.link, "names that may be one campaign; --one and --two say whether they are")
    link.add_argument("name", nargs="?", metavar="NAME", help="one of the names, or a campaign's key")
    answer = link.add_mutually_exclusive_group()
    answer.add_argument("--one", action="store_true", help="they are one campaign")
    answer.add_argument("--two", action="store_true", help="they are not; takes --one back")
    link.add_argument("--json", action="store_true", help="print what machines read")


def _add_audit(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    audit = add("audit", shell.audit, "who did what, when and on which ground; whether the ledger is whole")
    audit.add_argument(
        "what",
        nargs="?",
        choices=("verify", "head", "rekey"),
        help="verify: check every line; head: its end, to be noted elsewhere; rekey: go on with another key",
    )
    audit.add_argument("--since", type=_day, metavar="DAY", help="from this day on, such as 2026-03-30")
    audit.add_argument("--about", metavar="ID", help="a recommendation, a campaign, or another subject")
    audit.add_argument("--by", metavar="USER", help="a Slack user id, shell or marko")
    audit.add_argument("--limit", type=_count, default=50, metavar="N", help="the newest N lines (50)")
    audit.add_argument("--json", action="store_true", help="print what machines read")


def _add_calendar(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    text = "promotions, launches, sales and holidays: what was seen on them, and what comes"
    calendar = add("calendar", shell.calendar, text)
    calendar.add_argument(
        "what",
        nargs="?",
        choices=("add", "remove", "country"),
        help="add: with --first; remove: by name or id; country: whose public holidays count, as ES or DE-BY",
    )
    calendar.add_argument("name", nargs="*", metavar="NAME", help="an event, such as Black Friday; a country")
    calendar.add_argument("--kind", choices=EVENT_KINDS, default="promo", help="of what kind it is (promo)")
    calendar.add_argument("--first", type=_day, metavar="DAY", help="its first day, such as 2026-11-27")
    calendar.add_argument("--last", type=_day, metavar="DAY", help="its last day, where that is another one")
    calendar.add_argument("--every-year", action="store_true", help="on these days of every year")
    scope = calendar.add_mutually_exclusive_group()
    scope.add_argument("--platform", metavar="NAME", help="for one platform only")
    scope.add_argument("--campaign", metavar="ID", help="for one campaign only")
    calendar.add_argument("--json", action="store_true", help="print what machines read")


def _add_store(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    backup = add("backup", shell_store.backup, "copy the memory into a file, beside a running bot; checked")
    backup.add_argument("file", metavar="FILE", help="where to; it must not exist yet")
    backup.add_argument("--force", action="store_true", help="replace FILE where it exists")
    restore = add("restore", shell_store.restore, "put a backup in the memory's place, which is kept aside")
    restore.add_argument("file", metavar="FILE", help="a file that `marko backup` made")
    restore.add_argument("--new-key", action="store_true", help="go on where the ledger's key is lost")
    verify = add("verify", shell_store.verify, "whether everything that is kept is as it was written")
    for each in (backup, restore, verify):
        each.add_argument("--json", action="store_true", help="print what machines read")


def _add_eval(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    evaluate = add("eval", shell.evaluate, "cases with known truth: answered and scored, as JSON lines")
    evaluate.add_argument("cases", type=Path, metavar="CASES_DIR", help="a folder of TASK/CASE_ID/…")
    evaluate.add_argument("--predictions", type=Path, required=True, metavar="FILE", help="lines to write")
    evaluate.add_argument("--truth", type=Path, metavar="FILE", help="lines to score against")
    evaluate.add_argument("--json", action="store_true", help="print what machines read")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed} is no day such as 2026-03-30") from None


def _count(typed: str) -> int:
    if not typed.isdecimal() or not 0 < int(typed) <= MOST_LINES:
        raise argparse.ArgumentTypeError(f"{typed} is no number from 1 to {MOST_LINES}")
    return int(typed)


def _add_searches(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Everything that is looked up in the memory; each can be read by machines."""
    words: dict[str, Any] = {"metavar": "WORDS", "nargs": "+", "help": "in your own words"}
    similar = add("similar", shell.similar, "remembered campaigns like these words, and why they are like it")
    similar.add_argument("words", **words)
    learnings = add("learnings", shell.learnings, "what was learned about something")
    learnings.add_argument("words", **{**words, "nargs": "*"})
    insights = add("insights", shell.insights, "what the newest analyses say, most urgent first")
    asked = add("recommendations", shell.recommendations, "what was proposed and decided, newest first")
    asked.add_argument("--status", choices=get_args(Status), help="only those that stand so")
    asked.add_argument("--campaign", metavar="ID", help="only those of one campaign")
    why = add("why", shell.why, "every event that moved a signal's weight")
    why.add_argument("signal", metavar="SIGNAL", help="such as audience:students-18-25, or its end")
    find = add("find", shell.find, "campaigns by their tags, also by what their names say")
    find.add_argument("words", metavar="TAG", nargs="+", help="such as tag:creative_type:video")
    ask = add("ask", shell.ask, "a question in your own words, answered from what is stored")
    ask.add_argument("question", metavar="QUESTION", nargs="+", help='such as "how did spring-sale do?"')
    for each in (similar, learnings, insights, asked, why, find, ask):
        each.add_argument("--json", action="store_true", help="print what machines read")


def _add_studies(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Everything that is found out over campaigns and days."""
    for kind in STUDY_KINDS:
        study = add(kind, shell.study, STUDIES[kind])
        study.add_argument("words", metavar="WORDS", nargs="*", help="what narrows it: spring-sale ctr 30d")
        study.add_argument("--json", action="store_true", help="print what machines read")
        study.set_defaults(kind=kind)


def _log_to_stderr(level: str, secrets: Sequence[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s", known=secrets))
    logging.basicConfig(level=level, handlers=[handler])
    for telling in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(telling).setLevel(logging.WARNING)  # at DEBUG they write whole questions down
    if level != "DEBUG":
        for noisy in NOISY:
            logging.getLogger(noisy).setLevel(logging.WARNING)
        # Bolt warns at every start that it takes our word for who we are, which is what we want.
        logging.getLogger("slack_bolt").setLevel(logging.ERROR)
