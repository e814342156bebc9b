"""Files, uploaded by slack_sdk's own three steps; and steps of workflows, completed by Bolt's own helpers."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackWorkspace
from tests.cases import each
from tests.sandbox.slack_apps import FULL, MODES, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.context.complete.async_complete import AsyncComplete
    from slack_bolt.context.fail.async_fail import AsyncFail
    from slack_sdk.web.async_client import AsyncWebClient

CSV = "status,code\ndelivered,0\n"


@pytest.fixture
async def workspace() -> AsyncIterator[SlackWorkspace]:
    async with SlackWorkspace(bot=FULL, retry_waits=()) as workspace:
        yield workspace


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    return str(caught.value.response["error"])


async def test_a_file_is_uploaded_into_a_thread_and_can_be_fetched(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    root = await workspace.say("ann", "incidents", "@smsstatus export")
    answer = await client.files_upload_v2(
        channel="C0INCIDENT", thread_ts=root.ts, filename="report.csv", title="Report", content=CSV, initial_comment="2 rows"
    )
    (message,) = workspace.channel("incidents").replies(root.ts)
    (file,) = message.files
    assert (message.text, message.user) == ("2 rows", "U0SMSBOT1")
    assert (file.name, file.title, file.content, file.mimetype) == ("report.csv", "Report", CSV.encode(), "text/csv")
    assert answer["files"][0]["id"] == file.id
    assert "ts" not in answer["files"][0]
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{workspace.url}files/{file.id}/download?user=ann") as response:
            assert (response.status, await response.text()) == (200, CSV)
            assert "attachment" in response.headers["Content-Disposition"]
        async with session.get(f"{workspace.url}files/{file.id}/download?user=omar") as response:
            assert response.status == 404


async def test_a_shared_file_comes_back_in_a_direct_messages_event(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel="D0ANNBOT01", filename="report.csv", content=CSV)
    (one,) = workspace.events.sent
    assert (one.event["subtype"], one.event["bot_id"]) == ("file_share", "B0SMSBOT1")
    assert one.event["files"][0]["size"] == len(CSV)


@each(
    ("channel", "error"),
    [
        ("C0GENERAL0", "not_in_channel"),
        ("C0WARROOM0", "channel_not_found"),
        ("X", "channel_not_found"),
        ("U0ANN0001", "channel_not_found"),
    ],
)
async def test_a_file_is_shared_only_where_the_bot_may_post(client: AsyncWebClient, channel: str, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.files_upload_v2(channel=channel, filename="report.csv", content=CSV)
    assert caught.value.response["error"] == error


async def test_a_file_that_did_not_arrive_whole_is_no_file(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    first = await client.files_getUploadURLExternal(filename="a.csv", length=4)
    wanted = [{"id": first["file_id"]}]
    assert await refused(client, "files.completeUploadExternal", files=wanted, channel_id="C0INCIDENT") == "file_not_found"
    async with aiohttp.ClientSession() as session:
        async with session.post(first["upload_url"], data=b"123") as response:
            assert response.status == 400
        async with session.post(f"{workspace.url}upload/unknown", data=b"123") as response:
            assert response.status == 404
    assert workspace.channel("incidents").messages == ()
    for name, length, error in [
        ("", 4, "invalid_arguments"),
        ("a", 0, "invalid_arguments"),
        ("a", 10**9, "file_upload_size_restricted"),
    ]:
        assert await refused(client, "files.getUploadURLExternal", filename=name, length=length) == error
    assert await refused(client, "files.completeUploadExternal", files=[]) == "invalid_arguments"


async def test_uploading_needs_its_scope() -> None:
    async with SlackWorkspace(bot=replace(FULL, scopes=FULL.scopes - {"files:write"})) as workspace:
        assert await refused(client_of(workspace), "files.getUploadURLExternal", filename="a", length=1) == "missing_scope"


# ---- Steps of workflows


def step_app(workspace: SlackWorkspace, *, fails: bool = False) -> AsyncApp:
    app = new_app(workspace)

    @app.function("look_up")
    async def look_up(inputs: dict[str, Any], complete: AsyncComplete, fail: AsyncFail) -> None:
        if fails:
            await fail(f"{inputs['target']} is no number")
        else:
            await complete({"verdict": f"{inputs['target']} delivered", "count": 1})

    return app


@each("mode", MODES)
async def test_a_step_is_completed_with_its_own_token(mode: str) -> None:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(SlackWorkspace(bot=FULL))
        await stack.enter_async_context(running(step_app(workspace), workspace, mode))
        run = await workspace.run_step("look_up", {"target": "+8613711112222"}, "ann")
        await workspace.wait_for(lambda: run.state != "running")
        assert (run.state, run.outputs) == ("completed", {"verdict": "+8613711112222 delivered", "count": 1})
        event = run.delivery.event
        assert (event["function"]["callback_id"], event["inputs"]) == ("look_up", {"target": "+8613711112222"})
        assert (event["function_execution_id"], event["bot_access_token"]) == (run.execution_id, run.token)
        late = client_of(workspace, run.token)
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await late.functions_completeSuccess(function_execution_id=run.execution_id, outputs={"verdict": "x"})
        bot = client_of(workspace)
        assert await refused(bot, "functions.completeError", function_execution_id=run.execution_id, error="x") == (
            "execution_not_in_running_state"
        )


async def test_a_step_can_fail_with_its_reason() -> None:
    async with SlackWorkspace(bot=FULL) as workspace, running(step_app(workspace, fails=True), workspace, "http"):
        run = await workspace.run_step("look_up", {"target": "x"}, "ann")
        await workspace.wait_for(lambda: run.error)
    assert (run.state, run.error) == ("failed", "x is no number")


@each("outputs", [{}, {"verdict": 5}, {"verdict": "x", "other": "y"}, {"verdict": "x", "count": "1"}])
async def test_outputs_must_be_as_the_manifest_says(
    workspace: SlackWorkspace, client: AsyncWebClient, outputs: dict[str, Any]
) -> None:
    run = await workspace.run_step("look_up", {"target": "x"}, "ann")
    arguments = {"function_execution_id": run.execution_id, "outputs": outputs}
    assert await refused(client, "functions.completeSuccess", **arguments) == "parameter_validation_failed"
    assert run.state == "running"


async def test_an_unknown_step_or_run_is_refused(workspace: SlackWorkspace, client: AsyncWebClient) -> None:
    for name, inputs in [("other", {"target": "x"}), ("look_up", {"since": "2h"})]:
        with pytest.raises(LookupError):
            await workspace.run_step(name, inputs, "ann")
    arguments = {"function_execution_id": "Fx0", "outputs": {}}
    assert await refused(client, "functions.completeSuccess", **arguments) == "function_execution_not_found"
