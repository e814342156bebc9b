"""Submitting a modal: what is sent, what the person's client keeps back, and what the app may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack_apps import MODES, SetClock
from tests.sandbox.view_bench import MANY, PLACE, TEXT, WINDOW, Bench, modal, new_bench, plain

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


@pytest.mark.parametrize("mode", MODES)
async def test_a_submission_carries_what_was_entered_and_closes_the_modal(clock: SetClock, mode: str) -> None:
    async with new_bench(clock) as bench:

        async def show(client: AsyncWebClient, body: Json) -> None:
            view = modal(TEXT, WINDOW, *MANY, private_metadata="d1")
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        bench.takes(bench.app.shortcut("check_anything"), then=show)
        bench.takes(bench.app.view("lookup"))
        await bench.start(mode)
        await bench.workspace.global_shortcut("ann", "check_anything")
        view = await bench.workspace.wait_for(lambda: bench.workspace.modal("ann"))
        entered = {"target": "+8613711112222", "only": ["failed"], ("via", "via"): "aliyun", "hour": "09:30"}
        done = await bench.workspace.submit("ann", view, entered)
    body = bench.bodies[-1]
    values = body["view"]["state"]["values"]
    assert (done.error, done.errors) == (None, {})
    assert body["type"] == "view_submission"
    assert (body["view"]["private_metadata"], body["view"]["hash"], body["view"]["id"]) == ("d1", view.hash, view.id)
    assert values["target"]["target"] == {"type": "plain_text_input", "value": "+8613711112222"}
    assert values["window"]["window"]["selected_option"]["value"] == "2h"
    assert [one["value"] for one in values["only"]["only"]["selected_options"]] == ["failed"]
    assert values["via"]["via"]["selected_option"]["value"] == "aliyun"
    assert (values["day"]["day"]["selected_date"], values["hour"]["hour"]["selected_time"]) == ("2026-11-21", "09:30")
    assert bench.workspace.modal("ann") is None


async def test_the_client_keeps_an_incomplete_submission_back(bench: Bench) -> None:
    bench.takes(bench.app.view("lookup"))
    view = await bench.opened(TEXT, WINDOW)
    empty = await bench.workspace.submit("ann", view)
    assert (empty.error, empty.errors) == ("incomplete", {"target": "Please complete this required field."})
    long = await bench.workspace.submit("ann", view, {"target": "1" * 41})
    assert long.errors == {"target": "Please enter at most 40 characters."}
    assert [body["type"] for body in bench.bodies] == ["shortcut"]
    for wrong in ({"nothing": "x"}, {"target": "x", "window": "30d"}):
        with pytest.raises(LookupError):
            await bench.workspace.submit("ann", view, wrong)
    with pytest.raises(LookupError):
        await bench.workspace.submit("li", view, {"target": "x"})


async def test_errors_are_shown_under_the_inputs_and_the_modal_stays(bench: Bench) -> None:
    bench.takes(bench.app.view("lookup"), ack={"response_action": "errors", "errors": {"target": "This is no number."}})
    view = await bench.opened(TEXT)
    done = await bench.workspace.submit("ann", view, {"target": "x"})
    assert (done.error, done.errors) == ("errors", {"target": "This is no number."})
    assert bench.workspace.modal("ann") == view


@pytest.mark.parametrize(
    "ack",
    [
        {"response_action": "errors", "errors": {"elsewhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        {"response_action": "push", "view": {"type": "home", "blocks": []}},
    ],
)
async def test_an_answer_that_slack_cannot_use_is_trouble_to_the_person(bench: Bench, ack: Json) -> None:
    bench.takes(bench.app.view("lookup"), ack=ack)
    view = await bench.opened(TEXT)
    done = await bench.workspace.submit("ann", view, {"target": "x"})
    assert done.error
    assert done.errors == {}
    assert bench.workspace.modal("ann") == view


async def test_a_submission_can_update_push_and_clear(bench: Bench) -> None:
    view = await bench.opened(TEXT, callback_id="first")
    workspace = bench.workspace
    bench.takes(bench.app.view("first"), ack={"response_action": "update", "view": modal(TEXT, callback_id="second")})
    bench.takes(bench.app.view("second"), ack={"response_action": "push", "view": modal(TEXT, callback_id="third")})
    bench.takes(bench.app.view("third"), ack={"response_action": "clear"})
    await workspace.submit("ann", view, {"target": "x"})
    second = await workspace.wait_for(lambda: workspace.modal("ann"))
    assert (second.id, second.callback_id) == (view.id, "second")
    await workspace.submit("ann", second, {"target": "x"})
    third = await workspace.wait_for(lambda: workspace.modal("ann"))
    assert (third.previous_id, third.callback_id) == (view.id, "third")
    await workspace.submit("ann", third, {"target": "x"})
    assert workspace.modal("ann") is None


async def test_a_submission_that_nobody_takes_leaves_the_modal_open(bench: Bench) -> None:
    view = await bench.opened(TEXT)
    done = await bench.workspace.submit("ann", view, {"target": "x"})
    assert done.error == "http_service_error"
    assert bench.workspace.modal("ann") == view


async def test_the_chosen_conversation_can_be_answered_by_its_own_url(bench: Bench) -> None:
    async def answer(client: AsyncWebClient, body: Json) -> None:
        (url,) = body["response_urls"]
        assert (url["block_id"], url["action_id"], url["channel_id"]) == ("place", "place", "C0WARROOM0")
        await AsyncWebhookClient(url["response_url"]).send(text="found", response_type="in_channel")

    bench.takes(bench.app.view("lookup"), then=answer)
    view = await bench.opened(PLACE, viewing="war-room")
    await bench.workspace.submit("ann", view)
    (said,) = await bench.workspace.wait_for(lambda: bench.workspace.channel("war-room").messages)
    assert (said.text, said.ephemeral_to) == ("found", None)


async def test_a_select_begins_with_what_the_person_looks_at_and_can_be_changed(bench: Bench) -> None:
    bench.takes(bench.app.view("lookup"))
    view = await bench.opened(PLACE, viewing="incidents")
    await bench.workspace.submit("ann", view, {"place": "C0SECURITY"})
    body = bench.bodies[-1]
    assert body["view"]["state"]["values"]["place"]["place"]["selected_conversation"] == "C0SECURITY"
    assert [url["channel_id"] for url in body["response_urls"]] == ["C0SECURITY"]


async def test_no_url_is_given_for_a_conversation_that_the_person_is_not_in(bench: Bench) -> None:
    bench.takes(bench.app.view("lookup"))
    view = await bench.opened(PLACE, user="sam", viewing="incidents")
    done = await bench.workspace.submit("sam", view, {"place": "C0WARROOM0"})
    assert done.response_urls == ()
