"""How smsstatus fails. Read this tree and you know every way.

    SmsStatusError
    ├── UsageError       you typed something that is not understood; names the word and a corrected example
    ├── SettingsError    a setting is missing or wrong; one line for each, naming its key
    │   └── NotYetError  the same at the start, where it may get better by itself
    ├── UnfitError       one value that somebody wrote is wrong; becomes a line of a SettingsError
    ├── ProviderError    a provider did not answer; carries a `ProviderFault`, which the catalogue explains
    ├── DatabaseError    the database could not be used; what was begun in it is rolled back
    │   └── ConstraintError  it refused a row; where a key is unique, another writer was faster
    ├── StoreError       the receipt store could not be read or written; nothing was half-written, trying again may work
    └── SlackDeliveryError     Slack would not take a message; carries Slack's error name

Everything else that escapes is a bug: the Slack layer answers it with an error id, the terminal with exit status 70.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language, Phrase
    from bot.model import ProviderFault


class SmsStatusError(Exception):
    """The root of every error that smsstatus raises on purpose."""


class UsageError(SmsStatusError):
    """The words of a command are not understood.

    `problem` is one sentence that names the word, for every language; `word` is that word as typed (empty when something is
    missing rather than wrong); `example` is the command corrected, without the `/smsstatus`: it holds exactly the numbers and ids
    that were typed, and a word in capitals (`NUMBER`, `WHEN`) for what is missing. None when nothing safe can be proposed.
    As a string it is the sentence in English.
    """

    def __init__(self, problem: Phrase, *, word: str, example: str | None) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem
        self.word = word
        self.example = example


class SettingsError(SmsStatusError):
    """One or more settings are missing or wrong. Each line names its key and never repeats a secret's value.

    `place` names what the problems are about where they do not do so themselves, such as "Socket Mode": `lines` begin with it,
    `problems` do not.
    """

    def __init__(self, problems: Sequence[Phrase], *, place: str = "") -> None:
        self.place = place
        self.problems = tuple(problems)
        self.lines = tuple(phrase("{place}: {problem}", place=place, problem=one) if place else one for one in problems)
        super().__init__("\n".join(self.said_in(ENGLISH)))

    def said_in(self, language: Language) -> list[str]:
        """The lines in `language`."""
        return [line.said_in(language) for line in self.lines]


class NotYetError(SettingsError):
    """Something at the start went wrong that may get better by itself: Slack is away, or too many connections are open.

    Who can wait, waits `retry_after` seconds or as long as they like; for others it is what its line says.
    """

    def __init__(self, problems: Sequence[Phrase], *, place: str = "", retry_after: float | None = None) -> None:
        super().__init__(problems, place=place)
        self.retry_after = retry_after


class InvalidValueError(SmsStatusError, ValueError):
    """A value is not one that we take. `problem` goes on from whatever names the value, as in "must begin with https://".

    It is a ValueError, which pydantic collects and hands on.
    """

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


class ProviderError(SmsStatusError):
    """A provider did not answer the question, or answered with an error."""

    def __init__(self, fault: ProviderFault) -> None:
        super().__init__(f"{fault.code}: {fault.message}" if fault.message else fault.code)
        self.fault = fault


class DatabaseError(SmsStatusError):
    """The database could not be used: it is away, full, read-only, locked or newer than this code. Nothing was half-written.

    `cause` is the driver's own error and `kind` the name of its class, as logs tell it. As a string it is the first line of what
    the driver says, without the statement and its values.
    """

    def __init__(self, error: Exception) -> None:
        self.kind = type(error).__name__
        self.cause: BaseException = getattr(error, "orig", None) or error
        super().__init__(next(iter(str(self.cause).splitlines()), ""))


class ConstraintError(DatabaseError):
    """A constraint of a table refused the row. Where a key is unique, another writer brought the same one first."""


class StoreError(SmsStatusError):
    """The receipt store could not be read or written: the database is away, full, read-only or another key's.

    Nothing was half-written. `problem` names the kind of fault and holds no stored value.
    """

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


class SlackDeliveryError(SmsStatusError):
    """Slack would not take a message or a view. `reason` is Slack's own error name, such as `not_in_channel`.

    `at` is the host that was asked, where it was not the Web API's, such as `wss://wss-primary.slack.com`.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, at: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.at = at
