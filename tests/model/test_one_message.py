"""Two rows of one message: the final state wins, and what one does not know is taken from the other."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Contradiction, Delivery, ProviderWords, Status
from bot.model.one_message import merge_rows
from bot.providers.base import ResultCollector
from tests.toys import NOW

SENT_AT = NOW - timedelta(seconds=3)
RECEIPT = Delivery("tencent", "1400006666", Status.FAILED, message_id="5000:1", code="MK:0008", received_at=NOW)
SENT = Delivery(
    "tencent",
    "1400006666",
    Status.FAILED,
    message_id="5000:1",
    code="MK:0008",
    sent_at=SENT_AT,
    signature="示例",
)
PENDING = Delivery("tencent", "1400006666", Status.PENDING, message_id="5000:1", sent_at=SENT_AT, signature="示例")
WHOLE = Delivery(
    "tencent",
    "1400006666",
    Status.FAILED,
    message_id="5000:1",
    code="MK:0008",
    sent_at=SENT_AT,
    received_at=NOW,
    signature="示例",
)


def test_a_receipt_and_a_send_make_a_whole_row_in_either_order() -> None:
    for send in (SENT, PENDING):
        assert merge_rows(RECEIPT, send) == merge_rows(send, RECEIPT) == WHOLE


def test_a_final_state_wins_over_a_pending_and_an_unknown_one_and_brings_its_code_alone() -> None:
    unknown = Delivery("tencent", "1400006666", Status.UNKNOWN, message_id="5000:1", code="NEW:1", received_at=NOW)
    merged = merge_rows(unknown, SENT)
    assert (merged.status, merged.code, merged.received_at) == (Status.FAILED, "MK:0008", None)


def test_a_contradiction_goes_with_the_row_that_decides_and_the_providers_words_stay() -> None:
    words = ProviderWords(words="off")
    doubtful = Delivery(
        "tencent", "1400006666", Status.PENDING, message_id="5000:1", notes=(Contradiction(code="DELIVRD"), words)
    )
    assert merge_rows(RECEIPT, doubtful).notes == (words,)


def test_the_collector_joins_rows_of_one_message_and_leaves_rows_without_an_id_alone() -> None:
    nameless = Delivery("tencent", "1400006666", Status.DELIVERED, received_at=NOW)
    collector = ResultCollector()
    collector.add([PENDING, nameless])
    collector.add([RECEIPT, nameless])
    assert collector.deliveries == [WHOLE, nameless, nameless]
