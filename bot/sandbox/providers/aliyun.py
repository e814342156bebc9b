"""Emulator of Alibaba Cloud SMS: the gateway with its signature, and five API actions.

    gateway (HTTP 4xx: signature, clock, nonce, action, missing parameters)  ->  rate  ->  the call (HTTP 200, code in the body)

`QuerySendDetails`, `QuerySendStatistics`, `GetSmsSign` and `GetSmsTemplate` (2017-05-25) and the international `QueryMessage`
(2018-05-01) share one server; `x-acs-action` and `x-acs-version` choose.
Sources: https://help.aliyun.com/document_detail/2593177.html (signature), /48054.html (gateway errors), /419277.html
(QuerySendDetails), https://help.aliyun.com/zh/sms/querymessage-intl. Not emulated: the older RPC signature, XML.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers import aliyun_details, aliyun_key, aliyun_message, aliyun_registers, aliyun_statistics
from bot.sandbox.providers.aliyun_dialect import Dialect
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.limits import CallsPerSecond, NonceMemory
from bot.sandbox.providers.policies import KeyOwner
from bot.sandbox.providers.registers import SandboxRegisters
from bot.sandbox.providers.server import StandIn
from bot.sandbox.providers.signatures import acs3_signature, read_acs3, same
from bot.sandbox.providers.traffic import no_traffic
from bot.sandbox.providers.wire import ApiAnswer, ApiRefusal
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.sandbox.providers.messages import MessageSource, SandboxMessage
    from bot.sandbox.providers.signatures import Authorization
    from bot.sandbox.providers.traffic import Traffic
    from bot.sandbox.providers.wire import ApiRequest

DETAILS = "QuerySendDetails"
STATISTICS = "QuerySendStatistics"
MESSAGE = "QueryMessage"
SIGNATURE, TEMPLATE = "GetSmsSign", "GetSmsTemplate"
VERSIONS = {
    **aliyun_key.ACTIONS,
    **dict.fromkeys((DETAILS, STATISTICS, SIGNATURE, TEMPLATE), "2017-05-25"),
    MESSAGE: "2018-05-01",
}
REQUIRED = {
    DETAILS: ("PhoneNumber", "SendDate", "PageSize", "CurrentPage"),
    STATISTICS: aliyun_statistics.REQUIRED,
    SIGNATURE: ("SignName",),
    TEMPLATE: ("TemplateCode",),
    MESSAGE: ("MessageId",),
}
CALLS_PER_SECOND = {
    DETAILS: 5000,
    STATISTICS: aliyun_statistics.CALLS_PER_SECOND,
    SIGNATURE: 150,
    TEMPLATE: 1000,
    MESSAGE: 300,
}
CLOCK_TOLERANCE = timedelta(minutes=15)
RETRY_AFTER_MILLISECONDS = 300
NEEDED_HEADERS = ("action", "version", "date", "signature-nonce", "content-sha256")
"""The `x-acs-…` headers without which a request is not looked at."""


@dataclass(frozen=True, slots=True)
class AliyunAccount:
    """One access key. With `security_token` it is a temporary one."""

    access_key_id: str = "LTAI5tSandboxEXAMPLE0001"
    access_key_secret: str = field(default="SandboxEXAMPLEsecretDoNotUse01", repr=False)
    security_token: str | None = field(default=None, repr=False)
    owner: KeyOwner = field(default_factory=KeyOwner)
    permitted: bool = True  # whether RAM grants the calls
    denied: frozenset[str] = frozenset()  # actions that it does not grant


class AliyunStandIn(StandIn):
    """The API at `url`, for `accounts`. `dialect` chooses between forms about which Alibaba's own pages contradict each other."""

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource = (),
        *,
        accounts: Sequence[AliyunAccount] = (AliyunAccount(),),
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
        dialect: Dialect | None = None,
        calls_per_second: Mapping[str, int] = CALLS_PER_SECOND,
        registers: SandboxRegisters = SandboxRegisters(),  # noqa: B008 - a frozen value
        traffic: Traffic = no_traffic,
    ) -> None:
        super().__init__(messages, clock=clock, port=port)
        self.registers = registers
        self.accounts = tuple(accounts)
        self.dialect = dialect or Dialect()
        self._limits = {action: CallsPerSecond(calls) for action, calls in calls_per_second.items()}
        self._traffic = traffic
        self._nonces = NonceMemory(2 * CLOCK_TOLERANCE)

    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        account = self._authenticate(asked, now)
        action = _check_target(asked)
        params = dict(asked.query)
        if action in aliyun_key.ACTIONS:
            return _answer(aliyun_key.about_key(action, params, account.owner), "OK", account.access_key_id)
        if not self._limits[action].admit(account.access_key_id, now):
            raise _too_many(action)
        for name in REQUIRED[action]:
            if not params.get(name):
                raise ApiRefusal(f"Missing{name}", f"{name} is mandatory for this action.", status=400)
        if not account.permitted or action in account.denied:
            raise ApiRefusal(_denied(action), "RAM permission denied for this operation.")
        messages = [m for m in self.messages if m.account in {None, account.access_key_id}]
        match action:
            case "GetSmsSign":
                body = aliyun_registers.get_sms_sign(params, self.registers)
            case "GetSmsTemplate":
                body = aliyun_registers.get_sms_template(params, self.registers)
            case "QuerySendDetails":
                body = aliyun_details.query_send_details(params, messages, self.true_now, self.dialect)
            case "QuerySendStatistics":
                body = aliyun_statistics.query_send_statistics(params, account.access_key_id, self._traffic, self.true_now)
            case _:
                body = aliyun_message.query_message(params, messages, self.true_now, self.dialect)
        return _answer(body, str(body.get("Code") or body.get("ResponseCode")), account.access_key_id)

    def _authenticate(self, asked: ApiRequest, now: datetime) -> AliyunAccount:
        if asked.path != "/" or asked.method not in {"GET", "POST"}:
            raise ApiRefusal("UnsupportedHTTPMethod", "This method or path is not supported.", status=400)
        for name in NEEDED_HEADERS:
            if not asked.headers.get(f"x-acs-{name}"):
                raise ApiRefusal(f"Missing{_camel(name)}", f"x-acs-{name} is mandatory for this action.", status=400)
        authorization = read_acs3(asked.headers.get("authorization", ""))
        if authorization is None or _unsigned(asked, authorization):
            raise ApiRefusal("IncompleteSignature", "The request signature does not conform to Aliyun standards.", status=400)
        account = next((a for a in self.accounts if a.access_key_id == authorization.key_id), None)
        token = asked.headers.get("x-acs-security-token")
        if account is None or (account.security_token is not None and token is None):
            raise ApiRefusal("InvalidAccessKeyId.NotFound", "Specified access key is not found.", status=404)
        if token is not None and not same(token, account.security_token or ""):
            raise ApiRefusal(
                "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken is mismatch with AccessKey.", status=400
            )
        _check_date(asked.headers["x-acs-date"], now)
        body_hash = hashlib.sha256(asked.body).hexdigest()
        expected = acs3_signature(asked, authorization, secret=account.access_key_secret)
        if asked.headers["x-acs-content-sha256"] != body_hash or not same(expected, authorization.signature):
            raise ApiRefusal("SignatureDoesNotMatch", "Specified signature does not match our calculation.", status=400)
        if not self._nonces.is_new(account.access_key_id, asked.headers["x-acs-signature-nonce"], now):
            raise ApiRefusal("SignatureNonceUsed", "Specified signature nonce was used already.", status=400)
        return account

    def _error_response(self, refusal: ApiRefusal, asked: ApiRequest) -> ApiAnswer:
        body = {"Code": refusal.code, "Message": refusal.message}
        if refusal.status != 200:  # noqa: PLR2004 - a gateway error; a business error has neither of the two
            host = "dysmsapi.aliyuncs.com"
            recommend = f"https://api.aliyun.com/troubleshoot?q={refusal.code}&product=Dysmsapi"
            body |= {"HostId": host, "Recommend": recommend}
        elif asked.action == MESSAGE:
            body = {"ResponseCode": refusal.code, "ResponseDescription": refusal.message}
        return replace(_answer(body, refusal.code, status=refusal.status), headers=refusal.headers)

    def _with_fault(self, answer: ApiAnswer, asked: ApiRequest, fault: ProviderFaultKind) -> ApiAnswer:
        international = asked.action == MESSAGE
        match fault:
            case ProviderFaultKind.RATE_LIMITED:
                raise _too_many(asked.action)
            case ProviderFaultKind.HTTP_429:
                raise ApiRefusal("Throttling", "Request was denied due to request throttling.", status=429)
            case ProviderFaultKind.INTERNAL_ERROR:
                raise ApiRefusal("SYSTEM_ERROR" if international else "isp.SYSTEM_ERROR", "系统出现错误，请重新调用")
            case ProviderFaultKind.HTTP_500:
                raise ApiRefusal("InternalError", "The request processing has failed due to some unknown error.", status=500)
            case ProviderFaultKind.COUNTED_BUT_EMPTY | ProviderFaultKind.GARBAGE_ROWS if asked.action in {SIGNATURE, TEMPLATE}:
                return answer
            case ProviderFaultKind.COUNTED_BUT_EMPTY if not international:
                return _answer(aliyun_details.counted_but_empty(self.dialect), "OK", answer.account)
            case ProviderFaultKind.GARBAGE_ROWS if asked.action == STATISTICS:
                return _answer(aliyun_statistics.GARBAGE, "OK", answer.account)
            case ProviderFaultKind.GARBAGE_ROWS:
                garbage = aliyun_message.GARBAGE if international else aliyun_details.GARBAGE
                return _answer(garbage, "OK", answer.account)
            case _:
                return answer

    def _request_id(self, answer: ApiAnswer) -> str:
        return str(answer.body["RequestId"])


def _answer(body: Mapping[str, Any], outcome: str, account: str = "", status: int = 200) -> ApiAnswer:
    request_id = str(uuid.uuid4()).upper()
    return ApiAnswer(status, {**body, "RequestId": request_id}, outcome, account, content_type="application/json;charset=utf-8")


def _unsigned(asked: ApiRequest, authorization: Authorization) -> bool:
    """Whether a header that must be signed is not (host, content-type, every `x-acs-…` present), or the list is not sorted."""
    needed = {name for name in asked.headers if name in {"host", "content-type"} or name.startswith("x-acs-")}
    signed = authorization.signed_headers
    return not needed <= set(signed) or list(signed) != sorted(set(signed)) or not set(signed) <= set(asked.headers)


def _check_date(date: str, now: datetime) -> None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date):
        raise ApiRefusal("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.", status=400)
    try:
        signed_at = datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ApiRefusal("IllegalTimestamp", "The input parameter Timestamp is not valid.", status=400) from None
    if abs(now - signed_at) > CLOCK_TOLERANCE:
        raise ApiRefusal("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", status=400)


def _check_target(asked: ApiRequest) -> str:
    action, version = asked.headers["x-acs-action"], asked.headers["x-acs-version"]
    if version not in VERSIONS.values():
        raise ApiRefusal("InvalidVersion", "Specified parameter Version is not valid.", status=400)
    if VERSIONS.get(action) != version:
        raise ApiRefusal("InvalidAction.NotFound", "Specified api is not found, please check your url and method.", status=404)
    return action


def _too_many(action: str) -> ApiRefusal:
    """The rate limit error: the international product's own, or the gateway's for the domestic one."""
    if action == MESSAGE:
        return ApiRefusal("QPS_LIMIT_CONTROL", "The queries per second of the account reached the limit.")
    headers = {"x-acs-retry-after": str(RETRY_AFTER_MILLISECONDS)}
    return ApiRefusal("Throttling.User", "Request was denied due to user flow control.", status=400, headers=headers)


def _denied(action: str) -> str:
    return "RAM_PERMISSION_DENY" if action == MESSAGE else "isp.RAM_PERMISSION_DENY"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
