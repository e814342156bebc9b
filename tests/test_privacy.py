"""What is not recognised as a target is asked of nobody, and no whole number is in anything that is shown or logged.

Texts as people write and paste them: numbers in all spellings, identity cards, bank cards, orders, names and message ids.
"""

from __future__ import annotations

import html
import io
import re
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.cli.code_rendering import render_explanations
from bot.codes import resolve
from bot.errors import UsageError
from bot.grammar import Explain, Lookup, extract_targets, parse
from bot.i18n import ENGLISH, get_language
from bot.model.personal_numbers import plain_digits
from bot.observability.redaction import redact
from bot.presentation.explanation import introduction
from bot.presentation.wording import NO_DAY, plain_text_format
from bot.slack import views
from bot.slack.listeners.modals import one_line_error
from bot.slack.views.readings import Reading
from bot.slack.views.thread_notes import targets
from tests.grammar.contexts import ENGINEER
from tests.packaged import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.grammar import Command
    from bot.i18n import Language

CHINESE = get_language("zh")
IDS = ("900619746936498440^0", "5000:1045710669157053657849499619", "100000000000000001")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_luhn(digits: str) -> str:
    """A card's number: the digits and their check digit."""
    return next(f"{digits}{check}" for check in range(10) if luhn_sum(f"{digits}{check}") % 10 == 0)


def luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled)


def with_check_character(digits: str) -> str:
    return digits + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11]


MOBILES = st.from_regex(r"1(?:3[0-9]|5[0-35-9]|8[0-9])[0-9]{8}", fullmatch=True)
IDENTITIES = st.builds(
    lambda place, year, month, day, serial: with_check_character(f"{place}{year}{month:02}{day:02}{serial:03}"),
    st.sampled_from(["110101", "310115", "440305", "510107"]), st.integers(1930, 2020), st.integers(1, 12), st.integers(1, 28),
    st.integers(0, 999),
)  # fmt: skip
CARDS = st.builds(with_luhn, st.from_regex(r"(?:62[0-9]{16}|4[0-9]{14}|5[1-5][0-9]{13})", fullmatch=True))
ORDERS = st.from_regex(r"[1-9][0-9]{15,21}", fullmatch=True).filter(lambda order: not any(order in own for own in IDS))
LABELS = st.sampled_from(["订单号：", "工单 ", "快递单号 ", "order no. ", "case #", "ticket ", '"orderNo":"'])
NAMES = st.sampled_from(
    ["张三", "Ann Lee", "您好", "please", "没收到验证码", "since 2h", "only failed", "via tencent", "?", "foo"]
)


def _in_octal(text: str) -> str:
    """As C, git and PostgreSQL print bytes."""
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def _packed(number: str) -> str:
    return b64encode(number.encode()).decode()


SPELLINGS = (
    "{0}", "+86{0}", "+86 {1} {2} {3}", "{1}-{2}-{3}", "{1} {2} {3}", "0086{0}", "+86-{1}-{2}-{3}", "<tel:+86{0}|{0}>",
    "%2B86{0}", r"\u002b86{0}", "&#43;86{0}", "+８６{0}",
)  # fmt: skip
GROUPED = st.sampled_from([("", 4), (" ", 4), ("-", 4)])
PASTED: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [str, str, str, _in_octal, quote, lambda text: quote(quote(text)), html.escape]
)


class Written:
    """A text, the targets in it as they are looked up, and what must not leave."""

    def __init__(self, text: str, wanted: set[str], hidden: set[str], numbers: set[str]) -> None:
        self.text = text
        self.wanted = wanted
        self.hidden = hidden  # cards, identities, orders
        self.numbers = numbers

    def __repr__(self) -> str:
        return f"Written({self.text!r})"


@st.composite
def texts(draw: st.DrawFn) -> Written:
    parts: list[str] = []
    wanted, hidden, numbers = set[str](), set[str](), set[str]()
    for kind in draw(st.lists(st.sampled_from(["number", "identity", "card", "order", "id", "name"]), min_size=1, max_size=5)):
        match kind:
            case "number":
                number = draw(MOBILES)
                parts.append(draw(st.sampled_from(SPELLINGS)).format(number, number[:3], number[3:7], number[7:]))
                wanted.add(f"+86{number}")
                numbers.add(number)
            case "identity" | "card":
                number = draw(IDENTITIES if kind == "identity" else CARDS)
                gap, size = draw(GROUPED)
                parts.append(gap.join(number[at : at + size] for at in range(0, len(number), size)))
                hidden.add(number)
            case "order":
                number = draw(ORDERS)
                parts.append(draw(LABELS) + number)
                hidden.add(number)
            case "id":
                own = draw(st.sampled_from(IDS))
                parts.append(own)
                wanted.add(own)
            case _:
                parts.append(draw(NAMES))
    return Written(draw(PASTED)(draw(st.sampled_from([", ", "，", "\n", "; "])).join(parts)), wanted, hidden, numbers)


@given(texts())
def test_nothing_but_targets_is_asked_of_a_provider(written: Written) -> None:
    asked = list(extract_targets([written.text], "CN"))
    command = parsed(written.text)
    if isinstance(command, Lookup):
        asked += command.query.targets

    for target in asked:
        assert {target.number.e164 if target.number else None, target.message_id} - {None} <= written.wanted


@given(texts())
def test_every_number_and_id_in_running_text_is_found(written: Written) -> None:
    found = {part for target in extract_targets([written.text], "CN") for part in (target.message_id, target.number) if part}

    assert {part if isinstance(part, str) else part.e164 for part in found} == written.wanted


@given(texts(), st.sampled_from(["", "explain ", "providers ", "foo "]), st.sampled_from([ENGLISH, CHINESE]))
def test_no_whole_number_is_in_anything_that_is_shown_or_logged(written: Written, command: str, language: Language) -> None:
    for shown in everything_shown(f"{command}{written.text}", language):
        plain = re.sub(r"[ \-.()/]", "", shown)
        for secret in written.hidden | written.numbers:
            assert secret not in plain


ODD_SPELLINGS = (" ", "\u200b", "\u00a0", "\u3000", "\n", "\t", ",", "|", "\ufe0f\u20e3", " - ")
IN_ODD_PLACES = (
    "{}",
    "x{}y",
    "https://x.com/u/{}.html",
    "IMG_{}.png",
    "id:S{}",
    "{}@139.com",
    "<https://x.com|{}>",
    "MK:0008 {}",
)


@given(
    MOBILES,
    st.sampled_from([*(gap.join for gap in ODD_SPELLINGS), lambda number: f"{number[:3]}a{number[3:7]}b{number[7:]}", _packed]),
    st.sampled_from(IN_ODD_PLACES),
    st.sampled_from(["", "explain ", "foo "]),
)
def test_a_number_that_nobody_would_write_so_is_not_shown_either(
    number: str, spelled: Callable[[str], str], place: str, command: str
) -> None:
    written = spelled(number)
    for shown in everything_shown(f"{command}{place.format(written)}", ENGLISH):
        assert written not in shown
        assert number not in re.sub(r"\D", "", plain_digits(shown))


def parsed(text: str) -> Command | UsageError:
    try:
        return parse(text, ENGINEER)
    except UsageError as error:
        return error


def everything_shown(text: str, language: Language) -> Iterator[str]:
    """The answer to `text` in Slack and in the terminal, as far as it repeats what was typed; and a line of the log."""
    yield redact(f"said={text}")
    answered = resolve(CATALOGUE, text)
    yield views.explain_result(answered, {}, language=language).text
    match parsed(text):
        case UsageError() as error:
            yield views.usage_error(error, language=language).text
            yield str(views.usage_error(error, readings=[Reading("opaque", "Look it up")], language=language).blocks)
            yield one_line_error(error).said_in(language)
            yield error.masked_problem.said_in(language)
        case Lookup() as command:
            yield targets(command.query.targets, language=language)
            yield " ".join(command.ignored)
        case Explain(code):
            explained = resolve(CATALOGUE, code)
            yield views.explain_result(explained, {}, language=language).text
            text_format = plain_text_format(None, {}, now=NO_DAY, language=language)
            yield " ".join(introduction(explained, text_format))
            terminal = Console(file=io.StringIO(), width=200)
            with terminal.capture() as printed:
                terminal.print(render_explanations(explained.text, explained.readings, explained.similar, {}, language=language))
            yield printed.get()
