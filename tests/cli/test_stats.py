"""`smsstatus stats`: the same words as in Slack, its JSON and its exit statuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from bot.presentation.as_json.statistics import statistics_to_json
from tests.cli.commands import CHINESE, NUMBER, run
from tests.golden_files import as_json, kept
from tests.reports import TITLES
from tests.statistics.samples import reports

if TYPE_CHECKING:
    from bot.sandbox.demo import Sandbox


async def test_everybody_is_counted_by_the_command_by_its_words_and_in_chinese(sandbox: Sandbox) -> None:
    told = await run(sandbox.environ, "stats", "since", "2h")
    looked_up = await run(sandbox.environ, "lookup", "stats since 2h")
    chinese = await run({**sandbox.environ, **CHINESE}, "统计", "最近2小时")

    first, second = told.out.splitlines()[:2]
    moment = r"([A-Z][a-z]+ \d+ )?[\d:]+"  # with its day, if that is over in China
    assert re.fullmatch(rf"Everyone at Tencent: 61 % delivered since {moment}, 97 % yesterday at this time · 1400007777", first)
    assert second.startswith("Alibaba counts whole days: ")
    assert told.out.splitlines()[0] == looked_up.out.splitlines()[0]
    assert re.match(r"腾讯云整体异常：(\d+月\d+日 ?)?[\d:]+ 起送达率 61%", chinese.out)
    assert (told.status, told.err, looked_up.status, chinese.status) == (0, "", 0, 0)


async def test_the_json_has_every_source_and_the_exit_status_tells_what_answered(sandbox: Sandbox) -> None:
    found = json.loads((await run(sandbox.environ, "stats", "--json", "since", "3h", "via", "tencent")).out)
    assert found["finding"] == "unusual"
    assert [source["account"] for source in found["sources"]] == ["1400006666", "1400007777"]

    await sandbox.providers.aliyun.die()
    some = await run(sandbox.environ, "stats", "--json")
    none = await run(sandbox.environ, "stats", "via", "aliyun")
    assert (some.status, none.status) == (1, 3)
    assert json.loads(some.out)["sources"][2]["error"]["code"].startswith("Transport.")
    assert none.out.startswith("Cannot tell")


async def test_a_number_and_a_wrong_word_are_refused_in_one_line(sandbox: Sandbox) -> None:
    number, slip = await run(sandbox.environ, "stats", NUMBER), await run(sandbox.environ, "stats", "sinse", "2h")

    assert (number.status, slip.status) == (2, 2)
    assert (number.out, slip.out) == ("", "")
    assert "13711112222" not in number.err
    assert "smsstatus stats since 2h" in slip.err


@pytest.mark.parametrize("name", ["one-carrier", "gaps"])
def test_the_object_is_the_one_that_was_found_good(name: str) -> None:
    shown = as_json(statistics_to_json(reports()[name], TITLES))

    assert shown == kept(f"json/stats-{name}.json", shown)
