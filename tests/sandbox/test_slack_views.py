"""Modals on top of each other, updates, limits by error name, presses inside a view, the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.slack import check_view
from tests.cases import each
from tests.sandbox.slack_apps import SetClock, client_of
from tests.sandbox.view_bench import MANY, PLACE, TEXT, WINDOW, Bench, modal, new_bench, option, plain, put, refused, section

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


async def test_an_update_with_another_hash_is_a_conflict_and_changes_nothing(bench: Bench) -> None:
    view = await bench.opened(TEXT, external_id="one")
    client = client_of(bench.workspace)
    await client.views_update(view_id=view.id, hash=view.hash, view=modal(section("first"), external_id="one"))
    now = bench.workspace.modal("ann")
    assert now is not None
    assert now.hash != view.hash
    for wrong in (view.hash, ""):
        assert await refused(client.views_update(view_id=view.id, hash=wrong, view=modal(section("late")))) == "hash_conflict"
    await client.views_update(external_id="one", view=modal(section("without a hash"), external_id="one"))
    assert await refused(client.views_update(view_id="V0", view=modal(TEXT))) == "not_found"
    for names in ({"view_id": view.id, "external_id": "one"}, {}):
        call = client.api_call("views.update", json={"view": modal(TEXT), **names})
        assert await refused(call) == "invalid_arguments"
    await bench.workspace.close_view("ann", now)
    assert await refused(client.views_update(view_id=view.id, view=modal(TEXT))) == "not_found"


async def test_three_modals_stand_on_each_other_and_no_more(bench: Bench) -> None:
    bench.takes(bench.app.action("deeper"))
    deeper = {"type": "actions", "elements": [{"type": "button", "action_id": "deeper", "text": plain("Deeper")}]}
    view = await bench.opened(deeper)
    client, workspace = client_of(bench.workspace), bench.workspace
    for depth in (2, 3):
        click = await workspace.click("ann", workspace.modal("ann") or view, "deeper")
        pushed = await client.views_push(trigger_id=click.trigger_id, view=modal(deeper, private_metadata=f"{depth}"))
        assert (pushed["view"]["root_view_id"], pushed["view"]["id"] != view.id) == (view.id, True)
    click = await workspace.click("ann", workspace.modal("ann") or view, "deeper")
    assert await refused(client.views_push(trigger_id=click.trigger_id, view=modal(deeper))) == "push_limit_reached"
    top = await workspace.wait_for(lambda: workspace.modal("ann"))
    assert top.private_metadata == "3"
    await workspace.close_view("ann", top)
    below = await workspace.wait_for(lambda: workspace.modal("ann"))
    assert below.private_metadata == "2"
    await workspace.close_view("ann", below, whole_stack=True)
    assert workspace.modal("ann") is None


async def test_an_external_id_is_used_once(bench: Bench) -> None:
    await bench.opened(TEXT, external_id="mine")
    view = modal(TEXT, external_id="mine")
    trigger = bench.workspace._triggers.issue("U0SAM0001")
    assert await refused(client_of(bench.workspace).views_open(trigger_id=trigger, view=view)) == "duplicate_external_id"


@each(
    ("view", "error"),
    [
        (modal(TEXT, title=plain("x" * 25)), "invalid_arguments"),
        (modal(TEXT, submit=plain("x" * 25)), "invalid_arguments"),
        (modal(TEXT, close=plain("x" * 25)), "invalid_arguments"),
        ({"type": "modal", "title": plain("x"), "blocks": [TEXT]}, "invalid_arguments"),  # inputs, and nothing to submit them
        (modal(*[section("x")] * 101), "invalid_arguments"),
        (modal(TEXT, private_metadata="x" * 3001), "invalid_arguments"),
        (modal(TEXT, callback_id="x" * 256), "invalid_arguments"),
        (modal(TEXT, TEXT), "invalid_arguments"),  # a block_id twice
        (modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}), "invalid_arguments"),
        (modal({"type": "markdown", "text": "x"}), "invalid_arguments"),
        (modal({"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "x"}]}), "invalid_arguments"),
        (modal(put("x", {"type": "button", "text": plain("x")})), "invalid_arguments"),
        (modal(put("x", {"type": "datepicker", "initial_date": "21.11.2026"})), "invalid_arguments"),
        (modal(put("x", {"type": "timepicker", "initial_time": "25:00"})), "invalid_arguments"),
        (modal(put("x", {"type": "radio_buttons", "options": [option("a")] * 11})), "invalid_arguments"),
        (
            modal(put("x", {"type": "checkboxes", "options": [option("a")], "initial_options": [option("b")]})),
            "invalid_arguments",
        ),
        (modal({"type": "alert", "text": plain("x" * 201)}), "invalid_arguments"),
        ({"type": "home", "blocks": []}, "invalid_arguments"),
        (modal(*[section("字" * 3000)] * 40), "view_too_large"),
        ("nonsense", "invalid_arguments"),
    ],
)
async def test_a_view_beyond_the_limits_is_refused_and_the_trigger_stays_good(bench: Bench, view: Any, error: str) -> None:
    trigger = bench.workspace._triggers.issue("U0ANN0001")
    client = client_of(bench.workspace)
    assert await refused(client.api_call("views.open", json={"trigger_id": trigger, "view": view})) == error
    assert (await client.views_open(trigger_id=trigger, view=modal(TEXT)))["ok"]


def test_a_view_with_every_kind_of_input_is_taken() -> None:
    everything = modal(TEXT, WINDOW, PLACE, *MANY, section("x"), {"type": "alert", "text": plain("x"), "level": "warning"})
    assert check_view(everything) == []
    assert check_view({"type": "home", "blocks": [section("x"), {"type": "divider"}]}) == []


def test_what_is_wrong_with_a_view_is_pointed_at() -> None:
    (problem,) = check_view(modal(section("x"), title=plain("x" * 25)))
    assert str(problem) == "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"


@pytest.mark.parametrize("notify", [True, False])
async def test_closing_is_told_only_to_an_app_that_asked(bench: Bench, notify: bool) -> None:  # noqa: FBT001 - a parameter
    bench.takes(bench.app.view_closed("lookup"))
    view = await bench.opened(TEXT, notify_on_close=notify)
    interaction = await bench.workspace.close_view("ann", view)
    closed = [body for body in bench.bodies if body["type"] == "view_closed"]
    assert bench.workspace.modal("ann") is None
    assert (interaction is not None, len(closed)) == (notify, int(notify))
    if closed:
        assert (closed[0]["view"]["id"], closed[0]["is_cleared"], "trigger_id" in closed[0]) == (view.id, False, False)


async def test_a_press_inside_a_modal_brings_the_view_and_what_was_entered(bench: Bench) -> None:
    bench.takes(bench.app.action("window"))
    bench.takes(bench.app.action("target"))
    select = {"type": "static_select", "action_id": "window", "options": [option("2h"), option("24h")]}
    dispatching = {**TEXT, "dispatch_action": True}
    view = await bench.opened(dispatching, {"type": "actions", "block_id": "pick", "elements": [select]}, MANY[0])
    await bench.workspace.click("ann", view, "window", "24h", values={"target": "137"})
    await bench.workspace.click("ann", view, "target", "+8613711112222")
    first, second = bench.bodies[1:]
    assert (first["type"], first["container"]) == ("block_actions", {"type": "view", "view_id": view.id})
    assert not {"message", "channel", "response_url"} & first.keys()
    assert first["actions"][0]["selected_option"]["value"] == "24h"
    assert first["view"]["hash"] == view.hash
    assert first["view"]["state"]["values"]["target"]["target"]["value"] == "137"
    assert first["view"]["state"]["values"]["pick"]["window"]["selected_option"]["value"] == "24h"
    assert second["actions"][0]["value"] == "+8613711112222"
    with pytest.raises(LookupError):
        await bench.workspace.click("ann", view, "only", ["failed"])  # tells nothing before it is submitted


async def test_the_home_tab_is_published_when_it_is_opened(bench: Bench) -> None:
    home = {
        "type": "home",
        "blocks": [
            section("Providers"),
            {"type": "actions", "elements": [{"type": "button", "action_id": "again", "text": plain("Again")}]},
        ],
    }

    async def publish(event: Json, client: AsyncWebClient) -> None:
        bench.bodies.append(event)
        await client.views_publish(user_id=event["user"], view=home)

    bench.app.event("app_home_opened")(publish)
    bench.takes(bench.app.action("again"))
    await bench.start()
    workspace = bench.workspace
    await workspace.open_home("ann")
    view = await workspace.wait_for(lambda: workspace.home("ann"))
    assert (bench.bodies[0]["tab"], bench.bodies[0]["channel"]) == ("home", workspace.dm("ann").id)
    assert "view" not in bench.bodies[0]
    assert workspace.home("li") is None
    await workspace.click("ann", view, "again")
    assert bench.bodies[-1]["view"]["type"] == "home"
    await workspace.open_home("ann")
    await workspace.open_home("ann", "messages")
    await workspace.settled()
    again = [body for body in bench.bodies if body.get("type") == "app_home_opened"]
    assert [(one["tab"], "view" in one) for one in again] == [("home", False), ("home", True), ("messages", False)]

    client = client_of(workspace)
    now = await workspace.wait_for(lambda: workspace.home("ann"))
    assert now.id == view.id
    assert await refused(client.views_publish(user_id="U0ANN0001", view=home, hash=view.hash + "0")) == "hash_conflict"
    assert await refused(client.views_publish(user_id="U0NOBODY0", view=home)) == "invalid_arguments"
    assert await refused(client.views_publish(user_id="U0ANN0001", view=modal(TEXT))) == "invalid_arguments"


async def test_an_app_without_a_home_tab_publishes_nothing(clock: SetClock) -> None:
    async with new_bench(clock, home=False) as bench:
        client = client_of(bench.workspace)
        assert await refused(client.views_publish(user_id="U0ANN0001", view={"type": "home", "blocks": []})) == "not_enabled"
        with pytest.raises(LookupError):
            await bench.workspace.open_home("ann")
