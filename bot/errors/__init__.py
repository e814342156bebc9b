"""The exception hierarchy of smsstatus.

    SmsStatusError
    ├── UsageError            a command that cannot be parsed; has the word and a corrected example
    ├── SettingsError         missing or invalid settings; one line for each, which names its key
    │   └── UnavailableError       a transient error at the start, which is retried
    ├── InvalidValueError     one invalid value; becomes a line of a SettingsError
    ├── ProviderError         a provider did not answer; has a `ProviderFault`, which the catalogue explains
    ├── DatabaseError         the database failed; the transaction is rolled back
    │   └── ConstraintError   it rejected a row; for a unique key, another writer was faster
    ├── StoreError            the receipt store failed; nothing was half-written, a retry may work
    └── SlackDeliveryError    Slack rejected a message or a view; has Slack's error name

Beside these there are errors of one package: AuditError and WrongKeyError (bot.storage), MalformedPayloadError (bot.receipts).
Every other exception is a bug: Slack users see an error id, the terminal exits with status 70.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language
    from bot.model import ProviderFault


class SmsStatusError(Exception):
    """The base class of all exceptions that smsstatus raises on purpose."""


class UsageError(SmsStatusError):
    """A command cannot be parsed.

    `problem` is one sentence that names the word, translatable; `word` is that word as typed (empty if something is missing
    rather than wrong); `example` is the corrected command, without the `/smsstatus`: it has exactly the numbers and ids that
    were typed, and a word in capitals (`NUMBER`, `WHEN`) for what is missing. None if nothing safe can be proposed.
    `readings` are the commands that may have been meant, each complete: a button runs one. `can_be_corrected` is false where
    no other words would do. `str` is the sentence in English. What people read is `masked_problem`; in Slack also
    `masked_example`.
    """

    def __init__(
        self, problem: Phrase, *, word: str, example: str | None, readings: Sequence[str] = (), can_be_corrected: bool = True
    ) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem
        self.word = word
        self.example = example
        self.readings = tuple(readings)
        self.can_be_corrected = can_be_corrected

    @property
    def masked_problem(self) -> Phrase:
        """The sentence with the numbers in what was typed masked."""
        return _masked(self.problem)

    @property
    def masked_example(self) -> str | None:
        """The corrected command with its numbers masked, so that it is to be read and not to be pasted."""
        return None if self.example is None else _masked_text(self.example)


def _masked(sentence: Phrase) -> Phrase:
    values = ((name, _masked_value(value)) for name, value in sentence.values)
    return Phrase(sentence.text, tuple(values))


def _masked_text(text: str) -> str:
    from bot.model.personal_numbers import mask_numbers  # noqa: PLC0415 - all nouns, of which `smsstatus --help` needs none

    return mask_numbers(text)


def _masked_value(value: object) -> object:
    match value:
        case Phrase():
            return _masked(value)
        case str():
            return _masked_text(value)
        case _:
            return value


class SettingsError(SmsStatusError):
    """One or more settings are missing or invalid. Each line names its key and never repeats a secret's value.

    `place` is the subject of problems that do not name it themselves, such as "Socket Mode": `lines` begin with it, `problems`
    do not.
    """

    def __init__(self, problems: Sequence[Phrase], *, place: str = "") -> None:
        self.place = place
        self.problems = tuple(problems)
        self.lines = tuple(
            phrase("{place}: {problem}", place=place, problem=problem) if place else problem for problem in problems
        )
        super().__init__("\n".join(self.said_in(ENGLISH)))

    def said_in(self, language: Language) -> list[str]:
        """The lines in `language`."""
        return [line.said_in(language) for line in self.lines]


class UnavailableError(SettingsError):
    """A transient error at the start: Slack or the database is unavailable, or too many connections are open.

    `serve` retries after `retry_after` seconds, or after its own backoff if that is None; other commands report its lines.
    """

    def __init__(self, problems: Sequence[Phrase], *, place: str = "", retry_after: float | None = None) -> None:
        super().__init__(problems, place=place)
        self.retry_after = retry_after


class InvalidValueError(SmsStatusError, ValueError):
    """An invalid value. `problem` continues a sentence that begins with the value's name: "must begin with https://".

    It is a ValueError, which pydantic collects.
    """

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


class ProviderError(SmsStatusError):
    """A provider did not answer a query, or answered with an error. `fault` says which."""

    def __init__(self, fault: ProviderFault) -> None:
        super().__init__(f"{fault.code}: {fault.message}" if fault.message else fault.code)
        self.fault = fault


class DatabaseError(SmsStatusError):
    """The database is unavailable, full, read-only, locked or newer than this code. Nothing was half-written.

    `cause` is the driver's own exception and `kind` the class name of the wrapped one, for logs. `str` is the first line of the
    driver's message, without the statement and its values.
    """

    def __init__(self, error: Exception) -> None:
        self.kind = type(error).__name__
        self.cause: BaseException = getattr(error, "orig", None) or error
        super().__init__(next(iter(str(self.cause).splitlines()), ""))


def kind_of(error: Exception) -> str:
    """The class name of an error for the log; of the database's, that of the driver's."""
    return error.kind if isinstance(error, DatabaseError) else type(error).__name__


class ConstraintError(DatabaseError):
    """A table's constraint rejected the row. For a unique key, another writer inserted the same one first."""


class StoreError(SmsStatusError):
    """The receipt store could not be read or written: the database is unavailable, full, read-only or written with another key.

    Nothing was half-written. `problem` names the kind of failure and has no stored value.
    """

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.said_in(ENGLISH))
        self.problem = problem


class SlackDeliveryError(SmsStatusError):
    """Slack rejected a message or a view. `reason` is Slack's own error name, such as `not_in_channel`.

    `at` is the host of the request, if it was not the Web API's, such as `wss://wss-primary.slack.com`.
    """

    def __init__(self, reason: str, *, retry_after: float | None = None, at: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.at = at
