"""The torture of the ledger, of what comes in and of what is told, in its short form."""

from pathlib import Path

from torture import genuine, inert, leaks, strict, tampering
from torture.test_torture_short import assert_kept


def test_what_slack_did_not_sign_is_refused_and_what_it_sent_before_has_no_effect() -> None:
    assert_kept(genuine.run(1))


def test_hostile_text_acts_in_no_drawing() -> None:
    assert_kept(inert.run(2))


def test_what_no_campaign_can_have_is_refused_by_its_field_at_every_door() -> None:
    assert_kept(strict.run(10))


def test_planted_secrets_and_addresses_reach_no_log_error_prompt_or_ledger() -> None:
    assert_kept(leaks.run(1))


def test_every_kind_of_tampering_shows() -> None:
    assert_kept(tampering.run(2 * len(tampering.ATTACKS)))


def test_a_ledger_that_was_left_alone_is_whole(tmp_path: Path) -> None:
    tampering.made(tmp_path)
    assert tampering.found(tmp_path / "marko.db") == []
    assert tampering.goes_on(tmp_path / "marko.db")
    assert tampering.found(tmp_path / "marko.db") == []
