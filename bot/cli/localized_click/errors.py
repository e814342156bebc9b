"""Translation of the click errors whose messages click concatenates with English punctuation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click import MissingParameter, NoSuchOption, UsageError
from click.exceptions import NoSuchCommand

from bot.model.personal_numbers import mask_numbers

if TYPE_CHECKING:
    from bot.i18n import Language

Joined = MissingParameter | NoSuchOption | NoSuchCommand


def localize_error(error: Joined, language: Language) -> UsageError:
    """The error with its message joined by the punctuation of `language`, numbers in it masked; in English it is click's own."""
    match error:
        case MissingParameter():
            message = language.with_full_stop(error.format_message())  # click writes a Latin full stop
        case NoSuchOption() | NoSuchCommand():
            hint = error.format_message().removeprefix(error.message).lstrip()  # click writes a blank before it
            message = language.sentences([error.message, hint])
    return UsageError(mask_numbers(message), ctx=error.ctx)
