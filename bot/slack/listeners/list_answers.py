"""Lists that are dropped as files or pasted into a conversation, and their answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.errors import UsageError
from bot.grammar import Lookup, parse
from bot.slack import views
from bot.slack.listeners.lists import read_files
from bot.slack.listeners.lookup_answer import answer_lookup
from bot.slack.requests.context import RequestOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.grammar import ParseContext
    from bot.slack.answer_message import AnswerMessage
    from bot.slack.answer_service import AnswerService
    from bot.slack.listeners.lists import ListedLookup
    from bot.slack.locales import ReaderLocale
    from bot.slack.requests.context import RequestContext
    from bot.slack.transport.files import FileDownloads


async def answer_files(
    ctx: RequestContext,
    answers: AnswerService,
    message: AnswerMessage,
    text: str,
    files: Sequence[Mapping[str, Any]],
    *,
    downloads: FileDownloads,
    typed: str,
) -> RequestOutcome:
    """Answer the list in a file. `typed` is what precedes a command where it is read.

    Raises SlackDeliveryError, ClaimLostError.
    """
    reader = await answers.locales.resolve(message.user)
    parse_context = answers.parse_context(reader, message.delay)
    try:
        found = await read_files(downloads, files, text, parse_context)
    except UsageError as error:
        if (command := _lookup_of(text, parse_context)) is not None:  # the file may be a log, beside the number that it is about
            problem = error.masked_problem.said_in(message.posted_language)
            return await answer_lookup(ctx, answers, message, command, reader, notes=(problem,))
        await message.show(views.usage_error(error, typed, language=message.language))
        return RequestOutcome.USAGE
    return await answer_list(ctx, answers, message, found, reader)


def _lookup_of(text: str, parse_context: ParseContext) -> Lookup | None:
    """The lookup that the words ask for by themselves."""
    with suppress(UsageError):
        command = parse(text, parse_context)
        return command if isinstance(command, Lookup) else None
    return None


async def answer_list(
    ctx: RequestContext, answers: AnswerService, message: AnswerMessage, found: ListedLookup, reader: ReaderLocale
) -> RequestOutcome:
    """Look up a list that was read. Raises SlackDeliveryError, ClaimLostError."""
    ctx.audit.command = "lookup"
    command = found.command
    if message.delay:  # else the second that the file took would make 2 h and a second of 2 h
        command = replace(command, query=answers.reaching_now(command.query))
    return await answer_lookup(ctx, answers, message, command, reader, notes=found.notes(message.posted_language))
