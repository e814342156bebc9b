"""However monstrous the report: Slack takes the answer, nobody is alerted, and no number is written out.

In English and in Chinese, and in a language whose phrases are twice as long: the budgets leave room for it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.i18n import ENGLISH, Language, phrase
from bot.model import (
    CodeKind,
    Confidence,
    Contradiction,
    Coverage,
    Delivery,
    Explanation,
    ExplanationText,
    NeedsNumber,
    NoteKind,
    Owner,
    ProviderFault,
    ProviderWords,
    Query,
    Report,
    Resend,
    SkippedAccount,
    Status,
    Target,
    Window,
)
from bot.sandbox.slack.blocks import check_message, mentions
from bot.slack import views
from bot.slack.views import buttons
from bot.slack.views.message import text_length
from bot.slack.views.page import Page
from tests.examples import examples
from tests.notes import notes_of_every_kind
from tests.reports import NOW, SHANGHAI, TITLES, phone
from tests.slack.stretching import TWICE_AS_LONG
from tests.slack.views.samples import CHINESE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.slack.blocks import BlockProblem

NUMBERS = tuple(phone(index) for index in range(50))
ID = "opaque-answer-id"
READ_IN = (*LANGUAGES, TWICE_AS_LONG)
CONTEXT = views.RenderContext(answer_id=ID, now=NOW, zone=SHANGHAI, titles=TITLES, language=ENGLISH)

HOSTILE = (
    "<!channel> <@U0123456> <https://example.com|here>",
    "*bold* _it_ ~no~ `code` ``` > quote",
    "&&&&<<<<>>>>" * 250,
    "& < > \u202e\u200b\x1b[31m\x00\r\n\n" * 20,
    "`" * 3000,
    "*" * 3000,
    "👩‍👩‍👧‍👦" * 600,
    f"user {NUMBERS[0].e164} and {NUMBERS[1].national}, 00{NUMBERS[2].e164[1:]}, 137\u200b11112222",
    "x" * 3000,
    "字" * 3000,
    "\ud800 lone",
    "",
    " ",
    "<!date^1^{time}|now>",
    "{time_secs}|>",
)
hostile = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
some_hostile = st.one_of(st.none(), hostile)
moments = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds and adds the zone itself
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
values = {
    "days": st.integers(0, 10_000),
    "since": moments,
    "at": moments,
    "shown": st.integers(0, 1000),
    "counted": st.integers(0, 10**9),
    "returned": st.integers(0, 10**9),
    "day": st.dates(),
    "minutes": st.integers(-100_000, 100_000),
    "count": st.integers(0, 10**6),
    "missing": st.integers(0, 500),
    "parts": st.integers(0, 500),
    "hours": st.integers(0, 10_000),
    "code": hostile,
    "what": hostile,
    "words": hostile,
    "number": st.just("+86 137****2222"),
}
notes = st.fixed_dictionaries(values).map(notes_of_every_kind).flatmap(st.sampled_from)
words = st.builds(ExplanationText, hostile, hostile, st.lists(hostile, max_size=2).map(tuple), hostile, hostile)


def _explanations(also: st.SearchStrategy[tuple[Explanation, ...]]) -> st.SearchStrategy[Explanation]:
    return st.builds(
        Explanation,
        code=hostile,
        vendor=hostile,
        kind=st.sampled_from(CodeKind),
        family=hostile,
        owner=st.sampled_from(Owner),
        resend=st.sampled_from(Resend),
        confidence=st.sampled_from(Confidence),
        source=hostile,
        en=words,
        zh=words,
        carrier=some_hostile,
        also=also,
    )


explanations = _explanations(st.lists(_explanations(st.just(())), max_size=1).map(tuple))
accounts = st.tuples(st.sampled_from([*TITLES, "unheard <!here>", "x" * 3000]), hostile)


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    provider, account = draw(accounts)
    return Delivery(
        provider=provider,
        account=account,
        status=draw(st.sampled_from(Status)),
        number=draw(st.one_of(st.none(), st.sampled_from(NUMBERS))),
        message_id=draw(some_hostile),
        code=draw(some_hostile),
        sent_at=draw(st.one_of(st.none(), moments)),
        received_at=draw(st.one_of(st.none(), moments)),
        template=draw(some_hostile),
        carrier=draw(some_hostile),
        country=draw(some_hostile),
        region=draw(some_hostile),
        text=draw(some_hostile),
        notes=tuple(draw(st.lists(notes, max_size=2))),
        explanation=draw(st.one_of(st.none(), explanations)),
    )


faults = st.builds(
    ProviderFault,
    code=hostile,
    message=hostile,
    request_id=some_hostile,
    retryable=st.booleans(),
    skew=st.one_of(st.none(), st.timedeltas(timedelta(days=-900), timedelta(days=900))),
    explanation=st.one_of(st.none(), explanations),
)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    provider, account = draw(accounts)
    return Coverage(
        provider=provider,
        account=account,
        window=Window(NOW - timedelta(hours=2), NOW),
        as_of=draw(moments),
        complete=draw(st.booleans()),
        cached=draw(st.booleans()),
        notes=tuple(draw(st.lists(notes, max_size=2))),
        error=draw(st.one_of(st.none(), faults)),
    )


targets = st.one_of(
    st.sampled_from(NUMBERS).map(Target),
    st.builds(Target, st.one_of(st.none(), st.sampled_from(NUMBERS)), hostile.filter(bool)),
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A few rows are drawn and then repeated, for a report of hundreds would take hypothesis too long to draw."""
    few = draw(st.lists(deliveries(), max_size=5))
    rows = tuple(few * draw(st.sampled_from([1, 3, 60])))
    since, until = sorted([draw(moments), draw(moments)])
    asked = draw(st.lists(targets, min_size=1, max_size=6)) * draw(st.sampled_from([1, 8]))
    query = Query(
        tuple(asked),
        Window(since, until, draw(st.booleans())),
        only=frozenset(draw(st.sets(st.sampled_from(Status), max_size=2))),
    )
    parts = draw(st.lists(coverages(), max_size=3)) * draw(st.sampled_from([1, 5]))
    refused = draw(
        st.lists(st.builds(lambda account, note: SkippedAccount(account[0], account[1], note), accounts, notes), max_size=2)
    )
    return Report(query, draw(moments), rows, tuple(parts), tuple(refused))


def _worst() -> Report:
    """Everything at its longest at once: ten codes on a page, no two alike, all of it characters that grow when escaped."""
    long = "&" * 3000
    said = ExplanationText(long, long, (long,) * 9, long)
    why = Explanation(
        long, long, CodeKind.RECEIPT, long, Owner.CONTENT, Resend.AFTER_FIX, Confidence.UNSURE, long, said, said, long
    )
    told: dict[str, Any] = {
        **dict.fromkeys(values, 10**9),
        "at": NOW,
        "since": NOW,
        "day": NOW.date(),
        "words": long,
        "code": long,
        "what": long,
        "number": "+86 137****2222",
    }
    remarks = tuple(note for note in notes_of_every_kind(told) if note.kind is not NoteKind.PROVIDER_WORDS)
    rows = tuple(
        Delivery(
            f"p{index}" + long,
            long,
            Status.FAILED,
            NUMBERS[index % 50],
            long,
            f"{index}{long}",
            NOW,
            NOW,
            carrier=long,
            country=long,
            region=long,
            text=long,
            notes=(Contradiction(code=long), ProviderWords(words=long)),
            explanation=replace(why, also=(why,) * 5),
        )
        for index in range(300)
    )
    fault = ProviderFault(long, long, long, skew=timedelta(days=900), explanation=None)
    window = Window(NOW - timedelta(hours=2), NOW)
    parts = tuple(Coverage(f"p{index}" + long, long, window, NOW, notes=remarks, error=fault) for index in range(30))
    unasked = tuple(SkippedAccount(f"q{index}" + long, long, NeedsNumber()) for index in range(30))
    asked = tuple(Target(number, long) for number in NUMBERS)
    return Report(Query(asked, window), NOW, rows, parts, unasked)


WORST = _worst()


def _few(rows: int) -> Report:
    """The worst with less to show."""
    return replace(WORST, deliveries=WORST.deliveries[:rows])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for content in value.values():
            yield from _strings(content)
    elif isinstance(value, list | tuple):
        for content in value:
            yield from _strings(content)
    elif isinstance(value, str):
        yield value


def _judge(message: views.Message) -> None:
    payload = {"text": message.text, "blocks": list(message.blocks)}
    assert [problem for problem in check_message(payload) if not _is_expected(problem)] == []
    assert mentions(payload) == []
    assert text_length(list(message.blocks)) + len(message.text) <= 12_000
    assert len(message.text) <= 3_000
    json.dumps(payload).encode()


def _is_expected(problem: BlockProblem) -> bool:
    """What looks like a date is shown as it came in a table's cell and in text to copy, which is wanted.

    Labels are tested in `test_views_labels.py`.
    """
    as_it_came = problem.error == "broken_date" and (
        "/rows/" in problem.pointer or "/elements/0/elements/0/text" in problem.pointer
    )
    return as_it_came or problem.pointer.endswith("/accessibility_label")


def _shows_no_number(message: views.Message) -> None:
    dump = "\n".join(_strings([message.text, list(message.blocks)]))
    assert [number for number in NUMBERS if number.national in dump] == []


def _answer_is_taken(report: Report, page: int, *, public: bool, detailed: bool, language: Language) -> None:
    other = replace(report.query, providers=("x" * 300,))
    context = replace(CONTEXT, page=page, public=public, detailed=detailed, language=language, previous=other, may_reveal=True)
    message = views.answer(report, context)

    _judge(message)
    known = {d.number for d in report.deliveries if d.number} | {t.number for t in report.query.targets if t.number}
    dump = "\n".join(_strings([message.text, list(message.blocks)]))
    assert [number for number in known if number.national in dump] == []
    elements = message.blocks[-1]["elements"]
    options = [option["value"] for element in elements for option in element.get("options", ())]
    assert {element["value"] for element in elements if element["type"] == "button"} == {ID}
    assert {buttons.read_option(value)[1] for value in options} <= {ID}
    assert len(elements) <= 6 + bool(options)
    assert len(options) <= 5
    _judge(views.with_notice(views.delivery_failed("not_in_channel", language=language), message, language=language))
    _judge(views.for_the_customer(report, language=language))


@examples(12, suppress=list(HealthCheck))
@given(
    report=reports(),
    page=st.integers(-3, 60),
    public=st.booleans(),
    detailed=st.booleans(),
    language=st.sampled_from(READ_IN),
)
def test_any_report_becomes_an_answer_that_slack_takes(
    report: Report, page: int, *, public: bool, detailed: bool, language: Language
) -> None:
    _answer_is_taken(report, page, public=public, detailed=detailed, language=language)


# Not examples of the property above: Hypothesis writes each of those out, which takes longer than to show them.
@pytest.mark.parametrize("language", READ_IN, ids=["en", "zh", "twice as long"])
@pytest.mark.parametrize(
    ("rows", "public", "detailed"),
    [(300, False, False), (300, False, True), (3, False, False), (3, True, True), (0, False, False)],
)
def test_the_worst_reports_become_answers_that_slack_takes(
    rows: int, language: Language, *, public: bool, detailed: bool
) -> None:
    _answer_is_taken(_few(rows), 0, public=public, detailed=detailed, language=language)


@examples(12, suppress=list(HealthCheck))
@given(
    first=hostile,
    second=hostile,
    several=st.lists(hostile, max_size=12),
    found=st.lists(explanations, max_size=8),
    language=st.sampled_from(READ_IN),
)
def test_any_words_become_a_message_that_slack_takes(
    first: str, second: str, several: list[str], found: list[Explanation], language: Language
) -> None:
    problem = phrase("{before} `{word}`", before=first, word=second)
    _judge(views.usage_error(UsageError(problem, word=second, example=second), "/smsstatus", language=language))
    _judge(views.explanations(first, found, several, TITLES, language=language))
    _judge(views.progress(several, language=language))
    _judge(views.help_message(several[:5], "/smsstatus", language=language))
    _judge(views.delivery_failed(first, "/smsstatus", second, language=language))
    _judge(views.expired_answer(first, language=language))
    _judge(views.internal_error(second, language=language))
    _judge(views.access_denied(first, f"words {second}", scope=first or None, language=language))
    _judge(views.change_notice(first, second, language=language))


@examples(12, suppress=list(HealthCheck))
@given(
    st.lists(
        st.builds(
            views.ProviderStatus,
            title=hostile,
            account=some_hostile,
            configured=st.booleans(),
            answers=hostile,
            keeps_days=st.one_of(st.none(), st.integers(0, 1000)),
            last_answer_at=st.one_of(st.none(), moments),
            last_error=st.one_of(st.none(), faults),
            keys=st.lists(hostile, max_size=6).map(tuple),
        ),
        max_size=20,
    ),
    st.sampled_from(READ_IN),
)
def test_any_states_become_a_list_of_providers_that_slack_takes(states: list[views.ProviderStatus], language: Language) -> None:
    _judge(views.providers(states, language=language))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (ENGLISH, "Shortened to fit: ask for one number, `only failed` or a shorter window"),
        (CHINESE, "内容太长，已精简：可以只查一个号码、加上 `only failed` 、缩短时间范围"),
    ],
    ids=["en", "zh"],
)
def test_the_worst_report_says_that_it_was_shortened_and_how_to_narrow_it(language: Language, words: str) -> None:
    message = views.answer(WORST, replace(CONTEXT, language=language, detailed=True))

    assert words in message.blocks[-2]["elements"][0]["text"]
    _shows_no_number(message)


def test_every_button_has_its_own_action_and_a_spoken_label() -> None:
    context = replace(CONTEXT, may_reveal=True)
    what = replace(WORST, query=replace(WORST.query, only=frozenset()))
    row = buttons.actions_block(what, context, Page.of(what, 3, each=True))

    *pressed, menu = row["elements"]
    chosen = [buttons.read_option(option["value"])[0] for option in menu["options"]]
    actions = [element["action_id"] for element in pressed] + chosen
    assert all(action.startswith(buttons.PREFIX) for action in actions)
    assert len(set(actions)) == len(actions)
    assert all(element["accessibility_label"] for element in pressed)
    assert all(option["text"]["text"] for option in menu["options"])
