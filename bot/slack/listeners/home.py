"""The Home tab: published when it is opened; its buttons make a lookup again, or begin one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.grammar import Lookup, examples
from bot.i18n import phrase
from bot.presentation.provider_status import provider_statuses
from bot.providers.systems import titles
from bot.slack.listeners.answer_actions import rerun_query
from bot.slack.listeners.lookup_answer import answer_lookup
from bot.slack.requests.context import RequestOutcome
from bot.slack.state.answers import KEEP
from bot.slack.state.drafts import ModalDraft, new_draft_id
from bot.slack.views import home
from bot.slack.views.about import about_modal
from bot.slack.views.thread_notes import linked

if TYPE_CHECKING:
    from datetime import datetime

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.config import AppSettings, Mode
    from bot.i18n import Language, Phrase
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.listeners.modals import Modals
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.findings import Finding
    from bot.storage.unlisted_codes import UnlistedCodeCounter

MOST_REPEATS = 10
MOST_UNLISTED = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HomeTab:
    """What the Home tab shows beside answers."""

    modals: Modals
    settings: AppSettings
    mode: Mode
    unlisted: UnlistedCodeCounter
    receipt_days: int  # how long the receipt store keeps; 0: there is none


def register(app: AsyncApp, runner: RequestRunner, tab: HomeTab, responders: Responders) -> None:
    """Listen to the Home tab being opened and to its buttons."""

    async def opened(ack: AsyncAck, ctx: RequestContext, event: dict[str, Any]) -> None:
        await ack()
        if event.get("tab") != "messages":
            message = responders.message(ctx, event.get("channel") or ctx.request.user)
            runner.start(ctx, message, lambda: publish_home(ctx, tab, message))

    async def repeat(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        message = await direct_message(ctx, body)
        runner.start(ctx, message, lambda: ask_again(ctx, tab, message, action.get("value", "")))

    async def look_up(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any]) -> None:
        await ack()
        message = await direct_message(ctx, body)
        draft, trigger_id = ModalDraft(channel=message.channel), body.get("trigger_id", "")
        runner.start(ctx, message, lambda: tab.modals.open_empty(ctx, message, trigger_id, draft))

    async def direct_message(ctx: RequestContext, body: dict[str, Any]) -> AnswerMessage:
        """With whoever pressed. By the user's id Slack finds it too, but then nothing in it can be edited."""
        draft = await tab.modals.drafts.get(body.get("view", {}).get("private_metadata", ""))
        return responders.message(ctx, (draft.channel if draft else "") or ctx.request.user)

    app.event("app_home_opened")(opened)
    app.action(home.REPEAT)(repeat)

    async def settings(ack: AsyncAck, ctx: RequestContext, body: dict[str, Any]) -> None:
        await ack()
        message = await direct_message(ctx, body)
        runner.start(ctx, message, lambda: open_settings(ctx, tab, message, body.get("trigger_id", "")))

    app.action(home.LOOK_UP)(look_up)
    app.action(home.SETTINGS)(settings)


async def open_settings(ctx: RequestContext, tab: HomeTab, message: AnswerMessage, trigger_id: str) -> RequestOutcome:
    """Open what everybody may read of the settings. Raises SlackDeliveryError, ClaimLostError."""
    answers = tab.modals.answers
    language = (await answers.locales.resolve(message.user, answers.timings.modal_wait)).language
    shown = shown_settings(tab.settings, tab.mode, language)
    view = about_modal(shown, kept_days=KEEP // timedelta(days=1), receipt_days=tab.receipt_days, language=language)
    try:
        await tab.modals.views.open(trigger_id, view, claim=ctx.claim)
    except SlackDeliveryError as error:
        await message.show(answers.delivery_failed(error, language))
        return RequestOutcome.REFUSED
    return RequestOutcome.OPENED


async def publish_home(
    ctx: RequestContext, tab: HomeTab, message: AnswerMessage, notice: Phrase | None = None, *, is_answer: bool = True
) -> RequestOutcome:
    """Publish the Home tab of whoever opened it. Raises SlackDeliveryError, ClaimLostError."""
    answers, modals = tab.modals.answers, tab.modals
    recent = await answers.store.latest_of(message.user, MOST_REPEATS)
    reader = await answers.locales.resolve(message.user)
    language, names = reader.language, titles(reader.language)
    context = home.HomeContext(
        now=answers.clock(),
        zone=reader.zone,
        language=language,
        titles=names,
        command=answers.identity.command,
        bot_name=answers.identity.bot_name,
        examples=examples(language),
        unlisted=[(names.get(one.provider, one.provider), one.code, one.count) for one in await tab.unlisted.top(MOST_UNLISTED)],
        notice=notice.said_in(language) if notice else "",
        codes=answers.pages.start(language) if answers.pages else "",
    )
    repeats = [
        home.RepeatButton(answer_id, asked.query, asked.relative_length, *_found(asked.found_last)) for answer_id, asked in recent
    ]
    # The buttons' requests do not name the direct message that their answers go to.
    draft_id = new_draft_id()
    await modals.drafts.put(draft_id, ModalDraft(channel=message.channel))
    view = home.home(provider_statuses(answers.lookups, language), repeats, context)
    await modals.views.publish(message.user, {**view, "private_metadata": draft_id}, claim=ctx.claim if is_answer else None)
    return RequestOutcome.ANSWERED


async def ask_again(ctx: RequestContext, tab: HomeTab, message: AnswerMessage, answer_id: str) -> RequestOutcome:
    """Run one of the last lookups again, up to now; the answer is a direct message, and the tab says so.

    Raises SlackDeliveryError, ClaimLostError.
    """
    answers = tab.modals.answers
    record = await answers.store.find(answer_id)
    if record is None:
        gone = phrase("This lookup is no longer kept. Press “New lookup” and type it again.")
        await publish_home(ctx, tab, message, gone)
        return RequestOutcome.GONE
    command = Lookup(rerun_query(record, answers.clock()))
    reader = await answers.locales.resolve(message.user)
    running = phrase("⏳ Running it again: the answer comes in the Messages tab.")
    outcome, _ = await asyncio.gather(
        answer_lookup(ctx, answers, message, command, reader), _show_on_tab(ctx, tab, message, running)
    )
    link = await tab.modals.views.permalink(message.channel, message.message_ts) if message.message_ts else ""
    there = linked(reader.language.say("the Messages tab"), link)
    await _show_on_tab(ctx, tab, message, phrase("Answered: see {answer}.", answer=there))
    return outcome


async def _show_on_tab(ctx: RequestContext, tab: HomeTab, message: AnswerMessage, notice: Phrase) -> None:
    """Say on the tab what is happening, which matters less than the answer itself."""
    try:
        await publish_home(ctx, tab, message, notice, is_answer=False)
    except SlackDeliveryError as error:  # the tab is brought up to date when it is opened
        log.info("slack.home_refused", reason=error.reason)


def shown_settings(general: AppSettings, mode: Mode, language: Language) -> tuple[tuple[str, str], ...]:
    """What everybody may read of the settings, on the app's Home tab: nothing secret, and no names of people."""
    say = language.say
    answered, turned_away = say("allowed"), say("not allowed")
    own = say("as set in your Slack") if general.language == "auto" else _name(general.language, language)
    return (
        (say("Default country"), general.region),
        (say("Default time zone"), general.timezone),
        (say("Timeout"), say("{count} s", count=f"{general.deadline_seconds:g}")),
        (say("Connection"), "Socket Mode" if mode == "socket" else "HTTP"),
        (say("Rate limit per person"), say("{count} a minute", count=general.user_rate)),
        (say("Audit kept for"), language.plural(general.audit_days, "{count} day", "{count} days")),
        (say("Guests"), answered if general.allow_guests else turned_away),
        (say("External users"), answered if general.allow_externals else turned_away),
        (say("Your language"), own),
        (say("Channel language"), _name(general.channel_language_for(""), language)),
    )


def _name(code: str, language: Language) -> str:
    return language.say("Chinese") if code == "zh" else language.say("English")


def _found(last: Finding | None) -> tuple[str, datetime | None]:
    return ("", None) if last is None else (last.outcome, last.as_of)
