"""Slack's markup: what is escaped, what is quoted, and that nothing from outside is ever formatted or alerts anybody."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import ENGLISH, Language
from bot.model import Window
from bot.presentation.times import FormattedTimes
from bot.sandbox.slack.blocks import check_message, mentions
from bot.slack.views import mrkdwn
from bot.slack.views.message import Message, fit, with_notice
from tests.cases import each
from tests.reports import NOW, NUMBER, SHANGHAI
from tests.slack.views.samples import CHINESE


def test_only_the_three_characters_that_slack_names_are_escaped() -> None:
    assert mrkdwn.escape("a & b < c > d \" '", 100) == "a &amp; b &lt; c &gt; d \" '"


def test_an_entity_is_never_cut_in_two() -> None:
    assert [mrkdwn.escape("ab&cd", limit) for limit in (4, 6, 7, 8, 9)] == ["ab…", "ab…", "ab…", "ab&amp;…", "ab&amp;cd"]


@given(st.text(), st.integers(8, 60))
def test_what_is_set_is_never_longer_than_its_limit_nor_alerts_anybody(text: str, limit: int) -> None:
    for out in (mrkdwn.code(text, limit), mrkdwn.prose(text, limit)):
        assert 0 < len(out) <= limit
        assert not {"<", ">", "\n"} & set(out)
    assert mrkdwn.code(text, limit).count("`") == 2


@each("text", ["<!channel>", "<@U0123456>", "<!subteam^S0123>", "<https://example.com|here>", "&lt;!here&gt;"])
def test_a_mention_from_outside_is_shown_and_alerts_nobody(text: str) -> None:
    shown = f"{mrkdwn.code(text, 100)} {mrkdwn.prose(text, 100)}"

    assert mentions({"text": shown}) == []


def test_formatting_marks_in_running_text_are_replaced_by_look_alikes() -> None:
    assert mrkdwn.prose("*bold* _it_ ~no~ `code` snake_case", 100) == "∗bold∗ ＿it＿ ∼no∼ ˋcodeˋ snake_case"


def test_a_masked_number_stands_in_a_code_span_so_that_its_stars_are_not_bold() -> None:
    text_format = mrkdwn.mrkdwn_format(None, {}, zone=SHANGHAI, now=NOW, language=ENGLISH)

    assert text_format.quote(NUMBER.masked, 64) == "`+86 137****2222`"


def test_an_empty_value_is_a_dash() -> None:
    assert [mrkdwn.code("", 10), mrkdwn.code("\u200b", 10), mrkdwn.prose(" ", 10)] == ["`–`", "`–`", "–"]


def tokens(zone: ZoneInfo, language: Language) -> mrkdwn.Tokens:
    return mrkdwn.Tokens(FormattedTimes(zone, NOW, language))


def test_a_moment_is_told_in_the_readers_zone_with_a_fallback_that_names_its_zone() -> None:
    text_format = tokens(SHANGHAI, ENGLISH)

    assert text_format.moment(NOW) == "<!date^1795241131^{time_secs}|14:05:31 UTC+8>"
    yesterday = text_format.moment(NOW - timedelta(days=1))
    assert yesterday == "<!date^1795154731^{date_short_pretty} {time_secs}|Nov 20 14:05:31 UTC+8>"
    assert text_format.day(NOW) == "<!date^1795241131^{date_short}|Nov 21 UTC+8>"


def test_each_end_of_a_window_is_a_token_with_its_day_where_it_is_not_near() -> None:
    text_format = tokens(SHANGHAI, ENGLISH)

    assert text_format.span(Window(NOW - timedelta(hours=2), NOW)) == (
        "<!date^1795233931^{time}|12:05 UTC+8>–<!date^1795241131^{time}|14:05 UTC+8>"
    )
    assert text_format.span(Window(NOW - timedelta(days=1), NOW)) == (
        "<!date^1795154731^{date_short_pretty} {time}|Nov 20 14:05 UTC+8>"
        " – <!date^1795241131^{date_short_pretty} {time}|Nov 21 14:05 UTC+8>"
    )


@given(st.integers(0, 60 * 24 * 40))
def test_what_readers_are_shown_never_depends_on_the_zone_of_the_one_it_was_written_for(minutes: int) -> None:
    """Two zones, one message: they may differ in nothing but the fallbacks."""
    window = Window(NOW - timedelta(minutes=minutes), NOW)

    def shown(zone: str) -> list[str]:
        text_format = tokens(ZoneInfo(zone), ENGLISH)
        return [
            re.sub(r"\|[^>]*>", ">", told)
            for told in (text_format.moment(window.since), text_format.day(window.since), text_format.span(window))
        ]

    assert shown("Asia/Shanghai") == shown("America/Los_Angeles") == shown("Pacific/Kiritimati")


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"]),
)
def test_every_date_is_one_that_slack_shows(moment: datetime, zone: str) -> None:
    text_format = tokens(ZoneInfo(zone), ENGLISH)
    window = Window(moment, moment + timedelta(hours=1))
    assert check_message({"text": f"{text_format.moment(moment)} {text_format.day(moment)} {text_format.span(window)}"}) == []


def test_a_dates_fallback_is_in_the_language() -> None:
    yesterday = tokens(SHANGHAI, CHINESE).moment(NOW - timedelta(days=1))

    assert yesterday == "<!date^1795154731^{date_short_pretty} {time_secs}|11月20日 14:05:31 UTC+8>"


@each(
    ("crowded", "apart"),
    [
        ("没有`+86 137****2222`的记录。", "没有 `+86 137****2222` 的记录。"),
        ("（`a`、`b`）。", "（ `a` 、 `b` ）。"),
        ("*失败*：关机", "*失败：* 关机"),
        ("*失败*（可能）", "*失败* （可能）"),
        ("`中文`和*中文*", "`中文` 和 *中文*"),
        ("请联系<@U0OPERATOR>。", "请联系 <@U0OPERATOR>。"),
        (
            "见<https://example.com/x|结果>，见<https://example.com/x|host>的",
            "见<https://example.com/x|结果>，见 <https://example.com/x|host> 的",
        ),
        ("向Tencent查询", "向 Tencent 查询"),
        ("11月20日", "11月20日"),
        ("`a`, *b*: c", "`a`, *b*: c"),
        ("*a* `b`", "*a* `b`"),
    ],
)
def test_blanks_are_set_where_slack_needs_them_beside_chinese_and_once(crowded: str, apart: str) -> None:
    assert mrkdwn.space_formatting(crowded) == apart
    assert mrkdwn.space_formatting(apart) == apart


@given(st.text(), st.text(alphabet="字，。（）` *a<>@|"))
def test_blanks_are_all_that_is_added_and_no_mark_moves_but_over_a_pause(text: str, crowded: str) -> None:
    def marked(said: str) -> str:
        return re.sub(r"([：，。；、]+)(\*+)", r"\2\1", said.replace(" ", ""))

    for before in (text, crowded):
        assert marked(mrkdwn.space_formatting(before)) == marked(before)


def test_only_a_user_id_becomes_a_mention() -> None:
    assert mrkdwn.mention("U0ASKER") == "<@U0ASKER>"
    assert [mrkdwn.mention(user) for user in (None, "", "channel", "U1|<!here>", "u0asker")] == [""] * 5


def test_only_a_clean_https_address_becomes_a_link() -> None:
    assert mrkdwn.link("https://example.com/a?b=1&c=2") == "<https://example.com/a?b=1&amp;c=2|example.com>"
    refused = ("http://example.com", "https://example.com/a|b", "https://example.com/>x", "not an address", "https://evil@x/")
    assert [mrkdwn.link(address) for address in refused] == [""] * 5


@each(
    ("language", "mark"),
    [(ENGLISH, "… cut here: the message shows the rest."), (CHINESE, "…… 此处截断，其余内容见消息。")],
    ids=["en", "zh"],
)
def test_lines_give_way_to_the_tail_and_say_so(language: Language, mark: str) -> None:
    text = fit(["first", "x" * 60, "third"], ["as of 14:05:31"], 80, language)

    assert text == f"first\n{mark}\nas of 14:05:31"


@given(st.lists(st.text(max_size=50), max_size=20), st.lists(st.text(max_size=50), max_size=20), st.integers(100, 300))
def test_what_is_fitted_fits(lines: list[str], tail: list[str], limit: int) -> None:
    assert len(fit(lines, tail, limit, ENGLISH)) <= limit


def test_a_notice_stands_above_the_answer_in_blocks_and_in_words() -> None:
    both = with_notice(Message("notice", ({"n": 1},)), Message("answer", ({"a": 1},)), language=ENGLISH)

    assert both == Message("notice\nanswer", ({"n": 1}, {"a": 1}))
