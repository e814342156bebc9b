"""The pages of the site: what they say, that all they link to is there, and that they need no server and nobody else's files."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import urlsplit

from bot.codes import Catalogue, resolve
from bot.codes.page_address import slug_of
from bot.codes_site.labels import labels
from bot.codes_site.primer import read_primer
from bot.codes_site.render import site_files
from bot.i18n import ENGLISH, get_language
from bot.presentation.as_json.codes import resolution_to_json
from bot.providers.systems import titles
from tests.cases import each
from tests.codes_site.built import files, page
from tests.packaged import CATALOGUE

CODES = list(dict.fromkeys(row.code for row in CATALOGUE.rows if not row.is_pattern))


class Parsed(HTMLParser):
    """Where a page leads, what it loads, its ids, its text, and what is wrong with how its elements nest."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self._open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.inline += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if (address := given.get("href") or given.get("src") or given.get("action")) is not None:
            loads = tag in {"script", "img"} or given.get("rel") == "stylesheet"
            (self.loads if loads else self.links).append(address)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@cache
def parsed() -> dict[str, Parsed]:
    return {path: Parsed(data.decode()) for path, data in files().items() if path.endswith(".html")}


def test_every_code_has_a_page_in_both_languages_and_its_json() -> None:
    for code in CODES:
        slug = slug_of(code)
        assert {f"en/c/{slug}.html", f"zh/c/{slug}.html", f"c/{slug}.json"} <= files().keys()
        assert code in parsed()[f"en/c/{slug}.html"].text or " " in code


def test_every_family_has_a_page_in_both_languages_with_what_to_do() -> None:
    for family in CATALOGUE.families.values():
        assert " ".join(family.en.next_step.split()) in parsed()[f"en/f/{family.id}.html"].text
        assert family.zh.customer_wording in parsed()[f"zh/f/{family.id}.html"].text


def test_all_that_is_linked_is_there_and_relative() -> None:
    missing = {
        (path, link)
        for path, one in parsed().items()
        for link in (*one.links, *one.loads)
        if not link.startswith("https://") and not _is_there(path, link)
    }
    assert missing == set()


def _is_there(path: str, link: str) -> bool:
    target, _, anchor = link.partition("#")
    whole = normpath(join(dirname(path), target)) if target else path
    return not link.startswith("/") and whole in files() and (not anchor or anchor in parsed()[whole].ids)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_inline() -> None:
    for path, one in parsed().items():
        assert {urlsplit(address).netloc for address in one.loads} == {""}, path
        assert one.inline == [], path
    assert {re.sub(r"@media[^{]*", "", files()["site.css"].decode()).count(word) for word in ("url(", "@import")} == {0}


def test_each_page_states_its_language_its_policy_and_the_same_page_in_the_other_language() -> None:
    for path in parsed():
        if path == "index.html":
            continue
        language, rest = path.split("/", 1)
        other = {"en": "zh", "zh": "en"}[language]
        assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page(path)
        assert "default-src 'none'" in page(path)
        assert any(normpath(join(dirname(path), link)) == f"{other}/{rest}" for link in parsed()[path].links)


def test_ids_are_unique_on_a_page() -> None:
    assert [path for path, one in parsed().items() if len(one.ids) != len(set(one.ids))] == []


def test_the_readings_stand_in_the_order_of_explain() -> None:
    for code in ("1", "12", "MI:0011", "UNDELIVS612S", "SGIP:29"):
        expected = [one.en.title for one in CATALOGUE.find(code)]
        shown = re.findall(r'<article class="reading">\s*<h2>([^<]*)</h2>', page(f"en/c/{slug_of(code)}.html"))
        assert [title.lower() for title in shown] == [title.lower() for title in dict.fromkeys(expected)]


@each("code", ["MK:0001", "1", "isv.BUSINESS_LIMIT_CONTROL", "DB：0140"])
def test_the_json_of_a_code_is_the_object_of_explain(code: str) -> None:
    assert json.loads(files()[f"c/{slug_of(code)}.json"]) == json.loads(json.dumps(resolution_to_json(resolve(CATALOGUE, code))))


def test_but_for_words_the_json_of_every_code_is_the_object_of_explain() -> None:
    """A word such as `blacklist`, typed in lower case, is taken for a word; its page is about the code."""
    other = [code for code in CODES if (code,) != resolve(CATALOGUE, code).codes]
    assert all(code.isalpha() and code.islower() for code in other)


def test_look_alikes_and_the_date_of_the_comparison_are_told() -> None:
    assert "MK:1" in parsed()["en/c/mk-0001.html"].text
    assert "compared on 20" in parsed()["en/c/mk-0001.html"].text
    assert "2:05" in parsed()[f"en/c/{slug_of('SGIP:5')}.html"].text


def test_what_a_code_is_called_is_escaped() -> None:
    code = '<b>"&'
    own = Catalogue(CATALOGUE.families, [CATALOGUE.rows[0]._replace(code=code)], CATALOGUE.glossary)
    made = dict(site_files(own, titles))
    html = made[f"en/c/{slug_of(code)}.html"].decode()
    assert "&lt;b&gt;&#34;&amp;" in html
    assert "<b>" not in html
    assert b"</" not in made["search-data.js"]


def test_two_runs_are_equal_byte_for_byte() -> None:
    assert dict(site_files(Catalogue.load(), titles)) == files()


def test_no_label_is_left_out_and_every_one_is_translated() -> None:
    english, chinese = labels(ENGLISH), labels(get_language("zh"))
    assert all(english.values())
    assert [name for name in english if english[name] == chinese[name]] == []
    used = {
        name for one in (files()["en/index.html"].decode(), page("en/c/mk-0001.html")) for name in english if english[name] in one
    }
    assert {"search", "copy_button", "causes", "do_now", "customer", "no_script"} <= used


def test_the_primer_has_the_same_sections_in_both_languages_and_names_its_sources() -> None:
    english, chinese = read_primer("en"), read_primer("zh")
    assert [one.id for one in english.sections] == [one.id for one in chinese.sections]
    assert [len(one.paragraphs) for one in english.sections] == [len(one.paragraphs) for one in chinese.sections]
    assert [len(one.table) for one in english.sections] == [len(one.table) for one in chinese.sections]
    assert all(address.startswith("https://") for _, address in english.sources)
    assert [address for _, address in english.sources] == [address for _, address in chinese.sources]


def test_the_codes_that_the_primer_names_are_listed() -> None:
    """But for the examples of how a wrapped number is written."""
    named = set(re.findall(r"\b(?:M[A-Z]|SGIP|CMPPERR|SGIPERR):\d+\b|\bUNDELIVS\d+S\b|\bSMGP\d+\b", str(read_primer("en"))))
    assert named
    assert [code for code in named if not (CATALOGUE.lists(code) or resolve(CATALOGUE, code).wrapped)] == []


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    whole = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_text_has_the_contrast_that_wcag_asks_for_in_both_schemes() -> None:
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w+)", part)) for part in files()["site.css"].decode().split("@media", 2)[:2])
    texts = {
        "paper": ("text", "soft", "link"),
        "raised": ("text", "soft"),
        "accent-paper": ("text", "accent"),
        "warn-paper": ("warn",),
    }
    for colours in (light, dark):
        for paper, written in texts.items():
            for text in written:
                low, high = sorted((_luminance(colours[paper]), _luminance(colours[text])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (paper, text)
