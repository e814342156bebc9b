"""Why a call to Slack failed at the start, as one line that names the setting or the proxy.

Only the operator can mend a token, a scope, a proxy that wants a login: a SettingsError. A Slack that is away for a while comes
back, and so do the connections of a process that a rolling restart is about to end: a UnavailableError.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError
from yarl import URL

from bot.config.proxy import HTTPS_KEY, LOGIN_WANTED, Proxies, Proxy
from bot.errors import SettingsError, SlackDeliveryError, UnavailableError
from bot.errors.os_errors import describe_os_error
from bot.i18n import phrase
from bot.sanitize import single_line, truncate
from bot.slack.messaging import failures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase

BOT_TOKEN, APP_TOKEN = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"
SOCKET_MODE = "Socket Mode"  # the place of an error whose address Slack gives and no setting names

_LONGEST_NAME = 80  # of an error, which may be anybody's
_CLIENT_ERROR, _SERVER_ERROR, _TOO_MANY = 400, 500, 429
_ODD = (AttributeError, KeyError, TypeError, ValueError, RecursionError)  # slack_sdk, reading what Slack never says

_SOME_PROXY = Proxy(HTTPS_KEY, "http", "?", 80)  # one that is on the way without our doing

# Not of a setting but of Slack's day, or of other processes of the app.
_PASSING = frozenset(
    {"internal_error", "fatal_error", "too_many_websockets", "team_added_to_org", "timeout", failures.ANSWER_LOST}
)

_BY_NAME: Mapping[tuple[str, str], Phrase] = {
    (BOT_TOKEN, "missing_scope"): phrase(
        "Slack rejected SLACK_BOT_TOKEN (missing_scope): give the app the scopes of manifest.yml, then reinstall it"
    ),
    (APP_TOKEN, "missing_scope"): phrase("Slack rejected SLACK_APP_TOKEN (missing_scope): it needs the scope connections:write"),
    (APP_TOKEN, "not_allowed_token_type"): phrase(
        "Slack rejected SLACK_APP_TOKEN (not_allowed_token_type): copy the app-level token, which begins with xapp-"
    ),
    (APP_TOKEN, "link_disabled"): phrase(
        "Slack rejected the connection (link_disabled): enable Socket Mode in the app's settings"
    ),
    (APP_TOKEN, "too_many_websockets"): phrase(
        "Slack rejected the connection (too_many_websockets): ten are open; run fewer replicas or lower SMSSTATUS_SOCKETS"
    ),
    (APP_TOKEN, failures.NO_ADDRESS): phrase(
        "SLACK_API_URL: the answer holds no address for Socket Mode; the address is wrong, or something is in between"
    ),
}

# What is told of the WebSocket by the name that we gave it.
_BY_NAME_OF_SOCKET: Mapping[str, Phrase] = {
    failures.NO_HELLO: phrase("the connection was open, but Slack's hello did not come"),
    failures.CLOSED_EARLY: phrase("the connection was closed before Slack's hello came"),
}


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """The endpoint that is called, for the error line: its token's setting, its address, the proxy."""

    token: str
    url: str
    proxies: Proxies = Proxies()  # noqa: RUF009 - a frozen value

    @property
    def keys(self) -> str:
        """The settings that may be wrong when nothing Slack-like answers there."""
        proxy = self.proxies.proxy_for(self.url)
        whose = SOCKET_MODE if self.is_socket else "SLACK_API_URL"
        return f"{whose}, {proxy.key}" if proxy else whose

    @property
    def is_socket(self) -> bool:
        """Whether it is the WebSocket, whose address Slack gives and no setting names."""
        return self.url.startswith("ws")

    @property
    def proxy(self) -> Proxy:
        """The proxy, for a line about it."""
        return self.proxies.proxy_for(self.url) or self.proxies.https or self.proxies.http or _SOME_PROXY


@contextmanager
def explaining_errors(place: SlackEndpoint) -> Iterator[None]:
    """Turns every failure within into SettingsError; into UnavailableError where a retry may help."""
    try:
        yield
    except (*failures.SLACK_EXCEPTIONS, *_ODD, SlackDeliveryError) as error:
        raise startup_error(error, place) from error


def startup_error(error: BaseException, place: SlackEndpoint) -> SettingsError:
    """The error of a failed call: UnavailableError, or SettingsError when only the operator can mend it. Pure."""
    if isinstance(error, SlackDeliveryError):
        place = replace(place, url=error.at or place.url)
        return _by_name(error, place) if error.__cause__ is None else _or_by_name(error.__cause__, error, place)
    if isinstance(error, SlackApiError):
        return _by_answer(error, place)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _by_proxy(error.status, place)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return UnavailableError(
            [
                phrase(
                    "{key}: the proxy {proxy} cannot be reached ({reason})",
                    key=place.proxy.key,
                    proxy=place.proxy.shown,
                    reason=_reason(error),
                )
            ]
        )
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return SettingsError([phrase("the certificate of {host} is not trusted", host=error.host)], place=place.keys)
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return UnavailableError([_deaf(place, f"HTTP {error.status}")])
    if isinstance(error, failures.RedirectedError):
        line = phrase(
            "{url} sends us on to {to}, as Slack never does; the address is wrong, or a login page is in between",
            url=place.url,
            to=error.to,
        )
        return SettingsError([line], place=place.keys)
    if isinstance(error, aiohttp.InvalidURL):
        return SettingsError([_unreached(error, place)])
    # ClientResponseError: what came is not even HTTP.
    if isinstance(error, (*_ODD, aiohttp.ClientResponseError)) and not isinstance(error, OSError):
        return SettingsError([_not_slack(page=isinstance(error, aiohttp.ContentTypeError))], place=place.keys)
    return UnavailableError([_unreached(error, place)])


def _or_by_name(cause: BaseException, refusal: SlackDeliveryError, place: SlackEndpoint) -> SettingsError:
    """What lies behind a refusal of ours says more, except where we gave the name because we know better."""
    ours = (place.token, refusal.reason) in _BY_NAME or (place.token == APP_TOKEN and refusal.reason in _BY_NAME_OF_SOCKET)
    return _by_name(refusal, place) if ours else startup_error(cause, place)


def _by_name(refusal: SlackDeliveryError, place: SlackEndpoint) -> SettingsError:
    """By Slack's own name for it, or ours."""
    reason = refusal.reason
    passing = reason in _PASSING or failures.classify(reason) is not failures.FailureKind.PERMANENT
    if place.token == APP_TOKEN and reason in _BY_NAME_OF_SOCKET:
        problem = _BY_NAME_OF_SOCKET[reason]
        return UnavailableError([problem], place=SOCKET_MODE, retry_after=refusal.retry_after)
    line = _BY_NAME.get((place.token, reason))
    if line is None and passing:
        line = phrase("Slack failed to answer at SLACK_API_URL ({reason})", reason=reason)
    elif line is None and place.token == APP_TOKEN:
        line = phrase("Slack rejected SLACK_APP_TOKEN ({reason}): copy the app-level token again", reason=reason)
    elif line is None:
        line = phrase("Slack rejected SLACK_BOT_TOKEN ({reason}): copy the bot token of the installed app again", reason=reason)
    return UnavailableError([line], retry_after=refusal.retry_after) if passing else SettingsError([line])


def _by_answer(error: SlackApiError, place: SlackEndpoint) -> SettingsError:
    """By an answer with `ok: false`, or by one that Slack did not write."""
    response = error.response
    data = getattr(response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    headers = getattr(response, "headers", None) or {}
    if status == LOGIN_WANTED:
        return _by_proxy(status, place)
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        wait = failures.parse_retry_after(headers.get("Retry-After"))
        return UnavailableError([phrase("the answer is HTTP {status}", status=status)], place=place.keys, retry_after=wait)
    if isinstance(name, str) and name:
        return _by_name(SlackDeliveryError(truncate(single_line(name), _LONGEST_NAME)), place)
    page = "html" in str(headers.get("Content-Type", "")).lower()
    return SettingsError([_not_slack(page=page)], place=place.keys)


def _by_proxy(status: int, place: SlackEndpoint) -> SettingsError:
    line = place.proxy.refusal(URL(place.url).host or place.url, status)
    lasting = _CLIENT_ERROR <= status < _SERVER_ERROR and status != _TOO_MANY
    return SettingsError([line]) if lasting else UnavailableError([line])


def _not_slack(*, page: bool) -> Phrase:
    if page:
        return phrase("a web page came, not Slack's JSON; the address is wrong, or a filter or a proxy is in between")
    return phrase("what came is not Slack's JSON; the address is wrong, or something is in between")


def _unreached(error: BaseException, place: SlackEndpoint) -> Phrase:
    if place.is_socket:
        return _deaf(place, _reason(error))
    return phrase("{keys}: Slack cannot be reached at {url} ({reason})", keys=place.keys, url=place.url, reason=_reason(error))


def _deaf(place: SlackEndpoint, reason: Phrase | str) -> Phrase:
    """That the Web API answers and its WebSocket, at another host, is out of reach."""
    proxy = place.proxies.proxy_for(place.url)
    if proxy is not None:
        return phrase(
            "{key}: Slack's WebSocket {url} cannot be reached through the proxy {proxy} ({reason})",
            key=proxy.key,
            url=place.url,
            proxy=proxy.shown,
            reason=reason,
        )
    return phrase(
        "Slack's WebSocket {url} cannot be reached ({reason}): let it through, or set HTTPS_PROXY", url=place.url, reason=reason
    )


def _reason(error: BaseException) -> Phrase | str:
    """Why there was no answer. No library's own text is repeated: it may hold an address with a login in it."""
    match error:
        case TimeoutError():
            return phrase("no answer in time")
        case aiohttp.ClientConnectorDNSError():
            return phrase("its name is not known")
        case aiohttp.ClientConnectorSSLError() | aiohttp.ServerFingerprintMismatch():
            return phrase("TLS did not come about")
        case aiohttp.ClientConnectorError(os_error=OSError() as cause) if cause.errno:
            return describe_os_error(cause)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | aiohttp.ClientPayloadError() | ConnectionError():
            return phrase("it closed the connection")
        case aiohttp.InvalidURL():
            return phrase("it is no address")
        case _:
            return phrase("the connection failed")
