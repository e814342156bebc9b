"""The pages -> the files of the site, each with its path. Deterministic: the same catalogue gives the same bytes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.codes import Resolution
from bot.codes.catalogue import TRANSPORT
from bot.codes.data_package import package_files
from bot.codes.page_address import CODES, FAMILIES, family_slug, slug_of
from bot.codes_site.labels import IN_SCRIPT, labels
from bot.codes_site.pages import LANGUAGES, PageMaker
from bot.codes_site.primer import read_primer
from bot.codes_site.related import RelatedCodes, codes_of
from bot.codes_site.search_data import search_script
from bot.i18n import get_language
from bot.presentation.as_json.codes import resolution_to_json
from bot.presentation.wording import capitalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.codes import Catalogue
    from bot.i18n import Language

TAGS = {"en": "en", "zh": "zh-Hans"}
"""The languages as HTML names them."""

_NAMES = {"en": "English", "zh": "中文"}
_STATIC = ("site.css", "site.js", "search.js")


def site_files(catalogue: Catalogue, titles: Callable[[Language], Mapping[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Every file of the site: its path, with slashes, and what is in it. `titles` gives the names of the providers."""
    related = RelatedCodes(catalogue)
    languages = tuple(map(get_language, LANGUAGES))
    for name in _STATIC:
        yield name, (files("bot.codes_site") / "static" / name).read_bytes()
    yield "search-data.js", search_script(catalogue, related, languages).encode()
    yield ".nojekyll", b""  # GitHub's pages would pass every file through Jekyll
    for path, data in package_files(catalogue):
        yield f"data/{path}", data
    for code in codes_of(catalogue.rows):
        yield f"{CODES}/{slug_of(code)}.json", code_json(catalogue, code)
    environment = _environment()
    yield "index.html", environment.get_template("root.html").render(titles=[labels(one)["site"] for one in languages]).encode()
    for language in languages:
        own = {**titles(language), TRANSPORT: language.say("this app")}
        yield from _Renderer(catalogue, PageMaker(catalogue, related, own, language), language, environment).files()


def code_json(catalogue: Catalogue, code: str) -> bytes:
    """The object of `smsstatus explain CODE --json`."""
    value = resolution_to_json(Resolution(code, readings=catalogue.find(code), codes=(code,)))
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


class _Renderer:
    """The pages of one language."""

    def __init__(self, catalogue: Catalogue, maker: PageMaker, language: Language, environment: Environment) -> None:
        self._catalogue = catalogue
        self._maker = maker
        self._language = language
        self._environment = environment
        self._labels = labels(language)
        (self._other,) = (one for one in LANGUAGES if one != language.code)

    def files(self) -> Iterator[tuple[str, bytes]]:
        for family in self._catalogue.families.values():
            yield self._page(f"{FAMILIES}/{family_slug(family.id)}.html", "family.html", page=self._maker.family(family))
        for code in codes_of(self._catalogue.rows):
            yield self._page(f"{CODES}/{slug_of(code)}.html", "code.html", page=self._maker.code(code))
        say = self._language.say
        about = say(
            "{codes} codes of SMS providers and carriers: what happened, who must fix it, whether to resend, and what to tell "
            "the customer.",
            codes=f"{len(codes_of(self._catalogue.rows)):,}",
        )
        script_labels = json.dumps({name: self._labels[name] for name in IN_SCRIPT}, ensure_ascii=False)
        families = self._maker.families_by_owner()
        yield self._page("index.html", "index.html", about=about, script_labels=script_labels, families=families)
        yield self._page("all.html", "all.html", groups=self._maker.codes_by_beginning())
        yield self._page("primer.html", "primer.html", primer=read_primer(self._language.code))
        words = [(term.id, term.words(self._language.code)) for term in self._catalogue.glossary.terms]
        yield self._page("terms.html", "terms.html", terms=[(name, capitalised(term.title), term.text) for name, term in words])

    def _page(self, path: str, template: str, **values: Any) -> tuple[str, bytes]:
        html = self._environment.get_template(template).render(
            t=self._labels,
            tags=TAGS,
            language=self._language.code,
            lang_tag=TAGS[self._language.code],
            other={"tag": TAGS[self._other], "name": _NAMES[self._other], "path": f"{self._other}/{path}"},
            root="../" * (path.count("/") + 1),
            **values,
        )
        return f"{self._language.code}/{path}", html.encode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.codes_site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["host"] = lambda address: urlsplit(address).hostname or address
    return environment
