"""The settings of the app itself: all that is not about one vendor's account."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.config.model import SettingsModel
from bot.config.validators import (
    AnyPath,
    ApiUrl,
    AppToken,
    BotToken,
    Channel,
    ChannelLanguage,
    ChannelLanguages,
    Channels,
    DatabaseUrl,
    LongSecret,
    Networks,
    PublicUrl,
    Quiet,
    ReaderLanguage,
    Region,
    Secret,
    SiteUrl,
    StrippedText,
    Teams,
    TimeZoneName,
    UrlToken,
    Usergroups,
    Users,
)
from bot.errors import InvalidValueError, SettingsError
from bot.errors.os_errors import describe_os_error
from bot.i18n import ENGLISH, language_code, phrase
from bot.storage.address import check_database_url
from bot.storage.keyring import Keyring

if TYPE_CHECKING:
    from sqlalchemy import URL

Mode = Literal["socket", "http"]


def _default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "smsstatus"


class AppSettings(SettingsModel):
    """The settings of the app. The aliases are the keys; what stands below each is its line in docs/settings.md."""

    bot_token: BotToken | None = Field(None, alias="SLACK_BOT_TOKEN")
    """The bot token, `xoxb-…`. Also for `doctor`; the terminal's lookups work without it."""
    app_token: AppToken | None = Field(None, alias="SLACK_APP_TOKEN")
    """The app-level token with the scope `connections:write`, `xapp-…`. Socket Mode needs it."""
    signing_secret: Secret | None = Field(None, alias="SLACK_SIGNING_SECRET")
    """HTTP mode needs it. In the app's settings: *Basic Information*, *App Credentials*."""
    slack_api_url: ApiUrl = Field("https://slack.com/api/", alias="SLACK_API_URL")
    """Base URL of Slack's Web API."""
    sockets: int = Field(2, alias="SMSSTATUS_SOCKETS", ge=1, le=10)
    """Socket Mode connections of one process. Slack allows ten for an app."""

    allowed_teams: Teams = Field(frozenset(), alias="SMSSTATUS_ALLOWED_TEAMS")
    """Workspaces that may ask, by id, separated by commas. Empty: the app's own; on Enterprise Grid, all of the organisation."""
    allowed_channels: Channels = Field(frozenset(), alias="SMSSTATUS_ALLOWED_CHANNELS")
    """Channels where the app answers, by id. Empty: every channel."""
    allowed_users: Users = Field(frozenset(), alias="SMSSTATUS_ALLOWED_USERS")
    """People who may ask, by id. Empty, and no user groups either: everybody."""
    allowed_usergroups: Usergroups = Field(frozenset(), alias="SMSSTATUS_ALLOWED_USERGROUPS")
    """User groups whose members may ask, by id. Needs the scope `usergroups:read`."""
    allow_guests: bool = Field(False, alias="SMSSTATUS_ALLOW_GUESTS")
    """Answer guests."""
    allow_externals: bool = Field(False, alias="SMSSTATUS_ALLOW_EXTERNALS")
    """Answer people of other organisations."""
    reveal_users: Users = Field(frozenset(), alias="SMSSTATUS_REVEAL_USERS")
    """People who may press *Reveal numbers* and ask `doctor` in Slack, by id. Empty, and no user groups either: nobody."""
    reveal_usergroups: Usergroups = Field(frozenset(), alias="SMSSTATUS_REVEAL_USERGROUPS")
    """User groups whose members may do so, by id. Needs the scope `usergroups:read`."""
    user_rate: int = Field(30, alias="SMSSTATUS_USER_RATE", ge=1, le=10_000)
    """Requests that one person may make in a minute."""
    contact: StrippedText = Field("", alias="SMSSTATUS_CONTACT", max_length=200)
    """Whom to ask for access: people who are turned away read it. Default: the workspace's admins."""

    region: Region = Field("CN", alias="SMSSTATUS_DEFAULT_REGION")
    """Country of numbers without a country code, as two letters."""
    timezone: TimeZoneName = Field("Asia/Shanghai", alias="SMSSTATUS_TIMEZONE")
    """Time zone of the terminal, and of people whose own is unknown."""
    language: ReaderLanguage = Field("auto", alias="SMSSTATUS_LANGUAGE")
    """`auto`: each reader's own, as set in Slack, in the terminal the locale's. `en` or `zh`: that one for everybody."""
    channel_language: ChannelLanguage | None = Field(None, alias="SMSSTATUS_CHANNEL_LANGUAGE")
    """Language of posts that a whole channel reads, `en` or `zh`. Default: SMSSTATUS_LANGUAGE, or `en` if that is `auto`."""
    channel_languages: ChannelLanguages = Field(default_factory=lambda: MappingProxyType({}), alias="SMSSTATUS_CHANNEL_LANGUAGES")
    """Language of posts in single channels: `C0123ABCD=zh,C0456EFGH=en`. In the TOML file also a table."""
    customer_language: ChannelLanguage | None = Field(None, alias="SMSSTATUS_CUSTOMER_LANGUAGE")
    """Language of *Text for the customer*, `en` or `zh`. Default: that of whoever presses the button."""
    deadline_seconds: float = Field(8.0, alias="SMSSTATUS_DEADLINE", ge=0.5, le=60)
    """Seconds after which an answer shows what is known by then."""
    codes_overlay: AnyPath | None = Field(None, alias="SMSSTATUS_CODES_OVERLAY")
    """A TOML file with your own explanations of codes."""
    codes_site: SiteUrl | None = Field(None, alias="SMSSTATUS_CODES_SITE")
    """Address of a [site of the codes](codes-site.md), `https://codes.example.com/`: Slack's answers link it. Empty: none."""

    host: str = Field("127.0.0.1", alias="SMSSTATUS_HOST", min_length=1)
    """Address where `serve` listens. In the image: `0.0.0.0`."""
    port: int = Field(3000, alias="SMSSTATUS_PORT", ge=0, le=65535)
    """Port where `serve` listens. 0: any free one."""
    max_connections: int = Field(512, alias="SMSSTATUS_MAX_CONNECTIONS", ge=8, le=100_000)
    """Connections that may be open at once; never more than half of `ulimit -n`."""
    # Below the total, so that one address alone cannot shut the others out.
    max_peer_connections: int = Field(384, alias="SMSSTATUS_MAX_PEER_CONNECTIONS", ge=4, le=100_000)
    """The same of one address. Behind a proxy all connections are the proxy's."""
    callback_token: UrlToken | None = Field(None, alias="SMSSTATUS_CALLBACK_TOKEN")
    """Turns the callbacks for pushed receipts on; the secret part of their paths, 24 characters or more."""
    callback_networks: Networks = Field((), alias="SMSSTATUS_CALLBACK_NETWORKS")
    """Networks that may push receipts, separated by commas: `203.0.113.0/24`. Empty: every one."""
    public_url: PublicUrl = Field("", alias="SMSSTATUS_PUBLIC_URL")
    """Address under which vendors reach `serve`, such as `https://sms.example.com`. Signed pushes need it: Twilio's."""

    alert_channel: Channel = Field("", alias="SMSSTATUS_ALERT_CHANNEL")
    """Channel for [alerts](alerts.md), by id, such as `C0123ABCD`. Needs pushed or drained receipts. Empty: no alerts."""
    alert_quiet_hours: Quiet = Field(None, alias="SMSSTATUS_ALERT_QUIET_HOURS")
    """Hours in which alerts wait, in SMSSTATUS_TIMEZONE: `23:00-07:00`. Empty: none."""

    data_dir: AnyPath = Field(default_factory=_default_data_dir, alias="SMSSTATUS_DATA_DIR")
    """Folder of the app's state. In the image: `/data`."""
    database: DatabaseUrl | None = Field(None, alias="SMSSTATUS_DATABASE_URL", repr=False)
    """`postgresql://…` for several replicas, with `?sslmode=require` and the like. Default: a SQLite file in the data folder."""
    secret_key: LongSecret | None = Field(None, alias="SMSSTATUS_SECRET_KEY")
    """Key of all that is sealed and hashed, 16 characters or more. Default: one made in the data folder, `secret.key`."""
    audit_days: int = Field(365, alias="SMSSTATUS_AUDIT_DAYS", ge=1, le=36_500)
    """Days for which the audit is kept."""
    receipt_days: int = Field(90, alias="SMSSTATUS_RECEIPT_DAYS", ge=1, le=36_500)
    """Days for which receipts are kept."""

    @property
    def database_url(self) -> URL:
        """The database's URL: as set, or a SQLite file in the data folder. Raises InvalidValueError."""
        from sqlalchemy import URL  # noqa: PLC0415 - it loads slowly, and a lookup in the terminal needs no database

        if self.database is not None:
            return check_database_url(self.database)
        return URL.create("sqlite", database=str(self.data_dir / "smsstatus.db"))

    @property
    def passwords(self) -> set[str]:
        """The passwords within the database's URL."""
        query = self.database_url.query
        found = (self.database_url.password, *(query.get(key) for key in ("password", "sslpassword")))
        return {str(password) for password in found if password}

    @property
    def database_key(self) -> str:
        """The key of the setting that locates the database, or the two keys that may."""
        return "SMSSTATUS_DATABASE_URL" if self.database is not None else "SMSSTATUS_DATA_DIR, SMSSTATUS_DATABASE_URL"

    def keyring(self) -> Keyring:
        """The keyring of the configured secret, or of one generated once in the data folder.

        Raises SettingsError if the database may be shared by replicas, which have to share the key too, and if the key's file
        cannot be written or is invalid.
        """
        self.check_key()
        if self.secret_key is not None:
            return Keyring(self.secret_key.get_secret_value())
        try:
            return Keyring.from_file(self.data_dir / "secret.key")
        except OSError as error:
            line = phrase(
                "SMSSTATUS_DATA_DIR: {path} cannot be written: {reason}", path=self.data_dir, reason=describe_os_error(error)
            )
            raise SettingsError([line]) from error
        except InvalidValueError as error:
            raise SettingsError([phrase("SMSSTATUS_DATA_DIR: {problem}", problem=error.problem)]) from error

    def check_key(self) -> None:
        """Whether the key is set where it must be. Writes nothing. Raises SettingsError."""
        if self.secret_key is None and self.database is not None and not self.database.startswith("sqlite"):
            line = phrase(
                "SMSSTATUS_SECRET_KEY is missing: replicas that share a database share it (any random text of 32 characters)"
            )
            raise SettingsError([line])

    @property
    def zone(self) -> ZoneInfo:
        """The default time zone, for people whose own is unknown."""
        return ZoneInfo(self.timezone)

    @property
    def is_over_http(self) -> bool:
        """Whether Slack's requests come over HTTP, where `serve` is not told otherwise: only a signing secret is set."""
        return self.signing_secret is not None and self.app_token is None

    def mode(self, wanted: Mode | None = None) -> Mode:
        """The transport of Slack's requests: `wanted`; else HTTP if only a signing secret is set, else Socket Mode.

        Raises SettingsError if a setting that the mode needs is missing.
        """
        mode: Mode = wanted or ("http" if self.is_over_http else "socket")
        missing = [] if self.bot_token else [phrase("SLACK_BOT_TOKEN is missing: the bot token, which begins with xoxb-")]
        if mode == "socket" and not self.app_token:
            line = phrase("SLACK_APP_TOKEN is missing: Socket Mode needs the app-level token, which begins with xapp-")
            missing.append(line)
        if mode == "http" and not self.signing_secret:
            line = phrase("SLACK_SIGNING_SECRET is missing: HTTP mode needs it (Slack: Basic Information, App Credentials)")
            missing.append(line)
        if missing:
            raise SettingsError(missing)
        return mode

    def language_of(self, code: str) -> str:
        """The language for a language code or Slack locale; an empty one means the workspace's.

        `SMSSTATUS_LANGUAGE`, unless `auto`, overrides it.
        """
        if self.language != "auto":
            return self.language
        return language_code(code) if code else self.channel_language_for("")

    def channel_language_for(self, channel: str) -> str:
        """The language of posts in a channel: the channel's own setting, else that of all channels, else `SMSSTATUS_LANGUAGE`."""
        every = self.channel_language or self.language
        return self.channel_languages.get(channel) or (ENGLISH.code if every == "auto" else every)
