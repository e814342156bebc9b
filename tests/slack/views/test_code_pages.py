"""Where a site of the codes is set, explanations link to its pages, in the reader's language; without one nothing changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from bot.codes import resolve
from bot.codes.page_address import CodePages
from bot.i18n import ENGLISH, Language, get_language
from bot.providers.systems import titles
from bot.slack import views
from bot.slack.views.home import HomeContext, home
from tests.cases import each
from tests.packaged import CATALOGUE

SITE = "https://codes.example.com:8443/sms/"
PAGES = CodePages(SITE, CATALOGUE)
CHINESE = get_language("zh")


def told(text: str, language: Language = ENGLISH, pages: CodePages | None = PAGES) -> views.Message:
    return views.explain_result(resolve(CATALOGUE, text), titles(language), pages=pages, language=language)


def shown(message: views.Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


@each(
    ("text", "language", "link"),
    [
        ("MK:0001", ENGLISH, f"<{SITE}en/c/mk-0001.html|All about MK:0001>"),
        ("ｍｋ0001", CHINESE, f"<{SITE}zh/c/mk-0001.html|MK:0001 详细说明>"),
        ("blacklist", ENGLISH, f"<{SITE}en/f/blacklist.html|"),
        ("黑名单", CHINESE, f"<{SITE}zh/f/blacklist.html|"),
    ],
)
def test_an_explanation_links_the_page_in_the_readers_language(text: str, language: Language, link: str) -> None:
    assert link in shown(told(text, language))


def test_a_code_of_several_readings_is_linked_once() -> None:
    assert shown(told("1")).count(f"{SITE}en/c/1.html") == 1


def test_each_code_of_a_paste_is_linked() -> None:
    message = shown(told("first MK:0001, then MK:0024"))
    assert all(f"{SITE}en/c/{slug}.html" in message for slug in ("mk-0001", "mk-0024"))


def test_a_code_that_is_not_listed_is_not_linked() -> None:
    assert SITE not in shown(told("MK:0999"))
    assert SITE not in shown(told("SGIPERR:5"))


@each("text", ["MK:0001", "1", "blacklist", "receipt", "MK:0999"])
def test_without_a_site_nothing_changes_but_the_links(text: str) -> None:
    without, linked = told(text, pages=None), told(text)
    assert without.text == linked.text
    assert SITE not in shown(without)
    assert len(without.blocks) == len(linked.blocks)


def test_home_links_the_site() -> None:
    context = HomeContext(
        now=datetime(2026, 11, 30, tzinfo=UTC),
        zone=UTC,
        titles={},
        command="/smsstatus",
        bot_name="smsstatus",
        examples=[],
        language=CHINESE,
    )
    address = PAGES.start(CHINESE)
    assert f"<{address}|全部错误码速查>" in json.dumps(home([], [], replace(context, codes=address)), ensure_ascii=False)
    assert "codes.example.com" not in json.dumps(home([], [], context))
