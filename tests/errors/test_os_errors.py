"""The operating system's reasons: its own words in English, ours in Chinese for the usual ones."""

from __future__ import annotations

import errno
import os

from bot.errors.os_errors import describe_os_error
from bot.i18n import ENGLISH, Phrase, get_language, phrase
from tests.cases import each

USUAL = (
    "ENOENT",
    "EACCES",
    "EPERM",
    "EISDIR",
    "ENOTDIR",
    "EEXIST",
    "EROFS",
    "ENOSPC",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
)


@each("name", USUAL)
def test_a_usual_reason_reads_as_the_system_says_it_and_in_chinese(name: str) -> None:
    number = getattr(errno, name)
    reason = describe_os_error(OSError(number, "whatever was said instead"))

    assert isinstance(reason, Phrase)
    assert reason.said_in(ENGLISH) == os.strerror(number)
    assert reason.said_in(get_language("zh")) != os.strerror(number)


@each(
    ("error", "said"),
    [
        (OSError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
        (OSError("no number"), "no number"),
        (TimeoutError(), phrase("no reason given")),
    ],
)
def test_any_other_reason_is_in_its_own_words_or_said_to_be_none(error: OSError, said: str | Phrase) -> None:
    assert describe_os_error(error) == said
