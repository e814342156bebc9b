"""Loads `Settings` from the environment and the TOML file that it may name. All errors are collected and raised at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot.config.environment import app_variables, is_taken, misspelt_keys, near_misses, strip_quotes, unknown_key
from bot.config.messages import describe_errors
from bot.config.proxy import KEYS as PROXY_KEYS
from bot.config.proxy import Proxies
from bot.config.secret_files import SUFFIX, read_secret_files, secret_keys, secret_values
from bot.config.settings import AppSettings
from bot.errors import InvalidValueError, SettingsError
from bot.errors.os_errors import expand_home
from bot.i18n import phrase
from bot.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bot.i18n import Phrase
    from bot.providers.base import Vendor

M = TypeVar("M", bound=BaseModel)

CONFIG_KEY = "SMSSTATUS_CONFIG"
ENV_FILE_KEY = "SMSSTATUS_ENV_FILE"  # the terminal reads that file, before all this
OVERLAY_KEY = "SMSSTATUS_CODES_OVERLAY"


@dataclass(frozen=True, slots=True)
class Account(Generic[M]):
    """One vendor's settings in one account: the environment's (name None) or a table of the TOML file."""

    name: str | None
    vendor: Vendor[M]
    settings: M


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    general: AppSettings
    accounts: tuple[Account[Any], ...]
    proxies: Proxies = field(default_factory=Proxies)
    doubts: tuple[Phrase, ...] = ()  # warnings, which are no errors: for doctor and the log of serve

    @property
    def secrets(self) -> frozenset[str]:
        """What no log may hold: each secret, and the passwords of the database and the proxies, as they are sent too."""
        models: tuple[BaseModel, ...] = (self.general, *(account.settings for account in self.accounts))
        database = self.general.passwords if self.general.database is not None else ()
        return frozenset().union(*map(secret_values, models), database, self.proxies.secrets)


def load_settings(environ: Mapping[str, str], vendors: Iterable[Vendor[Any]], *, own: Collection[str] = ()) -> Settings:
    """Load and validate the settings of `environ` and of the TOML file that it may name.

    `own` are the keys of `environ` that were written for this app: one that nearly is a setting is wrong there. Elsewhere it may
    be another tool's, and is only a doubt.

    Raises SettingsError with a line for each error.
    """
    vendors = tuple(vendors)
    problems: list[Phrase] = []
    models: tuple[type[BaseModel], ...] = (AppSettings, *(vendor.settings for vendor in vendors))
    secrets = secret_keys(models)
    keys = set[str]().union(*map(_keys, models))
    known = keys | PROXY_KEYS
    variables = app_variables(environ)
    problems += misspelt_keys(variables, known | {CONFIG_KEY, ENV_FILE_KEY})
    unreadable: list[Phrase] = []
    from_environ = _read(variables, known | {CONFIG_KEY} | {key.lower() for key in PROXY_KEYS}, secrets, problems, unreadable)
    file = _read_file(from_environ.get(CONFIG_KEY))
    tables = file.pop("accounts", {})
    problems += _unknown_keys(file, known, None)

    top = {**_read(file, known, secrets, problems, unreadable), **from_environ}
    if unreadable:  # otherwise the secret in that file would be reported as missing too
        raise SettingsError([*problems, *unreadable])
    proxies = _proxies(top, problems)
    general = _validated(AppSettings, top, problems, None)
    accounts = _accounts(None, top, vendors, problems)
    if isinstance(tables, dict):
        for name, table in tables.items():
            if not isinstance(table, dict):
                problems.append(phrase("accounts.{account} must be a table: [accounts.{account}]", account=name))
                continue
            problems += _unknown_keys(table, keys - _keys(AppSettings), name)
            wrong: list[Phrase] = []
            bare = _read(table, keys, secrets, wrong, unreadable)
            problems += [_in_account(line, name) for line in (*wrong, *unreadable)]
            if not unreadable:
                accounts += _accounts(name, bare, vendors, problems)
            unreadable.clear()
    else:
        problems.append(phrase("accounts must be a table of tables: [accounts.NAME]"))

    doubts = near_misses(from_environ, keys, own)
    problems += [line for key, line in doubts.items() if key in own]
    if problems or general is None:
        raise SettingsError(problems)
    others = [phrase("{key} is no setting of smsstatus", key=key) for key in own if not is_taken(key, known | {CONFIG_KEY})]
    return Settings(general, tuple(accounts), proxies, (*doubts.values(), *others))


def _read(
    table: Mapping[str, Any], known: Collection[str], secrets: Collection[str], problems: list[Phrase], unreadable: list[Phrase]
) -> dict[str, Any]:
    """`table` without quotes and with the content of secret files; appends to `problems` and `unreadable`."""
    return strip_quotes(read_secret_files(strip_quotes(table, known, problems), secrets, unreadable), known, problems)


def codes_overlay(environ: Mapping[str, str]) -> Path | None:
    """The path of the code catalogue's overlay; other settings are not validated.

    Raises SettingsError if the TOML file cannot be read, or the path names no home directory.
    """
    value = environ.get(OVERLAY_KEY) or _read_file(environ.get(CONFIG_KEY)).get(OVERLAY_KEY)
    try:
        return expand_home(Path(str(value))) if value else None
    except InvalidValueError as error:
        raise SettingsError([phrase("{key} {problem}", key=OVERLAY_KEY, problem=error.problem)]) from error


def _read_file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return read_toml(path, CONFIG_KEY)
    except InvalidValueError as error:
        raise SettingsError([phrase("{key} {problem}", key=CONFIG_KEY, problem=error.problem)]) from error


def _proxies(source: Mapping[str, Any], problems: list[Phrase]) -> Proxies:
    try:
        return Proxies.of(source)
    except SettingsError as error:
        problems += error.lines
        return Proxies()


def _accounts(
    name: str | None, source: Mapping[str, Any], vendors: Iterable[Vendor[Any]], problems: list[Phrase]
) -> list[Account[Any]]:
    found: list[Account[Any]] = []
    for vendor in vendors:
        switches = {key for system in vendor.systems for key in system.keys}
        if switches.isdisjoint(source):
            continue
        settings = _validated(vendor.settings, source, problems, name)
        if settings is not None:
            found.append(Account(name=name, vendor=vendor, settings=settings))
    if name and not found and not problems:
        problems.append(phrase("accounts.{account} has none of the keys that switch a provider on", account=name))
    return found


def _validated(model: type[M], source: Mapping[str, Any], problems: list[Phrase], account: str | None) -> M | None:
    own = {key: value for key, value in source.items() if key in _keys(model)}
    try:
        return model.model_validate(own)
    except ValidationError as error:
        problems += [_in_account(line, account) for line in describe_errors(error, model)]
        return None


def _unknown_keys(table: Mapping[str, Any], known: set[str], account: str | None) -> list[Phrase]:
    return [_in_account(unknown_key(key, known), account) for key in table if key not in known]


def _in_account(line: Phrase, account: str | None) -> Phrase:
    """The line, with the table of the TOML file that it belongs to."""
    return line if account is None else phrase("{line} (in [accounts.{account}])", line=line, account=account)


def _keys(model: type[BaseModel]) -> set[str]:
    """The keys of a model, and the `…_FILE` keys of its secrets."""
    own = {field.alias or name for name, field in model.model_fields.items()}
    return own | {key + SUFFIX for key in secret_keys([model])}
