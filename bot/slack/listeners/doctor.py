"""`doctor`: the self-check, for the permitted alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import views
from bot.slack.requests.context import RequestOutcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.answer_service import AnswerService
    from bot.slack.doctor.service import SlackDoctor
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext

    Show = Callable[[views.Message], Awaitable[None]]


async def answer_doctor(
    ctx: RequestContext, answers: AnswerService, doctor: SlackDoctor, reader: ReaderLocale, *, progress: Show, show: Show
) -> RequestOutcome:
    """Show the asker alone what is found, or why they may not see it. Raises SlackDeliveryError, ClaimLostError."""
    language = reader.language
    if (denial := await answers.authorizer.may_examine(ctx.request)) is not None:
        ctx.audit.denial = denial.reason.value
        await show(answers.denial_message(denial, language))
        return RequestOutcome.REFUSED
    examining = doctor.examine(language)
    checks = await answers.announced(ctx, examining, lambda: views.examining(language=language), progress)
    await show(views.examined(checks, language=language))
    return RequestOutcome.ANSWERED
