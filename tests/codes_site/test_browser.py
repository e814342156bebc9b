"""The site in Chromium, from a folder: its search answers as `explain` does, its texts are copied, it fits every window."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from bot.codes import resolve
from bot.codes_site.writer import write_folder
from tests.browser import PHONE, open_page, sideways_overflow
from tests.codes.queries import FURTHER, HELD_OUT, LEARNT
from tests.codes_site.built import files
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESK = (1200, 900)
FULL_WIDTH = str.maketrans({chr(char): chr(char + 0xFEE0) for char in range(0x21, 0x7F)})
ASK = """queries => {
  const explainer = new Explainer(CATALOGUE);
  const id = place => explainer.families[place][0];
  return queries.map(query => {
    const found = explainer.resolve(query);
    const {codes, meant, similar, inner, groups, term, tooShort} = found;
    return {codes, meant, similar, inner: !!inner, groups: groups.map(id), families: found.families.map(id),
            term: term ? term[0] : null, short: tooShort};
  });
}"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_folder(folder, files().items(), "site")
    return folder


async def opened(browser: Browser, site: Path, path: str, size: tuple[int, int] = DESK) -> tuple[Page, list[str]]:
    return await open_page(browser, f"{site.as_uri()}/{path}", size)


def _retyped(code: str) -> list[str]:
    """A code as people type it."""
    spelt = [
        code,
        code.lower(),
        code.translate(FULL_WIDTH),
        code.replace(":", ""),
        code.replace(":", " "),
        code.replace(":", "："),
    ]
    return [*spelt, f"{code}X", code[:-1], f"what is {code}?", f"{code}是什么意思", f"failed with {code} today"]


def _queries() -> list[str]:
    codes = sorted({row.code for row in CATALOGUE.rows if not row.is_pattern})
    chosen = random.Random(20261130).sample(codes, 80)  # noqa: S311 - the same ones every time
    words = [query for query, _ in (*LEARNT, *HELD_OUT, *FURTHER)]
    unlisted = [
        "SGIPERR:5",
        "CMPP30ERR:8",
        "MK:0999",
        "CJ:9999",
        "isv.FOO_BAR",
        "FailedOperation.FooBar",
        "000",
        "UTE",
        "qqqq",
        "",
    ]
    pastes = [
        '{"Code":"OK","ErrCode":"MOBILE_NOT_ON_SERVICE"}',
        "<ErrCode>1016</ErrCode>",
        "errcode=1016, http status: 200",
        "2026-11-29 07:22:01 ERROR send failed err=MK:0001 stat:UNDELIV",
        "id:0123 sub:001 stat:UNDELIV err:012 text:hello",
        "错误码1016",
        "twilio error 30007",
        "Twilio 30003",
        "https://www.twilio.com/docs/api/errors/30003",
        '{"ErrCode":"MK:9999"}',
        "触发小时级流控Permits:5",
        "ERR:1",
    ]
    slips = ["isv.BUSSINESS_LIMIT_CONTROL", "signiture not registerd", "blackist", "UNDELIVERED"]
    names = [name for term in CATALOGUE.glossary.terms for name in term.names]
    typed = [text for code in ("MK:0001", "isv.OUT_OF_SERVICE", *chosen) for text in _retyped(code)]
    return list(dict.fromkeys([*words, *typed, *unlisted, *pastes, *slips, *names]))


def _explained(query: str) -> dict[str, Any]:
    """What `explain` answers, as ASK has it."""
    found = resolve(CATALOGUE, query)
    is_group = found.grouped and found.readings[0].confidence != "unlisted"
    return {
        "codes": [CATALOGUE.spellings.published(code) for code in found.codes],
        "meant": found.meant,
        "similar": list(found.similar),
        "families": [hit.family.id for hit in found.found],
        "inner": found.wrapped,
        "groups": [one.family for one in found.readings] if is_group else [],
        "term": found.term.id if found.term else None,
        "short": found.too_short,
    }


async def test_the_search_answers_as_explain_does(browser: Browser, site: Path) -> None:
    page, troubles = await opened(browser, site, "en/index.html")
    queries = _queries()
    answers = await page.evaluate(ASK, queries)
    differing = [
        (query, _explained(query), answer) for query, answer in zip(queries, answers, strict=True) if _explained(query) != answer
    ]
    assert (differing, troubles) == ([], [])


async def test_who_types_reads_what_the_code_means_and_gets_to_its_page(browser: Browser, site: Path) -> None:
    page, troubles = await opened(browser, site, "en/index.html", PHONE)
    await page.get_by_label("A code or words").fill("ｍｋ：0024")
    hit = page.locator("#results .hit").first
    await hit.get_by_text("The phone was switched off").wait_for()
    assert await page.get_by_role("status").inner_text() == "Listed: MK:0024 The phone was switched off"
    await hit.get_by_role("link", name="MK:0024").click()
    await page.get_by_role("heading", name="MK:0024").wait_for()
    await page.get_by_role("link", name="中文").click()
    await page.get_by_role("heading", name="手机关机").first.wait_for()
    assert troubles == []


async def test_the_box_on_every_page_searches_and_a_search_has_an_address(browser: Browser, site: Path) -> None:
    page, troubles = await opened(browser, site, "zh/c/mk-0001.html")
    await page.get_by_label("错误码或关键词").fill("关机")
    await page.keyboard.press("Enter")
    await page.locator("#results").get_by_text("手机关机").first.wait_for()
    assert "/zh/index.html#q=" in page.url, "what is searched for is not sent to the site's server"
    assert troubles == []


async def test_an_address_that_changes_on_the_page_searches_anew(browser: Browser, site: Path) -> None:
    page, troubles = await opened(browser, site, "en/index.html#q=MK:0001")
    await page.locator("#results").get_by_text("Number not in use").wait_for()
    await page.evaluate("location.hash = '#q=MK:0024'")
    await page.locator("#results").get_by_text("The phone was switched off").wait_for()
    assert troubles == []


async def test_what_matches_nothing_is_told(browser: Browser, site: Path) -> None:
    page, _ = await opened(browser, site, "en/index.html#q=xyzzyxyzzy%20plugh")
    await page.locator("#results").get_by_text("Nothing found.").wait_for()


@pytest.mark.parametrize("has_clipboard", [True, False])
async def test_the_text_for_the_customer_is_copied(browser: Browser, site: Path, *, has_clipboard: bool) -> None:
    page, troubles = await opened(browser, site, "en/c/mk-0024.html")
    if not has_clipboard:
        await page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await page.locator("button.copy").nth(1).click()
    await page.get_by_text("Copied", exact=True).wait_for()
    await page.get_by_label("A code or words").focus()
    await page.keyboard.press("Control+V")
    pasted = await page.get_by_label("A code or words").input_value()
    assert pasted == CATALOGUE.family("handset_off").zh.customer_wording
    assert troubles == []


async def test_no_page_is_wider_than_its_window_in_either_scheme(browser: Browser, site: Path) -> None:
    longest = max((path for path in files() if path.startswith("en/c/")), key=len)
    paths = ["index.html", "all.html", "primer.html", "terms.html", "f/blacklist.html", "c/1.html", "c/mk-0001.html", longest[3:]]
    too_wide = []
    for size in (DESK, PHONE):
        for path in [f"{language}/{path}" for language in ("en", "zh") for path in paths]:
            page, troubles = await opened(browser, site, path, size)
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                if await sideways_overflow(page) or troubles:
                    too_wide.append((path, size, scheme, troubles))
            await page.emulate_media(color_scheme="light")
    assert too_wide == []


async def test_the_first_stop_of_the_keyboard_leads_past_the_header(browser: Browser, site: Path) -> None:
    page, _ = await opened(browser, site, "en/c/mk-0001.html")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"


async def test_the_root_leads_to_the_readers_language(browser: Browser, site: Path) -> None:
    page, _ = await opened(browser, site, "index.html")
    await page.wait_for_url("**/en/index.html")
