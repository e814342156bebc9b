"""Every surface on the page in a real browser: mentions, threads, direct messages, shortcuts, modals, Home, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.slack import SlackWorkspace
from tests.browser import PHONE, WIDE, open_page, overflow_at_each_size, sideways_overflow
from tests.sandbox.slack_apps import FULL, client_of, running
from tests.sandbox.surfaces_app import surfaces_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOTH = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])


@pytest_asyncio.fixture(loop_scope="session")
async def workspace() -> AsyncIterator[SlackWorkspace]:
    async with SlackWorkspace(bot=FULL) as workspace, running(surfaces_app(workspace), workspace, "http"):
        yield workspace


async def run(page: Page, typed: str, where: str = "Message #incidents") -> None:
    box = page.get_by_role("textbox", name=where)
    await box.fill(typed)
    await box.press("Enter")


async def menu_of(message: Locator, choice: str) -> None:
    await message.hover()
    await message.get_by_role("button", name="More").click()
    await message.page.get_by_role("menuitem", name=choice).click()


async def post(workspace: SlackWorkspace, path: str, **order: Any) -> int:
    async with aiohttp.ClientSession() as session, session.post(f"{workspace.url}sandbox/{path}", json=order) as response:
        return response.status


@BOTH
async def test_a_mention_is_completed_sent_and_answered_in_the_thread(
    workspace: SlackWorkspace, browser: Browser, size: tuple[int, int]
) -> None:
    root = await workspace.say("sam", "incidents", "a customer gets no code")
    workspace.offers.follow_ups = ["since 24h"]
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=li", size)
    await page.locator("#messages").get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    box = thread.get_by_role("textbox", name="Reply in thread")
    await box.press_sequentially("@sms")
    await page.get_by_role("option", name="@smsstatus").wait_for()
    await box.press("Enter")
    await box.press_sequentially("+86 137-1111-2222 since 2h")
    await box.press("Enter")
    number = "<tel:+8613711112222|+86 137-1111-2222>" if size == PHONE else "+86 137-1111-2222"
    await thread.get_by_text("Looked up").wait_for()
    asked, _ = workspace.channel("incidents").replies(root.ts)
    assert asked.text == f"<@U0SMSBOT1> {number} since 2h"
    assert await thread.locator(".mention").inner_text() == "@smsstatus"

    await thread.get_by_role("button", name="since 24h").click()
    await thread.get_by_text("Looked up since 24h").wait_for()
    assert await sideways_overflow(page) == 0
    assert troubles == []


async def test_a_message_shortcut_opens_a_window_shows_its_errors_and_posts_in_the_thread(
    workspace: SlackWorkspace, browser: Browser
) -> None:
    root = await workspace.say("sam", "incidents", "see +86 137-1111-2222")
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    await menu_of(page.locator("#messages .message"), "Check SMS status")
    window = page.get_by_role("dialog", name="Check SMS status")
    target = window.get_by_role("textbox", name="Numbers or ids")
    await target.wait_for()  # the loading view was updated
    assert await target.input_value() == "+8613711112222"
    await target.fill("nonsense")
    await window.get_by_label("Last 24 hours").check()
    await window.get_by_role("button", name="Look up").click()
    await window.get_by_role("alert").get_by_text("This is no phone number.").wait_for()
    assert await target.get_attribute("aria-invalid") == "true"
    assert await window.get_by_label("Last 24 hours").is_checked()
    assert await overflow_at_each_size(page) == [0, 0]

    await target.fill("")
    await target.press("Enter")
    await window.get_by_text("Please complete this required field.").wait_for()
    await target.fill("+8613711112222")
    await target.press("Enter")
    await window.wait_for(state="hidden")
    (reply,) = await workspace.wait_for(lambda: workspace.channel("incidents").replies(root.ts))
    assert reply.text == "<@U0ANN0001> looked up +8613711112222 since 24h"
    await page.get_by_role("button", name="1 reply").wait_for()
    assert troubles == []


async def test_a_long_press_opens_the_menu_on_a_phone(workspace: SlackWorkspace, browser: Browser) -> None:
    await workspace.say("sam", "incidents", "see +86 137-1111-2222")
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", PHONE)
    message = page.locator("#messages .message .block")
    await message.wait_for()
    touch = {"pointerType": "touch", "clientX": 120, "clientY": 120, "bubbles": True}
    await message.dispatch_event("pointerdown", touch)
    await page.get_by_role("menuitem", name="Check SMS status").wait_for()
    assert await sideways_overflow(page) == 0
    assert troubles == []


async def test_an_ephemeral_message_has_no_menu(workspace: SlackWorkspace, browser: Browser) -> None:
    await client_of(workspace).chat_postEphemeral(channel="incidents", user="U0ANN0001", text="for you alone")
    page, _ = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    message = page.locator("#messages .message")
    await message.get_by_text("for you alone").wait_for()
    assert await message.get_by_role("button").count() == 0


async def test_the_global_shortcut_begins_with_the_channel_on_the_screen(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=security&user=li", PHONE)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Look up an SMS").click()
    window = page.get_by_role("dialog", name="Check SMS status")
    await window.get_by_role("textbox", name="Numbers or ids").fill("+8613711112222")
    place = window.get_by_label("Post the answer in")
    assert await place.locator("option:checked").inner_text() == "#security"
    await place.select_option(label="#incidents")
    await window.get_by_role("button", name="Look up").click()
    await window.wait_for(state="hidden")
    (said,) = await workspace.wait_for(lambda: workspace.channel("incidents").messages)
    assert "looked up +8613711112222 since 2h" in said.text
    assert troubles == []


async def test_escape_closes_a_window_and_the_server_knows(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Look up an SMS").click()
    window = page.get_by_role("dialog", name="Check SMS status")
    await window.wait_for()
    await page.keyboard.press("Escape")
    await window.wait_for(state="hidden")
    assert workspace.modal("ann") is None
    assert troubles == []


async def test_the_home_tab_is_shown_pressed_and_redrawn(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=dm-ann&user=ann", PHONE)
    await page.get_by_role("tab", name="Home").click()
    home = page.get_by_role("region", name="Home")
    await home.get_by_text("Pressed 0 times").wait_for()
    await home.get_by_role("button", name="Run it again").click()
    await home.get_by_text("Pressed 1 times").wait_for()
    assert await page.locator("#composer").is_hidden()
    assert await overflow_at_each_size(page) == [0, 0]
    await page.get_by_role("tab", name="Messages").click()
    await home.wait_for(state="hidden")
    assert troubles == []


@BOTH
async def test_a_direct_message_is_answered_without_a_mention(
    workspace: SlackWorkspace, browser: Browser, size: tuple[int, int]
) -> None:
    workspace.offers.follow_ups = ["only failed"]
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann", size)
    if size == PHONE:
        await page.get_by_role("button", name="Show channels").click()
    await page.locator("#directs").get_by_role("button", name="smsstatus").first.click()
    await run(page, "+8613711112222 since 2h", "Message smsstatus")
    await page.locator("#messages").get_by_text("You wrote").wait_for()
    await page.get_by_role("button", name="only failed").click()
    await page.locator("#messages").get_by_text("You wrote only failed").wait_for()
    assert await sideways_overflow(page) == 0
    assert troubles == []


async def test_a_file_is_listed_and_downloaded(workspace: SlackWorkspace, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    await run(page, "@smsstatus export")
    await page.get_by_role("button", name="1 reply").click()
    card = page.get_by_role("complementary", name="Thread").get_by_role("link", name="report.csv")
    async with page.expect_download() as download:
        await card.click()
    saved = await download.value
    assert saved.suggested_filename == "report.csv"
    assert (await saved.path()).read_text() == "a,b\n"
    assert troubles == []


async def test_a_permalink_opens_the_thread(workspace: SlackWorkspace, browser: Browser) -> None:
    root = await workspace.say("ann", "incidents", "root")
    reply = await workspace.say("li", "incidents", "a reply", thread_ts=root.ts)
    link = (await client_of(workspace).chat_getPermalink(channel="C0INCIDENT", message_ts=reply.ts))["permalink"]
    page, troubles = await open_page(browser, str(link))
    await page.get_by_role("complementary", name="Thread").get_by_text("a reply").wait_for()
    assert troubles == []


async def test_the_bots_presence_and_peoples_standing_are_shown(workspace: SlackWorkspace, browser: Browser) -> None:
    await workspace.say("gia", "incidents", "from a guest")
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=ann")
    await page.locator("#messages").get_by_text("GUEST", exact=True).wait_for()
    await page.locator("#directs .presence.on").wait_for()
    workspace.http_entry = None
    await page.locator("#directs").get_by_text("away").wait_for()
    await workspace.type("sam", "general", "/invite @gia")
    await page.get_by_label("You are").select_option(label="Gia Rossi (Rome, guest)")
    await page.get_by_role("navigation").get_by_role("button", name="general").wait_for()
    assert await page.get_by_label("You are").get_by_text("Noor").count() == 0
    assert troubles == []


async def test_somebody_who_is_invited_sees_the_channel_at_once(workspace: SlackWorkspace, browser: Browser) -> None:
    await workspace.say("ann", "war-room", "secret plan")
    page, troubles = await open_page(browser, f"{workspace.url}?channel=incidents&user=sam")
    await page.locator("body[data-ready]").wait_for()
    await workspace.type("ann", "war-room", "/invite @sam")
    await page.get_by_role("navigation").get_by_role("button", name="war-room").click()
    await page.locator("#messages").get_by_text("secret plan").wait_for()
    assert troubles == []


@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        ("shortcut", {"user": "ann", "channel": "incidents", "callback_id": "none"}, 404),
        ("shortcut", {"user": "ann", "channel": "incidents", "callback_id": "check_message", "ts": "1.000001"}, 404),
        ("shortcut", {"user": "omar", "channel": "partners", "callback_id": "check_anything"}, 404),
        ("submit", {"user": "ann", "view_id": "V0"}, 404),
        ("close", {"user": "ann", "view_id": "V0"}, 404),
        ("click", {"user": "ann", "view_id": "V0", "action_id": "x"}, 404),
        ("home", {"user": "noor"}, 404),
        ("attach", {"user": "ann", "name": "a.csv", "content": "%"}, 400),
        ("attach", {"user": "nobody", "name": "a.csv", "content": ""}, 404),
    ],
)
async def test_an_impossible_act_is_refused(workspace: SlackWorkspace, path: str, order: dict[str, str], status: int) -> None:
    assert await post(workspace, path, **order) == status


async def test_another_persons_window_cannot_be_used(workspace: SlackWorkspace) -> None:
    await workspace.global_shortcut("ann", "check_anything")
    view = await workspace.wait_for(lambda: workspace.modal("ann"))
    for path in ("submit", "close"):
        assert await post(workspace, path, user="li", view_id=view.id) == 404
    assert await post(workspace, "submit", user="ann", view_id=view.id, values=[1]) == 400
    assert await post(workspace, "submit", user="ann", view_id=view.id, values=[["x", "y", "z"]]) == 404
    assert workspace.modal("ann") == view
