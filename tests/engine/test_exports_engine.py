"""Exports: what counts, what is replaced, asked, undone and linked, each once and in the ledger."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from exported import MARCH, days, dropped, row, scan_of, scanned
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.errors import AnsweredAlready, Fault, MayNotDecide, UndoLaterFirst, UnknownImport
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.export import Alike, Hints, Question
from engine.models.file_import import FileImport
from engine.models.scanned import Scanned
from engine.narrate.deeds import said
from store import Store

SPRING = "meta/default/spring-sale"
BOSS = Person(id=APPROVER)
LAST = date(2026, 12, 31)


def take(engine: Engine, name: str, rows: list[DailyRow], **changed: Any) -> FileImport:
    begun = engine.begin_export(dropped(name))
    return engine.take_export(begun.id, scanned(rows, **changed))


def spend(engine: Engine, key: str = SPRING) -> dict[int, int]:
    """By day of March, in whole units."""
    with engine._memory.reading() as reading:
        found = reading.days(key, MARCH, LAST)
    told: dict[int, int] = {}
    for each in found:
        told[each.day.day] = told.get(each.day.day, 0) + (each.spend or 0) // 1_000_000
    return told


def deeds(engine: Engine, identifier: str) -> list[str]:
    with engine._memory.reading() as reading:
        return [each.deed for each in reading.ledger() if each.subject == identifier]


def test_rows_count_from_the_moment_in_which_the_import_is_done(engine: Engine) -> None:
    begun = engine.begin_export(dropped())
    assert (begun.state, spend(engine)) == ("reading", {})
    done = engine.take_export(begun.id, scanned(days(last=3)))
    assert (done.state, done.scan.rows if done.scan else None) == ("done", 3)
    assert spend(engine) == {1: 100, 2: 100, 3: 100}
    assert [each.key for each in done.league] == [SPRING]
    assert deeds(engine, done.id) == ["import_reading", "import_done"]


def test_taking_the_same_import_again_changes_nothing(engine: Engine) -> None:
    done = take(engine, "march", days(last=3))
    assert engine.take_export(done.id, scanned(days(last=3))) == done
    assert engine.begin_export(dropped("march")) == done
    assert spend(engine) == {1: 100, 2: 100, 3: 100}


def test_the_same_bytes_are_one_import_wherever_they_are_dropped(engine: Engine) -> None:
    first = take(engine, "march", days())
    again = engine.begin_export(dropped("march", channel="C0OTHER", by="U0OTHER"))
    same = engine.take_export(again.id, scanned(days()))
    assert (same.state, same.before) == ("same", first.id)
    assert sum(spend(engine).values()) == 1_000


def test_another_file_with_the_same_rows_replaces_nothing(engine: Engine) -> None:
    first = take(engine, "march", days())
    again = take(engine, "again", days(), checksum="other bytes")
    assert (again.state, again.before) == ("same", first.id)
    with engine._memory.reading() as reading:
        assert reading.put_aside(again.id) == []


def test_a_corrected_export_replaces_its_own_days_and_says_so(engine: Engine) -> None:
    take(engine, "march", days(last=10))
    fixed = take(engine, "fixed", days(first=8, last=12, spend=150))
    assert fixed.state == "done"
    assert fixed.replaced is not None
    told = fixed.replaced
    assert (told.days, told.first_day.day, told.last_day.day) == (3, 8, 10)
    assert (told.before, told.after) == ({"EUR": Decimal(300)}, {"EUR": Decimal(450)})
    assert spend(engine) == dict.fromkeys(range(1, 8), 100) | dict.fromkeys(range(8, 13), 150)


def test_days_that_come_again_as_they_were_are_no_correction(engine: Engine) -> None:
    take(engine, "march", days(last=10))
    more = take(engine, "more", days(last=12))
    assert (more.state, more.replaced) == ("done", None)
    assert sum(spend(engine).values()) == 1_200


def test_a_day_that_a_corrected_export_no_longer_has_is_gone(engine: Engine) -> None:
    take(engine, "march", [*days(last=5), *days("Summer Sale", last=5)])
    fixed = take(engine, "fixed", [*days(last=3), *days("Summer Sale", last=5)])
    assert fixed.replaced is not None
    assert (fixed.replaced.days, fixed.replaced.before, fixed.replaced.after) == (
        2,
        {"EUR": Decimal(200)},
        {"EUR": Decimal(0)},
    )
    assert spend(engine) == {1: 100, 2: 100, 3: 100}


def test_campaigns_that_a_later_file_does_not_name_stay(engine: Engine) -> None:
    take(engine, "march", [*days(last=5), *days("Summer Sale", last=5)])
    take(engine, "fixed", days(last=5, spend=90))
    assert sum(spend(engine, "meta/default/summer-sale").values()) == 500


def test_an_undo_brings_back_what_was_replaced(engine: Engine) -> None:
    take(engine, "march", days(last=10))
    fixed = take(engine, "fixed", days(first=8, last=12, spend=150))
    undone = engine.undo_export(fixed.id, by=BOSS)
    assert (undone.state, undone.undone_by) == ("undone", APPROVER)
    assert spend(engine) == dict.fromkeys(range(1, 11), 100)
    assert engine.undo_export(fixed.id, by=BOSS) == undone
    assert deeds(engine, fixed.id)[-1] == "import_undone"


def test_an_undone_file_can_be_taken_again(engine: Engine) -> None:
    first = take(engine, "march", days())
    engine.undo_export(first.id, by=BOSS)
    again = engine.take_export(engine.begin_export(dropped("again")).id, scanned(days()))
    assert again.state == "done"
    assert sum(spend(engine).values()) == 1_000


def test_what_a_later_import_replaced_is_undone_after_that_one(engine: Engine) -> None:
    first = take(engine, "march", days(last=10))
    later = take(engine, "fixed", days(first=8, last=8, spend=150))
    with pytest.raises(UndoLaterFirst) as refused:
        engine.undo_export(first.id, by=BOSS)
    assert (refused.value.later, refused.value.file) == (later.id, "fixed.csv")
    engine.undo_export(later.id, by=BOSS)
    engine.undo_export(first.id, by=BOSS)
    assert spend(engine) == {}


@pytest.mark.parametrize(
    "person",
    [
        Person(id="U0MEMBER"),
        Person(id=APPROVER, is_guest=True),
        Person(id=APPROVER, is_foreign=True),
        Person(id=APPROVER, is_bot=True),
        Person(id=APPROVER, is_deactivated=True),
        Person(id=APPROVER, is_known=False),
    ],
)
def test_only_an_approver_takes_an_import_back(engine: Engine, person: Person) -> None:
    done = take(engine, "march", days())
    with pytest.raises(MayNotDecide):
        engine.undo_export(done.id, by=person)
    assert engine.file_import(done.id) == done
    assert deeds(engine, done.id)[-1] == "refused"


def test_the_same_money_by_campaign_adds_nothing_to_the_finer_one(engine: Engine) -> None:
    sets = [row(day=day, spend=50, ad_set=name) for day in range(1, 11) for name in ("A", "B")]
    finer = take(engine, "sets", sets, level="ad set")
    coarser = take(engine, "campaigns", days(last=10))
    assert (coarser.state, coarser.before) == ("double", finer.id)
    assert coarser.replaced is not None
    assert (coarser.replaced.before, coarser.replaced.after) == (
        {"EUR": Decimal(1000)},
        {"EUR": Decimal(1000)},
    )
    assert sum(spend(engine).values()) == 1_000


def test_a_finer_file_takes_the_place_of_the_coarser_one(engine: Engine) -> None:
    take(engine, "campaigns", days(last=10))
    sets = [row(day=day, spend=60, ad_set=name) for day in range(1, 11) for name in ("A", "B")]
    finer = take(engine, "sets", sets, level="ad set")
    assert finer.state == "done"
    assert finer.replaced is not None
    assert (finer.replaced.days, finer.replaced.after) == (10, {"EUR": Decimal(1200)})
    assert sum(spend(engine).values()) == 1_200
    engine.undo_export(finer.id, by=BOSS)
    assert sum(spend(engine).values()) == 1_000


def test_days_that_a_finer_file_holds_are_kept_out_of_a_longer_one(engine: Engine) -> None:
    finer = take(engine, "sets", [row(day=day, spend=70, ad_set="A") for day in (4, 5)], level="ad set")
    longer = take(engine, "campaigns", days(last=10))
    assert longer.state == "done"
    assert spend(engine) == {day: 70 if day in (4, 5) else 100 for day in range(1, 11)}
    assert longer.scan is not None
    assert [each.text for each in longer.scan.warnings] == [
        "sets.csv holds 2 of these days in more detail. I keep those and add nothing for them."
    ]
    engine.undo_export(finer.id, by=BOSS)
    assert spend(engine) == dict.fromkeys(range(1, 11), 100)


def test_a_range_never_stands_beside_its_days(engine: Engine) -> None:
    take(engine, "march", days(last=10))
    whole = row(day=1, spend=1_000)._replace(last_day=MARCH + timedelta(days=9))
    found = take(engine, "range", [whole])
    assert found.state == "double"
    with engine._memory.reading() as reading:
        assert {each.by_day for each in reading.holdings(campaign_key=SPRING)} == {True}


def test_days_take_the_place_of_their_range(engine: Engine) -> None:
    whole = row(day=1, spend=1_000)._replace(last_day=MARCH + timedelta(days=9))
    take(engine, "range", [whole])
    assert spend(engine) == {}  # nobody knows how much of it lies on which day
    take(engine, "march", days(last=10))
    with engine._memory.reading() as reading:
        assert {each.by_day for each in reading.holdings(campaign_key=SPRING)} == {True}


def test_money_in_two_currencies_never_meets(engine: Engine) -> None:
    take(engine, "march", days(last=3))
    take(engine, "dollars", days(last=3, currency="USD"), currency="USD")
    with engine._memory.reading() as reading:
        found = reading.days(SPRING, MARCH, MARCH)
    assert [(each.currency, each.spend) for each in found] == [("EUR", 100_000_000), ("USD", 100_000_000)]


def test_ad_sets_without_campaigns_are_known_as_the_money_of_the_campaigns(engine: Engine) -> None:
    campaigns = take(engine, "campaigns", days(last=5))
    sets = [row(name, day, spend=50, impressions=5_000) for day in range(1, 6) for name in ("Set A", "Set B")]
    found = take(engine, "sets", sets, level="ad set")
    assert (found.state, found.before) == ("double", campaigns.id)
    assert spend(engine, "meta/default/set-a") == {}


def test_campaigns_take_the_place_of_their_ad_sets_without_names(engine: Engine) -> None:
    sets = [row(name, day, spend=50, impressions=5_000) for day in range(1, 6) for name in ("Set A", "Set B")]
    first = take(engine, "sets", sets, level="ad set")
    found = take(engine, "campaigns", days(last=5))
    assert (found.state, sum(spend(engine).values())) == ("done", 500)
    assert spend(engine, "meta/default/set-a") == {}
    engine.undo_export(found.id, by=BOSS)
    assert sum(spend(engine, "meta/default/set-a").values()) == 250
    assert engine.file_import(first.id).state == "done"  # type: ignore[union-attr]


def test_undoing_the_finer_file_lets_the_coarser_one_count(engine: Engine) -> None:
    finer = take(engine, "sets", [row(day=1, ad_set="A"), row(day=1, ad_set="B")], level="ad set")
    coarser = take(engine, "campaigns", days(last=1, spend=210))
    assert coarser.state == "double"
    engine.undo_export(finer.id, by=BOSS)
    assert spend(engine) == {1: 210}
    assert engine.file_import(coarser.id).state == "done"  # type: ignore[union-attr]


def test_after_an_undo_what_gave_way_to_it_does_not_count_twice(engine: Engine) -> None:
    take(engine, "old", days(last=3, spend=100))
    finer = take(engine, "sets", [row(day=day, spend=99, ad_set="A") for day in (1, 2, 3)], level="ad set")
    take(engine, "new", days(last=3, spend=110))
    engine.undo_export(finer.id, by=BOSS)
    assert spend(engine) == {1: 110, 2: 110, 3: 110}


def test_a_person_says_that_both_count_and_takes_it_back(engine: Engine) -> None:
    take(engine, "sets", [row(day=1, spend=40, ad_set="A")], level="ad set")
    coarser = take(engine, "campaigns", days(last=1, spend=210))
    both = engine.keep_both(coarser.id, by="U0MEMBER", first=True)
    assert (both.state, both.before) == ("done", coarser.before)
    assert spend(engine) == {1: 250}
    assert engine.keep_both(coarser.id, by="U0MEMBER") == both
    with pytest.raises(AnsweredAlready):
        engine.keep_both(coarser.id, by="U0OTHER", first=True)
    assert deeds(engine, coarser.id)[-1] == "import_kept_both"
    engine.undo_export(coarser.id, by=BOSS)
    assert spend(engine) == {1: 40}


ASKED = (Question(kind="currency", text="Which currency is Cost?", column="Cost", options=("EUR", "USD")),)


def test_an_open_question_stores_nothing_until_it_is_answered(engine: Engine) -> None:
    begun = engine.begin_export(dropped())
    asking = engine.take_export(begun.id, scanned(days(last=2), questions=ASKED))
    assert (asking.state, spend(engine)) == ("asking", {})
    answered = engine.answer_export(begun.id, Hints(currency="EUR"), by="U0MEMBER", remember=False)
    assert (answered.state, engine.hints_of(begun.id).currency) == ("reading", "EUR")
    assert engine.answer_export(begun.id, Hints(currency="USD"), by="U0OTHER", remember=True) == answered
    assert engine.take_export(begun.id, scanned(days(last=2))).state == "done"
    assert deeds(engine, begun.id) == ["import_reading", "import_asking", "import_answered", "import_done"]


def test_what_is_remembered_answers_for_the_next_file_of_that_shape(engine: Engine) -> None:
    first = engine.begin_export(dropped("march"))
    engine.take_export(first.id, scanned(days(last=2), questions=ASKED))
    hints = Hints(currency="EUR", columns={"Cost": "spend"}, despite_total=True)
    engine.answer_export(first.id, hints, by="U0MEMBER", remember=True)
    april = engine.begin_export(dropped("april"))
    again = engine.take_export(april.id, scanned(days(last=3), questions=ASKED))
    assert again.state == "reading"  # to be read once more, with the hints of now
    told = engine.hints_of(april.id)
    assert (told.currency, told.columns, told.despite_total) == ("EUR", {"Cost": "spend"}, False)
    assert engine.take_export(april.id, scanned(days(last=3), questions=ASKED)).state == "asking"
    other = engine.begin_export(dropped("other"))
    asked = engine.take_export(other.id, scanned(days(last=4), questions=ASKED, shape="another"))
    assert (asked.state, asked.hints) == ("asking", Hints())


def test_what_is_not_to_be_remembered_is_not(engine: Engine) -> None:
    first = engine.begin_export(dropped("march"))
    engine.take_export(first.id, scanned(days(last=2), questions=ASKED))
    engine.answer_export(first.id, Hints(currency="EUR"), by="U0MEMBER", remember=False)
    april = engine.begin_export(dropped("april"))
    assert engine.take_export(april.id, scanned(days(last=3), questions=ASKED)).state == "asking"


def test_a_refused_file_says_why_and_keeps_nothing(engine: Engine) -> None:
    begun = engine.begin_export(dropped())
    fault = Fault("Spend", "−12.00", "not negative", 17)
    refused = engine.refuse_export(begun.id, faults=[fault])
    assert (refused.state, refused.faults[0].line) == ("refused", 17)
    assert engine.refuse_export(begun.id, reason="later") == refused


def test_a_cancelled_import_takes_no_more_rows(engine: Engine) -> None:
    begun = engine.begin_export(dropped())

    def rows() -> Iterator[DailyRow]:
        yield from (row(day=MARCH + timedelta(days=n)) for n in range(2_000))
        engine.cancel_export(begun.id, by="U0MEMBER")
        yield from (row(day=MARCH + timedelta(days=n)) for n in range(2_000, 5_000))

    found = engine.take_export(begun.id, Scanned(scan_of(days()), rows()))
    assert found.state == "cancelled"
    with engine._memory.reading() as reading:
        assert reading.put_aside(begun.id) == []


def test_what_is_done_cannot_be_cancelled(engine: Engine) -> None:
    done = take(engine, "march", days())
    assert engine.cancel_export(done.id, by="U0MEMBER") == done


def test_rows_that_a_killed_try_left_count_for_nothing(engine: Engine) -> None:
    begun = engine.begin_export(dropped())
    with engine._memory.unit() as unit:
        unit.add_rows(begun.id, days(last=20, spend=999))  # and then nobody came to the end
    assert spend(engine) == {}
    engine.take_export(begun.id, scanned(days(last=2)))
    assert spend(engine) == {1: 100, 2: 100}


def test_rows_that_break_off_are_told_as_stopped_and_count_for_nothing(engine: Engine) -> None:
    begun = engine.begin_export(dropped())

    def rows() -> Iterator[DailyRow]:
        yield row()
        raise ConnectionError("the reader is gone")

    with pytest.raises(ConnectionError):
        engine.take_export(begun.id, Scanned(scan_of(days()), rows()))
    assert engine.file_import(begun.id).state == "stopped"  # type: ignore[union-attr]
    assert spend(engine) == {}


def test_progress_is_told_while_it_is_read(engine: Engine) -> None:
    begun = engine.begin_export(dropped())
    assert engine.read_on(begun.id, 38_000, 412_000).progress == (38_000, 412_000)
    engine.cancel_export(begun.id, by="U0MEMBER")
    assert engine.read_on(begun.id, 40_000, 412_000).state == "cancelled"


def test_names_alike_are_asked_about_and_linked_by_a_person(engine: Engine) -> None:
    rows = [*days("Spring Sale", last=9), row("Sprng Sale", 10)]
    done = take(engine, "march", rows)
    asked = Alike(main=SPRING, name="Spring Sale", others={"meta/default/sprng-sale": "Sprng Sale"})
    assert done.alike == (asked,)
    linked = engine.link_campaigns(done.id, SPRING, one=True, by="U0MEMBER")
    assert linked.alike[0].answer == "one"
    assert sum(spend(engine).values()) == 1_000
    assert spend(engine, "meta/default/sprng-sale") == spend(engine)
    parted = engine.link_campaigns(done.id, SPRING, one=False, by="U0MEMBER")
    assert parted.alike[0].answer == "two"
    assert sum(spend(engine).values()) == 900
    assert deeds(engine, done.id)[-2:] == ["import_linked", "import_unlinked"]


def test_what_was_answered_is_not_asked_again(engine: Engine) -> None:
    first = take(engine, "march", [*days("Spring Sale", last=9), row("Sprng Sale", 10)])
    engine.link_campaigns(first.id, SPRING, one=False, by="U0MEMBER")
    second = take(engine, "april", [*days("Spring Sale", 11, 19), row("Sprng Sale", 20)])
    assert second.alike == ()


def test_linked_names_in_two_files_are_one_money(engine: Engine) -> None:
    first = take(engine, "march", days("Spring Sale", last=10))
    second = take(engine, "renamed", days("Sprng Sale", last=10, spend=120))
    assert second.alike[0].main in {SPRING, "meta/default/sprng-sale"}
    engine.link_campaigns(second.id, second.alike[0].main, one=True, by="U0MEMBER")
    assert sum(spend(engine).values()) == 1_200  # the newer file's, not both
    engine.link_campaigns(second.id, second.alike[0].main, one=False, by="U0MEMBER")
    assert sum(spend(engine).values()) == 1_000
    assert engine.file_import(first.id).state == "done"  # type: ignore[union-attr]


def test_a_campaign_of_rows_is_offered_its_retrospective(engine: Engine, submit: Any) -> None:
    submit("spring-sale", platform="Meta Ads")
    done = take(engine, "march", days())
    assert [(each.main, each.others) for each in done.alike] == [
        (SPRING, {"meta-ads/default/spring-sale": "spring-sale"})
    ]


def test_what_is_known_is_told_by_platform_and_account(engine: Engine, clock: HandClock) -> None:
    take(engine, "march", [*days(last=20), *days("Summer Sale", last=10)])
    take(engine, "google", days(last=28, platform="Google", account="7"), platform="Google")
    states = {each.platform: each for each in engine.data_known()}
    meta = states["Meta"]
    assert (meta.account, meta.campaigns, meta.rows, meta.spend) == ("default", 2, 30, {"EUR": Decimal(3000)})
    assert (meta.first_day.day, meta.last_day.day, meta.file, meta.by) == (1, 20, "march.csv", "U0MEMBER")
    assert states["Google"].days_old == (clock.now().date() - date(2026, 3, 28)).days


def test_a_correction_and_an_undo_have_the_verdicts_of_their_campaigns_judged_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[set[str]] = []
    monkeypatch.setattr(engine, "rejudge_rows", lambda keys: judged.append(set(keys)))
    take(engine, "march", [*days(last=5), *days("Summer Sale", last=5)])
    fixed = take(engine, "fixed", [*days(last=5), *days("Summer Sale", last=5, spend=7)])
    engine.undo_export(fixed.id, by=BOSS)
    assert [each for each in judged if each] == [
        {"meta/default/summer-sale"},
        {"meta/default/spring-sale", "meta/default/summer-sale"},
    ]


def test_every_line_about_an_import_reads_as_a_sentence(engine: Engine) -> None:
    done = take(engine, "march", [*days("Spring Sale", last=9), row("Sprng Sale", 10)])
    engine.link_campaigns(done.id, SPRING, one=True, by="U0MEMBER")
    engine.undo_export(done.id, by=BOSS)
    with engine._memory.reading() as reading:
        told = [said(each) for each in reading.ledger() if each.subject == done.id]
    assert told == [
        "began to read a file: march.csv",
        "handed in a file: march.csv",
        "said that these are one campaign: meta/default/spring-sale and meta/default/sprng-sale",
        "took an import back: march.csv",
    ]


def test_an_unknown_import_is_told_as_one(engine: Engine) -> None:
    with pytest.raises(UnknownImport):
        engine.hints_of("import:nobody")


def test_recent_imports_come_newest_first(engine: Engine, store: Store) -> None:
    for name in ("one", "two", "three"):
        take(engine, name, days(name, last=2))
    with store.memory.reading() as reading:
        assert [each.file for each in reading.recent_imports(2)] == ["three.csv", "two.csv"]


def test_a_thousand_campaigns_are_counted_in_a_short_unit(engine: Engine) -> None:
    rows = [row(f"Campaign {n:04}", day) for n in range(1_000) for day in (1, 2)]
    assert take(engine, "many", rows).state == "done"
    fixed = take(engine, "fixed", [each._replace(spend=1) for each in rows])
    assert fixed.replaced is not None
    assert fixed.replaced.days == 2
    assert engine.undo_export(fixed.id, by=BOSS).state == "undone"
    assert len(engine.data_known()) == 1


def test_no_part_of_the_engine_hides_what_another_one_does() -> None:
    owners: dict[str, list[str]] = {}
    for part in Engine.__mro__:
        for name, value in vars(part).items():
            if callable(value) and not name.startswith("__"):
                owners.setdefault(name, []).append(part.__name__)
    assert {name: parts for name, parts in owners.items() if len(parts) > 1} == {}


def months(*numbers: int, spend: int = 1_000) -> list[DailyRow]:
    ends = {1: 31, 2: 28, 3: 31}
    return [
        row(day=date(2026, month, 1), spend=spend)._replace(last_day=date(2026, month, ends[month]))
        for month in numbers
    ]


def ranges(engine: Engine) -> dict[int, int]:
    """What the ranges that count say, by month, in whole units."""
    with engine._memory.reading() as reading:
        found = reading.rows(SPRING, date(2026, 1, 1), LAST)
    spans = [each for each in found if each.first_day != each.last_day]
    return {each.first_day.month: (each.spend or 0) // 1_000_000 for each in spans}


def test_days_of_one_month_take_the_place_of_that_month_and_of_no_other(engine: Engine) -> None:
    take(engine, "months", months(1, 2, 3))
    found = take(engine, "march", days(last=31))
    assert (ranges(engine), sum(spend(engine).values())) == ({1: 1_000, 2: 1_000}, 3_100)
    engine.undo_export(found.id, by=BOSS)
    assert (ranges(engine), spend(engine)) == ({1: 1_000, 2: 1_000, 3: 1_000}, {})


def test_months_that_no_day_tells_are_added_beside_days(engine: Engine) -> None:
    take(engine, "march", days(last=31))
    assert take(engine, "months", months(1, 2, 3)).state == "done"
    assert (ranges(engine), sum(spend(engine).values())) == ({1: 1_000, 2: 1_000}, 3_100)


def test_a_corrected_month_replaces_that_month_alone(engine: Engine) -> None:
    take(engine, "months", months(1, 2, 3))
    take(engine, "february", months(2, spend=900))
    assert ranges(engine) == {1: 1_000, 2: 900, 3: 1_000}


def test_the_newest_month_is_a_window_of_its_own(engine: Engine) -> None:
    take(engine, "months", months(1, 2))
    window = engine.analyze("spring-sale", asked_by=None).recommendation.analysis.retrospective.campaign
    assert (window.window_start, window.window_end) == (date(2026, 2, 1), date(2026, 2, 28))


def test_names_can_be_linked_from_either_end_and_parted_again(engine: Engine) -> None:
    """The rarer name has more rows in the later file, so that file asks the other way round."""
    first = take(engine, "first", [*days(last=20), *days("Sprng Sale", first=19, last=20)])
    later = take(engine, "later", [*days(first=21, last=21), *days("Sprng Sale", first=21, last=61)])
    (group,), (other,) = first.alike, later.alike
    assert group.main != other.main
    engine.link_campaigns(first.id, group.main, one=True, by="U0MEMBER")
    engine.link_campaigns(later.id, other.main, one=True, by="U0MEMBER")
    with engine._memory.reading() as reading:
        assert len(reading.links()) == 1
    engine.link_campaigns(later.id, other.main, one=False, by="U0MEMBER")
    with engine._memory.reading() as reading:
        assert reading.links() == {}
