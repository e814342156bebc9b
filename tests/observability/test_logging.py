"""The log: for a reader on a terminal, as JSON elsewhere; in one place, whoever writes to it."""

from __future__ import annotations

import io
import json
import logging
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.observability.line_limit import LinesPerSecond
from bot.observability.logging import ensure_logging, error_id
from bot.observability.redaction import redact
from tests.observability.log_streams import Terminal, logging_to

if TYPE_CHECKING:
    import pytest

NOISY = Path(__file__).parent / "noisy_process.py"


def on_a_terminal(**environment: str) -> str:
    """What the noisy process writes on a real pseudo-terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, NOISY], stderr=theirs, env=os.environ | environment) as process:  # noqa: S603 - our own script
        os.close(theirs)
        written = b""
        try:
            while read := os.read(ours, 65536):
                written += read
        except OSError:  # Linux's end of a terminal that nobody holds any more
            pass
        process.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


def elsewhere() -> str:
    done = subprocess.run([sys.executable, NOISY], stderr=subprocess.PIPE, check=False)  # noqa: S603 - as above
    return done.stderr.decode()


EVENTS = (
    "serving",
    "from a library",
    "was never retrieved",
    "uncaught.in_thread",
    "uncaught.unraisable",
    "is deprecated",
    "uncaught",
)


def test_on_a_terminal_the_log_is_lines_for_a_reader_with_colours_where_they_are_wanted() -> None:
    coloured = on_a_terminal(TERM="xterm-256color", NO_COLOR="")
    plain = on_a_terminal(TERM="xterm-256color", NO_COLOR="1")
    dumb = on_a_terminal(TERM="dumb", NO_COLOR="")

    assert "\x1b[" in coloured
    assert "\x1b[" not in plain + dumb
    assert [event for event in EVENTS if event not in plain] == []
    assert "mode=socket" in plain
    assert not plain.startswith("{")
    assert "s3cr3t" not in coloured + plain + dumb
    assert "13711112222" not in coloured + plain + dumb


def test_elsewhere_every_line_is_json_whoever_wrote_it_and_none_has_a_secret() -> None:
    written = elsewhere()
    lines = [json.loads(line) for line in written.splitlines()]

    assert "s3cr3t" not in written
    assert "13711112222" not in written
    events = [line["event"] for line in lines]
    assert [event for event in EVENTS if not any(event in one for one in events)] == []
    assert all({"timestamp", "level", "logger"} <= line.keys() for line in lines)
    assert next(line for line in lines if line["event"] == "uncaught")["level"] == "critical"


def test_a_traceback_is_short_and_says_where_we_were() -> None:
    def deep(depth: int) -> None:
        json.loads("{") if not depth else deep(depth - 1)

    for stream in (io.StringIO(), Terminal()):
        with logging_to(stream):
            try:
                deep(200)
            except ValueError:
                structlog.get_logger("bot.x").exception("provider.crashed")
        written = stream.getvalue()
        assert "JSONDecodeError: Expecting property name" in written
        assert "decoder.py" in written
        assert written.replace("\\n", "\n").count("File ") <= 12


def test_what_a_stranger_sends_does_not_steer_the_terminal_or_forge_a_line() -> None:
    with logging_to(Terminal()) as stream:
        structlog.get_logger("bot.x").warning("got \x1b[2J\nfake", code="\x1b]0;title\x07\r\n2026 forged")

    assert len(stream.getvalue().splitlines()) == 1
    assert "\\x1b[2J" in stream.getvalue()
    assert "\x1b]0" not in stream.getvalue()


def test_a_traceback_and_a_librarys_record_pass_the_same_choke_point() -> None:
    with logging_to(io.StringIO()) as stream:
        try:
            int("no such number: +8613711112222")
        except ValueError:
            structlog.get_logger("bot.x").exception("provider.crashed", number="13711112222")
        logging.getLogger("some.library").warning("sent %s to %s", "xoxb-1-secret", "+8613711112222")

    written = stream.getvalue()
    assert "13711112222" not in written
    assert "xoxb-1-secret" not in written
    assert [json.loads(line)["level"] for line in written.splitlines()] == ["error", "warning"]


def test_the_id_of_an_error_can_be_found_in_the_log() -> None:
    ids = [error_id() for _ in range(2000)]

    assert redact(" ".join(f"crashed with {one}, id={one}" for one in ids[:200])).count("<") == 0
    assert all(one.isascii() and one.isalpha() and len(one) == 8 for one in ids)
    assert len(set(ids)) == len(ids)


@given(st.integers(0, 10**8 - 1), st.sampled_from(["+86", "0086", "86", ""]), st.text("- .", max_size=2))
def test_a_mainland_number_is_hidden_however_it_is_spaced(rest: int, prefix: str, gap: str) -> None:
    digits = f"137{rest:08}"
    written = f"{prefix}{digits[:3]}{gap}{digits[3:7]}{gap}{digits[7:]}"

    assert digits[3:] not in redact(f"lookup of {written} failed").replace("-", "").replace(" ", "").replace(".", "")


def test_a_log_that_is_set_up_for_stderr_keeps_its_level_and_another_stream_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with logging_to(io.StringIO(), "INFO") as first:
        monkeypatch.setattr(sys, "stderr", first)
        ensure_logging("ERROR")
        structlog.get_logger("ensured").info("kept")
        monkeypatch.setattr(sys, "stderr", second := io.StringIO())
        ensure_logging("ERROR")
        structlog.get_logger("ensured").info("less than the level")
        structlog.get_logger("ensured").error("said")

    assert [json.loads(line)["event"] for line in first.getvalue().splitlines()] == ["kept"]
    assert [json.loads(line)["event"] for line in second.getvalue().splitlines()] == ["said"]


def test_hundreds_of_retries_a_second_are_ten_lines_and_the_next_one_says_how_many_were_left_out() -> None:
    lines, passed = LinesPerSecond(10), []
    for place in range(500):
        record = logging.LogRecord("stamina", logging.WARNING, "", 0, {"event": "retry"}, None, None)
        record.created = 1_000 + place / 250
        passed += [record] if lines.filter(record) else []

    assert [record.created for record in passed] == [1_000 + second + place / 250 for second in (0, 1) for place in range(10)]
    assert [record.msg for record in passed].count({"event": "retry", "left_out": 240}) == 1


def test_a_flood_of_retries_leaves_every_other_line_in_the_log() -> None:
    with logging_to(io.StringIO()) as stream:
        for _ in range(200):
            structlog.get_logger("stamina").warning("stamina.retry_scheduled")
            structlog.get_logger("bot.x").warning("other")

    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events.count("other") == 200
    assert 10 <= events.count("stamina.retry_scheduled") < 200
