"""A headless Chromium for tests that look at a page: the machine's own. Where there is none, the test is skipped.

The tests take the fixture `browser`, and all of them share one event loop, as they share the browser:
`pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDE = (1280, 860)
PHONE = (390, 844)


def find_chromium() -> str | None:
    """The path of the machine's Chromium, if it has one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser, running; or skip the test that asks."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"none of {', '.join(NAMES)} is installed")
    from playwright.async_api import async_playwright  # noqa: PLC0415 - most runs look at no page, and it takes a second

    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        await browser.close()


async def open_page(browser: Browser, url: str, size: tuple[int, int] = WIDE) -> tuple[Page, list[str]]:
    """A page at `url`, and the list that every error it meets goes into: exceptions, refused content, failed requests.

    The browser's page of that size is used again where there is one: a new one takes longer than most of what is looked at in it.
    """
    width, height = size
    shown = [page for context in browser.contexts for page in context.pages]
    page = next((one for one in shown if one.viewport_size == {"width": width, "height": height}), None)
    page = page or await _new_page(browser, size)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
    await page.goto(url)
    return page, troubles


async def _new_page(browser: Browser, size: tuple[int, int]) -> Page:
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 600)
    page = await context.new_page()
    page.set_default_timeout(10_000)
    return page


async def leave_pages(browser: Browser) -> None:
    """Show nothing on any page, or it would go on asking for a workspace that is no more."""
    for context in browser.contexts:
        for page in context.pages:
            await page.goto("about:blank")


async def overflow_at_each_size(page: Page) -> list[int]:
    """How many pixels the document is wider than a wide window and than a phone's; the page is then as it was."""
    before = page.viewport_size
    found = []
    for width, height in (WIDE, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        found.append(await sideways_overflow(page))
    if before:
        await page.set_viewport_size(before)
    return found


async def sideways_overflow(page: Page) -> int:
    """How many pixels the document is wider than the window."""
    pixels: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels
