"""A message as lines of text: dates are written in the reader's zone and language, as Slack does."""

from __future__ import annotations

from bot.i18n import ENGLISH, Language, get_language
from bot.sandbox.plain import render_text
from tests.cases import each


@each(
    ("language", "form", "written"),
    [
        (ENGLISH, "{date_short_pretty} {time_secs}", "Nov 21 14:05:31"),
        (ENGLISH, "{date}", "November 21, 2026"),
        (get_language("zh"), "{date_short_pretty} {time_secs}", "11月21日 14:05:31"),
        (get_language("zh"), "{date_short}", "2026年11月21日"),
        (get_language("zh"), "{date_pretty}", "11月21日"),
        (get_language("zh"), "{date}", "2026年11月21日"),
        (get_language("zh"), "{date_num} {time}", "2026-11-21 14:05"),
    ],
)
def test_a_date_is_written_as_its_reader_writes_it(language: Language, form: str, written: str) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"<!date^1795241131^{form}|then>"}}

    assert render_text("", [block], "Asia/Shanghai", language) == written
