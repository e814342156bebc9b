"""Emulator of Tencent Cloud SMS, version 2021-01-11, as strict as the real API.

    signature and clock  ->  action, version, region  ->  the action's calls in any second  ->  every parameter  ->  rows

Errors come with HTTP 200, as Tencent's do. Sources: https://cloud.tencent.com/document/api/382/38780 (signature and common
errors), the SDK `tencentcloud-sdk-python-sms`, and the page of each action, see the modules `tencent_….py`.
Not emulated: GET requests, unsigned payloads, regional host names.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.faults import ProviderFaultKind
from bot.sandbox.providers.limits import CallsPerSecond
from bot.sandbox.providers.messages import SandboxSystem
from bot.sandbox.providers.policies import KeyOwner
from bot.sandbox.providers.registers import SandboxRegisters
from bot.sandbox.providers.server import StandIn
from bot.sandbox.providers.signatures import read_tc3, same, tc3_signature
from bot.sandbox.providers.tencent_action import TencentData
from bot.sandbox.providers.tencent_key import SERVICES, about_key
from bot.sandbox.providers.tencent_receipts import RECEIPTS
from bot.sandbox.providers.tencent_registers import SIGNATURES, TEMPLATES
from bot.sandbox.providers.tencent_sends import SENDS
from bot.sandbox.providers.tencent_statistics import OUTCOMES, SUBMISSIONS
from bot.sandbox.providers.traffic import no_traffic
from bot.sandbox.providers.wire import ApiAnswer, ApiRefusal
from bot.timing.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.sandbox.providers.messages import MessageSource, SandboxMessage
    from bot.sandbox.providers.signatures import Authorization
    from bot.sandbox.providers.tencent_action import TencentAction
    from bot.sandbox.providers.traffic import Traffic
    from bot.sandbox.providers.wire import ApiRequest

ACTIONS = (RECEIPTS, SENDS, SIGNATURES, TEMPLATES, OUTCOMES, SUBMISSIONS)
INTERNATIONAL_ACTIONS = (RECEIPTS, SIGNATURES, TEMPLATES, OUTCOMES, SUBMISSIONS)  # of the international site
VERSION = "2021-01-11"
SMS = "sms"
REGIONS = frozenset({"ap-beijing", "ap-guangzhou", "ap-nanjing", "ap-singapore"})
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TencentAccount:
    """One key pair and the SMS apps it may read. With `token` the keys are temporary. Data stays in its `region`."""

    secret_id: str = "AKIDsandboxEXAMPLEEXAMPLEEXAMPLE0001"  # noqa: S105 - a made-up name of a made-up key
    secret_key: str = field(default="sandboxEXAMPLEsecretEXAMPLE00001", repr=False)
    token: str | None = field(default=None, repr=False)
    app_ids: tuple[str, ...] = ("1400006666",)
    region: str = "ap-guangzhou"
    permitted: bool = True  # whether CAM grants anything
    owner: KeyOwner = field(default_factory=KeyOwner)
    denied: frozenset[str] = frozenset()  # the actions that CAM does not grant, where it grants others


class TencentStandIn(StandIn):
    """The API at `url`, for `accounts`. `calls_per_second` of each action, its own unless given."""

    unsupported = frozenset({ProviderFaultKind.COUNTED_BUT_EMPTY})

    def __init__(
        self,
        messages: Sequence[SandboxMessage] | MessageSource = (),
        *,
        accounts: Sequence[TencentAccount] = (TencentAccount(),),
        clock: Callable[[], datetime] = system_clock,
        port: int = 0,
        calls_per_second: int | None = None,
        actions: Sequence[TencentAction] = ACTIONS,
        registers: SandboxRegisters = SandboxRegisters(),  # noqa: B008 - a frozen value
        traffic: Traffic = no_traffic,
    ) -> None:
        super().__init__(messages, clock=clock, port=port)
        self.accounts = tuple(accounts)
        self.registers = registers
        self._traffic = traffic
        self._actions = {action.name: action for action in actions}
        self._limits = {action.name: CallsPerSecond(calls_per_second or action.calls_per_second) for action in actions}

    def _respond(self, asked: ApiRequest, now: datetime) -> ApiAnswer:
        account = self._authenticate(asked, now)
        if (service := _service(asked)) != SMS:
            return _answer(about_key(asked, service, account.owner), "OK")
        action = self._action(asked)
        if not account.permitted or action.name in account.denied:
            words = f"you are not authorized to perform operation (sms:{action.name})"
            raise ApiRefusal("AuthFailure.UnauthorizedOperation", words)
        limit = self._limits[action.name]
        if not limit.admit(account.secret_id, now):
            calls = limit.calls
            raise ApiRefusal(
                "RequestLimitExceeded",
                f"Your current request times equals to `{calls + 1}` in a second, which exceeds the frequency limit `{calls}`"
                " for a second. Please reduce the frequency of calls.",
            )
        params = action.read(asked, now)
        app_id = params.get("SmsSdkAppId", "")
        if "SmsSdkAppId" in action.parameters:  # else it is about the whole account
            self._check_app(account, app_id)
        messages = self._messages_of(app_id) if asked.headers["x-tc-region"] == account.region else ()  # regions are isolated
        data = TencentData(app_id, messages, self.registers, self._traffic)
        return _answer(action.answer(data, params, self.true_now), "OK", app_id)

    def _action(self, asked: ApiRequest) -> TencentAction:
        """The action, if version, region and the form of the body are right. Raises ApiRefusal."""
        _check_version(asked)
        action = self._actions.get(asked.headers["x-tc-action"])
        if action is None:
            raise ApiRefusal("InvalidAction", f"The request action=`{asked.headers['x-tc-action']}` is invalid or not found.")
        _check_target(asked)
        return action

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
        scope_is_right = authorization.date == f"{signed_at:%Y-%m-%d}" and authorization.service == _service(asked)
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

    def _messages_of(self, app_id: str) -> list[SandboxMessage]:
        return [
            message for message in self.messages if message.system is SandboxSystem.TENCENT and message.account in {None, app_id}
        ]

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
            case ProviderFaultKind.GARBAGE_ROWS:
                return _answer(self._actions[asked.action].garbage, "OK", answer.account)
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


def _service(asked: ApiRequest) -> str:
    """The service that is meant: its host says so at Tencent's, its version at this one address."""
    return next((name for name, version in SERVICES.items() if asked.headers["x-tc-version"] == version), SMS)


def _check_version(asked: ApiRequest) -> None:
    version = asked.headers["x-tc-version"]
    if version != VERSION:
        raise ApiRefusal("NoSuchVersion", f"The specified version `{version}` is invalid or not found.")


def _check_target(asked: ApiRequest) -> None:
    """Check the region and the form of the body. Raises ApiRefusal."""
    headers = asked.headers
    region = headers.get("x-tc-region", "")
    if not region:
        raise ApiRefusal("MissingParameter", "The request is missing a required parameter `Region`.")
    if region not in REGIONS:
        raise ApiRefusal("UnsupportedRegion", f"The region `{region}` is not supported.")
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ApiRefusal("InvalidParameter", "The Content-Type must be application/json.")
