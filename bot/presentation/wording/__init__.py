"""Values into sentences: notes, faults, labels and explanations, for people who are not SMS experts.

One set of sentences serves Slack, the terminal and JSON. A `TextFormat` sets them for one of these, in one language: Slack's is
made in `bot/slack/views/mrkdwn.py`, the others' by `plain_text_format`.

    text_format.py  TextFormat, plain_text_format, and limits of lengths
    labels.py       statuses, owners, advice, names
    notes.py        notes on rows and on coverage
    faults.py       why a provider did not answer
    freshness.py    the window, as of when, whether from the cache, how many sources
"""

from bot.presentation.wording.faults import fault_sentence, fault_words
from bot.presentation.wording.freshness import STILL_FRESH, as_of_words, freshness, sources_words, window_words
from bot.presentation.wording.labels import (
    DOUBT,
    OUTCOME_SIGNS,
    SEVERAL,
    SIGNS,
    STATUS_WORDS,
    advice,
    advice_of,
    capitalised,
    carrier_words,
    confidence_words,
    filter_words,
    is_systematic,
    mid_sentence,
    name_of,
    nothing_shown,
    origin_of,
    owner_words,
    source_words,
    status_words,
    with_several_accounts,
)
from bot.presentation.wording.notes import clock_sentence, not_asked, note_sentence
from bot.presentation.wording.text_format import (
    ACCOUNT,
    CODE,
    IDENTIFIER,
    NO_DAY,
    PLACE,
    STEP,
    TITLE,
    WORDS,
    ProviderStatus,
    TextFormat,
    known_numbers,
    plain_text_format,
)

__all__ = [
    "ACCOUNT",
    "CODE",
    "DOUBT",
    "IDENTIFIER",
    "NO_DAY",
    "OUTCOME_SIGNS",
    "PLACE",
    "SEVERAL",
    "SIGNS",
    "STATUS_WORDS",
    "STEP",
    "STILL_FRESH",
    "TITLE",
    "WORDS",
    "ProviderStatus",
    "TextFormat",
    "advice",
    "advice_of",
    "as_of_words",
    "capitalised",
    "carrier_words",
    "clock_sentence",
    "confidence_words",
    "fault_sentence",
    "fault_words",
    "filter_words",
    "freshness",
    "is_systematic",
    "known_numbers",
    "mid_sentence",
    "name_of",
    "not_asked",
    "note_sentence",
    "nothing_shown",
    "origin_of",
    "owner_words",
    "plain_text_format",
    "source_words",
    "sources_words",
    "status_words",
    "window_words",
    "with_several_accounts",
]
