"""click's own sentences in the language of the terminal, by click's own gettext.

`bot/i18n/<code>/LC_MESSAGES/click.po` translates them, by the msgids of the locked click. A sentence without an entry, as a
later click may have one, stays English.
"""

from __future__ import annotations

import gettext
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.i18n import CATALOGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language

_DOMAIN = "click"
_WANTED = "LANGUAGE"  # which GNU gettext asks before LC_ALL, LC_MESSAGES and LANG


@contextmanager
def click_in(language: Language) -> Iterator[None]:
    """Have click speak `language` within the block.

    gettext has one domain and one language for the whole process, which a terminal has too; both are put back afterwards.
    """
    domain, wanted = gettext.textdomain(), os.environ.get(_WANTED)
    gettext.bindtextdomain(_DOMAIN, str(CATALOGS))
    gettext.textdomain(_DOMAIN)
    os.environ[_WANTED] = language.code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        os.environ.pop(_WANTED)
        if wanted is not None:
            os.environ[_WANTED] = wanted
