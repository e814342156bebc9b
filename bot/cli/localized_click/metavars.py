"""What stands for a value in help: `--port INTEGER RANGE`, `COMMAND [ARGS]...`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase

_SAID: Mapping[str, Phrase] = {
    "ARGS": phrase("ARGS"),
    "CODE": phrase("CODE"),
    "COMMAND": phrase("COMMAND"),
    "FILE": phrase("FILE"),
    "HOST": phrase("HOST"),
    "INTEGER RANGE": phrase("INTEGER RANGE"),
    "NUMBER": phrase("NUMBER"),
    "OPTIONS": phrase("OPTIONS"),
    "TEXT": phrase("TEXT"),
    "WORDS": phrase("WORDS"),
}
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,}(?: [A-Z]{2,})*(?![\w-])")


def with_metavars(text: str, language: Language) -> str:
    """`text` with every such word said in `language`. Names of settings, and words that are not in the table, stay."""
    return _CAPITALS.sub(lambda found: _SAID[found[0]].said_in(language) if found[0] in _SAID else found[0], text)
