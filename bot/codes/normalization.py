"""In how many ways the same code is written, and no more than that.

Look-alikes are different codes: `MK:1` (China Unicom: suspended) is not `MK:0001` (China Mobile: no such number), and
`MI:0020`, `MI0020` and `MI00020` have three meanings. So nothing here strips zeros or adds a colon.
"""

from __future__ import annotations

import unicodedata

_PREFIXES = ("ISV.", "ISP.")


def normalize_code(code: str) -> str:
    """`code` without blanks and invisible characters, full-width forms made plain, in upper case. Idempotent.

    A full-width colon becomes `:`, as in `CJ：0006`; a blank inside goes, as in `BWLIST _006`.
    """
    if code.isascii() and code.isprintable() and " " not in code:
        return code.upper()
    folded = code
    for _ in range(4):  # upper-casing can undo the normal form of rare characters; two rounds settle all that are known
        plain = unicodedata.normalize("NFKC", folded)
        shorter = "".join(char for char in plain if char.isprintable() and not char.isspace())
        again = unicodedata.normalize("NFKC", shorter.upper())
        if again == folded:
            break
        folded = again
    return folded


def letters_and_digits(code: str) -> str:
    """The letters and digits of a code, folded: what somebody keeps who retypes `MK:0001` as `MK 0001`. Only ever a guess."""
    return "".join(char for char in normalize_code(code) if char.isalnum())


def is_isv_code(folded: str) -> bool:
    """Whether a folded code carries Alibaba's prefix of its business codes, `isv.` or `isp.`."""
    return folded.startswith(_PREFIXES)


def without_namespace(folded: str) -> str:
    """A folded code without `isv.` or `isp.`: the international product dropped them, older pages still have them.

    https://www.alibabacloud.com/help/doc-detail/116206.htm (with) and https://help.aliyun.com/zh/sms/error-code-intl (without).
    """
    return folded[4:] if is_isv_code(folded) else folded


def code_class(folded: str) -> str:
    """The part before the first dot: Tencent's class of an error, such as `FailedOperation`. Empty when there is no dot.

    https://cloud.tencent.com/document/api/382/38780
    """
    before, dot, _ = folded.partition(".")
    return before if dot else ""
