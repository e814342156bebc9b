"""The proxy settings: which URLs are proxied, invalid values, and that the login is never shown."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.codes import load_catalogue
from bot.config import AppSettings, load_settings
from bot.config.proxy import Proxies
from bot.doctor.accounts import check_providers
from bot.doctor.check import Health
from bot.doctor.settings import check_proxies
from bot.errors import ProviderError, SettingsError
from bot.i18n import ENGLISH
from bot.lookup import LookupService
from bot.model import ProviderFault, Target
from bot.observability.metrics import Metrics
from bot.providers.base import ResultCollector
from bot.providers.http import ProviderHttpClient
from bot.providers.registry import VENDORS
from bot.providers.retry import RetryPolicy
from bot.slack.transport.web_client import authenticate, open_session, open_web_client
from bot.timing.clock import system_clock
from tests.cases import each

SLACK = "https://slack.com/api/"


@each("key", ["HTTPS_PROXY", "https_proxy"])
@each("value", ["http://u:secret@proxy.corp:3128", "u:secret@proxy.corp:3128", "proxy.corp:3128"])
def test_a_proxy_holds_for_https_and_wss_and_never_for_loopback(key: str, value: str) -> None:
    proxies = Proxies.of({key: value})

    for url in (SLACK, "wss://wss-primary.slack.com/link", "https://sms.tencentcloudapi.com"):
        found = proxies.proxy_for(url)
        assert found is not None
        assert (found.shown, found.key) == ("proxy.corp:3128", key)
    assert "secret" not in repr(proxies)
    for url in ("https://127.0.0.1:1/", "https://localhost/", "https://[::1]/", "wss://127.8.8.8", "http://slack.com"):
        assert proxies.proxy_for(url) is None


NO_PROXIES = [
    *("ftp://p:1", "socks5://p:1", "http://", "http://p:99999", "http://p:x", "http://a b", ":3128"),
    *("http:/proxy:3128", "https:/proxy:3128", "http://p:1/proxy.pac", "p:1?x=1", "https:p:1"),
]


@each("value", NO_PROXIES)
def test_what_is_no_proxy_is_one_line_that_names_the_key_and_not_the_value(value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"HTTPS_PROXY": value}, VENDORS)

    (line,) = str(caught.value).splitlines()
    assert line.startswith("HTTPS_PROXY ")


@each(
    ("without", "direct"),
    [
        ("*", True),
        ("slack.com", True),
        (".slack.com", True),
        ("*.SLACK.com", True),
        ("a.b, www.slack.com:443", True),
        ("www.slack.com:80", False),
        ("ack.com", False),
        ("", False),
        ("10.0.0.0/8", False),
    ],
)
def test_no_proxy_names_hosts_as_curl_does(without: str, direct: bool) -> None:  # noqa: FBT001 - a table
    proxies = Proxies.of({"HTTPS_PROXY": "p:1", "NO_PROXY": without})

    assert (proxies.proxy_for("https://www.slack.com/api") is None) is direct
    assert Proxies.of({"https_proxy": "p:1", "no_proxy": "10.0.0.0/8"}).proxy_for("https://10.1.2.3") is None


async def test_slack_and_the_providers_go_through_the_same_proxy_and_its_refusal_names_it() -> None:
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        proxies = Proxies.of({"HTTPS_PROXY": f"u:hidden@127.0.0.1:{port}"})
        async with open_session(proxies) as session:
            with pytest.raises(SettingsError) as caught:
                await authenticate(open_web_client(AppSettings.model_validate({"SLACK_BOT_TOKEN": "xoxb-1"}), session), proxies)
        http = ProviderHttpClient(
            "https://sms.tencentcloudapi.com", auth=httpx.Auth(), retry_policy=RetryPolicy(attempts=1), proxies=proxies
        )
        with pytest.raises(ProviderError) as fault:
            await http.call(lambda reply: reply, ResultCollector())
        await http.aclose()

    assert str(caught.value).startswith(
        f"HTTPS_PROXY: the proxy 127.0.0.1:{port} refuses the login that is written there (HTTP 407)"
    )
    assert (fault.value.fault.code, fault.value.fault.message) == ("Transport.Proxy", "HTTP 407")
    assert [line.split()[1] for line in asked] == ["slack.com:443", "sms.tencentcloudapi.com:443"]
    assert all("Proxy-Authorization: Basic" in line for line in asked)
    assert "hidden" not in str(caught.value)


SETTINGS = {
    "TENCENTCLOUD_SECRET_ID": "AKIDx",
    "TENCENTCLOUD_SECRET_KEY": "y",
    "TENCENTCLOUD_SMS_SDK_APP_ID": "1400006666",
}


@each(
    ("environ", "said"),
    [
        ({}, []),
        ({"HTTPS_PROXY": "p:1"}, ["through proxy p:1 (HTTPS_PROXY): slack.com, sms.tencentcloudapi.com"]),
        ({"https_proxy": "p:1", "NO_PROXY": "slack.com"}, ["through proxy p:1 (https_proxy): sms.tencentcloudapi.com"]),
        ({"HTTPS_PROXY": "p:1", "NO_PROXY": "*"}, ["no address of the settings goes through proxy p:1 (HTTPS_PROXY)"]),
        ({"HTTP_PROXY": "p:1"}, ["no address of the settings goes through proxy p:1 (HTTP_PROXY)"]),
    ],
    ids=str,
)
async def test_doctor_tells_what_really_goes_through_a_proxy(environ: dict[str, str], said: list[str]) -> None:
    checks = await check_proxies(load_settings({**SETTINGS, **environ}, VENDORS), ENGLISH)

    assert [check.said for check in checks if check.name == "Internet"] == said


@each(
    ("login", "message", "said"),
    [
        ("", "HTTP 407", "HTTPS_PROXY: the proxy p:1 wants a login (HTTP 407): write http://USER:PASSWORD@p:1"),
        ("u:hidden@", "HTTP 407", "HTTPS_PROXY: the proxy p:1 refuses the login that is written there (HTTP 407)"),
        ("", "HTTP 403", "HTTPS_PROXY: the proxy p:1 does not let the connection to the provider pass (HTTP 403)"),
        ("", "", "HTTPS_PROXY: the proxy p:1 cannot be reached"),
    ],
)
async def test_doctor_names_the_proxy_that_a_provider_cannot_be_reached_through(login: str, message: str, said: str) -> None:
    class Behind:
        name, account, retention = "tencent", "1400006666", timedelta(days=7)

        def unsupported_reason(self, _: Target) -> None:
            return None

        async def query(self, *_: object) -> None:
            raise ProviderError(ProviderFault("Transport.Proxy", message))

        async def aclose(self) -> None:
            pass

    service = LookupService([Behind()], load_catalogue(None), Metrics())
    proxies = Proxies.of({"HTTPS_PROXY": f"{login}p:1"})
    (check,) = await check_providers(service, {}, "CN", system_clock, ENGLISH, proxies=proxies)

    assert (check.health, check.said) == (Health.FAILED, said)
