"""click's errors where translating their parts is not enough, because click joins the parts as English is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click import MissingParameter, NoSuchOption, UsageError
from click.exceptions import NoSuchCommand

if TYPE_CHECKING:
    from bot.i18n import Language

Joined = MissingParameter | NoSuchOption | NoSuchCommand


def refusal(error: Joined, language: Language) -> UsageError:
    """The same error, its parts joined and ended with the punctuation of `language`: in English just as click does it."""
    match error:
        case MissingParameter():
            message = language.with_full_stop(error.format_message())  # click writes a Latin full stop
        case NoSuchOption() | NoSuchCommand():
            hint = error.format_message().removeprefix(error.message).lstrip()  # click writes a blank before it
            message = language.sentences([error.message, hint])
    return UsageError(message, ctx=error.ctx)
