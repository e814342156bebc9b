"""Sanitizes untrusted text (codes, ids, texts of SMS, providers' messages) for display. Pure.

One line, without invisible characters and bidi marks, with phone numbers masked: a provider may repeat a number in its message.
Of an SMS the signature is left and the words that every such message has: names, codes and orders in it are the customer's.
Escaping for a medium (Slack's mrkdwn, the terminal) is done there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.encoded_text import decode_text
from bot.model.personal_numbers import GROUPED_MOBILE, ODD_SPELLINGS, plain_digits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import PhoneNumber

BLANK = "•"
MAX_WORDS = 200  # characters of a provider's message
MAX_TEXT = 1000  # characters of an SMS; the longest that carriers concatenate is about as long

_MAX_LINE = 1000  # characters
_MIN_NUMBER = 7  # digits of a number that is masked; fewer would also be found inside codes and times
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format (bidi, zero width), surrogate, private, unassigned


def _digits(least: int) -> re.Pattern[str]:
    """`least` digits and more, also in groups: 137 1111 2222."""
    return re.compile(rf"{GROUPED_MOBILE}|{ODD_SPELLINGS}|\d(?:[\s().\-/_·]?\d){{{least - 1},}}")


_LONG_DIGITS, _LONG_NUMBER = _digits(_MIN_NUMBER), _digits(5)
_LONG_IN_A_CODE = _digits(8)  # China Mobile's codes have seven
# The sender's registered name, before or behind the text; words.
_SIGNATURE_OR_WORD = re.compile(r"(?P<signature>\A\s*【[^】]{1,20}】|【[^】]{1,20}】\s*\Z)|[^\W_]+")
# The text of a message or a reply in a vendor's row: Alibaba's `content`, Tencent's `text`; what fills a template.
_CONTENT = re.compile(r"""(?P<name>"[a-z_]*(?:content|text|body|params?)"\s*:\s*")(?P<content>(?:[^"\\]|\\.)*)""", re.IGNORECASE)
# What templates are made of, by which a reader knows what kind of message it was. No word that could be a name.
_COMMON_WORD = re.compile(
    r"an?|and|any|are|at|be|codes?|confirm(?:ation)?|do|dont|expires?|for|from|ha(?:s|ve)|hours?|if|ignore|in|is|it|log|login"
    r"|min(?:ute)?s?|never|not|of|on|one|only|or|otp|password|please|register|registration|reset|security|share|sign|sms|text|that"
    r"|the|this|time|to|use|valid|verif(?:y|ication)|was|with|within|your?",
    re.IGNORECASE,
)
_COMMON_CHINESE = re.compile(
    "您的验证码[是为]|您的|你的|您|验证码|动态密码|校验码|取件码|密码|本次|正在|用于|请勿|切勿|不要|请在|请于|请|泄露|告知|告诉|转发|他人|任何人"
    "|如非本人|非本人|本人|操作|忽略|本短信|短信|分钟内有效|分钟|小时|内有效|有效期|有效|登录|注册|重置|修改|找回|绑定|账号|帐号|账户|已发货|已签收|已取消"
    "|快递|包裹|订单|取件|预约|尊敬的|客户|用户|回复|退订|感谢|谢谢|支付|付款|的|是"
)
# At either end of the text: https://help.aliyun.com/document_detail/108076.html
_SIGNATURE = re.compile(r"\A\s*【([^【】]{1,40})】|【([^【】]{1,40})】\s*\Z")
_TOKEN = re.compile(r"(?=[A-Za-z_+=]*\d)[A-Za-z0-9_+=]{16,}")  # key ids, secrets, signatures: long, letters and digits
# A provider that rejects a signature repeats the string to sign, with the number and the key id.
_SIGNED_STRING = re.compile(r"(?:\b(?:server|the)\s+)*(?:string[\s_-]*to[\s_-]*sign|canonical[\s_-]*request)", re.IGNORECASE)


def single_line(text: str, limit: int = _MAX_LINE) -> str:
    """`text` on one line: whitespace collapsed, invisible characters removed, terminal escapes and bidi marks among them.

    `limit` is how many characters will be shown: of a much longer text only the beginning is processed.
    """
    spaced = " ".join(_beginning(text, limit).split())
    if spaced.isascii() and spaced.isprintable():  # nearly every code and id
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE).strip()


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis if the text was longer."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def mask_known(text: str, numbers: Iterable[PhoneNumber]) -> str:
    """`text` with every occurrence of `numbers` masked, with or without country code.

    A number of which only the mask is known is passed over: its mask would be found in itself.
    """
    for number in numbers:
        if number.is_whole and len(number.national) >= _MIN_NUMBER and number.national in text:
            text = re.sub(rf"(?:\+|00)?(?:{number.country_code})?{re.escape(number.national)}", number.masked, text)
    return text


def mask_digits(text: str, limit: int | None = None) -> str:
    """`text` with seven or more digits in a row masked, also in groups: a provider's message may repeat a phone number.

    `limit` is how many characters will be shown: of a much longer text only the beginning is processed.
    """
    return _masked(_beginning(text, limit), _LONG_DIGITS)


def mask_code(code: str, limit: int | None = None) -> str:
    """A code with what may be a phone number in it masked. A vendor may send anything as a code, and it is shown and counted.

    `limit` as of `mask_digits`.
    """
    return _masked(_beginning(code, limit), _LONG_IN_A_CODE)


def _beginning(text: str, limit: int | None) -> str:
    """More of `text` than is shown, so that no number is cut where it would be seen."""
    return text if limit is None else text[: 4 * limit]


def _masked(text: str, number: re.Pattern[str]) -> str:
    """`text` with `number` masked, also where it is in other digits, or where an encoding takes it apart."""
    for plain in dict.fromkeys((plain_digits(decode_text(text)), plain_digits(text))):
        if plain != text and len(number.findall(plain)) > len(number.findall(text)):
            return number.sub("****", plain)
    return number.sub("****", text)


def blank_digits(text: str) -> str:
    """`text` with every digit of every script (also ² and ①) replaced by `•`."""
    return "".join(BLANK if char.isdigit() else char for char in text)


def blank_text(text: str) -> str:
    """`text` with each letter and digit replaced by `•`, except in the sender's signature and in the words of every template."""
    return blank_digits(_SIGNATURE_OR_WORD.sub(_blanked, text))


def blank_row(row: str) -> str:
    """A vendor's row as it came, digits blanked, and what a customer or a template wrote in it blanked as in an SMS."""
    return blank_digits(_CONTENT.sub(lambda found: found["name"] + blank_text(found["content"]), row))


def _blanked(found: re.Match[str]) -> str:
    """A run of letters and digits, wholly blanked unless it is a common word. In Chinese words stand without blanks."""
    word = found[0]
    if found["signature"] or _COMMON_WORD.fullmatch(word):
        return word
    blanked, at = "", 0
    for common in _COMMON_CHINESE.finditer(word):
        blanked += BLANK * (common.start() - at) + common[0]
        at = common.end()
    return blanked + BLANK * (len(word) - at)


def sanitize_sms_text(text: str) -> str:
    """The text of an SMS as the asker may see it: one line, blanked but for its signature and the words of every template."""
    return truncate(blank_text(single_line(text)), MAX_TEXT)


def signature_of(text: str) -> str | None:
    """The sender's registered name: the 【signature】 at either end of an SMS, without its brackets. None: there is none."""
    found = _SIGNATURE.search(text)
    return (mask_digits(single_line(found[1] or found[2])) or None) if found else None


def sanitize_reply_text(text: str) -> str:
    """A customer's reply, digits blanked. Its letters tell whether it is an opt-out; nothing else of it is ever shown."""
    return truncate(blank_digits(single_line(text)), MAX_TEXT)


def sanitize_provider_text(text: str, limit: int = MAX_WORDS) -> str:
    """A provider's message without what it repeats of the request: signed strings, tokens, long numbers."""
    words = plain_digits(single_line(decode_text(text[: 4 * _MAX_LINE])))
    signed = _SIGNED_STRING.search(words)
    if signed is not None:
        words = words[: signed.start()].rstrip(" ,;:.[(") + " …"
    return truncate(_LONG_NUMBER.sub(BLANK * 5, _TOKEN.sub(BLANK * 5, words)).strip(), limit)
