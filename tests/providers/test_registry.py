"""The providers' titles and aliases in each language are words of `via`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.i18n import ENGLISH, LANGUAGES, get_language
from bot.providers import registry
from bot.providers.aliyun import signatures as aliyun_signatures
from bot.providers.aliyun import templates as aliyun_templates
from bot.providers.aliyun.provider_domestic import HEADERS as HEADERS_DOMESTIC
from bot.providers.aliyun.provider_intl import HEADERS as HEADERS_INTERNATIONAL
from bot.providers.aliyun.statistics import STATISTICS
from bot.providers.systems import RECEIPTS, SYSTEMS, titles, via_words
from bot.providers.tencent import signatures as tencent_signatures
from bot.providers.tencent import templates as tencent_templates
from bot.providers.tencent.provider import ACTION
from bot.providers.tencent.send_records import ACTION as SENDS
from bot.providers.tencent.statistics import OUTCOMES, SUBMISSIONS
from tests.cases import each

ROOT = Path(__file__).parents[2]
NAMES = [system.name for system in SYSTEMS]


def test_titles_are_english_unless_a_language_is_given() -> None:
    """A further vendor's title: in its own tests."""
    expected = {
        "tencent": "Tencent",
        "tencent-legacy": "Tencent legacy",
        "aliyun": "Alibaba",
        "aliyun-intl": "Alibaba intl",
        "receipts": "Receipt store",
    }
    assert titles(ENGLISH).items() >= expected.items()


def test_titles_in_chinese_are_what_the_vendors_are_called_there() -> None:
    expected = {
        "tencent": "腾讯云",
        "tencent-legacy": "腾讯云旧版",
        "aliyun": "阿里云",
        "aliyun-intl": "阿里云国际",
        "receipts": "回执库",
    }
    assert titles(get_language("zh")).items() >= expected.items()


@each("code", LANGUAGES)
def test_a_title_that_is_read_can_be_typed(code: str) -> None:
    taken = via_words(NAMES)

    assert {name: taken.get(title.lower()) for name, title in titles(get_language(code)).items()} == {
        name: name for name in NAMES
    }


def test_every_system_says_in_each_language_what_it_can_be_asked() -> None:
    for system in SYSTEMS:
        assert system.answers.said_in(ENGLISH) != system.answers.said_in(get_language("zh"))


def test_the_systems_by_name_are_those_of_the_vendors_in_their_order() -> None:
    assert (*(system for vendor in registry.VENDORS for system in vendor.systems), RECEIPTS) == SYSTEMS


def test_the_keys_that_the_pages_ask_for_can_do_what_the_bot_calls_and_nothing_else() -> None:
    """SECURITY.md: whoever gets hold of such a key can look up, and not send."""
    pages = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("connect-*.md"))]
    blocks = [json.loads(block) for page in pages for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    policies = [policy for policy in blocks if {"statement", "Statement"} & set(policy)]
    allowed = [
        {key.lower(): value for key, value in statement.items()}
        for policy in policies
        for statement in policy.get("statement") or policy["Statement"]
    ]

    counting = {action.name for action in (STATISTICS, OUTCOMES, SUBMISSIONS)}
    reading = {action.name for action in (SENDS, aliyun_signatures.ACTION, aliyun_templates.ACTION)}
    reading |= {tencent_signatures.ACTION.name, tencent_templates.ACTION.name}
    called = {HEADERS_DOMESTIC["x-acs-action"], HEADERS_INTERNATIONAL["x-acs-action"], ACTION, *counting, *reading}
    assert {statement["effect"].lower() for statement in allowed} == {"allow"}
    assert {action.split(":")[1] for statement in allowed for action in statement["action"]} == called
    assert all(action.startswith(("Query", "Pull", "Describe", "Get")) or action.endswith("Statistics") for action in called)
