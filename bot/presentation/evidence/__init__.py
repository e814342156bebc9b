"""The evidence behind a verdict, as lines of text in any TextFormat.

rows.py      one message: its status, who reports it, its number
entries.py   the lines of the evidence, equal messages as one
reasons.py   why messages failed: explanations, grouped
customer.py  the wording for the customer
limits.py    the limit that messages to one number have reached
suspects.py  the signature or template that may be why, to be checked
remarks.py   what the answer does not cover
"""

from bot.presentation.evidence.customer import MAX_CUSTOMER_TEXTS, customer_texts, texts_of
from bot.presentation.evidence.entries import MOST_UNFOLDED, Entry, entries, entry_words, is_mixed
from bot.presentation.evidence.limits import limit_lines, wait_words
from bot.presentation.evidence.reasons import (
    MAX_CODES,
    MAX_ROW_NOTES,
    CodeGroup,
    Detail,
    cause_lines,
    codes_label,
    group_by_code,
    group_by_meaning,
    is_advised,
    needs_words,
    reason_lines,
    remark_lines,
)
from bot.presentation.evidence.remarks import (
    MAX_FAULTS,
    MAX_NOT_ASKED,
    MAX_NOTES,
    MAX_SILENT,
    accounts_not_asked,
    fault_lines,
    filter_line,
    ignored_words_line,
    missing_targets_line,
    remarks,
)
from bot.presentation.evidence.rows import asks_several, number_label, row_origin, row_text, row_words
from bot.presentation.evidence.suspects import Suspect, suspected_signature, suspected_template

__all__ = [
    "MAX_CODES",
    "MAX_CUSTOMER_TEXTS",
    "MAX_FAULTS",
    "MAX_NOTES",
    "MAX_NOT_ASKED",
    "MAX_ROW_NOTES",
    "MAX_SILENT",
    "MOST_UNFOLDED",
    "CodeGroup",
    "Detail",
    "Entry",
    "Suspect",
    "accounts_not_asked",
    "asks_several",
    "cause_lines",
    "codes_label",
    "customer_texts",
    "entries",
    "entry_words",
    "fault_lines",
    "filter_line",
    "group_by_code",
    "group_by_meaning",
    "ignored_words_line",
    "is_advised",
    "is_mixed",
    "limit_lines",
    "missing_targets_line",
    "needs_words",
    "number_label",
    "reason_lines",
    "remark_lines",
    "remarks",
    "row_origin",
    "row_text",
    "row_words",
    "suspected_signature",
    "suspected_template",
    "texts_of",
    "wait_words",
]
