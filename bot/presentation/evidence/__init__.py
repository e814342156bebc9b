"""The rows behind a verdict as lines of text, the same for every medium.

rows.py      one for what became of a message
reasons.py   up to a few for why
customer.py  what to tell the customer
remarks.py   what the answer does not cover
"""

from bot.presentation.evidence.customer import MAX_CUSTOMER_TEXTS, customer_texts, texts_of
from bot.presentation.evidence.reasons import (
    MAX_CODES,
    MAX_ROW_NOTES,
    Detail,
    Reason,
    causes,
    codes_label,
    is_advised,
    reason_lines,
    reasons,
)
from bot.presentation.evidence.remarks import (
    MAX_FAULTS,
    MAX_NOT_ASKED,
    MAX_NOTES,
    MAX_SILENT,
    accounts_not_asked,
    faults,
    passed_over,
    remarks,
    selection,
    silent,
)
from bot.presentation.evidence.rows import asks_several, number_of, row_origin, row_text, row_words

__all__ = [
    "MAX_CODES",
    "MAX_CUSTOMER_TEXTS",
    "MAX_FAULTS",
    "MAX_NOTES",
    "MAX_NOT_ASKED",
    "MAX_ROW_NOTES",
    "MAX_SILENT",
    "Detail",
    "Reason",
    "accounts_not_asked",
    "asks_several",
    "causes",
    "codes_label",
    "customer_texts",
    "faults",
    "is_advised",
    "number_of",
    "passed_over",
    "reason_lines",
    "reasons",
    "remarks",
    "row_origin",
    "row_text",
    "row_words",
    "selection",
    "silent",
    "texts_of",
]
