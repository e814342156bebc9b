"""Normalises the spellings of one code, and no more than that.

Look-alikes are different codes: `MK:1` (China Unicom: suspended) is not `MK:0001` (China Mobile: no such number), and
`MI:0020`, `MI0020` and `MI00020` have three meanings. So nothing here strips zeros or adds a colon.
"""

from __future__ import annotations

import unicodedata

_PREFIXES = ("ISV.", "ISP.")


def normalize_code(code: str) -> str:
    """`code` in upper case, with full-width forms made plain, without spaces and invisible characters. Idempotent.

    A full-width colon becomes `:`, as in `CJ：0006`; a space inside goes, as in `BWLIST _006`.
    """
    if code.isascii() and code.isprintable() and " " not in code:
        return code.upper()
    normalized = code
    for _ in range(4):  # upper-casing can undo the normal form of rare characters; two rounds settle all that are known
        plain = unicodedata.normalize("NFKC", normalized)
        shorter = "".join(char for char in plain if char.isprintable() and not char.isspace())
        again = unicodedata.normalize("NFKC", shorter.upper())
        if again == normalized:
            break
        normalized = again
    return normalized


def letters_and_digits(code: str) -> str:
    """The letters and digits of a code, normalised: what is left when `MK:0001` is retyped as `MK 0001`. Only ever a guess."""
    return "".join(char for char in normalize_code(code) if char.isalnum())


def is_isv_code(normalized: str) -> bool:
    """Whether a normalised code has Alibaba's prefix of its business codes, `isv.` or `isp.`."""
    return normalized.startswith(_PREFIXES)


def without_namespace(normalized: str) -> str:
    """A normalised code without `isv.` or `isp.`: the international product dropped them, older pages still have them.

    https://www.alibabacloud.com/help/doc-detail/116206.htm (with) and https://help.aliyun.com/zh/sms/error-code-intl (without).
    """
    return normalized[4:] if is_isv_code(normalized) else normalized


def code_class(normalized: str) -> str:
    """The part before the first dot: Tencent's class of an error, such as `FailedOperation`. Empty when there is no dot.

    https://cloud.tencent.com/document/api/382/38780
    """
    before, dot, _ = normalized.partition(".")
    return before if dot else ""
