"""The settings: environment and TOML in, one validated `Settings` out.

The environment holds one account for each vendor. A TOML file (`SMSSTATUS_CONFIG`) takes the same keys, and more accounts as
tables:

    SMSSTATUS_TIMEZONE = "Europe/Berlin"

    [accounts.marketing]
    TENCENTCLOUD_SECRET_ID = "AKID…"
    TENCENTCLOUD_SECRET_KEY = "…"
    TENCENTCLOUD_SMS_SDK_APP_ID = "1400006666"

The environment wins over the file's top level. Everything wrong is told at once, a line each that names the key; a secret's
value is in no message and no repr.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from bot.database.database import check_database_url
from bot.database.keyring import MIN_SECRET_LENGTH, Keyring, WrongKeyError
from bot.errors import SettingsError
from bot.providers.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.providers.base import Vendor

Mode = Literal["socket", "http"]
M = TypeVar("M", bound=BaseModel)

CONFIG_KEY = "SMSSTATUS_CONFIG"
OVERLAY_KEY = "SMSSTATUS_CODES_OVERLAY"


def _check_zone(value: str) -> str:
    if value not in available_timezones():
        close = difflib.get_close_matches(value, available_timezones(), 1)
        raise ValueError(f"is not a time zone{f'; did you mean {close[0]}?' if close else ', such as Asia/Shanghai'}")
    return value


def _check_region(value: str) -> str:
    region = value.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("is not a two-letter region, such as CN")
    return region


def _check_api_url(value: str) -> str:
    return value if value.endswith("/") else value + "/"


def _begins(prefix: str) -> AfterValidator:
    """A secret that begins with `prefix`; blanks around it, which come with copying, are dropped."""

    def check(value: SecretStr) -> SecretStr:
        bare = value.get_secret_value().strip()
        if not bare.startswith(prefix) or any(character.isspace() for character in bare):
            raise ValueError(f"must begin with {prefix} and hold no blanks")
        return SecretStr(bare)

    return AfterValidator(check)


def _strip(value: SecretStr) -> SecretStr:
    return SecretStr(value.get_secret_value().strip())


def _check_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().strip()) < MIN_SECRET_LENGTH:
        raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters; any random text will do")
    return _strip(value)


def _check_database(value: str) -> str:
    check_database_url(value)
    return value


def _ids(what: str, prefixes: str) -> BeforeValidator:
    """Slack's immutable ids of one kind, with commas between. Names are refused: whoever may rename could let themselves in."""
    shape = re.compile(rf"[{prefixes}][A-Z0-9]{{2,30}}")

    def check(value: object) -> frozenset[str]:
        listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple | frozenset) else [value]
        ids = [str(one).strip() for one in listed]
        wrong = [one for one in ids if one and not shape.fullmatch(one)]
        if wrong:
            raise ValueError(f"lists {what} by id, such as {prefixes[0]}0123ABCD, with commas between; {wrong[0][:40]} is none")
        return frozenset(one for one in ids if one)

    return BeforeValidator(check)


def _check_callback_token(value: SecretStr) -> SecretStr:
    """It stands in a path, and nothing else keeps strangers out."""
    bare = value.get_secret_value().strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{24,200}", bare):
        raise ValueError("must be 24 or more letters, digits, - or _, such as `openssl rand -hex 24` prints")
    return SecretStr(bare)


def _networks(value: object) -> tuple[object, ...]:
    """Networks with commas between."""
    listed = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    try:
        return tuple(ip_network(str(one).strip()) for one in listed if str(one).strip())
    except ValueError as error:
        raise ValueError(f"lists networks such as 203.0.113.0/24, with commas between: {error}") from error


def _default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "smsstatus"


class General(BaseModel):
    """What is not about one vendor's account. Aliases are the keys."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    bot_token: Annotated[SecretStr, _begins("xoxb-")] | None = Field(None, alias="SLACK_BOT_TOKEN")
    app_token: Annotated[SecretStr, _begins("xapp-")] | None = Field(None, alias="SLACK_APP_TOKEN")
    signing_secret: Annotated[SecretStr, AfterValidator(_strip)] | None = Field(None, alias="SLACK_SIGNING_SECRET")
    slack_api_url: Annotated[Endpoint, AfterValidator(_check_api_url)] = Field("https://slack.com/api/", alias="SLACK_API_URL")
    region: Annotated[str, AfterValidator(_check_region)] = Field("CN", alias="SMSSTATUS_DEFAULT_REGION")
    timezone: Annotated[str, AfterValidator(_check_zone)] = Field("Asia/Shanghai", alias="SMSSTATUS_TIMEZONE")
    host: str = Field("127.0.0.1", alias="SMSSTATUS_HOST", min_length=1)
    port: int = Field(3000, alias="SMSSTATUS_PORT", ge=0, le=65535)
    data_dir: Path = Field(default_factory=_default_data_dir, alias="SMSSTATUS_DATA_DIR")
    database: Annotated[str, AfterValidator(_check_database)] | None = Field(None, alias="SMSSTATUS_DATABASE_URL", repr=False)
    secret_key: Annotated[SecretStr, AfterValidator(_check_secret)] | None = Field(None, alias="SMSSTATUS_SECRET_KEY")
    deadline_seconds: float = Field(8.0, alias="SMSSTATUS_DEADLINE", ge=0.5, le=60)
    allowed_teams: Annotated[frozenset[str], _ids("workspaces", "T")] = Field(frozenset(), alias="SMSSTATUS_ALLOWED_TEAMS")
    allowed_channels: Annotated[frozenset[str], _ids("channels", "CGD")] = Field(frozenset(), alias="SMSSTATUS_ALLOWED_CHANNELS")
    allowed_users: Annotated[frozenset[str], _ids("people", "UW")] = Field(frozenset(), alias="SMSSTATUS_ALLOWED_USERS")
    allowed_usergroups: Annotated[frozenset[str], _ids("user groups", "S")] = Field(
        frozenset(), alias="SMSSTATUS_ALLOWED_USERGROUPS"
    )
    allow_guests: bool = Field(False, alias="SMSSTATUS_ALLOW_GUESTS")
    allow_externals: bool = Field(False, alias="SMSSTATUS_ALLOW_EXTERNALS")
    reveal_users: Annotated[frozenset[str], _ids("people", "UW")] = Field(frozenset(), alias="SMSSTATUS_REVEAL_USERS")
    reveal_usergroups: Annotated[frozenset[str], _ids("user groups", "S")] = Field(
        frozenset(), alias="SMSSTATUS_REVEAL_USERGROUPS"
    )
    user_rate: int = Field(30, alias="SMSSTATUS_USER_RATE", ge=1, le=10_000)  # requests of one person in a minute
    callback_token: Annotated[SecretStr, AfterValidator(_check_callback_token)] | None = Field(
        None, alias="SMSSTATUS_CALLBACK_TOKEN"
    )
    callback_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)] = Field(
        (), alias="SMSSTATUS_CALLBACK_NETWORKS"
    )
    sockets: int = Field(
        2, alias="SMSSTATUS_SOCKETS", ge=1, le=10
    )  # Socket Mode connections of this process; Slack takes ten in all
    contact: Annotated[str, AfterValidator(str.strip)] = Field("", alias="SMSSTATUS_CONTACT", max_length=200)
    audit_days: int = Field(365, alias="SMSSTATUS_AUDIT_DAYS", ge=1, le=36_500)
    codes_overlay: Path | None = Field(None, alias="SMSSTATUS_CODES_OVERLAY")  # TOML; bot/codes/overlay.py has its form
    receipt_days: int = Field(90, alias="SMSSTATUS_RECEIPT_DAYS", ge=1, le=36_500)  # how long the receipt store keeps

    @property
    def database_url(self) -> str:
        """The database: as set, or a SQLite file in the data folder."""
        return self.database or f"sqlite:///{self.data_dir / 'smsstatus.db'}"

    def keyring(self) -> Keyring:
        """The key of what is sealed and hashed: as set, or one made once in the data folder.

        Raises SettingsError when replicas may share the database, since they have to share the key too.
        """
        if self.secret_key is not None:
            return Keyring(self.secret_key.get_secret_value())
        if self.database is not None and not self.database.startswith("sqlite"):
            line = "SMSSTATUS_SECRET_KEY is missing: replicas that share a database share it (any random text of 32 characters)"
            raise SettingsError([line])
        try:
            return Keyring.from_file(self.data_dir / "secret.key")
        except OSError as error:
            raise SettingsError([f"SMSSTATUS_DATA_DIR: {self.data_dir} cannot be written: {error.strerror}"]) from error
        except WrongKeyError as error:
            raise SettingsError([f"SMSSTATUS_DATA_DIR: {error}"]) from error

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of people whose own is not known."""
        return ZoneInfo(self.timezone)

    def mode(self, wanted: Mode | None = None) -> Mode:
        """How Slack reaches us: as `wanted`, or Socket Mode when there is a token for it, or else HTTP.

        Raises SettingsError when a setting that the mode needs is missing.
        """
        mode: Mode = wanted or ("http" if self.signing_secret and not self.app_token else "socket")
        missing = [] if self.bot_token else ["SLACK_BOT_TOKEN is missing: the bot token, which begins with xoxb-"]
        if mode == "socket" and not self.app_token:
            missing.append("SLACK_APP_TOKEN is missing: Socket Mode needs the app-level token, which begins with xapp-")
        if mode == "http" and not self.signing_secret:
            missing.append("SLACK_SIGNING_SECRET is missing: HTTP mode needs it (Slack: Basic Information, App Credentials)")
        if missing:
            raise SettingsError(missing)
        return mode


@dataclass(frozen=True, slots=True)
class Account:
    """One vendor's settings in one account: the environment's (name None) or a table of the TOML file."""

    name: str | None
    vendor: Vendor
    settings: BaseModel


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked."""

    general: General
    accounts: tuple[Account, ...]


def load_settings(environ: Mapping[str, str], vendors: Iterable[Vendor]) -> Settings:
    """The settings that `environ`, and the TOML file which it may name, hold. Raises SettingsError with a line per fault."""
    vendors = tuple(vendors)
    problems: list[str] = []
    file = _read_file(environ.get(CONFIG_KEY))
    tables = file.pop("accounts", {})
    known = _keys(General) | {key for vendor in vendors for key in _keys(vendor.settings)}
    problems += _unknown_keys(file, known, "")

    top = {**file, **{key: value for key, value in environ.items() if value.strip()}}
    general = _checked(General, top, problems, "")
    accounts = _accounts(None, top, vendors, problems)
    if isinstance(tables, dict):
        for name, table in tables.items():
            where = f" (in [accounts.{name}])"
            if not isinstance(table, dict):
                problems.append(f"accounts.{name} must be a table: [accounts.{name}]")
                continue
            problems += _unknown_keys(table, known - _keys(General), where)
            accounts += _accounts(name, table, vendors, problems)
    else:
        problems.append("accounts must be a table of tables: [accounts.NAME]")

    if problems or general is None:
        raise SettingsError(problems)
    return Settings(general=general, accounts=tuple(accounts))


def codes_overlay(environ: Mapping[str, str]) -> Path | None:
    """The overlay of the code catalogue, whatever the other settings are. Raises SettingsError when the TOML cannot be read."""
    value = environ.get(OVERLAY_KEY) or _read_file(environ.get(CONFIG_KEY)).get(OVERLAY_KEY)
    return Path(str(value)) if value else None


def _read_file(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{CONFIG_KEY}: {path} cannot be read: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The parser's message ends in the place; the text itself, which may hold a secret, is not repeated.
        raise SettingsError([f"{CONFIG_KEY}: {path} is not valid TOML: {error}"]) from error


def _accounts(name: str | None, source: Mapping[str, Any], vendors: Iterable[Vendor], problems: list[str]) -> list[Account]:
    where = f" (in [accounts.{name}])" if name else ""
    found = []
    for vendor in vendors:
        switches = {key for system in vendor.systems for key in system.keys}
        if switches.isdisjoint(source):
            continue
        settings = _checked(vendor.settings, source, problems, where)
        if settings is not None:
            found.append(Account(name=name, vendor=vendor, settings=settings))
    if name and not found and not problems:
        problems.append(f"accounts.{name} has none of the keys that switch a provider on")
    return found


def _checked(model: type[M], source: Mapping[str, Any], problems: list[str], where: str) -> M | None:
    own = {key: value for key, value in source.items() if key in _keys(model)}
    try:
        return model.model_validate(own)
    except ValidationError as error:
        problems += [_line(dict(one), where) for one in error.errors(include_url=False, include_input=False)]
        return None


def _line(error: Mapping[str, Any], where: str) -> str:
    key = str(error["loc"][0]) if error["loc"] else "settings"
    match error["type"]:
        case "missing":
            return f"{key} is missing{where}"
        case "value_error":
            return f"{key} {error['ctx']['error']}{where}"
        case _:
            said = str(error["msg"])
            return f"{key}: {said[:1].lower()}{said[1:]}{where}"


def _unknown_keys(table: Mapping[str, Any], known: set[str], where: str) -> list[str]:
    lines = []
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key.upper(), known, 1)
            lines.append(f"{key} is not a setting{f'; did you mean {close[0]}?' if close else ''}{where}")
    return lines


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}
