"""Metavars in help: `--port INTEGER RANGE`, `COMMAND [ARGS]...`. click does not pass these to gettext."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.i18n import Language, Phrase

_METAVARS: Mapping[str, Phrase] = {
    metavar.text: metavar
    for metavar in (
        phrase("[OPTIONS]"),
        phrase("COMMAND [ARGS]..."),
        phrase("[WORDS]..."),
        phrase("WORDS..."),
        phrase("CODE..."),
        phrase("COMMAND"),
        phrase("[COMMAND]..."),
        phrase("DIR"),
        phrase("FILE"),
        phrase("INTEGER RANGE"),
        phrase("NAME..."),
        phrase("REVISION"),
        phrase("TEMPLATE..."),
        phrase("NUMBER"),
        phrase("TEXT"),
        phrase("WHEN"),
        phrase("https://HOST"),
    )
}


def localize_metavars(text: str, language: Language) -> str:
    """The translated metavar. One that is not in the table, such as `[csv|json]`, is returned unchanged."""
    return _METAVARS[text].said_in(language) if text in _METAVARS else text
