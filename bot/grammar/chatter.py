"""Words that change nothing about a lookup: greetings, thanks, mentions of others, emoji, and the question's own words.

They are passed over and named. Whatever could change the question ("not", "except", a word near a keyword) is not among them.
"""

from __future__ import annotations

import re

from bot.grammar.reader import END, one_of, pattern
from bot.grammar.text import shorten

MOST_NAMED = 10

_ASKING = (
    "did", "does", "do", "was", "were", "is", "has", "have", "get", "got", "received", "receive", "arrived", "arrive",
    "didn't get", "didn't receive", "did not get", "did not receive", "never got", "never received", "not received", "sent",
    "收到", "收到了", "收到了吗", "收到了没", "收到了没有", "收到吗", "收到没", "收到没有", "没收到", "没有收到", "收不到",
    "有没有", "是否", "是不是",
    "吗", "没有", "送达了吗", "送达了没有", "失败了吗", "成功了吗", "为什么",
)  # fmt: skip
_WORDS = (
    "please", "pls", "plz", "thanks", "thank you", "thx", "ty", "hi", "hello", "hey", "cc", "fyi", "ok", "so",
    "can you", "could you", "would you", "can we", "tell me", "show me", "show", "whether", "if", "look up", "lookup", "check",
    "status of", "status for", "status", "what's", "what is", "what about", "what happened to", "what happened with", "how about",
    "of", "for", "to", "on", "at", "the", "a", "an", "any", "my", "our", "this", "it", "yet", "again", "urgent", "asap",
    "code", "codes", "otp", "sms", "smses", "text", "texts", "message", "messages", "verification", "verification code",
    "number", "numbers", "phone", "phone number", "mobile", "tel", "user", "customer", "client", "a lot", "team", "all", "there",
    "请", "请问", "麻烦", "帮", "帮我", "帮忙", "谢谢", "多谢", "感谢", "辛苦了", "你好", "您好",
    "大家好", "各位", "看一下", "看看", "看下",
    "查", "查一下", "查下", "查询", "查查",
    "一下",
    "帮查", "帮我查", "的", "了", "呢", "啊", "吧", "哈", "这个", "那个", "这两个",
    "号码", "手机", "手机号", "手机号码", "电话", "电话号码", "用户", "客户", "状态", "的状态", "情况", "怎么样",
    "怎么样了",
    "短信", "验证码", "信息", "消息", "到了吗", "查詢", "謝謝", "請", "請問", "號碼", "嗎", "收到了嗎", "收到嗎",
    "驗證碼", "簡訊",
)  # fmt: skip
_NO_NUMBER = r"(?![^\s,;、。]*\d[\d\-]{5,}\d)"  # what holds a number is never passed over
CHATTER = pattern(
    rf"(?:phone number|phone|mobile|tel|number|手机号码|手机号|手机|电话|号码) *: *|{one_of((*_ASKING, *_WORDS))}"
    rf"|@[UW][A-Z0-9]{{5,}}(?![\w+])|{_NO_NUMBER}(?:[@#][^\s,;]+|!(?:here|channel|everyone|subteam)[\w^\-]*"
    rf"|:[a-z0-9_+'\-]+:|(?:https?://|www\.)[^\s,;]+)|[?!:.…~\-/|·=>]+{END}"
)
_MACHINE = re.compile(r"<|[@#]|:.+:|!(?:here|channel|everyone|subteam)|https?:|www\.")
SYMBOLS = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]+")
_QUESTIONS = frozenset(_ASKING)


def is_question(word: str) -> bool:
    """Whether `word` asks: "was NUM delivered?" wants to see a failure too."""
    return word.strip().lower() in _QUESTIONS


def named(words: list[str]) -> tuple[str, ...]:
    """`words` as they are named: each once, short, without the digits of a number; no mention of others and no emoji."""
    bare = (word.strip(" :?!.…~") for word in words if not (_MACHINE.match(word.strip()) or SYMBOLS.match(word)))
    return tuple(dict.fromkeys(re.sub(r"\d{5,}", "…", shorten(word)) for word in bare if word))[:MOST_NAMED]
