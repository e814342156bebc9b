"""Notes, faults and labels as sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.i18n import ENGLISH
from bot.model import (
    BeyondRetention,
    ClockSkew,
    Contradiction,
    CountedMore,
    Coverage,
    CrowdedSecond,
    CutToRetention,
    EmptyReceipts,
    MayChange,
    NeedsMessageId,
    NeedsNumber,
    NewestOnly,
    NoRecord,
    NotChosen,
    Note,
    NoteKind,
    OtherNumbers,
    Owner,
    PartMissing,
    ProviderFault,
    ProviderWords,
    Replied,
    Resend,
    RowsUnreadable,
    SendsCovered,
    SendsMissing,
    SendsSkipped,
    SkippedAccount,
    Status,
    StoredSince,
    WindowIgnored,
)
from bot.presentation.evidence import accounts_not_asked
from bot.presentation.wording import (
    SIGNS,
    STATUS_WORDS,
    advice,
    confidence_words,
    fault_sentence,
    fault_words,
    filter_words,
    freshness,
    mid_sentence,
    note_sentence,
    nothing_shown,
    plain_text_format,
    status_words,
    with_several_accounts,
)
from tests.cases import each
from tests.reports import (
    ALIBABA,
    BLOCKED,
    EXPIRED,
    NOW,
    PHONE_OFF,
    SHANGHAI,
    SLOW,
    TITLES,
    UNLISTED,
    ago,
    coverage,
    delivery,
    failed,
    pending,
    report,
)

HERE = plain_text_format(report(delivery()), TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH)

SENTENCES: list[tuple[Note, str]] = [
    (
        CutToRetention(days=7, since=ago(days=7)),
        "Tencent keeps 7 days; nothing before Nov 14 14:05:31 could be searched.",
    ),
    (BeyondRetention(days=1), "keeps 1 day, and this window is older"),
    (CrowdedSecond(at=NOW, shown=100), "Tencent has more messages at 14:05:31 than the 100 it hands out."),
    (
        CountedMore(counted=2, returned=0, day=date(2026, 11, 20)),
        "Tencent counts 2 on 2026-11-20 (UTC+8) but returned 0.",
    ),
    (SendsCovered(hours=72), "Refused and in-flight sends: last 72 h (Tencent)."),
    (
        SendsMissing(what="sms:DescribeSendRecordList"),
        "Refused and in-flight sends: not known (sms:DescribeSendRecordList is missing at Tencent).",
    ),
    (SendsSkipped(), "Refused and in-flight sends: Tencent was not asked about every number, too many at once."),
    (EmptyReceipts(), "Tencent: no receipt (not back yet, or not sent from this app)."),
    (NoRecord(), "Tencent: no record."),
    (MayChange(), "A receipt may still come, up to 72 h after sending."),
    (ClockSkew(minutes=7), "Our clock is 7 min ahead of Tencent's."),
    (OtherNumbers(count=1), "Tencent sent 1 row about another number, which is left out."),
    (RowsUnreadable(count=1), "Tencent sent 1 row that could not be read."),
    (PartMissing(missing=1, parts=3), "Tencent did not answer 1 of the 3 parts of the question."),
    (
        Contradiction(code="DELIVRD"),
        "Tencent contradicts itself: the status and the code DELIVRD disagree.",
    ),
    (ProviderWords(words="user 13500001111 absent"), "Tencent says: user **** absent"),
    (WindowIgnored(), "Tencent searched all it keeps for the id, not only this window."),
    (NeedsMessageId(), "needs a message id"),
    (NeedsNumber(), "needs a number"),
    (NotChosen(), "skipped (via)"),
    (
        StoredSince(since=ago(days=18), count=1_204_331),
        "Tencent: 1,204,331 receipts since Nov 3.",
    ),
    (NewestOnly(shown=500), "Tencent has more than the newest 500, which are shown."),
    (
        Replied(at=ago(days=18), number="+86 137****2222", words="TD"),
        "The customer +86 137****2222 replied TD, Nov 3 14:05:31: an opt-out, which would explain the block.",
    ),
]


@each(("note", "sentence"), SENTENCES, ids=[note.kind.value for note, _ in SENTENCES])
def test_a_note_reads(note: Note, sentence: str) -> None:
    assert note_sentence(note, HERE, "Tencent") == sentence


def test_every_kind_of_note_has_a_sentence_here() -> None:
    assert {note.kind for note, _ in SENTENCES} == set(NoteKind)


def test_a_clock_that_is_behind_is_said_to_be_behind() -> None:
    note = ClockSkew(minutes=-12)

    assert note_sentence(note, HERE, "Alibaba") == "Our clock is 12 min behind Alibaba's."


@each(
    ("owner", "resend", "words"),
    [
        (Owner.RECIPIENT, Resend.LATER, "Fix: customer · resend later"),
        (Owner.US, Resend.AFTER_FIX, "Fix: us · resend after the fix"),
        (Owner.PROVIDER, Resend.YES, "Fix: provider · resend now"),
        (Owner.CARRIER, Resend.NO, "Fix: carrier · don't resend"),
        (Owner.CONTENT, Resend.AFTER_FIX, "Fix: us (message text) · resend after the fix"),
        (Owner.NOBODY, Resend.NO, "don't resend"),
        (Owner.UNKNOWN, Resend.LATER, "Owner unknown · resend later"),
    ],
)
def test_whose_it_is_and_whether_to_resend(owner: Owner, resend: Resend, words: str) -> None:
    assert advice(replace(PHONE_OFF, owner=owner, resend=resend), ENGLISH) == words


def test_how_sure_a_meaning_is() -> None:
    words = [confidence_words(one, ENGLISH) for one in (PHONE_OFF, BLOCKED, UNLISTED)]

    assert words == ["likely", "unconfirmed", "unlisted"]


def test_every_status_has_a_sign_and_a_word() -> None:
    assert set(SIGNS) == set(STATUS_WORDS) == set(Status)
    assert len(set(SIGNS.values())) == len(Status)


def test_a_status_tells_how_long_it_took_or_takes() -> None:
    assert status_words(delivery(), NOW, ENGLISH) == "delivered in 3 s"
    assert status_words(failed(), NOW, code="MK:0008", language=ENGLISH) == "failed MK:0008 after 20 s"
    assert status_words(pending(), NOW, ENGLISH) == "no receipt yet, 10 min"
    assert status_words(delivery(Status.REJECTED), NOW, ENGLISH) == "rejected, never sent"


def test_a_receipt_that_is_older_than_its_message_tells_no_duration() -> None:
    assert status_words(delivery(took=-5), NOW, ENGLISH) == "delivered"


def test_a_delivery_without_a_time_of_sending_tells_no_duration() -> None:
    assert status_words(replace(delivery(), sent_at=None), NOW, ENGLISH) == "delivered"


def _said(fault: ProviderFault, *, partly: bool = False, brief: bool = False) -> str:
    return fault_sentence(coverage(error=fault), HERE, "Tencent", partly=partly, brief=brief)


def test_a_fault_tells_who_what_and_the_next_step() -> None:
    assert _said(SLOW) == "Tencent did not answer: the provider took too long to answer. Press Refresh in a moment."


def test_a_provider_that_answered_some_of_it_is_not_said_to_be_silent() -> None:
    assert _said(SLOW, partly=True).startswith("Tencent answered only in part: ")


def test_a_clock_fault_is_told_in_minutes_and_with_the_request_id() -> None:
    assert _said(EXPIRED) == (
        "Tencent did not answer: the clock of our server is off. Our clock is 7 min ahead of Tencent's. "
        "Whoever runs this bot turns on time synchronisation. Request id 7f8c5d2e-0000-4c1c-9f6e-3d1a2b3c4d5e"
    )


def test_clocks_that_differ_by_seconds_are_not_mentioned() -> None:
    assert "clock is" not in _said(replace(EXPIRED, skew=timedelta(seconds=20)))


def test_an_unlisted_fault_shows_its_code_and_the_providers_words_without_numbers() -> None:
    fault = ProviderFault("Strange.Code", "no such user 13500001111", explanation=UNLISTED)

    assert _said(fault) == (
        "Tencent did not answer: an unlisted error. Code Strange.Code, it says no such user ****. "
        "Show the code to your provider-account admin."
    )
    assert fault_words(fault, ENGLISH).meaning == "no such user ****"


def test_a_part_without_a_fault_has_no_fault_to_tell() -> None:
    with pytest.raises(ValueError, match="no fault"):
        fault_sentence(coverage(), HERE, "Tencent", partly=False)


@each(
    ("title", "words"),
    [
        ("The phone was switched off", "the phone was switched off"),
        ("Tencent is down", "Tencent is down"),
        ("SMS centre full", "SMS centre full"),
        ("A typing error in the number", "a typing error in the number"),
        ("手机关机", "手机关机"),
        ("", ""),
    ],
)
def test_a_title_after_a_colon_begins_small_unless_it_is_a_name(title: str, words: str) -> None:
    assert mid_sentence(title) == words


OLD = coverage(cached=True, as_of=ago(seconds=18))


@each(
    ("parts", "words"),
    [
        ((coverage(), ALIBABA), "as of 14:05"),
        ((OLD,), "as of 14:05, cached 18 s ago"),
        ((OLD, ALIBABA), "as of 14:05 · Tencent cached 18 s ago"),
        ((OLD, replace(ALIBABA, error=SLOW)), "as of 14:05, cached 18 s ago"),
        ((), "as of 14:05"),
    ],
)
def test_an_answer_tells_how_fresh_it_is(parts: tuple[Coverage, ...], words: str) -> None:
    assert freshness(report(parts=parts), HERE) == words


def test_an_answer_that_is_looked_at_later_is_no_longer_fresh() -> None:
    later = plain_text_format(None, TITLES, zone=SHANGHAI, now=NOW + timedelta(minutes=12), language=ENGLISH)

    assert freshness(report(), later) == "as of 14:05, 12 min ago"


def test_accounts_are_told_apart_only_where_there_are_several() -> None:
    assert with_several_accounts(report(delivery(), parts=(coverage(), ALIBABA))) == frozenset()
    assert with_several_accounts(report(parts=(coverage(), coverage(account="1400007777"), ALIBABA))) == {"tencent"}


def test_a_filter_is_told_in_the_words_that_are_typed() -> None:
    assert filter_words({Status.FAILED}, ENGLISH) == "only failed"
    assert filter_words({Status.PENDING, Status.DELIVERED}, ENGLISH) == "only delivered and pending"


def test_what_via_left_out_is_one_line_and_other_reasons_are_named() -> None:
    left_out = [SkippedAccount(name, "1", NotChosen()) for name in ("tencent-legacy", "receipts", "aliyun")]
    answer = report(not_asked=(*left_out, SkippedAccount("aliyun-intl", "1", NeedsMessageId())))

    assert accounts_not_asked(answer, HERE) == ["Alibaba intl not asked (needs a message id)", "3 others skipped (via)"]
    assert accounts_not_asked(replace(answer, not_asked=()), HERE) == []


@each(
    ("only", "words"),
    [
        ({Status.FAILED}, "No failures in this window."),
        ({Status.DELIVERED}, "Nothing in this window with only delivered."),
    ],
)
def test_where_the_filter_leaves_nothing_that_is_said(only: set[Status], words: str) -> None:
    assert nothing_shown(only, ENGLISH) == words


def test_a_vendor_that_has_codes_and_cannot_be_asked_is_called_by_its_name_with_a_capital() -> None:
    text_format = plain_text_format(None, TITLES, zone=SHANGHAI, now=NOW, language=ENGLISH)
    assert [text_format.title(name) for name in ("tencent", "volcengine")] == ["Tencent", "Volcengine"]
