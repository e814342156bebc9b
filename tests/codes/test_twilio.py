"""Twilio's codes: one dictionary for messages and calls, compared with its pages on the day that each row names."""

from __future__ import annotations

from bot.codes import UNLISTED, resolve
from bot.model import CodeKind
from bot.providers.twilio.rows import CANCELED
from tests.cases import each
from tests.packaged import CATALOGUE

RECEIPT, API, QUERY = CodeKind.RECEIPT, CodeKind.API, CodeKind.QUERY
ROWS = [row for row in CATALOGUE.rows if row.vendor == "twilio"]
CODES = list(dict.fromkeys(row.code for row in ROWS))


@each(
    ("code", "family"),
    [
        ("30001", "send_queue"),
        ("30002", "account_blocked"),
        ("30003", "unreachable"),
        ("30004", "blacklist"),
        ("30005", "number_invalid"),
        ("30006", "no_sms_service"),
        ("30007", "spam_filtered"),
        ("30008", "unexplained"),
        ("30017", "congestion"),
        ("30023", "sending_limit"),
        ("30024", "access_code"),
        ("30032", "sender_unregistered"),
        ("30034", "sender_unregistered"),
        ("30036", "send_queue"),
        ("30044", "trial_account"),
        ("30410", "submit_failed"),
        ("30450", "sms_pumping"),
        ("30500", "submit_failed"),
        ("30610", "time_window"),
        ("30630", "opt_out_stop"),
        ("63038", "sending_limit"),
    ],
)
def test_a_code_of_a_message_has_twilios_meaning(code: str, family: str) -> None:
    assert CATALOGUE.explain("twilio", RECEIPT, code).family == family


@each(
    ("code", "as_sent", "as_asked"),
    [
        ("20003", "credentials", "credentials"),
        ("20008", "credentials", "credentials"),
        ("20404", "no_record", "no_record"),
        ("20429", "rate_limited", "rate_limited"),
        ("20500", "provider_fault", "provider_fault"),
        ("70051", "permission", "permission"),
        ("21211", "bad_number", "bad_number"),
        ("21408", "destination_refused", "query_refused"),
        ("21606", "sender_problem", "query_refused"),
        ("21610", "opt_out_stop", "query_refused"),
        ("21611", "send_queue", "rate_limited"),
        ("21614", "no_sms_service", "query_refused"),
        ("21617", "too_long", "query_refused"),
        ("21620", "mms_refused", "query_refused"),
    ],
)
def test_a_code_of_a_call_has_twilios_meaning_for_a_send_and_for_a_lookup(code: str, as_sent: str, as_asked: str) -> None:
    assert CATALOGUE.explain("twilio", API, code).family == as_sent
    assert CATALOGUE.explain("twilio", QUERY, code).family == as_asked


def test_a_code_tells_the_same_on_a_message_as_in_the_answer_to_a_call() -> None:
    """A messaging service takes a message first and checks it then: the code of the refusal stands on the message."""
    told: dict[CodeKind, dict[str, list[tuple[str, ...]]]] = {RECEIPT: {}, API: {}}
    for row in ROWS:
        told[row.kind].setdefault(row.code, []).append((row.family, row.confidence.value, row.source, row.en, row.zh, row.rank))
    both = told[RECEIPT].keys() & told[API].keys()
    assert len(both) > 25
    assert {code: told[RECEIPT][code] for code in both} == {code: told[API][code] for code in both}


def test_every_row_names_twilios_own_page_of_the_code() -> None:
    numbers = [row for row in ROWS if row.code.isdigit()]

    assert [row.code for row in numbers if row.source != f"https://www.twilio.com/docs/api/errors/{row.code}"] == []
    assert {row.code for row in ROWS} - {row.code for row in numbers} == {CANCELED}


@each("vendor", ["tencent", "tencent-legacy", "aliyun", "aliyun-intl", "a-new-vendor"])
def test_a_number_of_twilios_says_nothing_about_another_vendors_receipt(vendor: str) -> None:
    numbers = [code for code in CODES if code != CANCELED]

    assert [code for code in numbers if CATALOGUE.explain(vendor, RECEIPT, code).family != UNLISTED] == []


@each("code", ["30099", "21699", "12345", "60008"])
@each("kind", [RECEIPT, API, QUERY])
def test_a_number_that_twilio_does_not_list_is_said_to_be_unlisted(code: str, kind: CodeKind) -> None:
    assert CATALOGUE.explain("twilio", kind, code).family == UNLISTED


@each("code", CODES)
def test_a_code_alone_is_twilios_with_its_readings_in_order(code: str) -> None:
    readings = resolve(CATALOGUE, code).readings
    rows = sorted((row for row in ROWS if row.code == code), key=lambda row: row.order)
    assert [one.vendor for one in readings] == ["twilio"] * len(readings)
    assert [one.family for one in readings] == list(dict.fromkeys(row.family for row in rows))


@each(
    ("text", "code"),
    [
        ("Twilio error 30007", "30007"),
        ("twilio 30034", "30034"),
        ('{"code": 21211, "message": "Invalid \'To\' Phone Number", "status": 400}', "21211"),
        ("error_code: 30034", "30034"),
        ("ErrorCode=30003&MessageStatus=undelivered", "30003"),
        ("what is 30450?", "30450"),
        ("30005是什么意思", "30005"),
        ("https://www.twilio.com/docs/api/errors/30006", "30006"),
        ("<https://www.twilio.com/docs/errors/21610|21610>", "21610"),
    ],
)
def test_a_code_is_found_in_what_people_paste(text: str, code: str) -> None:
    assert resolve(CATALOGUE, text).codes == (code,)


@each("text", ["listening on port 30003", "took 21610 ms", "10001 rows", "30008 messages sent", "mysql error 30008"])
def test_a_number_that_nothing_calls_a_code_is_none(text: str) -> None:
    assert resolve(CATALOGUE, text).codes == ()


def test_no_explanation_of_twilios_sends_the_reader_to_another_vendor() -> None:
    foreign = ("Tencent", "Alibaba", "腾讯", "阿里", "【")
    for row in ROWS:
        found = CATALOGUE.explain("twilio", row.kind, row.code)
        for one in (found, *found.also):
            for words in (one.en, one.zh):
                text = " ".join((words.title, words.meaning, *words.causes, words.next_step, words.customer_wording))
                assert not any(name in text for name in foreign), (row.code, text)


@each(
    ("query", "family"),
    [
        ("10DLC", "sender_unregistered"),
        ("toll-free not verified", "sender_unregistered"),
        ("sms pumping", "sms_pumping"),
        ("carrier violation", "spam_filtered"),
        ("queue overflow", "send_queue"),
        ("picture message", "mms_refused"),
        ("customer should text START", "opt_out_stop"),
        ("发送号码无效", "sender_problem"),
        ("试用账号发不出去", "trial_account"),
    ],
)
def test_the_words_for_what_twilio_reports_find_its_family(query: str, family: str) -> None:
    assert CATALOGUE.search(query)[0].family.id == family
