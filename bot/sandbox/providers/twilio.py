"""Emulator of Twilio's Messages, API 2010-04-01: Basic authentication, the list with its filters and pages, one message.

    path and method -> credentials (401) -> account (404) -> rate (429) -> parameters (400) -> permission (401) -> the call

Everything is a GET; an error is {code, message, more_info, status} under the HTTP status that it names.
Sources: https://www.twilio.com/docs/usage/requests-to-twilio, https://www.twilio.com/docs/usage/twilios-response,
https://www.twilio.com/docs/messaging/api/message-resource. Not emulated: sending, media, XML, CSV.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers import twilio_messages
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.limits import CallsPerSecond
from bot.sandbox.providers.server import StandIn
from bot.sandbox.providers.signatures import same
from bot.sandbox.providers.wire import ApiAnswer, ApiRefusal
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.sandbox.providers.messages import MessageSource, SandboxMessage
    from bot.sandbox.providers.wire import ApiRequest

CALLS_PER_SECOND = 100
LIST, ONE, ACCOUNT = "Messages", "Message", "Account"
_PATH = re.compile(r"/2010-04-01/Accounts/(?P<account>AC[0-9a-f]{32})(?:/Messages(?:/(?P<sid>[SM]M[0-9a-f]{32}))?)?\.json")


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """One account with its auth token and an API key. `denied` are what the key has no permission for: LIST, ONE, ACCOUNT."""

    sid: str = "AC0123456789abcdef0123456789abcdef"
    auth_token: str = field(default="sandboxEXAMPLEtokenDoNotUse00001", repr=False)
    key_sid: str = "SK0123456789abcdef0123456789abcdef"
    key_secret: str = field(default="sandboxEXAMPLEsecretDoNotUse0001", repr=False)
    denied: frozenset[str] = frozenset({ACCOUNT})  # a main key has all permissions


class TwilioStandIn(StandIn):
    """The API at `url`, for `accounts`."""

    unsupported = frozenset({ProviderFaultKind.COUNTED_BUT_EMPTY})

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource = (),
        *,
        accounts: Sequence[TwilioAccount] = (TwilioAccount(),),
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
        calls_per_second: int = CALLS_PER_SECOND,
    ) -> None:
        super().__init__(messages, clock=clock, port=port)
        self.accounts = tuple(accounts)
        self._limit = CallsPerSecond(calls_per_second)

    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        found = _PATH.fullmatch(asked.path)
        if found is None:
            raise _refusal(404, "20404", f"The requested resource {asked.path} was not found")
        if asked.method != "GET":
            raise _refusal(405, "20004", "Method not allowed")
        account, is_key = self._authenticate(asked)
        if found["account"] != account.sid:
            raise _refusal(404, "20404", f"The requested resource {asked.path} was not found")
        if not self._limit.admit(account.sid, now):
            raise _too_many()
        what = ONE if found["sid"] else LIST if "/Messages" in asked.path else ACCOUNT
        params = _params(asked, twilio_messages.PARAMETERS if what is LIST else frozenset())
        if is_key and what in account.denied:
            raise _refusal(401, "70051", "Authorization Failed: a permission is missing")
        messages = [m for m in self.messages if m.account in {None, account.sid}]
        match what:
            case "Account":
                body: Mapping[str, Any] = {"sid": account.sid, "status": "active", "type": "Full"}
            case "Message":
                body = twilio_messages.one(found["sid"], messages, account.sid, self.true_now)
            case _:
                body = twilio_messages.page(params, messages, asked.path, account.sid, self.true_now)
        return _answer(body, "OK", account.sid)

    def _authenticate(self, asked: ApiRequest) -> tuple[TwilioAccount, bool]:
        """The account, and whether by its key. Raises ApiRefusal."""
        scheme, _, packed = asked.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
        for account in self.accounts:
            for name, secret in ((account.sid, account.auth_token), (account.key_sid, account.key_secret)):
                if scheme == "Basic" and same(user, name) and same(password, secret):
                    return account, name == account.key_sid
        raise _refusal(401, "20003", "Authenticate")

    def _error_response(self, refusal: ApiRefusal, asked: ApiRequest) -> ApiAnswer:  # noqa: ARG002 - of the base
        status = max(refusal.status, 400)  # one on command names none
        info = f"https://www.twilio.com/docs/errors/{refusal.code}"
        code = int(refusal.code) if refusal.code.isdigit() else refusal.code
        body = {"code": code, "message": refusal.message, "more_info": info, "status": status}
        answer = _answer(body, refusal.code, status=status)
        return replace(answer, headers={**answer.headers, **refusal.headers})

    def _with_fault(self, answer: ApiAnswer, asked: ApiRequest, fault: ProviderFaultKind) -> ApiAnswer:
        match fault:
            case ProviderFaultKind.RATE_LIMITED | ProviderFaultKind.HTTP_429:
                raise _too_many()
            case ProviderFaultKind.INTERNAL_ERROR | ProviderFaultKind.HTTP_500:
                raise _refusal(500, "20500", "Internal Server Error")
            case ProviderFaultKind.GARBAGE_ROWS:
                is_one = "/Messages/" in asked.path
                return replace(
                    answer, body=twilio_messages.GARBAGE if is_one else {**answer.body, **twilio_messages.GARBAGE_PAGE}
                )
            case _:
                return answer

    def _request_id(self, answer: ApiAnswer) -> str:
        return answer.headers["Twilio-Request-Id"]


def _answer(body: Mapping[str, Any], outcome: str, account: str = "", status: int = 200) -> ApiAnswer:
    return ApiAnswer(status, body, outcome, account, headers={"Twilio-Request-Id": f"RQ{uuid.uuid4().hex}"})


def _params(asked: ApiRequest, known: frozenset[str]) -> Mapping[str, str]:
    """The parameters, each once. Raises ApiRefusal for others: Twilio passes them over, and with them what was meant."""
    params = dict(asked.query)
    if len(params) != len(asked.query) or not params.keys() <= known or asked.body:
        raise _refusal(400, "20001", "A parameter is not known, or is given twice")
    return params


def _refusal(status: int, code: str, message: str) -> ApiRefusal:
    return ApiRefusal(code, message, status=status)


def _too_many() -> ApiRefusal:
    return _refusal(429, "20429", "Too Many Requests")
