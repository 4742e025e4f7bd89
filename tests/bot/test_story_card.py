"""The card in a channel: asked for, decided, refused, looked into."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot_team import APPROVER, GROWTH, GUEST, MEMBER, RANDOM, Team, both_ways, button, labels, shown


def ledger(team: Team, deed: str) -> list[str]:
    with team.engine._memory.reading() as reading:
        return [entry.actor for entry in reading.ledger() if entry.deed == deed]


@both_ways
def test_a_win_is_told_in_the_first_line_and_asks_for_one_decision(team: Team) -> None:
    card = team.card_of("spring-sale")
    texts = [
        block["text"]["text"] for block in card["blocks"] if block["type"] == "section" and "text" in block
    ]
    assert texts[0] == "*Beat the forecast.* CPA 31.00\u00a0EUR instead of 41.00 (−24\u00a0%, real)."
    assert labels(card) == ["Approve", "Reject…", "More", "⋯"]
    assert card["text"].startswith("spring-sale: Beat the forecast.")
    assert card["text"].endswith("1 decision waits.")
    assert card["broken"] == []


@both_ways
def test_approving_changes_the_card_in_place_and_asks_to_carry_it_out(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    changed = team.wait(lambda: team.find("Carry it out in Meta, then press Done."))
    assert changed["ts"] == card["ts"]
    assert labels(changed) == ["Done…", "Drop it…", "More"]
    assert f"Approved by <@{APPROVER}>" in shown(changed)
    team.click("Done…", changed)
    done = team.wait(lambda: team.find("✅ Done"))
    assert done["ts"] == card["ts"]
    assert labels(done) == ["More"]


def test_approve_asks_once_more_with_the_money_at_risk(team: Team) -> None:
    _, approve = button(team.card_of("spring-sale"), "Approve")
    confirm = approve["confirm"]
    assert confirm["title"]["text"] == "Raise the daily spend by 15\u00a0%?"
    assert "spent for nothing" in confirm["text"]["text"]
    assert confirm["confirm"]["text"] == "Raise by 15\u00a0%"
    assert approve["accessibility_label"].startswith("Approve: Raise the daily spend")


@both_ways
def test_a_guest_and_a_member_are_refused_told_privately_and_written_down(team: Team) -> None:
    card = team.card_of("spring-sale")
    for person in (GUEST, MEMBER):
        team.click("Approve", card, user=person)
        team.whisper(f"Only <@{APPROVER}> can decide this. Your click changed nothing.", user=person)
        team.click("Reject…", card, user=person)
    team.wait(lambda: len(ledger(team, "refused")) == 4)
    assert sorted(ledger(team, "refused")) == [GUEST, GUEST, MEMBER, MEMBER]
    assert team.find("spring-sale")["blocks"] == card["blocks"]
    assert team.state(GUEST)["views"] == []


@both_ways
def test_rejecting_takes_a_reason_and_is_shown_with_it(team: Team) -> None:
    card = team.card_of("new-parents")
    team.click("Reject…", card)
    view = team.view()
    assert view["title"]["text"] == "Reject"
    assert team.submit(view, {"reason": "data", "note": "The <!channel> export was *late*"}) == {
        "closed": True
    }
    changed = team.wait(lambda: team.find("✋ Rejected by"))
    assert changed["ts"] == card["ts"]
    assert "the data is wrong" in shown(changed)
    assert "&lt;!channel&gt;" in shown(changed)
    assert labels(changed) == ["Analyze again", "More"]


def test_four_people_clicking_at_once_decide_once_and_the_others_are_told(tmp_path: Path) -> None:
    team = Team(tmp_path, MARKO_APPROVERS=f"{APPROVER},{MEMBER}")
    try:
        card = team.card_of("spring-sale")
        with ThreadPoolExecutor(4) as hands:
            for person in (APPROVER, MEMBER, APPROVER, MEMBER):
                hands.submit(team.click, "Approve", card, user=person)
        team.wait(lambda: team.find("Approved by"))
        (who,) = ledger(team, "approved")
        other = MEMBER if who == APPROVER else APPROVER
        told = team.whisper("Your click changed nothing.", user=other)
        assert f"This was approved by <@{who}>" in shown(told)
        assert labels(told) == ["Open card"]
    finally:
        team.close()


def test_the_approvers_of_a_real_team_lock_nobody_out_of_the_sandbox(tmp_path: Path) -> None:
    team = Team(tmp_path, MARKO_APPROVERS=f"U0ELSEWHERE,{APPROVER}")
    try:
        assert team.engine.approvers == (APPROVER, "U0ELSEWHERE")
        team.click("Approve", team.card_of("spring-sale"))
        team.wait(lambda: team.find(f"Approved by <@{APPROVER}>"))
    finally:
        team.close()


def test_analysing_twice_posts_no_second_card(team: Team) -> None:
    team.card_of("spring-sale")
    before = team.engine.weights()
    team.command("/analyze Spring_Sale")
    told = team.whisper("Its card still stands.", user=APPROVER)
    assert labels(told) == ["Open card"]
    cards = [each for each in team.workspace.messages(GROWTH) if each["text"].startswith("spring-sale: Beat")]
    assert len(cards) == 1
    assert team.engine.weights() == before


def test_force_makes_a_new_card_and_voids_the_old_buttons(team: Team) -> None:
    old = team.card_of("spring-sale")
    team.command("/analyze spring-sale --force")
    voided = team.wait(lambda: team.find("Replaced by a newer card"))
    assert voided["ts"] == old["ts"]
    assert labels(voided) == ["Open new card", "More"]


def test_more_fills_the_thread_once(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.click("More", card)
    team.wait(lambda: team.find("How computed."))
    replies = [each for each in team.workspace.messages(GROWTH) if each["thread_ts"] == card["ts"]]
    kinds = [each["blocks"][0]["type"] for each in replies]
    assert [kind for kind in kinds if kind != "image"] == ["table", "section"]
    rows = replies[kinds.index("table")]["blocks"][0]["rows"]
    assert [cell["text"] for cell in rows[3]][:3] == ["CPA", "41.00", "31.00\u00a0EUR"]
    team.click("More", card, user=MEMBER)
    team.whisper("It is in the card's thread already.", user=MEMBER)


def test_every_kind_of_verdict_has_its_words_and_its_buttons(team: Team) -> None:
    plain = ["More", "⋯"]
    waits = ["Tell me then", *plain]
    decide = ["Approve", "Reject…", *plain]
    expected = {
        "new-parents": ("*Missed the forecast.* CPA 58.50", decide),
        "autumn-brand": ("*No real change.*", plain),
        "city-break": ("*Too early to say.* CPA 46.43", waits),
        "newsletter-leads": (
            "ROAS not defined: no revenue.",
            ["Approve", "Reject…", "Enter order value…", *plain],
        ),
        "pop-up-store": ("*No forecast.* Against its own", ["Approve", "Reject…", "Enter forecast…", *plain]),
        "night-owls": (
            "CPA not defined (0 conversions",
            waits,
        ),
    }
    for campaign, (words, buttons) in expected.items():
        card = team.card_of(campaign)
        assert words in shown(card), campaign
        assert labels(card) == buttons, campaign
        assert card["broken"] == []


@both_ways
def test_an_order_value_gives_an_estimate_and_a_wrong_one_is_told_at_its_input(team: Team) -> None:
    card = team.card_of("newsletter-leads")
    team.click("Enter order value…", card, user=MEMBER)
    view = team.view(MEMBER)
    wrong = team.submit(view, {"value": "much"}, user=MEMBER)
    assert wrong["errors"] == {"value": "This is not a number such as 1,234.50."}
    assert team.submit(view, {"value": "60"}, user=MEMBER) == {"closed": True}
    changed = team.wait(lambda: team.find("ROAS about 2.00 (estimate from your order value 60.00\u00a0EUR)."))
    assert changed["ts"] == card["ts"]


def test_an_entered_forecast_is_judged_and_voids_the_old_card(team: Team) -> None:
    card = team.card_of("pop-up-store")
    team.click("Enter forecast…", card)
    view = team.view()
    typed = {"impressions": "200000", "clicks": "300000", "conversions": "150", "spend": "6,000.00"}
    assert team.submit(view, typed)["errors"] == {"clicks": 'The rule is "≤ impressions (200000)".'}
    assert team.submit(view, {**typed, "clicks": "4,000"}) == {"closed": True}
    team.wait(lambda: team.find("*Beat the forecast.* CPA 29.01"))
    assert team.wait(lambda: team.find("Replaced by a newer card"))["ts"] == card["ts"]


@both_ways
def test_an_unknown_campaign_is_answered_with_the_nearest(team: Team) -> None:
    team.command("/analyze sprin sale 2")
    told = team.whisper("I know no campaign `sprin sale 2`. Nearest:", user=APPROVER)
    assert "spring-sale" in labels(told)
    team.click("spring-sale", told)
    team.wait(lambda: team.find("*Beat the forecast.*"))


def test_where_the_bot_is_no_member_it_says_how_to_invite_it(team: Team) -> None:
    team.command("/analyze spring-sale", channel=RANDOM)
    team.whisper("/invite @Marko", user=APPROVER, channel=RANDOM)
    team.workspace.join(RANDOM, "U0MARKO")
    team.command("/analyze spring-sale", channel=RANDOM)
    team.wait(lambda: team.find("*Beat the forecast.*", channel=RANDOM))


def test_tell_me_then_reminds_once_in_the_thread_when_the_day_has_come(team: Team) -> None:
    card = team.card_of("city-break")
    team.click("Tell me then", card, user=MEMBER)
    team.whisper("I come back to `city-break` in its thread on", user=MEMBER)
    team.click("Tell me then", card, user=MEMBER)
    team.whisper("I already come back to `city-break`", user=MEMBER)
    team.move(seconds=15 * 24 * 3600)
    reminder = team.wait(lambda: team.find("Time to look at `city-break` again."))
    assert reminder["thread_ts"] == card["ts"]
    assert f"<@{MEMBER}>" in shown(reminder)
    found = [each for each in team.workspace.messages(GROWTH) if "Time to look at" in shown(each)]
    assert len(found) == 1


def test_why_did_i_get_this_says_how_the_figures_came_in(team: Team) -> None:
    card = team.card_of("city-break", user=MEMBER)
    team.click("⋯", card, pick="Why did I get this?")
    told = shown(team.whisper("Its figures were handed in by whoever set me up", user=APPROVER))
    assert told.endswith("; somebody then asked for the card with `/analyze`.")


def test_help_is_for_the_asker_alone(team: Team) -> None:
    team.command("/analyze help", user=MEMBER)
    team.whisper("says what a campaign did against its forecast", user=MEMBER)
    team.command("/digest help", user=MEMBER)
    team.whisper("posts what the team learned", user=MEMBER)


@both_ways
def test_the_same_click_delivered_twice_decides_once(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.fault("deliver_twice")
    team.click("Approve", card)
    team.wait(lambda: team.find("Approved by"))
    assert ledger(team, "approved") == [APPROVER]


def test_a_lost_answer_posts_one_card(team: Team) -> None:
    team.fault("drop_response_after_post")
    team.card_of("spring-sale")
    team.wait(lambda: team.engine.views(next(iter(_waiting(team)))) or None)
    cards = [each for each in team.workspace.messages(GROWTH) if each["text"].startswith("spring-sale: Beat")]
    assert len(cards) == 1


def _waiting(team: Team) -> list[str]:
    with team.engine._memory.reading() as reading:
        return [
            each.id for each in reading.recommendations() if each.campaign_key == "meta/default/spring-sale"
        ]
