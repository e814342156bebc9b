"""Filler words, which change nothing about a lookup: greetings, thanks, mentions of others, emoji, question words.

They are ignored, and the answer says so. Words that could change the question ("not", "except", one close to a keyword) are not
among them.
"""

from __future__ import annotations

import re

from bot.grammar.cursor import SEPARATORS, WORD_END, one_of, pattern
from bot.grammar.text import shorten

MOST_NAMED = 10

_ASKING = (
    "did", "does", "do", "was", "were", "is", "are", "has", "have", "get", "got", "received", "receive", "arrived", "arrive",
    "sent",
    "why", "how come", "no code", "no codes", "no sms", "no otp", "no text", "no message", "no verification code",
    "nothing arrived", "or not", "not yet", "still not", "still nothing", "still", "nothing yet", "every",
    *(f"{verb}{no} {done}" for verb, done in (
        ("did", "get"), ("did", "receive"), ("did", "arrive"), ("does", "get"), ("does", "receive"), ("is", "getting"),
        ("is", "receiving"), ("was", "delivered"), ("was", "sent"), ("was", "received"), ("has", "arrived"), ("has",
        "received"),
        ("have", "received"), ("can", "receive"), ("", "delivered"), ("", "received"), ("", "sent"), ("", "get"), ("", "got"),
        ("", "receive"), ("", "getting"), ("", "receiving"), ("", "arrived"), ("", "arriving"),
    ) for no in (("n't", " not") if verb else ("not", "never", "no"))),
    "收到", "收到了", "收到了吗", "收到了没", "收到了没有", "收到吗", "收到没", "收到没有", "没收到", "没有收到", "收不到",
    "未收到", "没到", "不到", "有没有", "是否", "是不是", "吗", "没有", "送达了吗", "送达了没有", "失败了吗", "成功了吗",
    "为什么", "为啥", "怎么没",
    "怎么办", "怎么回事", "咋回事", "什么情况", "啥情况",
)  # fmt: skip
_WORDS = (
    "please", "pls", "plz", "thanks", "thank you", "thx", "ty", "hi", "hello", "hey", "cc", "fyi", "ok", "so",
    "can you", "could you", "would you", "can we", "tell me", "show me", "show", "whether", "if", "look up", "lookup", "check",
    "can someone", "could someone", "can anyone", "someone", "anyone", "somebody", "look at", "look into", "look",
    "take a look at",
    "have a look at", "find", "search", "search for", "query", "help me with", "help with", "help", "me", "with number",
    "both", "says",
    "say", "said", "reports", "reported", "complains", "complained", "claims", "about", "any errors", "any error", "errors",
    "error",
    "problem", "problems", "issue", "issues", "any news", "now", "right now", "现在", "we", "i", "need", "see",
    "want to know", "your time",
    "status of", "status for", "status", "what's", "what is", "what about", "what happened to", "what happened with",
    "how about",
    "of", "for", "to", "on", "at", "the", "a", "an", "any", "my", "our", "this", "it", "yet", "again", "urgent", "asap",
    "code", "codes", "otp", "sms", "smses", "text", "texts", "message", "messages", "verification", "verification code",
    "number", "numbers", "phone", "phone number", "mobile", "tel", "user", "customer", "client", "a lot", "team", "all",
    "there",
    "请", "请问", "麻烦", "帮", "帮我", "帮忙", "帮助", "谢谢", "多谢", "感谢", "辛苦了", "你好", "您好",
    "大家好", "各位", "看一下", "看看", "看下",
    "查", "查一下", "查下", "查询", "查查",
    "一下", "急", "很急", "加急", "急急急", "在线等", "快", "尽快", "一直", "到底", "发了吗", "发出去了吗", "发出去没有",
    "发没发", "发了没有", "说", "说是", "反馈", "反映", "投诉", "称", "你的时区", "刚查到",
    "自己", "自动", "经常", "经理", "到处", "到位", "到现在", "到频道", "到群里", "到群", "近况", "只是", "只有", "只能",
    "走了", "简讯", "嘛", "帮查", "帮我查", "的", "了", "呢", "啊", "吧", "哈", "这个", "那个", "这两个",
    "号码", "手机", "手机号", "手机号码", "电话", "电话号码", "用户", "客户", "状态", "的状态", "情况", "怎么样",
    "怎么样了",
    "短信", "验证码", "信息", "消息", "到了吗",
)  # fmt: skip
_PRINTED = r"as of \d\d:\d\d(?::\d\d)?(?:, (?:fresh|cached [\w ]{1,20} ago))?|\([^\d()]{1,12}时区[^\d()]{0,40}\)"  # by an answer
_NO_NUMBER = r"(?![^\s,;、。]*\d[\d\-]{5,}\d)"  # what holds a number is never passed over
FILLER_WORDS = pattern(
    r"(?:phone ?numbers?|phone|mobile|tel|number|to|msisdn|recipient|手机号码|手机号|手机|电话|号码) *[:=] *"
    rf"|{_PRINTED}|{one_of((*_ASKING, *_WORDS))}"
    rf"|@[UW][A-Z0-9]{{5,}}(?![\w+])|{_NO_NUMBER}(?:[@#][^\s,;]+|!(?:here|channel|everyone|subteam)[\w^\-]*"
    rf"|:[a-z0-9_+'\-]+:|(?:https?://|www\.)[^\s,;]+)|[?!:.…~\-/|·=>]+{WORD_END}"
)
_MACHINE = re.compile(r"<|[@#]|:.+:|!(?:here|channel|everyone|subteam)|https?:|www\.")
TICKET = pattern(rf"(?:[A-Z]{{2,10}}-\d{{1,6}}|(?:INC|CHG|PRB|REQ|TASK|CASE|RITM)-?\d{{4,8}})(?=[\s{SEPARATORS}:]|\Z):?")
"""The key of a ticket, as OPS-1234 or INC0012345."""
SYMBOLS = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]+")
_QUESTIONS = frozenset(_ASKING)


def is_question(word: str) -> bool:
    """Whether `word` asks: "was NUM delivered?" does not mean "only delivered"."""
    return word.strip().lower() in _QUESTIONS


def mentioned_names(words: list[str]) -> tuple[str, ...]:
    """The ignored words that the answer names: each once, shortened, digits of numbers hidden; no user mentions, no emoji."""
    bare = (word.strip(" :=?!.…~") for word in words if not (_MACHINE.match(word.strip()) or SYMBOLS.match(word)))
    return tuple(dict.fromkeys(re.sub(r"\d{5,}", "…", shorten(word)) for word in bare if word))[:MOST_NAMED]
