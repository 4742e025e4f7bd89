"""Modals: opened, submitted, refused, changed, stacked."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(title: str = "Reject", **more: Any) -> Json:
    note = {"type": "plain_text_input", "action_id": "note", "max_length": 500}
    block = {"type": "input", "block_id": "why", "label": plain("Note"), "element": note}
    return {
        "type": "modal",
        "callback_id": "reject",
        "title": plain(title),
        "submit": plain("Reject"),
        "blocks": [block],
        **more,
    }


def message(title: str) -> Json:
    section = {"type": "section", "text": plain("One moment…")}
    return {"type": "modal", "title": plain(title), "blocks": [section]}


def written(text: str) -> Json:
    return {"why": {"note": {"type": "plain_text_input", "value": text}}}


def opened(server, bot, person, view: Json) -> Json:
    """Open a view for somebody as a command would, and return it as the page has it."""
    trigger = server._parts.passes.trigger(person.user)
    return dict(bot.client.views_open(trigger_id=trigger, view=view)["view"])


def test_a_command_opens_a_modal_and_its_words_arrive(server, bot, approver) -> None:
    seen: list[Json] = []

    @bot.app.command("/analyze")
    def analyze(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata="42"))

    @bot.app.view("reject")
    def reject(ack, view, body):
        seen.append(body)
        ack()

    bot.connect()
    approver.command("/analyze")
    server.workspace.wait_for(lambda: server.views.stack("U0APPROVER"))
    view = approver.state()["views"][0]
    assert view["title"]["text"] == "Reject"
    answer = approver.post("view/submit", view_id=view["id"], values=written("too dear"))
    assert (answer.status_code, answer.json()) == (200, {"closed": True})
    assert approver.state()["views"] == []
    sent = seen[0]["view"]
    assert sent["state"]["values"]["why"]["note"] == {"type": "plain_text_input", "value": "too dear"}
    assert (sent["private_metadata"], sent["callback_id"], sent["id"]) == ("42", "reject", view["id"])


def test_errors_stand_at_their_inputs_and_the_modal_stays(server, bot, approver) -> None:
    bot.app.view("reject")(lambda ack: ack(response_action="errors", errors={"why": "Say more."}))
    bot.connect()
    view = opened(server, bot, approver, modal())
    answer = approver.post("view/submit", view_id=view["id"], values=written("no"))
    assert answer.json() == {"errors": {"why": "Say more."}}
    assert approver.state()["views"][0]["errors"] == {"why": "Say more."}


def test_an_error_for_no_input_is_refused_visibly(server, bot, approver) -> None:
    bot.app.view("reject")(lambda ack: ack(response_action="errors", errors={"note": "Say more."}))
    bot.connect()
    view = opened(server, bot, approver, modal())
    answer = approver.post("view/submit", view_id=view["id"], values=written("no"))
    assert answer.status_code == 502
    assert "errors for note, but the inputs are why" in answer.json()["error"]
    assert approver.notices() == [answer.json()["error"]]


@pytest.mark.parametrize(("text", "said"), [("", "required"), ("x" * 501, "500 characters")])
def test_slacks_own_window_checks_the_form_before_it_is_sent(
    server, bot, approver, text: str, said: str
) -> None:
    view = opened(server, bot, approver, modal())
    answer = approver.post("view/submit", view_id=view["id"], values=written(text))
    assert said in answer.json()["errors"]["why"]


def test_a_submission_may_update_push_and_clear(server, bot, approver) -> None:
    answers = [
        {"response_action": "update", "view": modal("Second")},
        {"response_action": "push", "view": modal("Third")},
        {"response_action": "clear"},
    ]
    bot.app.view("reject")(lambda ack: ack(**answers.pop(0)))
    bot.connect()
    first = opened(server, bot, approver, modal("First"))
    second = approver.post("view/submit", view_id=first["id"], values=written("a")).json()["view"]
    assert (second["id"], second["title"]["text"]) == (first["id"], "Second")
    third = approver.post("view/submit", view_id=second["id"], values=written("b")).json()["view"]
    assert (third["previous_view_id"], third["root_view_id"]) == (first["id"], first["id"])
    answer = approver.post("view/submit", view_id=third["id"], values=written("c")).json()
    assert (answer, approver.state()["views"]) == ({"closed": True}, [])


def test_a_bad_view_in_an_answer_is_refused_visibly(server, bot, approver) -> None:
    bad = modal("A title that is far too long")
    bot.app.view("reject")(lambda ack: ack(response_action="update", view=bad))
    bot.connect()
    view = opened(server, bot, approver, modal())
    answer = approver.post("view/submit", view_id=view["id"], values=written("a"))
    assert answer.status_code == 502
    assert "A modal's title must have 1 to 24 characters" in answer.json()["error"]
    assert approver.state()["views"][0]["title"]["text"] == "Reject"


def test_a_submission_that_nobody_acks_times_out(start, bots, people) -> None:
    server = start(ack_seconds=0.1)
    bot, approver = bots(server), people(server, "U0APPROVER")
    bot.connect()
    view = opened(server, bot, approver, modal())
    answer = approver.post("view/submit", view_id=view["id"], values=written("a"))
    assert (answer.status_code, answer.json()) == (
        504,
        {"error": "“Reject” was not answered within 0.1 s (operation_timeout)"},
    )
    assert len(approver.state()["views"]) == 1


def test_a_trigger_opens_once(server, bot, approver) -> None:
    trigger = server._parts.passes.trigger("U0APPROVER")
    bot.client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        bot.client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        bot.client.views_open(trigger_id="made.up", view=modal())


def test_a_refused_view_does_not_use_up_its_trigger(server, bot) -> None:
    trigger = server._parts.passes.trigger("U0APPROVER")
    with pytest.raises(SlackApiError, match="invalid_arguments") as refused:
        bot.client.views_open(trigger_id=trigger, view=modal(submit=None))
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] A modal with an input needs a submit. [json-pointer:/view/submit]"
    ]
    bot.client.views_open(trigger_id=trigger, view=modal())


def test_an_update_needs_the_newest_hash_and_keeps_what_was_typed(server, bot, approver) -> None:
    bot.app.view("reject")(lambda ack: ack(response_action="errors", errors={"why": "Say more."}))
    bot.connect()
    view = opened(server, bot, approver, modal())
    approver.post("view/submit", view_id=view["id"], values=written("too dear"))
    newer = bot.client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Newer"))["view"]
    assert newer["state"]["values"]["why"]["note"]["value"] == "too dear"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        bot.client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    with pytest.raises(SlackApiError, match="not_found"):
        bot.client.views_update(view_id="V0GONE", view=modal())


def test_a_fourth_view_does_not_fit(server, bot, approver) -> None:
    view = opened(server, bot, approver, message("One"))
    for title in ("Two", "Three"):
        trigger = server._parts.passes.trigger("U0APPROVER", view["id"])
        bot.client.views_push(trigger_id=trigger, view=message(title))
    trigger = server._parts.passes.trigger("U0APPROVER", view["id"])
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        bot.client.views_push(trigger_id=trigger, view=message("Four"))
    assert [one["title"]["text"] for one in approver.state()["views"]] == ["One", "Two", "Three"]


def test_closing_tells_the_bot_when_it_asked_for_it(server, bot, approver) -> None:
    closed: list[Json] = []

    @bot.app.view_closed("reject")
    def gone(ack, body, client):
        ack()
        closed.append(body)
        client.chat_postMessage(channel="C0GROWTH", text="closed")

    bot.connect()
    quiet = opened(server, bot, approver, modal())
    assert approver.post("view/close", view_id=quiet["id"]).status_code == 202
    loud = opened(server, bot, approver, modal(notify_on_close=True))
    approver.post("view/close", view_id=loud["id"])
    server.workspace.wait_for(lambda: server.workspace.messages("C0GROWTH"))
    assert [one["view"]["id"] for one in closed] == [loud["id"]]
    assert closed[0]["is_cleared"] is False


def test_a_press_in_a_modal_carries_the_view_and_what_was_typed(server, bot, approver) -> None:
    seen: list[Json] = []

    @bot.app.action("preview")
    def preview(ack, body, client):
        ack()
        seen.append(body)
        client.views_push(trigger_id=body["trigger_id"], view=message("Preview"))

    bot.connect()
    button = {"type": "button", "action_id": "preview", "text": plain("Preview")}
    blocks = [*modal()["blocks"], {"type": "actions", "block_id": "tools", "elements": [button]}]
    view = opened(server, bot, approver, modal(blocks=blocks))
    approver.post(
        "action",
        view_id=view["id"],
        block_id="tools",
        action_id="preview",
        action={"type": "button"},
        state={"values": written("half")},
    )
    server.workspace.wait_for(lambda: len(server.views.stack("U0APPROVER")) == 2)
    assert seen[0]["view"]["state"]["values"]["why"]["note"]["value"] == "half"
    assert seen[0]["container"] == {"type": "view", "view_id": view["id"]}
    assert "response_url" not in seen[0]


def test_a_select_asks_the_bot_for_its_options(server, bot, approver) -> None:
    choices = [{"text": plain("spring-sale"), "value": "spring-sale"}]
    bot.app.options("campaign")(lambda ack, payload: ack(options=choices if payload["value"] == "sp" else []))
    bot.app.options("broken")(lambda ack: ack(options=[{"text": plain("x" * 76), "value": "x"}]))
    bot.connect()
    selects = [{"type": "external_select", "action_id": name} for name in ("campaign", "broken")]
    blocks = [{"type": "actions", "block_id": "which", "elements": selects}]
    view = opened(server, bot, approver, {**message("Analyze"), "blocks": blocks})
    asked = {"view_id": view["id"], "block_id": "which", "value": "sp"}
    assert approver.post("options", action_id="campaign", **asked).json() == {"options": choices}
    refused = approver.post("options", action_id="broken", **asked)
    assert refused.status_code == 502
    assert "An option's text must have 1 to 75 characters" in refused.json()["error"]


def test_nobody_acts_in_somebody_elses_modal(server, bot, approver, member) -> None:
    view = opened(server, bot, approver, modal())
    answer = member.post("view/submit", view_id=view["id"], values=written("a"))
    assert answer.status_code == 404
    assert member.state()["views"] == []


def test_an_update_keeps_even_what_nobody_touched_where_the_ids_stay(server, bot, approver) -> None:
    def form(block_id: str, value: str) -> Json:
        note = {"type": "plain_text_input", "action_id": "note", "initial_value": value}
        return modal(
            blocks=[{"type": "input", "block_id": block_id, "label": plain("Note"), "element": note}]
        )

    view = opened(server, bot, approver, form("untouched", "old"))
    same = bot.client.views_update(view_id=view["id"], view=form("untouched", "new"))["view"]
    assert same["state"]["values"]["untouched"]["note"]["value"] == "old"
    other = bot.client.views_update(view_id=view["id"], view=form("other", "new"))["view"]
    assert other["state"]["values"] == {"other": {"note": {"type": "plain_text_input", "value": "new"}}}


def test_an_update_drops_a_choice_that_is_offered_no_more(server, bot, approver) -> None:
    def form(*values: str) -> Json:
        choices = [{"text": plain(value), "value": value} for value in values]
        radio = {"type": "radio_buttons", "action_id": "how", "options": choices}
        return modal(blocks=[{"type": "input", "block_id": "how", "label": plain("How"), "element": radio}])

    view = opened(server, bot, approver, form("pick", "enter"))
    chosen = {"how": {"how": {"type": "radio_buttons", "selected_option": {"value": "enter"}}}}
    approver.post("action", view_id=view["id"], block_id="how", action_id="how", action=chosen["how"]["how"])
    kept = bot.client.views_update(view_id=view["id"], view=form("enter", "paste"))["view"]
    assert kept["state"]["values"]["how"]["how"]["selected_option"] == {"value": "enter"}
    gone = bot.client.views_update(view_id=view["id"], view=form("pick", "paste"))["view"]
    assert gone["state"]["values"]["how"]["how"]["selected_option"] is None


def test_an_input_for_several_people_starts_empty_and_is_required(server, bot, approver) -> None:
    several = {"type": "multi_users_select", "action_id": "who"}
    block = {"type": "input", "block_id": "who", "label": plain("Who"), "element": several}
    bot.app.view("reject")(lambda ack: ack())
    bot.connect()
    view = opened(server, bot, approver, modal(blocks=[block]))
    assert view["state"]["values"]["who"]["who"]["selected_users"] == []
    assert "required" in approver.post("view/submit", view_id=view["id"], values={}).json()["errors"]["who"]
    values = {"who": {"who": {"type": "multi_users_select", "selected_users": ["U0MEMBER", "U0GUEST"]}}}
    assert approver.post("view/submit", view_id=view["id"], values=values).json() == {"closed": True}
