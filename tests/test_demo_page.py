"""The demo as a person meets it: the page in a real browser, the real bot behind it, the stand-ins behind that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.demo import Sandbox, open_demo
from tests.browser import PHONE, WIDE, chromium, open_page, sideways_overflow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

NUMBER = "+8613711112222"
# One browser, and so one event loop, for all of them: it takes longer to start than what is looked at in it.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo() -> AsyncIterator[Sandbox]:
    async with open_demo() as sandbox:
        yield sandbox


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def browser(running_browser: Browser) -> AsyncIterator[Browser]:
    yield running_browser
    for context in running_browser.contexts:
        await context.close()  # or its page would go on asking for a demo that is no more


async def ask(page: Page, typed: str) -> Locator:
    """Type a command as a person does; the answer once it is there."""
    before = await page.locator(".message", has_text="smsstatus").count()
    box = page.get_by_role("textbox").first
    await box.fill(typed)
    await box.press("Enter")
    answer = page.locator(".message", has_text="smsstatus").nth(before)
    await answer.wait_for()
    return answer


WORDS = {  # the verdict, three buttons and what stands below what was shared, as two people read them
    "sam": ("Delivered", "Only failed", "Show all", "Share"),
    "li": ("已送达", "只看失败", "显示全部", "分享"),
}


@pytest.mark.parametrize("user", WORDS)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_person_types_the_command_reads_the_answer_and_presses_its_buttons(
    demo: Sandbox, browser: Browser, size: tuple[int, int], user: str
) -> None:
    verdict, only_failed, show_all, share = WORDS[user]
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user={user}", size)

    answer = await ask(page, f"/smsstatus {NUMBER} since 2h")
    text = await answer.inner_text()
    assert "Only visible to you" in text
    assert verdict in text
    assert "+86 137****2222" in text
    assert "13711112222" not in text
    assert "`" not in text, "a mark that Slack would not take for one"

    await answer.locator("button", has_text=only_failed).click()
    await answer.locator("button", has_text=show_all).wait_for()

    await answer.locator("button", has_text=share).click()
    shared = page.locator(".message", has_text="asked by").last
    await shared.wait_for()
    assert "Only visible to you" not in await shared.inner_text()

    assert await sideways_overflow(page) <= 0
    assert troubles == []


async def test_chinese_shows_no_marks_and_no_english_days(demo: Sandbox, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=li", PHONE)

    for typed in ("help", "providers", "explain MK:0008", "+8613811112018 since 7d", "13711112222 sinse 2h"):
        text = await (await ask(page, f"/smsstatus {typed}")).inner_text()

        assert "`" not in text, typed
        assert not re.search(r"\*(?!\*)(?<!\*\*)\S", text.replace("****", "")), typed
        assert not re.search(r"yesterday \d\d:\d\d:|Nov \d", text), typed
        assert await sideways_overflow(page) <= 0, typed
    assert troubles == []


async def test_every_command_offered_on_the_page_is_answered(demo: Sandbox, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=general&user=ann", WIDE)

    for typed, story in demo.workspace.try_these:
        if typed.startswith("/smsstatus"):
            answer = await ask(page, typed)
            assert re.search(r"\w", await answer.inner_text()), story
            assert "error of ours" not in await answer.inner_text(), story

    assert await sideways_overflow(page) <= 0
    assert troubles == []


async def test_a_switch_breaks_a_provider_and_the_answer_says_so(demo: Sandbox, browser: Browser) -> None:
    page, _ = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=sam", WIDE)

    await page.get_by_role("switch", name="Tencent is down").click()
    answer = await ask(page, f"/smsstatus {NUMBER} since 2h")

    await answer.get_by_text("Incomplete").wait_for()
    assert "Alibaba" in await answer.inner_text()
