"""Signing one QuerySendDetails call: ours beside the official SDK's, in CPU time.

    .venv/bin/python -m benchmarks.signing_aliyun [--short]

Two measures, each the best of several rounds, so that other work on the machine does not count:

    signature   the canonical request and its HMAC, from parameters and headers that are already there
    attempt     what an attempt adds to what was asked for: date, nonce, hash of the body, headers, signature. Ours sets the
                headers of a request of httpx; the SDK has plain dicts, which it hands to the HTTP library only afterwards

Both sides get the same parameters, key, date and nonce, and the script stops if their signatures are not equal.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import httpx
from alibabacloud_tea_openapi.utils import Utils

from bot.providers.aliyun.signing import (
    ALGORITHM,
    Acs3Auth,
    AliyunCredentials,
    acs3_authorization,
    call_headers,
    fresh_nonce,
)
from bot.providers.request_target import canonical_query

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 9
CALLS = 1000
HOST = "dysmsapi.aliyuncs.com"
CREDENTIALS = AliyunCredentials("LTAI5tEXAMPLEfakeKeyId01", "EXAMPLEfakeSecretDoNotUse0123456")
PARAMS = {
    "BizId": "900000000000000001^0",
    "CurrentPage": "1",
    "PageSize": "50",
    "PhoneNumber": "13711112222",
    "SendDate": "20261120",
}
CALL_HEADERS = call_headers("QuerySendDetails", "2017-05-25")
TO_SIGN = {
    "host": HOST,
    "content-type": CALL_HEADERS["content-type"],
    "x-acs-action": "QuerySendDetails",
    "x-acs-version": "2017-05-25",
    "x-acs-date": "2026-11-21T08:00:00Z",
    "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}


def our_signature() -> str:
    """The Authorization header by our function."""
    return acs3_authorization(CREDENTIALS, "POST", "/", canonical_query(PARAMS), TO_SIGN)


def sdk_signature() -> str:
    """The Authorization header by the SDK's."""
    request = SimpleNamespace(method="POST", pathname="/", query=PARAMS, headers=TO_SIGN)
    body_hash = TO_SIGN["x-acs-content-sha256"]
    return str(Utils.get_authorization(request, ALGORITHM, body_hash, CREDENTIALS.key_id, CREDENTIALS.secret))


def our_attempts() -> Callable[[], object]:
    """What signs one request after another, each as httpx has just built it."""
    auth = Acs3Auth(CREDENTIALS, clock=lambda: datetime.now(UTC), nonce=fresh_nonce)
    url = f"https://{HOST}?{canonical_query(PARAMS)}"
    built = iter([httpx.Request("POST", url, headers=CALL_HEADERS) for _ in range(CALLS)])
    return lambda: next(auth.sync_auth_flow(next(built)))


def sdk_attempt() -> object:
    """The lines of `Client.do_request` that stand between its parameters and the sending."""
    headers = {
        **CALL_HEADERS,
        "host": HOST,
        "x-acs-date": Utils.get_timestamp(),
        "x-acs-signature-nonce": Utils.get_nonce(),
        "x-acs-content-sha256": Utils.hash(b"", ALGORITHM).hex(),
    }
    request = SimpleNamespace(method="POST", pathname="/", query=PARAMS, headers=headers)
    body_hash = headers["x-acs-content-sha256"]
    headers["Authorization"] = Utils.get_authorization(request, ALGORITHM, body_hash, CREDENTIALS.key_id, CREDENTIALS.secret)
    return headers


def seconds(work: Callable[[], object]) -> float:
    """CPU time of all calls of one round."""
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return time.process_time() - start


def main(*, short: bool) -> None:
    """Print the table."""
    if our_signature() != sdk_signature():
        raise SystemExit("the signatures differ")
    print(f"{'CPU µs a call':<14}{'ours':>8}{'SDK':>8}{'ours/SDK':>10}")
    for name, ours, sdk in (("signature", lambda: our_signature, sdk_signature), ("attempt", our_attempts, sdk_attempt)):
        rounds = [(seconds(ours()), seconds(sdk)) for _ in range(1 if short else ROUNDS)]  # in turns: a busy moment hits both
        one, other = (min(times) / CALLS * 1e6 for times in zip(*rounds, strict=True))
        print(f"{name:<14}{one:>8.1f}{other:>8.1f}{one / other:>10.2f}")


if __name__ == "__main__":
    main(short="--short" in sys.argv)
