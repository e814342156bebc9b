"""The effective settings: each with the value that holds, and where that is written. No secret's value is among them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.config.loader import CONFIG_KEY
from bot.config.proxy import NO_KEY
from bot.config.secret_files import SUFFIX, secret_keys
from bot.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from bot.config.loader import Settings
    from bot.config.proxy import Proxies


class Source(StrEnum):
    """Where a value is written."""

    ENVIRONMENT = "environment"
    ENV_FILE = "env_file"
    CONFIG_FILE = "config_file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """A setting as it holds; `account` is the table of the TOML file that it belongs to.

    `value` is empty for what is not set, and None for a secret that is. `secret_file` is the file that holds the secret.
    """

    key: str
    value: str | None
    source: Source
    account: str | None = None
    secret_file: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where: the variables of the environment and of `.env`, the keys of the latter, and the TOML file."""

    variables: Mapping[str, str]
    of_env_file: Collection[str]
    config_file: Mapping[str, Any]

    @classmethod
    def of(cls, environ: Mapping[str, str], env_file: Mapping[str, str]) -> Written:
        """Read the TOML file that a variable may name. Raises SettingsError and InvalidValueError."""
        given = {key: value for key, value in {**env_file, **environ}.items() if value.strip()}
        path = given.get(CONFIG_KEY)
        return cls(given, env_file.keys() - environ.keys(), read_toml(path, CONFIG_KEY) if path else {})

    def source(self, key: str) -> Source:
        """Where a key of the top level is written."""
        if key in self.variables:
            return Source.ENV_FILE if key in self.of_env_file else Source.ENVIRONMENT
        return Source.CONFIG_FILE if key in self.config_file else Source.DEFAULT

    @property
    def top(self) -> Mapping[str, Any]:
        """All keys of the top level."""
        return {**self.config_file, **self.variables}


def effective_settings(settings: Settings, written: Written) -> list[EffectiveSetting]:
    """All settings of the app, the proxies that are set, and all settings of each account."""
    found = list(_of_model(settings.general, written))
    found += _of_proxies(settings.proxies, written)
    for account in settings.accounts:
        found += _of_model(account.settings, written, account.name)
    return found


def _of_model(model: BaseModel, written: Written, account: str | None = None) -> Iterator[EffectiveSetting]:
    secrets = secret_keys([type(model)])
    table: Mapping[str, Any] = written.top if account is None else written.config_file["accounts"][account]
    for name, field in type(model).model_fields.items():
        key, value = str(field.alias), getattr(model, name)
        file = str(table[key + SUFFIX]) if key in secrets and key not in table and key + SUFFIX in table else None
        where = key if file is None else key + SUFFIX
        source = written.source(where) if account is None else Source.CONFIG_FILE if where in table else Source.DEFAULT
        shown = None if key in secrets and value is not None else _text(value)
        yield EffectiveSetting(key, shown, source, account, file)


def _of_proxies(proxies: Proxies, written: Written) -> Iterator[EffectiveSetting]:
    for proxy in (proxies.https, proxies.http):
        if proxy is not None:
            yield EffectiveSetting(proxy.key, proxy.shown, written.source(proxy.key))
    if proxies.without:
        key = next(key for key in (NO_KEY.lower(), NO_KEY) if key in written.top)
        yield EffectiveSetting(key, _text(proxies.without), written.source(key))


def _text(value: object) -> str:
    """As one would write it into the environment; empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case Mapping():
            return ",".join(f"{key}={one}" for key, one in sorted(value.items()))
        case str():
            return value
        case frozenset() | set():
            return ",".join(sorted(map(str, value)))
        case Collection():
            return ",".join(map(str, value))
        case _:
            return str(value)
