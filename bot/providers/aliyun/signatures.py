"""The signatures of an account, by GetSmsSign (2017-05-25): the review, and the state at each of the three carriers.

https://help.aliyun.com/document_detail/2807429.html. Of several versions of a signature it shows the first created or the latest
approved one. What is in the answer of the qualification, the proofs and the people behind the signature is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.errors import ProviderError
from bot.model import CarrierRegistration, RegistrationReason, RegistrationState, ReviewState, Signature, bare_signature
from bot.providers.aliyun.errors import MAX_CODE, raise_for_fault, without_code_prefix
from bot.providers.aliyun.fields import china_time
from bot.providers.aliyun.signing import call_headers
from bot.providers.base import ResultCollector
from bot.providers.field_values import optional, text_of
from bot.providers.optional_actions import OptionalAction
from bot.providers.registers import OF_SIGNATURES
from bot.receipts.ingestion import rows_in
from bot.sanitize import mask_digits, sanitize_provider_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import OptionalActions
    from bot.timing.fair_queue import Askers

ACTION = OptionalAction("GetSmsSign", "dysms:GetSmsSign", OF_SIGNATURES)
HEADERS = call_headers(ACTION.name, "2017-05-25")
CALLS_PER_SECOND = 150  # https://help.aliyun.com/document_detail/438433.html
NOT_THERE = frozenset({"SignatureNotFound", "SMS_SIGNATURE_ILLEGAL"})  # the second: its older spelling, as SendSms writes it

REVIEWS: Mapping[str, ReviewState] = {
    "0": ReviewState.UNDER_REVIEW,
    "1": ReviewState.APPROVED,
    "2": ReviewState.REFUSED,
    "10": ReviewState.CANCELLED,
}
_CARRIERS = {"mobile": "China Mobile", "unicom": "China Unicom", "telecom": "China Telecom"}
_STATES = {
    "3": RegistrationState.REGISTERED,
    "1": RegistrationState.UNPROVEN,
    "-1": RegistrationState.UNDER_WAY,
    "0": RegistrationState.FAILED,
    "2": RegistrationState.LAPSED,
    "-2": RegistrationState.NOT_REGISTERED,
}
_REASONS = {
    "UNBINDING_QUA": RegistrationReason.NO_QUALIFICATION,
    "BINDING_INCOMPLETE_QUA": RegistrationReason.INCOMPLETE_QUALIFICATION,
    "NON_REGISTER": RegistrationReason.NOT_STARTED,
    "REGISTERING": RegistrationReason.UNDER_WAY,
    "DETECTING": RegistrationReason.BEING_PROVEN,
    "DETECT_SUCCESS": RegistrationReason.PROVEN,
    "QUALIFICATION_ERROR": RegistrationReason.QUALIFICATION_REFUSED,
    "SIGNATURE_ERROR": RegistrationReason.NAME_REFUSED,
    "SIGNATURE_QUALIFICATION_ERROR": RegistrationReason.NAME_NOT_OF_QUALIFICATION,
    "ONE_CODE_MULTIPLE_SIGN": RegistrationReason.SHARED_EXTENSION,
    "REGISTER_TIMEOUT": RegistrationReason.TIMED_OUT,
    "NO_SEND_RECORD": RegistrationReason.UNUSED,
    "EXT_CODE_RECYCLE": RegistrationReason.EXTENSION_WITHDRAWN,
    "SUBPORT_RECYCLE": RegistrationReason.PORT_WITHDRAWN,
}
_MAX_CARRIERS = 6  # there are three; a longer list is none


class AliyunSignatures:
    """The register of one access key. What the key lacks is noted in `actions`."""

    probe_name = "smsstatus"

    def __init__(self, http: ProviderHttpClient, actions: OptionalActions) -> None:
        self._http = http
        self._actions = actions

    def takes(self, name: str) -> bool:
        """See `Register.takes`: every name has the form of a signature."""
        return bool(name)

    async def find(self, name: str, askers: Askers) -> tuple[Signature, ...]:
        """See `Register.find`. Raises ProviderError."""
        collector = ResultCollector()

        def read(response: ApiResponse) -> tuple[Signature, ...]:
            if not is_there(response, collector, NOT_THERE):
                return ()
            return (read_signature(response.body, name),)

        params = {"SignName": name}
        return await self._actions.ask(
            ACTION, lambda: self._http.call(read, collector, askers=askers, params=params, headers=HEADERS)
        )


def is_there(response: ApiResponse, collector: ResultCollector, not_there: frozenset[str]) -> bool:
    """Whether the response is an entry; False when it says that there is none, with HTTP 404 or 200. Raises ProviderError."""
    try:
        raise_for_fault(response, collector)
    except ProviderError as error:
        if without_code_prefix(error.fault.code) in not_there:
            return False
        raise
    return True


def read_signature(body: Mapping[str, Any], name: str) -> Signature:
    """Parse the signature of `body`; every field may be missing or unreadable.

    Raises ValueError if there is neither a review nor a carrier.
    """
    carriers = tuple(_carriers(body.get("SignIspRegisterDetailList")))
    status = optional(text_of, body.get("SignStatus"))
    if status is None and not carriers:
        raise ValueError("OK, but no signature")
    review = REVIEWS.get(status or "", ReviewState.UNKNOWN)
    return Signature(
        name=bare_signature(optional(text_of, body.get("SignName")) or "") or name,
        review=review,
        **review_fields(body.get("AuditInfo"), review),
        carriers=carriers,
    )


def review_fields(raw: object, review: ReviewState) -> dict[str, Any]:
    """When it was reviewed and, of a refused one, why: of `AuditInfo`, which signatures and templates have alike."""
    audit = raw if isinstance(raw, dict) else {}
    refusal = sanitize_provider_text(optional(text_of, audit.get("RejectInfo")) or "")
    return {
        "reviewed_at": optional(china_time, audit.get("AuditDate")),
        "refusal": refusal if review is ReviewState.REFUSED else "",
    }


def _carriers(raw: object) -> Iterator[CarrierRegistration]:
    """The carriers that are named, in the usual order: Mobile, Unicom, Telecom; a carrier without a readable state is unknown."""
    entries = {}
    for entry in (optional(rows_in, raw) or [])[:_MAX_CARRIERS]:
        if isinstance(entry, dict) and (operator := optional(text_of, entry.get("OperatorCode"))):
            entries[operator.lower()] = entry
    for operator in sorted(entries, key=lambda one: [*_CARRIERS, one].index(one)):
        entry = entries[operator]
        yield CarrierRegistration(
            carrier=_CARRIERS.get(operator) or mask_digits(truncate(single_line(operator), MAX_CODE)),
            state=_STATES.get(optional(text_of, entry.get("RegisterStatus")) or "", RegistrationState.UNKNOWN),
            reasons=tuple(dict.fromkeys(_reasons(entry.get("RegisterStatusReasons")))),
            at=optional(china_time, entry.get("OperatorCompleteTime")),
        )


def _reasons(raw: object) -> Iterator[RegistrationReason]:
    """The reasons by their codes. The texts beside them are not read: they may name companies and people."""
    for entry in optional(rows_in, raw) or []:
        code = optional(text_of, entry.get("ReasonCode")) if isinstance(entry, dict) else None
        if code:
            yield _REASONS.get(code.upper(), RegistrationReason.OTHER)
