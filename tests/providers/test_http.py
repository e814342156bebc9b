"""Every broken response, over real sockets, raises ProviderError with its own `Transport.…` code."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import socket
import ssl
import struct
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ProviderError
from bot.model import ProviderFault
from bot.providers.base import ResultCollector
from bot.providers.http import MAX_BODY_BYTES, MAX_IN_FLIGHT, ApiResponse, ProviderHttpClient, with_clock_skew
from bot.providers.retry import RetryPolicy
from bot.timing.fair_queue import Asker, Askers
from tests.cases import each
from tests.examples import examples

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NUMBER = "+8613711112222"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AT_ONCE = RetryPolicy(attempts=3, first=0, most=0, jitter=0)
NEVER_AGAIN = RetryPolicy(attempts=1)
NOT_WITHIN_THIS_TEST = RetryPolicy(first=600, most=600)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class NoAuth(httpx.Auth):
    pass


class Server:
    """Answers the n-th request with the n-th of its responses, and further ones with the last."""

    def __init__(self, *answers: bytes | Answer) -> None:
        self._answers = list(answers)
        self.requests: list[bytes] = []
        self.url = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has had enough
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(*answers)
    listener = await asyncio.start_server(server, "127.0.0.1", 0, ssl=tls)
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


@asynccontextmanager
async def client(url: str, **options: Any) -> AsyncIterator[ProviderHttpClient]:
    http = ProviderHttpClient(url, **{"auth": NoAuth(), "retry_policy": NEVER_AGAIN, **options})
    try:
        yield http
    finally:
        await http.aclose()


def http_answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = f"Content-Length: {len(body) if length is None else length}"
    lines = [f"HTTP/1.1 {status}", size, "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def body_of(reply: ApiResponse) -> Any:
    return dict(reply.body)


async def fault_of(url: str, read: Callable[[ApiResponse], Any] = body_of, **options: Any) -> ProviderFault:
    async with client(url, **options) as http, asyncio.timeout(10):
        with pytest.raises(ProviderError) as caught:
            await http.call(read, ResultCollector())
    return caught.value.fault


GOOD = http_answer(b'{"ok": true}', "Content-Type: application/json")
HTML = b"<html><body><h1>Sorry</h1></body></html>"


async def test_a_call_may_be_a_get_of_a_path_below_the_address() -> None:
    async with serving(GOOD) as server:
        for base in ("", "/behind/a/proxy/", "/?", "#"):
            async with client(server.url + base) as http:
                await http.call(body_of, ResultCollector(), method="GET", path="/a/b.json", params={"After>": "+86 1"})
        async with client(server.url) as http:
            await http.call(body_of, ResultCollector())

    lines = [request.split(b"\r\n")[0] for request in server.requests]
    asked = b"/a/b.json?After%3E=%2B86%201 HTTP/1.1"
    assert lines == [b"GET " + asked, b"GET /behind/a/proxy" + asked, b"GET " + asked, b"GET " + asked, b"POST / HTTP/1.1"]
    assert b"content-length" not in server.requests[0].lower()


BROKEN = {
    "JSON cut in the middle": (http_answer(b'{"Response": {"Pull'), "Transport.CutShort", True),
    "fewer bytes than Content-Length says": (http_answer(b'{"ok": true}', length=500), "Transport.CutShort", True),
    "more bytes than Content-Length says": (http_answer(b'{"ok": true}', length=5), "Transport.CutShort", True),
    "chunks without an end": (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{"ok": true}\r\n',
        "Transport.CutShort",
        True,
    ),
    "a body that is not the gzip it says": (http_answer(b"{}", "Content-Encoding: gzip"), "Transport.CutShort", True),
    "no body": (http_answer(b""), "Transport.NotJson", False),
    "an HTML page with 502": (http_answer(HTML, status="502 Bad Gateway"), "Transport.Gateway", True),
    "an HTML page with 429": (http_answer(HTML, status="429 Too Many Requests"), "Transport.Gateway", True),
    "an HTML page with 200": (http_answer(HTML, "Content-Type: text/html"), "Transport.NotJson", False),
    "an HTML page that says it is JSON": (http_answer(HTML, "Content-Type: application/json"), "Transport.NotJson", False),
    "bytes that are no text": (http_answer(b"\xff\xfe\x00\x80"), "Transport.NotJson", False),
    "something that is not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "Transport.CutShort", True),
    "a JSON list": (http_answer(b"[1, 2]"), "Transport.WrongShape", False),
    "JSON nested without end": (http_answer(b'{"a":' * 100_000), "Transport.WrongShape", False),
    "a redirect": (http_answer(b"{}", "Location: http://127.0.0.1:9/", status="302 Found"), "Transport.Redirect", False),
    "a redirect that leads nowhere": (http_answer(b"{}", status="302 Found"), "Transport.Redirect", False),
    "a huge body": (http_answer(b" " * (MAX_BODY_BYTES + 1)), "Transport.TooLarge", False),
    "a huge body in gzip": (
        http_answer(gzip.compress(b" " * (8 * MAX_BODY_BYTES)), "Content-Encoding: gzip"),
        "Transport.TooLarge",
        False,
    ),
    "a hang-up without an answer": (b"", "Transport.Reset", True),
    "a hang-up within the headers": (b"HTTP/1.1 200 OK\r\nContent-Le", "Transport.Reset", True),
}


@each(("answer", "code", "retryable"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_is_the_fault_that_it_is(answer: bytes, code: str, retryable: bool) -> None:  # noqa: FBT001
    async with serving(answer) as server:
        fault = await fault_of(server.url)
    assert (fault.code, fault.retryable) == (code, retryable)


async def test_a_good_answer_is_read_whatever_its_content_type_and_status() -> None:
    for answer in (
        GOOD,
        http_answer(b'{"ok": true}', "Content-Type: text/html; charset=gb2312"),
        http_answer(b'{"ok": true}', status="503 Service Unavailable"),
        http_answer(gzip.compress(b'{"ok": true}'), "Content-Encoding: gzip"),
    ):
        async with serving(answer) as server, client(server.url) as http:
            assert await http.call(body_of, ResultCollector()) == {"ok": True}


async def test_a_redirect_is_not_followed() -> None:
    async with serving(GOOD) as elsewhere:
        away = http_answer(b"", f"Location: {elsewhere.url}", status="307 Temporary Redirect")
        async with serving(away) as server:
            assert (await fault_of(server.url)).code == "Transport.Redirect"
        assert elsewhere.requests == []


async def test_a_connection_that_is_reset_is_told_and_may_be_tried_again() -> None:
    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        linger_not_at_all = struct.pack("ii", 1, 0)  # close with RST
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not_at_all)
        writer.transport.abort()

    async with serving(reset) as server:
        fault = await fault_of(server.url)
    assert (fault.code, fault.retryable) == ("Transport.Reset", True)


async def test_an_answer_that_drips_is_cut_off_when_the_attempts_time_is_over() -> None:
    dripping = asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http_answer(b"", length=1000))
        while not dripping.is_set():
            writer.write(b" ")
            await writer.drain()
            await asyncio.wait({asyncio.create_task(dripping.wait())}, timeout=0.01)

    async with serving(drip) as server:
        fault = await fault_of(server.url, attempt_seconds=0.1)
        dripping.set()
    assert (fault.code, fault.retryable) == ("Transport.Timeout", True)


async def test_an_answer_that_never_comes_is_a_timeout() -> None:
    over = asyncio.Event()

    async def silence(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with serving(silence) as server:
        assert (await fault_of(server.url, attempt_seconds=0.05)).code == "Transport.Timeout"
        over.set()


async def test_a_refused_connection_is_told_as_such() -> None:
    async with serving(GOOD) as server:
        url = server.url
    fault = await fault_of(url)
    assert (fault.code, fault.retryable) == ("Transport.Connect", True)


async def test_a_host_that_does_not_take_the_connection_is_given_up_after_the_connect_time() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # the backlog is full; the kernel leaves the next one unanswered
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        fault = await fault_of(f"http://127.0.0.1:{full.getsockname()[1]}", connect_seconds=0.1, attempt_seconds=5)
    assert (fault.code, fault.retryable) == ("Transport.Connect", True)


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_an_untrusted_certificate_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async with serving(GOOD, tls=self_signed(tmp_path)) as server:
        fault = await fault_of(server.url)
        assert server.requests == []
    assert (fault.code, fault.message, fault.retryable) == ("Transport.Tls", "the certificate is not trusted", False)


async def test_a_server_that_speaks_no_tls_is_told_as_such() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as listener:
        assert (await fault_of(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}")).code == "Transport.Tls"


async def test_an_answer_without_the_documented_shape_is_the_providers_fault() -> None:
    async with serving(GOOD) as server:
        fault = await fault_of(server.url, lambda reply: reply.body["Response"]["RequestId"])
    assert (fault.code, fault.message) == ("Transport.WrongShape", "KeyError in the answer")


async def test_a_gateways_own_json_with_503_is_a_gateway_fault() -> None:
    async with serving(http_answer(b'{"message": "no upstream"}', status="503 Service Unavailable")) as server:
        fault = await fault_of(server.url, lambda reply: reply.body["Response"])
    assert (fault.code, fault.retryable) == ("Transport.Gateway", True)


def test_no_bytes_of_any_kind_raise_anything_but_a_provider_error() -> None:
    state: dict[str, bytes] = {}

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(state["answer"])
        await writer.drain()

    heads = st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", b"HTTP/1.1 "])
    with asyncio.Runner() as runner:
        serve, connect = serving(answer), None
        server = runner.run(serve.__aenter__())
        connect = client(server.url, attempt_seconds=2)
        http = runner.run(connect.__aenter__())

        @examples(40)
        @given(head=heads, body=st.binary(max_size=60) | st.text(alphabet='{}[]":1e, \\n', max_size=30).map(str.encode))
        def broken(head: bytes, body: bytes) -> None:
            state["answer"] = head + body
            try:
                assert isinstance(runner.run(http.call(body_of, ResultCollector())), dict)
            except ProviderError as error:
                assert error.fault.code.startswith("Transport.")  # noqa: PT017 - success is fine too

        broken()
        runner.run(connect.__aexit__(None, None, None))
        runner.run(serve.__aexit__(None, None, None))


# Trying again


async def test_a_retryable_fault_is_tried_again_and_leaves_no_setback_behind() -> None:
    collector = ResultCollector()
    async with serving(BROKEN["an HTML page with 502"][0], b"", GOOD) as server, client(server.url, retry_policy=AT_ONCE) as http:
        assert await http.call(body_of, collector) == {"ok": True}
    assert (collector.requests, collector.last_fault) == (3, None)


async def test_attempts_come_to_an_end_with_the_last_fault() -> None:
    async with serving(b"", b"", BROKEN["an HTML page with 502"][0]) as server:
        assert (await fault_of(server.url, retry_policy=AT_ONCE)).code == "Transport.Gateway"
        assert len(server.requests) == 3


async def test_a_fault_that_is_not_retryable_is_raised_at_once() -> None:
    async with serving(BROKEN["an HTML page with 200"][0], GOOD) as server:
        assert (await fault_of(server.url, retry_policy=NOT_WITHIN_THIS_TEST)).code == "Transport.NotJson"


async def test_the_setback_can_be_read_while_the_call_waits_to_try_again() -> None:
    collector = ResultCollector()
    async with serving(b"") as server, client(server.url, retry_policy=NOT_WITHIN_THIS_TEST) as http:
        call = asyncio.create_task(http.call(body_of, collector))
        async with asyncio.timeout(5):
            while collector.last_fault is None:  # noqa: ASYNC110 - a plain value, set without an event
                await asyncio.sleep(0)
        assert collector.last_fault.code == "Transport.Reset"
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_a_call_that_succeeds_leaves_the_setback_of_another_one_alone() -> None:
    others = ProviderFault("RequestLimitExceeded", retryable=True)
    collector = ResultCollector(last_fault=others)
    async with serving(GOOD) as server, client(server.url) as http:
        await http.call(body_of, collector)
    assert collector.last_fault is others


def refuse_once(fault: ProviderFault) -> Callable[[ApiResponse], Any]:
    asked = []

    def read(reply: ApiResponse) -> Any:
        asked.append(reply)
        if len(asked) == 1:
            raise ProviderError(fault)
        return body_of(reply)

    return read


async def test_a_wait_that_the_provider_asks_for_takes_the_place_of_ours() -> None:
    limited = ProviderFault("Throttling", retryable=True, retry_after=0.01)
    async with serving(GOOD) as server, client(server.url, retry_policy=NOT_WITHIN_THIS_TEST) as http, asyncio.timeout(5):
        assert await http.call(refuse_once(limited), ResultCollector()) == {"ok": True}


async def test_a_gateways_retry_after_header_is_kept_to() -> None:
    busy = http_answer(HTML, "Retry-After: 0", status="503 Service Unavailable")
    async with serving(busy, GOOD) as server, client(server.url, retry_policy=NOT_WITHIN_THIS_TEST) as http, asyncio.timeout(5):
        assert await http.call(body_of, ResultCollector()) == {"ok": True}


async def test_a_provider_that_asks_for_an_hour_is_not_waited_for() -> None:
    busy = http_answer(HTML, "Retry-After: 3600", status="503 Service Unavailable")
    async with serving(busy, GOOD) as server:
        fault = await fault_of(server.url, retry_policy=AT_ONCE)
    assert (fault.code, fault.retry_after) == ("Transport.Gateway", 3600)


async def test_the_log_of_a_retry_holds_neither_numbers_nor_headers() -> None:
    limited = ProviderFault("Throttling", f"PhoneNumber={NUMBER} is asked for too often", retryable=True)
    content = json.dumps({"PhoneNumber": NUMBER}).encode()
    with structlog.testing.capture_logs() as logs:
        async with serving(GOOD) as server, client(server.url, retry_policy=AT_ONCE) as http:
            await http.call(refuse_once(limited), ResultCollector(), content=content, headers={"X-Key": "KEYEXAMPLE"})
    assert [entry["event"] for entry in logs] == ["stamina.retry_scheduled"]
    assert "Throttling" in str(logs)
    assert not any(word in str(logs) for word in ("3711112222", "KEYEXAMPLE"))


async def test_an_error_of_the_engine_takes_no_part_of_the_url_with_it() -> None:
    async with serving(b"not HTTP\r\n\r\n") as server, client(server.url) as http:
        with pytest.raises(ProviderError) as caught:
            await http.call(body_of, ResultCollector(), params={"PhoneNumber": NUMBER})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "3711112222" not in repr(caught.value)


# What is sent


async def test_no_more_than_a_hundred_calls_are_in_flight_and_half_of_the_slots_are_kept_for_others() -> None:
    arrived: asyncio.Queue[None] = asyncio.Queue()
    go_on = asyncio.Event()

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(None)
        await go_on.wait()
        writer.write(GOOD)
        await writer.drain()

    async with serving(hold) as server, client(server.url) as http, asyncio.TaskGroup() as group, asyncio.timeout(5):
        collector = ResultCollector()
        ann = Askers(Asker("ann"))
        calls = [group.create_task(http.call(body_of, collector, askers=ann)) for _ in range(2 * MAX_IN_FLIGHT)]
        await asyncio.sleep(0)
        others = [group.create_task(http.call(body_of, collector, askers=Askers(Asker(f"{who}")))) for who in range(60)]
        for _ in range(MAX_IN_FLIGHT):
            await arrived.get()
        assert arrived.empty()
        assert collector.requests == MAX_IN_FLIGHT  # the time of an attempt does not run while it waits for its turn
        assert len(server.requests) == MAX_IN_FLIGHT
        go_on.set()
        await asyncio.gather(*calls, *others)
        assert len(server.requests) == 2 * MAX_IN_FLIGHT + 60


async def test_no_cookies_are_kept_and_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    cookie = http_answer(b"{}", "Set-Cookie: tracked=yes; Path=/")
    async with serving(cookie, GOOD) as server, client(server.url) as http:
        await http.call(body_of, ResultCollector())
        await http.call(body_of, ResultCollector())
        assert not any(b"tracked" in request for request in server.requests)


async def test_closing_twice_is_fine() -> None:
    http = ProviderHttpClient("http://127.0.0.1:9", auth=NoAuth())
    await http.aclose()
    await http.aclose()


# The clock


@each(
    ("date", "skew"),
    [
        ("Sat, 21 Nov 2026 11:53:00 GMT", timedelta(minutes=7)),
        ("Sat, 21 Nov 2026 12:02:00 GMT", timedelta(minutes=-2)),
        ("yesterday", None),
        ("Sat, 21 Nov 2026 11:53:00", None),
        ("Sat, 21 Nov 999999 11:53:00 GMT", None),
    ],
)
async def test_the_difference_of_the_clocks_is_read_from_the_date_header(date: str, skew: timedelta | None) -> None:
    async with serving(http_answer(b"{}", f"Date: {date}")) as server, client(server.url, clock=lambda: NOW) as http:
        reply = await http.call(lambda reply: reply, ResultCollector())
    assert reply.skew == skew
    assert with_clock_skew(ProviderFault("SignatureExpire"), reply).skew == skew


ENDLESS = {
    "far too large": http_answer(b" " * (4 * MAX_BODY_BYTES)),
    "no JSON": http_answer(b"<html>" + b" " * (MAX_BODY_BYTES // 2)),
    "another shape": http_answer(b'{"rows": "' + b" " * (MAX_BODY_BYTES // 2) + b'"}'),
}


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS)
async def test_what_could_not_be_used_is_not_kept_by_the_error(answer: bytes) -> None:
    """Exceptions keep frames; those behind a retry keep each other until the collector comes round, which is rarely."""
    async with serving(answer) as server, client(server.url) as http:
        gc.disable()  # what was there before is not traced
        tracemalloc.start()
        try:
            errors = [await error_of(http) for _ in range(12)]
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            gc.enable()
    assert len({str(error) for error in errors}) == 1
    assert held < 6 * MAX_BODY_BYTES, "twelve answers, each half a megabyte or more"


async def error_of(http: ProviderHttpClient) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await http.call(lambda response: response.body["Response"], ResultCollector())
    return caught.value
