"""Message ids, alone and beside a number, and how many targets a lookup takes."""

from __future__ import annotations

from tests.cases import each
from tests.grammar.contexts import refusal, targets

NUMBER = "+8613711112222"
SERIAL = "5000:1045710669157053657849499619"
BIZ = "900000000000000001^0"
SID = "SM0123456789abcdef0123456789abcdef"
MMS = "MM0123456789abcdef0123456789abcdef"


@each(
    ("text", "expected"),
    [
        ("1045710669157053657", ["1045710669157053657"]),
        ("1234567890123456", ["1234567890123456"]),
        (SERIAL, [SERIAL]),
        (BIZ, [BIZ]),
        (SID, [SID]),
        (MMS, [MMS]),
        (SID.upper(), [SID.upper()]),
        (f"MessageSid={SID}", [SID]),
        (f"sid: {SID}", [SID]),
        ("id:abc-1", ["abc-1"]),
        ("ID:abc", ["abc"]),
        ("id：abc", ["abc"]),
        ("id: abc", ["abc"]),
        ("id abc", ["abc"]),
        ("id:since", ["since"]),
        (f"BizId: {BIZ}", [BIZ]),
        (f"SerialNo:{SERIAL}", [SERIAL]),
        ("MessageId 1045710669157053657", ["1045710669157053657"]),
        ("5000:<tel:1045710669157053657849499619|1045710669157053657849499619>", [SERIAL]),
        ("id:<https://example.com|example.com>", ["https://example.com"]),
    ],
)
def test_an_id_can_stand_alone(text: str, expected: list[str]) -> None:
    assert targets(text) == expected


@each("own", [f"id:{SERIAL}", f"id: {BIZ}", "id abc", SERIAL, BIZ, SID])
def test_an_id_right_after_a_number_belongs_to_it(own: str) -> None:
    identifier = own.removeprefix("id").lstrip(": ")
    assert targets(f"137 1111 2222 {own} since 2h") == [f"{NUMBER} {identifier}"]


@each(
    "text",
    [
        "+8613711112222, id:abc",
        "+8613711112222\nid:abc",
        "id:abc +8613711112222",
        "+8613711112222 since 2h id:abc",
    ],
)
def test_an_id_that_does_not_follow_a_number_directly_stands_alone_and_comes_first(text: str) -> None:
    assert targets(text) == ["abc", NUMBER]


@each("text", [SID[:-1], f"{SID}0", f"{SID[:-1]}g", SID.replace("SM", "RM")])
def test_what_is_nearly_a_sid_is_none(text: str) -> None:
    assert refusal(f"+8613711112222 {text}").word


def test_a_second_id_after_a_number_stands_alone() -> None:
    assert targets("+8613711112222 id:a id:b") == ["b", f"{NUMBER} a"]


def test_sixteen_bare_digits_never_belong_to_a_number() -> None:
    assert targets("+8613711112222 1234567890123456") == ["1234567890123456", NUMBER]


def test_an_id_named_twice_is_one_target() -> None:
    assert targets(f"{SERIAL}, id:{SERIAL}") == [SERIAL]


def test_a_number_with_and_without_an_id_are_two_targets() -> None:
    assert targets("+8613711112222 id:a +8613711112222") == [f"{NUMBER} a", NUMBER]


@each("text", ["id:", "id", "13711112222 id since 2h", "13711112222 id: since 2h"])
def test_a_lone_id_word_asks_for_its_id(text: str) -> None:
    error = refusal(text)
    assert "needs a message id after it" in str(error)
    assert error.word in {"id", "id:"}


def test_an_endless_id_is_refused() -> None:
    assert "too long for a message id" in str(refusal("id:" + "x" * 129))
    assert "too long for a message id" in str(refusal("1" * 200))
    assert targets("id:" + "x" * 128) == ["x" * 128]


def test_fifty_targets_are_taken_and_the_fifty_first_is_named() -> None:
    numbers = [f"+861371111{index:04}" for index in range(51)]
    assert targets(" ".join(numbers[:50])) == numbers[:50]
    error = refusal(" ".join(numbers) + " since 2h")
    assert str(error) == "Too many targets from `+8613711110050` on: 51, and the limit is 50."
    assert error.example is None  # leaving one out would be another question


def test_naming_fifty_targets_twice_is_still_fifty() -> None:
    numbers = [f"+861371111{index:04}" for index in range(50)]
    assert targets(" ".join(numbers * 2)) == numbers
