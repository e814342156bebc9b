"""Encryption and keyed hashing of stored personal data, so that a stolen file reveals none.

From one configured secret, one key is derived for each purpose (HKDF, https://www.rfc-editor.org/rfc/rfc5869), so that a value
sealed for one purpose cannot be used as another's.
"""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import InvalidValueError, SmsStatusError
from bot.i18n import phrase

if TYPE_CHECKING:
    from pathlib import Path

NONCE_BYTES = 12
MIN_SECRET_LENGTH = 16


class WrongKeyError(SmsStatusError):
    """A sealed value cannot be decrypted: the configured key is another one, or the value was changed."""


class Keyring:
    """Seals (encrypts), opens (decrypts) and hashes with keys derived from one secret. Its repr shows nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._keys: dict[str, bytes] = {}  # one for each purpose, which are few and written in the code
        self._ciphers: dict[str, AESGCM] = {}

    @classmethod
    def from_file(cls, path: Path) -> Keyring:
        """The keyring of the secret in `path`; the file is generated on first use and readable by its owner only.

        Raises OSError, and InvalidValueError if the file's secret is too short.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        secret = path.read_text(encoding="utf-8", errors="replace").strip()
        if len(secret) < MIN_SECRET_LENGTH:
            problem = phrase(
                "{path} holds no whole key; put the right one back, or delete it and what was sealed with it", path=path
            )
            raise InvalidValueError(problem)
        return cls(secret)

    def seal(self, value: bytes, purpose: str) -> bytes:
        """Encrypt `value` with authentication (AES-256-GCM); the nonce is prepended."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher(purpose).encrypt(nonce, value, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Decrypt what was sealed for `purpose`. Raises WrongKeyError."""
        try:
            return self._cipher(purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKeyError("a sealed value cannot be opened with SMSSTATUS_SECRET_KEY") from error

    def digest(self, value: str, purpose: str) -> bytes:
        """The keyed hash of `value` (HMAC-SHA256, 32 bytes): equal values are found, and none can be guessed without the key."""
        return hmac.digest(self._key(purpose), value.encode(), "sha256")

    def _key(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            derived = HKDF(hashes.SHA256(), length=32, salt=b"smsstatus", info=purpose.encode()).derive(self._secret)
            self._keys[purpose] = derived
        return self._keys[purpose]

    def _cipher(self, purpose: str) -> AESGCM:
        if purpose not in self._ciphers:
            self._ciphers[purpose] = AESGCM(self._key(purpose))
        return self._ciphers[purpose]

    def __repr__(self) -> str:
        return "Keyring()"


def _make_key(path: Path) -> None:
    """Generate a key in a temporary file and link it to `path` once it is synced. Another process may be first."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    made = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
