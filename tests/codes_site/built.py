"""The site of the packaged catalogue, rendered once for all tests of a worker."""

from __future__ import annotations

from functools import cache

from bot.codes_site.render import site_files
from bot.providers.systems import titles
from tests.packaged import CATALOGUE


@cache
def files() -> dict[str, bytes]:
    """Every file of the site."""
    return dict(site_files(CATALOGUE, titles))


def page(path: str) -> str:
    """A page's HTML."""
    return files()[path].decode()
