"""The README's picture: an answer of the demo, on a phone. `./scripts/picture` takes it anew.

Beside the picture its words are kept: block by block, without the times, and with the picture's digest. A test compares them with
the picture and with what the app answers today, so that the picture cannot stay behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.observability.logging import configure_logging
from bot.sandbox.demo import QUEUE_IS_EMPTY, open_demo
from bot.sandbox.plain import render_text
from tests.browser import PHONE, chromium, find_chromium
from tests.docs.png import shrink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from bot.sandbox.demo import Sandbox
    from bot.sandbox.slack.model import PostedMessage, User

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PICTURE, WORDS = IMAGES / "answer-on-a-phone.png", IMAGES / "answer-on-a-phone.txt"
QUESTION = "/smsstatus +8613711112222 since 2h"
USER, CHANNEL = "sam", "incidents"
LEAST_HEIGHT, MOST_HEIGHT = 600, 900  # of the phone's screen, in its own pixels
MARGIN = 8  # above the answer
SHARPNESS = 2  # pixels of the picture for one of the phone's

_NOON = 14
_WITHOUT_TIMES = (
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "HH:MM:SS"),
    (re.compile(r"\b\d\d:\d\d\b"), "HH:MM"),
    (re.compile(r"\b[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?\b"), "DATE"),
    (re.compile(r"\b\d+ min\b"), "N min"),
)


@dataclass(frozen=True, slots=True)
class Photograph:
    """A phone's screen: as a picture, and the text that the answer has on it."""

    picture: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Asker:
    """The demo as the picture needs it: running, with the store filled, and the asker in the early afternoon."""

    sandbox: Sandbox
    user: User

    async def answer(self) -> PostedMessage:
        """The answer, once it is there and whole: with its buttons."""
        channel = self.sandbox.workspace.channel(CHANNEL)

        def answers() -> list[PostedMessage]:
            mine = [message for message in channel.messages if message.ephemeral_to == self.user.id]
            return [message for message in mine if any(block["type"] == "actions" for block in message.blocks)]

        return (await self.sandbox.workspace.wait_for(answers, within=15))[0]

    def words(self, message: PostedMessage) -> str:
        """What the message says, each block behind its type; times are left out, for they are others each time."""
        blocks = [f"[{block['type']}]\n{render_text('', [block], self.user.tz)}\n" for block in message.blocks]
        text = "\n".join(blocks)
        for times, instead in _WITHOUT_TIMES:
            text = times.sub(instead, text)
        return text

    async def photograph(self, browser: Browser) -> Photograph:
        """Ask on the page as a person does, and take their phone's screen. Raises ValueError if the answer does not fit on it."""
        width, height = PHONE
        context = await browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=SHARPNESS, has_touch=True
        )
        page = await context.new_page()
        await page.goto(f"{self.sandbox.workspace.url}?channel={CHANNEL}&user={USER}")
        box = page.get_by_role("textbox").first
        await box.fill(QUESTION)
        await box.press("Enter")
        await self.answer()
        taken = await _photograph(page)
        await context.close()
        return taken


@asynccontextmanager
async def open_for_asking() -> AsyncIterator[Asker]:
    """The demo, for one question. Where the asker is it is past noon, so that no window reaches into yesterday."""
    async with open_demo() as sandbox:
        if sandbox.legacy is not None:
            await sandbox.legacy.wait_for_calls(QUEUE_IS_EMPTY)
        state = sandbox.workspace.state
        user = replace(state.user(USER), tz=_zone_past_noon(datetime.now(UTC)))
        state.users[user.id] = user
        yield Asker(sandbox, user)


def caption(picture: bytes, words: str) -> str:
    """What is kept beside the picture."""
    return f"{PICTURE.name} {hashlib.sha256(picture).hexdigest()[:16]}\n\n{words}"


def _zone_past_noon(now: datetime) -> str:
    east = _NOON - now.hour
    return f"Etc/GMT{-east:+d}"  # these zones count westwards


async def take() -> None:
    """Ask on the demo's page, and keep the picture and its words. Raises SystemExit without Chromium or fonts."""
    _check_machine()
    configure_logging("ERROR")
    async with open_for_asking() as asker, chromium() as browser:
        picture = (await asker.photograph(browser)).picture
        words = asker.words(await asker.answer())
    IMAGES.mkdir(exist_ok=True)
    PICTURE.write_bytes(picture)
    WORDS.write_text(caption(picture, words), encoding="utf-8")
    print(f"{PICTURE}: {len(picture) // 1000} kB")  # noqa: T201 - what the script is for


async def _photograph(page: Page) -> Photograph:
    """The phone's screen, as high as the answer is with what stands around it."""
    answer = page.locator(".message", has_text="smsstatus").last
    await answer.locator("button").last.wait_for()
    around = await page.evaluate("innerHeight - document.querySelector('#messages').clientHeight")
    height = int(await answer.evaluate("one => one.offsetHeight") + around) + MARGIN
    if height > MOST_HEIGHT:
        raise ValueError(f"the answer does not fit on a phone: it needs {height} of {MOST_HEIGHT} pixels")
    await page.set_viewport_size({"width": PHONE[0], "height": max(LEAST_HEIGHT, height)})
    await answer.evaluate("one => one.scrollIntoView({block: 'end'})")
    await page.evaluate("document.activeElement.blur()")
    return Photograph(shrink(await page.screenshot()), await answer.inner_text())


def _check_machine() -> None:
    """Where a font is missing, boxes would stand in the place of characters. Raises SystemExit."""
    if find_chromium() is None:
        raise SystemExit("The picture needs Chromium. On Debian or Ubuntu: apt install chromium")
    for language, package in (("zh", "fonts-noto-cjk"), ("und-zsye", "fonts-noto-color-emoji")):
        command = [shutil.which("fc-list") or "fc-list", f":lang={language}"]
        if not subprocess.run(command, capture_output=True, check=True).stdout:  # noqa: S603 - a fixed command
            raise SystemExit(f"No font here has all the characters of the picture. On Debian or Ubuntu: apt install {package}")


if __name__ == "__main__":
    asyncio.run(take())
