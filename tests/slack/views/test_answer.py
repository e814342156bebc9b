"""The answer in Slack, point by point. How each kind looks as a whole is in the golden files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.i18n import ENGLISH
from bot.model import Contradiction, MayChange, NoRecord, ProviderWords, Query, Report, Status, Window
from bot.sandbox.slack.blocks import mentions
from bot.slack import views
from bot.slack.views import buttons
from tests.cases import each
from tests.reports import (
    AMBIGUOUS,
    NOW,
    PHONE_OFF,
    SHANGHAI,
    SLOW,
    TITLES,
    ago,
    answers,
    coverage,
    delivery,
    failed,
    many,
    pending,
    phone,
    report,
    sample,
)
from tests.slack.views.samples import CHINESE

CONTEXT = views.RenderContext(answer_id="opaque", now=NOW, zone=SHANGHAI, titles=TITLES, language=ENGLISH)


def answer(what: Report, **context: Any) -> views.Message:
    return views.answer(what, replace(CONTEXT, **context))


def sections(message: views.Message) -> list[str]:
    return [block["text"]["text"] for block in message.blocks if block["type"] == "section"]


def table(message: views.Message) -> list[list[str]]:
    (found,) = [block for block in message.blocks if block["type"] == "data_table"]
    return [[_cell(cell) for cell in row] for row in found["rows"]]


def _cell(cell: dict[str, Any]) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    element = cell["elements"][0]["elements"][0]
    return str(element["fallback"] if element["type"] == "date" else element["text"])


def small_print(message: views.Message) -> str:
    """Its times as a client shows them that knows no date tokens."""
    *_, found = [block for block in message.blocks if block["type"] == "context"]
    return re.sub(r"<!date[^|>]*\|([^>]*)>", r"\1", str(found["elements"][0]["text"]))


def actions(message: views.Message) -> list[str]:
    """The buttons in the row, then what the menu behind them holds."""
    elements = message.blocks[-1]["elements"]
    options = [option["value"] for element in elements for option in element.get("options", ())]
    return [element["action_id"] for element in elements if element["type"] == "button"] + [
        buttons.read_option(value)[0] for value in options
    ]


def written(text: str) -> str:
    """The text as a client shows it that knows no date tokens."""
    return re.sub(r"<!date[^|>]*\|([^>]*)>", r"\1", text)


def test_the_verdict_comes_first_with_its_sign_and_the_masked_number() -> None:
    assert sections(answer(report(failed())))[0].splitlines()[0] == (
        "❌ *Failed <!date^1795240710^{time}|13:58 UTC+8>*: the handset could not be reached (likely) · `+86 137****2222`"
    )


@each(
    ("name", "sign"),
    [("delivered", "✅"), ("failed-all-alike", "❌"), ("pending", "⏳"), ("none-answered", "⚠️"), ("no-record", "❔")],
)
def test_a_sign_tells_the_outcome_before_a_word_is_read(name: str, sign: str) -> None:
    message = answer(answers()[name])

    assert sections(message)[0].startswith(f"{sign} *")
    assert message.text.startswith(f"{sign} ")


def test_of_one_cause_the_verdict_says_all_and_the_line_of_the_message_nothing_more() -> None:
    verdict, lines = sections(answer(report(failed())))

    assert verdict.splitlines()[1:] == [
        "Fix: customer · resend later · Probably only this customer",
        "Ask the customer to check the phone, then resend.",
    ]
    assert written(lines) == "✗ 13:58:10 UTC+8  failed `MK:0008` after 20 s · Tencent"


def test_a_delivered_message_takes_one_line_and_a_failed_one_of_several_causes_two() -> None:
    _, lines = sections(answer(report(failed(), failed(AMBIGUOUS, sent=ago(minutes=50)), delivery(sent=ago(hours=1)))))

    assert [line.strip() for line in written(lines).splitlines()][:2] == [
        "✗ 13:58:10 UTC+8  failed `MK:0008` after 20 s · Tencent",
        "The handset could not be reached (likely). Fix: customer · resend later",
    ]
    assert written(lines).splitlines()[-1] == "✓ 13:05:31 UTC+8  delivered in 3 s · Tencent"


def test_the_same_code_is_explained_once() -> None:
    rows = tuple(failed(sent=ago(minutes=index)) for index in range(3))

    assert "\n".join(sections(answer(report(*rows)))).count("Ask the customer to check the phone") == 1


def test_equal_messages_are_one_line_with_their_count_and_from_when_to_when() -> None:
    rows = (*(failed(sent=ago(minutes=index)) for index in range(5)), *(delivery(sent=ago(hours=1, minutes=m)) for m in range(3)))

    lines = written(sections(answer(report(*rows)))[1]).splitlines()

    assert lines == ["✗ 5 failed `MK:0008` 14:01 UTC+8–14:05 UTC+8 · Tencent", "✓ 3 delivered 13:03 UTC+8–13:05 UTC+8"]


def test_causes_are_counted_over_all_messages_and_failures_come_first_below_a_failure() -> None:
    old = tuple(failed(AMBIGUOUS, code="MI:0011", sent=ago(hours=1, minutes=m)) for m in range(30))
    rows = (failed(), *(delivery(sent=ago(minutes=20 + m)) for m in range(20)), *old)

    lines = written(sections(answer(report(*rows)))[1])

    assert [line for line in lines.splitlines() if not line.startswith("\u2003")] == [
        "✗ 13:58:10 UTC+8  failed `MK:0008` after 20 s · Tencent",
        "✗ 30 failed `MI:0011` 12:36 UTC+8–13:05 UTC+8",
        "✓ 20 delivered 13:26 UTC+8–13:45 UTC+8",
    ]


def test_of_several_numbers_each_has_a_line_the_worst_first_and_many_alike_share_one() -> None:
    fine = tuple(delivery(number=phone(index), sent=ago(minutes=index)) for index in range(1, 8))

    lines = written(sections(answer(report(failed(number=phone(0)), *fine, numbers=9)))[1]).splitlines()

    assert lines[0] == "✗ `+86 137****2222`  13:58 UTC+8  failed `MK:0008`"
    assert lines[-1].startswith("✓ 7 delivered 13:58 UTC+8–14:04 UTC+8: `+86 137****2223`, ")
    assert lines[-1].endswith("and 2 more")


def test_details_tell_each_of_many_messages_in_a_table_without_empty_cells() -> None:
    assert not [block for block in answer(report(*many(3)), detailed=True).blocks if block["type"] == "data_table"]
    rows = table(answer(report(*many(3), replace(failed(), code=None, sent_at=None, received_at=None)), detailed=True))
    assert rows[0] == ["Time", "Status", "Code", "Via"]
    assert rows[-1] == ["–", "✗ failed", "–", "Tencent"]
    assert all(cell for row in rows for cell in row)


def test_a_table_names_the_numbers_when_there_are_several_each_with_the_sign_of_its_status() -> None:
    rows = table(answer(report(*many(4, numbers=2), numbers=2), detailed=True))

    assert rows[0] == ["Time", "Number", "Status", "Code", "Via"]
    assert [row[1] for row in rows[1:3]] == ["✓ +86 137****2222", "✗ +86 137****2223"]
    assert [row[2].split()[0] for row in rows[1:3]] == ["delivered", "failed"]  # the sign stands once


def test_an_account_is_named_only_where_messages_of_two_are_shown() -> None:
    two = (delivery(account="1400006666"), delivery(account="1400007777", sent=ago(hours=1)))
    asked = (coverage(account="1400006666"), coverage(account="1400007777"))

    assert "1400006666" in str(answer(report(*two, parts=asked)).blocks)
    assert "14000" not in str(answer(report(two[0], parts=asked)).blocks)


def test_the_text_of_a_message_is_for_the_asker_alone_and_stands_in_the_details() -> None:
    private, public = answer(sample(), detailed=True), answer(sample(), detailed=True, public=True)

    assert "【Acme】" in str(private.blocks)
    assert "【Acme】" not in str(public)
    assert "【Acme】" not in str(answer(sample()))


def test_a_notification_says_what_happened_who_fixes_it_and_what_to_do_in_its_first_line() -> None:
    for what in answers().values():
        first = answer(what).text.splitlines()[0]
        assert len(first) <= 160
    assert answer(report(failed())).text.splitlines()[0] == (
        "❌ Failed 13:58: the handset could not be reached (likely). Fix: customer · resend later. "
        "Ask the customer to check the phone, then resend."
    )


def test_a_public_answer_says_who_asked_and_cannot_be_shared_again() -> None:
    message = answer(sample(), public=True, asked_by="U0ASKER", shared_by="U0SHARER")

    assert small_print(message).splitlines()[-1] == "asked by <@U0ASKER> · shared by <@U0SHARER>"
    assert mentions({"blocks": list(message.blocks)}) == ["<@U0ASKER>", "<@U0SHARER>"]
    assert buttons.SHARE not in actions(message)
    assert small_print(message).startswith("last 2 h · as of 14:05 UTC+8 · ")
    assert "times in Asia/Shanghai" in message.text


def test_whoever_changed_a_public_answer_is_named_and_a_word_that_is_not_known_is_said_as_it_is() -> None:
    def changed(what: str) -> str:
        return small_print(answer(sample(), public=True, asked_by="U0ASKER", changed=(what, "U0OTHER"))).splitlines()[-1]

    assert changed("page turned") == "asked by <@U0ASKER> · paged by <@U0OTHER>"
    assert changed("<!channel> turned") == "asked by <@U0ASKER> · &lt;!channel&gt; turned by <@U0OTHER>"


def test_an_answer_that_was_shared_says_so_and_loses_the_button() -> None:
    message = answer(sample(), shared=True)

    assert small_print(message).endswith("shared to the channel")
    assert buttons.SHARE not in actions(message)


def test_a_dead_provider_costs_one_plain_line() -> None:
    shown = sections(answer(answers()["dead-provider"]))

    assert shown[0].splitlines()[1] == "Incomplete: no answer from Alibaba."
    assert shown[-1] == "Alibaba did not answer: the provider took too long to answer. Press Refresh in a moment."


def test_silent_numbers_are_listed_masked_and_only_a_few() -> None:
    (line,) = [text for text in sections(answer(report(numbers=17))) if text.startswith("No record of `")]

    assert line.endswith(" and 12 more.")
    assert line.count("`+86 137****") == 5


def test_the_small_print_is_one_line_that_names_no_source_that_answered() -> None:
    assert small_print(answer(sample())) == "last 2 h · as of 14:05 UTC+8 · both sources answered"


def test_the_details_tell_window_zone_freshness_and_who_was_not_asked() -> None:
    assert small_print(answer(report(delivery(), window=_window(hours=2)), detailed=True)).startswith(
        "12:05 UTC+8–14:05 UTC+8 your time · as of 14:05 UTC+8"
    )
    assert "Alibaba intl not asked (needs a message id)" in str(answer(sample(), detailed=True).blocks)


def test_a_note_is_told_once_in_the_details_however_many_targets_raised_it() -> None:
    note = NoRecord()
    row = delivery(notes=(MayChange(),))
    what = report(row, row, parts=(coverage(notes=(note, note)),))

    assert small_print(answer(what, detailed=True)).splitlines()[1:] == [
        "No records: Tencent.",
        "A receipt may still come, up to 72 h after sending.",
    ]
    assert len(small_print(answer(what)).splitlines()) == 1


@each(
    ("page", "words", "first"),
    [
        (0, "1–20 of 250", "14:04:31 UTC+8"),
        (1, "21–40 of 250", "11:44:31 UTC+8"),
        (12, "241–250 of 250", "Nov 20 10:04:31 UTC+8"),
    ],
)
def test_the_details_have_pages_of_twenty(page: int, words: str, first: str) -> None:
    message = answer(answers()["table"], page=page, detailed=True)

    assert f" · {words} · " in small_print(message)
    assert table(message)[1][0] == first


@each(("page", "nearest"), [(-1, "1–20 of 250"), (99, "241–250 of 250")])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(page: int, nearest: str) -> None:
    assert nearest in small_print(answer(answers()["table"], page=page, detailed=True))


def test_a_filter_says_how_many_it_leaves_out() -> None:
    rows = (*many(7), delivery(Status.REJECTED))

    assert "showing 3 of 8 (only failed)" in small_print(answer(report(*rows, only=frozenset({Status.FAILED}))))


def _window(**length: float) -> Window:
    return Window(NOW - timedelta(**length), NOW)


@each(
    ("window", "widening"),
    [(_window(hours=2), [buttons.WIDEN_24H]), (_window(hours=24), [buttons.WIDEN_7D]), (_window(days=7), [])],
)
def test_only_the_next_wider_window_is_offered(window: Window, widening: list[str]) -> None:
    found = actions(answer(report(delivery(), window=window)))

    assert found == [buttons.REFRESH, *widening, buttons.SHARE, buttons.DETAILS, buttons.POST, buttons.CSV]


def test_no_wider_window_is_offered_where_the_window_was_ignored() -> None:
    found = actions(answer(answers()["international"]))

    assert found == [buttons.EVERYBODY, buttons.REFRESH, buttons.SHARE, buttons.DETAILS, buttons.POST, buttons.CSV]


def chart_of(message: views.Message) -> dict[str, Any]:
    (found,) = [block for block in message.blocks if block["type"] == "data_visualization"]
    return dict(found)


def test_the_details_draw_where_it_fails_and_the_lines_say_the_same() -> None:
    shown = answer(answers()["incident"], detailed=True)

    assert chart_of(shown) == {
        "type": "data_visualization",
        "title": "Failed by carrier (number range)",
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": "failed",
                    "data": [{"label": "China Mobile", "value": 17}, {"label": "China Unicom", "value": 1}],
                },
                {
                    "name": "not failed",
                    "data": [{"label": "China Mobile", "value": 6}, {"label": "China Unicom", "value": 8}],
                },
            ],
            "axis_config": {"categories": ["China Mobile", "China Unicom"]},
        },
    }
    assert "China Mobile 17 of 23 · China Unicom 1 of 9" in shown.text


def test_nothing_is_drawn_in_the_short_answer_nor_where_nothing_differs_nor_where_two_labels_are_cut_alike() -> None:
    alike = [failed(sent=ago(minutes=n), template=f"a template whose name is long {n}") for n in range(4)]

    for shown in (
        answer(answers()["incident"]),
        answer(answers()["table"], detailed=True),
        answer(report(*alike), detailed=True),
    ):
        assert not [block for block in shown.blocks if block["type"] == "data_visualization"]


def test_csv_is_the_last_choice_of_a_menu_that_has_room_and_in_the_details_in_any_case() -> None:
    crowded = report(failed(), pending(sent=ago(hours=1)), delivery(sent=ago(hours=2)))
    in_short, in_full = answer(crowded, may_reveal=True), answer(crowded, may_reveal=True, detailed=True)

    assert buttons.CSV not in actions(in_short)
    assert buttons.CSV in actions(in_full)
    assert actions(answer(report(delivery())))[-1] == buttons.CSV
    assert buttons.CSV not in actions(answer(answers()["no-record"], detailed=True))


@each("name", sorted(answers()))
def test_below_the_details_three_are_visible_too_and_what_the_short_answer_lacks_comes_first(name: str) -> None:
    what = answers()[name]
    for kind in ({}, {"may_reveal": True}, {"direct": True, "may_reveal": True}, {"public": True}):
        short, detailed = answer(what, **kind), answer(what, detailed=True, **kind)
        visible = [one for one in detailed.blocks[-1]["elements"] if one["type"] == "button"]
        lacking = [one for one in actions(detailed) if one not in actions(short)]

        assert len(visible) <= 3
        assert len(actions(detailed)) <= 8
        assert actions(detailed)[: len(lacking)] == lacking


def test_filter_buttons_appear_only_where_they_change_something() -> None:
    only = frozenset({Status.FAILED})

    assert buttons.ONLY_FAILED in actions(answer(report(delivery(), failed())))
    assert buttons.ONLY_FAILED not in actions(answer(report(failed())))
    assert buttons.ONLY_FAILED not in actions(answer(report(delivery())))
    assert buttons.SHOW_ALL in actions(answer(report(delivery(), failed(), only=only)))
    assert buttons.SHOW_ALL not in actions(answer(report(failed(), only=only)))


def test_at_most_three_buttons_are_visible_in_the_order_of_use_and_the_rest_is_in_the_menu() -> None:
    def visible(message: views.Message) -> list[str]:
        return [one["action_id"] for one in message.blocks[-1]["elements"] if one["type"] == "button"]

    advised = replace(PHONE_OFF, en=replace(PHONE_OFF.en, customer_wording="Please restart the phone."))

    assert visible(answer(report(*many(250)))) == [buttons.REFRESH, buttons.WIDEN_24H, buttons.SHARE]
    assert visible(answer(report(failed(advised)))) == [buttons.EVERYBODY, buttons.REFRESH]
    assert buttons.CUSTOMER in actions(answer(report(failed(advised))))
    assert visible(answer(answers()["no-record"])) == [buttons.WIDEN_24H, buttons.REFRESH, buttons.SHARE]
    assert visible(answer(report(*many(250)), detailed=True))[0] == buttons.DETAILS_LESS
    assert {buttons.ONLY_FAILED, buttons.DETAILS, buttons.POST} <= set(actions(answer(report(*many(250)))))


def test_every_button_carries_the_answers_id_and_nothing_else() -> None:
    message = answer(answers()["table"], page=1)

    values = [element.get("value") for element in message.blocks[-1]["elements"] if element["type"] == "button"]
    options = [option["value"] for element in message.blocks[-1]["elements"] for option in element.get("options", ())]
    assert set(values) == {"opaque"}
    assert {buttons.read_option(value)[1] for value in options} <= {"opaque"}


def test_the_text_says_the_whole_answer_without_date_tokens() -> None:
    assert answer(sample()).text.splitlines() == [
        "✅ Delivered 14:03 (3 s after sending). Resend the failed one only if it was a different message.",
        (
            "Looked up: `+86 137****2222`. An earlier one failed: the handset could not be reached (likely); "
            "an earlier one has no receipt."
        ),
        "✓ 14:03:22  delivered in 3 s · Tencent.",
        "✗ 13:58:10  failed `MK:0008` after 20 s · Tencent. The handset could not be reached (likely).",
        "… 13:55:02  no receipt yet, 10 min · Alibaba.",
        "last 2 h · as of 14:05 · both sources answered · times in Asia/Shanghai",
    ]
    assert "<!date" not in answer(sample()).text


def test_the_explanation_follows_the_language() -> None:
    assert "手机暂时无法接通" in str(answer(report(failed()), language=CHINESE).blocks)


def test_a_number_that_the_provider_repeats_is_masked() -> None:
    words = ProviderWords(words="13711112222 is absent")
    row = failed(replace(PHONE_OFF, code="X"), code="X:13711112222", account="+8613711112222", notes=(words,))
    message = answer(report(row, parts=(coverage(error=replace(SLOW, request_id="13711112222")), coverage(account="2"))))

    assert "13711112222" not in str(message)


def test_every_masked_number_in_markup_stands_in_a_code_span() -> None:
    message = answer(report(*(failed(number=phone(index)) for index in range(3)), numbers=20))

    for text in (message.text, *sections(message)):
        assert text.count("****") == text.count("****222") == sum("****" in part for part in text.split("`")[1::2])


def test_a_question_with_no_one_to_ask_tells_why_in_full_view() -> None:
    message = answer(answers()["not-asked"])

    assert sections(message) == [
        "⚠️ *No provider could be asked* · `1008030300`",
        "Alibaba intl not asked (needs a message id)",
    ]


def test_a_report_of_another_day_tells_its_dates() -> None:
    later = NOW + timedelta(days=1)

    shown = small_print(answer(sample(), now=later))

    assert shown.startswith("last 2 h · as of Nov 21 14:05 UTC+8, 24 h ago")


def test_a_query_keeps_its_rows_whatever_the_verdict_says() -> None:
    """The verdict speaks of everything found, the rows of what was asked to be shown."""
    query = Query(sample().query.targets, sample().query.window, only=frozenset({Status.DELIVERED}))

    message = answer(replace(sample(), query=query))

    assert sections(message)[0].startswith("✅ *Delivered ")
    assert "showing 1 of 3 (only delivered)" in small_print(message)


def test_revealing_shows_the_nearest_page_when_there_are_fewer_rows_than_before() -> None:
    shown = replace(CONTEXT, page=7)

    assert "+8613711112222" in views.revealed(report(failed()), shown).text.split("\n", 1)[1]


@each("messages", [1, 5])
def test_the_details_tell_contradictions_and_the_providers_own_words_once(messages: int) -> None:
    words, doubt = ProviderWords(words="absent subscriber"), Contradiction(code="DELIVRD")
    rows = tuple(failed(notes=(words, doubt), sent=ago(minutes=index)) for index in range(messages))

    told = "\n".join(sections(answer(report(*rows), detailed=True)))

    assert told.count("Tencent says: `absent subscriber`") == 1
    assert told.count("Tencent contradicts itself") == 1
    assert told.count("Message id ") == 1
    assert "absent subscriber" not in str(answer(report(*rows)).blocks)
