"""Removes the decoration around the words of a command: quotes, bold, bullets, list numbers, dashes of options.

It comes along when people paste from documents, lists, shells and chats. Ids are left alone: they may hold any character.
"""

from __future__ import annotations

from bot.grammar.cursor import ANY_HAN, SEPARATORS, pattern
from bot.grammar.message_ids import ID_NAME
from bot.grammar.vocabulary import KEYWORDS

_PLAIN = pattern(r"(?:\+?[a-z0-9]{1,24}(?: +|\Z))*+")  # two numbers glued together have 26 characters
_ITEM = r"(?:0?[1-9]|[1-4]\d|50)"  # a lookup takes fifty targets
_NUMBER = r"(?=\+\d|\d{11}(?!\d)|00\d{9})"
_BEFORE = rf"(?:(?<=[\s{SEPARATORS}])|\A)"
_SHARP = r"(?:#|no\.? *)?"
_LINE = r"(?:(?<=\n)|\A) *"
_LIST_NUMBER = pattern(rf"{_BEFORE}{_SHARP}{_ITEM}[.):、] *{_NUMBER}|{_LINE}{_SHARP}{_ITEM}(?:[.):] +|、)(?=[\d(])")
_BRACKETED = pattern(rf"{_BEFORE}\({_ITEM}\) *{_NUMBER}")
_FIRST_BRACKETED = pattern(rf"{_BEFORE}\(0?1\) *{_NUMBER}")  # without a first one, (49) is a country code
_COUNTED = pattern(rf"{_LINE}#?{_ITEM} +{_NUMBER}")
_ONE_AND_TWO = pattern(rf"(?s:.*?){_LINE}#?0?1 +{_NUMBER}(?s:.*)\n *#?0?2 +{_NUMBER}")
_BULLET = pattern(r"(?:(?<=\n)|\A) *(?:[*>\-·] +|>)|[•◦▪‣●○]")
_VALUED = "|".join(sorted((word for word, part in KEYWORDS.items() if part != "share"), key=len, reverse=True))
_OPTION = pattern(rf"(?:(?<=[\s{SEPARATORS}])|\A)(?:-{{1,2}}(?=[a-z]))?({_VALUED}) *[:=] *")
_KEY = pattern(rf"{_BEFORE}(?:-{{1,2}})?(?:window|time|period|range|duration|status|state|provider|vendor|filter)[:=] *")
_GLUED = pattern(rf"{_BEFORE}(since|last|past|until|within|from)(?=\d{{1,4}}(?!\d))")
_TO_HOUR = pattern(rf"(?<![\dT:.\-])(?<!\d-\d\d )(\d{{1,2}}(?::[0-5]\d| ?[ap]m))-(\d{{1,2}})(?=[\s{SEPARATORS}]|\Z)")  # 9:00-11
_HAN_HOURS = pattern(r"(?<![\d\-])(\d{1,2})-(\d{1,2})(?=[点时])")  # 9-11点
_MINUS = pattern(rf"{_BEFORE}-(?=\d{{1,4}} ?[smhdw](?![a-z]))")
_DASHES = pattern(rf"(?:(?<=[\s{SEPARATORS}])|\A)(?:--?|/)(?=(?:{'|'.join(dict.fromkeys(KEYWORDS.values()))})\b)")
_BETWEEN_NUMBERS = pattern(r"(?<=\d{7})(?:[/|&\\#@=→](?=[+\d(])|[\-_](?=\d{11}(?!\d)))|(?<=\d{11})(?=0086\d{11}(?!\d))")
_SIGN = pattern(r"(?:(?<=\s)|\A)[#@](?=\+?\d{7})")
_TOKEN = pattern(rf"[^\s{SEPARATORS}]+")
_ID_TOKEN = pattern(rf"{ID_NAME}\b")
_ID_BEFORE = pattern(rf"(?<![a-z]){ID_NAME} *[:=]? *\Z")
_QUOTES = pattern('["“”„«»「」『』【】《》{}\\[\\]]')
_MARKS = pattern(r"(?:(?<=\s)|\A)[*_~'‘’=]+|[*_~'‘’]+(?=[?!.…]*(?:\s|\Z))")
_MASK = pattern(r"[^*\s]*\d-?[*•●?_]{2,}(?=.)|[^*\s]*\d[*•●]{2,}")
_MASK_ALONE = pattern(r"[*•●?_]{2,}\Z")
_SHORT_DIGITS = pattern(r"(?<!\d)\d{2,7} \Z")
_ENDING = pattern(r"[?!.…]+(?=\s|\Z)")
_COLON = pattern(r"(?<=\d{9}):\Z")
_BRACKETS = pattern(rf"\((?=[a-z]|{ANY_HAN})((?:(?!/|时区)[^()])*)\)")  # (2h), but (Asia/Tokyo) is a zone
_HALF_OPENED, _HALF_CLOSED = pattern(r"\A\((?=[a-z])"), pattern(r"(?<=[a-z])\)\Z")  # (since 2h)
_RANGES = ("~", "=", "'")  # 10:00 ~ 12:00
_FLOAT = pattern(r"(\d{11})\.0+\Z")  # a table read as numbers writes 13711112222.0


def strip_decoration(plain: str) -> str:
    """`plain` without decoration. Idempotent."""
    if _PLAIN.fullmatch(plain):  # as most commands are, which twenty patterns would look through for nothing
        return _GLUED.sub(r"\1 ", plain)
    return _stripped(plain)


def _stripped(plain: str) -> str:
    bare = _without_list_numbers(plain)
    bare = _BULLET.sub(lambda found: found[0] if _is_masked(bare, found.start()) else ", ", bare)
    bare = _DASHES.sub("", _OPTION.sub(r"\1 ", _KEY.sub(" ", bare)))
    bare = _TO_HOUR.sub(r"\1 to \2", _HAN_HOURS.sub(r"\1点到\2", bare))
    bare = _MINUS.sub("", _GLUED.sub(r"\1 ", bare))
    whole = bare
    bare = _TOKEN.sub(lambda found: _word(found[0], whole[max(0, found.start() - 14) : found.start()]), whole).strip()
    return bare if bare.strip(SEPARATORS + " ") else plain


def _without_list_numbers(plain: str) -> str:
    bare = _LIST_NUMBER.sub(", ", plain)
    if _FIRST_BRACKETED.search(bare):
        bare = _BRACKETED.sub(", ", bare)
    return _COUNTED.sub(", ", bare) if _ONE_AND_TWO.match(bare) else bare


def _is_masked(text: str, at: int) -> bool:
    return at > 0 and (text[at - 1].isdigit() or text[at - 1] == text[at])


def _word(word: str, before: str) -> str:
    if _ID_TOKEN.match(word) or _ID_BEFORE.search(before) or _MASK.match(word) or word in _RANGES:
        return word
    if _MASK_ALONE.match(word) and _SHORT_DIGITS.search(before):
        return word
    bare = _ENDING.sub("", _MARKS.sub(" ", _QUOTES.sub(" ", word)))
    bare = _SIGN.sub("", _BETWEEN_NUMBERS.sub(", ", _COLON.sub("", bare)))
    bare = _BRACKETS.sub(r" \1 ", bare)
    bare = _HALF_OPENED.sub("", bare) if ")" not in bare else bare
    bare = _HALF_CLOSED.sub("", bare) if "(" not in bare else bare
    return _FLOAT.sub(r"\1", bare)
