"""What an account may lack: remembered for a day, told to the operator, and tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ProviderError
from bot.i18n import ENGLISH, phrase
from bot.model import ProviderFault
from bot.providers.aliyun import errors as aliyun
from bot.providers.optional_actions import ActionMissingError, Lack, OptionalAction, OptionalActions
from bot.providers.tencent import errors as tencent
from tests.cases import each

ACTION = OptionalAction("DescribeThings", "sms:DescribeThings", phrase("refused and in-flight sends"))
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Account:
    """An account whose key is answered with `code`, None: answered well. Counts its calls."""

    def __init__(self, code: str | None) -> None:
        self.code = code
        self.now = NOW
        self.calls = 0
        self.actions = OptionalActions(tencent.lack_of, lambda: self.now)

    async def call(self) -> int:
        self.calls += 1
        if self.code is not None:
            raise ProviderError(ProviderFault(self.code, "you are not authorized"))
        return self.calls

    async def ask(self) -> int:
        return await self.actions.ask(ACTION, self.call)


@each(
    ("code", "sentence", "step"),
    [
        (
            "AuthFailure.UnauthorizedOperation",
            (
                "Not asked for: refused and in-flight sends. The key's policy lacks sms:DescribeThings"
                " (AuthFailure.UnauthorizedOperation)."
            ),
            "Allow sms:DescribeThings in the key's policy",
        ),
        (
            "InvalidAction",
            "Not asked for: refused and in-flight sends. This account does not have the action DescribeThings (InvalidAction).",
            None,
        ),
    ],
)
async def test_what_an_account_lacks_is_asked_once_and_told(code: str, sentence: str, step: str | None) -> None:
    account = Account(code)
    for _ in range(3):
        with pytest.raises(ActionMissingError) as caught:
            await account.ask()
        assert caught.value.missing.fault.message == "you are not authorized"
    (missing,) = account.actions.missing
    assert (account.calls, missing.notice.said_in(ENGLISH)) == (1, sentence)
    assert (missing.next_step.said_in(ENGLISH) if missing.next_step else None) == step


async def test_it_is_tried_again_after_a_day_and_a_success_takes_it_back() -> None:
    account = Account("InvalidAction")
    with pytest.raises(ActionMissingError):
        await account.ask()
    account.now += timedelta(days=1)
    account.code = None
    assert account.actions.missing == ()
    assert await account.ask() == 2
    account.now -= timedelta(hours=12)
    assert account.actions.missing == ()


async def test_another_failure_is_not_remembered() -> None:
    account = Account("InternalError")
    for _ in range(2):
        with pytest.raises(ProviderError, match="InternalError"):
            await account.ask()
    assert (account.calls, account.actions.missing) == (2, ())


@each(
    ("code", "lack"),
    [
        ("InvalidAction", Lack.ACTION),
        ("UnsupportedOperation", Lack.ACTION),
        ("UnsupportedOperation.", Lack.ACTION),  # the vendor's own spelling
        ("UnauthorizedOperation", Lack.RIGHT),
        ("UnauthorizedOperation.RequestPermissionDeny", Lack.RIGHT),
        ("AuthFailure.UnauthorizedOperation", Lack.RIGHT),
        ("AuthFailure.SignatureFailure", None),
        ("UnauthorizedOperation.ServiceSuspendDueToArrears", None),  # paid within the day
        ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", None),
        ("RequestLimitExceeded", None),
    ],
)
def test_tencents_codes_that_mean_not_for_this_account(code: str, lack: Lack | None) -> None:
    assert tencent.lack_of(code) is lack


@each(
    ("code", "lack"),
    [
        ("NoPermission", Lack.RIGHT),
        ("Forbidden.RAM", Lack.RIGHT),
        ("Forbidden", Lack.RIGHT),
        ("isp.RAM_PERMISSION_DENY", Lack.RIGHT),
        ("RAM_PERMISSION_DENY", Lack.RIGHT),
        ("ImplicitDeny", Lack.RIGHT),
        ("isv.PRODUCT_UNSUBSCRIBE", Lack.ACTION),
        ("InvalidAction.NotFound", Lack.ACTION),
        ("InvalidApi.NotFound", Lack.ACTION),
        ("Forbidden.AccessKeyDisabled", None),
        ("isv.BUSINESS_LIMIT_CONTROL", None),
        ("Throttling.User", None),
    ],
)
def test_alibabas_codes_that_mean_not_for_this_account(code: str, lack: Lack | None) -> None:
    assert aliyun.lack_of(code) is lack
