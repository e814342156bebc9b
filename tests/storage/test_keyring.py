"""The keyring and its secret's file."""

from __future__ import annotations

import hmac
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import InvalidValueError
from bot.storage.keyring import Keyring, WrongKeyError
from tests.cases import each

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_sealed_opens_with_the_same_key_and_purpose_only() -> None:
    keyring = Keyring("a secret of sixteen characters and more")
    sealed = keyring.seal(b"+8613711112222", "answers")

    assert keyring.open(sealed, "answers") == b"+8613711112222"
    assert b"1371111" not in sealed
    assert keyring.seal(b"+8613711112222", "answers") != sealed
    for other, purpose, value in (
        (Keyring("another secret, just as long"), "answers", sealed),
        (keyring, "audit", sealed),
        (keyring, "answers", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (keyring, "answers", b""),
    ):
        with pytest.raises(WrongKeyError):
            other.open(value, purpose)


def test_a_digest_depends_on_the_key_and_on_the_purpose() -> None:
    one, two = Keyring("a secret of sixteen characters"), Keyring("another secret, just as long")

    assert one.digest("+8613711112222", "number") == one.digest("+8613711112222", "number")
    assert one.digest("+8613711112222", "number") != two.digest("+8613711112222", "number")
    assert one.digest("+8613711112222", "number") != one.digest("+8613711112222", "id")


def test_the_key_file_is_made_once_and_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secret.key"

    sealed = Keyring.from_file(path).seal(b"x", "p")

    assert Keyring.from_file(path).open(sealed, "p") == b"x"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() not in repr(Keyring.from_file(path))


def test_the_algorithms_are_those_that_are_published() -> None:
    """SECURITY.md: HKDF with SHA-256 (RFC 5869), a key for each purpose; AES-256-GCM; HMAC-SHA256."""
    secret, purpose = "a secret of sixteen characters and more", "answers"
    extracted = hmac.digest(b"smsstatus", secret.encode(), "sha256")
    key = hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")

    sealed = Keyring(secret).seal(b"+8613711112222", purpose)

    assert len(key) == 256 // 8
    assert AESGCM(key).decrypt(sealed[:12], sealed[12:], purpose.encode()) == b"+8613711112222"
    assert Keyring(secret).digest("+8613711112222", purpose) == hmac.digest(key, b"+8613711112222", "sha256")


@each("content", ["", "short", " \n "])
def test_a_key_file_without_a_whole_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)

    with pytest.raises(InvalidValueError, match="holds no whole key"):
        Keyring.from_file(path)


def test_two_processes_that_make_the_key_at_once_end_with_one(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Keyring.from_file(path).digest("x", "p"), range(8)))

    assert len(set(made)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
