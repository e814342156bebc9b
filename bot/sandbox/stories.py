"""The test numbers: each has a story, the messages sent to it and what became of them.

Times are relative to a moment ("7 minutes before", "23:59:58 two days before, China time"), so that the data is fresh whenever it
is read. Numbers follow a pattern that is easy to type and belong to nobody in these stories; codes are real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone

from bot.sandbox.providers.messages import SandboxSystem

When = Callable[[datetime], datetime]
"""From the moment the data is read as of, to the moment something happened."""

CHINA_TIME = timezone(timedelta(hours=8))
CODES_APP, MARKETING_APP = "1400006666", "1400007777"
CODE_TEXT = "【示例】您的验证码是 483920，5分钟内有效。如非本人操作，请忽略。"
LOGIN_TEXT = "【示例】登录验证码 706152，请勿转发他人。客服电话 400-000-0000。"
OFFER_TEXT = "【示例】会员日满300减50，仅限今日。拒收请回复R"
ABROAD_TEXT = "[Example] Your code is 918273. It expires in 5 minutes."


@dataclass(frozen=True, slots=True)
class StoryMessage:
    """One message of a story. Without a `code` it has no receipt; `after` is the time the receipt took.

    With `refused`, the code of Tencent's refusal, it was never sent.
    """

    through: SandboxSystem
    when: When
    code: str = ""
    delivered: bool = False
    after: timedelta = timedelta(seconds=4)
    words: str = ""
    text: str = field(default=CODE_TEXT, repr=False)
    template: str = "SMS_100000001"
    app: str = CODES_APP  # Tencent's; the other system has one account
    message_id: str = ""  # empty: one is made from the message's place in the table
    where: tuple[str, str, str] = ("", "", "")  # country, region, carrier; for QueryMessage
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A number and its messages."""

    number: str
    line: str
    sent: tuple[StoryMessage, ...]


def ago(*, hours: float = 0, minutes: float = 0, seconds: float = 0) -> When:
    """A time so long before the anchor."""
    return lambda now: now - timedelta(hours=hours, minutes=minutes, seconds=seconds)


def days_before(days: int, clock: str) -> When:
    """A time of day in China, so many days before the anchor."""
    at = time.fromisoformat(clock)
    return lambda now: datetime.combine(now.astimezone(CHINA_TIME).date() - timedelta(days=days), at, CHINA_TIME)


TENCENT, ALIYUN, INTL = SandboxSystem.TENCENT, SandboxSystem.ALIYUN, SandboxSystem.ALIYUN_INTL
HONG_KONG = ("Hong Kong (China)", "Hong Kong", "CSL")
SINGAPORE = ("Singapore", "Singapore", "Singtel")

README_NUMBER = "+8613711112222"
DELIVERED_NUMBER = "+8613811112000"
BUSY_NUMBER, CROWDED_NUMBER = "+8613611115555", "+8613611116666"
MIXED_NUMBER, UNKNOWN_NUMBER = "+8613911118888", "+8613900000000"
HONG_KONG_NUMBER, SINGAPORE_NUMBER = "+85261234567", "+6581234567"
INTL_DELIVERED, INTL_FAILED, INTL_PENDING = "100000000000000001", "100000000000000002", "100000000000000003"
LIMITED_NUMBER = "+8613811115003"
WATCHED_NUMBER = "+8613811112030"  # no message until one is sent by hand
MIXED_BIZ_ID = "900000000000000188^0"


def ok(through: SandboxSystem, when: When, *, seconds: float = 3, text: str = CODE_TEXT) -> StoryMessage:
    """A delivered message; the receipt took so many seconds."""
    word = "DELIVRD" if through is TENCENT else "DELIVERED"
    return StoryMessage(through, when, word, delivered=True, after=timedelta(seconds=seconds), text=text)


def _busy() -> tuple[StoryMessage, ...]:
    """250 messages within 17 minutes, five in each second that has any; one in ten failed, of four causes."""
    codes = ("MK:0008", "MK:0024", "MI:0051", "DISTURB")
    times = [ago(minutes=5, seconds=20 * (i // 5)) for i in range(250)]
    return tuple(StoryMessage(TENCENT, at, codes[i // 10 % 4]) if i % 10 == 0 else ok(TENCENT, at) for i, at in enumerate(times))


MOBILE_NUMBERS = tuple(f"+8613811113{index:03}" for index in range(1, 6))  # by their ranges, of China Mobile
UNICOM_NUMBERS = tuple(f"+8613011113{index:03}" for index in range(1, 5))  # and of China Unicom


def _one_carrier() -> tuple[Story, ...]:
    """One carrier refuses an unregistered signature since a quarter of an hour ago; another goes on delivering."""
    refused = (
        Story(
            number,
            "delivered until one carrier began to refuse our signature",
            (StoryMessage(TENCENT, ago(minutes=15 - 2 * at), "TX:2000"), ok(TENCENT, ago(minutes=40 + 3 * at))),
        )
        for at, number in enumerate(MOBILE_NUMBERS)
    )
    taken = (
        Story(number, "delivered, at another carrier", (ok(TENCENT, ago(minutes=3 + 2 * at)),))
        for at, number in enumerate(UNICOM_NUMBERS)
    )
    return (*refused, *taken)


STORIES: tuple[Story, ...] = (
    Story(
        README_NUMBER,
        "one delivered, one that the handset could not take, one still without a receipt",
        (
            ok(TENCENT, ago(minutes=2, seconds=9)),
            StoryMessage(TENCENT, ago(minutes=7, seconds=21), "MK:0008"),
            StoryMessage(ALIYUN, ago(minutes=10, seconds=29)),
        ),
    ),
    Story(
        DELIVERED_NUMBER,
        "all is well, at both providers",
        (
            ok(TENCENT, ago(minutes=4)),
            ok(TENCENT, ago(minutes=50), seconds=5),
            ok(ALIYUN, ago(minutes=32), seconds=8, text=LOGIN_TEXT),
        ),
    ),
    Story(
        "+8613811112001",
        "our SMS signature is not registered with the carrier",
        (StoryMessage(ALIYUN, ago(minutes=11), "PORT_NOT_REGISTERED"), StoryMessage(TENCENT, ago(minutes=26), "TX:2000")),
    ),
    Story(
        "+8613811112002",
        "on a carrier's blacklist",
        (StoryMessage(TENCENT, ago(minutes=9), "MBBLACK"), StoryMessage(ALIYUN, ago(minutes=41), "MOBILE_IN_BLACK")),
    ),
    Story(
        "+8613811112003",
        "opted out of marketing, codes still arrive",
        (
            StoryMessage(TENCENT, ago(hours=1, minutes=5), "MX:0012", text=OFFER_TEXT, app=MARKETING_APP),
            ok(TENCENT, ago(minutes=13)),
        ),
    ),
    Story(
        "+8613811112004",
        "asked for a code again and again until the frequency control stepped in",
        (
            *(ok(TENCENT, ago(minutes=20 - i)) for i in range(4)),
            StoryMessage(TENCENT, ago(minutes=16), "DISTURB"),
            StoryMessage(ALIYUN, ago(minutes=15), "MOBILE_SEND_LIMIT"),
        ),
    ),
    Story(
        "+8613811112005",
        "the wording was stopped by a content filter",
        (
            StoryMessage(TENCENT, ago(minutes=19), "TC:0007", text=OFFER_TEXT, app=MARKETING_APP),
            StoryMessage(ALIYUN, ago(minutes=23), "CONTENT_KEYWORD", text=OFFER_TEXT),
        ),
    ),
    Story(
        "+8613811112006",
        "the number does not exist: a typo in the sign-up form",
        (StoryMessage(TENCENT, ago(minutes=6), "MK:0001"), StoryMessage(ALIYUN, ago(minutes=8), "INVALID_NUMBER")),
    ),
    Story(
        "+8613811112007",
        "the line is suspended for unpaid bills",
        (StoryMessage(TENCENT, ago(minutes=14), "DB:0115"), StoryMessage(ALIYUN, ago(minutes=17), "MOBILE_ACCOUNT_ABNORMAL")),
    ),
    Story("+8613811112008", "the phone's memory is full", (StoryMessage(TENCENT, ago(minutes=12), "MK:0017"),)),
    Story(
        "+8613811112009",
        "the carrier's gateway had a fault; the second try went through",
        (
            ok(TENCENT, ago(minutes=28)),
            StoryMessage(TENCENT, ago(minutes=31), "MI:0051"),
            StoryMessage(ALIYUN, ago(minutes=35), "SP_UNKNOWN_ERROR"),
        ),
    ),
    Story(
        "+8613811112010",
        "ported to another carrier, and the route did not follow",
        (StoryMessage(TENCENT, ago(minutes=22), "TE:0008"),),
    ),
    Story(
        "+8613811112011",
        "switched off for two days: the messages expired",
        (
            StoryMessage(TENCENT, ago(hours=50), "EXPIRED", after=timedelta(hours=48)),
            StoryMessage(ALIYUN, ago(hours=49), "EXPIRED", after=timedelta(hours=48)),
        ),
    ),
    Story(
        "+8613811112012",
        "a code that means one thing at Unicom and another at Telecom",
        (StoryMessage(TENCENT, ago(minutes=18), "1"),),
    ),
    Story("+8613811112013", "a code that nobody has published", (StoryMessage(TENCENT, ago(minutes=24), "QX:7731"),)),
    Story(
        "+8613811112014",
        "rows that contradict themselves: delivered, with the code of a failure",
        (
            StoryMessage(TENCENT, ago(minutes=27), "MK:0001", delivered=True),
            StoryMessage(ALIYUN, ago(minutes=29), "MOBILE_NOT_ON_SERVICE", delivered=True),
        ),
    ),
    Story(
        "+8613811112015",
        "phone off in the evening, on again later",
        (
            ok(TENCENT, ago(minutes=36), seconds=11),
            StoryMessage(TENCENT, ago(hours=2, minutes=40), "MK:0024", after=timedelta(minutes=6)),
            StoryMessage(ALIYUN, ago(hours=3), "MOBILE_NOT_ON_SERVICE", after=timedelta(minutes=6)),
        ),
    ),
    Story("+8613811112016", "the handset itself refuses", (StoryMessage(ALIYUN, ago(minutes=21), "MOBLLE_TERMINAL_ERROR"),)),
    Story(
        "+8613811112017",
        "accepted five hours ago, and no receipt since",
        (
            StoryMessage(ALIYUN, ago(hours=5)),
            StoryMessage(ALIYUN, ago(hours=5, minutes=2)),
            StoryMessage(TENCENT, ago(hours=5, minutes=1)),
        ),
    ),
    Story(
        "+8613811112018",
        "messages over five days, some seconds to either side of midnight in China",
        (
            ok(ALIYUN, days_before(1, "00:00:02")),
            ok(ALIYUN, days_before(2, "23:59:58")),
            ok(TENCENT, days_before(2, "23:59:57")),
            StoryMessage(TENCENT, days_before(3, "09:30:00"), "MK:0008"),
            StoryMessage(ALIYUN, days_before(4, "18:45:10"), "MOBILE_NOT_ON_SERVICE"),
            ok(TENCENT, days_before(4, "12:00:00")),
            ok(ALIYUN, days_before(5, "07:15:00"), text=LOGIN_TEXT),
        ),
    ),
    Story(
        "+8613811112020",
        "one code too many in a day: refused at submission; the one before it is still on its way",
        (
            StoryMessage(TENCENT, ago(minutes=1), refused="LimitExceeded.PhoneNumberDailyLimit"),
            StoryMessage(TENCENT, ago(minutes=2)),
            ok(TENCENT, ago(minutes=48)),
        ),
    ),
    Story("+8613811112021", "one message, delivered", (ok(TENCENT, ago(minutes=6)),)),
    Story(
        MIXED_NUMBER,
        "failed through one provider, sent again through the other, delivered",
        (
            StoryMessage(ALIYUN, ago(minutes=3), "DELIVERED", delivered=True, text=LOGIN_TEXT, message_id=MIXED_BIZ_ID),
            StoryMessage(TENCENT, ago(minutes=3, seconds=40), "MI:0051", text=LOGIN_TEXT),
            ok(TENCENT, ago(hours=1, minutes=15)),
        ),
    ),
    Story(BUSY_NUMBER, "a load test: 250 messages within 17 minutes, one in ten failed", _busy()),
    Story(
        CROWDED_NUMBER,
        "120 messages within one second, more than the provider can show after 72 hours",
        (ok(TENCENT, days_before(4, "12:00:00")),) * 120,
    ),
    Story(
        HONG_KONG_NUMBER,
        "a number in Hong Kong: once through the domestic product, once through the international one",
        (
            ok(ALIYUN, ago(minutes=33), seconds=6, text=ABROAD_TEXT),
            StoryMessage(
                INTL,
                ago(minutes=34),
                "DELIVERED",
                delivered=True,
                words="success",
                text=ABROAD_TEXT,
                message_id=INTL_DELIVERED,
                where=HONG_KONG,
            ),
            StoryMessage(INTL, ago(minutes=16), text=ABROAD_TEXT, message_id=INTL_PENDING, where=HONG_KONG),
        ),
    ),
    Story(
        SINGAPORE_NUMBER,
        "a number in Singapore, failed at both providers",
        (
            StoryMessage(TENCENT, ago(minutes=37), "UNDELIV", words="Absent subscriber", text=ABROAD_TEXT),
            StoryMessage(
                INTL,
                ago(minutes=38),
                "SP_UNKNOW_ERROR",
                words="The carrier failed the message",
                text=ABROAD_TEXT,
                message_id=INTL_FAILED,
                where=SINGAPORE,
            ),
        ),
    ),
    Story(
        "+8613811115001",
        "the template was changed, and refused at its review",
        (StoryMessage(ALIYUN, ago(minutes=20), "isv.SMS_TEMPLATE_ILLEGAL", text=OFFER_TEXT, template="SMS_100000002"),),
    ),
    Story(
        LIMITED_NUMBER,
        "asked for five codes within an hour: the sixth was stopped, and the next is until the first is an hour old",
        (
            *(ok(ALIYUN, ago(minutes=minutes)) for minutes in (48, 41, 33, 20, 12)),
            StoryMessage(ALIYUN, ago(minutes=5), "MOBILE_SEND_LIMIT"),
        ),
    ),
    Story(
        "+8613811115002",
        "a text without a signature in front, refused for that",
        (StoryMessage(TENCENT, ago(minutes=25), "TX:2000", text=ABROAD_TEXT),),
    ),
    *_one_carrier(),
)
"""Everyone in the sandbox. `UNKNOWN_NUMBER` is on purpose not among them."""
