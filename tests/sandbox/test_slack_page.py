"""The page of the local workspace: what its server refuses, and what a person can do on it in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox import slack
from bot.sandbox.slack import SlackWorkspace, Switch
from tests.browser import PHONE, WIDE, open_page, sideways_overflow
from tests.sandbox.slack_apps import INSTALLATION, client_of, new_app, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page
    from slack_bolt.async_app import AsyncAck, AsyncRespond

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOSTILE = "<img src=x onerror=alert(1)> &lt;b&gt;bold&lt;/b&gt; <javascript:alert(1)|click>"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def answer(words: str) -> dict[str, Any]:
    """A message with the blocks the app sends: markup, a date, a wide table, buttons with a menu and a question."""
    confirm = {"title": plain("Share?"), "text": plain("All can read it."), "confirm": plain("Share"), "deny": plain("Cancel")}
    cells = [{"type": "raw_text", "text": f"a rather long cell {number}"} for number in range(12)]
    return {
        "text": words,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": f"*{words}* · +86 137****2222 and 137****1111 `MK:0008`"}},
            {
                "type": "context",
                "elements": [{"type": "mrkdwn", "text": "as of <!date^1763733802^{date_num} {time_secs}|some time>"}],
            },
            {"type": "table", "rows": [cells, cells]},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "action_id": "refresh", "text": plain("Refresh")},
                    {"type": "button", "action_id": "share", "text": plain("Share to channel"), "confirm": confirm},
                    {"type": "overflow", "action_id": "more", "options": [{"text": plain("Last 7 days"), "value": "7d"}]},
                ],
            },
        ],
    }


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[SlackWorkspace]:
    """A workspace with a small app: it echoes the command and says on a click what was pressed."""
    async with SlackWorkspace(bot=INSTALLATION) as workspace:
        app = new_app(workspace)

        @app.command("/smsstatus")
        async def on_command(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
            await ack()
            await respond(**answer(f"You asked {command['text']}"))

        async def on_click(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond) -> None:
            await ack()
            pressed = action.get("selected_option", {}).get("value", action["action_id"])
            await respond(**answer(f"You pressed {pressed}"), replace_original=True)

        for action_id in ("refresh", "share", "more"):
            app.action(action_id)(on_click)
        async with running(app, workspace, "http"):
            yield workspace


async def post(workspace: SlackWorkspace, path: str, order: Any, **headers: str) -> int:
    async with aiohttp.ClientSession() as session, session.post(workspace.url + path, json=order, headers=headers) as response:
        return response.status


async def run(page: Page, typed: str, where: str = "Message #incidents") -> None:
    box = page.get_by_role("textbox", name=where)
    await box.fill(typed)
    await box.press("Enter")


async def test_the_page_may_load_nothing_from_elsewhere(workspace: SlackWorkspace) -> None:
    """Each of its files comes with the policy, and none makes HTML of text."""
    names = sorted(path.name for path in Path(slack.__file__).with_name("web").iterdir())
    assert {"index.html", "main.js", "style.css"} <= {*names}
    async with aiohttp.ClientSession() as session:
        for path in ["", *(f"web/{name}" for name in names)]:
            async with session.get(workspace.url + path) as response:
                policy, text = response.headers["Content-Security-Policy"], await response.text()
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "unsafe" not in policy
            assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://(?!www\.w3\.org)[a-z]", text), (
                path
            )
        async with session.get(f"{workspace.url}web/..%2fpage.py") as response:
            assert response.status == 404


async def test_another_sites_page_cannot_act(workspace: SlackWorkspace) -> None:
    order = {"user": "ann", "channel": "incidents", "text": "hello"}
    host = workspace.url.removeprefix("http://").rstrip("/")
    assert await post(workspace, "sandbox/type", order, Origin="https://evil.example") == 403
    assert await post(workspace, "sandbox/type", order, Host="rebound.example") == 403
    assert await post(workspace, "sandbox/type", order, **{"Content-Type": "text/plain"}) == 415
    assert workspace.channel("incidents").messages == ()
    assert await post(workspace, "sandbox/type", order, Origin=f"http://{host}") == 200


@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        ("sandbox/type", [], 400),
        ("sandbox/type", {"user": "ann", "channel": "incidents", "text": " "}, 400),
        ("sandbox/type", {"user": "ann", "channel": "incidents", "text": "x", "thread_ts": "1.000001"}, 400),
        ("sandbox/type", {"user": "nobody", "channel": "incidents", "text": "x"}, 404),
        ("sandbox/type", {"user": "smsstatus", "channel": "incidents", "text": "x"}, 404),
        ("sandbox/type", {"user": "sam", "channel": "war-room", "text": "x"}, 404),
        ("sandbox/click", {"user": "ann", "channel": "incidents", "ts": "1.000001", "action_id": "x"}, 404),
        ("sandbox/switch", {"user": "ann", "name": "none", "on": True}, 404),
    ],
)
async def test_an_impossible_act_is_refused(workspace: SlackWorkspace, path: str, order: Any, status: int) -> None:
    assert await post(workspace, path, order) == status


async def test_a_feed_carries_what_its_person_sees_and_no_more(workspace: SlackWorkspace) -> None:
    client = client_of(workspace)
    await client.chat_postEphemeral(channel="incidents", user="U0LIWEI01", text="for li")
    await workspace.type("ann", "war-room", "private")
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{workspace.url}sandbox/feed?user=sam") as feed:
        snapshot = await feed.receive_json()
        await client.chat_postEphemeral(channel="incidents", user="U0LIWEI01", text="for li again")
        await client.chat_postMessage(channel="incidents", text="for all")
        change = await feed.receive_json()
    assert snapshot["messages"] == []
    assert "war-room" not in [channel["slug"] for channel in snapshot["surfaces"]["channels"]]
    assert change["message"]["text"] == "for all"


async def test_a_person_types_reads_and_presses(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=li")
    await run(page, "/smsstatus +8613711112222 since 2h")
    message = page.locator("#messages .message")
    await message.get_by_text("You asked +8613711112222 since 2h").wait_for()
    assert "Only visible to you" in await message.inner_text()
    assert "+86 137****2222 and 137****1111" in await message.inner_text()
    assert "2025-11-21 22:03:22" in await message.inner_text()  # the viewer is in Shanghai

    await message.get_by_role("button", name="Refresh").click()
    await message.get_by_text("You pressed refresh").wait_for()
    assert "(edited)" in await message.inner_text()

    await message.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Last 7 days").click()
    await message.get_by_text("You pressed 7d").wait_for()

    await message.get_by_role("button", name="Share to channel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await message.get_by_role("button", name="Share to channel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Share").click()
    await message.get_by_text("You pressed share").wait_for()
    assert await message.count() == 1
    assert troubles == []


async def test_the_arrow_up_brings_a_command_back(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents")
    await run(page, "/smstatus help")
    await page.locator("#messages").get_by_text("is not a valid command").wait_for()
    box = page.get_by_role("textbox", name="Message #incidents")
    await box.press("ArrowUp")
    assert await box.input_value() == "/smstatus help"
    assert troubles == []


async def test_a_thread_opens_takes_a_reply_and_refuses_commands(workspace: SlackWorkspace, browser: Browser) -> None:
    root = await client_of(workspace).chat_postMessage(channel="incidents", **answer("1 of 3 failed"))
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", PHONE)
    await page.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    await run(page, "the carrier is down", "Reply in thread")
    await thread.get_by_text("the carrier is down").wait_for()
    await run(page, "/smsstatus help", "Reply in thread")
    await thread.get_by_text("is not supported in threads").wait_for()
    assert await sideways_overflow(page) == 0
    await thread.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="2 replies").wait_for()
    reply, _ = workspace.channel("incidents").replies(root["ts"])
    assert (reply.user, reply.text) == ("U0ANN0001", "the carrier is down")
    assert troubles == []


async def test_the_page_never_scrolls_sideways_and_a_table_does(workspace: SlackWorkspace, browser: Browser) -> None:
    await client_of(workspace).chat_postMessage(channel="incidents", **answer("x" * 300))
    for size in (PHONE, WIDE):
        page, _ = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", size)
        table = page.get_by_role("region", name="Table")
        await table.wait_for()
        assert await sideways_overflow(page) == 0
        assert await table.evaluate("node => node.scrollWidth > node.clientWidth")
        assert await page.locator("#messages").evaluate("node => node.scrollWidth - node.clientWidth") == 0


async def test_a_chart_is_drawn_with_its_values_beside_the_bars(workspace: SlackWorkspace, browser: Browser) -> None:
    values = {"failed": (17, 1), "not failed": (6, 8)}
    names = ["China Mobile", "China Unicom"]
    series = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in zip(names, found, strict=True)]}
        for name, found in values.items()
    ]
    bars = {"type": "bar", "series": series, "axis_config": {"categories": names}}
    pie = {"type": "pie", "segments": [{"label": "Tencent", "value": 3}]}
    blocks = [{"type": "data_visualization", "title": f"By {chart['type']}", "chart": chart} for chart in (bars, pie)]
    await client_of(workspace).chat_postMessage(channel="incidents", text="the same in words", blocks=blocks)

    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", PHONE)
    drawn = page.get_by_role("figure")
    await drawn.nth(1).wait_for()

    first, second = [" ".join((await drawn.nth(index).inner_text()).split()) for index in (0, 1)]
    assert first == "By bar China Mobile failed 17 not failed 6 China Unicom failed 1 not failed 8"
    assert second == "By pie Tencent 3"
    assert await page.locator("meter").evaluate_all("all => all.map(one => one.value / one.max)") == [
        1,
        6 / 17,
        1 / 17,
        8 / 17,
        1,
    ]
    assert await sideways_overflow(page) == 0
    assert troubles == []


async def test_on_a_phone_buttons_are_as_large_as_a_finger(workspace: SlackWorkspace, browser: Browser) -> None:
    await client_of(workspace).chat_postMessage(channel="incidents", **answer("1 of 3 failed"))
    page, _ = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", PHONE)
    await page.get_by_role("button", name="Refresh").wait_for()
    heights = await page.locator(".press:visible, header .icon:visible").evaluate_all("all => all.map(n => n.offsetHeight)")
    assert heights
    assert min(heights) >= 44


async def test_content_is_shown_as_text_and_never_run(workspace: SlackWorkspace, browser: Browser) -> None:
    await client_of(workspace).chat_postMessage(channel="incidents", text=HOSTILE)
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    message = page.locator("#messages .message .text")
    await message.wait_for()
    shown = await message.inner_text()
    assert "<img src=x onerror=alert(1)>" in shown
    assert "<b>bold</b>" in shown
    assert await message.locator("img, b, a").count() == 0
    assert troubles == []


async def test_commands_and_switches_are_offered(workspace: SlackWorkspace, browser: Browser) -> None:
    turned: list[bool] = []

    async def turn(on: bool) -> None:  # noqa: FBT001 - a switch's own form
        turned.append(on)

    workspace.offers.try_these = [("/smsstatus help", "Where to begin")]
    workspace.offers.switches = [Switch("down", "Tencent is down", turn)]
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", PHONE)
    await page.get_by_role("button", name="Try it").click()
    switch = page.get_by_role("switch", name="Tencent is down")
    await switch.click()
    await page.locator("[role=switch][aria-checked=true]").wait_for()
    assert turned == [True]
    await page.get_by_role("complementary").get_by_role("button", name="Where to begin").click()
    await page.locator("#messages").get_by_text("You asked help").wait_for()
    assert troubles == []


async def test_another_person_sees_their_own_channels_and_zone(workspace: SlackWorkspace, browser: Browser) -> None:
    await client_of(workspace).chat_postMessage(channel="incidents", **answer("1 of 3 failed"))
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    await page.get_by_text("2025-11-21 15:03:22").wait_for()  # Berlin
    await page.get_by_label("You are").select_option(label="Sam Rivera (Los Angeles)")
    await page.get_by_text("2025-11-21 6:03:22 AM").wait_for()
    assert await page.get_by_role("button", name="war-room").count() == 0
    assert troubles == []
