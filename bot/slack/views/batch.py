"""A batch under way, and one that ended without an answer: its progress with *Cancel*, the rest with *Go on*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.i18n import phrase
from bot.presentation.batches import progress_words
from bot.presentation.verdict.targets import count_targets
from bot.slack.views.message import Message, context_block, plain_text, text_message
from bot.slack.views.mrkdwn import with_code_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.i18n import Language
    from bot.lookup.batch import BatchProgress
    from bot.model import Target

_NOTE = 300
CANCEL, GO_ON = "batch.cancel", "batch.go_on"
_CANCEL = (phrase("Cancel"), phrase("Stop this lookup; the answer covers what is done"))
_GO_ON = (phrase("Go on with the rest"), phrase("Look up the numbers that are not done yet"))


def batch_progress(
    targets: Sequence[Target], progress: BatchProgress, answer_id: str, notes: Sequence[str], *, language: Language
) -> Message:
    """`⏳ Looking up 400 numbers: 120 of 400 · about 14 s left`, what the list held, and *Cancel*."""
    words, counted = progress_words(progress, language), count_targets(targets, language)
    said = text_message(language, language.say("⏳ Looking up {targets}: {progress}", targets=counted, progress=words))
    return Message(said.text, (*said.blocks, *notes_block(notes, language), _actions(_CANCEL, CANCEL, answer_id, language)))


def batch_ended(words: str, answer_id: str, notes: Sequence[str] = (), *, language: Language) -> Message:
    """A batch that ended before anything was known: why, and a button for the rest."""
    said = text_message(language, f"⚠️ {words}")
    return Message(said.text, (*said.blocks, *notes_block(notes, language), go_on_block(answer_id, language)))


def batch_busy(*, language: Language) -> Message:
    """Nobody runs two at once."""
    return text_message(language, language.say("You have a list running already. Cancel it, or wait until it is done."))


def batch_gone(*, language: Language) -> Message:
    """The reply to *Cancel* for what does not run any more, or not here."""
    return text_message(language, language.say("This lookup is no longer running here: it is done, or was cut off by a restart."))


def batch_stopping(*, language: Language) -> Message:
    """The reply to *Cancel* for what another replica runs."""
    return text_message(language, language.say("Stopping: in a moment the answer covers what is done."))


def notes_block(notes: Sequence[str], language: Language) -> list[dict[str, Any]]:
    """What is said of the list, as small print."""
    return [context_block(note_lines(notes), language)] if notes else []


def note_lines(notes: Sequence[str]) -> list[str]:
    """The same as lines; they hold words of the list."""
    return [with_code_spans(note, _NOTE) for note in notes]


def go_on_block(answer_id: str, language: Language) -> dict[str, Any]:
    """The button for the rest."""
    return _actions(_GO_ON, GO_ON, answer_id, language)


def _actions(label: Sequence[Any], action: str, answer_id: str, language: Language) -> dict[str, Any]:
    text, spoken = label
    button = {
        "type": "button",
        "action_id": action,
        "text": plain_text(text.said_in(language)),
        "value": answer_id,
        "accessibility_label": spoken.said_in(language),
    }
    return {"type": "actions", "elements": [button]}
