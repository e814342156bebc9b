"""The catalogue's data: the packaged data is in order, and each rule really refuses what breaks it."""

from __future__ import annotations

import csv
import json
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from tencentcloud.sms.v20210111 import errorcodes

from bot.codes import UNLISTED, Catalogue, CodeEntry, validate
from bot.codes.tables import COLUMNS
from bot.model import CodeKind, Confidence
from tests.cases import each
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = CATALOGUE


def words(**changes: Any) -> dict[str, Any]:
    return {
        "title": "it failed",
        "meaning": "It failed.",
        "causes": ["A cause"],
        "next_step": "Wait.",
        "tell": "Sorry.",
    } | changes


def chinese(**changes: Any) -> dict[str, Any]:
    return {"title": "失败", "meaning": "失败了。", "causes": ["原因"], "next_step": "请稍候。", "tell": "抱歉。"} | changes


def family(family_id: str = "fault", **changes: Any) -> dict[str, Any]:
    zh = chinese(title=f"失败 {family_id}")
    return {
        "id": family_id,
        "owner": "us",
        "resend": "no",
        "en": words(title=f"it failed: {family_id}"),
        "zh": zh,
    } | changes


def row(**changes: str) -> dict[str, str]:
    fields = dict.fromkeys(COLUMNS, "")
    return (
        fields
        | {
            "code": "X:1",
            "family": "fault",
            "confidence": "likely",
            "source": "https://example.com/codes.html",
            "checked_on": "2026-11-21",
        }
        | changes
    )


def write(home: Path, families: list[dict[str, Any]], rows: list[dict[str, str]], name: str = "vendor.receipt.csv") -> Path:
    unlisted = family(UNLISTED, reserved="for what is not listed")
    (home / "tables").mkdir(exist_ok=True)
    (home / "families.json").write_text(json.dumps({"families": [unlisted, *families]}), encoding="utf-8")
    with (home / "tables" / name).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return home


def test_the_packaged_catalogue_is_in_order() -> None:
    assert validate() == ()


def test_the_checker_accepts_a_small_sound_catalogue(tmp_path: Path) -> None:
    assert validate(write(tmp_path, [family()], [row(), row(code="X:2", carrier="A"), row(code="X:2", carrier="B")])) == ()


@each(
    ("rows", "complaint"),
    [
        ([row(en="Only English.")], "one language only"),
        ([row(zh="只有中文。")], "one language only"),
        ([row(en="还是中文。", zh="中文。")], "not English"),
        ([row(en="English.", zh="Still English.")], "not Chinese"),
        ([row(en="E" * 241, zh="长")], "longer than 240"),
        ([row(family="no_such_family")], "unknown family 'no_such_family'"),
        ([row(confidence="certain")], "confidence is none of"),
        ([row(confidence="unlisted")], "confidence is none of"),
        ([row(match="glob")], "unknown match"),
        ([row(rank="first")], "rank 'first' is not a number"),
        ([row(code="")], "no code"),
        ([row(), row()], "listed twice"),
        ([row(), row(rank="1")], "listed twice"),
        ([row(), row(rank="2")], "listed twice"),  # the same reading on another rank
        ([row(source="")], "neither a public https page"),
        ([row(source="http://example.com/codes.html")], "neither a public https page"),
        ([row(source="a colleague")], "neither a public https page"),
        ([row(source="https://localhost/codes.html")], "neither a public https page"),
        ([row(source="https://10.0.0.1/codes.html")], "neither a public https page"),
        ([row(source="https://wiki.internal/codes.html")], "neither a public https page"),
        ([row(source="https://example.com/a; https://example.com/b")], "neither a public https page"),
        ([row(source="unconfirmed: ")], "neither a public https page"),
        ([row(confidence="sure", source="unconfirmed: hearsay")], "sure, though"),
        ([row(checked_on="21.11.2026")], "not a date"),
        ([row(checked_on="")], "not a date"),
        ([row(match="regex", code="(")], "not a regular expression"),
    ],
)
def test_a_broken_row_is_refused(tmp_path: Path, rows: list[dict[str, str]], complaint: str) -> None:
    found = validate(write(tmp_path, [family()], rows))
    assert len(found) == 1
    assert complaint in found[0]


@each(
    ("broken", "complaint"),
    [
        (family(owner="somebody"), "'somebody' is not a valid Owner"),
        (family(resend="maybe"), "'maybe' is not a valid Resend"),
        (family(en=words(title="T" * 61)), "the title is longer than 60"),
        (family(zh=chinese(title="长" * 25)), "the title is longer than 24"),
        (family(en=words(meaning="M" * 241)), "a sentence is longer than 240"),
        (family(en=words(next_step="")), "a text is missing"),
        (family(en=words(causes=[])), "a text is missing"),
        (family(en=words(tell="")), "a text is missing"),
        (family(en=words(meaning="One. Two.", next_step="Three. Four.")), "more than 3 sentences"),
        (family(zh=chinese(tell="一。二。三。四。")), "more than 3 sentences"),
        (family(en=words(next_step="Press Refresh.")), "it names a button"),
        (family(zh=chinese(next_step="请点“刷新”。")), "it names a button"),
        (family(en=words(hint="no")), "unknown key"),
        (family(keywords="no list"), "keywords is a list"),
        (family(lesser=["no table"]), "lesser is a table"),
        (family(lesser={"too much": 1.5}), "lesser is a table"),
        (family(en=words(causes=["A cause"] * 5)), "too many causes"),
        (family(en=words(causes="A cause")), "causes is a list"),
        (family(zh=words()), "a text is not Chinese"),
        (family(en=chinese()), "a text is not English"),
        (family(emoji="no"), "unknown key"),
        ({key: value for key, value in family().items() if key != "zh"}, "'zh'"),
    ],
)
def test_a_broken_family_is_refused(tmp_path: Path, broken: dict[str, Any], complaint: str) -> None:
    found = validate(write(tmp_path, [broken], [row()]))
    assert len(found) == 1
    assert complaint in found[0]


def test_a_family_without_rows_is_refused_unless_it_is_reserved(tmp_path: Path) -> None:
    idle, kept = family("idle"), family("kept", reserved="for a state without a code")
    assert validate(write(tmp_path, [family(), idle, kept], [row()])) == ("family idle: no row leads to it",)


def test_a_family_that_answers_lookups_as_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = validate(write(tmp_path, [family(query="elsewhere")], [row()]))
    assert found == ("family fault: unknown family 'elsewhere'",)


def test_a_family_listed_twice_is_refused(tmp_path: Path) -> None:
    assert "listed twice" in validate(write(tmp_path, [family(), family()], [row()]))[0]


def test_two_families_with_one_title_are_refused(tmp_path: Path) -> None:
    twin = family("twin", en=words(title="it failed: fault"))
    found = validate(write(tmp_path, [family(), twin], [row(), row(code="X:2", family="twin")]))
    assert found == ("en: the title 'it failed: fault' is used twice",)


def test_a_table_whose_name_gives_no_kind_is_refused(tmp_path: Path) -> None:
    assert "a table is named" in validate(write(tmp_path, [family()], [row()], name="vendor.csv"))[0]


def test_a_source_can_be_written_by_its_name_and_is_spelt_out(tmp_path: Path) -> None:
    home = write(tmp_path, [family()], [row(source="@page"), row(code="X:2", source="@nothing")])
    (home / "sources.json").write_text('{"page": "https://example.com/a-long-address.html"}', encoding="utf-8")
    assert Catalogue.load(home).rows[0].source == "https://example.com/a-long-address.html"
    assert "X:2: the source '@nothing' is neither" in validate(home)[0]


def test_a_line_with_a_cell_too_many_is_refused_with_its_place(tmp_path: Path) -> None:
    home = write(tmp_path, [family()], [row()])
    with (home / "tables" / "vendor.receipt.csv").open("a", encoding="utf-8") as file:
        file.write("X:2,,,fault,likely,https://example.com/,2026-11-21,,,,one too many\n")
    assert "vendor.receipt.csv:3: 11 cells instead of 10" in validate(home)[0]


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    home = write(tmp_path, [family()], [])
    (home / "tables" / "vendor.receipt.csv").write_text("code,meaning\nX:1,bad\n", encoding="utf-8")
    assert "the first line must be" in validate(home)[0]


def test_a_new_vendor_needs_nothing_but_its_table(tmp_path: Path) -> None:
    packaged = files("bot.codes")
    shutil.copytree(str(packaged / "tables"), tmp_path / "tables")
    for name in ("families.json", "sources.json"):
        shutil.copy(str(packaged / name), tmp_path)
    with (tmp_path / "tables" / "volcengine.receipt.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerow(row(code="NE:01", family="number_invalid"))
    assert validate(tmp_path) == ()
    found = Catalogue.load(tmp_path).explain("volcengine", CodeKind.RECEIPT, "ne:01")
    assert (found.vendor, found.family) == ("volcengine", "number_invalid")


@each(
    ("vendor", "kind", "least"),
    [
        ("tencent", CodeKind.RECEIPT, 2000),
        ("tencent", CodeKind.API, 142),
        ("aliyun", CodeKind.RECEIPT, 1100),
        ("aliyun", CodeKind.API, 128),
        ("aliyun-intl", CodeKind.RECEIPT, 14),
        ("aliyun-intl", CodeKind.API, 37),
        ("tencent-legacy", CodeKind.API, 38),
        ("transport", CodeKind.API, 12),
        ("twilio", CodeKind.RECEIPT, 70),
        ("twilio", CodeKind.API, 95),
    ],
)
def test_enough_codes_are_listed(vendor: str, kind: CodeKind, least: int) -> None:
    listed = {r.code for r in PACKAGED.rows if (r.vendor, r.kind) == (vendor, kind) and not r.is_pattern}
    assert len(listed) >= least


# What the page of PullSmsSendStatusByPhoneNumber lists itself.
PULL_ERRORS = [
    "FailedOperation.FailResolvePacket",
    "FailedOperation.JsonParseFail",
    "FailedOperation.PhoneNumberInBlacklist",
    "InternalError.JsonParseFail",
    "InternalError.OtherError",
    "InternalError.RequestTimeException",
    "InternalError.RestApiInterfaceNotExist",
    "InternalError.SendAndRecvFail",
    "InternalError.SigFieldMissing",
    "InternalError.SigVerificationFail",
    "InternalError.Timeout",
    "InternalError.UnknownError",
    "InvalidParameter",
    "InvalidParameterValue.BeginTimeVerifyFail",
    "InvalidParameterValue.EndTimeVerifyFail",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "InvalidParameterValue.InvalidStartTime",
    "InvalidParameterValue.SdkAppIdNotExist",
    "MissingParameter",
    "UnauthorizedOperation.RequestIpNotInWhitelist",
    "UnauthorizedOperation.RequestPermissionDeny",
    "UnauthorizedOperation.SdkAppIdIsDisabled",
    "UnauthorizedOperation.ServiceSuspendDueToArrears",
    "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
    "UnsupportedOperation.",
]


@each("code", PULL_ERRORS)
def test_every_error_of_tencents_lookup_page_is_listed(code: str) -> None:
    assert any((row.vendor, row.kind, row.code) == ("tencent", CodeKind.API, code) for row in PACKAGED.rows)


def test_every_error_that_tencents_own_sdk_names_is_listed() -> None:
    named = {value for name, value in vars(errorcodes).items() if name.isupper() and isinstance(value, str)}
    listed = {row.code for row in PACKAGED.rows if (row.vendor, row.kind) == ("tencent", CodeKind.API)}
    assert len(named) > 50
    assert named <= listed


# https://help.aliyun.com/document_detail/101347.html
ALIBABA_WORDS = [
    "DELIVERED",
    "REQUEST_SUCCESS",
    "IS_CLOSE",
    "PARAMS_ILLEGAL",
    "MOBILE_NOT_ON_SERVICE",
    "MOBILE_SEND_LIMIT",
    "MOBILE_ACCOUNT_ABNORMAL",
    "MOBILE_IN_BLACK",
    "MOBLLE_TERMINAL_ERROR",
    "CONTENT_KEYWORD",
    "INVALID_NUMBER",
    "CONTENT_ERROR",
    "SP_NOT_BY_INTER_SMS",
    "SP_UNKNOWN_ERROR",
    "UNKNOWN",
    "USER_REJECT",
    "NO_ROUTE",
    "EXPIRED",
    "PORT_NOT_REGISTERED",
    "SIGNATURE_BLACKLIST",
]


@each("word", ALIBABA_WORDS)
def test_every_receipt_word_of_alibabas_page_is_listed_with_that_page(word: str) -> None:
    found = PACKAGED.explain("aliyun", CodeKind.RECEIPT, word)
    assert found.source == "https://help.aliyun.com/document_detail/101347.html"


# --- what holds for the receipts of both vendors, who pass on the codes of the same carriers -------------------------------

# Words of Alibaba's that were cut short: at Alibaba the full word is known, and Tencent's own table reads them in its own way.
CUT_SHORT = {"MOBILE_", "NO_ROUT", "SP_UNKN", "PARAMS_"}


def readings(vendor: str) -> dict[str, list[CodeEntry]]:
    """The rows of each receipt code of a vendor, likeliest first."""
    found: dict[str, list[CodeEntry]] = {}
    for row in PACKAGED.rows:
        if (row.vendor, row.kind) == (vendor, CodeKind.RECEIPT) and not row.is_pattern:
            found.setdefault(row.code, []).append(row)
    return {code: sorted(rows, key=lambda row: row.order) for code, rows in found.items()}


ALIBABA, TENCENT = readings("aliyun"), readings("tencent")


def test_a_code_of_both_vendors_has_the_same_readings_in_the_same_order() -> None:
    both = (ALIBABA.keys() & TENCENT.keys()) - CUT_SHORT
    assert len(both) > 1000
    one, other = ({code: [row.family for row in table[code]] for code in both} for table in (ALIBABA, TENCENT))
    assert one == other


def test_the_same_reading_of_a_code_is_told_in_the_same_words_for_both_vendors() -> None:
    words = [
        {(code, row.family): (row.en, row.zh) for code, rows in table.items() for row in rows} for table in (ALIBABA, TENCENT)
    ]
    both = words[0].keys() & words[1].keys()
    assert {key: words[0][key] for key in both} == {key: words[1][key] for key in both}


@each("table", [ALIBABA, TENCENT], ids=["aliyun", "tencent"])
def test_a_limit_is_told_in_its_own_words(table: dict[str, list[CodeEntry]]) -> None:
    """The family says that the number's limit was reached; most tables do not say whose it was."""
    assert [row.code for rows in table.values() for row in rows if row.family == "frequency" and not row.en] == []


@each("table", [ALIBABA, TENCENT], ids=["aliyun", "tencent"])
def test_a_further_reading_from_elsewhere_is_unsure_and_of_the_same_carrier(table: dict[str, list[CodeEntry]]) -> None:
    """What the word itself says holds for any carrier."""
    for first, *others in table.values():
        for row in others:
            if row.source.startswith("unconfirmed: "):
                assert row.confidence is Confidence.UNSURE, row.code
            if first.carrier and not row.source.startswith("unconfirmed: read from the word itself"):
                assert row.carrier, row.code
