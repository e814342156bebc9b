"""Packed bodies, unpacked piece by piece: the same however they are cut, and never beyond the limit."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content_coding import Unpacker, normalized_coding

if TYPE_CHECKING:
    from collections.abc import Callable


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress, "raw": raw_deflate}


@given(st.binary(max_size=600), st.integers(1, 700), st.integers(1, 40), st.sampled_from(["", "gzip", "deflate", "raw", "br"]))
def test_a_body_unpacks_to_the_same_however_it_is_cut_and_never_beyond_the_limit(
    body: bytes, most: int, cut: int, coding: str
) -> None:
    packed = PACKERS[coding](body) if coding in PACKERS else body
    unpacker = Unpacker("deflate" if coding == "raw" else coding, most)
    pieces = [packed[start : start + cut] for start in range(0, len(packed), cut)]
    if coding == "raw" and cut == 1:  # which of the two it is takes two bytes to see
        pieces = [packed]

    unpacked = b"".join(unpacker.feed(piece) for piece in pieces)

    assert unpacked == body[: most + 1]
    assert unpacker.is_complete or len(body) > most


def test_a_bomb_costs_no_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(bytes(64 * 2**20))
    tracemalloc.start()
    try:
        unpacked = Unpacker("gzip", 2**20).feed(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(unpacked) == 2**20 + 1
    assert peak < 4 * 2**20


def test_what_is_not_packed_is_an_error_and_a_header_is_read_in_every_way() -> None:
    for coding in ("gzip", "deflate"):
        with pytest.raises(zlib.error):
            Unpacker(coding, 100).feed(b"\xff not packed \xff")
    assert [normalized_coding(*values) for values in ((), ("identity",), (" GZIP ",), ("gzip", "br"))] == [
        "",
        "",
        "gzip",
        "gzip,br",
    ]
