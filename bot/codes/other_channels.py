"""Recognises questions about another channel: a call, an e-mail, a push notification. The catalogue covers SMS alone."""

from __future__ import annotations

import re
import unicodedata

_OTHERS = re.compile(
    r"\b(?:e-?mails?|we\s?chat|whats\s?app|telegram|dingtalk|voice|mms|rcs|5g\s?(?:messages?|msgs?)|(?:push|app)\s?notifications?)\b"
    r"|微信(?!号)|钉钉|飞书|支付宝|邮件|邮箱|语音|彩信|5g\s?消息|app\s?推送|推送通知",
)
_OURS = re.compile(r"\b(?:sms|texts?|text messages?)\b|短信")


def as_data() -> tuple[str, str]:
    """The patterns of the words for other channels, and of those for ours."""
    return _OTHERS.pattern, _OURS.pattern


def is_about_other_channel(text: str) -> bool:
    """Whether `text` is about another channel and does not mention SMS."""
    shown = unicodedata.normalize("NFKC", text).lower()
    return bool(_OTHERS.search(shown)) and not _OURS.search(shown)
