"""The explanation catalogue: what a code means, whose it is to fix and what to do now.

    families.json            the words: one family for each thing that can happen, in English and in Chinese
    glossary.json            the field's terms, explained once
    tables/<vendor>.<kind>.csv   the codes: each row says which family a vendor's code belongs to, and where that is published
    sources.json             the sources that many rows share, by name
    left_out.csv             published codes that no table lists, and why
    tables.py  glossary.py   read them
    spelling.py              in how many ways the same code is written
    index.py                 the codes of one vendor and kind, by every spelling
    spellings.py             all codes, by every spelling: which one was written, which one was meant
    readings.py              what rows and families say of a code, as explanations
    catalogue.py             explain(), find()
    search.py  naming.py     search() in the meanings, in both languages
    paste.py  labels.py  clothes.py  limits.py   the codes, and the limit, within something pasted
    asking.py                tell(): a code, a slip, a paste, a term or words, whatever was asked
    overlay.py               rows and families of one's own over the packaged ones
    check.py                 what the data must fulfil; run by the tests, and over every overlay
    export.py                the whole as CSV, JSON or a page

A new vendor is one or two new tables. No code knows the vendors.
"""

from __future__ import annotations

from bot.codes.catalogue import UNLISTED, Catalogue
from bot.codes.glossary import Term
from bot.codes.overlay import load_catalogue
from bot.codes.resolution import Resolution, resolve
from bot.codes.search import SearchHit
from bot.codes.tables import CodeEntry, Family
from bot.codes.validation import validate

__all__ = [
    "UNLISTED",
    "Catalogue",
    "CodeEntry",
    "Family",
    "Resolution",
    "SearchHit",
    "Term",
    "load_catalogue",
    "resolve",
    "validate",
]
