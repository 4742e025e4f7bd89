"""Promise 20: text cannot act in Slack: whatever file, person, model or error brings it, in every drawing."""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args
from zoneinfo import ZoneInfo

import factories
from engine_values import FORMATS
from factories import APPROVER, MONDAY, HandClock

from bot.app import build_engine
from bot.blocks import notices
from bot.blocks.audit import audit
from bot.blocks.hooks import MOST as MOST_LETTERS
from bot.blocks.hooks import inbox
from bot.blocks.kit import Message
from bot.blocks.voice import voice
from bot.drawing import DRAWN, draw
from bot.opening import open_memory
from bot.settings import read_settings
from engine.engine import Engine
from engine.errors import AmbiguousCampaign, Fault, Refused, StoreTrouble, UnknownCampaign
from engine.models.answer import Person
from engine.models.budget import BudgetMark
from engine.models.comparison import Interval
from engine.models.delivery import Intent, IntentKind
from engine.models.execution import Receipt
from engine.models.file_import import Dropped
from engine.models.insight import Insight
from engine.models.learning import Mistake
from engine.models.pattern_life import Retraction, key_of
from engine.models.ping import Notice
from engine.models.recommendation import Recommendation
from engine.models.study import STUDY_KINDS
from store import Store
from torture.made_up import campaigns
from torture.result import Result, counted

VOICE = voice(FORMATS, ZoneInfo("Europe/Madrid"))
CHANNEL, OTHER, TS = "C0GROWTH", "U0OTHER", "1774854600.000100"
HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<@U0VICTIM>",
    "<@U0VICTIM|victim>",
    "<#C0VICTIM|victim>",
    "<!subteam^S0VICTIM>",
    "<https://evil.example|spring-sale>",
    "<mailto:a@b.example|mail>",
    "<!date^1392734382^{date}^https://evil.example|now>",
    "&lt;!channel&gt; <!channel>",
    "`<!channel>`",
    "```<!channel>```",
    "*bold* _it_ ~no~ <!channel>",
    "> quoted <!channel>",
    "a <!channel",
    "%s {0} {name} <!channel>",
    "[{subject}] <!channel>",
)
# What Marko writes himself: moments, the people who decide, the channel that is spoken of.
OWN = re.compile(
    rf"<!date\^\d+\^\{{date_short_pretty\}}, \{{time\}}\|[^<>]*>|<@({APPROVER}|{OTHER})>|<#{CHANNEL}>"
)


def run(times: int) -> Result:
    """Let ``times`` hostile texts into everything that is drawn, and look for what Slack would act on."""
    faults: list[str] = []
    seen = 0
    for number in range(times):
        text = HOSTILE[number % len(HOSTILE)]
        with tempfile.TemporaryDirectory() as folder:
            drawn = list(drawings(Path(folder), text))
        seen += len(drawn)
        faults += [f"{kind}: {live}" for kind, message in drawn if (live := live_tokens(message))]
        missing = set(DRAWN) - {kind for kind, _ in drawn}
        faults += [f"{kind} is drawn by nobody" for kind in sorted(missing)]
    return counted(seen, faults, f"{times} texts in {len(DRAWN)} kinds of messages and the refusals")


def live_tokens(message: Message) -> str:
    """What Slack would act on and Marko did not write; empty when all is well."""
    marked = [message.text, *(each["text"] for each in _marked(message.blocks))]
    loud = [each["text"] for each in _marked(message.blocks) if not each.get("verbatim")]
    found = [token for text in marked for token in re.findall(r"<[^>]*>?", OWN.sub("", text))]
    return " ".join([*found, *(f"not verbatim: {text[:40]}" for text in loud)])


def drawings(folder: Path, text: str) -> Iterator[tuple[str, Message]]:
    """Everything that is drawn where this text stands in every name, note, error and answer."""
    settings = read_settings(
        {
            "MARKO_DATA_DIR": str(folder),
            "MARKO_OUTPUT_DIR": str(folder / "output"),
            "MARKO_APPROVERS": f"{APPROVER},{OTHER}",
            "MARKO_ACTION_URL": "http://127.0.0.1:9/do",
            "MARKO_ACTION_SECRET": "whsec_dGhpcyBpcyBhIGtleSBvZiB0aGUgdG9ydHVyZQ==",
        }
    )
    clock = HandClock()
    with (
        closing(open_memory(settings, clock)) as store,
        closing(build_engine(settings, store, clock)) as engine,
    ):
        _live(engine, store, clock, text)
        yield from _drawn(engine, store, clock, text)
        yield "inbox", inbox(engine.hook_letters(MOST_LETTERS), VOICE)
        yield "audit", audit(engine.audit(), text, VOICE)
    yield from _by_hand(text)
    yield from _refusals(text)


def _live(engine: Engine, store: Store, clock: HandClock, text: str) -> None:
    """Hand in, decide each way, carry out each way, ask, drop a file, change a setting."""
    person = Person(id=APPROVER, is_admin=True)
    engine.submit(_history(text, clock), source=None, asked_by=APPROVER)
    ids = [each.id for each in engine.recommendations("proposed").recommendations]
    engine.decide(ids[0], "reject", by=person, reason="other", note=text)
    for identifier in ids[1:5]:
        engine.decide(identifier, "approve", by=person, note=text)
    sent = [each.key for each in store.executions.claim(now=clock.now(), limit=9)]
    engine.carrying_refused(sent[0], text, again_at=None)
    engine.carrying_in_doubt(sent[1], text)
    engine.carried_out(sent[2], Receipt(id=text))
    engine.carrying_waits(sent[3], text, until=clock.now() + timedelta(minutes=1))
    _word(engine, store, ids[5], text)
    engine.subscribe(CHANNEL, weekday=0, at="09:00", by=APPROVER, zone="Europe/Madrid")
    engine.post_digest_now(CHANNEL, by=APPROVER, key="now")
    asked = {"channel": CHANNEL, "thread": TS, "by": APPROVER}
    for number, question in enumerate((f"how did {text} do?", text, "what waits for a decision?")):
        engine.answer_question(question, ts=f"177485460{number}.000200", **asked)
    for number, content in enumerate((_history(text, clock, "dropped"), f'{{"{text}": 1}}', text)):
        dropped = Dropped(
            id=f"import:F{number}:{CHANNEL}", channel=CHANNEL, thread=TS, file=text, by=APPROVER
        )
        engine.import_file(content.encode(), dropped)
    delivery = engine.hook_delivery("n8n-meta", "msg_1", b"", file=text, media=text)
    store.hooks.accept(delivery, b"", quiet=timedelta(minutes=10))
    store.hooks.claim(now=clock.now())
    engine.hook_unread(delivery.id, text, channel=CHANNEL)
    engine.show_step("headway:1", "reading", engine.recommendation(ids[5]).analysis.retrospective, CHANNEL)
    now = engine.preferences()
    people = {each: Person(id=each) for each in now.approvers}
    engine.change_preferences(now, now.model_copy(update={"change_limit": 0.5}), by=person, people=people)


def _history(text: str, clock: HandClock, stem: str = "sale") -> str:
    told = json.loads(campaigns([f"{stem}-{number}" for number in range(6)], clock.now()))
    more = {
        "name": text,
        "objective": text,
        "audiences": [{"name": text, "attributes": {text: text}}],
        "creatives": [{"id": text, "type": text, "headline": text, "primary_text": text}],
    }
    return json.dumps([each | more for each in told])


def _word(engine: Engine, store: Store, identifier: str, text: str) -> None:
    """A model's words, as if every check had let them pass."""
    known = engine.recommendation(identifier)
    said = (Insight(text=text, priority="high", evidence=()),)
    lists = {"key_learnings": said, "recommendations": said, "anomalies": said}
    words = {**lists, "source": f"openai:{text}", "prompt": text, "disagreement": (text,)}
    insights = known.analysis.insights.model_copy(update=words)
    analysis = known.analysis.model_copy(update={"insights": insights})
    changed = known.model_copy(update={"analysis": analysis, "version": known.version + 1})
    with store.memory.unit() as unit:
        assert unit.keep_recommendation(changed, expected_version=known.version)


def _drawn(engine: Engine, store: Store, clock: HandClock, text: str) -> Iterator[tuple[str, Message]]:
    """What the engine put on its way, and every drawing of every recommendation."""
    for item in store.outbox.claim(now=clock.now() + timedelta(days=30), limit=1000):
        yield item.intent.kind, draw(item.intent, engine, VOICE)
        store.outbox.park(item.intent.key, error=text)
        yield "parked", draw(_intent("parked", f"parked:{item.intent.key}"), engine, VOICE)
    yield "preview", draw(_intent("preview", f"preview:{CHANNEL}"), engine, VOICE)
    yield "welcome", draw(_intent("welcome", f"welcome:{CHANNEL}"), engine, VOICE)
    for study in STUDY_KINDS:
        yield "study", draw(_intent("study", f"study:{study}:{MONDAY.date()}:"), engine, VOICE)
    for known in engine.recommendations().recommendations:
        for intent in _about(known):
            yield intent.kind, draw(intent, engine, VOICE)


def _about(known: Recommendation) -> Iterator[Intent]:
    for kind in ("card", "evidence", "picture", "reminder"):
        yield _intent(kind, known.id)
    yield _intent("reasoning", f"reasoning:{known.id}")
    if known.analysis.insights.source.startswith("openai:"):
        yield _intent("wording", known.id)
    for what in get_args(Notice):
        yield _intent("notice", f"notice:{what}:{known.id}")


def _intent(kind: Any, record: str) -> Intent:
    made: IntentKind = kind
    return Intent(key=f"{kind}:{record}", kind=made, record=record, channel=CHANNEL, ts=TS, person=APPROVER)


def _by_hand(text: str) -> Iterator[tuple[str, Message]]:
    """What takes months to come by itself: a pattern that is taken back, a budget that is used up."""
    said = factories.level_effect(name=text)
    wrong = Retraction(
        said=said,
        was="validated",
        lift_pct=-2.0,
        interval=Interval(low=-9.0, high=4.0, level=0.8),
        campaigns=9,
        last_day=said.last_tested,
        at=MONDAY,
    )
    mistake = Mistake(key=key_of(said.kind, said.signal), name=text, said=said, retraction=wrong)
    mark = BudgetMark(day=MONDAY.date(), zone="UTC", mark="used_up", spent=Decimal(1), budget=Decimal(1))
    stand_in: Any = SimpleNamespace(
        mistake_told=lambda *_, **__: mistake, budget_mark=lambda _: (mark, MONDAY.date())
    )
    yield "retraction", draw(_intent("retraction", mistake.key), stand_in, VOICE)
    yield "budget", draw(_intent("budget", "budget"), stand_in, VOICE)


def _refusals(text: str) -> Iterator[tuple[str, Message]]:
    for error in (
        UnknownCampaign(text, [text, text]),
        AmbiguousCampaign(text, [text, text]),
        Refused([Fault(text, text, text, 3)], source=text),
        StoreTrouble(text),
    ):
        yield "refusal", notices.refusal(error, VOICE.marked)
    yield "refusal", notices.own_failure("1a2b3c", owner_knows=True, done=(text,))
    yield "refusal", notices.failure_report("1a2b3c", text, text, text, VOICE.marked)
    yield "refusal", notices.missing_scope(text, "do this")
    yield "refusal", notices.not_posted(text, "/analyze")


def _marked(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value
        for each in value.values():
            yield from _marked(each)
    elif isinstance(value, list):
        for each in value:
            yield from _marked(each)
