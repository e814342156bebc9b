"""Numbers and ids in running text: found as people, logs and other apps write them, and nothing else taken for one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import extract_targets, parse, write_targets
from bot.grammar.command import Lookup
from tests.grammar.contexts import ENGINEER


def found(*texts: str, region: str = "CN") -> str:
    return write_targets(extract_targets(texts, region))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("客户13711112222没收到验证码", "+8613711112222"),
        ("call <tel:+8613711112222|137 1111 2222>, please", "+8613711112222"),
        ("0086 137 1111 2222 / +44 7911 123456; or +1 (650) 253-0000", "+8613711112222, +447911123456, +16502530000"),
        ("+８６ １３７ １１１１ ２２２２", "+8613711112222"),
        ('{"PhoneNumber":"+8613711112222","SerialNo":"5000:1045710669157053657849499619"}',
         "+8613711112222, id:5000:1045710669157053657849499619"),
        ("sent 13711112222 5000:1045710669157053657849499619 ok", "+8613711112222 id:5000:1045710669157053657849499619"),
        ("BizId: 900619746936498440^0.", "id:900619746936498440^0"),
        ("msgId=100000000000000001, id:1008030300", "id:100000000000000001, id:1008030300"),
        ("13711112222 and again 137-1111-2222", "+8613711112222"),
    ],
)  # fmt: skip
def test_what_is_meant_is_found(text: str, targets: str) -> None:
    assert found(text) == targets


@pytest.mark.parametrize(
    "text",
    [
        "",
        "order 12345678901, invoice 20261121",
        "2026-11-21 14:05:31.250 took 1795241002 ms from 192.168.10.12:8080",
        "user id: 12345, request id: abc-123-555555",
        "call the office: (0755) 8888 1234",
        "137****2222 was masked already",
        "ts 1795241002.000100",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert found(text) == ""


def test_a_message_that_repeats_itself_names_its_targets_once() -> None:
    assert found("13711112222 900619746936498440^0", "+86 137 1111 2222", "900619746936498440^0") == (
        "+8613711112222 id:900619746936498440^0"
    )


def test_the_region_says_where_national_numbers_belong() -> None:
    assert found("0171 1234567", region="DE") == "+491711234567"
    assert found("0171 1234567", region="CN") == ""


@given(st.lists(st.text(max_size=120), max_size=3))
def test_whatever_is_found_can_be_written_and_read_back(texts: list[str]) -> None:
    targets = extract_targets(texts, "CN")
    if targets and len(targets) <= 50:
        command = parse(write_targets(targets), ENGINEER)
        assert isinstance(command, Lookup)
        assert set(command.query.targets) == set(targets)


@pytest.mark.parametrize("char", ["1", "+", "+1 ", "id:1", "(0", "13711112222 "])
def test_a_long_text_takes_no_long_time(char: str) -> None:
    begun = time.process_time()
    extract_targets([char * 20_000], "CN")

    assert time.process_time() - begun < 5
