"""What a code means: the words, whose it is, what to do, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ARRIVED = "delivered"  # the family of the codes of messages that arrived


class Owner(StrEnum):
    """Who can put a failure right."""

    RECIPIENT = "recipient"
    CARRIER = "carrier"
    US = "us"
    PROVIDER = "provider"
    CONTENT = "content"
    NOBODY = "nobody"  # nothing to put right: delivered, or still under way
    UNKNOWN = "unknown"


class Resend(StrEnum):
    """Whether sending the message again helps."""

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
    """Where a code comes from: the receipt of a message, the answer to a call that sends one, or to one that looks one up."""

    RECEIPT = "receipt"
    API = "api"
    QUERY = "query"  # vendors answer lookups with codes of sending, which then say nothing about the message


@dataclass(frozen=True, slots=True)
class ExplanationText:
    """One explanation in one language. Short sentences, for someone who is not an SMS expert."""

    title: str
    meaning: str
    causes: tuple[str, ...]
    next_step: str
    customer_wording: str = ""  # what to tell the customer, in words that can be said as they are
    next_step_many: str = ""  # what to do instead when three or more numbers fail alike; empty: the same


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, whose it is to fix and what to do now. `also` holds other readings, most likely first."""

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
        """Whether the code says that somebody has something to put right."""
        return self.owner not in {Owner.NOBODY, Owner.UNKNOWN}

    def words(self, language: str) -> ExplanationText:
        """The words in `language` ("en" or "zh"; anything else reads English)."""
        return self.zh if language == "zh" else self.en
