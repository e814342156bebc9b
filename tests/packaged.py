"""The packaged catalogue, read once for all tests."""

from __future__ import annotations

from bot.codes import Catalogue

CATALOGUE = Catalogue.load()
