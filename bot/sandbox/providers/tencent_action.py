"""One action of Tencent's API 3.0 as the emulator knows it: its parameters, its limit, what it answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.sandbox.providers.messages import SandboxMessage
    from bot.sandbox.providers.registers import SandboxRegisters
    from bot.sandbox.providers.traffic import Traffic
    from bot.sandbox.providers.wire import ApiRequest

Params = dict[str, Any]
Response = dict[str, Any]

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_ISO_CODES = {"852": "HK", "853": "MO", "886": "TW", "86": "CN", "65": "SG", "81": "JP", "44": "GB", "1": "US"}


@dataclass(frozen=True, slots=True)
class TencentData:
    """What there is to answer from: the messages of the app that is asked about, all traffic, what the account has registered."""

    app_id: str  # empty: the action is about the whole account
    messages: Sequence[SandboxMessage]
    registers: SandboxRegisters
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class TencentAction:
    """An action. `garbage` is a response whose rows have wrong types."""

    name: str
    calls_per_second: int  # of an account
    parameters: Mapping[str, tuple[type, bool]]  # name: type, required
    check: Callable[[Params, datetime], None]  # raises ApiRefusal
    answer: Callable[[TencentData, Params, datetime], Response]
    garbage: Response

    def read(self, asked: ApiRequest, now: datetime) -> Params:
        """The body's parameters, each checked. Raises ApiRefusal."""
        try:
            params = json.loads(asked.body)
        except ValueError:
            raise ApiRefusal("FailedOperation.JsonParseFail", "The request body is not valid JSON.") from None
        if not isinstance(params, dict):
            raise ApiRefusal("InvalidParameter", "The request body must be a JSON object.")
        for name in params:
            if name not in self.parameters:
                raise ApiRefusal("UnknownParameter", f"The parameter `{name}` is not recognized.")
        for name, (kind, required) in self.parameters.items():
            if name not in params and required:
                raise ApiRefusal("MissingParameter", f"The request is missing a required parameter `{name}`.")
            if name in params and type(params[name]) is not kind:  # a bool is no int here
                raise ApiRefusal("InvalidParameter", f"The value type of parameter `{name}` is not valid")
        self.check(params, now)
        return params


def check_number(params: Params) -> None:
    """Check `PhoneNumber`. Raises ApiRefusal."""
    if not _E164.fullmatch(params["PhoneNumber"]):
        raise ApiRefusal("InvalidParameterValue.IncorrectPhoneNumber", "The phone number must be in the E.164 format.")


def sent_in_window(messages: Sequence[SandboxMessage], params: Params, now: datetime) -> list[SandboxMessage]:
    """The messages to `PhoneNumber` that were sent from `BeginTime` to `EndTime`, both included."""
    begin, end = params["BeginTime"], params.get("EndTime", int(now.timestamp()))
    return [one for one in messages if one.number == params["PhoneNumber"] and begin <= int(one.sent_at.timestamp()) <= end]


def dialling_code(number: str) -> str:
    """The dialling code of a number of the stand-in's data, without +; empty for another country's."""
    return next((code for code in _ISO_CODES if number.startswith(f"+{code}")), "")


def iso_code(number: str) -> str:
    """The country of a number as records tell it: `DEF` for one that is unknown."""
    return _ISO_CODES.get(dialling_code(number), "DEF")


def words_of(message: SandboxMessage, now: datetime) -> Response:
    """The two fields announced for December 2026, which rows from outside the mainland have."""
    receipt = message.receipt_by(now)
    return {"SubError": receipt.code, "SubErrorDesc": receipt.words} if receipt is not None and receipt.words else {}
