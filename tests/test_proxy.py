"""The proxy: which addresses go through it, what is no proxy, and that its login is nowhere told."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.config import General, load_settings
from bot.errors import ProviderError, SettingsError
from bot.providers.base import Findings
from bot.providers.http import Backoff, ProviderHttp
from bot.providers.registry import VENDORS
from bot.proxy import Proxies
from bot.slack.bolt import open_session, open_web_client, who_we_are

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize("key", ["HTTPS_PROXY", "https_proxy"])
@pytest.mark.parametrize("value", ["http://u:secret@proxy.corp:3128", "u:secret@proxy.corp:3128", "proxy.corp:3128"])
def test_a_proxy_holds_for_https_and_wss_and_never_for_loopback(key: str, value: str) -> None:
    proxies = Proxies.of({key: value})

    for url in (SLACK, "wss://wss-primary.slack.com/link", "https://sms.tencentcloudapi.com"):
        found = proxies.proxy_for(url)
        assert found is not None
        assert (found.shown, found.key) == ("proxy.corp:3128", "HTTPS_PROXY")
    assert "secret" not in repr(proxies)
    for url in ("https://127.0.0.1:1/", "https://localhost/", "https://[::1]/", "wss://127.8.8.8", "http://slack.com"):
        assert proxies.proxy_for(url) is None


@pytest.mark.parametrize("value", ["ftp://p:1", "socks5://p:1", "http://", "http://p:99999", "http://p:x", "http://a b", ":3128"])
def test_what_is_no_proxy_is_one_line_that_names_the_key_and_not_the_value(value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"HTTPS_PROXY": value}, VENDORS)

    (line,) = str(caught.value).splitlines()
    assert line.startswith("HTTPS_PROXY ")


@pytest.mark.parametrize(
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
                await who_we_are(open_web_client(General.model_validate({"SLACK_BOT_TOKEN": "xoxb-1"}), session), proxies)
        http = ProviderHttp("https://sms.tencentcloudapi.com", auth=httpx.Auth(), backoff=Backoff(attempts=1), proxies=proxies)
        with pytest.raises(ProviderError) as fault:
            await http.call(lambda reply: reply, Findings())
        await http.aclose()

    assert str(caught.value).startswith(
        f"HTTPS_PROXY: the proxy 127.0.0.1:{port} refuses the login that is written there (HTTP 407)"
    )
    assert (fault.value.fault.code, fault.value.fault.message) == ("Transport.Proxy", "HTTP 407")
    assert [line.split()[1] for line in asked] == ["slack.com:443", "sms.tencentcloudapi.com:443"]
    assert all("Proxy-Authorization: Basic" in line for line in asked)
    assert "hidden" not in str(caught.value)
