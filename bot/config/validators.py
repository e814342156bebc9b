"""Pydantic's validators of the app's settings. Each raises InvalidValueError with the half sentence that follows the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import available_timezones

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, SecretStr

from bot.config.endpoint import Endpoint, check_endpoint
from bot.errors import InvalidValueError
from bot.errors.os_errors import expand_home
from bot.i18n import LANGUAGES, phrase
from bot.storage.address import check_database_url
from bot.storage.keyring import MIN_SECRET_LENGTH
from bot.timing.quiet_hours import QuietHours

if TYPE_CHECKING:
    from bot.i18n import Phrase

CHANNELS = "CGD"  # the first letters of Slack's ids of channels, of private channels and of direct messages
SHARED_CHANNELS = "CG"  # those that several people read
_LONGEST_SHOWN = 40  # characters of a value that a message repeats


def _zone(value: str) -> str:
    if value not in available_timezones():
        close = difflib.get_close_matches(value, available_timezones(), 1)
        if close:
            raise InvalidValueError(phrase("is not a time zone; did you mean {zone}?", zone=close[0]))
        raise InvalidValueError(phrase("is not a time zone, such as Asia/Shanghai"))
    return value


def _region(value: str) -> str:
    region = value.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidValueError(phrase("is not a two-letter region, such as CN"))
    return region


def _with_slash(value: str) -> str:
    return value if value.endswith("/") else value + "/"


_SITE = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?/(?!\S*\.html?/?$)[A-Za-z0-9._~/-]{0,200}", re.ASCII)


def _site(value: str) -> str:
    """The address of a site that people open: one on this machine is of no use to them."""
    if not value.strip().startswith("https://"):
        raise InvalidValueError(phrase("must begin with https://, such as {example}", example="https://codes.example.com/"))
    address = _with_slash(check_endpoint(value))
    if not _SITE.fullmatch(address):  # Slack's links take less than an address may hold
        raise InvalidValueError(
            phrase("must be a folder in plain letters, such as {example}", example="https://codes.example.com/sms/")
        )
    return address


def _starts_with(prefix: str) -> AfterValidator:
    """The validator of a secret with this prefix; blanks around it, which come with copying, are stripped."""

    def check(value: SecretStr) -> SecretStr:
        bare = value.get_secret_value().strip()
        if not bare.startswith(prefix) or any(character.isspace() for character in bare):
            raise InvalidValueError(phrase("must begin with {prefix} and hold no blanks", prefix=prefix))
        return SecretStr(bare)

    return AfterValidator(check)


def _strip(value: SecretStr) -> SecretStr:
    return SecretStr(value.get_secret_value().strip())


def _long_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().strip()) < MIN_SECRET_LENGTH:
        raise InvalidValueError(phrase("must have at least {least} characters; any random text will do", least=MIN_SECRET_LENGTH))
    return _strip(value)


def _url_token(value: SecretStr) -> SecretStr:
    """Check an unguessable token: it is part of a URL path, and nothing else authenticates the request."""
    bare = value.get_secret_value().strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{24,200}", bare):
        raise InvalidValueError(phrase("must be 24 or more letters, digits, - or _, such as `openssl rand -hex 24` prints"))
    return SecretStr(bare)


def _database(value: str) -> str:
    check_database_url(value)
    return value


def _list_items(value: object) -> list[str]:
    """The items of a comma-separated text or of a list in the TOML file, without blank ones."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple | frozenset) else [value]
    return [text for part in parts if (text := str(part).strip())]


def _is_id(text: str, prefixes: str) -> bool:
    return re.fullmatch(rf"[{prefixes}][A-Z0-9]{{2,30}}", text) is not None


def _ids(prefixes: str, rule: Phrase) -> BeforeValidator:
    """The validator of a list of Slack ids of one kind. Names are rejected: by renaming, people could give themselves access."""

    def check(value: object) -> frozenset[str]:
        ids = _list_items(value)
        for one in ids:
            if not _is_id(one, prefixes):
                raise InvalidValueError(phrase("{rule}; {wrong} is none", rule=rule, wrong=one[:_LONGEST_SHOWN]))
        return frozenset(ids)

    return BeforeValidator(check)


def _channel(value: object) -> str:
    text = str(value).strip()
    if text and not _is_id(text, SHARED_CHANNELS):
        raise InvalidValueError(phrase("must be a channel's id, such as C0123ABCD; {wrong} is none", wrong=text[:_LONGEST_SHOWN]))
    return text


def _quiet_hours(value: object) -> QuietHours | None:
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    hours = value if isinstance(value, QuietHours) else QuietHours.parse(text)
    if hours is None:
        raise InvalidValueError(phrase("must be two times such as 23:00-07:00; {wrong} is none", wrong=text[:_LONGEST_SHOWN]))
    return hours


def _public_url(value: str) -> str:
    if not value.strip():
        return ""
    try:
        return check_endpoint(value)
    except InvalidValueError as error:
        raise InvalidValueError(phrase("must be an address such as https://sms.example.com")) from error


def _networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(_network(text) for text in _list_items(value))


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        wrong = (
            phrase("{network} has host bits set", network=text)
            if _has_host_bits(text)
            else phrase("{network} does not appear to be an IPv4 or IPv6 network", network=repr(text))
        )
        raise InvalidValueError(
            phrase("lists networks such as 203.0.113.0/24, with commas between: {wrong}", wrong=wrong)
        ) from None


def _has_host_bits(text: str) -> bool:
    """True if it is a network but for its host bits."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _keyword(*words: str, rule: Phrase) -> BeforeValidator:
    """The validator of one of a few keywords, in any case."""

    def check(value: object) -> str:
        word = str(value).strip().lower()
        if word not in words:
            raise InvalidValueError(rule)
        return word

    return BeforeValidator(check)


def _channel_languages(value: object) -> Mapping[str, str]:
    """`C0123ABCD=zh,C0456EFGH=en`, or a table of the TOML file -> channel id -> language."""
    pairs = [f"{channel}={language}" for channel, language in value.items()] if isinstance(value, Mapping) else _list_items(value)
    found: dict[str, str] = {}
    for pair in pairs:
        channel, _, language = (part.strip() for part in pair.partition("="))
        if not _is_id(channel, SHARED_CHANNELS) or language.lower() not in LANGUAGES:
            rule = phrase(
                "lists channels by id, each with en or zh, such as C0123ABCD=zh,C0456EFGH=en; {wrong} does not fit",
                wrong=pair[:_LONGEST_SHOWN],
            )
            raise InvalidValueError(rule)
        if found.setdefault(channel, language.lower()) != language.lower():
            raise InvalidValueError(phrase("gives {channel} two languages", channel=channel))
    return MappingProxyType(found)


TimeZoneName = Annotated[str, AfterValidator(_zone)]
Region = Annotated[str, AfterValidator(_region)]
ApiUrl = Annotated[Endpoint, AfterValidator(_with_slash)]
SiteUrl = Annotated[str, AfterValidator(_site)]
BotToken = Annotated[SecretStr, _starts_with("xoxb-")]
AppToken = Annotated[SecretStr, _starts_with("xapp-")]
Secret = Annotated[SecretStr, AfterValidator(_strip)]
LongSecret = Annotated[SecretStr, AfterValidator(_long_secret)]
UrlToken = Annotated[SecretStr, AfterValidator(_url_token)]
AnyPath = Annotated[Path, AfterValidator(expand_home)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
StrippedText = Annotated[str, AfterValidator(str.strip)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_networks)]
Teams = Annotated[frozenset[str], _ids("T", phrase("lists workspaces by id, such as T0123ABCD, with commas between"))]
Channels = Annotated[frozenset[str], _ids(CHANNELS, phrase("lists channels by id, such as C0123ABCD, with commas between"))]
Channel = Annotated[str, BeforeValidator(_channel)]
Quiet = Annotated[QuietHours | None, BeforeValidator(_quiet_hours)]
Users = Annotated[frozenset[str], _ids("UW", phrase("lists people by id, such as U0123ABCD, with commas between"))]
Usergroups = Annotated[frozenset[str], _ids("S", phrase("lists user groups by id, such as S0123ABCD, with commas between"))]
ReaderLanguage = Annotated[Literal["auto", "en", "zh"], _keyword("auto", *LANGUAGES, rule=phrase("must be auto, en or zh"))]
ChannelLanguage = Annotated[Literal["en", "zh"], _keyword(*LANGUAGES, rule=phrase("must be en or zh"))]
ChannelLanguages = Annotated[Mapping[str, str], BeforeValidator(_channel_languages), AfterValidator(MappingProxyType)]
