"""The demo as a person meets it: the page in a real browser, the real bot behind it, the stand-ins behind that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.sandbox.demo import Sandbox, open_demo
from tests.browser import PHONE, WIDE, open_page, overflow_at_each_size, sideways_overflow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, FilePayload, Locator, Page

    from bot.sandbox.slack import SlackWorkspace

NUMBER = "+8613711112222"
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[Sandbox]:
    async with open_demo() as sandbox:
        yield sandbox


async def ask(page: Page, typed: str) -> Locator:
    """Type a command as a person does; the answer once it is there."""
    before = await page.locator(".message", has_text="smsstatus").count()
    box = page.get_by_role("textbox").first
    await box.fill(typed)
    await box.press("Enter")
    answer = page.locator(".message", has_text="smsstatus").nth(before)
    await answer.wait_for()
    return answer


async def answered(workspace: SlackWorkspace, user: str, channel: str, typed: str) -> None:
    """Let `user` run a command; return when it is answered for them alone, as every first answer in a channel is."""
    viewer = workspace.state.user(user).id

    def answers() -> int:
        return sum(message.ephemeral_to == viewer for message in workspace.channel(channel).messages)

    before = answers()
    await workspace.slash(user, channel, typed)
    await workspace.wait_for(lambda: answers() > before, within=15)


async def texts(page: Page, count: int) -> list[str]:
    """What the page shows of the bot's messages, of which there are `count` or, where a lookup took long, more."""
    answers = page.locator(".message", has_text="smsstatus")
    await answers.nth(count - 1).wait_for()
    return await answers.all_inner_texts()


WORDS = {  # the verdict, three buttons and what stands below what was shared, as two people read them
    "sam": ("Delivered", "Only failed", "Show all", "Share"),
    "li": ("已送达", "只看失败", "显示全部", "分享"),
}


@pytest.mark.parametrize(("size", "user"), [(WIDE, "sam"), (PHONE, "li")], ids=["wide-sam", "phone-li"])
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

    await answer.locator("[aria-haspopup]").last.click()
    await page.get_by_text(only_failed, exact=True).last.click()
    await answer.locator("button", has_text=show_all).click()

    await answer.locator("button", has_text=share).click()
    shared = page.locator(".message", has_text="asked by").last
    await shared.wait_for()
    assert "Only visible to you" not in await shared.inner_text()

    assert max(await overflow_at_each_size(page)) <= 0
    assert troubles == []


async def test_chinese_shows_no_marks_and_no_english_days(demo: Sandbox, browser: Browser) -> None:
    typed = ["help", "providers", "explain MK:0008", "+8613811112018 since 7d", "13711112222 sinse 2h"]
    for command in typed:
        await answered(demo.workspace, "li", "incidents", f"/smsstatus {command}")
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=li", PHONE)
    shown = await texts(page, len(typed))

    for text in shown:
        assert "`" not in text
        assert not re.search(r"\*(?!\*)(?<!\*\*)\S", text.replace("****", "")), text
        assert not re.search(r"yesterday \d\d:\d\d:|Nov \d", text), text
    assert await sideways_overflow(page) <= 0
    assert troubles == []


async def test_every_command_offered_on_the_page_is_answered(demo: Sandbox, browser: Browser) -> None:
    offered = [typed for typed, _ in demo.workspace.offers.try_these if typed.startswith("/smsstatus")]
    for typed in offered:
        await answered(demo.workspace, "ann", "general", typed)
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=general&user=ann", WIDE)
    shown = await texts(page, len(offered))

    for text in shown:
        assert re.search(r"\w", text)
        assert "error of ours" not in text
    assert max(await overflow_at_each_size(page)) <= 0
    assert troubles == []


async def test_a_switch_breaks_a_provider_and_the_answer_says_so(demo: Sandbox, browser: Browser) -> None:
    page, _ = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=sam", WIDE)

    await page.get_by_role("switch", name="Tencent is down").click()
    answer = await ask(page, f"/smsstatus {NUMBER} since 2h")

    await answer.get_by_text("Incomplete").wait_for()
    assert "Alibaba" in await answer.inner_text()


async def test_what_stands_behind_the_conversations_is_shown_by_its_button_and_a_number_is_revealed_to_li(
    demo: Sandbox, browser: Browser
) -> None:
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=li", WIDE)
    answer = await ask(page, f"/smsstatus {NUMBER} since 2h")
    await answer.get_by_text("已送达").first.wait_for()

    await answer.locator("[aria-haspopup]").last.click()
    await page.get_by_text("显示完整号码", exact=True).last.click()
    revealed = page.locator(".message", has_text="smsstatus").nth(1)
    await revealed.wait_for()
    assert NUMBER[3:] in (await revealed.inner_text()).replace(" ", "")

    for begins, holds in (("A workflow runs", "permalink"), ("Who looked up", "REVEAL"), ("What the store", "receipts")):
        await page.locator("button.try", has_text=begins).click()
        await page.locator(".panel", has_text=holds).last.wait_for(timeout=30_000)  # a process is started for it
    assert NUMBER[3:] not in " ".join(await page.locator(".panel").all_inner_texts())
    assert max(await overflow_at_each_size(page)) <= 0
    assert troubles == []


NUMBERS = b"phone,order\n13811112006,1\n13811112007,2\n13811112017,3\n"
LIST: FilePayload = {"name": "customers.csv", "mimeType": "text/csv", "buffer": NUMBERS}


async def test_a_list_is_chosen_in_the_window_or_given_with_a_mention(demo: Sandbox, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=sam", PHONE)
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem").first.click()
    window = page.get_by_role("dialog")
    async with page.expect_file_chooser() as choosing:
        await window.get_by_text("Choose a file").click()
    await (await choosing.value).set_files(LIST)
    await window.get_by_text("customers.csv").wait_for()
    assert await overflow_at_each_size(page) == [0, 0]
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await window.get_by_label("A conversation I choose").check()
    await window.get_by_role("button", name="Look up").click()
    await page.locator(".message", has_text="smsstatus").get_by_text("3 numbers from column 1").wait_for(timeout=20_000)

    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Attach a file").first.click()
    await (await choosing.value).set_files(LIST)
    await page.locator("#composer").get_by_text("customers.csv").wait_for()
    box = page.get_by_role("textbox").first
    await box.fill("@smsstatus")
    await box.press("Enter")
    said = page.locator(".message", has_text="customers.csv")
    await said.get_by_role("button", name="1 reply").wait_for(timeout=20_000)
    assert await page.locator("#composer").get_by_text("customers.csv").count() == 0
    assert troubles == []


async def test_the_details_of_several_numbers_show_when_who_and_how_it_went_on_a_phone(demo: Sandbox, browser: Browser) -> None:
    page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=li", PHONE)
    answer = await ask(page, f"/smsstatus 13811112006 13811112007 13811112017 {NUMBER} since 1d")
    await answer.locator("[aria-haspopup]").last.click()
    await page.get_by_text("详情", exact=True).last.click()
    number = answer.locator("td", has_text=re.compile(r"^[✓✗…] \+86 1")).first
    await number.wait_for()
    box = await number.bounding_box()

    assert box is not None
    assert box["x"] + box["width"] <= PHONE[0]
    assert troubles == []
