"""The explanation catalogue: what a code means, who must fix it and what to do now.

    families.json            the texts: one family for each kind of failure or result, in English and in Chinese
    glossary.json            the field's terms, explained once
    tables/<vendor>.<kind>.csv   the codes: each row maps a vendor's code to its family and to where that is published
    sources.json             the sources that many rows share, by name
    left_out.csv             published codes that no table lists, and why
    tables.py  glossary.py   read these files
    normalization.py         the spellings of one code
    index.py                 the codes of one vendor and kind, by every spelling
    spelling_index.py        all codes, by every spelling; typos and similar codes
    nested_codes.py          codes inside a gateway's own prefix
    readings.py              rows and families -> explanations
    receipt_age.py           the family of a message without a receipt, by its age
    catalogue.py             explain(), find()
    search.py  query_names.py  traditional_chinese.py  other_channels.py    full-text search, in both languages
    pasted_text.py  value_labels.py  text_decoding.py  flow_limits.py       the codes, and the limit, in pasted text
    resolution.py            resolve(): a code, a typo, a paste, a term or words
    overlay.py               an installation's own rows and families, over the packaged ones
    validation.py            the rules for the data; checked by the tests, and for every overlay
    export.py                the whole catalogue as CSV, JSON or Markdown

A new vendor is one or two new tables. No module knows the vendors.
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
