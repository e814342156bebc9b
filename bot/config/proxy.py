"""The proxy settings of all outgoing requests, to Slack and to the providers.

`HTTPS_PROXY` and `HTTP_PROXY` are chosen by the scheme of the requested URL, `NO_PROXY` lists the hosts without a proxy; all
three also in lower case, which takes precedence, as in curl (https://curl.se/docs/manpage.html#ENVIRONMENT). Loopback is never
proxied. The libraries' own reading of the environment is not used: slack_sdk ignores NO_PROXY, and each differs a little.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from yarl import URL

from bot.errors import InvalidValueError, SettingsError
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse

    from bot.i18n import Phrase

HTTPS_KEY, HTTP_KEY, NO_KEY = "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"
LOGIN_WANTED = 407
KEYS = frozenset({HTTPS_KEY, HTTP_KEY, NO_KEY})

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy. `key` is the setting that names it, in the case that is set."""

    key: str
    scheme: str
    host: str
    port: int
    login: str = field(default="", repr=False)  # the value of Proxy-Authorization

    @property
    def shown(self) -> str:
        """`proxy.corp:3128`: host and port, without the login."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> URL:
        """The proxy's URL, without the login."""
        return URL.build(scheme=self.scheme, host=self.host, port=self.port)

    def refusal(self, host: str, status: int) -> Phrase:
        """The line about the HTTP `status` with which the proxy refused a connection to `host`, and the fix."""
        names = {"key": self.key, "proxy": self.shown}
        if status == LOGIN_WANTED and self.login:
            return phrase("{key}: the proxy {proxy} refuses the login that is written there (HTTP 407)", **names)
        if status == LOGIN_WANTED:
            return phrase("{key}: the proxy {proxy} wants a login (HTTP 407): write http://USER:PASSWORD@{proxy}", **names)
        return phrase(
            "{key}: the proxy {proxy} does not let the connection to {host} pass (HTTP {status})",
            **names,
            host=host,
            status=status,
        )


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxy of each URL; none by default."""

    https: Proxy | None = None
    http: Proxy | None = None
    without: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, object]) -> Proxies:
        """Read the environment. Raises SettingsError with a line for each invalid value."""
        found: dict[str, Proxy | None] = {}
        problems: list[Phrase] = []
        for key in (HTTPS_KEY, HTTP_KEY):
            written, value = _value(environ, key)
            try:
                found[key] = _proxy(written, value) if value else None
            except InvalidValueError as error:
                problems.append(phrase("{key} {problem}", key=written, problem=error.problem))
        if problems:
            raise SettingsError(problems)
        without = tuple(entry.lower() for entry in re.split(r"[,\s]+", _value(environ, NO_KEY)[1]) if entry)
        return cls(found[HTTPS_KEY], found[HTTP_KEY], without)

    def proxy_for(self, url: str | URL) -> Proxy | None:
        """The proxy for requests to `url`; None: direct."""
        if self.https is None and self.http is None:
            return None
        parts = URL(url)
        host = (parts.host or "").rstrip(".").lower()
        proxy = self.https if parts.scheme in {"https", "wss"} else self.http
        if proxy is None or not host or _is_loopback(host):
            return None
        port = parts.port or _PORTS.get(parts.scheme, 0)
        return None if any(_covers(entry, host, port) for entry in self.without) else proxy

    @property
    def secrets(self) -> set[str]:
        """The passwords, and what is sent of them."""
        sent = {proxy.login.removeprefix("Basic ") for proxy in (self.https, self.http) if proxy is not None and proxy.login}
        return sent | {base64.b64decode(login).decode().partition(":")[2] for login in sent}

    @property
    def route(self) -> ClientMiddlewareType:
        """An aiohttp client middleware that sets the proxy of every request, whatever the caller set."""

        async def route(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
            proxy = self.proxy_for(request.url)
            login = {"Proxy-Authorization": proxy.login} if proxy is not None and proxy.login else None
            request.update_proxy(proxy.url if proxy is not None else None, None, login)
            return await handler(request)

        return route


def _value(environ: Mapping[str, object], key: str) -> tuple[str, str]:
    """The key in the case that is set, lower case first, and its value; a blank value counts as not set."""
    for written in (key.lower(), key):
        if value := str(environ.get(written) or "").strip():
            return written, value
    return key, ""


def _proxy(key: str, value: str) -> Proxy:
    """Parse a proxy; the default scheme is http, as in curl. Raises InvalidValueError, which never repeats a login."""
    example = phrase("must be the address of a proxy, such as http://proxy.example.com:3128")
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidValueError(example) from None
    if parts.scheme not in {"http", "https"}:
        raise InvalidValueError(phrase("must begin with http:// or https://: other kinds of proxy are not supported"))
    is_more = parts.path not in {"", "/"} or parts.query or parts.fragment  # as in http:/proxy.example.com:3128
    if port == 0 or is_more or not (_HOST.fullmatch(host) or _address(host)):
        raise InvalidValueError(example)
    login = ""
    if parts.username is not None:
        plain = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = "Basic " + base64.b64encode(plain.encode()).decode()
    return Proxy(key, parts.scheme, host, port or _PORTS[parts.scheme], login)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback if address is not None else host == "localhost" or host.endswith(".localhost")


def _covers(entry: str, host: str, port: int) -> bool:
    """True if an entry of NO_PROXY matches: `*`, a domain with its subdomains, an IP address or network; each with a port."""
    if entry == "*":
        return True
    found = re.fullmatch(r"\[(?P<v6>[^\]]+)\](?::(?P<p6>\d+))?|(?P<name>[^:]+)(?::(?P<p>\d+))?|(?P<bare>.+)", entry)
    if found is None:
        return False
    name = found["v6"] or found["name"] or found["bare"]
    if (only := found["p6"] or found["p"]) and int(only) != port:
        return False
    if (address := _address(host)) is not None:
        try:
            return address in ip_network(name, strict=False)
        except ValueError:
            return False
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
