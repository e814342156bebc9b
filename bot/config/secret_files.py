"""Secrets in files, as Docker and Kubernetes mount them: each secret's key may be set with the suffix `_FILE`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import SecretStr

from bot.errors import InvalidValueError
from bot.errors.os_errors import describe_os_error, expand_home
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pydantic import BaseModel

    from bot.i18n import Phrase

SUFFIX = "_FILE"


def secret_keys(models: Iterable[type[BaseModel]]) -> set[str]:
    """The keys whose value is a secret, or may contain one and is therefore excluded from the repr."""
    return set[str]().union(*map(_secret_keys_of, models))


@cache
def _secret_keys_of(model: type[BaseModel]) -> frozenset[str]:
    fields = model.model_fields.values()
    return frozenset(str(field.alias) for field in fields if _is_secret(field.annotation) or not field.repr)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(_is_secret, get_args(annotation)))


def secret_values(model: BaseModel) -> set[str]:
    """The secrets that are set. Not what may contain one: of a database's URL only the password is a secret."""
    values = (getattr(model, name) for name in type(model).model_fields)
    return {value.get_secret_value() for value in values if isinstance(value, SecretStr)}


def read_secret_files(table: Mapping[str, Any], secrets: Collection[str], problems: list[Phrase]) -> dict[str, Any]:
    """`table` with the content of each file that a `…_FILE` key names; adds a line to `problems` for each unreadable one."""
    values = dict(table)
    for key in sorted(secrets):
        path = values.pop(key + SUFFIX, None)
        if path is None:
            continue
        if key in values:
            problems.append(phrase("{key} and {file} are both set: leave one of them out", key=key, file=key + SUFFIX))
            continue
        try:
            values[key] = _content(str(path))
        except InvalidValueError as error:
            problems.append(phrase("{key} {problem}", key=key + SUFFIX, problem=error.problem))
    return values


def _content(path: str) -> str:
    """The file's content without the final line break of an editor. Raises InvalidValueError."""
    try:
        text = expand_home(Path(path)).read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidValueError(
            phrase("names {path}, which cannot be read: {reason}", path=path, reason=describe_os_error(error))
        ) from error
    except UnicodeDecodeError:
        raise InvalidValueError(phrase("names {path}, which is not text", path=path)) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        raise InvalidValueError(phrase("names {path}, which is empty", path=path))
    return text
