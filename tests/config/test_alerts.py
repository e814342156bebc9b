"""Where alerts go, and when they wait."""

from __future__ import annotations

from datetime import time

import pytest

from bot.config import load_settings
from bot.errors import SettingsError
from bot.i18n import get_language
from bot.timing.quiet_hours import QuietHours

CHINESE = get_language("zh")


def test_alerts_are_off_by_default_and_hours_are_read() -> None:
    general = load_settings({}, []).general
    assert (general.alert_channel, general.alert_quiet_hours) == ("", None)
    environ = {"SMSSTATUS_ALERT_CHANNEL": " C0123ABCD ", "SMSSTATUS_ALERT_QUIET_HOURS": "23:00 - 7:00"}
    general = load_settings(environ, []).general
    assert (general.alert_channel, general.alert_quiet_hours) == ("C0123ABCD", QuietHours(time(23), time(7)))
    emptied = load_settings(dict.fromkeys(environ, ""), []).general
    assert (emptied.alert_channel, emptied.alert_quiet_hours) == ("", None)


@pytest.mark.parametrize(
    ("key", "value", "line", "chinese"),
    [
        (
            "SMSSTATUS_ALERT_CHANNEL",
            "#incidents",
            "SMSSTATUS_ALERT_CHANNEL must be a channel's id, such as C0123ABCD; #incidents is none",
            "SMSSTATUS_ALERT_CHANNEL 必须是频道 ID，例如 C0123ABCD；#incidents 不是",
        ),
        (
            "SMSSTATUS_ALERT_QUIET_HOURS",
            "11pm to 7am",
            "SMSSTATUS_ALERT_QUIET_HOURS must be two times such as 23:00-07:00; 11pm to 7am is none",
            "SMSSTATUS_ALERT_QUIET_HOURS 必须是两个时间，例如 23:00-07:00；11pm to 7am 不是",
        ),
    ],
)
def test_a_wrong_value_is_one_line_with_an_example(key: str, value: str, line: str, chinese: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({key: value}, [])
    assert str(caught.value) == line
    assert caught.value.said_in(CHINESE) == [chinese]
