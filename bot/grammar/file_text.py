"""The bytes of a text file -> its text, whatever program wrote it.

Excel writes CSV in the system's code page, which in China is GBK, or with a byte order mark, and "Unicode text" in UTF-16
(https://support.microsoft.com/en-us/office/save-a-workbook-to-text-format-txt-or-csv-3e9a9d6c-70da-4255-aa28-fcacf1f081e6).
What a file is, is told by its bytes: a spreadsheet that was given the name `numbers.csv` is one all the same. Pure.
"""

from __future__ import annotations

import codecs

from bot.errors import UsageError
from bot.i18n import Phrase, phrase

MAX_FILE_BYTES = 2**20  # a thousand numbers with a kilobyte beside each
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LOOKED_AT = 4_096  # bytes

SPREADSHEET = phrase(
    "This is a spreadsheet (Excel or Numbers), not a text file. "
    "In Excel choose File > Save As > CSV UTF-8, in Numbers File > Export To > CSV, then send that file."
)
NOT_A_TEXT = phrase("This is not a text file. Send the numbers as CSV or TXT, one on each line.")
TOO_LARGE = phrase(
    "The file is larger than {most} KB. Send only the column with the numbers, as CSV or TXT.", most=MAX_FILE_BYTES // 1024
)


def decode_file(data: bytes) -> str:
    """The text of a CSV or TXT file. Raises UsageError for a spreadsheet, for what is no text, and for more than 1 MiB."""
    if len(data) > MAX_FILE_BYTES:
        raise _refused(TOO_LARGE)
    if data.startswith((_ZIP, _OLE)):
        raise _refused(SPREADSHEET)
    text = _decoded(data)
    if data.startswith(_PDF) or "\0" in text:
        raise _refused(NOT_A_TEXT)
    return text


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    if wide := _wide_encoding(data[:_LOOKED_AT]):
        return data.decode(wide, errors="replace")
    for encoding in ("utf-8", "gb18030"):  # GBK and more
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def _wide_encoding(start: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of digits and commas is zero."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > len(start) // 4 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(start) // 4 and not odd else None


def _refused(problem: Phrase) -> UsageError:
    return UsageError(problem, word="", example=None)
