"""Events: what a message causes, who is told of it, and how often Slack tries; taken by a real Bolt app in both modes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from bot.sandbox.slack import BotInstallation, SlackWorkspace
from tests.cases import each
from tests.sandbox.slack_apps import FULL, MODES, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

READ_ALL = replace(
    FULL,
    scopes=FULL.scopes | {"channels:history", "groups:history"},
    events=FULL.events | {"message.channels", "message.groups"},
)


def told(workspace: SlackWorkspace) -> list[tuple[str, str]]:
    """The type and the text of every event so far."""
    return [(one.event["type"], one.event.get("text", "")) for one in workspace.events.sent]


@asynccontextmanager
async def listening(
    bot: BotInstallation = FULL, *, mode: str = "http"
) -> AsyncIterator[tuple[SlackWorkspace, list[dict[str, Any]]]]:
    """A workspace with an app that takes every event, and the bodies of what it took."""
    bodies: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(SlackWorkspace(bot=bot))
        app = new_app(workspace)

        async def take(body: dict[str, Any]) -> None:
            bodies.append(body)

        for kind in ("app_mention", "message", "app_home_opened", "member_joined_channel"):
            app.event(kind)(take)
        await stack.enter_async_context(running(app, workspace, mode))
        yield workspace, bodies


@each("mode", MODES)
async def test_a_mention_in_a_thread_arrives_with_its_place_and_its_envelope(mode: str) -> None:
    async with listening(mode=mode) as (workspace, bodies):
        root = await workspace.say("sam", "incidents", "no code arrives")
        said = await workspace.say("ann", "incidents", "@smsstatus +8613711112222 since 2h", thread_ts=root.ts)
        await workspace.settled()
        (body,) = bodies
    event = body["event"]
    assert event["type"] == "app_mention"
    assert event["text"] == "<@U0SMSBOT1> +8613711112222 since 2h"
    assert (event["user"], event["channel"], event["ts"], event["event_ts"]) == ("U0ANN0001", "C0INCIDENT", said.ts, said.ts)
    assert (event["thread_ts"], event["parent_user_id"]) == (root.ts, "U0SAM0001")
    assert "channel_type" not in event
    assert [part["type"] for part in event["blocks"][0]["elements"][0]["elements"]] == ["user", "text"]
    assert body["authorizations"][0]["user_id"] == "U0SMSBOT1"
    assert body["event_id"].startswith("Ev")
    assert body["is_ext_shared_channel"] is False


async def test_a_mention_outside_of_a_thread_names_none() -> None:
    async with listening() as (workspace, bodies):
        await workspace.say("ann", "incidents", "hello @smsstatus!")
        await workspace.settled()
    assert "thread_ts" not in bodies[0]["event"]


@each(
    ("typed", "text", "link"),
    [
        ("+8613711112222", "<tel:+8613711112222>", {"type": "link", "url": "tel:+8613711112222"}),
        (
            "+86 137-1111-2222",
            "<tel:+8613711112222|+86 137-1111-2222>",
            {"type": "link", "url": "tel:+8613711112222", "text": "+86 137-1111-2222"},
        ),
    ],
)
async def test_a_phones_client_makes_links_of_numbers(typed: str, text: str, link: dict[str, str]) -> None:
    async with SlackWorkspace(bot=FULL) as workspace:
        linked = await workspace.say("ann", "incidents", f"@smsstatus {typed} since 2h", auto_link=True)
        plain = await workspace.say("ann", "incidents", f"@smsstatus {typed} since 2h")
    assert linked.text == f"<@U0SMSBOT1> {text} since 2h"
    assert link in linked.blocks[0]["elements"][0]["elements"]
    assert plain.text == f"<@U0SMSBOT1> {typed} since 2h"


async def test_what_people_type_is_escaped_and_its_references_are_resolved() -> None:
    async with SlackWorkspace(bot=FULL) as workspace:
        said = await workspace.say(
            "ann", "incidents", "@oncall @here see #general & <b> at https://example.com/a?b=1&c=2 `+86 137-1111-2222` @nobody"
        )
    assert said.text == (
        "<!subteam^S0ONCALL1|@oncall> <!here> see <#C0GENERAL0|general> &amp; &lt;b&gt; at "
        "<https://example.com/a?b=1&amp;c=2> `+86 137-1111-2222` @nobody"
    )
    elements = said.blocks[0]["elements"][0]["elements"]
    assert [part["type"] for part in elements if part["type"] != "text"] == ["usergroup", "broadcast", "channel", "link"]
    assert {"type": "text", "text": "+86 137-1111-2222", "style": {"code": True}} in elements


async def test_a_bot_that_is_not_in_the_conversation_is_told_nothing() -> None:
    async with listening(READ_ALL) as (workspace, bodies):
        await workspace.say("ann", "general", "@smsstatus +8613711112222")
        await workspace.say("ann", "war-room", "@smsstatus +8613711112222")
        await workspace.settled()
        assert bodies == []
        await workspace.type("ann", "general", "/invite @smsstatus")
        await workspace.say("ann", "general", "@smsstatus +8613711112222")
        await workspace.settled()
    assert {body["event"]["type"] for body in bodies} == {"app_mention", "message"}


async def test_without_a_mention_only_direct_messages_are_told() -> None:
    async with listening() as (workspace, bodies):
        for place in ("incidents", "security", "partners", "general"):
            await workspace.say("ann" if place != "partners" else "omar", place, "+8613711112222 since 2h")
        await workspace.settled()
    assert bodies == []


async def test_a_direct_message_is_a_message_and_never_a_mention() -> None:
    async with listening() as (workspace, bodies):
        await workspace.say("ann", "dm-ann", "@smsstatus +8613711112222")
        await workspace.say("ann", "dm-ann-li", "@smsstatus between people")
        await workspace.settled()
    (body,) = bodies
    assert (body["event"]["type"], body["event"]["channel_type"]) == ("message", "im")


async def test_a_group_direct_message_is_told_as_such_and_its_mention_perhaps_twice() -> None:
    group = "mpdm-ann--li--smsstatus-1"
    async with SlackWorkspace(bot=FULL, retry_waits=()) as workspace:
        await workspace.say("li", group, "plain")
        await workspace.say("li", group, "@smsstatus help")
        workspace.events.mentions_in_group_dms = False
        await workspace.say("li", group, "@smsstatus again")
        assert told(workspace) == [
            ("message", "plain"),
            ("app_mention", "<@U0SMSBOT1> help"),
            ("message", "<@U0SMSBOT1> help"),
            ("message", "<@U0SMSBOT1> again"),
        ]
        assert workspace.events.sent[0].event["channel_type"] == "mpim"


@each(
    "bot",
    [replace(FULL, events=FULL.events - {"app_mention"}), replace(FULL, scopes=FULL.scopes - {"app_mentions:read"})],
    ids=["not subscribed", "without the scope"],
)
async def test_an_event_needs_its_subscription_and_its_scope(bot: BotInstallation) -> None:
    async with SlackWorkspace(bot=bot, retry_waits=()) as workspace:
        await workspace.say("ann", "incidents", "@smsstatus help")
        assert told(workspace) == []


async def test_an_app_that_reads_channels_gets_both_events_of_one_mention() -> None:
    async with SlackWorkspace(bot=READ_ALL, retry_waits=()) as workspace:
        said = await workspace.say("ann", "incidents", "@smsstatus help")
        kinds = [(one.event["type"], one.event["ts"]) for one in workspace.events.sent]
        ids = {one.payload["event_id"] for one in workspace.events.sent}
    assert kinds == [("app_mention", said.ts), ("message", said.ts)]
    assert len(ids) == 2


async def test_the_bots_own_words_are_no_mention_but_a_direct_message() -> None:
    async with SlackWorkspace(bot=FULL, retry_waits=()) as workspace:
        client = client_of(workspace)
        await client.chat_postMessage(channel="incidents", text="say <@U0SMSBOT1> help")
        posted = await client.chat_postMessage(channel="U0ANN0001", text="checking")
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="done")
        await client.chat_postEphemeral(channel=posted["channel"], user="U0ANN0001", text="psst")
        await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
        events = [one.event for one in workspace.events.sent]
    assert [(event["type"], event.get("subtype")) for event in events] == [
        ("message", None),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    assert (events[0]["bot_id"], events[0]["app_id"]) == ("B0SMSBOT1", "A0SMSAPP1")
    assert (events[1]["message"]["text"], events[1]["previous_message"]["text"]) == ("done", "checking")
    assert (events[2]["deleted_ts"], events[2]["hidden"]) == (posted["ts"], True)


async def test_another_bots_mention_says_that_it_is_a_bots() -> None:
    async with SlackWorkspace(bot=FULL, retry_waits=()) as workspace:
        await workspace.post("deploys", "incidents", "<@U0SMSBOT1> +8613711112222", attachments=[{"text": "context"}])
        (one,) = workspace.events.sent
    assert (one.event["bot_id"], one.event["user"]) == ("B0DEPLOYS", "U0DEPLOYS")
    assert one.event["attachments"] == [{"text": "context"}]
    assert "app_id" not in one.event


async def test_a_partners_mention_names_the_other_workspace() -> None:
    async with SlackWorkspace(bot=FULL, retry_waits=()) as workspace:
        await workspace.say("omar", "partners", "@smsstatus +8613711112222")
        (one,) = workspace.events.sent
    assert one.payload["is_ext_shared_channel"] is True
    assert (one.payload["team_id"], one.event["team"], one.event["user_team"]) == ("T0SANDBOX", "T0PARTNER", "T0PARTNER")


async def test_an_event_of_a_second_workspace_can_be_delivered() -> None:
    async with listening() as (workspace, bodies):
        event = {"type": "app_mention", "user": "U0X", "text": "<@U0SMSBOT1> help", "ts": "1.000001", "channel": "C0X"}
        (ack,) = await workspace.event(event, team_id="T0SECOND0")
    assert ack.error is None
    assert (bodies[0]["team_id"], bodies[0]["authorizations"][0]["team_id"]) == ("T0SECOND0", "T0SECOND0")


class Replica:
    """An HTTP endpoint that answers as it is told and keeps the headers of what came."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self._statuses = list(statuses)
        self._headers = headers
        self.seen: list[tuple[str, str]] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.seen.append((request.headers.get("X-Slack-Retry-Num", ""), request.headers.get("X-Slack-Retry-Reason", "")))
        return web.Response(status=self._statuses.pop(0) if self._statuses else 200, headers=self._headers)


@asynccontextmanager
async def served(*replicas: Replica) -> AsyncIterator[list[str]]:
    async with AsyncExitStack() as stack:
        urls = []
        for replica in replicas:
            server = web.Application()
            server.add_routes([web.post("/slack/events", replica.serve)])
            runner = web.AppRunner(server, access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield urls


class Waits:
    """Takes the place of sleeping and keeps how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@each(
    ("statuses", "attempts", "slept"),
    [
        ([], [("", "")], []),
        ([500], [("", ""), ("1", "http_error")], [0]),
        ([500] * 9, [("", ""), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")], [0, 60, 300]),
    ],
)
async def test_an_event_is_tried_again_at_once_after_a_minute_and_after_five(
    statuses: Sequence[int], attempts: list[tuple[str, str]], slept: list[float]
) -> None:
    replica, waits = Replica(*statuses), Waits()
    async with served(replica) as (url,), SlackWorkspace(bot=FULL, http_entry=url, retry_sleep=waits) as workspace:
        await workspace.say("ann", "incidents", "@smsstatus help")
        await workspace.settled()
        (one,) = workspace.events.sent
    assert (replica.seen, waits.seconds) == (attempts, slept)
    assert (len(one.acks), one.done) == (len(attempts), True)


async def test_the_app_can_say_that_it_wants_no_retries() -> None:
    replica = Replica(500, headers={"X-Slack-No-Retry": "1"})
    async with served(replica) as (url,), SlackWorkspace(bot=FULL, http_entry=url, retry_sleep=Waits()) as workspace:
        await workspace.say("ann", "incidents", "@smsstatus help")
        await workspace.settled()
    assert len(replica.seen) == 1


async def test_replicas_take_turns_and_a_retry_may_reach_the_other_one() -> None:
    one, two = Replica(500), Replica()
    async with served(one, two) as urls, SlackWorkspace(bot=FULL, http_entry=urls, retry_sleep=Waits()) as workspace:
        await workspace.say("ann", "incidents", "@smsstatus help")
        await workspace.settled()
        (sent,) = workspace.events.sent
        ack = await workspace.redeliver(sent)
    assert ack.error is None
    assert (one.seen, two.seen) == ([("", ""), ("1", "http_timeout")], [("1", "http_error")])


async def test_a_busy_app_does_not_hold_up_whoever_typed() -> None:
    release = asyncio.Event()

    async def wait(_: float) -> None:
        await release.wait()

    async with SlackWorkspace(bot=FULL, http_entry="http://127.0.0.1:9/", retry_sleep=wait) as workspace:
        await workspace.say("ann", "incidents", "@smsstatus help")
        (one,) = workspace.events.sent
        assert not one.done
        release.set()
        await workspace.settled()
        assert [ack.error for ack in one.acks] == ["dispatch_failed"] * 4


async def test_nobody_writes_to_an_app_without_a_messages_tab_or_in_a_thread_that_is_not_there() -> None:
    async with SlackWorkspace(bot=replace(FULL, messages_tab=False)) as workspace:
        with pytest.raises(LookupError, match="turned off"):
            await workspace.say("ann", "dm-ann", "hello")
        with pytest.raises(LookupError):
            await workspace.say("ann", "incidents", "hello", thread_ts="1.000001")


async def test_a_reply_to_a_reply_goes_to_the_threads_root() -> None:
    async with SlackWorkspace(bot=FULL) as workspace:
        root = await workspace.say("ann", "incidents", "root")
        first = await workspace.say("li", "incidents", "first", thread_ts=root.ts)
        second = await workspace.say("sam", "incidents", "second", thread_ts=first.ts)
    assert (first.thread_ts, second.thread_ts) == (root.ts, root.ts)


async def test_members_come_and_go_by_slacks_own_commands() -> None:
    bot = replace(FULL, events=FULL.events | {"member_joined_channel"})
    async with listening(bot) as (workspace, bodies):
        await workspace.type("ann", "war-room", "/invite @smsstatus")
        await workspace.settled()
        assert "U0SMSBOT1" in workspace.channel("war-room").members
        await workspace.type("ann", "war-room", "/remove @smsstatus")
        await workspace.type("ann", "war-room", "/invite @nobody")
        assert "U0SMSBOT1" not in workspace.channel("war-room").members
    (body,) = bodies
    assert (body["event"]["user"], body["event"]["channel_type"], body["event"]["inviter"]) == ("U0SMSBOT1", "G", "U0ANN0001")
