"""What stands for a value in help: `--port INTEGER RANGE`, `COMMAND [ARGS]...`. click's gettext leaves these out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase

_SAID: Mapping[str, Phrase] = {
    said.text: said
    for said in (
        phrase("[OPTIONS]"),
        phrase("COMMAND [ARGS]..."),
        phrase("[WORDS]..."),
        phrase("CODE..."),
        phrase("COMMAND"),
        phrase("FILE"),
        phrase("INTEGER RANGE"),
        phrase("NUMBER"),
        phrase("TEXT"),
        phrase("https://HOST"),
    )
}


def with_metavars(text: str, language: Language) -> str:
    """The metavar `text` in `language`; as it is when it is not in the table, such as `[csv|json]`."""
    return _SAID[text].said_in(language) if text in _SAID else text
