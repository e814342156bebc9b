"""Twilio's Message resources: what each status means, and which fields a delivery has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.i18n import ENGLISH
from bot.model import Contradiction, PhoneNumber, ProviderWords, Status
from bot.providers.systems import titles, via_words
from bot.providers.twilio.rows import CANCELED, UNSENT, number_of, read_code, read_message, read_time
from tests.cases import each
from tests.providers.twilio_api import NUMBER, row


def read(**changes: Any) -> Any:
    return read_message(row(**changes), "AC01…cdef", NUMBER)


def test_the_vendor_is_called_twilio_in_via() -> None:
    assert titles(ENGLISH)["twilio"] == "Twilio"
    assert {word for word, name in via_words(["twilio"]).items() if name == "twilio"} >= {"twilio", "tw"}


@each(
    ("status", "code", "expected"),
    [
        ("accepted", None, Status.PENDING),
        ("scheduled", None, Status.PENDING),
        ("queued", None, Status.PENDING),
        ("sending", None, Status.PENDING),
        ("sent", None, Status.PENDING),
        ("delivered", None, Status.DELIVERED),
        ("read", None, Status.DELIVERED),
        ("undelivered", 30003, Status.FAILED),
        ("undelivered", 21610, Status.FAILED),  # a receipt said so: it was sent
        ("failed", 30002, Status.FAILED),
        ("failed", None, Status.FAILED),
        ("failed", 21610, Status.REJECTED),
        ("failed", "21211", Status.REJECTED),
        ("canceled", None, Status.REJECTED),
        ("partially_delivered", None, Status.UNKNOWN),
        ("never-heard-of", None, Status.UNKNOWN),
        (None, 30003, Status.FAILED),
        (None, None, Status.UNKNOWN),
    ],
)
def test_each_status_means_what_twilio_says_of_it(status: str | None, code: object, expected: Status) -> None:
    assert read(status=status, error_code=code).status is expected


@each("changes", [{"direction": "inbound"}, {"status": "received"}, {"status": "receiving"}, {"direction": "Inbound"}])
def test_a_message_from_a_phone_is_none_of_ours(changes: dict[str, str]) -> None:
    assert read(**changes) is None


def test_a_delivery_has_the_texts_signature_and_no_digit_of_the_text() -> None:
    found = read()

    assert (found.number, found.message_id, found.code) == (NUMBER, "SM0123456789abcdef0123456789abcdef", "30003")
    assert (found.signature, "483920" in (found.text or "")) == ("示例", False)
    assert found.sent_at == datetime(2026, 11, 21, 7, 30, 1, tzinfo=UTC)
    assert found.received_at == datetime(2026, 11, 21, 7, 30, 5, tzinfo=UTC)
    assert found.notes == (ProviderWords("Unreachable destination handset"),)


@each("status", sorted(UNSENT))
def test_a_message_that_twilio_has_still_to_send_has_no_time_of_sending_and_says_where_it_is(status: str) -> None:
    found = read(status=status, date_sent=None, error_code=None, error_message=None)

    assert (found.status, found.sent_at, found.received_at) == (Status.PENDING, None, None)
    assert found.notes == (ProviderWords(status),)


def test_a_message_that_could_not_be_sent_has_the_time_at_which_it_was_made() -> None:
    found = read(status="failed", date_sent=None, error_code=21610)

    assert (found.status, found.sent_at) == (Status.REJECTED, datetime(2026, 11, 21, 7, 30, 0, tzinfo=UTC))


@each(
    ("status", "updated"),
    [
        ("sent", "Sat, 21 Nov 2026 07:30:05 +0000"),
        ("read", "Sat, 21 Nov 2026 07:30:05 +0000"),
        ("delivered", "Sat, 28 Nov 2026 07:30:05 +0000"),  # its text was deleted a week later
        ("delivered", "Sat, 21 Nov 2026 07:29:05 +0000"),
    ],
)
def test_the_time_of_the_last_change_is_a_receipts_only_where_it_can_be(status: str, updated: str) -> None:
    assert read(status=status, date_updated=updated, error_code=None).received_at is None


def test_a_code_beside_delivered_is_a_contradiction() -> None:
    assert read(status="delivered").notes == (Contradiction("30003"),)


@each("code", [30018, 30025, 30026, 30045])
def test_a_warning_beside_a_status_changes_nothing(code: int) -> None:
    found = read(status="delivered", error_code=code)

    assert (found.status, found.code) == (Status.DELIVERED, None)
    assert not any(isinstance(note, Contradiction) for note in found.notes)


def test_a_cancelled_message_is_ours_to_ask_about() -> None:
    found = read(status="canceled", error_code=None, error_message=None)

    assert (found.status, found.code) == (Status.REJECTED, CANCELED)


def test_a_status_that_is_rare_is_quoted() -> None:
    assert read(status="partially_delivered", error_code=None, error_message=None).notes == (
        ProviderWords("partially_delivered"),
    )


@each(("value", "code"), [(30003, "30003"), ("30003", "30003"), (0, None), ("0", None), (None, None), ({}, None), (True, None)])
def test_an_error_code_is_a_number_or_its_digits(value: object, code: str | None) -> None:
    assert read_code(value) == code


@each(
    ("value", "moment"),
    [
        ("Fri, 24 May 2019 17:44:46 +0000", datetime(2019, 5, 24, 17, 44, 46, tzinfo=UTC)),
        ("Fri, 24 May 2019 17:44:46 -0000", datetime(2019, 5, 24, 17, 44, 46, tzinfo=UTC)),
        ("Fri, 24 May 2019 19:44:46 +0200", datetime(2019, 5, 24, 17, 44, 46, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_times_are_rfc_2822_in_gmt(value: object, moment: datetime | None) -> None:
    assert read_time(value) == moment


@each(
    ("value", "e164"),
    [
        ("+8613711112222", "+8613711112222"),
        ("whatsapp:+85261234567", "+85261234567"),
        ("messenger:someone", None),
        ("EXAMPLE", None),
        (None, None),
    ],
)
def test_a_number_may_stand_behind_its_channel(value: object, e164: str | None) -> None:
    number: PhoneNumber | None = number_of(value)
    assert (number.e164 if number else None) == e164


@each("raw", [None, 5, "text", []])
def test_a_row_that_is_no_object_cannot_be_read(raw: object) -> None:
    with pytest.raises(TypeError):
        read_message(raw, "AC01…cdef")


def test_a_row_with_neither_a_status_nor_a_time_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="neither"):
        read_message({"sid": "SM1"}, "AC01…cdef")
