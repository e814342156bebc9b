"""The overlay: rows and families of one's own, held to the same rules, over a packaged catalogue that stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.codes import Catalogue, load_catalogue
from bot.config import codes_overlay
from bot.errors import SettingsError
from bot.i18n import ENGLISH, get_language
from bot.model import CodeKind, Confidence, Owner, Resend
from tests.cases import each

if TYPE_CHECKING:
    from pathlib import Path

    from bot.i18n import Language

RECEIPT = CodeKind.RECEIPT

ROW = """
[[codes]]
vendor = "tencent"
kind = "receipt"
code = "ZZ:1234"
family = "blacklist"
"""
FAMILY = """
[families.vip_list]
owner = "us"
resend = "after_fix"
keywords = ["velvet rope"]
[families.vip_list.en]
title = "the number is not on our guest list"
meaning = "Our own gateway lets listed numbers through only."
causes = ["The number was never added"]
next_step = "Add the number in our gateway, then resend."
tell = "We have added your number and will send the message again."
[families.vip_list.zh]
title = "号码不在我方名单中"
meaning = "我方网关只放行名单内的号码。"
causes = ["号码没有加入名单"]
next_step = "请在我方网关加入该号码后重发。"
tell = "已为您开通，稍后重新发送。"
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "overlay.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str, language: Language = ENGLISH) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_catalogue(write(tmp_path, text))
    return caught.value.said_in(language)


def test_without_an_overlay_it_is_the_packaged_catalogue() -> None:
    assert load_catalogue().rows == Catalogue.load().rows


def test_an_empty_overlay_changes_nothing(tmp_path: Path) -> None:
    assert load_catalogue(write(tmp_path, "")).rows == Catalogue.load().rows


def test_a_row_adds_a_code_that_no_public_table_has(tmp_path: Path) -> None:
    found = load_catalogue(write(tmp_path, ROW)).explain("tencent", RECEIPT, "zz:1234")
    assert (found.family, found.confidence, found.code) == ("blacklist", Confidence.LIKELY, "zz:1234")
    assert found.source.startswith("unconfirmed: ")


def test_rows_replace_what_is_packaged_for_their_code_and_nothing_else(tmp_path: Path) -> None:
    text = ROW.replace("ZZ:1234", "MI:0051") + ROW.replace("ZZ:1234", "MI:0051").replace("blacklist", "ported")
    found = load_catalogue(write(tmp_path, text)).explain("tencent", RECEIPT, "MI:0051")
    assert [found.family, *(other.family for other in found.also)] == ["blacklist", "ported"]
    assert load_catalogue(write(tmp_path, text)).explain("aliyun", RECEIPT, "MI:0051").family == "carrier_fault"


def test_a_family_of_ones_own_explains_and_is_found(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, ROW.replace("blacklist", "vip_list") + FAMILY))
    found = catalogue.explain("tencent", RECEIPT, "ZZ:1234")
    assert (found.owner, found.resend, found.zh.title) == (Owner.US, Resend.AFTER_FIX, "号码不在我方名单中")
    assert catalogue.search("velvet rope")[0].family.id == "vip_list"


def test_single_words_of_a_packaged_family_can_be_replaced(tmp_path: Path) -> None:
    text = '[families.blacklist.en]\ntell = "Please call us."\n'
    changed = load_catalogue(write(tmp_path, text)).family("blacklist")
    packaged = Catalogue.load().family("blacklist")
    assert changed.en.customer_wording == "Please call us."
    assert (changed.en.title, changed.zh, changed.owner) == (packaged.en.title, packaged.zh, packaged.owner)


def test_a_new_vendor_can_come_by_overlay(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, ROW.replace("tencent", "volcengine")))
    assert catalogue.explain("volcengine", RECEIPT, "ZZ:1234").family == "blacklist"


@each(
    ("text", "complaint"),
    [
        ("not toml", "is not valid TOML"),
        ("colour = 1", "'colour' is not known: an overlay has `codes` and `families`"),
        ("codes = 1", "codes must be a list of tables: [[codes]]"),
        ("families = 1", "families must be tables: [families.NAME]"),
        ('[[codes]]\ncode = "X"', "codes, the 1. entry (X): vendor, kind, family is missing"),
        (ROW + "colour = 1", "colour is not known"),
        (ROW.replace("receipt", "letter"), "kind 'letter' is none of receipt, api and query"),
        (ROW.replace("blacklist", "no_such"), "unknown family 'no_such'"),
        (ROW + 'confidence = "certain"', "confidence is none of sure, likely, unsure"),
        (ROW + 'source = "a colleague"', "neither a public https page nor marked"),
        (ROW + 'confidence = "sure"', "sure, though the source is not confirmed"),
        (ROW + 'en = "Only English."', "an own sentence in one language only"),
        (ROW + "checked_on = 5", "every value is a text in quotes"),
        (ROW + ROW, "listed twice"),
        ("[families.blacklist]\nowner = 'somebody'", "family blacklist: 'somebody' is not a valid Owner"),
        ("[families.blacklist.en]\ntitle = 5", "family blacklist: title, meaning, next_step and tell are texts"),
        ("[families.blacklist.en]\ntell = ''", "family blacklist: en: a text is missing"),
        ("[families.new]\nowner = 'us'", "family new: 'resend' is missing"),
        ("[families]\nblacklist.en = 5", "family blacklist: en is a table of texts"),
        ("[families.blacklist]\ncolour = 5", "family blacklist: unknown key ['colour']"),
        ("[families.blacklist]\nresend = 'perhaps'", "family blacklist: 'perhaps' is not a valid Resend"),
        ("[families.blacklist.zh]\ncauses = 5", "family blacklist: causes is a list of texts"),
        (ROW + 'match = "like"', "unknown match 'like'"),
        (ROW + 'rank = "first"', "rank 'first' is not a number"),
        (ROW + 'checked_on = "soon"', "checked_on 'soon' is not a date"),
        ("[[codes]]\nfamily = 'blacklist'", "codes, the 1. entry (without a code): vendor, kind, code is missing"),
        ("[families]\nblacklist = 5", "family blacklist: must be a table: [families.blacklist]"),
        (FAMILY, "family vip_list: no row leads to it"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_setting_and_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert complaint in found[0]
    assert found[0].startswith(f"SMSSTATUS_CODES_OVERLAY: {tmp_path}")

    (chinese,) = problems(tmp_path, text, get_language("zh"))
    assert chinese.startswith("SMSSTATUS_CODES_OVERLAY：")
    assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = ROW.replace("blacklist", "no_such") + ROW.replace("receipt", "letter") + "[families.new]\n"
    assert len(problems(tmp_path, text)) == 3


def test_a_file_that_cannot_be_read_or_is_much_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_catalogue(tmp_path / "missing.toml")
    assert "larger than" in problems(tmp_path, "#" * (2 << 20))[0]


def test_the_path_comes_from_the_environment_or_from_the_settings_file(tmp_path: Path) -> None:
    settings = tmp_path / "smsstatus.toml"
    settings.write_text('SMSSTATUS_CODES_OVERLAY = "/etc/of-the-file.toml"', encoding="utf-8")
    config = {"SMSSTATUS_CONFIG": str(settings)}
    assert codes_overlay({}) is None
    assert str(codes_overlay(config)) == "/etc/of-the-file.toml"
    assert str(codes_overlay(config | {"SMSSTATUS_CODES_OVERLAY": "/etc/own.toml"})) == "/etc/own.toml"
