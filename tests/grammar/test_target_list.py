"""A file of numbers, whatever wrote it -> its targets; bad lines are told, and a spreadsheet's damage is named."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.grammar.file_text import MAX_FILE_BYTES
from bot.grammar.target_list import MAX_LISTED, TargetList, read_target_file
from bot.i18n import ENGLISH
from tests.cases import each
from tests.grammar.contexts import CHINESE, ENGINEER

TWO = ["+8613711112222", "+8613711113333"]


def read(content: str | bytes) -> TargetList:
    return read_target_file(content.encode() if isinstance(content, str) else content, ENGINEER)


def read_or_none(content: bytes) -> TargetList | None:
    """None for what is refused in a sentence."""
    with contextlib.suppress(UsageError):
        return read(content)
    return None


def whole(content: str | bytes) -> list[str]:
    return [target.whole for target in read(content).targets]


def refusal(content: str | bytes) -> str:
    with pytest.raises(UsageError) as caught:
        read(content)
    assert caught.value.masked_problem.said_in(CHINESE) != caught.value.masked_problem.said_in(ENGLISH)
    return caught.value.masked_problem.said_in(ENGLISH)


def bad(content: str) -> list[tuple[int, str]]:
    """The bad lines of a list that has one good one at its beginning."""
    return [(line.line, line.problem.said_in(ENGLISH)) for line in read(f"13711110000\n{content}").bad]


@each(
    "content",
    [
        "13711112222\n13711113333",
        "13711112222\r\n\r\n  13711113333  \r\n",
        "13711112222\r13711113333",
        "13711112222,13711113333",
        "13711112222，13711113333",
        "13711112222; 13711113333\n13711112222",
        "13711112222 13711113333",
        "1. 13711112222\n2. 13711113333",
        "phone\n13711112222\n13711113333\n",
        "name,phone,order\n张三,13711112222,123456789012345678\n李四,+86 137-1111-3333,123456789012345679\n",
        "sep=;\nname;phone\nLi;13711112222\nWu;13711113333",
        "Li\t13711112222\t2026-11-20\nWu\t13711113333\t2026-11-21\n",
        "Li|13711112222|20261120120000\nWu|13711113333|20261120120001",
        'name,phone\n"Li, Na","13711112222"\n"Wu ""W"" Di",13711113333',
        'text,phone\n"your code\nis ready",13711112222\nhello,13711113333',
        'name,phone\n"Li,13711112222\nWu,13711113333',
        "amount,手机号\n13700000000.5,13711112222\n13700000001.5,13711113333",
        "2026-11-20 10:00 sent to 13711112222: failed\n2026-11-20 10:01 sent to 13711113333: failed",
        "13711112222,18\n13711113333,20",
    ],
)
def test_the_numbers_are_found_whatever_stands_beside_them(content: str) -> None:
    assert whole(content) == TWO


@each("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    listed = read("手机号,姓名\n13711112222,张三\n13711113333,李四\n".encode(encoding))
    assert [target.whole for target in listed.targets] == TWO
    assert listed.column is not None
    assert (listed.column.place, listed.column.name, listed.bad_count) == (1, "手机号", 0)


@each(
    "cell",
    [
        "'13711112222",
        '="13711112222"',
        "13711112222.0",
        "13711112222.00",
        '"13,711,112,222"',
        "1.3711112222E+10",
        "8613711112222",
    ],
)
def test_what_a_spreadsheet_adds_is_taken_away_where_no_digit_is_lost(cell: str) -> None:
    assert whole(f"phone;name\n{cell};Li\n13711113333;Wu") == TWO


@each(
    ("cell", "said"),
    [
        ("8.61371E+12", "A spreadsheet shortened `8.61371E+12`: the last digits are lost."),
        ("1.37E+10", "A spreadsheet shortened `1.37E+10`: the last digits are lost."),
        ("#####", "`#####` stands for a number that the column was too narrow to show."),
        ("#NAME?", "`#NAME?` is a spreadsheet's error."),
        ("123456789012345000", "A spreadsheet rounded"),
        ("137****2222", "`137****2222` is masked."),
        ("1371111222", "has 10 digits; mobile numbers in China (+86) have 11."),
        ("85291234567", "With a `+` it is one in Hong Kong SAR China"),
        ("110101199003074514", "looks like an identity card's"),
        ("hello", "`hello` is no phone number and no message ID."),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_does_no_harm(cell: str, said: str) -> None:
    [(line, problem)] = bad(f"13711112222\n13711113333\n{cell}\n13711114444")
    assert line == 4
    assert said in problem
    assert "1371111222" not in problem


def test_of_a_line_without_a_number_nothing_else_is_told() -> None:
    listed = read("name,phone\nLi,13711112222\nWu Di,\n")
    assert [(bad.line, bad.problem.said_in(ENGLISH)) for bad in listed.bad] == [
        (3, "There is nothing in the column with the numbers.")
    ]


@each("start", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_spreadsheet_is_known_by_its_bytes_and_told_how_to_be_saved(start: bytes) -> None:
    assert "File > Save As > CSV UTF-8" in refusal(start + bytes(100))


def test_what_is_no_list_is_told_in_one_sentence() -> None:
    assert refusal(b"") == "The list is empty. Put one phone number or message ID on each line, such as +8613711112222."
    assert refusal("hello\nworld").endswith("Line 2: `world` is no phone number and no message ID.")
    assert refusal(b"%PDF-1.7 ...") == refusal(b"\x00\x01\x02\x03") == (
        "This is not a text file. Send the numbers as CSV or TXT, one on each line."
    )  # fmt: skip
    assert refusal(bytes(MAX_FILE_BYTES + 1)).startswith("The file is larger than 1024 KB.")


def test_a_thousand_are_taken_and_one_more_is_told_with_its_count() -> None:
    lines = [f"1371111{tail:04}" for tail in range(MAX_LISTED + 1)]
    assert len(read("\n".join(lines[:-1])).targets) == MAX_LISTED
    assert refusal("\n".join(lines)).startswith("The list has 1,001 numbers or message IDs; the limit is 1,000.")


def test_a_message_id_belongs_to_the_number_beside_it_or_stands_alone() -> None:
    assert whole("13711112222,900000000000000001^0") == ["+8613711112222 id:900000000000000001^0"]
    assert whole("bizid,when\n900000000000000001^0,10:00\n900000000000000002^0,10:01") == [
        "900000000000000001^0",
        "900000000000000002^0",
    ]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["13711112222", "+8613711113333", "8.61371E+12", "'13711114444", "#####", '"', "phone", "900000000000000001^0"]
    ),
)


@given(
    st.lists(st.lists(CELLS, max_size=4), max_size=8),
    st.sampled_from(",;\t|\n\"'"),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_every_line_is_read_repeated_or_bad_and_nothing_else_is_raised(rows: list[list[str]], glue: str, encoding: str) -> None:
    content = "\n".join(glue.join(row) for row in rows).encode(encoding, errors="replace")
    listed = read_or_none(content)
    if listed is None:
        return
    assert len(set(listed.targets)) == len(listed.targets) >= 1
    read_lines = listed.lines - listed.repeated - listed.bad_count  # the header among them
    assert read_lines >= 1
    assert len(listed.bad) == listed.bad_count


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes) -> None:
    listed = read_or_none(content)
    assert listed is None or listed.targets
