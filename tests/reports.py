"""Reports to render: one for each kind of answer, made of the model's own values, with explanations made up for the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.codes.receipt_age import waiting_family
from bot.model import (
    CodeKind,
    Confidence,
    Contradiction,
    Coverage,
    CutToRetention,
    Delivery,
    EmptyReceipts,
    Explanation,
    ExplanationText,
    MayChange,
    NeedsMessageId,
    NeedsNumber,
    NoRecord,
    Owner,
    PhoneNumber,
    ProviderFault,
    ProviderWords,
    Query,
    Report,
    Resend,
    SendsCovered,
    SendsMissing,
    SkippedAccount,
    Status,
    Target,
    Window,
    WindowIgnored,
)
from tests.packaged import CATALOGUE

NOW = datetime(2026, 11, 21, 6, 5, 31, tzinfo=UTC)  # 14:05:31 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLES = {"tencent": "Tencent", "aliyun": "Alibaba", "aliyun-intl": "Alibaba intl", "receipts": "Receipt store"}
TWO_HOURS = Window(NOW - timedelta(hours=2), NOW)


def phone(index: int = 0) -> PhoneNumber:
    national = str(13711112222 + index * 10_001)
    return PhoneNumber(f"+86{national}", 86, national)


NUMBER = phone()
RANGES = (13711112222, 13011112222)  # of China Mobile and of China Unicom


def explanation(
    code: str,
    title: str,
    next_step: str,
    zh_title: str = "手机暂时无法接通",
    zh_next_step: str = "请客户检查手机后重发。",
    *,
    owner: Owner = Owner.RECIPIENT,
    resend: Resend = Resend.LATER,
    confidence: Confidence = Confidence.LIKELY,
    kind: CodeKind = CodeKind.RECEIPT,
    many: tuple[str, str] = ("", ""),
) -> Explanation:
    return Explanation(
        code=code,
        vendor="tencent",
        kind=kind,
        family=title,
        owner=owner,
        resend=resend,
        confidence=confidence,
        source="https://example.com/codes",
        en=ExplanationText(title, f"In full: {title}.", ("one cause", "another cause"), next_step, next_step_many=many[0]),
        zh=ExplanationText(zh_title, f"具体来说：{zh_title}。", ("一种原因", "另一种原因"), zh_next_step, next_step_many=many[1]),
    )


PHONE_OFF = explanation(
    "MK:0008",
    "the handset could not be reached",
    "Ask the customer to check the phone, then resend.",
    many=(
        "Several at once are rarely their phones: check the signature.",
        "多个号码同时失败，多半不是手机问题：先核对签名。",
    ),
)
UNSIGNED = explanation(
    "SIGN:01",
    "the SMS signature is not registered with the carrier",
    "Use another registered signature meanwhile.",
    "短信签名没有在运营商完成报备",
    "报备完成前先改用其他已报备的签名。",
    owner=Owner.US,
    resend=Resend.AFTER_FIX,
    confidence=Confidence.SURE,
)
BLOCKED = explanation(
    "CB:0053",
    "blocked at the carrier's gateway, reason not given",
    "Give the provider's support the message id.",
    "被运营商网关拦截，未说明原因",
    "把消息 ID 交给服务商客服。",
    owner=Owner.CARRIER,
    resend=Resend.NO,
    confidence=Confidence.UNSURE,
)
AMBIGUOUS = replace(
    explanation(
        "MI:0011",
        "the number may not be in use",
        "Ask the customer to read the number out.",
        "可能是空号",
        "请客户把号码念一遍。",
        resend=Resend.NO,
    ),
    also=(BLOCKED, replace(UNSIGNED, confidence=Confidence.UNSURE)),
)
UNLISTED = explanation(
    "XX:77777",
    "the code is not in our table",
    "Ask the provider's support what the code means.",
    "错误码不在对照表中",
    "向服务商客服询问这个错误码的含义。",
    owner=Owner.UNKNOWN,
    confidence=Confidence.UNLISTED,
)
TIMEOUT = explanation(
    "Transport.Timeout",
    "the provider took too long to answer",
    "Press Refresh in a moment.",
    "服务商应答太慢",
    "稍后再刷新。",
    owner=Owner.PROVIDER,
    kind=CodeKind.API,
    confidence=Confidence.SURE,
)
CLOCK = explanation(
    "AuthFailure.SignatureExpire",
    "the clock of our server is off",
    "Whoever runs this bot turns on time synchronisation.",
    "我方服务器时钟不准",
    "由应用管理员打开时间同步。",
    owner=Owner.US,
    kind=CodeKind.API,
    confidence=Confidence.SURE,
)
SLOW = ProviderFault("Transport.Timeout", retryable=True, explanation=TIMEOUT)
EXPIRED = ProviderFault(
    "AuthFailure.SignatureExpire",
    "Timestamp is expired",
    request_id="7f8c5d2e-0000-4c1c-9f6e-3d1a2b3c4d5e",
    skew=timedelta(minutes=7, seconds=5),
    explanation=CLOCK,
)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def delivery(status: Status = Status.DELIVERED, *, sent: datetime | None = None, took: float | None = 3, **more: Any) -> Delivery:
    sent = sent or ago(minutes=2, seconds=9)
    received = None if took is None or status is Status.PENDING else sent + timedelta(seconds=took)
    fields: dict[str, Any] = {
        "provider": "tencent",
        "account": "1400006666",
        "number": NUMBER,
        "message_id": f"2640:{int(sent.timestamp())}",
        "sent_at": sent,
        "received_at": received,
    }
    return Delivery(status=status, **(fields | more))


def failed(why: Explanation = PHONE_OFF, *, sent: datetime | None = None, took: float | None = 20, **more: Any) -> Delivery:
    sent = sent or ago(minutes=7, seconds=21)
    return delivery(Status.FAILED, sent=sent, took=took, **({"code": why.code, "explanation": why} | more))


def pending(*, sent: datetime | None = None, **more: Any) -> Delivery:
    sent = sent or ago(minutes=10, seconds=29)
    words = CATALOGUE.describe(waiting_family(NOW - sent), vendor="aliyun", kind=CodeKind.RECEIPT)
    fields: dict[str, Any] = {"provider": "aliyun", "account": "LTAI…9xQ", "explanation": words}
    return delivery(Status.PENDING, sent=sent, **(fields | more))


def refused(code: str = "LimitExceeded.PhoneNumberDailyLimit", **more: Any) -> Delivery:
    words = CATALOGUE.explain("tencent", CodeKind.API, code)
    return delivery(Status.REJECTED, code=code, explanation=words, took=None, **more)


def coverage(provider: str = "tencent", account: str = "1400006666", **more: Any) -> Coverage:
    fields: dict[str, Any] = {"window": TWO_HOURS, "as_of": NOW, "requests": 1}
    return Coverage(provider=provider, account=account, **(fields | more))


ALIBABA = coverage("aliyun", "LTAI…9xQ")
NO_RIGHT = SendsMissing(what="sms:DescribeSendRecordList")
NEEDS_ID = SkippedAccount("aliyun-intl", "LTAI…9xQ", NeedsMessageId())


def report(
    *rows: Delivery,
    numbers: int = 1,
    parts: tuple[Coverage, ...] = (coverage(), ALIBABA),
    not_asked: tuple[SkippedAccount, ...] = (NEEDS_ID,),
    window: Window = TWO_HOURS,
    targets: tuple[Target, ...] | None = None,
    **query: Any,
) -> Report:
    targets = targets or tuple(Target(phone(index)) for index in range(numbers))
    return Report(Query(targets, window, **query), NOW, rows, parts, not_asked)


def many(count: int, *, numbers: int = 1) -> tuple[Delivery, ...]:
    """`count` deliveries, newest first, a third of them failed for three reasons in turn."""
    whys = (PHONE_OFF, UNSIGNED, BLOCKED)
    rows = []
    for index in range(count):
        more: dict[str, Any] = {"sent": ago(minutes=1 + 7 * index), "number": phone(index % numbers)}
        rows.append(failed(whys[index // 3 % 3], **more) if index % 3 == 1 else delivery(**more))
    return tuple(rows)


def sample() -> Report:
    """The one that the design shows: one of three failed, one still without a receipt."""
    return report(delivery(text="【Acme】Your code is ******"), failed(), pending())


def incident() -> Report:
    """One carrier refuses an unregistered signature since 13:50, another delivers: 18 of 32 failed."""
    mobile, unicom = ([PhoneNumber(f"+86{start + index}", 86, str(start + index)) for index in range(18)] for start in RANGES)
    rows = [failed(UNSIGNED, sent=ago(minutes=15 - index * 0.8), number=mobile[index]) for index in range(17)]
    rows += [delivery(sent=ago(minutes=30 + 5 * index), number=mobile[index]) for index in range(6)]
    rows += [delivery(sent=ago(minutes=3 * index + 2), number=unicom[index]) for index in range(5)]
    rows += [delivery(sent=ago(minutes=22), took=330, number=unicom[5]), failed(number=unicom[6])]
    rows += [pending(sent=ago(minutes=14), number=unicom[7]), pending(sent=ago(minutes=1), number=unicom[8])]
    rows.sort(key=lambda row: row.sent_at or NOW, reverse=True)
    return report(*rows, targets=tuple(Target(number) for number in (*mobile[:17], *unicom[:9])))


def answers() -> dict[str, Report]:
    """Every kind of answer, by name."""
    down = (coverage(error=SLOW, complete=False), replace(ALIBABA, error=EXPIRED, complete=False))
    week = Window(NOW - timedelta(days=10), NOW)
    cut = CutToRetention(days=7, since=ago(days=7))
    same = tuple(failed(UNSIGNED, sent=ago(minutes=3 * index + 1), number=phone(index % 5)) for index in range(11))
    foreign = PhoneNumber("+6591234567", 65, "91234567")
    abroad = delivery(
        Status.FAILED,
        provider="aliyun-intl",
        account="LTAI…9xQ",
        number=foreign,
        message_id="1008030300",
        code="UNDELIV",
        explanation=replace(BLOCKED, code="UNDELIV", vendor="aliyun-intl"),
        carrier="Singtel",
        country="Singapore",
        region="SG",
    )
    odd = (
        Contradiction(code="DELIVRD"),
        ProviderWords(words="user 13711112222 absent & <off>"),
    )
    return {
        "delivered": report(delivery()),
        "delivered-all": report(delivery(), delivery(sent=ago(minutes=30)), delivery(sent=ago(minutes=50))),
        "sample": sample(),
        "failed-all-alike": report(*(failed(sent=ago(minutes=5 * index + 1)) for index in range(3))),
        "rejected": report(
            delivery(
                Status.REJECTED, code="isv.OUT_OF_SERVICE", explanation=replace(UNSIGNED, code="isv.OUT_OF_SERVICE"), took=None
            )
        ),
        "unknown": report(delivery(Status.UNKNOWN, code="UNKNOWN", took=None)),
        "pending": report(pending(), parts=(coverage(), replace(ALIBABA, notes=(MayChange(),)))),
        "no-record": report(parts=(coverage(notes=(EmptyReceipts(),)), ALIBABA)),
        "refused": report(refused(), delivery(sent=ago(minutes=40)), parts=(coverage(notes=(SendsCovered(hours=72),)), ALIBABA)),
        "no-record-nothing-sent": report(parts=(coverage(notes=(SendsCovered(hours=72), NoRecord())), ALIBABA)),
        "no-record-before-72-hours": report(
            window=week, parts=(coverage(notes=(SendsCovered(hours=72), EmptyReceipts())), ALIBABA)
        ),
        "no-record-without-the-right": report(parts=(coverage(notes=(NO_RIGHT, EmptyReceipts())), ALIBABA)),
        "no-record-of-many": report(numbers=14),
        "many-numbers": report(*same, delivery(sent=ago(hours=1), number=phone(6)), numbers=12),
        "incident": incident(),
        "many-numbers-mixed": report(*many(9, numbers=4), numbers=6),
        "many-numbers-fine": report(*(delivery(number=phone(index), sent=ago(minutes=index)) for index in range(4)), numbers=4),
        "table": report(*many(250), window=Window(NOW - timedelta(days=3), NOW)),
        "dead-provider": report(delivery(), parts=(coverage(), replace(ALIBABA, error=SLOW, complete=False))),
        "answered-in-part": report(
            delivery(), pending(), parts=(coverage(), replace(ALIBABA, error=SLOW, is_partial=True, complete=False))
        ),
        "none-answered": report(parts=down),
        "not-asked": report(parts=(), targets=(Target(message_id="1008030300"),)),
        "cut-window": report(failed(sent=ago(days=6)), window=week, parts=(coverage(notes=(cut,), complete=False),)),
        "cached": report(delivery(), parts=(coverage(cached=True, as_of=ago(seconds=18)),)),
        "cached-in-part": report(delivery(), parts=(coverage(cached=True, as_of=ago(seconds=18)), ALIBABA)),
        "only-failed": report(*sample().deliveries, only=frozenset({Status.FAILED})),
        "only-failed-none": report(delivery(), pending(), only=frozenset({Status.FAILED})),
        "unlisted": report(failed(UNLISTED)),
        "ambiguous": report(failed(AMBIGUOUS, notes=odd)),
        "international": report(
            abroad,
            targets=(Target(message_id="1008030300"),),
            parts=(coverage("aliyun-intl", "LTAI…9xQ", notes=(WindowIgnored(),)),),
            not_asked=(SkippedAccount("tencent", "1400006666", NeedsNumber()),),
        ),
        "two-accounts": report(
            delivery(), failed(account="1400007777"), parts=(coverage(), coverage(account="1400007777"), ALIBABA)
        ),
        "closed-window": report(
            delivery(sent=ago(hours=30)), window=Window(NOW - timedelta(hours=31), NOW - timedelta(hours=26), open=False)
        ),
    }
