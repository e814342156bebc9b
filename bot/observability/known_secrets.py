"""The secrets of the settings, found by value in whatever they are written: links, JSON, bytes, base64, hex."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, quote_plus

from bot.model.personal_numbers import plain_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "<secret>"


class KnownSecrets:
    """Secrets by value; empty at first, for the logging begins before the settings are read."""

    SHORTEST: ClassVar[int] = 4  # characters; a shorter one would be found within words, and guessed all the same
    LONGEST: ClassVar[int] = 512  # of a form of one, where a text is cut

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Hide these too from now on. What is shorter than `SHORTEST` is passed over."""
        for secret in secrets:
            if len(secret) >= self.SHORTEST:
                self._forms.update(_forms(secret))
        if self._forms:  # the longest first: one may be the beginning of another
            self._pattern = re.compile("|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))

    def hide(self, text: str) -> str:
        """`text` without any of them."""
        return text if self._pattern is None else self._pattern.sub(HIDDEN, text)

    def count(self, text: str) -> int:
        """How often any of them is in `text`."""
        return 0 if self._pattern is None else len(self._pattern.findall(text))


def _forms(secret: str) -> Iterator[str]:
    """The ways in which a secret may be written into a log."""
    octets = secret.encode(errors="surrogatepass")
    yield secret
    yield plain_digits(secret)
    yield repr(secret)[1:-1]
    yield repr(octets)[2:-1]
    yield octets.decode(errors="backslashreplace")
    yield html.escape(secret)
    yield from (json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    for encoded in (quote(octets, safe=""), quote(octets), quote_plus(octets)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), encoded)
    yield octets.hex()
    yield octets.hex().upper()
    yield from _in_base64(octets)


def _in_base64(octets: bytes) -> Iterator[str]:
    """Those characters that depend on nothing beside them, for each of the three places where a run of bytes may begin."""
    for before in range(3):
        packed = base64.b64encode(bytes(before) + octets).decode()
        core = packed[(0, 2, 3)[before] : (before + len(octets)) * 8 // 6]
        if len(core) >= KnownSecrets.SHORTEST:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))
