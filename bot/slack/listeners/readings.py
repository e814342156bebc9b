"""What has several readings, or a slip: one message with a button for each reading, which runs it where it was asked.

A button's value is the id of a draft, sealed like everything that is kept, which holds the words and where their answer belongs.
The words are those of somebody's own message, so running them is like having typed them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.grammar import Explain
from bot.providers.systems import titles
from bot.slack import views
from bot.slack.listeners.follow_ups import ExplainRow, FollowUpAction, parse_follow_up
from bot.slack.state.drafts import new_draft_id
from bot.slack.views.readings import Reading, reading_labels

if TYPE_CHECKING:
    from bot.errors import UsageError
    from bot.grammar import Command, ParseContext
    from bot.slack.answer_service import AnswerService
    from bot.slack.locales import ReaderLocale
    from bot.slack.state.drafts import DraftStore, ModalDraft


@dataclass(frozen=True, slots=True)
class Readings:
    """Offers readings."""

    answers: AnswerService
    drafts: DraftStore

    async def offer(
        self, error: UsageError, parse_context: ParseContext, typed: str, draft: ModalDraft, reader: ReaderLocale
    ) -> views.Message:
        """What is not understood, with a button for each reading. `draft` says where the answer belongs, and what was said.

        Without readings there is a button that opens a window with what was said, so that nobody types it all again; none where
        no other words would do.
        """
        language = reader.language
        if not error.readings:
            draft_id = await self._keep(draft) if error.can_be_corrected else ""
            return views.usage_error(error, typed, draft_id=draft_id, language=language)
        ids = await asyncio.gather(*(self._keep(replace(draft, words=words)) for words in error.readings))
        meant = [_meant(words, parse_context) for words in error.readings]
        labels = reading_labels(meant, titles(language), zone=reader.zone, now=parse_context.now, language=language)
        offered = [Reading(draft_id, label) for draft_id, label in zip(ids, labels, strict=True)]
        return views.usage_error(error, typed, offered, language=language)

    async def _keep(self, draft: ModalDraft) -> str:
        """Under which id it is kept."""
        draft_id = new_draft_id()
        await self.drafts.put(draft_id, draft)
        return draft_id


def _meant(words: str, parse_context: ParseContext) -> Command | str:
    """What a reading asks, or the word by which the last answer is changed."""
    command = parse_follow_up(words, parse_context)
    if isinstance(command, FollowUpAction):
        return command.value
    return Explain(words) if isinstance(command, ExplainRow) else command
