"""explain(), find() and similar() over the packaged catalogue."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from bot.codes import UNLISTED, CodeEntry
from bot.codes.normalization import normalize_code
from bot.model import CodeKind, Confidence, Explanation, Owner, Resend
from tests.cases import each
from tests.packaged import CATALOGUE

RECEIPT, API = CodeKind.RECEIPT, CodeKind.API
VENDORS = ("tencent", "aliyun", "aliyun-intl", "twilio", "transport", "no-such-vendor", "")
LISTED = [row for row in CATALOGUE.rows if not row.is_pattern]


def family(vendor: str, kind: CodeKind, code: str) -> str:
    return CATALOGUE.explain(vendor, kind, code).family


# --- what holds for every text -------------------------------------------------------------------------------------------


@given(vendor=st.sampled_from(VENDORS) | st.text(), kind=st.sampled_from(CodeKind), code=st.text())
def test_no_text_of_any_vendor_makes_explain_raise(vendor: str, kind: CodeKind, code: str) -> None:
    found = CATALOGUE.explain(vendor, kind, code)
    assert found.code == code
    assert found.family in CATALOGUE.families
    assert (found.confidence is Confidence.UNLISTED) == (found.family == UNLISTED)


@given(st.sampled_from(LISTED), st.sampled_from([str.lower, str.upper, " {} ".format, "\t{}\n".format]))
def test_a_listed_code_is_found_in_any_case_and_between_blanks(row: CodeEntry, change: object) -> None:
    assert callable(change)
    found = CATALOGUE.explain(row.vendor, row.kind, change(row.code))
    assert found.family != UNLISTED


@given(st.text())
def test_no_text_makes_find_or_similar_raise(text: str) -> None:
    assert len({(found.vendor, found.family) for found in CATALOGUE.find(text)}) == len(CATALOGUE.find(text))
    assert len(CATALOGUE.similar(text[:20])) <= 3


def test_every_listed_code_as_published_is_explained_by_its_own_rows_likeliest_first() -> None:
    readings = defaultdict(list)
    for row in LISTED:
        readings[row.vendor, row.kind, row.code].append(row)
    for (vendor, kind, code), rows in readings.items():
        found = CATALOGUE.explain(vendor, kind, code)
        expected = [row.family for row in sorted(rows, key=lambda row: row.order)]
        assert [found.family, *(other.family for other in found.also)] == expected, (vendor, code)
        if len(rows) > 1:
            assert Confidence.SURE not in {found.confidence, *(other.confidence for other in found.also)}, code


# --- the traps, by name --------------------------------------------------------------------------------------------------


@each(
    ("one", "other"),
    [
        ("MK:1", "MK:0001"),
        ("LT:0", "LT:0000"),
        ("MI:0020", "MI0020"),
        ("MI0020", "MI00020"),
        ("CJ:007", "CJ:0007"),
        ("DB:0141", "DB00141"),
    ],
)
def test_look_alikes_have_different_meanings(one: str, other: str) -> None:
    assert family("tencent", RECEIPT, one) != family("tencent", RECEIPT, other)


def test_a_full_width_colon_that_was_published_is_another_code_than_the_plain_one() -> None:
    assert family("tencent", RECEIPT, "DB:0140") == "blacklist"
    assert family("tencent", RECEIPT, "DB：0140") == "carrier_fault"
    assert family("tencent", RECEIPT, "ＤＢ:0140") == "blacklist"  # not published so: it is the plain one, written wide


def test_zeros_are_not_stripped_and_colons_not_added() -> None:
    assert family("tencent", RECEIPT, "MK:0017") == "memory_full"
    assert family("tencent", RECEIPT, "MK:00017") != "memory_full"


def test_one_means_an_empty_number_at_unicom_and_a_gateway_fault_at_telecom() -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, "1")
    assert (found.family, found.carrier) == ("number_invalid", "China Unicom")
    assert [(other.family, other.carrier) for other in found.also] == [("carrier_fault", "China Telecom")]


def test_a_pure_number_means_nothing_at_alibaba() -> None:
    assert family("aliyun", RECEIPT, "1") == UNLISTED


@each("word", ["DELIVER", "BADSIGN", "NO_ROUT", "MOBILE_", "SP_UNKN"])
def test_rows_of_tencents_table_that_look_wrong_are_not_asserted(word: str) -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, word)
    assert found.confidence is Confidence.UNSURE
    assert len({found.family, *(other.family for other in found.also)}) > 1


@each(
    ("cut", "whole"),
    [
        ("MOBLLE_", "MOBLLE_TERMINAL_ERROR"),
        ("NO_ROUT", "NO_ROUTE"),
        ("SP_UNKN", "SP_UNKNOWN_ERROR"),
        ("USER_RE", "USER_REJECT"),
        ("PARAMS_", "PARAMS_ILLEGAL"),
        ("SIGNATU", "SIGNATURE_BLACKLIST"),
    ],
)
def test_alibabas_words_cut_to_seven_letters_mean_the_same_but_less_surely(cut: str, whole: str) -> None:
    short, full = CATALOGUE.explain("aliyun", RECEIPT, cut), CATALOGUE.explain("aliyun", RECEIPT, whole)
    assert short.family == full.family
    assert short.confidence is Confidence.UNSURE


def test_mobile_cut_short_names_all_it_may_stand_for() -> None:
    found = CATALOGUE.explain("aliyun", RECEIPT, "MOBILE_")
    assert [found.family, *(other.family for other in found.also)] == ["unreachable", "frequency", "blacklist", "suspended"]


@each(
    ("spelling", "other"),
    [
        ("MOBLLE_TERMINAL_ERROR", "MOBILE_TERMINAL_ERROR"),
        ("SP_UNKNOWN_ERROR", "SP_UNKNOW_ERROR"),
        ("UNKNOWN", "UNKNOW"),
        ("IS_CLOSE", "IS_CLOSED"),
    ],
)
def test_alibabas_misspellings_are_known(spelling: str, other: str) -> None:
    assert family("aliyun", RECEIPT, spelling) == family("aliyun", RECEIPT, other) != UNLISTED


@each(("vendor", "code"), [("tencent", "DELIVRD"), ("tencent", "SUCCESS"), ("aliyun", "DELIVERED"), ("aliyun-intl", "success")])
def test_the_words_of_success_are_surely_delivered_and_advise_on_not_received(vendor: str, code: str) -> None:
    found = CATALOGUE.explain(vendor, RECEIPT, code)
    assert (found.family, found.confidence, found.owner, found.resend) == (
        "delivered",
        Confidence.SURE,
        Owner.NOBODY,
        Resend.NO,
    )
    assert any("spam" in cause for cause in found.en.causes)


def test_accepted_is_less_than_delivered() -> None:
    assert family("tencent", RECEIPT, "ACCEPTD") == "accepted"
    assert family("aliyun", RECEIPT, "REQUEST_SUCCESS") == "carrier_silent"  # not even the carrier has answered


def test_the_destination_country_is_not_the_region_of_the_settings() -> None:
    assert family("tencent", API, "UnsupportedOperation.UnsupportedRegion") == "destination_refused"
    assert family("tencent", API, "UnsupportedRegion") == "wrong_region"


def test_the_signature_of_the_text_is_not_the_signature_of_the_call() -> None:
    assert family("tencent", API, "FailedOperation.SignatureIncorrectOrUnapproved") == "signature_problem"
    assert family("tencent", API, "AuthFailure.SignatureFailure") == "request_signature"


# --- calls ---------------------------------------------------------------------------------------------------------------


@each(
    "code",
    [
        "UnsupportedOperation.",
        "UnauthorizedOperation.SerivceSuspendDueToArrears",
        "UnsupportedOperation.UnsuportedRegion",
        "InvalidParameterValue.SdkAppidNotExist",
        "FailedOperation.PhoneNumberOnBlacklist",
    ],
)
def test_tencents_odd_spellings_of_call_errors_are_listed(code: str) -> None:
    assert any(row.code == code and row.vendor == "tencent" for row in CATALOGUE.rows)


def test_an_unlisted_tencent_error_is_explained_by_its_class_and_unsurely() -> None:
    found = CATALOGUE.explain("tencent", API, "LimitExceeded.SomethingNew")
    assert found.family == family("tencent", API, "LimitExceeded")
    assert found.confidence is Confidence.UNSURE


@each("code", ["isv.BUSINESS_LIMIT_CONTROL", "BUSINESS_LIMIT_CONTROL", "isv.business_limit_control"])
def test_alibabas_prefix_is_there_or_not(code: str) -> None:
    assert family("aliyun", API, code) == "frequency"


@each("code", ["SYSTEM_ERROR", "isv.SYSTEM_ERROR", "isp.SYSTEM_ERROR"])
def test_the_international_product_is_known_with_and_without_the_prefix(code: str) -> None:
    assert family("aliyun-intl", API, code) == "provider_fault"


def test_a_call_code_that_alibaba_gives_as_a_receipt_is_explained_as_what_it_is() -> None:
    found = CATALOGUE.explain("aliyun", RECEIPT, "isv.AMOUNT_NOT_ENOUGH")
    assert (found.family, found.kind) == ("balance", API)


def test_receipts_and_calls_are_separate_otherwise() -> None:
    assert family("aliyun", RECEIPT, "Throttling.User") == UNLISTED
    assert family("tencent", API, "MK:0008") == UNLISTED


def test_a_missing_parameter_is_recognised_by_how_its_code_begins() -> None:
    assert family("aliyun", API, "MissingTemplateCode") == "bad_parameter"


@each(
    "fault",
    [
        "Timeout",
        "Connect",
        "Tls",
        "Reset",
        "CutShort",
        "Gateway",
        "NotJson",
        "WrongShape",
        "TooLarge",
        "Redirect",
        "Deadline",
        "Crash",
    ],
)
@each("vendor", ["tencent", "no-such-vendor"])
def test_our_own_transport_faults_are_explained_whatever_vendor_was_asked(fault: str, vendor: str) -> None:
    found = CATALOGUE.explain(vendor, RECEIPT, f"Transport.{fault}")
    assert (found.vendor, found.confidence) == ("transport", Confidence.SURE)


# --- the same codes as answers to a lookup -----------------------------------------------------------------------------------


@each(
    ("vendor", "code", "as_sent", "as_asked"),
    [
        ("aliyun", "isv.BUSINESS_LIMIT_CONTROL", "frequency", "rate_limited"),
        ("aliyun", "isv.DAY_LIMIT_CONTROL", "sending_limit", "rate_limited"),
        ("tencent-legacy", "1013", "frequency", "rate_limited"),
        ("tencent-legacy", "1014", "template_problem", "query_refused"),
        ("tencent-legacy", "1015", "opt_out", "query_refused"),
        ("tencent", "FailedOperation.PhoneNumberInBlacklist", "opt_out", "query_refused"),
        ("aliyun", "isv.SMS_SIGNATURE_ILLEGAL", "signature_problem", "query_refused"),
        ("aliyun-intl", "AMOUNT_NOT_ENOUGH", "balance", "query_refused"),
        ("aliyun", "isp.RAM_PERMISSION_DENY", "permission", "permission"),
        ("tencent", "RequestLimitExceeded", "rate_limited", "rate_limited"),
    ],
)
def test_a_code_that_answers_a_lookup_is_about_the_lookup(vendor: str, code: str, as_sent: str, as_asked: str) -> None:
    assert family(vendor, API, code) == as_sent
    found = CATALOGUE.explain(vendor, CodeKind.QUERY, code)
    assert (found.family, found.kind, found.code) == (as_asked, CodeKind.QUERY, code)


def test_no_answer_to_a_lookup_says_that_a_message_was_refused_or_will_be_sent_again() -> None:
    def speaks_of_sending(found: Explanation) -> bool:
        told = "send the message again" in found.en.customer_wording or "重新发送" in found.zh.customer_wording
        advised = "resend" in found.en.next_step.lower() or "重发" in found.zh.next_step
        return told or (advised and found.family != "call_ok")

    asked = [CATALOGUE.explain(row.vendor, CodeKind.QUERY, row.code) for row in LISTED if row.kind is API]
    answers = [found for found in asked if found.vendor != "transport"]

    assert len(answers) > 300
    assert [found.code for found in answers if CATALOGUE.family(found.family).query or speaks_of_sending(found)] == []


# --- groups and the unknown ----------------------------------------------------------------------------------------------


@each("vendor", ["tencent", "aliyun"])
def test_an_unlisted_code_of_a_known_group_is_explained_unsurely(vendor: str) -> None:
    found = CATALOGUE.explain(vendor, RECEIPT, "MK:0777")
    assert (found.family, found.confidence) == ("unreachable", Confidence.UNSURE)


@each("code", ["", "?", "QQ:1234", "98765", "no such code"])
def test_an_unknown_code_comes_back_raw_and_said_to_be_unlisted(code: str) -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, code)
    assert (found.code, found.family, found.confidence) == (code, UNLISTED, Confidence.UNLISTED)
    assert found.source.startswith("not listed")


def test_an_own_sentence_replaces_the_meaning_and_the_causes_that_it_makes_wrong() -> None:
    found = CATALOGUE.explain("tencent", RECEIPT, "MC:0055")
    words = CATALOGUE.family(found.family)
    assert found.en.meaning != words.en.meaning
    assert found.zh.meaning != words.zh.meaning
    assert (found.en.title, found.en.causes, found.en.next_step) == (words.en.title, (), words.en.next_step)
    assert found.zh.causes == ()


def test_a_state_without_a_code_can_be_described() -> None:
    found = CATALOGUE.describe("pending", vendor="tencent", kind=RECEIPT)
    assert (found.family, found.code, found.owner) == ("pending", "", Owner.NOBODY)


# --- find and similar ----------------------------------------------------------------------------------------------------


def test_find_shows_the_readings_of_all_vendors_surest_first_and_each_once() -> None:
    found = CATALOGUE.find("unknown")
    assert {reading.vendor for reading in found} == {"aliyun", "aliyun-intl", "tencent"}
    order = [Confidence.SURE, Confidence.LIKELY, Confidence.UNSURE]
    sureness = [order.index(reading.confidence) for reading in found]
    assert sureness == sorted(sureness)


def test_find_shows_the_carriers_of_an_ambiguous_number() -> None:
    assert [(reading.family, reading.carrier) for reading in CATALOGUE.find("1")] == [
        ("number_invalid", "China Unicom"),
        ("carrier_fault", "China Telecom"),
    ]


def test_find_asks_the_groups_only_when_no_table_lists_the_code() -> None:
    assert {reading.confidence for reading in CATALOGUE.find("MK:7777")} == {Confidence.UNSURE}
    assert len(CATALOGUE.find("MI:0020")) == len({"tencent", "aliyun"})


def test_find_knows_transport_faults_and_answers_nothing_for_nonsense() -> None:
    assert [reading.family for reading in CATALOGUE.find("transport.timeout")] == ["transport_timeout"]
    assert CATALOGUE.find("good morning") == ()
    assert CATALOGUE.find("") == ()


@each(
    ("typed", "meant"),
    [("MK:008", "MK:0008"), ("isv.BUSINES_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"), ("DELIVERD", "DELIVERED")],
)
def test_a_misspelt_code_is_led_to_the_right_one(typed: str, meant: str) -> None:
    assert CATALOGUE.similar(typed)[0] == meant


def test_similar_keeps_to_its_limit_and_suggests_nothing_for_nonsense() -> None:
    assert len(CATALOGUE.similar("MK:008", limit=1)) == 1
    assert CATALOGUE.similar("MK:008", limit=0) == ()
    assert CATALOGUE.similar("\u2603\u2603\u2603") == ()


def test_what_similar_suggests_can_be_explained() -> None:
    suggested = CATALOGUE.similar("MOBILE_NOT_IN_SERVICE")
    assert "MOBILE_NOT_ON_SERVICE" in suggested
    assert all(CATALOGUE.find(code) for code in suggested)


def test_folding_does_not_merge_two_codes_that_were_published_apart() -> None:
    together = defaultdict(set)
    for row in LISTED:
        together[row.vendor, row.kind, normalize_code(row.code)].add(row.code)
    merged = {codes for codes in map(frozenset, together.values()) if len(codes) > 1}
    # Each of these is told apart by its exact spelling; the pairs of call errors mean the same.
    assert merged == {
        frozenset({"DB:0140", "DB：0140"}),
        frozenset({"InvalidParameterValue.SdkAppIdNotExist", "InvalidParameterValue.SdkAppidNotExist"}),
        frozenset({"UnauthorizedOperation.SdkAppIdIsDisabled", "UnauthorizedOperation.SdkAppidIsDisabled"}),
        frozenset({"UnauthorizedOperation.SmsSdkAppIdVerifyFail", "UnauthorizedOperation.SmsSdkAppidVerifyFail"}),
    }
