"""A headless Chromium for tests that look at a page: the machine's own. Where there is none, the test is skipped.

@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
"""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

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
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        await browser.close()


async def open_page(browser: Browser, url: str, size: tuple[int, int] = WIDE) -> tuple[Page, list[str]]:
    """A page at `url`, and the list that every error it meets goes into: exceptions, refused content, failed requests."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 600)
    page = await context.new_page()
    page.set_default_timeout(10_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
    await page.goto(url)
    return page, troubles


async def sideways_overflow(page: Page) -> int:
    """How many pixels the document is wider than the window."""
    pixels: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels
