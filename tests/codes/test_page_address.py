"""The addresses of the codes' pages: stable, and apart from each other in every file system."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from bot.codes.page_address import CodePages, family_slug, slug_of
from bot.i18n import ENGLISH, get_language
from tests.cases import each
from tests.packaged import CATALOGUE

CODES = sorted({row.code for row in CATALOGUE.rows if not row.is_pattern})
PAGES = CodePages("https://codes.example.com/sms/", CATALOGUE)


@each(
    ("code", "slug"),
    [
        ("MK:0001", "mk-0001"),
        ("UNDELIVS612S", "undelivs612s"),
        ("1016", "1016"),
        ("isv.BUSINESS_LIMIT_CONTROL", "isv.business_limit_control--1c2230"),
        ("DB：0140", "db-0140--932572"),
        ("BWLIST _006", "bwlist-_006--96c70c"),
        ("-1016", "1016--964f17"),
        ("CON", "con--a3dbc4"),
        ("状态", "code--6320b4"),
    ],
)
def test_an_address_that_was_shared_stays_as_it_is(code: str, slug: str) -> None:
    assert slug_of(code) == slug


def test_no_two_codes_share_a_file_not_even_where_case_does_not_count() -> None:
    assert [slug for slug, count in Counter(slug_of(code).lower() for code in CODES).items() if count > 1] == []


@given(st.text(min_size=1, max_size=80))
@example("../../etc/passwd")
@example("a" * 500)
@example("nul")
@example("MK:0001.")
def test_any_code_is_a_name_of_a_file_that_needs_no_escape_in_an_address(code: str) -> None:
    slug = slug_of(code)
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", slug)
    assert len(slug) < 80
    assert ".." not in slug or "--" in slug


@given(st.text(alphabet="MKmk:.-0 ", min_size=1, max_size=6), st.text(alphabet="MKmk:.-0 ", min_size=1, max_size=6))
def test_codes_that_look_alike_have_addresses_of_their_own(one: str, other: str) -> None:
    assert (slug_of(one) == slug_of(other)) == (one == other)


def test_a_page_is_found_by_any_spelling_in_the_readers_language() -> None:
    zh = get_language("zh")
    assert PAGES.code("mk：0001", ENGLISH) == "https://codes.example.com/sms/en/c/mk-0001.html"
    assert PAGES.code("MK:0001", zh) == "https://codes.example.com/sms/zh/c/mk-0001.html"
    assert PAGES.family("blacklist", zh) == "https://codes.example.com/sms/zh/f/blacklist.html"
    assert PAGES.start(ENGLISH) == "https://codes.example.com/sms/en/index.html"


def test_a_code_that_is_not_listed_has_no_page() -> None:
    assert PAGES.code("MK:99999", ENGLISH) == ""


def test_an_installations_own_family_may_be_called_anything() -> None:
    assert family_slug("blacklist") == "blacklist"
    assert re.fullmatch(r"[a-z0-9._-]+--[0-9a-f]{6}", family_slug("Our/own: Family"))
