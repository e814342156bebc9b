"""A screenshot made small: few colours are enough for text, and one byte is enough for each of few colours."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXEL = 3  # bytes: red, green and blue
_PALETTE = 256  # colours that a byte can name
_RGB, _INDEXED = 2, 3  # colour types


def shrink(png: bytes) -> bytes:
    """The picture with a palette, in as many shades as that can hold. Raises ValueError for what is no 8-bit RGB picture."""
    header, packed = _parts(png)
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", header)
    if (depth, kind) != (8, _RGB):
        raise ValueError(f"a picture of {depth} bits and colour type {kind}; 8 and {_RGB} are read")
    rows = list(_rows(zlib.decompress(packed), width * _PIXEL))
    for bits in range(8, 0, -1):
        coarse = bytes(round((value >> 8 - bits) * 255 / ((1 << bits) - 1)) for value in range(256))
        pixels = [_pixels(row.translate(coarse)) for row in rows]
        colours = sorted({pixel for row in pixels for pixel in row})
        if len(colours) <= _PALETTE:
            break
    place = {colour: number for number, colour in enumerate(colours)}
    body = b"".join(b"\0" + bytes(map(place.__getitem__, row)) for row in pixels)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)),
        (b"PLTE", b"".join(colours)),
        (b"IDAT", zlib.compress(body, 9)),
        (b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises ValueError for what is no PNG."""
    header, _ = _parts(png)
    width, height, *_ = struct.unpack(">IIBBBBB", header)
    return width, height


def _parts(png: bytes) -> tuple[bytes, bytes]:
    """The header and the packed pixels."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    header, packed, at = b"", b"", len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        header = content if name == b"IHDR" else header
        packed += content if name == b"IDAT" else b""
        at += length + 12
    return header, packed


def _rows(filtered: bytes, length: int) -> Iterator[bytes]:
    """Each row's bytes; a row comes as the difference to its neighbours (https://www.w3.org/TR/png-3/#9Filters)."""
    above = bytes(length)
    for start in range(0, len(filtered), length + 1):
        way, row = filtered[start], bytearray(filtered[start + 1 : start + 1 + length])
        for at in range(length):
            left, corner = (row[at - _PIXEL], above[at - _PIXEL]) if at >= _PIXEL else (0, 0)
            row[at] = (row[at] + _expected(way, left, above[at], corner)) & 255
        above = bytes(row)
        yield above


def _expected(way: int, left: int, above: int, corner: int) -> int:
    match way:
        case 0:
            return 0
        case 1:
            return left
        case 2:
            return above
        case 3:
            return (left + above) // 2
        case _:
            guess = left + above - corner
            return min((left, above, corner), key=lambda value: abs(guess - value))


def _pixels(row: bytes) -> list[bytes]:
    return [row[at : at + _PIXEL] for at in range(0, len(row), _PIXEL)]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
