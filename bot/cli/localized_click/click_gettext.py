"""click's own messages in the terminal's language, through click's own use of gettext.

`bot/i18n/<code>/LC_MESSAGES/click.po` translates the msgids of the locked click. A message without an entry, as a later click
may have one, stays English.
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
    """Translate click's messages into `language` within the block.

    gettext keeps the domain in a global and takes the language from the environment. Both are restored at the end, since only
    a terminal has one language for the whole process.
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
