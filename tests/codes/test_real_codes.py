"""How many of the codes that people really meet are explained, and by what. The figures only ever go up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.codes.catalogue import INNER_SOURCE, OTHERS_SOURCE
from bot.model import CodeKind, Confidence, Explanation
from tests.cases import each
from tests.packaged import CATALOGUE

LIST = Path(__file__).with_name("real_codes.txt")
CODES = [line for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
SILENT = {"unexplained", "unlisted"}


def way(found: Explanation) -> str:
    """By what a code is explained."""
    if found.confidence is Confidence.UNLISTED:
        return "unknown"
    if found.source == OTHERS_SOURCE:
        return "by another provider's table"
    if found.source == INNER_SOURCE:
        return "by the number inside"
    return "by its group" if found.source.startswith("unconfirmed: drawn from") else "exact"


def ways(vendor: str) -> Counter[str]:
    return Counter(way(CATALOGUE.explain(vendor, CodeKind.RECEIPT, code)) for code in CODES)


def test_the_list_is_long_enough_and_names_each_code_once() -> None:
    assert len(CODES) == len(set(CODES)) > 300


@each(
    ("vendor", "exact", "elsewhere", "unknown"),
    [
        ("tencent", 0.74, 0.15, 0.01),
        ("tencent-legacy", 0.74, 0.15, 0.01),
        ("aliyun", 0.60, 0.28, 0.01),
        ("aliyun-intl", 0.01, 0.88, 0.01),
    ],
)
def test_the_share_of_real_codes_that_is_explained_keeps_its_floor(
    vendor: str, exact: float, elsewhere: float, unknown: float
) -> None:
    share = {name: count / len(CODES) for name, count in ways(vendor).items()}
    assert share["exact"] >= exact, share
    assert share.get("by another provider's table", 0) + share.get("by the number inside", 0) >= elsewhere, share
    assert share.get("unknown", 0) <= unknown, share


@each(("vendor", "least"), [("tencent", 0.87), ("aliyun", 0.87), ("aliyun-intl", 0.87)])
def test_most_real_codes_get_a_meaning_and_not_only_a_group(vendor: str, least: float) -> None:
    found = [CATALOGUE.explain(vendor, CodeKind.RECEIPT, code) for code in CODES]
    meant = [one for one in found if one.family not in SILENT and way(one) != "by its group"]
    assert len(meant) / len(CODES) >= least, len(meant) / len(CODES)


@each("vendor", ["tencent", "aliyun", "aliyun-intl", "tencent-legacy", "a-new-vendor"])
def test_what_is_not_from_the_vendors_own_table_is_unsure_in_every_reading(vendor: str) -> None:
    for code in CODES:
        found = CATALOGUE.explain(vendor, CodeKind.RECEIPT, code)
        if found.source in {OTHERS_SOURCE, INNER_SOURCE}:
            assert {found.confidence, *(other.confidence for other in found.also)} == {Confidence.UNSURE}, code
            assert found.vendor == vendor


@each(
    ("vendor", "code", "family"),
    [
        ("tencent", "XA:0003", "signature_unregistered"),
        ("aliyun", "MI:0042", "handset_off"),
        ("aliyun-intl", "MOBILE_NOT_ON_SERVICE", "unreachable"),
        ("tencent-legacy", "MOBILE_IN_BLACK", "blacklist"),
        ("tencent", "CMPP30ERR:8", "congestion"),
        ("aliyun", "CMPP20ERR:13", "number_invalid"),
        ("tencent", "SGIPERR:5", "suspended"),
        ("aliyun", "2:12", "number_invalid"),
        ("tencent", "SMGP:612", "no_signal"),
        ("tencent", "LT:9403", "blacklist"),
        ("tencent", "MK:9415", "manual_review"),
        ("tencent", "SME1", "handset_fault"),
        ("tencent", "SME8", "congestion"),
        ("tencent", "SME10", "carrier_fault"),
        ("aliyun", "SME69", "blacklist"),
        ("tencent", "SME-3", "handset_off"),
        ("aliyun", "MD:9402", "content_blocked"),
        ("tencent", "ZZ:9005", "carrier_blocked"),
        ("aliyun", "ZZ:9007", "limit_reached"),
        ("aliyun", "2_1", "number_invalid"),
    ],
)
def test_a_code_from_elsewhere_or_in_a_wrapper_has_its_meaning(vendor: str, code: str, family: str) -> None:
    found = CATALOGUE.explain(vendor, CodeKind.RECEIPT, code)
    assert (found.family, found.confidence) == (family, Confidence.UNSURE)


@each(
    ("code", "family"),
    [
        ("MI:0777", "expired"),
        ("MN:0777", "rejected"),
        ("MK:0777", "unreachable"),
        ("MJ:0777", "expired"),
        ("ML:0777", "accepted"),
        ("MM:0777", "state_unknown"),
        ("SA:0777", "submit_failed"),
        ("SB:0777", "submit_failed"),
        ("MK:7777", "unexplained"),
    ],
)
@each("vendor", ["tencent", "aliyun"])
def test_the_prefix_of_a_china_mobile_code_tells_the_state_up_to_0999(vendor: str, code: str, family: str) -> None:
    found = CATALOGUE.explain(vendor, CodeKind.RECEIPT, code)
    assert (found.family, found.confidence) == (family, Confidence.UNSURE)
