"""Every published code is listed, or left out with a reason; and where sources disagree, both meanings are told."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from bot.codes import UNLISTED
from bot.model import CodeKind, Confidence
from tests.cases import each
from tests.packaged import CATALOGUE

RECEIPT, API = CodeKind.RECEIPT, CodeKind.API
KINDS = {"api": (API, ""), "delivery": (RECEIPT, ""), "legacy-api": (API, "-legacy")}


class Published(NamedTuple):
    """A code as a provider publishes it. `disputed` unless empty: another table or edition gives it another meaning."""

    provider: str
    kind: str
    code: str
    disputed: str


def _published() -> list[Published]:
    table = (Path(__file__).parent / "data" / "published_codes.csv").read_text("utf-8")
    _, *rows = csv.reader(line for line in table.splitlines() if not line.startswith("# "))
    return [Published(*row) for row in rows]


PUBLISHED = _published()


def left_out() -> list[dict[str, str]]:
    return list(csv.DictReader((files("bot.codes") / "left_out.csv").read_text("utf-8").splitlines()))


def test_what_is_left_out_has_a_reason_once_and_is_not_listed() -> None:
    listed = {(row.vendor, row.kind.value, row.code) for row in CATALOGUE.rows}
    spots = [(row["vendor"], row["kind"], row["code"]) for row in left_out()]
    assert len(spots) == len(set(spots))
    assert listed.isdisjoint(spots)
    assert all(len(row["reason"]) > 20 for row in left_out())


def test_every_published_code_is_listed_or_left_out_with_a_reason() -> None:
    listed = {(row.vendor, row.kind, row.code) for row in CATALOGUE.rows}
    known = listed | {(row["vendor"], CodeKind(row["kind"]), row["code"]) for row in left_out()}
    published = set()
    for row in PUBLISHED:
        kind, further = KINDS[row.kind]
        published.add((row.provider + further, kind, row.code))
    # Groups of codes are written ~pattern or PREFIX* there; ours have the pattern or the prefix itself.
    missing = {
        (vendor, kind, code)
        for vendor, kind, code in published
        if not {(vendor, kind, code), (vendor, kind, code.removeprefix("~")), (vendor, kind, code.removesuffix("*"))} & known
    }
    assert missing == set()


def test_nothing_is_left_out_that_was_not_published() -> None:
    published = {(row.provider, row.code) for row in PUBLISHED}
    assert {(row["vendor"], row["code"]) for row in left_out()} <= published


def test_where_sources_disagree_both_meanings_are_told_and_none_is_sure() -> None:
    """By a second reading, or by an own sentence that names both."""
    silent = []
    for row in PUBLISHED:
        if row.disputed:
            found = CATALOGUE.explain(row.provider, RECEIPT, row.code)
            own = found.en.meaning != CATALOGUE.family(found.family).en.meaning
            if not (found.also or own) or found.confidence is Confidence.SURE:
                silent.append(row.code)
    # Two names for one thing: the phone had no usable signal, wherever it was.
    assert silent == ["SGIP:54"]


@each("vendor", ["tencent", "aliyun"])
def test_a_made_up_code_of_a_published_group_is_explained_as_one_of_its_group(vendor: str) -> None:
    groups = {row.code.removesuffix("*") for row in PUBLISHED if row.provider == vendor and row.code.endswith("*")}
    for group in groups:
        found = CATALOGUE.explain(vendor, RECEIPT, f"{group}777" if group.isalpha() else f"{group}7777")
        assert (found.family == UNLISTED) is False, group
        assert found.confidence is Confidence.UNSURE, group


@each(
    ("code", "first", "second"),
    [
        ("MI:0051", "carrier_fault", "suspended"),
        ("SGIP:29", "number_invalid", "no_signal"),
        ("DI:9402", "blacklist", "content_blocked"),
        ("MA:0002", "carrier_fault", "content_blocked"),
        ("DB:0140", "blacklist", "access_code"),
        ("MK:0036", "carrier_fault", "unexplained"),
        ("MN:0029", "carrier_fault", "unreachable"),
        ("MK:0007", "not_permitted", "handset_fault"),
        ("MK:0005", "unreachable", "no_sms_service"),
        ("ID:0140", "blacklist", "access_code"),
        ("ID:0006", "carrier_fault", "too_long"),
        ("ID:0044", "carrier_fault", "time_window"),
        ("ID:0045", "carrier_fault", "sending_limit"),
        ("DB:0112", "carrier_fault", "access_code"),
        ("DB:0115", "suspended", "no_sms_service"),
        ("MB:1076", "blacklist", "access_code"),
        ("DI:9422", "content_blocked", "manual_review"),
    ],
)
def test_the_real_conflicts_name_both_meanings_likeliest_first(code: str, first: str, second: str) -> None:
    for vendor in ("tencent", "aliyun"):
        found = CATALOGUE.explain(vendor, RECEIPT, code)
        assert [found.family, *(other.family for other in found.also)][:2] == [first, second]
        assert found.confidence is not Confidence.SURE


@each("code", [str(number) for number in (13, 19, 29, 128, 200, 255)])
def test_a_range_that_china_telecom_publishes_in_one_row_is_listed_code_by_code(code: str) -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, code)
    assert ("carrier_fault", "China Telecom") in {(one.family, one.carrier) for one in (found, *found.also)}


def test_a_code_that_two_carriers_give_one_meaning_is_told_once() -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, "23")
    assert (found.family, found.carrier, found.also) == ("carrier_fault", "China Unicom", ())


# Tencent's table of December 2021, "Error codes of SMS message sending"; 1018 is older
LEGACY = ["0", "1001", "1002", "1003", "1004", "1006", "1007", "1008", "1009", "1011", "1012", "1013", "1014", "1015", "1016"]
LEGACY += ["1017", "1018", "1019", "1020", "1021", "1022", "1023", "1024", "1025", "1026", "1029", "1030", "1031", "1032", "1033"]
LEGACY += ["1034", "1036", "1038", "1045", "1046", "1047", "1048", "1049", "1050", "1051", "1052", "60008"]


def test_every_result_of_tencents_older_interface_is_listed() -> None:
    assert [code for code in LEGACY if CATALOGUE.explain("tencent-legacy", API, code).family == UNLISTED] == []


def test_the_receipts_of_tencents_older_interface_are_tencents() -> None:
    old, new = (CATALOGUE.explain(vendor, RECEIPT, "MK:0017") for vendor in ("tencent-legacy", "tencent"))
    assert (old.family, old.source) == (new.family, new.source)


@each(
    ("code", "figures"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", {"1", "5", "10", "40", "24"}),
        ("MOBILE_SEND_LIMIT", {"10", "40", "24"}),
        ("PORT_NOT_REGISTERED", {"5", "7", "10"}),
    ],
)
def test_alibabas_figures_are_told_in_both_languages(code: str, figures: set[str]) -> None:
    found = CATALOGUE.explain("aliyun", API if code.startswith("isv.") else RECEIPT, code)
    for words in (found.en, found.zh):
        assert figures <= set(re.findall(r"\d+", words.meaning)), words.meaning
