"""The JSON of `lookup --json`, compared with the published shape."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import ProviderWords
from bot.presentation.as_json.codes import explanation_to_json
from bot.presentation.as_json.report import report_to_json
from tests.golden_files import as_json, kept
from tests.reports import EXPIRED, NOW, NUMBER, PHONE_OFF, TITLES, answers, coverage, failed, report, sample

KINDS = (
    "sample",
    "refused",
    "no-record",
    "no-record-without-the-right",
    "none-answered",
    "international",
    "cut-window",
    "incident",
)


@pytest.mark.parametrize("name", KINDS)
def test_the_object_is_the_one_that_was_found_good(name: str) -> None:
    shown = as_json(report_to_json(answers()[name], titles=TITLES))

    assert shown == kept(f"json/{name}.json", shown)


def test_the_keys_are_those_published() -> None:
    found = report_to_json(sample())

    assert set(found) == {"query", "as_of", "verdict", "outcome", "summary", "mix", "deliveries", "coverage", "not_asked"}
    assert set(found["query"]) == {"targets", "since", "until", "providers"}
    assert found["summary"] == {"total": 3, "delivered": 1, "failed": 1, "pending": 1, "rejected": 0, "unknown": 0}
    assert set(found["deliveries"][0]) == {
        *("provider", "account", "target", "message_id", "status", "code", "sent_at", "received_at", "template", "carrier"),
        "explanation",
    }
    assert set(found["coverage"][0]) == {
        *("provider", "account", "since", "until", "complete", "requests", "cached", "as_of", "notes", "error"),
    }
    assert set(explanation_to_json(PHONE_OFF)) == {
        *("title", "meaning", "causes", "next_step", "owner", "resend", "confidence", "source"),
    }


def test_an_error_tells_what_to_do() -> None:
    found = report_to_json(report(parts=(coverage(error=EXPIRED),)))

    assert found["coverage"][0]["error"] == {
        "code": "AuthFailure.SignatureExpire",
        "title": "the clock of our server is off",
        "meaning": "In full: the clock of our server is off.",
        "next_step": "Whoever runs this bot turns on time synchronisation.",
        "retryable": False,
        "request_id": "7f8c5d2e-0000-4c1c-9f6e-3d1a2b3c4d5e",
    }


def test_times_are_whole_seconds_in_utc() -> None:
    row = failed(sent=NOW - timedelta(microseconds=1))

    found = report_to_json(report(row))

    assert found["as_of"] == "2026-11-21T06:05:31Z"
    assert found["deliveries"][0]["sent_at"] == "2026-11-21T06:05:30Z"


def test_no_number_is_written_out_unless_it_may_be_revealed() -> None:
    row = failed(code=f"USER {NUMBER.national}", message_id=NUMBER.e164, carrier=NUMBER.national, template=NUMBER.national)
    note = ProviderWords(words=NUMBER.national)
    answer = report(row, parts=(coverage(notes=(note,), error=replace(EXPIRED, request_id=NUMBER.national)),))

    assert NUMBER.national not in json.dumps(report_to_json(answer))
    revealed = report_to_json(answer, reveal=True)
    assert revealed["query"]["targets"] == [NUMBER.e164]
    assert revealed["deliveries"][0]["target"] == NUMBER.e164


def test_only_leaves_rows_out_and_the_summary_still_counts_them() -> None:
    found = report_to_json(answers()["only-failed"])

    assert [row["status"] for row in found["deliveries"]] == ["failed"]
    assert found["summary"]["total"] == 3


def test_a_question_that_named_no_provider_lists_those_asked() -> None:
    assert report_to_json(sample())["query"]["providers"] == ["tencent", "aliyun"]
    assert report_to_json(report(providers=("aliyun",)))["query"]["providers"] == ["aliyun"]
