"""What the terminal shows: piped, narrow, with numbers revealed, and in Chinese."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot.cli.code_rendering import render_explanations, render_search, render_term
from bot.cli.console import Fitting, Trimmed
from bot.cli.help_screen import help_screen
from bot.cli.provider_rendering import render_providers
from bot.cli.rendering import render
from bot.cli.stats import render as render_statistics
from bot.codes import load_catalogue
from bot.i18n import ENGLISH, Language, get_language
from bot.presentation.wording import ProviderStatus, plain_text_format
from bot.providers.systems import titles
from tests.cases import each
from tests.golden_files import folder, kept
from tests.reports import AMBIGUOUS, EXPIRED, NOW, NUMBER, SHANGHAI, TITLES, ago, answers, delivery, failed, report, sample
from tests.statistics.samples import reports

if TYPE_CHECKING:
    from rich.console import RenderableType

CHINESE = get_language("zh")
# As the vendors call themselves and their fields, whoever reads.
NAMES = {
    "Asia",
    "DELIVRD",
    "DescribeSendRecordList",
    "LTAI",
    "Shanghai",
    "Singapore",
    "Singtel",
    "UNDELIV",
    "UNKNOWN",
    "absent",
    "off",
    "sms",
    "user",
}
FOUND_GOOD = ("sample", "many-numbers", "incident", "none-answered", "ambiguous", "only-failed-none", "two-accounts")
# As many rows of the long table as tell whether all 250 fit.
ANSWERS = {name: replace(one, deliveries=one.deliveries[:40]) for name, one in answers().items()}


def printed(what: RenderableType, width: int = 100) -> str:
    out = io.StringIO()
    Fitting(out, width).print(Trimmed(what), end="")
    return out.getvalue()


@each("name", FOUND_GOOD)
@each("width", [40, 60, 100])
def test_the_report_is_the_one_that_was_found_good(name: str, width: int) -> None:
    shown = printed(render(answers()[name], TITLES, zone=SHANGHAI, language=ENGLISH), width)

    assert shown == kept(f"terminal/{name}-{width}.txt", shown)


@each("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@each("width", [40, 100])
def test_the_figures_of_everybody_are_those_that_were_found_good(width: int, language: Language) -> None:
    for name, counted in reports().items():
        text_format = plain_text_format(None, titles(language), zone=SHANGHAI, now=NOW, language=language)
        shown = printed(render_statistics(counted, text_format), width)

        assert shown == kept(f"{folder('terminal', language)}/stats-{name}-{width}.txt", shown)


@cache
def answer(name: str, width: int, language: Language) -> str:
    """One of ANSWERS. Several tests look at the same one."""
    return printed(render(ANSWERS[name], titles(language), zone=SHANGHAI, language=language), width)


def in_chinese(name: str, width: int) -> str:
    return answer(name, width, CHINESE)


@each("name", FOUND_GOOD)
@each(("width", "file"), [(40, "{}-40"), (80, "{}")])
def test_the_report_in_chinese_is_the_one_that_was_found_good(name: str, width: int, file: str) -> None:
    shown = in_chinese(name, width)

    assert shown == kept(f"terminal/zh/{file.format(name)}.txt", shown)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@each("name", ANSWERS)
@pytest.mark.parametrize("width", [40, 60])
def test_a_narrow_terminal_shows_a_list_with_every_word_whole(*, width: int, name: str, language: Language) -> None:
    narrow, whole = answer(name, width, language), answer(name, 71, language)

    assert "──" not in narrow
    assert not re.search(r"\+86$", narrow, re.MULTILINE)  # a number is one word
    assert language == CHINESE or narrow.split() == whole.split()  # Chinese is broken anywhere, and is whole at any break


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@pytest.mark.parametrize("width", [20, 40, 60, 100, 10_000])
def test_no_line_ends_with_a_blank(*, width: int, language: Language) -> None:
    shown = [answer(name, width, language) for name in ANSWERS]
    shown += [printed(render_providers(states(), language=language), width), printed(help_screen(language), width)]
    found = load_catalogue().search("blacklist", 6)
    shown += [
        printed(render_explanations("MK:0008", [AMBIGUOUS], [], titles(language), language=language), width),
        printed(render_search("blacklist", found, None, titles(language), language=language), width),
    ]

    assert [line for text in shown for line in text.splitlines() if line != line.rstrip()] == []


@each("name", ANSWERS)
def test_the_first_line_is_the_verdict_and_the_last_one_the_small_print(name: str) -> None:
    lines = answer(name, 10_000, ENGLISH).splitlines()

    assert not lines[0].startswith(("+86", "Time"))
    assert [" (Asia/Shanghai) · " in line for line in lines] == [*[False] * (len(lines) - 1), True]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
@pytest.mark.parametrize("width", [40, 100])
def test_what_an_encoding_lacks_is_said_in_words_within_the_width(encoding: str, width: int) -> None:
    for one in ANSWERS.values():
        out = io.BytesIO()
        stream = io.TextIOWrapper(out, encoding=encoding, newline="")  # strict: what it lacks would raise
        Fitting(stream, width).print(Trimmed(render(one, TITLES, zone=SHANGHAI, language=ENGLISH)), end="")
        stream.flush()

        assert not [line for line in out.getvalue().decode(encoding).splitlines() if cell_len(line) > width or line.endswith(" ")]


def test_on_an_ascii_terminal_the_words_stand_alone() -> None:
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding="ascii")
    Fitting(stream, 40).print(Trimmed(render(sample(), TITLES, zone=SHANGHAI, language=ENGLISH)), end="")
    stream.flush()
    shown = out.getvalue().decode()

    assert shown == kept("terminal/sample-ascii.txt", shown)


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@pytest.mark.parametrize("width", [20, 40, 200])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    shown = {name: answer(name, width, language) for name in ANSWERS}

    assert [(name, line) for name, text in shown.items() for line in text.splitlines() if cell_len(line) > width] == []


@each("name", [name for name, one in ANSWERS.items() if one.shown])
def test_chinese_columns_stand_one_below_the_other_and_nothing_is_cut(name: str) -> None:
    lines = in_chinese(name, 100).splitlines()
    header = next(line for line in lines if line.startswith("时间"))
    starts = [cell_len(header[: header.index(word)]) for word in ("号码", "状态", "错误码", "服务商") if word in header]

    assert "…" not in in_chinese(name, 80).replace("… 暂无回执", "").replace("LTAI…9xQ", "")
    for line in lines[lines.index(header) + 2 :][: len(ANSWERS[name].shown)]:
        cells = "".join(char + "\0" * (cell_len(char) - 1) for char in line)  # one place for each cell
        assert all(cells[start - 1] == " " and cells[start] not in " \0" for start in starts)


@each("name", ANSWERS)
def test_an_answer_in_chinese_has_no_english_left_in_it(name: str) -> None:
    shown = re.sub(r"[A-Z]+:\d+|[\w-]*\.[\w.]+|id:\S+|[0-9a-f-]{20,}|only failed", " ", in_chinese(name, 200))

    assert set(re.findall(r"[A-Za-z]{3,}", shown)) <= NAMES


def test_a_pipe_gets_no_escape_codes_and_the_words_beside_the_signs() -> None:
    shown = printed(render(sample(), TITLES, zone=SHANGHAI, language=ENGLISH))

    assert "\x1b" not in shown
    assert "✗ failed after 20 s" in shown
    assert "✓ delivered in 3 s" in shown


def test_numbers_are_masked_unless_they_are_revealed() -> None:
    answer = report(failed(message_id=NUMBER.national, code=f"X {NUMBER.national}"))

    assert NUMBER.national not in printed(render(answer, TITLES, zone=SHANGHAI, language=ENGLISH))
    revealed = printed(render(answer, TITLES, zone=SHANGHAI, reveal=True, language=ENGLISH))
    assert NUMBER.e164 in revealed
    assert "****" not in revealed


def test_text_from_outside_is_neither_markup_nor_an_escape_code() -> None:
    shown = printed(render(report(failed(code="[red]x[/red]\x1b[2J")), TITLES, zone=SHANGHAI, language=ENGLISH))

    assert "[red]x[/red][2J" in shown


def test_all_rows_are_shown_for_a_terminal_has_no_pages() -> None:
    shown = printed(render(answers()["table"], TITLES, zone=SHANGHAI, language=ENGLISH))

    assert sum(line.count("delivered in") + line.count("failed after") for line in shown.splitlines()) == 250


def test_an_explanation_shows_its_other_readings_and_its_source() -> None:
    shown = printed(render_explanations("MI:0011", [AMBIGUOUS], [], TITLES, language=ENGLISH), 160)

    assert "MI:0011 · Tencent · receipt" in shown
    assert "Or: Blocked at the carrier's gateway" in shown
    assert "Source: https://example.com/codes" in shown


def test_an_unlisted_code_is_said_to_be_unlisted_with_its_neighbours() -> None:
    assert printed(render_explanations("XX:1", [], ["XX:2"], TITLES, language=ENGLISH)) == (
        "XX:1 is not listed.\nSimilar codes: XX:2.\n"
    )


def test_an_explanation_in_chinese_is_the_one_that_was_found_good() -> None:
    catalogue = load_catalogue()
    one = next(one for one in catalogue.find("MK:0008") if one.vendor == "tencent")
    known = replace(one, source="https://example.com/codes")
    unlisted = render_explanations("XX:1", [], ["XX:2", "XX:3"], titles(CHINESE), language=CHINESE)
    term = catalogue.term("receipt")
    assert term is not None
    shown = "".join(
        printed(part, 80)
        for part in (
            render_explanations("MK:0008", [known, AMBIGUOUS], [], titles(CHINESE), language=CHINESE),
            unlisted,
            render_term(term, language=CHINESE),
        )
    )

    assert shown == kept("terminal/zh/explain.txt", shown)


def test_a_search_in_chinese_lists_codes_by_provider() -> None:
    catalogue = load_catalogue()
    shown = printed(render_search("黑名单", catalogue.search("黑名单", 1), None, titles(CHINESE), language=CHINESE), 200)

    assert shown.startswith("与 “黑名单” 有关的错误码：\n号码在黑名单中\n")
    assert re.search(r"腾讯云：\S+、.*，另有 \d+ 个\n", shown)
    nothing = printed(render_search("qq", [], None, {}, language=CHINESE))
    assert nothing == "对照表里没有与 'qq' 有关的内容。\n"


def states() -> list[ProviderStatus]:
    return [
        ProviderStatus(title="Tencent", account="1400006666", answers="receipts", keeps_days=7, last_answer_at=ago(minutes=1)),
        ProviderStatus(title="Alibaba", account="LTAI…9xQ", answers="sends", last_answer_at=NOW, last_error=EXPIRED),
        ProviderStatus(title="Alibaba intl", account="LTAI…9xQ", answers="one message"),
        ProviderStatus(
            title="Receipt store", configured=False, answers="receipts kept here", keys=("TENCENT_SMS_LEGACY_SDKAPPID",)
        ),
    ]


def test_providers_show_what_is_set_up_and_how_it_went() -> None:
    shown = printed(render_providers(states(), zone=SHANGHAI, now=NOW, language=ENGLISH), 200)

    assert "last check 14:04 OK" in shown
    assert "last check failed: the clock of our server is off (AuthFailure.SignatureExpire)" in shown
    assert "not checked yet" in shown
    assert "not set up: set TENCENT_SMS_LEGACY_SDKAPPID" in shown


def test_providers_in_chinese_are_the_ones_that_were_found_good() -> None:
    told = {"Tencent": "腾讯云", "Alibaba": "阿里云", "Alibaba intl": "阿里云国际", "Receipt store": "回执库"}
    answer = {
        "receipts": "按号码查回执",
        "sends": "按号码查短信",
        "one message": "查一条短信",
        "receipts kept here": "查这里的回执",
    }
    chinese = [replace(state, title=told[state.title], answers=answer[state.answers]) for state in states()]

    shown = printed(render_providers(chinese, zone=SHANGHAI, now=NOW, language=CHINESE), 100)

    assert shown == kept("terminal/zh/providers.txt", shown)


def test_a_message_in_chinese_has_a_window_over_days_in_chinese() -> None:
    shown = printed(render(report(delivery(sent=ago(hours=30))), titles(CHINESE), zone=SHANGHAI, language=CHINESE))

    assert "11月20日 08:05:31   ✓ 已送达" in shown


@each("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
def test_help_is_one_screen_by_what_one_wants_to_do(language: Language) -> None:
    shown = printed(help_screen(language), 80)

    assert len(shown.splitlines()) <= 24
    assert shown == kept(f"{folder('terminal', language)}/help/help-screen.txt", shown)
