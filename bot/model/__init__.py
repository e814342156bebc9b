"""The nouns: what is asked (Target, Window, Query) and what is answered (Delivery, Coverage, Report; Signature, Template).

Values only: frozen, compared by content, and without I/O. All times are aware datetimes in UTC.
A `PhoneNumber` prints itself masked, so that a number reaches a log or an error text only by writing `.e164` on purpose.
"""

from bot.model.delivery import STORE, Delivery, Status
from bot.model.explanation import CodeKind, Confidence, Explanation, ExplanationText, Owner, Resend
from bot.model.note import (
    BeyondRetention,
    ClockSkew,
    Contradiction,
    CountedMore,
    CrowdedSecond,
    CutToRetention,
    EmptyReceipts,
    MayChange,
    NeedsMessageId,
    NeedsNumber,
    NewestOnly,
    NoRecord,
    NotChosen,
    Note,
    NoteKind,
    OtherNumbers,
    PartMissing,
    ProviderWords,
    Replied,
    RowsUnreadable,
    SendsCovered,
    SendsMissing,
    SendsSkipped,
    StoredSince,
    WindowIgnored,
)
from bot.model.number import PhoneNumber
from bot.model.outcome import Outcome
from bot.model.query import Query, Target, Window
from bot.model.register import RegisterAnswer, RegisterReport, SignatureReport, TemplateReport
from bot.model.report import Coverage, ProviderFault, Report, SkippedAccount
from bot.model.signature import (
    CarrierRegistration,
    RegistrationReason,
    RegistrationState,
    Signature,
    bare_signature,
)
from bot.model.standing import ReviewState, Standing
from bot.model.template import Template, TemplateKind

__all__ = [
    "STORE",
    "BeyondRetention",
    "CarrierRegistration",
    "ClockSkew",
    "CodeKind",
    "Confidence",
    "Contradiction",
    "CountedMore",
    "Coverage",
    "CrowdedSecond",
    "CutToRetention",
    "Delivery",
    "EmptyReceipts",
    "Explanation",
    "ExplanationText",
    "MayChange",
    "NeedsMessageId",
    "NeedsNumber",
    "NewestOnly",
    "NoRecord",
    "NotChosen",
    "Note",
    "NoteKind",
    "OtherNumbers",
    "Outcome",
    "Owner",
    "PartMissing",
    "PhoneNumber",
    "ProviderFault",
    "ProviderWords",
    "Query",
    "RegisterAnswer",
    "RegisterReport",
    "RegistrationReason",
    "RegistrationState",
    "Replied",
    "Report",
    "Resend",
    "ReviewState",
    "RowsUnreadable",
    "SendsCovered",
    "SendsMissing",
    "SendsSkipped",
    "Signature",
    "SignatureReport",
    "SkippedAccount",
    "Standing",
    "Status",
    "StoredSince",
    "Target",
    "Template",
    "TemplateKind",
    "TemplateReport",
    "Window",
    "WindowIgnored",
    "bare_signature",
]
