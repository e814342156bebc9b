"""Which command is meant, what `via`, `only` and `share` take, and what an error says."""

from __future__ import annotations

from datetime import timedelta

from bot.grammar import (
    CheckSignature,
    CheckTemplate,
    Command,
    Doctor,
    Explain,
    Help,
    Lookup,
    ParseContext,
    Providers,
    Stats,
    Watches,
    examples,
    parse,
    write,
)
from bot.i18n import LANGUAGES, get_language
from bot.model import Status, Window
from tests.cases import each
from tests.grammar.contexts import CHINESE, ENGINEER, NOW, SHANGHAI, lookup, parse_context, refusal

NUMBER = "+8613711112222"


def last(*, hours: int) -> Window:
    until = ENGINEER.moment
    return Window(until - timedelta(hours=hours), until)


SERIAL = "5000:1045710669157053657849499619"


@each(
    ("text", "command"),
    [
        ("", Help()),
        (" \u200b\n,", Help()),
        ("help", Help()),
        ("HELP", Help()),
        ("帮助", Help()),
        ("？", Help()),
        ("help explain", Help()),
        ("providers", Providers()),
        ("服务商", Providers()),
        ("doctor", Doctor()),
        ("诊断", Doctor()),
        ("stats", Stats(last(hours=2))),
        ("统计", Stats(last(hours=2))),
        ("stats since 24h via tencent", Stats(last(hours=24), ("tencent",))),
        ("统计 最近3小时 腾讯云 分享", Stats(last(hours=3), ("tencent",), share=True)),
        ("statistics please aliyun/tencent", Stats(last(hours=2), ("aliyun", "tencent"))),
        ("watches", Watches()),
        ("监视列表", Watches()),
        ("explain MK:0008", Explain("MK:0008")),
        ("Explain  `MK:0008`", Explain("MK:0008")),
        ("explain MK：0008", Explain("MK:0008")),
        ("explain mobile   black\n", Explain("mobile black")),
        ("explain 650(660\\99", Explain("650(660\\99")),
        ("explain since", Explain("since")),
        ("explain isv.BUSINESS_LIMIT_CONTROL", Explain("isv.BUSINESS_LIMIT_CONTROL")),
        ("解释MK:0008", Explain("MK:0008")),
        ("解释：MK:0008", Explain("MK:0008")),
        ("signature 示例", CheckSignature("示例")),
        ("签名【示例】", CheckSignature("示例")),
        ("Signature: “示例 A&amp;B”", CheckSignature("示例 A&B")),
        ("check signature *示例*?", CheckSignature("示例")),
        ("签名 範例課程", CheckSignature("範例課程")),  # what is looked for keeps its own characters
        ("查询签名 failed", CheckSignature("failed")),
        ("template SMS_100000001", CheckTemplate("SMS_100000001")),
        ("模板1234567", CheckTemplate("1234567")),
        ("模版：SMS_100000001", CheckTemplate("SMS_100000001")),
    ],
)
def test_commands_without_targets(text: str, command: Command) -> None:
    assert parse(text, ENGINEER) == command


@each(
    ("words", "providers"),
    [
        ("via tencent", ("tencent",)),
        ("via aliyun-intl", ("aliyun-intl",)),
        ("VIA Tencent,ALIYUN", ("tencent", "aliyun")),
        ("via aliyun , tencent", ("aliyun", "tencent")),
        ("via aliyun tencent", ("aliyun", "tencent")),
        ("via alibaba，腾讯、receipts", ("aliyun", "tencent", "receipts")),
        ("via aliyun,alibaba,阿里云", ("aliyun",)),
        ("via tencent, since 2h", ("tencent",)),
        ("通过腾讯、阿里云最近2小时", ("tencent", "aliyun")),
    ],
)
def test_via_names_providers_by_any_of_their_words(words: str, providers: tuple[str, ...]) -> None:
    assert lookup(f"{NUMBER} {words}").query.providers == providers
    assert lookup(f"{words}, {NUMBER}").query.providers == providers


@each(
    ("words", "statuses"),
    [
        ("only failed", {Status.FAILED}),
        ("only failed,pending", {Status.FAILED, Status.PENDING}),
        ("only undelivered, rejected", {Status.FAILED, Status.REJECTED}),
        ("only delivered unknown", {Status.DELIVERED, Status.UNKNOWN}),
        ("只看失败", {Status.FAILED}),
        ("只看失败的、等待中", {Status.FAILED, Status.PENDING}),
        ("仅送达", {Status.DELIVERED}),
    ],
)
def test_only_names_statuses(words: str, statuses: set[Status]) -> None:
    assert lookup(f"{NUMBER} {words}").query.only == frozenset(statuses)


@each("word", ["share", "SHARE", "分享"])
def test_share_makes_the_answer_public(word: str) -> None:
    assert lookup(f"{NUMBER} {word}").share
    assert not lookup(NUMBER).share


def test_parts_may_stand_in_any_order() -> None:
    usual = lookup(f"{NUMBER} since 3h until 1h via tencent only failed share")
    assert lookup(f"share only failed via tencent until 1h since 3h {NUMBER}") == usual
    assert lookup(f"since 3h {NUMBER} share until 1h only failed\nvia tencent") == usual


@each(
    ("text", "word", "problem", "example"),
    [
        ("+8613711112222 sinse 2h", "sinse", "Unknown word `sinse`. Did you mean `since`?", f"{NUMBER} since 2h"),
        ("13711112222 since", "since", "Add a time after `since`, such as", "13711112222 since WHEN"),
        ("since 137 1111 2222", "since", "Add a time after `since`, such as", "since WHEN 137 1111 2222"),
        ("since 2h", "", "Add a phone number or message ID.", "NUMBER since 2h"),
        ("share", "", "Add a phone number or message ID.", "NUMBER share"),
        ("13711112222 via tencnt", "tencnt", "Did you mean `tencent`?", "13711112222 via tencent"),
        ("13711112222 via twilio", "twilio", "Use `tencent`, `aliyun`,", "13711112222 via PROVIDER"),
        ("13711112222 via since 2h", "via", "`via` needs a provider after it", "13711112222 via PROVIDER since 2h"),
        ("13711112222 via", "via", "`via` needs a provider after it", "13711112222 via PROVIDER"),
        ("13711112222 only faild", "faild", "Did you mean `failed`?", "13711112222 only failed"),
        ("13711112222 only", "only", "`only` needs a status after it", "13711112222 only STATUS"),
        ("explain", "explain", "`explain` needs a code after it", "explain CODE"),
        ("exlpain MK:0008", "exlpain", "Did you mean `explain`?", "explain MK:0008"),
        ("helpp", "helpp", "Did you mean `help`?", "help"),
        ("providers please", "please", "`providers` takes no arguments", "providers"),
        ("foo", "foo", "Unknown word `foo`.", "NUMBER"),
    ],
)
def test_an_error_names_the_word_and_gives_the_command_corrected(text: str, word: str, problem: str, example: str | None) -> None:
    error = refusal(text)
    assert error.word == word
    assert f"`{word}`" in str(error) or f" {word}`" in str(error) or not word
    assert problem in str(error)
    assert error.example == example


def test_a_whole_sentence_is_read_when_all_that_matters_is_understood() -> None:
    said = f"please tell me whether {NUMBER} got the message since yesterday, thanks a lot"
    assert lookup(said) == lookup(f"{NUMBER} since yesterday")


@each("text", ["nurse", "nurse since 2h"])
def test_words_of_no_command_get_no_promise(text: str) -> None:
    error = refusal(text)
    assert str(error) == f"Unknown word `{text.split(maxsplit=1)[0]}`."


def test_everybody_s_messages_are_not_those_of_a_number_and_both_can_be_meant() -> None:
    error = refusal(f"stats {NUMBER} since 2h")
    assert "not those of" in str(error)
    assert NUMBER not in str(error.masked_problem)
    assert error.readings == (f"{NUMBER} since 2h", "stats since 2h")


def test_what_statistics_do_not_take_is_passed_over_by_name() -> None:
    command = parse("stats only failed for me", ENGINEER)
    assert isinstance(command, Stats)
    assert "failed" in command.ignored


def test_without_providers_via_has_nothing_to_choose_from() -> None:
    alone = ParseContext(now=NOW, zone=SHANGHAI, providers={})
    error = refusal(f"{NUMBER} via tencent", alone)
    assert "but none is set up" in str(error)
    assert error.example == NUMBER


def test_a_long_code_is_refused() -> None:
    assert "too long for a code" in str(refusal("explain " + "x" * 101))


def test_a_long_paste_with_a_code_in_it_is_explained() -> None:
    pasted = (
        '{"RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Message": "触发分钟级流控Permits:1", "Code": "isv.BUSINESS"} ' * 9
    )

    assert parse(f"explain {pasted}", ENGINEER) == Explain(pasted.strip())


@each("typed", ["explain +8613711112222", "解释 137 1111 2222", "explain 8613711112222?"])
def test_a_number_is_no_code_and_the_correction_looks_it_up(typed: str) -> None:
    error = refusal(typed)

    assert "no code" in str(error)
    assert error.example == typed.removeprefix("explain ").removeprefix("解释 ")
    assert "137****2222" in error.masked_problem.said_in(CHINESE)


def test_a_word_is_shown_short_and_with_one_phone_number_at_most() -> None:
    error = refusal("x" * 500)
    assert error.word == "x" * 40 + "…"
    for text in ("91234567x91234568", "137-1111-2222x137-1111-3333", "x13711112222x13711113333"):
        digits = [char for char in str(refusal(text)) if char.isdigit()]
        assert len(digits) <= 15
        assert "3333" not in str(refusal(text))
        assert "91234568" not in str(refusal(text))


@each("code", LANGUAGES)
@each("who", [ENGINEER, parse_context(region="US"), parse_context(region="GB")])
def test_the_five_examples_work_for_everyone(who: ParseContext, code: str) -> None:
    commands = [parse(example, who) for example in examples(get_language(code))]
    assert len(commands) == 5
    assert [type(command) for command in commands] == [Lookup, Lookup, Lookup, Lookup, Explain]


@each(
    ("text", "canonical"),
    [
        ("？", "help"),
        ("服务商", "providers"),
        ("解释 a&b", "explain a&amp;b"),
        (
            f"137 1111 2222 {SERIAL} 1045710669157053657 最近2小时 通过腾讯 只看失败 分享",
            f"id:1045710669157053657 {NUMBER} id:{SERIAL} since 2026-11-21T12:05:31+08:00 via tencent only failed share",
        ),
        (NUMBER + " since yesterday until 09:00", f"{NUMBER} since 2026-11-20T00:00+08:00 until 2026-11-21T09:00+08:00"),
    ],
)
def test_the_canonical_words_of_a_command(text: str, canonical: str) -> None:
    assert write(parse(text, ENGINEER), ENGINEER) == canonical
