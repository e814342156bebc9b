"""Pushes receipts and replies as the vendors do: their bodies, timeouts, retries, and their reading of the response.

    Tencent   an array of at most 100 receipts, or one reply as an object; two retries
    Alibaba   arrays; HTTP 200 and `code` 0 within 700 ms, else retries after 1, 5 and 10 minutes; a GET to check the address

https://cloud.tencent.com/document/api/382/59178, https://help.aliyun.com/document_detail/3041841.html
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from bot.providers.china_time import CHINA
from bot.sandbox.providers.tencent_legacy import receipt_row, reply_row, split_number

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from bot.sandbox.providers.messages import SandboxMessage, SandboxReply

MOST_ROWS = 100
HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class PushRetries:
    """A vendor's push policy: the timeout, the waits before retries, and the response field that must be 0."""

    seconds: float
    waits: tuple[float, ...]
    field: str


TENCENT = PushRetries(seconds=5.0, waits=(10.0, 60.0), field="result")  # the waits are not published
ALIYUN = PushRetries(seconds=0.7, waits=(60.0, 300.0, 600.0), field="code")


@dataclass(slots=True)
class Push:
    """One push: its path, and the result of each attempt (an HTTP status, or an error's name)."""

    name: str
    body: bytes = field(repr=False)
    ends: list[int | str] = field(default_factory=list)
    is_taken: bool = False


class CallbackPusher:
    """Pushes to the app at `url`. `sleep` waits between attempts."""

    def __init__(self, url: str, token: str, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._url = url
        self._token = token
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def tencent(self, messages: Sequence[SandboxMessage]) -> list[Push]:
        """Push the receipts of messages, 100 at a time. Raises ValueError for a message without a receipt."""
        rows = [receipt_row(message) for message in messages]
        return [await self.push("tencent", rows[at : at + MOST_ROWS], TENCENT) for at in range(0, len(rows), MOST_ROWS)]

    async def tencent_reply(self, reply: SandboxReply) -> Push:
        """Push one reply."""
        return await self.push("tencent-replies", reply_row(reply), TENCENT)

    async def aliyun(self, messages: Sequence[SandboxMessage]) -> Push:
        """Push receipts of the domestic product (SmsReport). Raises ValueError for a message without a receipt."""
        return await self.push("aliyun", [report_row(message) for message in messages], ALIYUN)

    async def aliyun_replies(self, replies: Sequence[SandboxReply]) -> Push:
        """Push replies (SmsUp)."""
        rows = [up_row(reply, place) for place, reply in enumerate(replies)]
        return await self.push("aliyun-replies", rows, ALIYUN)

    async def aliyun_intl(self, messages: Sequence[SandboxMessage]) -> Push:
        """Push receipts of the international product. Raises ValueError for a message without a receipt."""
        return await self.push("aliyun-intl", [intl_row(message) for message in messages], ALIYUN)

    async def globe(self, message: SandboxMessage) -> Push:
        """Push one receipt of the international product in the form of its message queue (GlobeSmsReport).

        Raises ValueError for a message without a receipt.
        """
        return await self.push("aliyun-intl", globe_row(message), ALIYUN)

    async def probe(self, name: str) -> bool:
        """Whether the vendor's console would accept the address: a GET must be answered like a push."""
        try:
            async with asyncio.timeout(ALIYUN.seconds), self._client.get(self._address(name)) as response:
                return response.status == HTTP_OK and _says_zero(await response.read(), ALIYUN)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def push(self, name: str, body: Any, retries: PushRetries) -> Push:
        """Push `body` until it is acknowledged or the vendor gives up."""
        push = Push(name, json.dumps(body, ensure_ascii=False).encode())
        for wait in (*retries.waits, None):
            push.is_taken = await self._attempt(push, retries)
            if push.is_taken or wait is None:
                break
            await self._sleep(wait)
        return push

    async def _attempt(self, push: Push, retries: PushRetries) -> bool:
        headers = {"Content-Type": "application/json;charset=utf-8"}
        try:
            async with (
                asyncio.timeout(retries.seconds),
                self._client.post(self._address(push.name), data=push.body, headers=headers) as response,
            ):
                said = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            push.ends.append(type(error).__name__)
            return False
        push.ends.append(response.status)
        return response.status == HTTP_OK and _says_zero(said, retries)

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the pusher is entered with `async with`")
        return self._session

    def _address(self, name: str) -> str:
        return f"{self._url}/callbacks/{name}/{self._token}"


def report_row(message: SandboxMessage) -> dict[str, Any]:
    """A row of SmsReport. `sms_size` is text, and mainland numbers come without their country code.

    Raises ValueError for a message without a receipt.
    """
    receipt = _receipt(message)
    return {
        "phone_number": _domestic(message.number),
        "send_time": _china(message.sent_at),
        "report_time": _china(receipt.at),
        "success": receipt.delivered,
        "err_code": receipt.code,
        "err_msg": receipt.words or ("用户接收成功" if receipt.delivered else "用户接收失败"),
        "sms_size": "1",
        "biz_id": message.message_id,
        "out_id": message.out_id or "",
    }


def up_row(reply: SandboxReply, place: int) -> dict[str, Any]:
    """A row of SmsUp."""
    return {
        "phone_number": _domestic(reply.number),
        "content": reply.text,
        "send_time": _china(reply.at),
        "dest_code": "0000",
        "sequence_id": 1_000_000 + place,
    }


def intl_row(message: SandboxMessage) -> dict[str, Any]:
    """A row of the international push. Raises ValueError for a message without a receipt."""
    receipt = _receipt(message)
    return {
        "To": message.number.removeprefix("+"),
        "Status": "1" if receipt.delivered else "2",
        "MessageId": message.message_id,
        "SmsSize": "1",
        "TaskId": "",
        "SendDate": format_datetime(message.sent_at.astimezone(CHINA)),
        "ReceiveDate": format_datetime(receipt.at.astimezone(CHINA)),
        "ErrorCode": "success" if receipt.delivered else receipt.code,
        "ErrorDescription": receipt.words or ("success" if receipt.delivered else "failed"),
    }


def globe_row(message: SandboxMessage) -> dict[str, Any]:
    """A row of the international message queue. Raises ValueError for a message without a receipt."""
    receipt = _receipt(message)
    return {
        "to": message.number.removeprefix("+"),
        "status": 1 if receipt.delivered else 2,
        "message_id": message.message_id,
        "send_date": _china(message.sent_at),
        "receive_date": _china(receipt.at),
        "error_code": "DELIVERED" if receipt.delivered else receipt.code,
        "error_description": receipt.words,
    }


def _receipt(message: SandboxMessage) -> Any:
    if message.receipt is None:
        raise ValueError("only messages with a receipt are pushed")
    return message.receipt


def _domestic(number: str) -> str:
    nation, mobile = split_number(number)
    return mobile if nation == "86" else nation + mobile


def _china(moment: Any) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _says_zero(body: bytes, retries: PushRetries) -> bool:
    try:
        said = json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get(retries.field) == 0
