"""The nouns: what is asked (Target, Window, Query) and what is answered (Delivery, Coverage, Report).

Values only: frozen, compared by content, and without I/O. All times are aware datetimes in UTC.
A `PhoneNumber` prints itself masked, so that a number reaches a log or an error text only by writing `.e164` on purpose.
"""

from bot.model.delivery import STORE, Delivery, Status
from bot.model.explanation import CodeKind, Confidence, Explanation, ExplanationText, Owner, Resend
from bot.model.note import Note, NoteKind
from bot.model.number import PhoneNumber
from bot.model.outcome import Outcome
from bot.model.query import Query, Target, Window
from bot.model.report import Coverage, ProviderFault, Report, SkippedAccount

__all__ = [
    "STORE",
    "CodeKind",
    "Confidence",
    "Coverage",
    "Delivery",
    "Explanation",
    "ExplanationText",
    "Note",
    "NoteKind",
    "Outcome",
    "Owner",
    "PhoneNumber",
    "ProviderFault",
    "Query",
    "Report",
    "Resend",
    "SkippedAccount",
    "Status",
    "Target",
    "Window",
]
