"""The small messages: help, mistakes, refusals, codes and providers."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import UsageError
from bot.i18n import ENGLISH, phrase
from bot.slack import views
from tests.cases import each
from tests.reports import AMBIGUOUS, BLOCKED, EXPIRED, NOW, PHONE_OFF, SHANGHAI, TITLES, UNLISTED, ago


def test_progress_names_those_who_are_asked_once_each() -> None:
    assert views.progress(["Tencent", "Tencent", "Alibaba"], language=ENGLISH).text == "Asking Tencent and Alibaba …"
    assert views.progress([], language=ENGLISH).text == "Asking the providers …"


def test_help_shows_examples_that_can_be_pasted_and_speaks_of_threads_and_privacy() -> None:
    text = views.help_message(["+8613711112222 since 2h", ""], "/sms", language=ENGLISH).text

    assert "• Check a number: `/sms +8613711112222 since 2h`" in text
    assert "• Several, failures only: `/sms`" in text
    assert "Ask in a thread" in text
    assert "Numbers are masked" in text


def test_a_usage_error_is_one_sentence_and_a_corrected_example_in_a_code_span() -> None:
    error = UsageError(phrase("“{word}” is not understood.", word="<!here>"), word="<!here>", example="+8613711112222 since 2h")

    assert views.usage_error(error, "/smsstatus", language=ENGLISH).text == (
        "“&lt;!here&gt;” is not understood.\nTry `/smsstatus +86 137****2222 since 2h`\n"
        "Numbers are masked here. Type them with all their digits."
    )


def test_a_correction_without_a_number_can_be_pasted() -> None:
    error = UsageError(phrase("`{word}` is not understood.", word="exlain"), word="exlain", example="explain MK:0008")

    assert views.usage_error(error, "/smsstatus", language=ENGLISH).text.endswith("\nTry `/smsstatus explain MK:0008`")


@each("reason", ["not_in_channel", "channel_not_found"])
def test_a_refusal_for_want_of_membership_says_what_to_type(reason: str) -> None:
    text = views.delivery_failed(reason, "/smsstatus", "smsstatus", language=ENGLISH).text

    assert f"`{reason}`" in text
    assert "Type `/invite @smsstatus`" in text


@each(
    ("reason", "words"),
    [
        ("is_archived", "archived"),
        ("ratelimited", "Try again in a minute"),
        ("msg_blocks_too_long", "shorter window"),
        ("missing_scope", "manifest"),
        ("never_heard_of", "Try again"),
    ],
)
def test_every_other_refusal_says_what_to_do(reason: str, words: str) -> None:
    text = views.delivery_failed(reason, language=ENGLISH).text

    assert words in text
    assert f"`{reason}`" in text
    assert "/invite" not in text


def test_an_answer_that_is_gone_says_how_to_get_it_again() -> None:
    assert "type `/smsstatus`" in views.expired_answer("/smsstatus", language=ENGLISH).text


def test_a_crash_gives_its_id_and_does_not_blame_the_message() -> None:
    text = views.internal_error("9f2c11d0", language=ENGLISH).text

    assert "`9f2c11d0`" in text
    assert "nothing about the message" in text


def test_a_code_shows_every_reading_with_its_provider_and_source() -> None:
    found = [PHONE_OFF, replace(BLOCKED, code="MK:0008", vendor="aliyun", source="unconfirmed: from Tencent's table")]

    text = views.explanations("MK:0008", found, [], TITLES, language=ENGLISH).text

    assert text.startswith("`MK:0008` can mean:")
    assert "\nTencent · receipt" in text
    assert "\nAlibaba · receipt" in text
    assert "Source: <https://example.com/codes|example.com>" in text
    assert "Source: unconfirmed: from Tencent's table" in text


def test_providers_whose_tables_say_the_same_of_a_code_share_one_reading() -> None:
    found = [PHONE_OFF, replace(PHONE_OFF, vendor="aliyun")]

    text = views.explanations("MK:0008", found, [], TITLES, language=ENGLISH).text

    assert "Tencent, Alibaba" in text
    assert text.count("Do now:") == 1


def test_a_code_shows_what_else_it_may_mean() -> None:
    assert "Or: Blocked at the carrier's gateway" in views.explanations("MI:0011", [AMBIGUOUS], [], TITLES, language=ENGLISH).text


@each("found", [[], [UNLISTED]])
def test_an_unlisted_code_is_shown_as_typed_with_its_neighbours(found: list[object]) -> None:
    text = views.explanations("XX:77777", [UNLISTED] if found else [], ["XX:7777"], TITLES, language=ENGLISH).text

    assert text.startswith("`XX:77777` is not listed.")
    assert "`XX:7777`" in text


def test_many_readings_are_cut_and_the_rest_is_counted() -> None:
    text = views.explanations(
        "X", [replace(BLOCKED, vendor=f"v{index}", carrier=f"c{index}") for index in range(6)], [], TITLES, language=ENGLISH
    ).text

    assert text.endswith("And 2 further readings.")


def test_a_provider_tells_how_it_answered_last() -> None:
    fine = views.ProviderStatus(
        title="Tencent", account="1400006666", answers="receipts", keeps_days=7, last_answer_at=ago(minutes=1)
    )

    assert views.providers([fine], zone=SHANGHAI, now=NOW, language=ENGLISH).text.splitlines() == [
        "*Tencent* `1400006666` · receipts, last 7 days",
        "Last check 14:04 OK",
    ]
    assert "failed: the clock of our server is off `AuthFailure.SignatureExpire`." in (
        views.providers([replace(fine, last_error=EXPIRED)], language=ENGLISH).text
    )
    assert "Not checked yet" in views.providers([replace(fine, last_answer_at=None)], language=ENGLISH).text


def test_a_provider_that_is_off_names_the_settings_that_switch_it_on() -> None:
    off = views.ProviderStatus(title="Alibaba", configured=False, answers="sends", keys=("KEY_ID", "KEY_SECRET"))

    assert "Set `KEY_ID`, `KEY_SECRET` to switch it on." in views.providers([off], language=ENGLISH).text


def test_no_providers_at_all_is_said() -> None:
    assert views.providers([], language=ENGLISH).text == "No provider is known."
