"""Redaction: no secret, no phone number and no message text is logged, in whatever way, by whomever; the rest stays readable."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import time
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import aiohttp
import asyncpg  # type: ignore[import-untyped]
import httpx
import sqlalchemy as sa
import structlog
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from yarl import URL

from bot.observability.known_secrets import KnownSecrets
from bot.observability.logging import hide_in_log
from bot.observability.redaction import MAX_READ, MAX_SHOWN, Redactor, redact
from tests.cases import each
from tests.observability.log_streams import Terminal, logging_to

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

Case = dict[str, Any]

log = structlog.get_logger("bot.test")
library = logging.getLogger("slack_sdk.web")


CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+Z)?")  # when it was logged, whose digits may be any


def cases() -> list[Case]:
    table: list[Case] = tomllib.loads((Path(__file__).parent / "redaction_cases.toml").read_text(encoding="utf-8"))["case"]
    return table


def fail_with(error: Exception) -> None:
    raise error


def log_chained(text: str) -> None:
    """An exception with `text` in its arguments, a note and a local variable, behind another one."""
    local = text
    try:
        try:
            fail_with(ValueError(local, {"args": [text]}))
        except ValueError as error:
            error.add_note(f"while at {text}")
            raise RuntimeError("not sent") from error
    except RuntimeError:
        log.exception("crashed")


def log_group(text: str) -> None:
    try:
        fail_with(ExceptionGroup("two failed", [KeyError(text), OSError(5, text)]))
    except ExceptionGroup:
        library.exception("both failed")


WAYS: dict[str, Callable[[str], None]] = {
    "event": lambda text: log.warning(text),  # noqa: PLW0108 - bound when it is called: the logging is not configured yet
    "field": lambda text: log.warning("x", said=text),
    "nested field": lambda text: log.warning("x", rows=[{"said": (text, 1)}, {text: None}]),
    "bytes": lambda text: log.warning("x", body_of=text.encode()),
    "library's record": lambda text: library.warning("got %s and %r", text, [text]),
    "library's fields": lambda text: library.warning("x", extra={"payload": text}),
    "library's stack": lambda text: library.error("x: %s", text, stack_info=True),
    "name of a logger": lambda text: logging.getLogger(f"some.{text}").error("x"),
    "chained exception": log_chained,
    "group of exceptions": log_group,
}


@each("case", cases, ids=lambda case: case["name"])
def test_what_must_not_be_seen_is_in_no_log_and_what_an_operator_needs_is(case: Case) -> None:
    for stream in (io.StringIO(), Terminal()):
        with logging_to(stream):
            for way, say in WAYS.items():
                say(case["text"])
                written = CLOCK.sub("", stream.getvalue())
                stream.seek(0)
                stream.truncate()
                assert written, way
                assert not [one for one in case.get("hidden", ()) if one in written], (way, written)
        assert not [one for one in case.get("kept", ()) if one not in redact(case["text"])], redact(case["text"])


def test_the_table_has_its_breadth() -> None:
    table = cases()

    assert len(table) >= 60
    assert len({case["name"] for case in table}) == len(table)
    assert sum("hidden" in case for case in table) >= 60
    assert sum("hidden" not in case for case in table) >= 8


SECRET = "s3cr3t/Value+x=="


def slack_error() -> Exception:
    said = {"ok": False, "error": "invalid_auth", "token": SECRET}
    return SlackApiError(f"The server responded with: {said}", said)  # type: ignore[no-untyped-call]


def database_error() -> Exception:
    """What SQLAlchemy raises of a row that it cannot insert."""
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("SELECT :note FROM nowhere"), {"note": SECRET})
    except sa.exc.OperationalError as error:
        return error
    finally:
        engine.dispose()
    raise AssertionError


def status_error() -> Exception:
    request = httpx.Request("GET", f"https://sms.example/?Signature={quote(SECRET)}", headers={"Authorization": SECRET})
    try:
        httpx.Response(500, request=request).raise_for_status()
    except httpx.HTTPStatusError as error:
        return error
    raise AssertionError


ERRORS: dict[str, Callable[[], Exception]] = {
    "httpx": status_error,
    "aiohttp": lambda: aiohttp.InvalidUrlClientError(
        URL(f"https://u:{quote(SECRET, safe='')}@sms.example/callbacks/tencent/T0ken")
    ),
    "asyncpg": lambda: asyncpg.InvalidPasswordError(f"password authentication failed: password='{SECRET}'"),
    "SQLAlchemy": database_error,
    "slack_sdk": slack_error,
    "ours, with a settings object": lambda: ValueError(SecretStr(SECRET), {"secret_key": SECRET, "password": SECRET.encode()}),
}


@each(("library_name", "make"), list(ERRORS.items()))
def test_the_exceptions_of_libraries_tell_no_secret(library_name: str, make: Callable[[], Exception]) -> None:
    for stream in (io.StringIO(), Terminal()):
        with logging_to(stream):
            try:
                fail_with(make())
            except Exception as error:
                log.exception("crashed", error=error, request=getattr(error, "request", None))
                library.exception("failed: %r", error)
        written = stream.getvalue()
        assert "Traceback" in written
        assert not [one for one in (SECRET, quote(SECRET), quote(SECRET, safe=""), "T0ken") if one in written], written


def test_the_name_of_a_field_alone_says_that_it_is_a_secret() -> None:
    headers = httpx.Headers({"Authorization": "plain", "X-Acs-Security-Token": "plain", "Host": "kept.example"})
    with logging_to(io.StringIO()) as stream:
        log.info("a", secret_key="plain", fields={"accessKeySecret": "plain", "sig": ["plain"], "token": None, "rows": 3})
        log.info("b", headers=headers, pairs=[(b"X-Api-Key", b"plain"), ("Host", "kept.example")], content={"x": "plain"})

    assert "plain" not in stream.getvalue()
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["fields"] == {"accessKeySecret": "<secret>", "sig": "<secret>", "token": None, "rows": 3}
    assert second["headers"]["host"] == "kept.example"
    assert second["pairs"][1] == ["Host", "kept.example"]


def test_a_value_that_cannot_be_redacted_is_dropped() -> None:
    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError("+8613711112222")

    values: dict[str, Any] = {"n": [13711112222, 13711112222.0, b"13711112222"], "few": 3}
    event = Redactor()(None, "info", {"event": "x", "value": Stubborn(), "inner": values})

    assert event["value"] == "<redaction failed>"
    assert event["inner"]["few"] == 3
    assert "13711112222" not in json.dumps(event)


def test_a_record_that_cannot_be_formatted_is_told_without_its_arguments(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(io.StringIO()) as stream:
        library.warning("%d messages", "xoxb-1-secret")
    line = json.loads(stream.getvalue())

    assert "log.record_unreadable" in line["event"]
    assert "TypeError" in line["event"]
    assert "test_redaction.py" in line["event"]
    assert "secret" not in stream.getvalue() + "".join(capfd.readouterr())


def test_warnings_are_logged_like_all_else() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # garbage of an earlier test may warn at any moment
        warnings.filterwarnings("always", "password=")
        with logging_to(io.StringIO()) as stream:
            warnings.warn("password=s3cr3t is deprecated", stacklevel=1)
    line = json.loads(stream.getvalue())

    assert line["logger"] == "py.warnings"
    assert "is deprecated" in line["event"]
    assert "s3cr3t" not in line["event"]


NASTY = ("\\", "a+", "a://", "postgres:", "【", "token=", "%41", "x@:", "1 ", "\"'", "-----BEGIN PRIVATE KEY-----")


@each("piece", NASTY)
def test_no_text_keeps_the_log_busy(piece: str) -> None:
    began = time.process_time()
    Redactor(KnownSecrets(["a-secret"])).text(piece * (2 * MAX_READ // len(piece)))

    assert time.process_time() - began < 2  # it was a minute for backslashes; a tenth of a second is usual


@each("shift", range(0, 60, 25))
def test_a_secret_across_the_cut_of_a_long_text_is_not_seen_in_part(shift: int) -> None:
    # What is redacted makes the text shorter, so that what stood at the cut comes near to what is shown.
    start = "xoxb-" + "a" * (MAX_READ // 2 - 30 - shift)
    known = "KEY-THAT-IS-CUT-IN-THE-MIDDLE-OF-IT"
    shown = Redactor(KnownSecrets([known])).text(f"{start} {known} {'x' * MAX_READ} {known}")

    assert len(shown) <= MAX_SHOWN + 10
    assert not [at for at in range(len(known) - 8) if known[at : at + 8] in shown]


# --- fuzzing: whatever the settings hold, it never comes out ----------------------------------------------------------

SECRETS = st.one_of(
    st.text(min_size=KnownSecrets.SHORTEST, max_size=40).filter(lambda text: not text.isspace()),
    st.text("abcdefXYZ0123456789-_=+/%&'\"\\ ,;:{}[]<>@", min_size=KnownSecrets.SHORTEST, max_size=40),
)
WRAPPINGS: list[Callable[[str], Any]] = [
    lambda secret: secret,
    lambda secret: f"before{secret}after",
    lambda secret: quote(secret.encode(errors="surrogatepass"), safe=""),
    lambda secret: quote_plus(secret.encode(errors="surrogatepass")).lower(),
    lambda secret: f"https://sms.example/?a=b&c={quote(secret.encode(errors='surrogatepass'))}",
    lambda secret: secret.encode(errors="surrogatepass"),
    lambda secret: repr(secret.encode(errors="surrogatepass")),
    lambda secret: repr([secret]),
    lambda secret: json.dumps({"x": secret}),
    lambda secret: json.dumps({"x": secret}, ensure_ascii=False),
    lambda secret: "x" + base64.b64encode(b"user:" + secret.encode(errors="surrogatepass")).decode(),
    lambda secret: base64.urlsafe_b64encode(b"ab" + secret.encode(errors="surrogatepass") + b"c").decode(),
    lambda secret: secret.encode(errors="surrogatepass").hex(),
    ValueError,
    SecretStr,
]
STRUCTURES = st.recursive(
    st.sampled_from(range(len(WRAPPINGS))),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.text(max_size=5), inner, min_size=1, max_size=2),
    max_leaves=5,
)


INSTEAD = "<secret><redaction failed><digits><text><slack token>None"  # in which no secret is recognised


def built(structure: Any, secret: str) -> Any:
    """A structure with the secret wrapped in the place of each number."""
    if isinstance(structure, int):
        return WRAPPINGS[structure](secret)
    if isinstance(structure, list):
        return tuple(built(inner, secret) for inner in structure)
    return {name + secret: built(inner, secret) for name, inner in structure.items()}


def holds(value: Any, secret: str) -> bool:
    """Whether the secret can be read in a redacted value, as it is or unpacked."""
    if isinstance(value, dict):
        return any(holds(inner, secret) for pair in value.items() for inner in pair)
    if isinstance(value, list):
        return any(holds(inner, secret) for inner in value)
    return secret in str(value) and secret not in INSTEAD


@given(SECRETS, STRUCTURES)
def test_no_secret_of_the_settings_comes_out_of_any_structure(secret: str, structure: Any) -> None:
    redactor = Redactor(KnownSecrets([secret]))

    event = redactor(None, "info", {"event": f"x {secret}", "value": built(structure, secret)})

    assert not holds(event, secret), event


def logged(secret: str, value: Any) -> str:
    """What is logged of a value in which a secret is, as a field and as an exception, on a terminal and elsewhere."""
    written = ""
    for stream in (io.StringIO(), Terminal()):
        with logging_to(stream):
            hide_in_log([secret])
            log.warning("x", value=value)
            try:
                fail_with(RuntimeError(value))
            except RuntimeError:
                library.exception("failed with %s", secret)
        written += stream.getvalue()
    return written


@given(SECRETS.filter(lambda secret: len(secret) >= 8 and secret.isprintable()), st.sampled_from(range(len(WRAPPINGS))))
def test_nor_out_of_the_log_itself(secret: str, wrapping: int) -> None:
    assume(secret not in INSTEAD + logged("", None))  # such as "timestamp", which every line has

    written = logged(secret, WRAPPINGS[wrapping](secret))

    assert secret not in written
    assert json.dumps(secret)[1:-1] not in written


def test_a_known_secret_is_hidden_from_records_that_libraries_make() -> None:
    with logging_to(io.StringIO()) as stream:
        hide_in_log(["correct horse battery"])
        library.warning("sent %s", "correct horse battery")
        log.info("x", packed=base64.b64encode(b"me:correct horse battery").decode(), count=12)

    assert json.loads(stream.getvalue().splitlines()[0])["event"] == "sent <secret>"
    assert "correct horse" not in stream.getvalue()
