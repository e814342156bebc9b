"""stdout and stderr, fitted to what they can show: nothing that is printed fails for want of a character.

A sign that a stream's encoding lacks is left out beside the word that says the same, and is a word where it stands alone; other
characters become what ASCII writes for them, or `?`. UTF-8, the usual case, only has its lone surrogates replaced.
"""

from __future__ import annotations

import codecs
import re
import shutil
import sys
import unicodedata
from contextlib import contextmanager
from io import StringIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

WHOLE = 10_000  # columns of a stream that is no terminal: no line is longer, so none is broken
_ASCII = "ascii"
_C_LOCALES = frozenset({"C", "POSIX"})
_CHINESE = "状态"

_SIGNS: Mapping[str, str] = {
    "✓": "ok", "✔": "ok", "✅": "ok",
    "✗": "failed", "✘": "failed", "❌": "failed",
    "⏳": "waiting", "⚠": "warning", "❔": "unknown", "❓": "unknown",
}  # fmt: skip
# No double quotes: a line of the log is JSON.
_WRITTEN: Mapping[str, str] = {
    "…": "...", "–": "-", "—": "-", "−": "-", "─": "-", "·": "-", "•": "*", "×": "x", "⋯": "...", "→": "->", "⚡": "",
    "“": "'", "”": "'", "‘": "'", "’": "'", "\ufe0f": "",
}  # fmt: skip
_SIGN = re.compile(rf"([{''.join(_SIGNS)}])\ufe0f?(?: (?=\w))?")


def fitted(text: str, encoding: str) -> str:
    """`text` in characters that `encoding` has."""
    if _has(text, encoding):
        return text
    text = _SIGN.sub(lambda found: found[0] if _has(found[1], encoding) else _in_words(found), text)
    return "".join(char if _has(char, encoding) else _written(char, encoding) for char in text)


def _in_words(sign: re.Match[str]) -> str:
    return "" if sign[0].endswith(" ") else _SIGNS[sign[1]]


def _written(char: str, encoding: str) -> str:
    plain = _WRITTEN.get(char)
    if plain is None:
        plain = unicodedata.normalize("NFKD", char).encode(encoding, "ignore").decode(encoding)
    return plain if plain or char in _WRITTEN else "?"


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class FittedStream(TextIOWrapper):
    """A text stream over the bytes of another one. `shown_in` is the encoding that its reader's terminal has.

    Its own encoding is never ASCII, which click takes for a mistake and replaces by UTF-8.
    """

    def __init__(self, stream: TextIOWrapper, encoding: str) -> None:
        own = "utf-8" if _is_ascii(encoding) else encoding
        super().__init__(stream.buffer, own, "replace", newline="", write_through=True)
        self.shown_in = encoding

    def write(self, text: str) -> int:
        """Write `text` in characters that the terminal has."""
        super().write(fitted(text, self.shown_in))
        return len(text)


@contextmanager
def fitted_streams(environ: Mapping[str, str], *, chinese: bool) -> Iterator[None]:
    """Within the block whatever is printed on stdout and stderr can be shown there."""
    before = sys.stdout, sys.stderr
    there = [StringIO() if stream is None else stream for stream in before]  # None: it was closed (`>&-`)
    made = [_fit(stream, wanted_encoding(stream, environ, chinese=chinese)) for stream in there]
    sys.stdout, sys.stderr = made
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for stream in made:
            if isinstance(stream, FittedStream):
                stream.flush()
                stream.detach()


def _fit(stream: TextIO, encoding: str) -> TextIO:
    if not isinstance(stream, TextIOWrapper):
        return stream
    stream.flush()
    if not _is_ascii(encoding) and _has(f"{''.join(_SIGNS)}{_CHINESE}", encoding):
        stream.reconfigure(errors="replace")
        return stream
    return FittedStream(stream, encoding)


def wanted_encoding(stream: TextIO, environ: Mapping[str, str], *, chinese: bool) -> str:
    """The encoding that the stream's reader can see.

    `LC_ALL=C` asks for ASCII, as it does of other programs, though Python writes UTF-8 then; whoever asks for Chinese beside it
    means UTF-8.
    """
    encoding = stream.encoding or _ASCII
    return _ASCII if environ.get("LC_ALL") in _C_LOCALES and not chinese else encoding


def shows_chinese(stream: TextIO) -> bool:
    """Whether Chinese can be read on this stream."""
    return _has(_CHINESE, stream.encoding or _ASCII)


def encoding_of(stream: object) -> str:
    """What the reader of this stream can see."""
    return getattr(stream, "shown_in", None) or getattr(stream, "encoding", None) or "utf-8"


def is_unicode(stream: object) -> bool:
    """Whether this stream has every character."""
    return codecs.lookup(encoding_of(stream)).name.startswith("utf")


def columns(stream: TextIO) -> int:
    """How wide a line on this stream may be: as wide as the terminal, and `WHOLE` where there is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else WHOLE


def write_file(text: str) -> None:
    """Write a file's content on stdout, as UTF-8 whatever the terminal has: nothing of it may be lost."""
    sys.stdout.flush()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(text)


def _is_ascii(encoding: str) -> bool:
    return codecs.lookup(encoding).name == _ASCII
