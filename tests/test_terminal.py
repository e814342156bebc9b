"""What the terminal shows: piped, narrow, and with numbers revealed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from bot.terminal import console, render, render_explanations, render_help, render_providers
from bot.wording import ProviderState
from tests.golden_files import kept
from tests.reports import AMBIGUOUS, EXPIRED, NOW, NUMBER, SHANGHAI, TITLES, ago, answers, failed, report, sample


def printed(what: RenderableType, width: int = 100) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False, emoji=False).print(what)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("name", ["sample", "many-numbers", "none-answered", "ambiguous", "only-failed-none", "two-accounts"])
@pytest.mark.parametrize("width", [60, 100])
def test_the_report_is_the_one_that_was_found_good(name: str, width: int) -> None:
    shown = printed(render(answers()[name], TITLES, zone=SHANGHAI), width)

    assert shown == kept(f"terminal/{name}-{width}.txt", shown)


@pytest.mark.parametrize("name", answers())
@pytest.mark.parametrize("width", [20, 40, 200])
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    assert max(len(line) for line in printed(render(answers()[name], TITLES, zone=SHANGHAI), width).splitlines()) <= width


def test_a_pipe_gets_no_escape_codes_and_the_words_beside_the_signs() -> None:
    shown = printed(render(sample(), TITLES, zone=SHANGHAI))

    assert "\x1b" not in shown
    assert "✗ failed after 20 s" in shown
    assert "✓ delivered in 3 s" in shown


def test_numbers_are_masked_unless_they_are_revealed() -> None:
    answer = report(failed(message_id=NUMBER.national, code=f"X {NUMBER.national}"))

    assert NUMBER.national not in printed(render(answer, TITLES, zone=SHANGHAI))
    revealed = printed(render(answer, TITLES, zone=SHANGHAI, reveal=True))
    assert NUMBER.e164 in revealed
    assert "****" not in revealed


def test_text_from_outside_is_neither_markup_nor_an_escape_code() -> None:
    shown = printed(render(report(failed(code="[red]x[/red]\x1b[2J")), TITLES, zone=SHANGHAI))

    assert "[red]x[/red][2J" in shown


def test_all_rows_are_shown_for_a_terminal_has_no_pages() -> None:
    shown = printed(render(answers()["table"], TITLES, zone=SHANGHAI))

    assert sum(line.count("delivered in") + line.count("failed after") for line in shown.splitlines()) == 250


def test_the_terminal_is_never_wider_than_reads_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")

    assert console().width == 120


def test_an_explanation_shows_its_other_readings_and_its_source() -> None:
    shown = printed(render_explanations("MI:0011", [AMBIGUOUS], [], TITLES), 160)

    assert "MI:0011 · Tencent · receipt" in shown
    assert "or: Blocked at the carrier's gateway" in shown
    assert "Source: https://example.com/codes" in shown


def test_an_unlisted_code_is_said_to_be_unlisted_with_its_neighbours() -> None:
    assert printed(render_explanations("XX:1", [], ["XX:2"], TITLES)) == (
        "XX:1 is not in our table.\nSimilar codes that are in it: XX:2.\n"
    )


def test_providers_show_what_is_set_up_and_how_it_went() -> None:
    states = [
        ProviderState(title="Tencent", account="1400006666", answers="receipts", keeps_days=7, last_answer_at=ago(minutes=1)),
        ProviderState(title="Alibaba", account="LTAI…9xQ", answers="sends", last_answer_at=NOW, last_error=EXPIRED),
        ProviderState(title="Alibaba intl", account="LTAI…9xQ", answers="one message"),
        ProviderState(
            title="Receipt store", configured=False, answers="receipts kept here", keys=("TENCENT_SMS_LEGACY_SDKAPPID",)
        ),
    ]

    shown = printed(render_providers(states, zone=SHANGHAI, now=NOW), 200)

    assert "answered 14:04:31" in shown
    assert "no answer: the clock of our server is off (AuthFailure.SignatureExpire)" in shown
    assert "set up, not asked yet" in shown
    assert "not set up: set TENCENT_SMS_LEGACY_SDKAPPID" in shown


def test_help_shows_commands_that_can_be_pasted() -> None:
    assert "  smsstatus lookup explain MK:0008\n" in printed(render_help(["explain MK:0008"], "smsstatus lookup"))
