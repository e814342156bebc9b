"""How high the answers are on a phone, as a real browser draws them on the demo's page: read without scrolling.

What was measured last is kept in `tests/golden/phone-heights.txt`, written anew by `SMSSTATUS_UPDATE_GOLDEN=1`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest

from bot.sandbox.demo import open_demo
from bot.sandbox.stories import MOBILE_NUMBERS, STORIES, UNICOM_NUMBERS
from bot.slack.timings import Timings
from tests.browser import PHONE, WIDE, open_page, overflow_at_each_size
from tests.golden_files import kept
from tests.toys import ShiftedClock

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")
TROUBLED = tuple(story.number for story in STORIES if story.number.startswith("+861381111"))[:27]
IS_CUT = """all => [...all.querySelectorAll('*')].some(
    one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'hidden')"""
FONTS_DIFFER = 0.15  # from one machine to the next


class Case(NamedTuple):
    """A command, and how many pixels its answer may take on a phone."""

    name: str
    words: str
    most: int


CASES = (
    Case("one delivered", "13811112021 since 2h", 220),
    Case("three delivered", "13811112000 since 2h", 260),
    Case("one delivered, one failed, one waiting", "+8613711112222 since 2h", 420),
    Case("two failed", "13811112001", 460),
    Case("three numbers", "138-1111-2006 +8613811112007 13811112008 since 2h", 460),
    Case("nine numbers, one carrier fails", f"{' '.join((*MOBILE_NUMBERS, *UNICOM_NUMBERS))} since 2h", 560),
    Case("a list of 60 numbers", f"13611115555 {' '.join(f'139000000{tail}' for tail in range(10, 70))} via aliyun", 500),
    Case("27 numbers that fail for twelve causes", f"{' '.join(TROUBLED)} since 1d", 700),
    Case("250 messages, only failed", "+8613611115555 since 1h only failed", 700),
    Case("explain of a listed code", "explain MK:0008", 500),
    Case("everybody's messages, one app fallen", "stats since 2h", 680),  # twenty more where the day has just begun in China
    Case("everybody's messages, nothing unusual", "stats since 2h via aliyun", 400),
    Case("a signature that one carrier refuses", "signature 示例", 420),
    Case("a template that was refused", "template SMS_100000002", 320),
    Case("a pending answer, which can be watched", "13811112017 since 1d", 460),
    Case("a watch that has begun", "watch 13811112017 since 1d", 200),
    Case("the list of watches", "watches", 200),
    Case("the doctor, two warnings", "doctor", 580),
)


_ANSWERED = {"explain": "Source:", "watch": "Watching", "watches": "one open watch", "doctor": "ok: "}
_IN_CHINESE = {"explain": "来源", "watch": "正在监视", "watches": "进行中的监视", "doctor": "正常："}


async def height_of_the_answer(page: Page, words: str) -> int:
    word = words.split(maxsplit=1)[0]
    said = f"{_ANSWERED.get(word, 'as of')}|{_IN_CHINESE.get(word, '截至')}"
    answers = page.locator(".message", has_text="smsstatus").filter(has_text=re.compile(said))
    before = await answers.count()
    box = page.get_by_role("textbox").first
    await box.fill(f"/smsstatus {words}")
    await box.press("Enter")
    answer = answers.nth(before)
    await answer.wait_for()
    cut = await answer.evaluate(IS_CUT)
    assert not cut, f"{words}: something is cut"
    box_of_it = await answer.bounding_box()
    assert box_of_it
    return round(box_of_it["height"])


ALERTS = (Case("an alert of a carrier", "outage", 560), Case("an alert that is over", "outage-over", 360))

MEASURED = (*CASES, *ALERTS)


async def heights_of_alerts(browser: Browser, language: str) -> dict[str, int]:
    """Of the same message in the channel while it lasts and when it is over."""
    clock, found = ShiftedClock(), {}
    async with open_demo(clock=clock, timings=Timings(alert_every=0.05), SMSSTATUS_CHANNEL_LANGUAGE=language) as demo:
        page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user=li", PHONE)
        for case, sign in zip(ALERTS, "❌✅", strict=True):
            await next(panel for panel in demo.workspace.offers.panels if panel.name == case.words).text()
            clock.by += timedelta(minutes=1)
            message = page.locator(".message", has_text="smsstatus").filter(has_text=sign).first
            await message.wait_for()
            assert not await message.evaluate(IS_CUT)
            box = await message.bounding_box()
            assert box
            found[case.name] = round(box["height"])
        assert max(await overflow_at_each_size(page)) <= 0
        assert troubles == []
        await page.close()
    return found


def table(heights: dict[str, dict[str, int]]) -> str:
    head = f"{'answer':40}{'at most':>9}" + "".join(f"{language:>9}" for language in heights)
    rows = (
        f"{case.name:40}{case.most:>9}" + "".join(f"{found[case.name]:>9}" for found in heights.values()) for case in MEASURED
    )
    return "\n".join([head, *rows]) + "\n"


async def test_the_answers_fit_a_phones_screen_and_the_table_says_how_high_they_are(browser: Browser) -> None:
    heights: dict[str, dict[str, int]] = {}
    async with open_demo(SMSSTATUS_REVEAL_USERS="U0LIWEI01,U0SAM0001") as demo:
        for language, user in (("English", "sam"), ("Chinese", "li")):
            page, troubles = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user={user}", PHONE)
            heights[language] = {case.name: await height_of_the_answer(page, case.words) for case in CASES}
            assert max(await overflow_at_each_size(page)) <= 0
            assert troubles == []
            await page.close()
            wide, _ = await open_page(browser, f"{demo.workspace.url}?channel=incidents&user={user}", WIDE)
            assert max(await overflow_at_each_size(wide)) <= 0
            await wide.close()

    for language, code in ("English", "en"), ("Chinese", "zh"):
        heights[language] |= await heights_of_alerts(browser, code)
    for found in heights.values():
        assert {case.name: found[case.name] for case in MEASURED if found[case.name] > case.most} == {}
    shown = table(heights)
    before = kept("phone-heights.txt", shown)
    for now, then in zip(shown.splitlines()[1:], before.splitlines()[1:], strict=True):
        assert now[:49] == then[:49]
        for one, other in zip(now[49:].split(), then[49:].split(), strict=True):
            assert abs(int(one) - int(other)) <= FONTS_DIFFER * int(other)
