"""What each refusal says to somebody who reads Chinese."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import bot.grammar
from bot.grammar import ParseContext
from bot.i18n import ENGLISH, Phrase, phrase
from bot.model import Status
from tests.cases import each
from tests.grammar.contexts import CHINESE, ENGINEER, NOW, SHANGHAI, lookup, refusal
from tests.phrases import said_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language

NUMBER = "+8613711112222"
ALONE = ParseContext(now=NOW, zone=SHANGHAI, providers={})
FOLLOWING = replace(ENGINEER, last=lookup(f"{NUMBER} since 5h until 2h").query)
# The one that no text gets: in today's tables the lengths of a service's numbers have no gap between them.
NO_SERVICE = "`{word}` is not a number in {country}."
NO_TIME = "`{word}` is not part of a time."  # of a period that no number stands beside: test_period.py
MANY = " ".join(f"+861371111{index:04}" for index in range(51))

REFUSALS: list[tuple[ParseContext, str, str]] = [
    (ENGINEER, "天气", "无法识别 `天气`。"),
    (ENGINEER, "config", "`config` 只能在终端里用：`smsstatus config`。"),
    (ENGINEER, "forget 13711112222", "没有删除任何内容：`forget` 由应用的运维人员在终端里使用：`smsstatus forget NUMBER`。"),
    (ENGINEER, "13711112222 MK:0008", "`MK:0008` 像是错误码。"),
    (ENGINEER, "监视 13711112222 2天", "`2天`：监视时长最短 1 分钟，最长 24 小时，例如 `10分钟`。"),
    (ENGINEER, "监视列表 5", "`监视列表` 后面不用加内容：多了 `5`。"),
    (ENGINEER, "13711112222 10", "`10` 可能是时长，也可能是钟点。"),
    (ENGINEER, "13711112222 9-11", "`9-11` 可能是钟点，也可能是日期。"),
    (ENGINEER, "NUMBER since 2h", "`NUMBER` 只是占位，请换成实际内容。"),
    (ENGINEER, "13,711,112,222", "表格软件改动了 `13,711,112,222`。请把该列设为文本格式，再重新复制号码。"),
    (ENGINEER, "137****2222", "`137****2222` 已脱敏，需要完整号码。"),
    (ENGINEER, "13711112222 sinse 2h", "无法识别 `sinse`，是不是想写 `since`？"),
    (ENGINEER, "最近2小时", "请加上手机号或消息 ID。"),
    (ENGINEER, "最近2小时 从昨天 13711112222", "`最近` 和 `从` 意思相同，只写一个即可。"),
    (ENGINEER, "13711112222 从昨天 从今天", "`从` 重复了。"),
    (ENGINEER, MANY, "从 `+8613711110050` 起超出上限：共 51 个查询对象，一次最多 50 个。"),
    (ENGINEER, "13711112222 " * 201, "从 `13711112222` 起超出上限：一次最多查 50 个。"),
    (ENGINEER, "13711112222 通过", "`通过` 后面要写服务商：`tencent`、`aliyun`、`aliyun-intl`、`receipts`。"),
    (
        ENGINEER,
        "13711112222 通过华为",
        "未知服务商 `华为`，可以写：`tencent`、`aliyun`、`aliyun-intl`、`receipts`。",
    ),
    (ENGINEER, "13711112222 via tencnt", "未知服务商 `tencnt`，是不是想写 `tencent`？"),
    (ALONE, "13711112222 通过腾讯", "`通过` 需要服务商，但尚未配置。"),
    (ENGINEER, "13711112222 只看", "`只看` 后面要写状态：`失败`、`送达`、`等待`、`拒绝`、`未知`。"),
    (ENGINEER, "13711112222 只看没收到", "未知状态 `没收到`，可以写：`失败`、`送达`、`等待`、`拒绝`、`未知`。"),
    (ENGINEER, "13711112222 only faild", "未知状态 `faild`，是不是想写 `failed`？"),
    (ENGINEER, "13711112222 从", "请在 `从` 后面写时间，例如 `2小时前`、`昨天` 或 `09:00`。"),
    (ENGINEER, "13711112222 从没收到", "`没收到` 不是有效的时间：`从` 后面可以写 `2小时前`、`昨天` 或 `09:00`。"),
    (ENGINEER, "13711112222 since yesturday", "`yesturday` 不是有效的时间，是不是想写 `yesterday`？"),
    (ENGINEER, "13711112222 从现在", "从 `现在` 开始的时间范围为空。"),
    (ENGINEER, "13711112222 最近", "请在 `最近` 后面写时长，例如 `2小时` 或 `3天`。"),
    (ENGINEER, "13711112222 最近没收到", "`没收到` 不是有效的时长：`最近` 后面可以写 `2小时` 或 `3天`。"),
    (ENGINEER, "13711112222 最近 2", "`最近 2` 缺少单位，例如 `2h` 或 `2d`。"),
    (ENGINEER, "13711112222 从 9", "`从 9` 可能是时长，也可能是钟点，请写 `9h` 或 `9:00`。"),
    (ENGINEER, "13711112222 刚才", "`刚才` 不够具体，请写成 `2小时前`、`昨天` 或 `09:00` 这样的时间。"),
    (ENGINEER, "13711112222 昨天10点 PST", "`PST` 不能确定时区，请写明偏移，例如 `+08:00`。"),
    (ENGINEER, "13711112222 最近0小时", "`0小时` 不是有效的时长。"),
    (ENGINEER, "13711112222 从2月30日", "`2月30日` 不是有效的日期。"),
    (ENGINEER, "13711112222 从晚上12点", "`晚上12点` 不是有效的时间。"),
    (ENGINEER, "13711112222 从2026-11-20T25:00", "`2026-11-20T25:00` 不是有效的时间。"),
    (ENGINEER, "13711112222 从11-05", "`11-05` 可能指两个日期。较近的那个请写 `2026-11-05`。"),
    (ENGINEER, "13711112222 从2026-11-22", "`2026-11-22` 还没到，不能从那时查起。"),
    (ENGINEER, "13711112222 最近1000周", "`1000周` 超过十年，最多往前查十年。"),
    (ENGINEER, "13711112222 从2小时前到3小时前", "结束时间（`3小时前`）早于开始时间（`2小时前`）。"),
    (FOLLOWING, "到6小时前", "`6小时前` 早于上次查询的开始时间。"),
    (ENGINEER, "id:", "`id:` 后面要写消息 ID。"),
    (ENGINEER, "id:" + "x" * 129, "`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` 太长：消息 ID 最多 128 个字符。"),
    (ENGINEER, "110101199003072316", "`110***********2316` 像是身份证号或银行卡号。如果确实是消息 ID，请在前面写上 `id:`。"),
    (ENGINEER, "customer 1234567890123456", "`123*********3456` 前面的词表明它不是消息 ID。如果确实是，请在前面写上 `id:`。"),
    (ENGINEER, "解释", "`explain` 后面要写错误码，例如 `MK:0008`。"),
    (ENGINEER, "解释" + "x" * 101, "`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` 太长：错误码最多 100 个字符。"),
    (ENGINEER, "解释 13711112222", "`13711112222` 是电话号码，不是错误码。要查询这个号码，请去掉 `explain`。"),
    (ENGINEER, "签名", "`signature` 后面要写【】中的签名，例如 `签名 示例`。"),
    (ENGINEER, "模板：", "`template` 后面要写模板编号，例如 `模板 SMS_10001`。"),
    (ENGINEER, "签名 13711112222", "`13711112222` 像是手机号。要查询它，请去掉 `signature`。"),
    (ENGINEER, "签名 " + "x" * 41, "`xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` 太长，最多 40 个字符。"),
    (ENGINEER, "签名未报备怎么办", "无法识别 `签名未报备怎么办`。"),
    (ENGINEER, "监视 13711112222 持续10", "`持续10` 可以是分钟或小时。"),
    (ENGINEER, "统计 13711112222", "`stats` 统计的是所有客户的短信，不能只统计 `13711112222`。"),
    (ENGINEER, "服务商 腾讯", "`providers` 不带参数，请去掉 `腾讯`。"),
    (ENGINEER, "诊断 腾讯", "`doctor` 不带参数，请去掉 `腾讯`。"),
    (ENGINEER, "13711112222 " * 700, "以 `13711112222` 开头的这段文字有 8,400 个字符，一条命令最多 8,000 个。"),
    (ENGINEER, "1371111222", "`1371111222` 有 10 位，中国（+86）的手机号是 11 位。"),
    (ENGINEER, "137 1111 22223", "`137 1111 22223` 有 12 位，中国（+86）的手机号是 11 位。"),
    (ENGINEER, "+49151", "`+49151` 有 3 位，德国（+49）的手机号是 10 或 11 位。"),
    (ENGINEER, "+62812", "`+62812` 有 3 位，印度尼西亚（+62）的手机号是 9 到 12 位。"),
    (ENGINEER, "+8821111111111111", "`+882111111111111…` 有 13 位，国际服务（+882）的手机号是 7 到 12 位。"),
    (ENGINEER, "+80012", "`+80012` 位数太少，不是国际服务（+800）的号码。"),
    (ENGINEER, "+800123456789", "`+800123456789` 位数太多，不是国际服务（+800）的号码。"),
    (ENGINEER, "+87011111111111", "`+87011111111111` 有 11 位，国际服务（+870）的手机号是 9 或 12 位。"),
    (ENGINEER, "+86137111122221371371", "`+861371111222213…` 过长：电话号码最多 15 位。"),
    (ENGINEER, "+9991234567", "`+9991234567` 开头不是有效的国家码。"),
    (ENGINEER, "+12", "`+12` 位数太少，不是电话号码。"),
    (ENGINEER, "85291234567", "`85291234567` 不是中国（+86）的号码，前面加上 `+` 则是中国香港特别行政区（+852）的号码。"),
]


def test_every_refusal_is_said_in_chinese() -> None:
    said = [refusal(text, who).problem.said_in(CHINESE) for who, text, _ in REFUSALS]

    assert said == [chinese for _, _, chinese in REFUSALS]


def texts_in(sentence: Phrase) -> Iterator[str]:
    """The keys that a sentence is made of."""
    yield sentence.text
    for _, value in sentence.values:
        if isinstance(value, Phrase):
            yield from texts_in(value)


GRAMMAR = Path(bot.grammar.__file__).parent
LISTS = [(GRAMMAR / f"{name}.py").read_text(encoding="utf-8") for name in ("cells", "file_text", "list_lookup", "target_list")]


def test_every_phrase_of_the_grammar_is_among_them() -> None:
    reached = {text for who, words, _ in REFUSALS for text in texts_in(refusal(words, who).problem)}
    of_lists = {key for key in said_in("grammar") if isinstance(key, str) and any(key[:40] in code for code in LISTS)}

    assert said_in("grammar") - reached - of_lists == {NO_SERVICE, NO_TIME}


def test_a_number_in_such_a_gap_would_be_refused_in_chinese_too() -> None:
    sentence = Phrase(NO_SERVICE, (("word", "+80012"), ("country", phrase("+{code}", code=800))))

    assert sentence.said_in(CHINESE) == "`+80012` 不是国际服务（+800）的号码。"


@each("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
@each("keyword", ["since", "until", "last", "从", "到", "最近", "only", "只看"])
def test_what_a_refusal_offers_in_either_language_can_be_typed(keyword: str, language: Language) -> None:
    missing = refusal(f"{NUMBER} {keyword}").problem.said_in(language)
    misspelt = refusal(f"{NUMBER} {keyword} foo").problem.said_in(language)
    offered = re.findall("`([^`]*)`", missing)[1:]

    assert len(offered) in {2, 3, len(Status)}
    assert re.findall("`([^`]*)`", misspelt)[-len(offered) :] == offered
    assert all(lookup(f"{NUMBER} {keyword} {words}") for words in offered)


@each("language", [ENGLISH, CHINESE], ids=lambda language: language.code)
def test_every_status_is_offered_in_either_language(language: Language) -> None:
    offered = re.findall("`([^`]*)`", refusal(f"{NUMBER} only").problem.said_in(language))[1:]

    assert {status for word in offered for status in lookup(f"{NUMBER} only {word}").query.only} == set(Status)
