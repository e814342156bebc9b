"""What must not be in a log: tokens, keys, signatures, logins, response URLs, phone numbers and the texts of messages.

Two ways, since neither is enough: by form, here, for what nobody told us; and by value (`known_secrets.py`), for the secrets of
the settings, which have any form. A value that cannot be redacted is dropped, not printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.encoded_text import decode_text
from bot.model.personal_numbers import GROUPED_MOBILE, ODD_SPELLINGS, plain_digits
from bot.observability.known_secrets import KnownSecrets
from bot.observability.packed_text import unpacked_runs

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

MAX_READ = 32 * 1024  # characters of a value that are looked at
MAX_SHOWN = 8 * 1024  # of them; a vendor's whole page in an exception helps nobody

# The names end here: `token_count=5` and `SignatureNonce=…` are no secrets. Before them may stand whatever: `AccessKeySecret`.
_SENSITIVE_NAME = (
    r"(?:authorization|signature|secret(?:[_-]?(?:key|value))?|token|app[_-]?key|credentials?|pass(?:word|wd|phrase)"
    r"|(?:client|server|private|api|access|encryption|signing)[_-]?key|(?<![a-z])(?:pwd|sig|ticket|trigger_id|(?:set-)?cookie))"
)
_TEXT_NAME = r"(?:template_?params?|(?:sms|reply)_?content|message_?text)"
_SHORT_TEXT_NAME = r"(?:content|text|body|reply|fallback)"  # words of every log as well, so only in quotes, as JSON has them
_QUOTE = r"\\*['\"]"  # of JSON within JSON: \"
_SIGN = rf"(?:{_QUOTE})?\s*(?:=>|[:=]|%3D|(?<=['\"])\s*,(?=\s*b?['\"]))\s*"  # a pair of a tuple has a comma
# Up to the quote that it began with; without one a word, with the scheme that may stand before it.
_VALUE = (
    r"(?:b?(?P<{quote}>\\*['\"])(?:(?!(?P={quote}))(?:\\+.|.))*"
    r"|(?:(?:basic|bearer|digest|negotiate|ntlm)\s+)?[^\s'\",}}]+)"
)
_KEYED_SECRET = re.compile(
    rf"(?i)(?P<name>(?:{_SENSITIVE_NAME}\b|(?<=[?&])(?:hex|text)?key))(?P<sign>{_SIGN})" + _VALUE.format(quote="quote")
)
_KEYED_TEXT = re.compile(
    rf"(?i)(?P<name>{_TEXT_NAME}|(?<=['\"]){_SHORT_TEXT_NAME}(?=\\*['\"]))(?P<sign>{_SIGN})"
    rf"(?:\{{.*\}}|{_VALUE.format(quote='quote')})"
)
_IS_SENSITIVE_NAME = re.compile(rf"(?i){_SENSITIVE_NAME}\Z")
_IS_TEXT_NAME = re.compile(rf"(?i)(?:{_TEXT_NAME}|\A{_SHORT_TEXT_NAME})\Z")

_UUID = r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
_MOMENT = (
    r"(?<![\d+-])20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_ADDRESS = rf"(?<![\d.+])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.]|[ -]\d)(?::\d{{1,5}}(?![\d.-]))?"
# Seven digits and more, however they are spaced. What an operator asks support about is no number: a request's UUID, a moment, a
# host's address.
_DIGITS = re.compile(
    rf"(?P<kept>{_UUID}|{_MOMENT}|{_ADDRESS})|{GROUPED_MOBILE}|{ODD_SPELLINGS}|[+＋]?\d(?:[\s().–—/_·-]{{0,2}}\d){{6,}}"
)
_REDACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    # https://docs.slack.dev/authentication/tokens: xoxb, xoxp, xoxe.xoxp, xapp, xwfp; xoxd and xoxs are a browser's
    (re.compile(r"x(?:ox[a-z]|app|wfp)-[A-Za-z0-9%+/=_.-]*[A-Za-z0-9%+/=_-]"), "<slack token>"),
    (re.compile(r"(?:https?:(?://|\\/\\/))?hooks\.slack(?:-gov)?\.com\S+"), "<response url>"),
    (re.compile(r"\b(?:AKID|LTAI|STS\.)[A-Za-z0-9]{6,}"), "<access key id>"),
    (re.compile(r"\bv0=[0-9a-f]{64}\b"), "<signature>"),  # https://docs.slack.dev/authentication/verifying-requests-from-slack
    (re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"), "<private key>"),
    (re.compile(r"(?i)\b(TC3-HMAC-SHA256|ACS3-HMAC-SHA256|Bearer|Digest)\s+\S.*"), r"\1 <secret>"),
    (_KEYED_SECRET, r"\g<name>\g<sign><secret>"),
    (_KEYED_TEXT, r"\g<name>\g<sign><text>"),
    (
        re.compile(r"(?:(?<=[\n'\"【】])|\A)[^\n'\"【】]*【[^】\n]{1,40}】[^\n'\"]*"),
        "<text>",
    ),  # 【signature】, by which every Chinese SMS is known
    (re.compile(r"(/callbacks/[a-z-]+/)[^\s/?#'\"<]+"), r"\1<token>"),
    (re.compile(r"\[parameters: .*"), "[parameters: <values>]"),  # how SQLAlchemy's errors end: the values of the rows
    (re.compile(r"(\b[a-z][a-z0-9+]{0,30}://)(?:[^\s:/@\[]*:\S{0,999}@|[^\s/@]+@)"), r"\1<login>@"),
    (
        re.compile(r"(\b[a-z][a-z0-9+]{0,30}://)[^\s:/@\[<]+:(?!\d{1,5}(?![^\s/?#,;.'\")\]}]))\S+"),
        r"\1<login>",
    ),  # its @ is missing
    (re.compile(r"(\bpostgres\w{0,30}:)(?!//)\S{1,999}@"), r"\1<login>@"),
    (re.compile(r"(?<![^\s'\"(=])[^\s:/@'\"(=<]+:[^\s/@'\"<]+@(?=[\w.-]+:\d)"), "<login>@"),  # user:password@proxy:3128
)
_MANY_BACKSLASHES = re.compile(r"\\{9,}")  # which would keep the decoding busy for a minute
_FEW_BACKSLASHES = r"\\" * 8
_NAME = re.compile(r"[a-z_.]{1,40}")  # of an event, a field, a logger: most of what is logged, and nothing to be found by form
_LEAST_NUMBER = 10**6
_OURS = frozenset({"timestamp", "level"})  # made by the logging itself


class Redactor:
    """Redacts texts and events by form, and by the values in `known`."""

    def __init__(self, known: KnownSecrets | None = None) -> None:
        self.known = known or KnownSecrets()

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Structlog's processor: every key and value of an event, redacted."""
        return {key if key in _OURS else self._key(key): self._member(key, value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """`text` without what must not be seen, of a long one its beginning and its end."""
        if _NAME.fullmatch(text):
            return self.known.hide(text)
        is_cut = len(text) > MAX_READ
        if is_cut:
            text = f"{text[: MAX_READ // 2]}\n…\n{text[-MAX_READ // 2 :]}"
        return _shortened(self._redacted(text), is_cut=is_cut)

    def _redacted(self, text: str) -> str:
        text = _MANY_BACKSLASHES.sub(_FEW_BACKSLASHES, self.known.hide(plain_digits(self.known.hide(text))))
        decoded = decode_text(text)
        if decoded != text and self._findings(decoded) > self._findings(text):  # an encoding takes it apart
            text = self.known.hide(decoded)
        for packed, plain in unpacked_runs(text):
            if self._findings(plain):
                text = text.replace(packed, "<packed secret>")
        for pattern, instead in _REDACTIONS:
            text = pattern.sub(instead, text)
        return _DIGITS.sub(lambda found: found["kept"] or "<digits>", text)

    def _findings(self, text: str) -> int:
        """How much there is to redact in a text."""
        by_form = sum(len(pattern.findall(text)) for pattern, _ in _REDACTIONS)
        return self.known.count(text) + by_form + sum(not found["kept"] for found in _DIGITS.finditer(text))

    def _member(self, name: object, value: object) -> Any:
        """The value of a mapping or an event, which its name alone may say to be a secret."""
        if name in _OURS or value is None or isinstance(value, bool):
            return value
        if _IS_SENSITIVE_NAME.search(str(name)):
            return "<secret>"
        return "<text>" if _IS_TEXT_NAME.search(str(name)) else self._value(value)

    def _key(self, name: object) -> str:
        return str(self._value(name if isinstance(name, bytes | str) else str(name)))

    def _value(self, value: Any) -> Any:
        try:
            match value:
                case None | bool():
                    return value
                case int() | float():
                    return "<digits>" if abs(value) >= _LEAST_NUMBER or self.known.count(str(value)) else value
                case bytes() | bytearray():
                    return self.text(value.decode(errors="backslashreplace"))
                case Mapping():
                    return {self._key(name): self._member(_plain(name), inner) for name, inner in value.items()}
                case (str() | bytes() as name, inner):  # a header, as a list of pairs has it
                    return [self._key(name), self._member(_plain(name), inner)]
                case list() | tuple() | set() | frozenset():
                    return [self._value(inner) for inner in value]
                case _:
                    return self.text(str(value))
        except Exception:  # noqa: BLE001 - whatever fails here, the value must not be printed
            return "<redaction failed>"


_BY_FORM = Redactor()


def redact(text: str) -> str:
    """`text` without tokens, keys, signatures, logins, response URLs and long digit runs, which are known by their form."""
    return _BY_FORM.text(text)


def _plain(name: object) -> object:
    return name.decode(errors="replace") if isinstance(name, bytes) else name


def _shortened(text: str, *, is_cut: bool) -> str:
    """The ends of a long text. Where it was cut before, half a secret may stand beside the cut, which is left out then."""
    if len(text) <= MAX_SHOWN and not is_cut:
        return text
    half = MAX_SHOWN // 2
    margin = KnownSecrets.LONGEST if is_cut else 0
    cut = text.find("\n…\n") if is_cut else len(text)
    head = text[: max(0, min(half, cut - margin))]
    tail = text[max(len(text) - half, (cut + margin) if is_cut else 0) :]
    return f"{head}\n…\n{tail}"
