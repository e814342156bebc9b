"""Every kind of answer and message, compared with the file that was read and found good (see `tests/golden_files.py`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import UsageError
from bot.sandbox.slack.blocks import check_message
from bot.slack import views
from bot.slack.views import modal
from tests.golden_files import FOLDER, UPDATING, as_json, kept
from tests.reports import (
    AMBIGUOUS,
    EXPIRED,
    NOW,
    PHONE_OFF,
    SHANGHAI,
    TITLES,
    ago,
    answers,
    sample,
)

if TYPE_CHECKING:
    from collections.abc import Callable

STAGE = views.Stage(answer_id="Zk3-opaque-id_7Q", now=NOW, zone=SHANGHAI, titles=TITLES)
EXAMPLES = ("+8613711112222 since 2h", "+8613711112222 yesterday via tencent", "id:1008030300", "explain MK:0008", "providers")
STATES = (
    views.ProviderState(
        title="Tencent", account="1400006666", answers="receipts of one number", keeps_days=7, last_answer_at=ago(minutes=1)
    ),
    views.ProviderState(
        title="Alibaba", account="LTAI…9xQ", answers="sends of one number", keeps_days=30, last_answer_at=NOW, last_error=EXPIRED
    ),
    views.ProviderState(title="Alibaba intl", account="LTAI…9xQ", answers="one message by its id"),
    views.ProviderState(
        title="Receipt store", configured=False, answers="receipts kept here", keys=("TENCENT_SMS_LEGACY_SDKAPPID",)
    ),
)
ON_TOP = "On top of the last lookup: only failed"
USAGE = UsageError("“sicne” is not a word I know; did you mean “since”?", word="sicne", example="+8613711112222 since 2h")


def _answer(name: str) -> Callable[[], views.Message]:
    return lambda: views.answer(answers()[name], STAGE)


MESSAGES: dict[str, Callable[[], views.Message]] = {
    **{f"answer-{name}": _answer(name) for name in answers()},
    "answer-table-page-2": lambda: views.answer(answers()["table"], replace(STAGE, page=1)),
    "answer-table-last-page": lambda: views.answer(answers()["table"], replace(STAGE, page=24)),
    "answer-sample-public": lambda: views.answer(sample(), replace(STAGE, public=True, asked_by="U0ASKER", shared_by="U0SHARER")),
    "answer-sample-shared": lambda: views.answer(sample(), replace(STAGE, shared=True)),
    "answer-sample-seen-later": lambda: views.answer(sample(), replace(STAGE, now=NOW + timedelta(days=1))),
    "answer-below-a-refusal": lambda: views.above(views.refused("not_in_channel"), views.answer(sample(), STAGE)),
    "answer-sample-explained": lambda: views.answer(sample(), replace(STAGE, explained=True)),
    "answer-sample-follow-up": lambda: views.answer(sample(), replace(STAGE, public=True, asked_by="U0ASKER", on_top=ON_TOP)),
    "answer-sample-refreshed": lambda: views.answer(
        sample(), replace(STAGE, public=True, asked_by="U0ASKER", changed=("refreshed", "U0OTHER"))
    ),
    "answer-sample-direct": lambda: views.answer(sample(), replace(STAGE, direct=True)),
    "answer-sample-may-reveal": lambda: views.answer(sample(), replace(STAGE, may_reveal=True)),
    "answer-ambiguous-explained": lambda: views.answer(answers()["ambiguous"], replace(STAGE, explained=True)),
    "answer-table-explained": lambda: views.answer(answers()["table"], replace(STAGE, explained=True)),
    "revealed": lambda: views.revealed(sample(), STAGE),
    "moved": lambda: views.moved("refreshed", "https://acme.slack.com/archives/C0123/p1795241002000100?thread_ts=1&cid=C0123"),
    "no-such-row": lambda: views.no_such_row(7, 3),
    "no-rows": lambda: views.no_such_row(1, 0),
    "nothing-to-explain": lambda: views.nothing_to_explain(1, "delivered"),
    "posted-in-thread": lambda: modal.posted("https://acme.slack.com/archives/C0123/p1795241002000100"),
    "refused-window-too-late": lambda: views.refused("expired_trigger_id"),
    "gone-from-a-thread": lambda: views.gone("/smsstatus", "1795241002.000100"),
    "progress": lambda: views.progress(["Tencent", "Alibaba"]),
    "help": lambda: views.help_message(EXAMPLES),
    "usage-error": lambda: views.usage_error(USAGE),
    "explain-listed": lambda: views.explanations("mk:0008", [PHONE_OFF], [], TITLES),
    "explain-ambiguous": lambda: views.explanations(
        "MI:0011", [AMBIGUOUS, replace(PHONE_OFF, vendor="aliyun", carrier="China Mobile")], [], TITLES
    ),
    "explain-unlisted": lambda: views.explanations("XX:77777", [], ["XX:7777", "MX:7777"], TITLES),
    "explain-in-chinese": lambda: views.explanations("MK:0008", [PHONE_OFF], [], TITLES, language="zh"),
    "providers": lambda: views.providers(STATES, zone=SHANGHAI, now=NOW),
    "gone": views.gone,
    "refused-not-in-channel": lambda: views.refused("not_in_channel", "/smsstatus", "smsstatus"),
    "refused-unknown": lambda: views.refused("some_new_error"),
    "crashed": lambda: views.crashed("9f2c11d0"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_is_the_one_that_was_found_good(name: str) -> None:
    message = MESSAGES[name]()

    shown = as_json({"text": message.text, "blocks": list(message.blocks)})

    assert shown == kept(f"slack/{name}.json", shown)


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_the_message(name: str) -> None:
    message = MESSAGES[name]()

    assert check_message({"text": message.text, "blocks": list(message.blocks)}) == []


def test_there_is_no_golden_file_without_a_message() -> None:
    assert not UPDATING, "the files were written; run again to compare"
    assert {path.stem for path in (FOLDER / "slack").glob("*.json")} == set(MESSAGES)
