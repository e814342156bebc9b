"""The explanation catalogue: what a code means, whose it is to fix and what to do now.

    families.json            the words: one family for each thing that can happen, in English and in Chinese
    tables/<vendor>.<kind>.csv   the codes: each row says which family a vendor's code belongs to, and where that is published
    tables.py                reads both
    spelling.py              in how many ways the same code is written
    catalogue.py             explain(), find(), similar()
    check.py                 what the data must fulfil; run by the tests

A new vendor is one or two new tables. No code knows the vendors.
"""

from __future__ import annotations

from bot.codes.catalogue import UNLISTED, Catalogue
from bot.codes.check import problems
from bot.codes.tables import Family, Row

__all__ = ["UNLISTED", "Catalogue", "Family", "Row", "problems"]
