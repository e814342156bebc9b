"""Shortcuts of a message and global ones, and the trigger ids that open modals, through a real Bolt app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack_apps import MODES, SetClock, client_of
from tests.sandbox.view_bench import TEXT, WINDOW, Bench, filled, modal, plain, refused, section

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


@pytest.mark.parametrize("mode", MODES)
async def test_a_message_shortcut_brings_the_message_of_a_thread_and_opens_a_modal(bench: Bench, mode: str) -> None:
    async def show(client: AsyncWebClient, body: Json) -> None:
        opened = await client.views_open(trigger_id=body["trigger_id"], view=modal(section("Looking …")))
        await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=modal(TEXT, WINDOW))

    bench.takes(bench.app.shortcut("check_message"), then=show)
    await bench.start(mode)
    workspace = bench.workspace
    root = await workspace.say("sam", "war-room" if mode == "http" else "incidents", "help")
    reply = await workspace.say("li", root.channel, "customer +86 137-1111-2222", thread_ts=root.ts, auto_link=True)
    interaction = await workspace.message_shortcut("ann", reply, "check_message")
    view = await workspace.wait_for(lambda: filled(workspace.modal("ann")))

    (body,) = bench.bodies
    assert (body["type"], body["callback_id"]) == ("message_action", "check_message")
    assert (body["message"]["ts"], body["message"]["thread_ts"], body["message_ts"]) == (reply.ts, root.ts, reply.ts)
    assert body["message"]["blocks"][0]["type"] == "rich_text"
    assert body["channel"]["id"] == root.channel
    assert body["channel"]["name"] == ("privategroup" if mode == "http" else "incidents")
    assert (body["response_url"], body["trigger_id"]) == (interaction.response_url, interaction.trigger_id)
    assert view.title == "Check SMS status"
    assert workspace.modal("li") is None


async def test_a_message_shortcut_is_not_offered_on_an_ephemeral_message_nor_to_partners(bench: Bench) -> None:
    await bench.start()
    workspace = bench.workspace
    await client_of(workspace).chat_postEphemeral(channel="incidents", user="U0ANN0001", text="psst")
    (ghost,) = workspace.channel("incidents").messages
    shared = await workspace.say("ann", "partners", "+8613711112222")
    for user, message, name in [("ann", ghost, "check_message"), ("omar", shared, "check_message"), ("ann", shared, "other")]:
        with pytest.raises(LookupError):
            await workspace.message_shortcut(user, message, name)
    with pytest.raises(LookupError):
        await workspace.global_shortcut("omar", "check_anything")


async def test_the_response_url_of_a_shortcut_never_replaces_the_persons_message(bench: Bench) -> None:
    bench.takes(bench.app.shortcut("check_message"))
    await bench.start()
    message = await bench.workspace.say("sam", "incidents", "+8613711112222")
    interaction = await bench.workspace.message_shortcut("ann", message, "check_message")
    await AsyncWebhookClient(interaction.response_url).send(text="found", replace_original=True)
    assert [each.text for each in bench.workspace.channel("incidents").messages] == ["+8613711112222", "found"]


async def test_a_global_shortcut_happens_nowhere(bench: Bench) -> None:
    bench.takes(bench.app.shortcut("check_anything"))
    await bench.start()
    interaction = await bench.workspace.global_shortcut("ann", "check_anything", viewing="incidents")
    (body,) = bench.bodies
    assert body["type"] == "shortcut"
    assert not {"channel", "response_url", "message"} & body.keys()
    assert (interaction.channel, interaction.response_url) == ("", "")


async def test_a_trigger_lives_three_seconds_and_opens_once(bench: Bench, clock: SetClock) -> None:
    bench.takes(bench.app.shortcut("check_anything"))
    await bench.start()
    client, view = client_of(bench.workspace), modal(TEXT)
    first = (await bench.workspace.global_shortcut("ann", "check_anything")).trigger_id
    assert (await client.views_open(trigger_id=first, view=view))["ok"]
    assert await refused(client.views_open(trigger_id=first, view=view)) == "exchanged_trigger_id"
    second = (await bench.workspace.global_shortcut("ann", "check_anything")).trigger_id
    clock.move(seconds=3.1)
    assert await refused(client.views_open(trigger_id=second, view=view)) == "expired_trigger_id"
    for odd in ("", "no trigger", "1.2.abcdef", None):
        assert await refused(client.api_call("views.open", json={"trigger_id": odd, "view": view})) == "invalid_trigger_id"


async def test_a_slash_command_and_a_click_can_open_a_modal_too(bench: Bench) -> None:
    bench.takes(bench.app.command("/smsstatus"))
    bench.takes(bench.app.action("go"))
    await bench.start()
    client = client_of(bench.workspace)
    command = await bench.workspace.slash("ann", "incidents", "/smsstatus")
    await client.views_open(trigger_id=command.trigger_id, view=modal(TEXT))
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain("Go")}]}
    await client.chat_postMessage(channel="incidents", text="x", blocks=[button])
    (message,) = bench.workspace.channel("incidents").messages
    click = await bench.workspace.click("li", message, "go")
    await client.views_open(trigger_id=click.trigger_id, view=modal(TEXT))
    assert bench.workspace.modal("ann") is not None
    assert bench.workspace.modal("li") is not None
