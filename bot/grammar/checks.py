"""Reads what `signature` and `template` check: the rest of the text, which may hold any character."""

from __future__ import annotations

import re

from bot.grammar.command import CheckSignature, CheckTemplate
from bot.grammar.cursor import HAN, SEPARATORS, Edit, ParseError, Span, pattern
from bot.grammar.text import shorten
from bot.grammar.vocabulary import A_CODE, A_NAME, CHECKS, COMMANDS, LEADING_WORDS
from bot.i18n import phrase
from bot.model.personal_numbers import mask_numbers

MAX_NAME = 40  # a signature has twenty characters at most
EXAMPLE_TEMPLATE = "SMS_10001"
EXAMPLE_SIGNATURE = "示例"

_BEGIN = pattern(rf"[\s{SEPARATORS}]*(?:(?:{'|'.join(LEADING_WORDS)})[\s{SEPARATORS}]*)?(?P<word>{'|'.join(CHECKS)})(?P<end>.?)")
_ENDS = re.compile(rf"[\s{SEPARATORS}:【\[(「『“\"'*_]?")  # what an English word of ours, or a name in brackets, begins behind
_HAN = re.compile(f"[{HAN}]")
_AROUND = " \n:【】[]「」『』“”\"'*_?!" + SEPARATORS  # of which no name has one at its end
_PHONE = re.compile(r"\+\d|(?<![\d_])1[3-9]\d{9}(?!\d)")  # an id or a code of a template may be as long as other numbers


def check_word(plain: str) -> re.Match[str] | None:
    """The word at the beginning of `plain` with which a check begins, also behind `check`; None when it is none.

    `签名未报备` is not a signature's name behind the word but a sentence.
    """
    found = _BEGIN.match(plain)
    if found is None or _HAN.match(found["end"]):
        return None
    return found if _HAN.match(found["word"]) or _ENDS.fullmatch(found["end"]) else None


def read_check(plain: str, word: re.Match[str]) -> CheckSignature | CheckTemplate:
    """The check that `plain` asks for, behind `word`. Raises ParseError when there is nothing to check, or what cannot be one."""
    command, at = COMMANDS[word["word"].lower()], word.end("word")
    name, rest = " ".join(plain[at:].split()).strip(_AROUND), Span(at, len(plain))
    if not name:
        if command == "signature":
            problem = phrase(
                "`{word}` needs the name in 【…】 after it, such as `signature {example}`.", example=EXAMPLE_SIGNATURE
            )
        else:
            problem = phrase("`{word}` needs a template's code after it, such as `template {example}`.", example=EXAMPLE_TEMPLATE)
        raise ParseError(problem, word=command, edits=[Edit(rest, f" {A_NAME if command == 'signature' else A_CODE}")])
    if _PHONE.search(name) or (command == "signature" and mask_numbers(name) != name):
        number = phrase("`{word}` looks like a phone number. To look it up, leave out `{command}`.", command=command)
        raise ParseError(number, word=shorten(name), edits=[Edit(Span(0, at), "")])
    if len(name) > MAX_NAME:
        raise ParseError(phrase("`{word}` is too long: at most {most} characters.", most=MAX_NAME), word=shorten(name))
    return CheckSignature(name) if command == "signature" else CheckTemplate(name)
