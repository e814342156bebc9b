"""Explanation of a code: texts, owner, resend advice and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ARRIVED = "delivered"  # the family of the codes of messages that arrived


class Owner(StrEnum):
    """Who can fix a failure."""

    RECIPIENT = "recipient"
    CARRIER = "carrier"
    US = "us"
    PROVIDER = "provider"
    CONTENT = "content"
    NOBODY = "nobody"  # nothing to put right: delivered, or still under way
    UNKNOWN = "unknown"


class Resend(StrEnum):
    """Whether to send the message again."""

    YES = "yes"
    LATER = "later"
    NO = "no"
    AFTER_FIX = "after_fix"


class Confidence(StrEnum):
    """How sure an explanation is."""

    SURE = "sure"  # the vendor documents this very code with this meaning
    LIKELY = "likely"  # documented, but the code is coarse or its meaning depends on the carrier
    UNSURE = "unsure"  # from another platform's table, or from the code's family only
    UNLISTED = "unlisted"  # not in the catalogue


class CodeKind(StrEnum):
    """Where a code comes from: a receipt, the response to a send, or the response to a lookup."""

    RECEIPT = "receipt"
    API = "api"
    QUERY = "query"  # vendors answer lookups with codes of sending, which then say nothing about the message


@dataclass(frozen=True, slots=True)
class ExplanationText:
    """An explanation in one language. Short sentences, for someone who is not an SMS expert."""

    title: str
    meaning: str
    causes: tuple[str, ...]
    next_step: str
    customer_wording: str = ""  # what to tell the customer, in words that can be said as they are
    next_step_many: str = ""  # what to do instead when three or more numbers fail alike; empty: the same


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, who must fix it and what to do now. `also` holds other readings, likeliest first."""

    code: str  # as received
    vendor: str
    kind: CodeKind
    family: str
    owner: Owner
    resend: Resend
    confidence: Confidence
    source: str  # where the meaning is published, or a remark that it is not confirmed
    en: ExplanationText
    zh: ExplanationText
    carrier: str | None = None
    also: tuple[Explanation, ...] = ()
    source_title: str = ""  # what people call the page of `source`, in English, when it has a short name

    @property
    def means_arrival(self) -> bool:
        """Whether the code says that the message arrived."""
        return self.family == ARRIVED

    @property
    def means_failure(self) -> bool:
        """Whether the code says that something must be fixed."""
        return self.owner not in {Owner.NOBODY, Owner.UNKNOWN}

    def words(self, language: str) -> ExplanationText:
        """The texts in `language` ("en" or "zh"; anything else reads English)."""
        return self.zh if language == "zh" else self.en
