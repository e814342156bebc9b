"""Emulator of Tencent Cloud SMS, version 2021-01-11, as strict as the real API: one number's receipts, and statistics.

    signature and clock  ->  action, version, region  ->  the action's calls in any second  ->  every parameter  ->  the answer

Errors come with HTTP 200, as Tencent's do. Sources: https://cloud.tencent.com/document/api/382/38780 (signature and common
errors), https://cloud.tencent.com/document/product/382/55977 (the call), and the SDK `tencentcloud-sdk-python-sms`.
Not emulated: GET requests, unsigned payloads, regional host names.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers import tencent_statistics
from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.limits import CallsPerSecond
from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.server import StandIn
from bot.sandbox.providers.signatures import read_tc3, same, tc3_signature
from bot.sandbox.providers.traffic import no_traffic
from bot.sandbox.providers.wire import ApiAnswer, ApiRefusal
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.sandbox.providers.messages import MessageSource, SandboxMessage
    from bot.sandbox.providers.signatures import Authorization
    from bot.sandbox.providers.traffic import Traffic
    from bot.sandbox.providers.wire import ApiRequest

ACTION = "PullSmsSendStatusByPhoneNumber"
VERSION = "2021-01-11"
REGIONS = frozenset({"ap-beijing", "ap-guangzhou", "ap-nanjing", "ap-singapore"})
CALLS_PER_SECOND = 20
MOST_ROWS = 100
MEMORY = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(minutes=5)
PARAMETERS: Mapping[str, tuple[type, bool]] = {  # name: type, required
    "BeginTime": (int, True),
    "Offset": (int, True),
    "Limit": (int, True),
    "PhoneNumber": (str, True),
    "SmsSdkAppId": (str, True),
    "EndTime": (int, False),
}
_E164 = re.compile(r"\+[1-9]\d{6,14}")
DIALLING_CODES = ("852", "853", "886", "86", "65", "81", "44", "1")  # of the numbers that stand-in data uses


@dataclass(frozen=True, slots=True)
class TencentAccount:
    """One key pair and the SMS apps it may read. With `token` the keys are temporary. Data stays in its `region`."""

    secret_id: str = "AKIDsandboxEXAMPLEEXAMPLEEXAMPLE0001"  # noqa: S105 - a made-up name of a made-up key
    secret_key: str = field(default="sandboxEXAMPLEsecretEXAMPLE00001", repr=False)
    token: str | None = field(default=None, repr=False)
    app_ids: tuple[str, ...] = ("1400006666",)
    region: str = "ap-guangzhou"
    permitted: bool = True  # whether CAM grants the call
    lacks: frozenset[str] = frozenset()  # actions that CAM does not grant


class TencentStandIn(StandIn):
    """The API at `url`, for `accounts`. Rows come in no particular order and only for messages with a receipt."""

    unsupported = frozenset({ProviderFaultKind.COUNTED_BUT_EMPTY})

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource = (),
        *,
        accounts: Sequence[TencentAccount] = (TencentAccount(),),
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
        calls_per_second: int = CALLS_PER_SECOND,
        statistics_per_second: int = tencent_statistics.CALLS_PER_SECOND,
        traffic: Traffic = no_traffic,
    ) -> None:
        super().__init__(messages, clock=clock, port=port)
        self.accounts = tuple(accounts)
        self._limits = {
            ACTION: CallsPerSecond(calls_per_second),
            **{action: CallsPerSecond(statistics_per_second) for action in tencent_statistics.ACTIONS},
        }
        self._traffic = traffic

    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        account = self._authenticate(asked, now)
        _check_target(asked)
        action = asked.action
        if not account.permitted or action in account.lacks:
            raise ApiRefusal("AuthFailure.UnauthorizedOperation", f"you are not authorized to perform operation (sms:{action})")
        limit = self._limits[action]
        if not limit.admit(account.secret_id, now):
            calls = limit.calls
            raise ApiRefusal(
                "RequestLimitExceeded",
                f"Your current request times equals to `{calls + 1}` in a second, which exceeds the frequency limit `{calls}`"
                " for a second. Please reduce the frequency of calls.",
            )
        if action in tencent_statistics.ACTIONS:
            params = _parameters(asked, tencent_statistics.PARAMETERS)
            span = tencent_statistics.read_span(params, action, now)
            self._check_app(account, params["SmsSdkAppId"])
            sums = tencent_statistics.answer(action, params["SmsSdkAppId"], span, self._traffic, self.true_now)
            return _answer({action: sums}, "OK", params["SmsSdkAppId"])
        params = _parameters(asked, PARAMETERS)
        _check_values(params, now)
        self._check_app(account, params["SmsSdkAppId"])
        rows = self._rows(account, params, asked.headers["x-tc-region"])
        return _answer({"PullSmsSendStatusSet": rows}, "OK", params["SmsSdkAppId"])

    def _authenticate(self, asked: ApiRequest, now: datetime) -> TencentAccount:
        authorization = _common_parameters(asked)
        account = next((a for a in self.accounts if a.secret_id == authorization.key_id), None)
        if account is None:
            raise ApiRefusal("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that it is correct.")
        if not same(asked.headers.get("x-tc-token", ""), account.token or ""):
            raise ApiRefusal("AuthFailure.TokenFailure", "The token of the temporary credentials is missing, wrong or expired.")
        timestamp = asked.headers["x-tc-timestamp"]
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(now - signed_at) > CLOCK_TOLERANCE:
            raise ApiRefusal(
                "AuthFailure.SignatureExpire",
                "The signature has expired: Timestamp must not differ from the server time by more than five minutes.",
            )
        expected = tc3_signature(asked, authorization, secret=account.secret_key, timestamp=timestamp)
        scope_is_right = authorization.date == f"{signed_at:%Y-%m-%d}" and authorization.service == "sms"
        if not scope_is_right or not same(expected, authorization.signature):
            raise ApiRefusal(
                "AuthFailure.SignatureFailure",
                "The provided credentials could not be validated. Please check your signature is correct.",
            )
        return account

    def _check_app(self, account: TencentAccount, app_id: str) -> None:
        if app_id in account.app_ids:
            return
        if any(app_id in other.app_ids for other in self.accounts):
            raise ApiRefusal("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "SmsSdkAppId verify fail")
        raise ApiRefusal("InvalidParameterValue.SdkAppIdNotExist", "The SmsSdkAppId does not exist.")

    def _rows(self, account: TencentAccount, params: Mapping[str, Any], region: str) -> list[dict[str, Any]]:
        if region != account.region:
            return []  # regions are isolated; the call succeeds and finds nothing
        now = self.true_now
        begin, end = params["BeginTime"], params.get("EndTime", int(now.timestamp()))
        found = [
            message
            for message in self.messages
            if message.system is SandboxSystem.TENCENT
            and message.number == params["PhoneNumber"]
            and message.account in {None, params["SmsSdkAppId"]}
            and begin <= int(message.sent_at.timestamp()) <= end
            and message.receipt_by(now) is not None
        ]
        found.sort(key=lambda message: hashlib.sha256(message.message_id.encode()).digest())  # "no particular order"
        return [_row(message) for message in found[: params["Limit"]]]

    def _error_response(self, refusal: ApiRefusal, asked: ApiRequest) -> ApiAnswer:  # noqa: ARG002 - the other vendor needs `asked`
        return _answer({"Error": {"Code": refusal.code, "Message": refusal.message}}, refusal.code, status=refusal.status)

    def _with_fault(self, answer: ApiAnswer, asked: ApiRequest, fault: ProviderFaultKind) -> ApiAnswer:
        match fault:
            case ProviderFaultKind.RATE_LIMITED | ProviderFaultKind.HTTP_429:
                status = 429 if fault is ProviderFaultKind.HTTP_429 else 200
                raise ApiRefusal("RequestLimitExceeded", "Your current request times exceeds the frequency limit.", status=status)
            case ProviderFaultKind.INTERNAL_ERROR | ProviderFaultKind.HTTP_500:
                status = 500 if fault is ProviderFaultKind.HTTP_500 else 200
                raise ApiRefusal("InternalError", "An internal error has occurred. Retry your request.", status=status)
            case ProviderFaultKind.GARBAGE_ROWS if asked.action in tencent_statistics.ACTIONS:
                return _answer({asked.action: ["several"]}, "OK", answer.account)
            case ProviderFaultKind.GARBAGE_ROWS:
                return _answer({"PullSmsSendStatusSet": _GARBAGE}, "OK", answer.account)
            case _:
                return answer

    def _request_id(self, answer: ApiAnswer) -> str:
        return str(answer.body["Response"]["RequestId"])


def _answer(response: Mapping[str, Any], outcome: str, account: str = "", status: int = 200) -> ApiAnswer:
    return ApiAnswer(status, {"Response": {**response, "RequestId": str(uuid.uuid4())}}, outcome, account)


def _common_parameters(asked: ApiRequest) -> Authorization:
    """Check the common parameters of API 3.0. Raises ApiRefusal."""
    if asked.path != "/":
        raise ApiRefusal("InvalidParameter", f"The request path `{asked.path}` is not valid.")
    if asked.method != "POST":
        raise ApiRefusal("UnsupportedProtocol", f"The HTTP method `{asked.method}` is not supported.")
    for name in ("Action", "Version", "Timestamp"):
        if not asked.headers.get(f"x-tc-{name.lower()}"):
            raise ApiRefusal("MissingParameter", f"The request is missing a required parameter `{name}`.")
    if not re.fullmatch(r"[0-9]{1,11}", asked.headers["x-tc-timestamp"]):
        raise ApiRefusal("InvalidParameter", "The value type of parameter `Timestamp` is not valid")
    authorization = read_tc3(asked.headers.get("authorization", ""))
    if authorization is None or not {"content-type", "host"} <= set(authorization.signed_headers):
        raise ApiRefusal("AuthFailure.InvalidAuthorization", "The Authorization header is not in the TC3-HMAC-SHA256 format.")
    return authorization


def _check_target(asked: ApiRequest) -> None:
    """Check version, action, region and the form of the body. Raises ApiRefusal."""
    headers = asked.headers
    if headers["x-tc-version"] != VERSION:
        raise ApiRefusal("NoSuchVersion", f"The specified version `{headers['x-tc-version']}` is invalid or not found.")
    if headers["x-tc-action"] not in {ACTION, *tencent_statistics.ACTIONS}:
        raise ApiRefusal("InvalidAction", f"The request action=`{headers['x-tc-action']}` is invalid or not found.")
    region = headers.get("x-tc-region", "")
    if not region:
        raise ApiRefusal("MissingParameter", "The request is missing a required parameter `Region`.")
    if region not in REGIONS:
        raise ApiRefusal("UnsupportedRegion", f"The region `{region}` is not supported.")
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ApiRefusal("InvalidParameter", "The Content-Type must be application/json.")


def _parameters(asked: ApiRequest, known: Mapping[str, tuple[type, bool]]) -> Mapping[str, Any]:
    """The body's parameters, each checked. Raises ApiRefusal."""
    try:
        params = json.loads(asked.body)
    except ValueError:
        raise ApiRefusal("FailedOperation.JsonParseFail", "The request body is not valid JSON.") from None
    if not isinstance(params, dict):
        raise ApiRefusal("InvalidParameter", "The request body must be a JSON object.")
    for name in params:
        if name not in known:
            raise ApiRefusal("UnknownParameter", f"The parameter `{name}` is not recognized.")
    for name, (kind, required) in known.items():
        if name not in params and required:
            raise ApiRefusal("MissingParameter", f"The request is missing a required parameter `{name}`.")
        if name in params and type(params[name]) is not kind:  # a bool is no int here
            raise ApiRefusal("InvalidParameter", f"The value type of parameter `{name}` is not valid")
    return params


def _check_values(params: Mapping[str, Any], now: datetime) -> None:
    at = int(now.timestamp())
    if not _E164.fullmatch(params["PhoneNumber"]):
        raise ApiRefusal("InvalidParameterValue.IncorrectPhoneNumber", "The phone number must be in the E.164 format.")
    if not 1 <= params["Limit"] <= MOST_ROWS:
        raise ApiRefusal("InvalidParameterValue.LimitVerifyFail", f"Limit must be 1 to {MOST_ROWS}.")
    if params["Offset"] != 0:
        raise ApiRefusal("InvalidParameterValue.OffsetVerifyFail", "Offset is fixed at 0.")
    if params["BeginTime"] < (now - MEMORY).timestamp():
        raise ApiRefusal("InvalidParameterValue.BeginTimeVerifyFail", "BeginTime must be within the last 7 days.")
    if params.get("EndTime", params["BeginTime"]) < params["BeginTime"]:
        raise ApiRefusal("InvalidParameterValue.EndTimeVerifyFail", "EndTime must not be before BeginTime.")
    if "EndTime" not in params and params["BeginTime"] > at:
        raise ApiRefusal("InvalidParameterValue.InvalidStartTime", "BeginTime is in the future.")


def _row(message: SandboxMessage) -> dict[str, Any]:
    receipt = message.receipt
    assert receipt is not None  # noqa: S101 - only such messages are returned
    digits = message.number.removeprefix("+")
    code = next((code for code in DIALLING_CODES if digits.startswith(code)), "")
    words = {"SubError": receipt.code, "SubErrorDesc": receipt.words} if receipt.words else {}
    return {
        "UserReceiveTime": int(receipt.at.timestamp()),
        "CountryCode": code,
        "SubscriberNumber": digits.removeprefix(code),
        "PhoneNumber": message.number,
        "SerialNo": message.message_id,
        "ReportStatus": "SUCCESS" if receipt.delivered else "FAIL",
        "Description": receipt.code,
        "SessionContext": "",
        **words,
    }


_GARBAGE: list[Any] = [
    {
        "UserReceiveTime": "soon",
        "CountryCode": 86,
        "PhoneNumber": 8613711112222,
        "ReportStatus": True,
        "Description": ["DELIVRD"],
    },
    {"UserReceiveTime": 10**18, "PhoneNumber": None, "SerialNo": {}, "ReportStatus": "MAYBE"},
    {},
    "a row that is text",
    None,
    [["UserReceiveTime", 0]],
]
