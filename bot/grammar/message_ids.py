"""Message ids: which words are recognised as one by their form, and which only after `id:`.

An id belongs to the number right before it; after a comma or a newline, or without a number, it is a target by itself.
"""

from __future__ import annotations

from bot.grammar.cursor import SEPARATORS, WORD_END, Cursor, Edit, ParseError, pattern
from bot.grammar.other_labels import label_before
from bot.grammar.text import shorten
from bot.grammar.vocabulary import AN_ID, KEYWORD
from bot.i18n import phrase
from bot.model.message_ids import ID_FORMS, MAX_ID
from bot.model.personal_numbers import mask_numbers

ID_NAME = r"(?:(?:biz|message|msg)?s?id|serialno)"  # "BizId: …" is how logs and consoles write it
_PREFIX = pattern(rf"{ID_NAME}(?: *[:=] *| +)")
_PREFIX_ALONE = pattern(rf"{ID_NAME} *[:=]?{WORD_END}")
_VALUE = pattern(rf"[^\s{SEPARATORS}]+")
# With a character that no number has, so that one may stand behind a number.
_BOUND = pattern(rf"(?:{'|'.join(form.source for form in ID_FORMS if not form.is_digits)}){WORD_END}")
LONG_DIGITS = pattern(rf"(?:{'|'.join(form.source for form in ID_FORMS if form.is_digits)}){WORD_END}")


def read_own_id(cursor: Cursor) -> str | None:
    """The id that may belong to the number before it: `id:…`, or one with a form of its own. None when there is none.

    Raises ParseError when `id:` has no valid id after it.
    """
    start = cursor.at
    bare = cursor.take(_BOUND)
    if bare:
        return _checked(bare[0])
    if not cursor.take(_PREFIX):
        if cursor.peek(_PREFIX_ALONE):
            raise _without_value(cursor)
        return None
    glued = cursor.text[cursor.at - 1] in ":="  # "id:since" is an id, "id since 2h" has lost one
    value = None if not glued and cursor.peek(KEYWORD) else cursor.take(_VALUE)
    if not value:
        cursor.at = start
        raise _without_value(cursor)
    return _checked(value[0])


def read_lone_id(cursor: Cursor) -> str | None:
    """An id that is a target by itself: any of the above, or sixteen bare digits and more. None when there is none.

    Raises ParseError.
    """
    label = label_before(cursor.text, cursor.at)
    digits = cursor.take(LONG_DIGITS)
    if digits and label:
        problem = phrase("`{word}` is no message id, by the word before it. If it is one, write `id:` in front of it.")
        raise ParseError(problem, word=shorten(mask_numbers(digits[0])))
    return _checked(digits[0]) if digits else read_own_id(cursor)


def _checked(value: str) -> str:
    if len(value) > MAX_ID:
        problem = phrase("`{word}` is too long for a message id, which has at most {most} characters.", most=MAX_ID)
        raise ParseError(problem, word=shorten(value))
    return value


def _without_value(cursor: Cursor) -> ParseError:
    span = cursor.word()
    problem = phrase("`{word}` needs a message id after it.")
    return ParseError(problem, word=cursor.text_of(span), edits=[Edit(span, f"id:{AN_ID}")])
