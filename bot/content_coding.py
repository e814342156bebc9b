"""What HTTP's Content-Encoding has packed, unpacked piece by piece within a limit: 32 KiB of gzip may be 32 MiB."""

from __future__ import annotations

import zlib

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32  # the header says which
_RAW = -zlib.MAX_WBITS  # what some servers and clients send as "deflate"
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
"""The codings that can be unpacked."""


def normalized_coding(*values: str) -> str:
    """The Content-Encoding of headers, in lower case; empty for a body that is sent as it is."""
    coding = ",".join(values).strip().lower()
    return "" if coding == "identity" else coding


class Unpacker:
    """Unpacks a body that comes in pieces, and stops one byte beyond `most_bytes`. What has another coding stays as it is."""

    def __init__(self, coding: str, most_bytes: int) -> None:
        self._left = most_bytes + 1
        self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if coding in PACKED else None
        self._may_be_raw = coding == "deflate"

    def feed(self, piece: bytes) -> bytes:
        """What the next piece unpacks to, as far as the limit allows. Raises zlib.error for what is not packed."""
        if self._left == 0:  # which zlib would take for no limit
            return b""
        unpacked = piece[: self._left] if self._unpacker is None else self._unpack(self._unpacker, piece)
        self._left -= len(unpacked)
        return unpacked

    @property
    def is_complete(self) -> bool:
        """True if the body was whole, and nothing came behind it."""
        return self._unpacker is None or (self._unpacker.eof and not self._unpacker.unused_data)

    def _unpack(self, unpacker: zlib._Decompress, piece: bytes) -> bytes:
        try:
            unpacked = unpacker.decompress(unpacker.unconsumed_tail + piece, self._left)
        except zlib.error:
            if not self._may_be_raw:
                raise
            self._unpacker = unpacker = zlib.decompressobj(_RAW)
            unpacked = unpacker.decompress(piece, self._left)
        self._may_be_raw = self._may_be_raw and not unpacked
        return unpacked
