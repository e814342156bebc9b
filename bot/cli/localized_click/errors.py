"""click's errors: translated where click concatenates them with English punctuation, and broken where the terminal ends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from click import MissingParameter, NoSuchOption, UsageError
from click.exceptions import NoArgsIsHelpError, NoSuchCommand

from bot.cli.line_breaking import wrap
from bot.cli.streams import WHOLE, columns

if TYPE_CHECKING:
    from bot.i18n import Language

_PREFIX = 8  # columns of "Error: " in any language
Joined = MissingParameter | NoSuchOption | NoSuchCommand


def folded(error: UsageError) -> UsageError:
    """The error with numbers in its message masked, and the message broken between words where a terminal ends."""
    if isinstance(error, NoArgsIsHelpError):
        return error
    from bot.model.personal_numbers import mask_numbers  # noqa: PLC0415 - all nouns, as in bot/errors

    width, message = columns(sys.stderr), mask_numbers(error.format_message())
    return UsageError(message if width == WHOLE else "\n".join(wrap(message, max(width - _PREFIX, 1))), ctx=error.ctx)


def localize_error(error: Joined, language: Language) -> UsageError:
    """The error with its message joined by the punctuation of `language`; in English it is click's own."""
    match error:
        case MissingParameter():
            message = language.with_full_stop(error.format_message())  # click writes a Latin full stop
        case NoSuchOption() | NoSuchCommand():
            hint = error.format_message().removeprefix(error.message).lstrip()  # click writes a blank before it
            message = language.sentences([error.message, hint])
    return UsageError(message, ctx=error.ctx)
