"""A report as CSV: what a spreadsheet makes of it, what is never in it, and that nothing in it is run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import get_language
from bot.model import Status
from bot.presentation.report_csv import as_cell, csv_name, report_to_csv
from tests.cases import each
from tests.reports import (
    ALIBABA,
    NOW,
    NUMBER,
    SHANGHAI,
    SLOW,
    TITLES,
    UNSIGNED,
    answers,
    coverage,
    delivery,
    failed,
    incident,
    report,
    sample,
)

if TYPE_CHECKING:
    from bot.model import Report

STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def written(what: Report | None = None, *, reveal: bool = False, language: str = "en") -> str:
    return report_to_csv(what or sample(), TITLES, zone=SHANGHAI, now=NOW, language=get_language(language), reveal=reveal)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_row_for_each_message_and_what_they_rest_on_below() -> None:
    rows = read(written())

    assert rows[0][:6] == ["Sent", "Receipt", "Seconds", "Number", "Status", "Code"]
    assert rows[2] == [
        *("2026-11-21 13:58:10", "2026-11-21 13:58:30", "20", "'+86 137****2222", "failed", "MK:0008"),
        *("the handset could not be reached (likely)", "Fix: customer · resend later", "Tencent", "1400006666"),
        *("2640:1795240690", "", "", "", "China Mobile"),
    ]
    assert rows[4:] == [
        [],
        ["Window", "2026-11-21 12:05:31", "2026-11-21 14:05:31"],
        ["As of", "2026-11-21 14:05:31"],
        ["Time zone", "Asia/Shanghai"],
        ["Source", "Tencent", "1400006666", "complete", "2026-11-21 14:05:31"],
        ["Source", "Alibaba", "LTAI…9xQ", "complete", "2026-11-21 14:05:31"],
        ["Not asked", "Alibaba intl not asked (needs a message id)"],
        ["Note", "Carrier by number range: ported numbers may differ."],
    ]


def test_excel_knows_its_encoding_and_every_line_ends_as_the_standard_says() -> None:
    text = written(language="zh")

    assert text.encode().startswith(b"\xef\xbb\xbf")
    assert text.count("\n") == text.count("\r\n") == len(read(text))
    assert read(text)[0][:3] == ["发送时间", "回执时间", "耗时（秒）"]
    assert read(text)[2][-1] == "中国移动"


def test_numbers_are_masked_and_texts_are_left_out_whatever_the_page() -> None:
    text = written(incident())

    assert len(read(text)) > 32
    assert NUMBER.national not in text
    assert "Your code" not in written()
    assert NUMBER.national not in csv_name(sample())
    assert csv_name(sample()) == "sms-20261121-060531Z.csv"
    assert f"'{NUMBER.e164}" in written(reveal=True)


def test_what_is_missing_is_told_and_a_filter_is_named() -> None:
    faults = (coverage(error=SLOW, complete=False), replace(ALIBABA, error=SLOW, is_partial=True, complete=False))
    missing = read(written(report(delivery(), failed(), parts=faults, only=frozenset({Status.FAILED}))))

    assert [row[4] for row in missing[1:2]] == ["failed"]
    assert missing[2] == []
    assert ["Filter", "showing 1 of 2 (only failed)"] in missing
    assert [row[3] for row in missing if row[:1] == ["Source"]] == [
        "no answer: the provider took too long to answer",
        "in part: the provider took too long to answer",
    ]
    assert ["Source", "Tencent", "1400006666", "only part of the window", "2026-11-21 14:05:31"] in read(
        written(answers()["cut-window"])
    )


@each("begin", STARTERS)
def test_a_cell_that_would_be_run_begins_with_an_apostrophe(begin: str) -> None:
    assert as_cell(f"{begin}1+1") == f"'{begin}1+1"
    assert as_cell(f"1{begin}1") == f"1{begin}1"


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_no_cell_is_run_whatever_a_provider_says(account: str, message_id: str, code: str, template: str, carrier: str) -> None:
    row = failed(UNSIGNED, account=account, message_id=message_id, code=code, template=template, carrier=carrier, signature=code)
    text = written(report(row, parts=(coverage(account=account),)), reveal=True)

    assert not [cell for line in read(text) for cell in line if cell.startswith(STARTERS)]
    assert len(read(text)[1]) == len(read(text)[0])
