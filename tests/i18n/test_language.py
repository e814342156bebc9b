"""What a language does with phrases, counts, lists, dates and the ends of sentences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, Language, get_language, language_code, phrase, terminal_language
from tests.cases import each

if TYPE_CHECKING:
    from collections.abc import Mapping

CHINESE = get_language("zh")


def test_english_says_a_phrase_as_the_code_has_it() -> None:
    assert ENGLISH.say("No record of {targets}.", targets="+86 137****2222") == "No record of +86 137****2222."


def test_chinese_says_the_same_phrase_from_its_files() -> None:
    said = CHINESE.say("No record of {targets}.", targets="+86 137****2222")

    assert "+86 137****2222" in said
    assert "record" not in said


def test_one_is_singular_and_everything_else_plural() -> None:
    assert [ENGLISH.plural(n, "{count} day", "{count} days") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_chinese_has_no_plural() -> None:
    assert [CHINESE.plural(n, "{count} number", "{count} numbers") for n in (1, 2)] == ["1 个号码", "2 个号码"]


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert ENGLISH.say("{title} (likely)", title="{secret}") == "{secret} (likely)"


def test_a_phrase_within_a_phrase_is_said_in_the_same_language() -> None:
    nested = phrase("{lead}: {detail}", lead=phrase("Failed"), detail=phrase("status unknown"))

    assert nested.said_in(ENGLISH) == "Failed: status unknown"
    assert nested.said_in(CHINESE) == "发送失败：状态未知"


def test_a_phrase_that_nobody_translated_is_said_in_english() -> None:
    assert CHINESE.say("Nobody says this.") == "Nobody says this."


@each(
    ("items", "english", "chinese"),
    [([], "", ""), (["A"], "A", "A"), (["A", "B"], "A and B", "A和B"), (["A", "B", "C"], "A, B and C", "A、B和C")],
)
def test_a_list_is_joined_as_in_a_sentence(items: list[str], english: str, chinese: str) -> None:
    assert (ENGLISH.listed(items), CHINESE.listed(items)) == (english, chinese)


def test_a_choice_is_joined_with_or() -> None:
    assert ENGLISH.listed(["A", "B", "C"], either=True) == "A, B or C"
    assert CHINESE.listed(["A", "B", "C"], either=True) == "A、B或C"


def test_sentences_have_blanks_between_them_in_english_and_none_in_chinese() -> None:
    assert ENGLISH.sentences(["One.", "", "Two."]) == "One. Two."
    assert CHINESE.sentences(["一。", "", "二。"]) == "一。二。"


@each(
    ("text", "english", "chinese"),
    [
        ("好", "好.", "好。"),
        ("好。", "好.", "好。"),
        ("Ok.", "Ok.", "Ok。"),
        ("Why?", "Why?", "Why?"),
        ("", "", ""),
        ("…", "…", "…"),
    ],
)
def test_a_sentence_ends_with_one_mark(text: str, english: str, chinese: str) -> None:
    assert (ENGLISH.with_full_stop(text), CHINESE.with_full_stop(text)) == (english, chinese)


def test_a_day_is_written_as_its_readers_do() -> None:
    leap_day = date(2028, 2, 29)

    assert (ENGLISH.day(leap_day), ENGLISH.day(leap_day, year=True)) == ("Feb 29", "Feb 29, 2028")
    assert (CHINESE.day(leap_day), CHINESE.day(leap_day, year=True)) == ("2月29日", "2028年2月29日")


@each(
    ("locale", "code"),
    [
        ("zh-CN", "zh"),
        ("zh-TW", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("zh", "zh"),
        ("ZH-hans", "zh"),
        ("en-US", "en"),
        ("de-DE", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("", "en"),
    ],
)
def test_a_locale_is_read_as_the_language_its_reader_reads_best(locale: str, code: str) -> None:
    assert language_code(locale) == code


@each(
    ("environ", "wanted", "code"),
    [
        ({}, None, "en"),
        ({"LANG": "zh_CN.UTF-8"}, None, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, None, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, None, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, None, "zh"),
        ({"LANG": "zh_CN.UTF-8", "SMSSTATUS_LANGUAGE": "en"}, None, "en"),
        ({"LANG": "zh_CN.UTF-8", "SMSSTATUS_LANGUAGE": "auto"}, None, "zh"),
        ({"SMSSTATUS_LANGUAGE": "zh"}, "en", "en"),
    ],
)
def test_the_terminal_speaks_as_asked_then_as_set_then_as_its_locale(
    environ: Mapping[str, str], wanted: str | None, code: str
) -> None:
    assert terminal_language(environ, wanted).code == code


def test_a_language_that_we_do_not_speak_is_english() -> None:
    assert get_language("de") == ENGLISH
    assert get_language("../en") == ENGLISH


def test_a_language_is_the_same_however_often_it_is_opened() -> None:
    assert get_language("zh") == CHINESE
    assert Language("zh") == CHINESE
    assert CHINESE != ENGLISH


@each(
    ("names", "said"),
    [
        ("腾讯云 1400007777", "腾讯云 1400007777 无记录"),
        ("腾讯云", "腾讯云无记录"),
        ("Tencent", "Tencent 无记录"),
        ("`x`", "`x`无记录"),
        ("", "无记录"),
    ],
)
def test_chinese_keeps_a_blank_between_itself_and_a_latin_value(names: str, said: str) -> None:
    assert CHINESE.say("Nothing at {names}", names=names) == said


def test_a_value_is_formatted_in_chinese_as_it_is_in_english() -> None:
    one, many = "{who}: {count:,} receipt since {day}.", "{who}: {count:,} receipts since {day}."
    told = CHINESE.plural(12345, one, many, who="回执库", day="11月20日")

    assert "12,345" in told
    assert "自 11月20日 起" in told
