"""Each benchmark's short form runs to its end and prints its table; nothing of it is timed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark
ROOT = Path(__file__).parents[2]
SCRIPTS = [
    pytest.param("ack", ["http, ms to ack", "socket, ms to ack", "20 at once", "stock Bolt", "ours", "ratio"], id="ack"),
    pytest.param("cached", ["CPU ms, from the cache"], id="cached"),
    pytest.param("catalogue", ["rows", "memory kept", "the scan takes"], id="catalogue"),
    pytest.param(
        "cold_start", ["ms to the first ack", "serve, again", "ms of a process", "lookup NUMBER --json"], id="cold_start"
    ),
    pytest.param("command", ["a command, ms, one after the other", "four a second", "ratio"], id="command"),
    pytest.param("engine", ["in flight", "ours, calls/s", "CPU: ours/httpx"], id="engine"),
    pytest.param("growth", ["messages of one number", "numbers of one batch", "receipts stored", "for tenfold"], id="growth"),
    pytest.param("language", ["reading the Chinese file", "a phrase", "an answer in Block Kit"], id="language"),
    pytest.param("load", ["uncached, a second", "cached, a second", "stand-ins", "carried: 20 commands a second"], id="load"),
    pytest.param("lookups", ["CPU ms a lookup", "Tencent, 2 h", "Alibaba, 3 days"], id="lookups"),
    pytest.param("memory", ["MiB of the process", "ours", "stock Bolt over httpx"], id="memory"),
    pytest.param("receipts", ["lookup by number", "purge of 100", "pushes of 1, one at a time"], id="receipts"),
    pytest.param("replicas", ["a renewal of 9 limits"], id="replicas"),
    pytest.param("signing", ["Tencent TC3-HMAC-SHA256"], id="signing"),
    pytest.param("signing_aliyun", ["CPU µs a call", "signature", "attempt"], id="signing_aliyun"),
    pytest.param("troubled_load", ["calm", "troubled", "not whole", "acks, p99"], id="troubled_load"),
    pytest.param("unsigned", ["p50 ms", "nothing", "5 coded bodies a second", "400 half-sent heads"], id="unsigned"),
    pytest.param(
        "waiting",
        [
            "a call  numbers  allowed",
            "numbers at Tencent in a batch",
            "100 equal questions at once",
            "others wait for one number",
        ],
        id="waiting",
    ),
    pytest.param("windows", ["three days at Alibaba", "a week of one number"], id="windows"),
]


@pytest.mark.parametrize(("script", "printed"), SCRIPTS)
def test_a_short_form_ends_well_and_prints_its_table(script: str, printed: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-m", f"benchmarks.{script}", "--short"],
        cwd=ROOT,
        env={**os.environ, "SMSSTATUS_ENV_FILE": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    if done.stdout.strip() == "PostgreSQL is not installed":
        pytest.skip(done.stdout)
    assert [head for head in printed if head not in done.stdout] == [], done.stdout
