"""The address of a code's page on the site of the catalogue (bot/codes_site): stable, and safe in every file system.

An address follows from the code alone, so that it stays when other codes come and go. Codes that differ in case or punctuation
are different codes (`MI:0020`, `MI0020`), while many file systems know no case and no colon. So a code in the usual form, that
is capitals and digits between colons, is written as it is read, with a hyphen for each colon: `MK:0001` has `mk-0001`. Any other
has a short digest of the code behind two hyphens, which the usual form never has: `isv.X` has `isv.x--3f2a91`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from bot.codes.catalogue import Catalogue
    from bot.i18n import Language

CODES, FAMILIES = "c", "f"
"""The folders of the pages, in the folder of their language."""

_USUAL = re.compile(r"[A-Z0-9]+(?::[A-Z0-9]+)*")
_UNSAFE = re.compile(r"[^a-z0-9._]+")
_LONGEST = 60  # characters of a code in an address
# Names that Windows keeps for devices, whatever follows the dot:
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_DIGITS = 6  # of the digest: among the few codes that are read alike, enough


def slug_of(code: str) -> str:
    """The name of a code's page, without its ending."""
    if _USUAL.fullmatch(code) and len(code) <= _LONGEST and not _DEVICE.fullmatch(code):
        return code.lower().replace(":", "-")
    plain = unicodedata.normalize("NFKC", code).lower()
    readable = _UNSAFE.sub("-", plain)[:_LONGEST].strip("-._") or "code"
    return f"{readable}--{hashlib.sha256(code.encode()).hexdigest()[:_DIGITS]}"


def family_slug(family_id: str) -> str:
    """The name of a family's page: its id, unless an installation's own id would be no name of a file."""
    usual = re.fullmatch(r"[a-z0-9_]+", family_id) and not _DEVICE.fullmatch(family_id)
    return family_id if usual else slug_of(family_id)


@dataclass(frozen=True, slots=True)
class CodePages:
    """Where the pages are: a site at `address`, which ends in a slash, made of `catalogue`."""

    address: str
    catalogue: Catalogue

    def code(self, code: str, language: Language) -> str:
        """The address of the page of `code`, in any spelling, in the reader's language; empty for one that is not listed."""
        published = self.catalogue.spellings.published(code)
        return urljoin(self.address, f"{language.code}/{CODES}/{slug_of(published)}.html") if published else ""

    def family(self, family_id: str, language: Language) -> str:
        """The address of the page of a family in the reader's language."""
        return urljoin(self.address, f"{language.code}/{FAMILIES}/{family_slug(family_id)}.html")

    def start(self, language: Language) -> str:
        """The address of the first page, which has the search, in the reader's language."""
        return urljoin(self.address, f"{language.code}/index.html")
