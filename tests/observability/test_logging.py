"""Redaction in the log: no secret and no phone number is printed, in any spelling."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.observability.logging import configure_logging, error_id
from bot.observability.redaction import redact, redact_event
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = [
    ("token xoxb-123-abcDEF", "xoxb-123-abcDEF"),
    ("xapp-1-A0-99-ff", "xapp-1-A0-99-ff"),
    ("posting to https://hooks.slack.com/commands/T1/2/abc", "commands/T1/2/abc"),
    ("Authorization: TC3-HMAC-SHA256 Credential=AKIDabcdefghij/2026, Signature=0f0f", "0f0f"),
    ("Bearer abc.def", "abc.def"),
    ("SecretKey=s3cr3tvalue", "s3cr3tvalue"),
    ("{'secret_key': 's3cr3tvalue'}", "s3cr3tvalue"),
    ("id LTAI5tExampleKeyId", "LTAI5tExampleKeyId"),
    ("+8613711112222", "13711112222"),
    ("asked for +86 137-1111 2222 since", "1111 2222"),
    ("(0086)13711112222", "13711112222"),
    ("PhoneNumber=13711112222&SendDate=20261121", "13711112222"),
    ('"phone":"13711112222"', "13711112222"),
    ("手机号13711112222不合法", "13711112222"),
    ("number13711112222x", "13711112222"),
    ("137\u200b1111\u200b2222", "2222"),
    ("137—1111—2222", "2222"),
    ("137/1111/2222", "2222"),
    ("137%201111%202222", "2222"),
    ("13,711,112,222", "711,112"),
    ("1 3 7 1 1 1 1 2 2 2 2", "2 2 2"),
    ("一三七一一一一二二二二", "二二"),
    ("①③⑦①①①①②②②②", "②②"),
    ("phone=MTM3MTExMTIyMjI=", "MTExMTIy"),
    (r"\u0031\u0033\u0037\u0031\u0031\u0031\u0031\u0032\u0032\u0032\u0032", r"\u0037\u0031"),
    ("card 6222 0212 3456 7890 128, id 11010119900307231X", "7890"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET=s3cr3tvalue", "s3cr3tvalue"),
    ("TENCENTCLOUD_SECRET_KEY: s3cr3tvalue", "s3cr3tvalue"),
    ("cannot open postgresql://me:s3cr3t@db/x", "s3cr3t"),
]


@each(("text", "secret"), HIDDEN)
def test_secrets_and_numbers_are_hidden(text: str, secret: str) -> None:
    assert secret not in redact(text)


def test_what_an_operator_needs_stays() -> None:
    text = "provider tencent answered RequestLimitExceeded in 153 ms, request 0e6a3c9e-7a51-4f4e-9d43-1234567890ab"

    assert redact(text) == text


@given(st.integers(0, 10**8 - 1), st.sampled_from(["+86", "0086", "86", ""]), st.text("- .", max_size=2))
def test_a_mainland_number_is_hidden_however_it_is_spaced(rest: int, prefix: str, gap: str) -> None:
    digits = f"137{rest:08}"
    written = f"{prefix}{digits[:3]}{gap}{digits[3:7]}{gap}{digits[7:]}"

    assert digits[3:] not in redact(f"lookup of {written} failed").replace("-", "").replace(" ", "").replace(".", "")


def test_the_id_of_an_error_can_be_found_in_the_log() -> None:
    ids = [error_id() for _ in range(2000)]

    assert [redact(f"crashed with {one}, id={one}") for one in ids] == [f"crashed with {one}, id={one}" for one in ids]
    assert all(one.isascii() and one.isalpha() and len(one) == 8 for one in ids)
    assert len(set(ids)) == len(ids)


def test_a_value_that_cannot_be_redacted_is_dropped() -> None:
    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError("+8613711112222")

    event = redact_event(
        None, "info", {"event": "x", "value": Stubborn(), "inner": {"n": [13711112222, 13711112222.0, b"13711112222"]}}
    )

    assert event["value"] == "<redaction failed>"
    assert "13711112222" not in json.dumps(event)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logging("INFO")
    stream = io.StringIO()
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def test_a_traceback_and_a_librarys_record_pass_the_same_choke_point(lines: io.StringIO) -> None:
    try:
        int("no such number: +8613711112222")
    except ValueError:
        structlog.get_logger("bot.x").exception("provider.crashed", number="13711112222")
    logging.getLogger("some.library").warning("sent %s to %s", "xoxb-1-secret", "+8613711112222")

    written = lines.getvalue()
    assert "13711112222" not in written
    assert "xoxb-1-secret" not in written
    assert [json.loads(line)["level"] for line in written.splitlines()] == ["error", "warning"]
