"""The buttons *Check signature* and *Check template*: what the failed messages carry is checked, or else asked for in a window.

The answer is for whoever pressed, beside the answer that they pressed below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.errors import UsageError
from bot.grammar import CheckSignature, CheckTemplate, parse
from bot.presentation.evidence import suspected_signature, suspected_template
from bot.slack.listeners.entered import entered
from bot.slack.listeners.modals import GONE, one_line_error, reject
from bot.slack.requests.context import RequestOutcome
from bot.slack.views import modal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.grammar import ParseContext
    from bot.slack.listeners.modals import Modals
    from bot.slack.locales import ReaderLocale
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext
    from bot.slack.requests.runner import RequestRunner
    from bot.slack.responders import Responders
    from bot.slack.state.answer_record import AnswerRecord
    from bot.slack.state.drafts import ModalDraft


@dataclass(frozen=True, slots=True)
class CheckClick:
    """One of the two buttons was pressed by `reader`; `draft` says where the answer of a window goes."""

    is_of_signature: bool
    trigger: str
    draft: ModalDraft
    reader: ReaderLocale


_WORDS: Mapping[str, str] = {modal.SIGNATURE: "signature", modal.TEMPLATE: "template"}


def register(app: AsyncApp, runner: RequestRunner, modals: Modals, responders: Responders) -> None:
    """Listen to both windows being submitted. The buttons are those of answers."""

    async def submitted(ack: AsyncAck, ctx: RequestContext, view: dict[str, Any]) -> None:
        draft, reader = await modals.submitted(ctx, view)
        if draft is None:
            await reject(ack, modal.NAME, GONE, reader)
            return
        try:
            check = entered_check(view, modals.answers.parse_context(reader))
        except UsageError as error:
            await reject(ack, modal.NAME, one_line_error(error), reader)
            return
        await ack()
        responder = responders.by_response_url(ctx, draft.response_url, draft.channel, thread_ts=draft.thread_ts)
        runner.start(ctx, responder, lambda: show_check(ctx, modals, responder, [check], reader))

    app.view(re.compile("|".join(map(re.escape, _WORDS))))(submitted)


def entered_check(view: Mapping[str, Any], context: ParseContext) -> CheckSignature | CheckTemplate:
    """The check of what was entered, read like what is typed. Raises UsageError."""
    command = parse(f"{_WORDS[view['callback_id']]} {entered(view, modal.NAME) or ''}", context)
    if not isinstance(command, CheckSignature | CheckTemplate):
        raise TypeError("the words of a check are read as something else")
    return command


async def check_suspect(
    ctx: RequestContext, modals: Modals, responder: ResponseUrlResponder, click: CheckClick, *, record: AnswerRecord
) -> RequestOutcome:
    """Check what the failed messages carry; open a window where that is not known. Raises SlackDeliveryError, ClaimLostError."""
    report, reader = await modals.answers.report_of(ctx, record), click.reader
    suspect = suspected_signature(report) if click.is_of_signature else suspected_template(report)
    if suspect is None or not suspect.names:
        form = modal.signature_modal if click.is_of_signature else modal.template_modal
        view = partial(form, language=reader.language)
        return await modals.open(ctx, responder, click.trigger, click.draft, view, language=reader.language)
    checks = [CheckSignature(name) if click.is_of_signature else CheckTemplate(name) for name in suspect.names]
    return await show_check(ctx, modals, responder, checks, reader, systems=suspect.systems)


async def show_check(
    ctx: RequestContext,
    modals: Modals,
    responder: ResponseUrlResponder,
    checks: list[CheckSignature | CheckTemplate],
    reader: ReaderLocale,
    *,
    systems: tuple[str, ...] = (),
) -> RequestOutcome:
    """Show the answer to `checks`; only `systems` are asked, if any are named. Raises SlackDeliveryError, ClaimLostError."""
    answers = modals.answers
    await responder.show(await answers.check(ctx, checks, responder.progress, reader, providers=systems))
    return RequestOutcome.ANSWERED
