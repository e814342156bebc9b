"""Emulator of Tencent's legacy SMS API, version 5: the queue `pullstatus` and the lookup `pullstatus4mobile`.

    path, form  ->  app, sig, clock  ->  every field  ->  rows: of the queue each delivered once, and never again

A row is gone with the response that holds it, whether or not it arrives; `handed` records which responses were sent to the end.
Errors come with HTTP 200 and a number in `result`. Sources: https://intl.cloud.tencent.com/document/product/382/5810 (the queue),
https://cloud.tencent.com/document/product/382/3771 (the codes), the SDK `qcloudsms_py` (the lookup).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.providers.china_time import CHINA
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.limits import CallsPerSecond
from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.server import StandIn
from bot.sandbox.providers.tencent_action import dialling_code
from bot.sandbox.providers.tencent_receipts import MEMORY
from bot.sandbox.providers.wire import ApiAnswer, ApiRefusal
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from aiohttp import web

    from bot.sandbox.providers.messages import MessageSource, SandboxMessage, SandboxReply
    from bot.sandbox.providers.wire import ApiRequest

CLOCK_TOLERANCE = timedelta(minutes=10)
MOST_ROWS = 100
RECEIPTS, REPLIES = 0, 1
PATH = "/v5/tlssmssvr/"
QUEUE, LOOKUP = "pullstatus", "pullstatus4mobile"
FIELDS: Mapping[str, Mapping[str, type]] = {
    QUEUE: {"sig": str, "time": int, "type": int, "max": int},
    LOOKUP: {
        "sig": str,
        "time": int,
        "type": int,
        "max": int,
        "begin_time": int,
        "end_time": int,
        "nationcode": str,
        "mobile": str,
    },
}


@dataclass(frozen=True, slots=True)
class LegacyAccount:
    """One app with its key. `may_pull`: whether Tencent has enabled the queue for it."""

    app_id: str = "1400005555"
    app_key: str = field(default="5f03a35d00ee52a21327ab048186a2c4", repr=False)  # the one of the vendor's own example
    may_pull: bool = True


@dataclass(slots=True)
class Handed:
    """One response of the queue: its account, the sids (of replies, the places) of its rows, and whether it was fully sent.

    `fault` is what was played on it; `at` is a moment of the monotonic clock.
    """

    account: str
    kind: int
    rows: tuple[str, ...]
    is_sent: bool = False
    fault: ProviderFaultKind | None = None
    at: float = field(default_factory=time.monotonic)


class TencentLegacyStandIn(StandIn):
    """The API at `url`, for `accounts`. `replies` are queued beside the receipts of `messages`.

    `calls_per_second` limits an app's calls of all kinds together; no limit is published.
    """

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource = (),
        *,
        replies: Sequence[SandboxReply] = (),
        accounts: Sequence[LegacyAccount] = (LegacyAccount(),),
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
        calls_per_second: int | None = None,
    ) -> None:
        super().__init__(messages, clock=clock, port=port)
        self.accounts = tuple(accounts)
        self.replies = replies
        self._limit = CallsPerSecond(calls_per_second) if calls_per_second else None
        self.handed: list[Handed] = []
        self.randoms: list[str] = []
        self._gone: set[tuple[int, str]] = set()
        self._being_sent: dict[asyncio.Task[Any] | None, Handed] = {}

    @property
    def handed_sids(self) -> list[str]:
        """The sids of all receipts that have left the queue, in order."""
        return [sid for one in self.handed if one.kind == RECEIPTS for sid in one.rows]

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        response = await super()._handle(request)
        handed = self._being_sent.pop(asyncio.current_task(), None)
        if handed is not None and request.transport is not None:
            await response.prepare(request)
            await response.write_eof()
            handed.is_sent = True
        return response

    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        action = asked.path.removeprefix(PATH)
        if action not in FIELDS or asked.method != "POST":
            raise ApiRefusal("1011", "REST API does not exist")
        if asked.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise ApiRefusal("60008", "service timeout or request format error")
        query = dict(asked.query)
        account = next((a for a in self.accounts if a.app_id == query.get("sdkappid")), None)
        if account is None:
            raise ApiRefusal("1019", "sdkappid not exist")
        body = _fields(asked, FIELDS[action])
        _check_signature(account, query.get("random", ""), body, now)
        if self._limit is not None and not self._limit.admit(account.app_id, now):
            raise ApiRefusal("1013", "frequency limit")
        self.randoms.append(query["random"])
        _check_values(body)
        rows = self._pulled(account, body) if action == QUEUE else self._looked_up(account, body)
        return _answer({"result": 0, "errmsg": "ok", "count": len(rows), "data": rows}, "OK", account.app_id)

    def _pulled(self, account: LegacyAccount, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not account.may_pull:
            raise ApiRefusal("1006", "no permission for this request")
        kind = body["type"]
        waiting = self._waiting_receipts(account) if kind == RECEIPTS else self._waiting_replies(account)
        chosen = [(key, row) for key, row in waiting if (kind, key) not in self._gone][: body["max"]]
        self._gone |= {(kind, key) for key, _ in chosen}
        if chosen:
            handed = Handed(account.app_id, kind, tuple(key for key, _ in chosen))
            self.handed.append(handed)
            self._being_sent[asyncio.current_task()] = handed
        return [row for _, row in chosen]

    def _waiting_receipts(self, account: LegacyAccount) -> Iterable[tuple[str, dict[str, Any]]]:
        now = self.true_now
        for message in self.messages:
            if message.system is SandboxSystem.TENCENT and message.account in {None, account.app_id} and message.receipt_by(now):
                yield message.message_id, receipt_row(message)

    def _waiting_replies(self, account: LegacyAccount) -> Iterable[tuple[str, dict[str, Any]]]:
        now = self.true_now
        for place, reply in enumerate(self.replies):
            if reply.account in {None, account.app_id} and reply.at <= now:
                yield str(place), reply_row(reply)

    def _looked_up(self, account: LegacyAccount, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        number, now = f"+{body['nationcode']}{body['mobile']}", self.true_now
        if body["type"] == REPLIES:
            replies = [reply for reply in self.replies if reply.number == number and reply.account in {None, account.app_id}]
            return [reply_row(reply) for reply in replies if _within(body, reply.at) and reply.at <= now][: body["max"]]
        found = [
            message
            for message in self.messages
            if message.system is SandboxSystem.TENCENT
            and message.number == number
            and message.account in {None, account.app_id}
            and _within(body, message.sent_at)
            and message.sent_at >= now - MEMORY
            and message.receipt_by(now)
        ]
        found.sort(key=lambda message: hashlib.sha256(message.message_id.encode()).digest())
        return [receipt_row(message) for message in found[: body["max"]]]

    def _error_response(self, refusal: ApiRefusal, asked: ApiRequest) -> ApiAnswer:  # noqa: ARG002 - other vendors need `asked`
        return _answer({"result": int(refusal.code), "errmsg": refusal.message}, refusal.code, status=refusal.status)

    def _with_fault(self, answer: ApiAnswer, asked: ApiRequest, fault: ProviderFaultKind) -> ApiAnswer:  # noqa: ARG002 - other vendors need `asked`
        if handed := self._being_sent.get(asyncio.current_task()):
            handed.fault = fault
        match fault:
            case ProviderFaultKind.RATE_LIMITED | ProviderFaultKind.HTTP_429:
                raise ApiRefusal("1013", "frequency limit", status=429 if fault is ProviderFaultKind.HTTP_429 else 200)
            case ProviderFaultKind.INTERNAL_ERROR | ProviderFaultKind.HTTP_500:
                raise ApiRefusal("1008", "request timeout", status=500 if fault is ProviderFaultKind.HTTP_500 else 200)
            case ProviderFaultKind.COUNTED_BUT_EMPTY:
                return _answer({"result": 0, "errmsg": "ok", "count": 2, "data": []}, "OK", answer.account)
            case ProviderFaultKind.GARBAGE_ROWS:
                return _answer({"result": 0, "errmsg": "ok", "count": len(GARBAGE), "data": GARBAGE}, "OK", answer.account)
            case _:
                return answer

    def _request_id(self, answer: ApiAnswer) -> str:  # noqa: ARG002 - this API has none
        return ""


def legacy_signature(app_key: str, random: str, time: int) -> str:
    """The `sig` of the received request."""
    text = "&".join(f"{name}={value}" for name, value in (("appkey", app_key), ("random", random), ("time", time)))
    return hashlib.new("sha256", text.encode("ascii")).digest().hex()


def split_number(number: str) -> tuple[str, str]:
    """`+8613711112222` -> `86` and `13711112222`."""
    code = dialling_code(number)
    return code, number.removeprefix(f"+{code}")


def receipt_row(message: SandboxMessage) -> dict[str, Any]:
    """A receipt as the queue returns it and as callbacks push it. The message must have one."""
    receipt = message.receipt
    assert receipt is not None  # noqa: S101 - only such messages are returned
    nation, mobile = split_number(message.number)
    return {
        "user_receive_time": f"{receipt.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "nationcode": nation,
        "mobile": mobile,
        "report_status": "SUCCESS" if receipt.delivered else "FAIL",
        "errmsg": receipt.code,
        "description": receipt.words or ("用户短信送达成功" if receipt.delivered else "用户短信送达失败"),
        "sid": message.message_id,
    }


def reply_row(reply: SandboxReply) -> dict[str, Any]:
    """A reply as the queue returns it and as callbacks push it."""
    nation, mobile = split_number(reply.number)
    return {
        "nationcode": nation,
        "mobile": mobile,
        "text": reply.text,
        "sign": "示例",
        "time": int(reply.at.timestamp()),
        "extend": "",
    }


def _answer(body: Mapping[str, Any], outcome: str, account: str = "", status: int = 200) -> ApiAnswer:
    return ApiAnswer(status, body, outcome, account, content_type="application/json;charset=utf-8")


def _fields(asked: ApiRequest, kinds: Mapping[str, type]) -> Mapping[str, Any]:
    """The body's fields, each of its type. Raises ApiRefusal."""
    try:
        body = json.loads(asked.body)
    except ValueError:
        raise ApiRefusal("1004", "parse request package failed") from None
    if not isinstance(body, dict) or not body.keys() <= kinds.keys():
        raise ApiRefusal("1004", "parse request package failed")
    if not body.get("sig"):
        raise ApiRefusal("1003", "sig is missing")
    if any(type(body.get(name)) is not kind for name, kind in kinds.items()):  # a bool is no int here
        raise ApiRefusal("1004", "parse request package failed")
    return body


def _check_signature(account: LegacyAccount, random: str, body: Mapping[str, Any], now: datetime) -> None:
    expected = legacy_signature(account.app_key, random, body["time"])
    if not re.fullmatch(r"[0-9]{1,19}", random) or not hmac.compare_digest(expected, body["sig"]):
        raise ApiRefusal("1001", "sig verify failed")
    if abs(now.timestamp() - body["time"]) > CLOCK_TOLERANCE.total_seconds():
        raise ApiRefusal("1021", "request time differs from the system time by more than 10 minutes")


def _check_values(body: Mapping[str, Any]) -> None:
    if body["type"] not in {RECEIPTS, REPLIES} or not 1 <= body["max"] <= MOST_ROWS:
        raise ApiRefusal("1004", "type or max is out of range")
    if "mobile" not in body:
        return
    if not re.fullmatch(r"[0-9]{4,15}", body["mobile"]) or not re.fullmatch(r"[1-9][0-9]{0,2}", body["nationcode"]):
        raise ApiRefusal("1016", "mobile is malformed")
    if body["end_time"] < body["begin_time"]:
        raise ApiRefusal("1004", "end_time is before begin_time")


def _within(body: Mapping[str, Any], moment: datetime) -> bool:
    return bool(body["begin_time"] <= int(moment.timestamp()) <= body["end_time"])


GARBAGE: list[Any] = [
    {"user_receive_time": 5, "nationcode": "86", "mobile": 13711112222, "report_status": True, "errmsg": ["DELIVRD"]},
    {"user_receive_time": "soon", "nationcode": "86", "mobile": "not a number", "report_status": "SUCCESS"},
    {"report_status": "MAYBE"},
    {},
    "a row that is text",
    None,
    [["sid", 0]],
]
"""Rows that are none."""
