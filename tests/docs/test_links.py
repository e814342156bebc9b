"""A link leads somewhere: to a file that is there, and to a heading that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cases import each
from tests.docs.pages import CATALOGUE, ROOT, Page, every_page, guide

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGES = {page.name: page for page in every_page()}


def dead_links(page: Page, links: Iterable[str]) -> Iterator[str]:
    """Those of the page's links that lead nowhere. Other sites are not asked."""
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        if link.startswith("https://"):
            continue
        if not target.is_relative_to(ROOT) or not target.exists() or (anchor and anchor not in Page(target).anchors):
            yield link


@each("page", PAGES.values(), ids=PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    assert list(dead_links(page, page.links)) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    links = ["settings.md#who-may-ask", "settings.md#nobody", "nothing.md", "https://example.com"]

    assert list(dead_links(PAGES["docs/README.md"], links)) == ["settings.md#nobody", "nothing.md"]


def test_every_page_by_task_is_linked_from_the_readme_and_from_the_contents() -> None:
    contents = Page(ROOT / "docs" / "README.md")
    tasks = {page.path.name for page in guide() if page.path.name != "README.md"} | {CATALOGUE}

    assert tasks - set(contents.links) == set()
    assert {f"docs/{name}" for name in tasks} - set(PAGES["README.md"].links) == set()
