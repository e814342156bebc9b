"""The file `.env` in the folder where a command runs: variables like the environment's, which overrides it.

Slack's CLI keeps the app's variables there too:
https://docs.slack.dev/tools/slack-cli/guides/using-environment-variables-with-the-slack-cli
A `$` in a value is a `$`, since secrets may have one: nothing is put in for `${OTHER}`.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import InvalidValueError, SettingsError
from bot.errors.os_errors import describe_os_error, expand_home
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotenv.parser import Binding

    from bot.i18n import Phrase

ENV_FILE_KEY = "SMSSTATUS_ENV_FILE"
USUAL = ".env"


def read_env_file(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of the file that `environ` names, blank: none; by default of `.env`, if there is one here.

    Raises SettingsError for a file that cannot be read, and for each line that is no `KEY=value`; no line is repeated.
    """
    path = env_file(environ)
    if path is None:
        return {}
    try:
        with expand_home(path).open(encoding="utf-8-sig", newline="") as file:
            return _variables(file.read(), path)
    except OSError as error:
        if path == Path(USUAL) and isinstance(error, FileNotFoundError):
            return {}
        raise _unread(path, describe_os_error(error)) from error
    except UnicodeDecodeError:
        raise _unread(path, phrase("it is not text")) from None
    except InvalidValueError as error:
        raise SettingsError([phrase("{key} {problem}", key=ENV_FILE_KEY, problem=error.problem)]) from error


def env_file_doubts(environ: Mapping[str, str]) -> list[Phrase]:
    """What is doubtful about the file itself: that others on this machine can read the secrets in it."""
    path = env_file(environ)
    try:
        is_open = path is not None and bool(expand_home(path).stat().st_mode & stat.S_IROTH)
    except (OSError, InvalidValueError):
        return []
    return (
        [phrase("{path} holds secrets, and others on this machine can read it: chmod 600 {path}", path=path)] if is_open else []
    )


def env_file(environ: Mapping[str, str]) -> Path | None:
    """The path of the file, whether it is there or not; None: none is wanted."""
    named = environ.get(ENV_FILE_KEY, USUAL).strip()
    return Path(named) if named else None


def with_env_file(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, and what the file adds to it. Raises SettingsError."""
    return read_env_file(environ) | dict(environ)


def _variables(text: str, path: Path) -> dict[str, str]:
    from io import StringIO  # noqa: PLC0415 - there is seldom such a file

    from dotenv.parser import parse_stream  # noqa: PLC0415

    found: dict[str, str] = {}
    wrong = []
    for line in parse_stream(StringIO(text)):
        if line.error or (line.key is not None and line.value is None):
            said = phrase("{path}, line {line}: write KEY=value, such as SLACK_BOT_TOKEN=xoxb-…", path=path, line=_number(line))
            wrong.append(said)
        elif line.key is not None and line.value is not None:
            found[line.key] = line.value
    if wrong:
        raise SettingsError(wrong)
    return found


def _number(line: Binding) -> int:
    """The number of the line; the parser counts from the blank ones before it."""
    text = line.original.string
    return line.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _unread(path: Path, reason: Phrase | str) -> SettingsError:
    return SettingsError([phrase("{path} cannot be read: {reason}", path=path, reason=reason)])
