"""Everything that the views say, in any language: each view function, and each entry of their tables, at least once.

A sample is called with a language. MESSAGES and VIEWS have golden files in both; the others differ from them in a word or two,
and are for the tests that look at all of them: whether Slack takes it, whether labels fit, whether any English is left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bot.codes import Catalogue, Term, resolve
from bot.codes.glossary import TermWords
from bot.codes.page_address import CodePages
from bot.doctor.check import Check, Health
from bot.doctor.clock import check_clock
from bot.errors import UsageError
from bot.grammar import ParseContext, parse
from bot.grammar.target_list import BadLine, Column, TargetList
from bot.i18n import ENGLISH, Language, get_language, phrase
from bot.lookup.batch import BatchEnd, BatchProgress
from bot.model import CodeKind, ExplanationText, Outcome, ProviderWords, Status, Target, Window
from bot.presentation.batches import bad_lines, end_words, list_words
from bot.presentation.wording import STATUS_WORDS
from bot.providers import systems
from bot.slack import views
from bot.slack.access.policy import DenialReason
from bot.slack.state.findings import Finding
from bot.slack.views import answer_changes, batch, home, modal, notices, watches
from bot.slack.views.about import about_modal
from bot.slack.views.message import text_message
from bot.slack.views.readings import Reading, reading_labels
from bot.slack.views.timeline import TimelineEntry
from tests.check_reports import SIGNATURES, TEMPLATES
from tests.notes import notes_of_every_kind
from tests.reports import (
    AMBIGUOUS,
    BLOCKED,
    EXPIRED,
    NOW,
    PHONE_OFF,
    SHANGHAI,
    TITLES,
    UNLISTED,
    UNSIGNED,
    ago,
    answers,
    coverage,
    delivery,
    failed,
    many,
    pending,
    report,
    sample,
)
from tests.slack.views.alert_samples import ALERT_MESSAGES
from tests.statistics.samples import reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.model import Delivery, Explanation, Query, Report, SignatureReport, TemplateReport
    from bot.model.statistics import StatisticsReport

Json = dict[str, Any]
Said_co = TypeVar("Said_co", covariant=True)


class Sample(Protocol[Said_co]):
    """Something to show, in a language."""

    def __call__(self, *, language: Language) -> Said_co: ...


CHINESE = get_language("zh")
LANGUAGES = (ENGLISH, CHINESE)
ID = "Zk3-opaque-id_7Q"
LINK = "https://acme.slack.com/archives/C0123/p1795241002000100"
EXAMPLES = ("+8613711112222 since 2h", "+8613711112222 yesterday via tencent", "id:1008030300", "explain MK:0008", "providers")
_FAILED = frozenset({Status.FAILED})
_WEEK = Window(NOW - timedelta(days=7), NOW)

# --- what the callers say, in the reader's language -----------------------------------------------------------------------
CATALOGUE = Catalogue.load()


def titles(language: Language) -> Mapping[str, str]:
    return dict(zip(TITLES, ("腾讯云", "阿里云", "阿里云国际", "回执库"), strict=True)) if language == CHINESE else TITLES


def states(language: Language) -> tuple[views.ProviderStatus, ...]:
    english = ("receipts of one number", "sends of one number", "one message by its id", "receipts kept here")
    chinese = ("单个号码的回执", "单个号码的发送记录", "按消息 ID 查一条", "保存在这里的回执")
    receipts, sends, by_id, kept = chinese if language == CHINESE else english
    tencent, aliyun, intl, store = titles(language).values()
    return (
        views.ProviderStatus(title=tencent, account="1400006666", answers=receipts, keeps_days=7, last_answer_at=ago(minutes=1)),
        views.ProviderStatus(
            title=aliyun, account="LTAI…9xQ", answers=sends, keeps_days=30, last_answer_at=NOW, last_error=EXPIRED
        ),
        views.ProviderStatus(title=intl, account="LTAI…9xQ", answers=by_id),
        views.ProviderStatus(title=store, configured=False, answers=kept, keys=("TENCENT_SMS_LEGACY_SDKAPPID",)),
    )


def _misspelt(typed: str) -> UsageError:
    """As the grammar finds it."""
    try:
        parse(typed, ParseContext(now=NOW, zone=SHANGHAI, region="CN", providers={}))
    except UsageError as error:
        return error
    raise AssertionError("the grammar knows the word")


def _asked_back(typed: str, *, language: Language) -> views.Message:
    """With a button for each reading."""
    error, asker = _misspelt(typed), ParseContext(now=NOW, zone=SHANGHAI, region="CN", providers={})
    meant = [parse(words, asker) for words in error.readings]
    labels = reading_labels(meant, titles(language), zone=SHANGHAI, now=NOW, language=language)
    return views.usage_error(
        error, readings=[Reading(f"{ID}{index}", label) for index, label in enumerate(labels)], language=language
    )


# --- the views with what they always get ----------------------------------------------------------------------------------


def context(language: Language, **more: Any) -> views.RenderContext:
    given: dict[str, Any] = {"now": NOW, **more}
    return views.RenderContext(answer_id=ID, zone=SHANGHAI, titles=titles(language), language=language, **given)


def home_context(language: Language, **more: Any) -> home.HomeContext:
    return home.HomeContext(
        now=NOW,
        zone=SHANGHAI,
        titles=titles(language),
        command="/smsstatus",
        bot_name="smsstatus",
        examples=EXAMPLES,
        language=language,
        **more,
    )


def _shown(what: Report, *, language: Language, **more: Any) -> views.Message:
    return views.answer(what, context(language, **more))


def _follow_up(query: Query, last: Query | None = None, *, language: Language, **more: Any) -> views.Message:
    return _shown(replace(sample(), query=query), language=language, previous=last or report().query, **more)


def _below_a_refusal(*, language: Language) -> views.Message:
    refused = views.delivery_failed("not_in_channel", language=language)
    return views.with_notice(refused, _shown(sample(), language=language), language=language)


def _counted(what: StatisticsReport, *, language: Language, **more: Any) -> views.Message:
    context = views.RenderContext(answer_id="", now=NOW, zone=SHANGHAI, titles=titles(language), language=language, **more)
    return views.statistics(what, context)


def _revealed(what: Report, *, language: Language) -> views.Message:
    return views.revealed(what, context(language))


def _apart(*, language: Language, **here: Any) -> views.Message:
    """What fails and what arrives differ in one thing."""
    wrong = (failed(sent=ago(minutes=index), **here) for index in range(4))
    return _shown(report(*wrong, *many(1), delivery(sent=ago(hours=1))), language=language, detailed=True)


def _entry(query: Query, before: Outcome, after: Outcome, link: str = LINK, **age: float) -> TimelineEntry:
    was = Finding(before.value, ago(**age), (("failed", 2), ("pending", 1)))
    return TimelineEntry(query, timedelta(hours=2), was, Finding(after.value, NOW, (("delivered", 3),)), link)


def _summary(*entries: TimelineEntry, language: Language) -> views.Message:
    return views.thread_summary(entries, ID, zone=SHANGHAI, language=language, shareable=True)


def _with_csv(what: Report, *, language: Language) -> views.Message:
    return text_message(language, views.csv_comment(what, context(language)))


def _explained(code: str, found: list[Explanation], similar: tuple[str, ...] = (), *, language: Language) -> views.Message:
    return views.explanations(code, found, similar, titles(language), language=language)


def _told(text: str, *, site: str = "", language: Language) -> views.Message:
    pages = CodePages(site, CATALOGUE) if site else None
    return views.explain_result(resolve(CATALOGUE, text), systems.titles(language), pages=pages, language=language)


def _providers(times: int = 1, *, language: Language, **more: Any) -> views.Message:
    shown = [replace(state, **more) for state in states(language) * times]
    return views.providers(shown, zone=SHANGHAI, now=NOW, language=language)


def _progress(count: int, *, language: Language) -> views.Message:
    names = [*titles(language).values(), "A", "B", "C"]
    return views.progress(names[:count], language=language)


def _checked(*reports: SignatureReport | TemplateReport, language: Language) -> views.Message:
    return views.checks(reports, titles(language), zone=SHANGHAI, now=NOW, language=language)


LISTED = TargetList(
    report(numbers=400).query.targets,
    lines=406,
    repeated=1,
    bad_count=5,
    bad=tuple(
        BadLine(line, phrase("`{word}` is no phone number and no message ID.", word=word))
        for line, word in ((17, "N/A"), (230, "unknown"), (231, "–"), (404, "none"))
    ),
    column=Column(2, "phone"),
)


def _notes(language: Language) -> tuple[str, ...]:
    return (list_words(LISTED, language), *bad_lines(LISTED, 3, language))


def _batch_progress(done: int, failed_ones: int = 0, left: float | None = None, *, language: Language) -> views.Message:
    now = BatchProgress(done, 400, failed_ones, left)
    return batch.batch_progress(LISTED.targets, now, ID, _notes(language), language=language)


def _batch_ended(end: BatchEnd, done: int = 0, *, language: Language) -> views.Message:
    return batch.batch_ended(end_words(end, done, 400, language), ID, _notes(language), language=language)


def _of_a_list(end: BatchEnd | None = None, *, language: Language) -> views.Message:
    ended = (end_words(end, 120, 400, language),) if end else ()
    what = report(*many(120, numbers=120), numbers=120)
    return _shown(what, language=language, public=True, notes=(*ended, *_notes(language)), has_rest=end is not None)


def _watch_reader(language: Language, asked_by: str | None = None) -> watches.WatchReader:
    return watches.WatchReader(zone=SHANGHAI, now=NOW, titles=titles(language), language=language, asked_by=asked_by)


_PENDING = report(delivery(Status.PENDING, sent=ago(minutes=3)))
_WATCH = watches.WatchView(ID, _PENDING.query, NOW + timedelta(minutes=10))


def _watch_card(what: Report | None = None, asked_by: str | None = None, *, language: Language) -> views.Message:
    return watches.card(_WATCH, what, _watch_reader(language, asked_by), ("please",) if asked_by else ())


def _watch_begun(*, language: Language) -> views.Message:
    return watches.begun_direct(_WATCH, _watch_reader(language))


def _watch_joined(*, language: Language) -> views.Message:
    return watches.joined(_WATCH, _watch_reader(language))


def _watch_told(what: Report, *, language: Language) -> views.Message:
    return watches.outcome(what, "U0ANN0001", _watch_reader(language))


def _watch_moved(*, language: Language) -> views.Message:
    told = _watch_told(report(delivery()), language=language)
    return watches.moved("C0INCIDENT", "is_archived", told, language=language)


def _watch_time_up(*, language: Language) -> views.Message:
    return watches.time_up(_WATCH, _PENDING, "U0ANN0001", timedelta(minutes=10), _watch_reader(language))


def _watch_ended(what: Report, *, is_final: bool, language: Language) -> views.Message:
    return watches.ended(_shown(what, language=language, public=True), is_final=is_final, language=language)


def _watch_stopped(*, language: Language) -> views.Message:
    return watches.stopped(_PENDING.query, _watch_reader(language))


def _watch_list(count: int, *, language: Language) -> views.Message:
    return watches.listed([_WATCH] * count, "/smsstatus", _watch_reader(language))


def _final_already(*, language: Language) -> views.Message:
    return watches.final_already(_shown(report(delivery()), language=language), language=language)


WATCHES: Mapping[str, Sample[views.Message]] = {
    "watch-card": _watch_card,
    "watch-card-in-a-channel": partial(_watch_card, _PENDING, "U0ANN0001"),
    "watch-begun": _watch_begun,
    "watch-joined": _watch_joined,
    "watch-too-many": partial(watches.too_many, "/smsstatus"),
    "watch-unavailable": watches.unavailable,
    "watch-final-already": _final_already,
    "watch-outcome-delivered": partial(_watch_told, report(delivery())),
    "watch-outcome-failed": partial(_watch_told, report(failed(AMBIGUOUS))),
    "watch-outcome-moved": _watch_moved,
    "watch-time-up": _watch_time_up,
    "watch-ended-final": partial(_watch_ended, report(delivery()), is_final=True),
    "watch-ended-time-up": partial(_watch_ended, _PENDING, is_final=False),
    "watch-stopped": _watch_stopped,
    "watch-over": watches.over,
    "watch-not-yours": partial(watches.not_yours, "U0ANN0001"),
    "watches-none": partial(_watch_list, 0),
    "watches-one": partial(_watch_list, 1),
    "watches-several": partial(_watch_list, 3),
}


def _examined(*troubles: str, language: Language) -> views.Message:
    """What the doctor found, in the words of its checks."""
    say = language.say
    well = [Check(say(name), Health.OK, say("answers")) for name in ("Who may ask", "Database", "Disk", "Catalogue")]
    found = {
        "clock": check_clock("1400006666", titles(language)["tencent"], timedelta(seconds=400), language),
        "database": [Check(say("Database"), Health.FAILED, say("no answer in time"))],
    }
    return views.examined([*well, *(check for name in troubles for check in found[name])], language=language)


MESSAGES: Mapping[str, Sample[views.Message]] = {
    **{f"signature-{name}": partial(_checked, what) for name, what in SIGNATURES.items()},
    **{f"template-{name}": partial(_checked, what) for name, what in TEMPLATES.items()},
    "signature-several": partial(_checked, SIGNATURES["not-registered"], SIGNATURES["lapsed"]),
    **WATCHES,
    **ALERT_MESSAGES,
    **{f"answer-{name}": partial(_shown, what) for name, what in answers().items()},
    "answer-table-page-2": partial(_shown, answers()["table"], page=1),
    "answer-table-last-page": partial(_shown, answers()["table"], page=24),
    "answer-sample-public": partial(_shown, sample(), public=True, asked_by="U0ASKER", shared_by="U0SHARER"),
    "answer-sample-shared": partial(_shown, sample(), shared=True),
    "answer-sample-seen-later": partial(_shown, sample(), now=NOW + timedelta(days=1)),
    "answer-below-a-refusal": _below_a_refusal,
    "answer-sample-explained": partial(_shown, sample(), detailed=True),
    "answer-sample-follow-up": partial(_follow_up, replace(report().query, only=_FAILED), public=True, asked_by="U0ASKER"),
    "answer-sample-refreshed": partial(_shown, sample(), public=True, asked_by="U0ASKER", changed=("refreshed", "U0OTHER")),
    "answer-sample-direct": partial(_shown, sample(), direct=True),
    "answer-sample-may-reveal": partial(_shown, sample(), may_reveal=True),
    "answer-ambiguous-explained": partial(_shown, answers()["ambiguous"], detailed=True),
    "answer-table-explained": partial(_shown, answers()["table"], detailed=True),
    "answer-incident-explained": partial(_shown, answers()["incident"], detailed=True),
    **{f"stats-{name}": partial(_counted, counted) for name, counted in reports().items()},
    "stats-shared": partial(_counted, reports()["everyone"], public=True, shared_by="U0SHARER"),
    "revealed": partial(_revealed, sample()),
    "moved": partial(views.change_notice, "refreshed", f"{LINK}?thread_ts=1&cid=C0123"),
    "last-page": views.last_page,
    "first-page": views.first_page,
    "not-a-question": views.not_a_question,
    "works-in-a-thread": partial(views.works_in_a_thread, "summary", "smsstatus"),
    "doctor-begins": views.examining,
    "doctor-all-well": _examined,
    "doctor-troubled": partial(_examined, "clock", "database"),
    "doctor-doubtful": partial(_examined, "clock"),
    "thanks": views.thanks,
    "no-such-row": partial(views.no_such_row, 7, 3),
    "no-rows": partial(views.no_such_row, 1, 0),
    "nothing-to-explain": partial(views.nothing_to_explain, 1, STATUS_WORDS[Status.DELIVERED]),
    "posted-in-thread": partial(modal.posted, LINK),
    "refused-window-too-late": partial(views.delivery_failed, "expired_trigger_id"),
    "gone-from-a-thread": partial(views.expired_answer, "/smsstatus", "1795241002.000100"),
    "progress": partial(_progress, 2),
    "answer-of-a-list": _of_a_list,
    "answer-of-a-list-canceled": partial(_of_a_list, BatchEnd.CANCELLED),
    "batch-begins": partial(_batch_progress, 0),
    "batch-progress": partial(_batch_progress, 120, 3, 14.2),
    "batch-cut": partial(_batch_ended, BatchEnd.CUT, 120),
    "batch-busy": batch.batch_busy,
    "batch-stopping": batch.batch_stopping,
    "batch-gone": batch.batch_gone,
    "help": partial(views.help_message, EXAMPLES),
    "usage-error": partial(_asked_back, "+8613711112222 sicne 2h"),
    "usage-error-to-type": partial(views.usage_error, _misspelt("+8613711112222 id:"), draft_id=ID),
    **{
        f"usage-error-{name}": partial(_asked_back, f"+8613711112222 {words}")
        for name, words in {
            "time": "since 9",
            "day": "9-11",
            "status": "only foo",
            "twice": "since 2h since 3h",
            "code": "MK:0008",
            "share": "publicly",
        }.items()
    },
    "usage-error-stats": partial(_asked_back, "stats +8613711112222 since 2h"),
    "usage-error-watch": partial(_asked_back, "wach +8613711112222"),
    "usage-error-watches": partial(_asked_back, "watchs"),
    "usage-error-help": partial(_asked_back, "helpp"),
    "usage-error-providers": partial(_asked_back, "providers please"),
    "reading-shared": views.shared,
    "reading-answered": views.answered_below,
    "explain-listed": partial(_explained, "mk:0008", [PHONE_OFF]),
    "explain-ambiguous": partial(
        _explained, "MI:0011", [AMBIGUOUS, replace(PHONE_OFF, code="MI:0011", vendor="aliyun", carrier="China Mobile")]
    ),
    "explain-slip": partial(_told, "isv.BUSINES_LIMIT_CONTROL"),
    "explain-group": partial(_told, "isv.NEW_LIMIT_CONTROL"),
    "explain-words": partial(_told, "blacklist"),
    "explain-with-site": partial(_told, "MK:0001", site="https://codes.example.com/"),
    "explain-words-with-site": partial(_told, "blacklist", site="https://codes.example.com/"),
    "explain-term": partial(_told, "receipt"),
    "explain-unlisted": partial(_explained, "XX:77777", [], ("XX:7777", "MX:7777")),
    "providers": _providers,
    "gone": views.expired_answer,
    "refused-not-in-channel": partial(views.delivery_failed, "not_in_channel", "/smsstatus", "smsstatus"),
    "refused-unknown": partial(views.delivery_failed, "some_new_error"),
    "crashed": partial(views.internal_error, "9f2c11d0"),
    "unreadable": views.unreadable,
    "other-command": partial(views.other_command, "/smsstatus"),
    "asked-hours-ago": partial(views.asked_ago, timedelta(hours=3, minutes=12)),
}

OPEN = report().query
CLOSED = replace(OPEN, window=replace(OPEN.window, open=False), providers=("tencent",), only=_FAILED)
REPEATS = (
    *(home.RepeatButton(ID, OPEN, timedelta(hours=2), outcome.value, NOW - timedelta(minutes=5)) for outcome in Outcome),
    home.RepeatButton(ID, CLOSED, None),
    home.RepeatButton(ID, report(numbers=14).query, timedelta(days=1)),
)


def _home(repeats: tuple[home.RepeatButton, ...] = (), *, language: Language, **more: Any) -> Json:
    return home.home(states(language), repeats, home_context(language, **more))


def _home_of_somebody_new(*, language: Language) -> Json:
    return _home(language=language, notice="这条查询已不再保存。" if language == CHINESE else "This lookup is no longer kept.")


def _settings(*, language: Language) -> Json:
    chinese = (("默认国家/地区", "CN"), ("超时时间", "8 秒"))
    english = (("Default country", "CN"), ("Timeout", "8 s"))
    return about_modal(chinese if language == CHINESE else english, kept_days=30, receipt_days=90, language=language)


_NUMBERS = report(numbers=3).query.targets
_IDS = (Target(message_id="900619746936498440^0"), Target(message_id="900619746936498441^0"))
THREADS = (
    modal.ThreadChoice("C0INCIDENT 1795241002.000100", "C0INCIDENT", _NUMBERS[:1], NOW - timedelta(minutes=20)),
    modal.ThreadChoice("C0OTHER 1795241001.000100", "C0OTHER", _NUMBERS, NOW - timedelta(days=3)),
)

VIEWS: Mapping[str, Sample[Json]] = {
    "lookup-of-a-message": partial(modal.lookup_modal, ID, "+8613711112222", found=_NUMBERS[:1], audience=modal.Audience.THREAD),
    "lookup-nothing-found": partial(modal.lookup_modal, ID, "", found=(), audience=modal.Audience.MESSAGE),
    "lookup-anywhere": partial(modal.lookup_modal, ID, "", found=None, audience=modal.Audience.ANYWHERE),
    "check-a-signature": partial(modal.signature_modal, ID),
    "check-a-template": partial(modal.template_modal, ID),
    "lookup-with-a-file": partial(modal.lookup_modal, ID, "", found=None, audience=modal.Audience.ANYWHERE, files=True),
    "lookup-again-alone": partial(modal.lookup_modal, ID, "", found=None, audience=modal.Audience.ALONE),
    "lookup-from-home": partial(modal.lookup_modal, ID, "", found=None, audience=modal.Audience.DIRECT),
    "post-in-thread": partial(modal.post_modal, ID),
    "post-in-thread-listed": partial(modal.post_modal, ID, THREADS, zone=SHANGHAI, now=NOW),
    "settings": _settings,
    "home": partial(_home, REPEATS),
    "home-of-somebody-new": _home_of_somebody_new,
}

# --- what differs in a word or two ----------------------------------------------------------------------------------------

# The tables themselves, so that none of their entries is left out here.
_REASONS = (*notices._REFUSALS, *sorted(notices._NOT_A_MEMBER | notices._TOO_LATE), "answer_lost", "never_heard_of")
_TOLD: Mapping[str, Any] = {
    **dict.fromkeys(("days", "shown", "counted", "returned", "count", "missing", "parts", "minutes", "hours"), 12),
    **dict.fromkeys(("since", "at"), ago(days=7)),
    "day": date(2026, 11, 14),
    "code": "DELIVRD",
    "what": "sms:DescribeSendRecordList",
    "words": "user absent",
    "number": "+86 137****2222",
}


def _wordy(index: int) -> Explanation:
    """So much of it that ten of them do not fit."""
    words = ExplanationText(f"{'#' * 110}{index}", "#" * 300, ("#" * 110,) * 4, "#" * 310)
    why = replace(PHONE_OFF, code=f"MK:{index:04}", en=words, zh=words)
    return replace(why, also=(why,) * 5)


_NOTES = notes_of_every_kind(_TOLD)
_NOTED = report(
    delivery(notes=_NOTES),
    failed(),
    parts=tuple(coverage(notes=_NOTES[start : start + 6]) for start in range(0, len(_NOTES), 6)),
)
_LONG = report(*(failed(_wordy(index), sent=ago(minutes=index)) for index in range(12)))
_TOLD_TO_CHECK = replace(
    PHONE_OFF,
    en=replace(PHONE_OFF.en, customer_wording="Please check that your phone is on & has signal."),
    zh=replace(PHONE_OFF.zh, customer_wording="请确认手机已开机且信号正常。"),
)
_TOLD_TO_WAIT = replace(
    AMBIGUOUS,
    en=replace(AMBIGUOUS.en, customer_wording="Please check the number."),
    zh=replace(AMBIGUOUS.zh, customer_wording="请核对号码。"),
)
RECEIPT, API = CodeKind.RECEIPT, CodeKind.API
_FOR_ONE = report(failed(_TOLD_TO_CHECK), delivery())
_FOR_TWO = report(
    failed(_TOLD_TO_CHECK), failed(_TOLD_TO_WAIT, sent=ago(minutes=9)), failed(_TOLD_TO_CHECK, sent=ago(minutes=11))
)


def _for_the_customer(what: Report, *, language: Language) -> views.Message:
    return views.for_the_customer(what, language=language)


_TERM = Term("dlr", ("DLR",), TermWords("receipt", "What the carrier reports."), TermWords("回执", "运营商报告的结果。"))
_YESTERDAY = Window(ago(hours=30), ago(hours=26), open=False)


def _undated(why: Explanation, family: str) -> Delivery:
    """May be newer than what arrived."""
    said = replace(why.en, customer_wording="Please wait."), replace(why.zh, customer_wording="请稍候。")
    return replace(failed(replace(why, family=family, en=said[0], zh=said[1])), sent_at=None, received_at=None)


_SUSPECTS = (_undated(UNSIGNED, "signature_unregistered"), _undated(BLOCKED, "template_problem"))

OTHER_MESSAGES: Mapping[str, Sample[views.Message]] = {
    # What stands in a menu nearly always, as a button with what a screen reader says.
    "button-reveal": partial(_shown, report(pending()), may_reveal=True, detailed=True),
    "button-customer": partial(_shown, report(delivery(), *_SUSPECTS, only=_FAILED), detailed=True),
    **{f"refused-{reason}": partial(views.delivery_failed, reason) for reason in _REASONS},
    **{f"turned-away-{reason}": partial(views.access_denied, reason.value, per_minute=30) for reason in DenialReason},
    **{
        f"lacking-{scope}": partial(views.access_denied, "unchecked", "U0OPERATOR", scope=scope)
        for scope in (*notices._LACKING, "some:scope")
    },
    **{f"moved-{what}": partial(views.change_notice, what, LINK) for what in (*answer_changes.AnswerChange, "又一次")},
    **{
        f"changed-{what}": partial(_shown, sample(), public=True, asked_by="U0ASKER", changed=(what, "U0OTHER"))
        for what in (*answer_changes.AnswerChange, "又一次")
    },
    **{f"nothing-to-explain-{status}": partial(views.nothing_to_explain, 1, said) for status, said in STATUS_WORDS.items()},
    **{
        f"explain-{count}-readings": partial(
            _explained, "MI:0011", [replace(AMBIGUOUS, carrier="+" * (at + 1)) for at in range(count)]
        )
        for count in (5, 6)
    },
    "moved-nowhere": partial(views.change_notice, "refreshed", ""),
    "posted-nowhere": partial(modal.posted, ""),
    "unconfirmed": views.unconfirmed,
    "answer-with-words-for-the-customer": partial(_shown, _FOR_ONE),
    "answer-with-a-signature-to-check": partial(
        _shown, report(failed(CATALOGUE.explain("aliyun", RECEIPT, "PORT_NOT_REGISTERED")))
    ),
    "answer-with-a-template-to-check": partial(
        _shown, report(failed(CATALOGUE.explain("aliyun", API, "isv.SMS_TEMPLATE_ILLEGAL")))
    ),
    "usage-error-signature": partial(_asked_back, "signatur 示例"),
    "usage-error-watch": partial(_asked_back, "wach +8613711112222"),
    "usage-error-watches": partial(_asked_back, "watches 5"),
    "usage-error-template": partial(_asked_back, "tempalte 1234567"),
    "for-the-customer": partial(_for_the_customer, _FOR_ONE),
    "for-the-customer-of-two-causes": partial(_for_the_customer, _FOR_TWO),
    "for-the-customer-nothing": partial(_for_the_customer, report(delivery())),
    "turned-away-to-a-channel": partial(views.access_denied, "user", "C0OPERATORS"),
    "turned-away-to-a-group": partial(views.access_denied, "too many", "S0OPERATORS", per_minute=30),
    "lacking-without-contact": partial(views.access_denied, "unchecked", scope="users:read"),
    "batch-too-long": partial(_batch_ended, BatchEnd.TOO_LONG),
    "progress-of-nobody": partial(_progress, 0),
    "progress-of-many": partial(_progress, 7),
    "term": partial(views.term, _TERM),
    "explain-many": partial(_explained, "X", [replace(PHONE_OFF, vendor=vendor) for vendor in "ABCDEF"]),
    "explain-with-words-for-the-customer": partial(
        _explained,
        "X",
        [
            replace(
                PHONE_OFF,
                source="",
                en=replace(PHONE_OFF.en, customer_wording="Please."),
                zh=replace(PHONE_OFF.zh, customer_wording="请查看。"),
            )
        ],
    ),
    "explain-a-call": partial(_explained, EXPIRED.code, [EXPIRED.explanation] if EXPIRED.explanation else []),
    "explain-unlisted-alone": partial(_explained, "XX:77777", [UNLISTED]),
    "providers-none": partial(_providers, 0),
    "providers-many": partial(_providers, 4),
    "providers-at-first": partial(_providers, last_answer_at=None),
    "answer-every-note": partial(_shown, _NOTED),
    "answer-contradictory": partial(
        _shown, report(*(failed(notes=(ProviderWords(words="absent"),), sent=ago(minutes=n)) for n in range(5))), detailed=True
    ),
    "answer-shortened": partial(_shown, _LONG),
    "answer-shortened-explained": partial(_shown, _LONG, detailed=True),
    "answer-without-times": partial(_shown, report(delivery(sent_at=None), failed(sent_at=None, received_at=None))),
    "answer-few-buttons": partial(_shown, report(window=_WEEK), may_reveal=True, direct=True),
    "answer-fewer-buttons": partial(_shown, report(delivery(), window=_WEEK), public=True, detailed=True),
    "answer-of-a-provider": partial(_apart, provider="aliyun"),
    "answer-of-an-account": partial(_apart, account="1400007777"),
    "answer-of-a-template": partial(_apart, template="1234567"),
    "answer-of-a-signature": partial(_apart, signature="示例"),
    "summary": partial(
        _summary,
        _entry(OPEN, Outcome.FAILED, Outcome.DELIVERED, hours=2),
        _entry(replace(OPEN, only=_FAILED), Outcome.PENDING, Outcome.DELIVERED, "", minutes=9),
    ),
    "summary-without-change": partial(
        _summary,
        TimelineEntry(CLOSED, None, Finding("failed", ago(hours=1)), Finding("failed", NOW)),
    ),
    "summary-of-many": partial(
        _summary, *(_entry(report(numbers=5).query, Outcome.FAILED, Outcome.DELIVERED, minutes=30 - n) for n in range(20))
    ),
    "summary-shared": views.shared_summary,
    "summary-of-nothing": views.no_summary,
    "answer-in-a-thread": partial(_shown, report(delivery(), window=_WEEK), public=True, threaded=True),
    "answer-of-nothing-in-a-thread": partial(_shown, report(window=_WEEK), public=True, threaded=True),
    "csv-of-one": partial(_with_csv, report(delivery())),
    "csv-of-several": partial(_with_csv, sample()),
    "csv-sent": views.csv_sent,
    "csv-needs-scope": views.csv_needs_scope,
    "answer-of-a-week": partial(_shown, report(failed(), window=_WEEK), may_reveal=True),
    "answer-of-a-week-filtered": partial(_shown, report(*many(40), window=_WEEK, only=_FAILED), public=True),
    "answer-of-a-week-page-2": partial(
        _shown, report(*many(120, numbers=2), numbers=2, window=_WEEK), page=5, public=True, detailed=True
    ),
    "answer-of-a-week-delivered": partial(_shown, report(*(delivery() for _ in range(11)), failed(), window=_WEEK), public=True),
    "revealed-without-times": partial(_revealed, report(delivery(sent_at=None))),
    "follow-up-the-same": partial(_follow_up, OPEN),
    "follow-up-via": partial(_follow_up, replace(OPEN, providers=("tencent", "aliyun"))),
    "follow-up-of-all": partial(_follow_up, replace(report(numbers=7).query, window=_YESTERDAY), CLOSED),
}


def _home_full(*, language: Language) -> Json:
    names = titles(language)
    unlisted = ((names["tencent"], "XX:1", 4), (names["aliyun"], "XX:2", 1))
    silent = [replace(state, last_answer_at=None) for state in states(language)]
    return home.home(silent, REPEATS, home_context(language, unlisted=unlisted))


def _turned_away(*, language: Language) -> Json:
    return notices.access_denied_modal(views.access_denied("guest", language=language), language=language)


OTHER_VIEWS: Mapping[str, Sample[Json]] = {
    "lookup-of-several": partial(modal.lookup_modal, ID, "+8613711112222", found=_NUMBERS, audience=modal.Audience.THREAD),
    "turned-away": _turned_away,
    "home-full": _home_full,
    "settings-bare": partial(about_modal, (), kept_days=1, receipt_days=1),
    "lookup-of-ids": partial(modal.lookup_modal, ID, "", found=_IDS, audience=modal.Audience.MESSAGE),
    "lookup-of-an-id": partial(modal.lookup_modal, ID, "", found=_IDS[:1], audience=modal.Audience.MESSAGE),
}

# --- all of them ----------------------------------------------------------------------------------------------------------


def payload(message: views.Message) -> Json:
    return {"text": message.text, "blocks": list(message.blocks)}


def all_messages(language: Language) -> Sequence[tuple[str, Json]]:
    """Every message as what is sent to Slack, by name."""
    return _kept(language, _messages)


def all_views(language: Language) -> Sequence[tuple[str, Json]]:
    """Every window and Home tab."""
    return _kept(language, _views)


def _messages(language: Language) -> Iterator[tuple[str, Json]]:
    for name, made in {**MESSAGES, **OTHER_MESSAGES}.items():
        yield name, payload(made(language=language))


def _views(language: Language) -> Iterator[tuple[str, Json]]:
    for name, made in {**VIEWS, **OTHER_VIEWS}.items():
        yield name, made(language=language)


def _kept(language: Language, make: Callable[[Language], Iterator[tuple[str, Json]]]) -> Sequence[tuple[str, Json]]:
    """Made once for each of LANGUAGES, for it takes a second; a stretched language is equal to English."""
    at = next((at for at, one in enumerate(LANGUAGES) if one is language), None)
    return tuple(make(language)) if at is None else _made(at, make)


@cache
def _made(at: int, make: Callable[[Language], Iterator[tuple[str, Json]]]) -> Sequence[tuple[str, Json]]:
    return tuple(make(LANGUAGES[at]))
