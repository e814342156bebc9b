"""A check of a signature in words: where it cannot be used and why, first at which carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import RegistrationReason, RegistrationState, ReviewState, Standing
from bot.presentation.checks.answers import (
    answer_lines,
    as_of_line,
    missing_words,
    review_words,
    unanswered_advice,
    where,
    worst_of,
)
from bot.presentation.checks.model import SIGNS, CheckWords
from bot.presentation.checks.reviews import absent_lead, review_advice, review_lead
from bot.presentation.wording import IDENTIFIER, carrier_words
from bot.sanitize import mask_digits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.i18n import Phrase
    from bot.model import CarrierRegistration, RegisterAnswer, Signature, SignatureReport
    from bot.presentation.wording import TextFormat

_STATES: Mapping[RegistrationState, Phrase] = {
    RegistrationState.REGISTERED: phrase("registered"),
    RegistrationState.UNPROVEN: phrase("registered, not proven yet"),
    RegistrationState.UNDER_WAY: phrase("registration under way"),
    RegistrationState.FAILED: phrase("registration failed"),
    RegistrationState.LAPSED: phrase("registration lapsed"),
    RegistrationState.NOT_REGISTERED: phrase("not registered"),
    RegistrationState.UNKNOWN: phrase("state unknown"),
}
_SIGNS: Mapping[Standing, str] = {Standing.BLOCKED: "✗", Standing.WAITING: "…", Standing.UNKNOWN: "?"}
_REASONS: Mapping[RegistrationReason, Phrase] = {  # of the others the state says it
    RegistrationReason.NO_QUALIFICATION: phrase("no qualification bound"),
    RegistrationReason.INCOMPLETE_QUALIFICATION: phrase("its qualification is incomplete"),
    RegistrationReason.NOT_STARTED: phrase("never started"),
    RegistrationReason.QUALIFICATION_REFUSED: phrase("the carrier refused the qualification"),
    RegistrationReason.NAME_REFUSED: phrase("the carrier refused the name"),
    RegistrationReason.NAME_NOT_OF_QUALIFICATION: phrase("name and qualification do not match"),
    RegistrationReason.SHARED_EXTENSION: phrase("another signature has its extension code"),
    RegistrationReason.TIMED_OUT: phrase("the carrier did not answer in time"),
    RegistrationReason.UNUSED: phrase("unused for six months"),
    RegistrationReason.EXTENSION_WITHDRAWN: phrase("its extension code was withdrawn"),
    RegistrationReason.PORT_WITHDRAWN: phrase("the carrier withdrew the sender number"),
}
_REGISTER, _AGAIN = phrase("register it in the console"), phrase("register it again in the console")
_SEE_WHY = phrase("see why in the console, under Signatures")
_STEPS: Mapping[RegistrationReason, Phrase] = {
    RegistrationReason.NO_QUALIFICATION: phrase("bind a qualification in the console"),
    RegistrationReason.INCOMPLETE_QUALIFICATION: phrase("complete its qualification in the console"),
    RegistrationReason.NOT_STARTED: _REGISTER,
    RegistrationReason.QUALIFICATION_REFUSED: phrase("correct its qualification in the console and register it again"),
    RegistrationReason.NAME_REFUSED: phrase("use the name of a company or a registered trademark"),
    RegistrationReason.NAME_NOT_OF_QUALIFICATION: phrase("bind the qualification of the company that has this name"),
    RegistrationReason.SHARED_EXTENSION: phrase("give each signature an extension code of its own"),
    RegistrationReason.TIMED_OUT: _AGAIN,
    RegistrationReason.UNUSED: _AGAIN,
    RegistrationReason.EXTENSION_WITHDRAWN: _AGAIN,
    RegistrationReason.PORT_WITHDRAWN: _AGAIN,
}
_STEPS_BY_STATE: Mapping[RegistrationState, Phrase] = {
    RegistrationState.NOT_REGISTERED: _REGISTER,
    RegistrationState.LAPSED: _AGAIN,
}
_MOST_STEPS = 2


def signature_words(report: SignatureReport, text_format: TextFormat) -> CheckWords:
    """The check in words. With several entries the worst one leads."""
    subject = text_format.say("Signature {name}", name=_in_brackets(report.name, text_format))
    if not report.found:
        lead, advice = absent_lead(report, subject, text_format), _absent_advice(report, text_format)
    else:
        answer, worst = worst_of(report)
        lead, advice = _lead(worst, subject, text_format), _advice(worst, text_format)
        if place := where(report, answer, text_format):
            lead = text_format.say("{lead} ({place})", lead=lead, place=place)
    return CheckWords(
        sign=SIGNS[report.standing],
        lead=lead,
        advice=advice,
        missing=missing_words(report, text_format),
        lines=answer_lines(report, text_format, lambda signature, who: _lines(signature, who, text_format)),
        small=(" · ".join((as_of_line(report, text_format), *_without_carriers(report, text_format))),),
    )


def _in_brackets(name: str, text_format: TextFormat) -> str:
    return f"【{text_format.prose(mask_digits(name), IDENTIFIER)}】"


def _absent_advice(report: SignatureReport, text_format: TextFormat) -> str:
    if not report.answers:
        return text_format.say("None of the providers that are set up can be asked about signatures.")
    if report.standing is Standing.UNANSWERED:
        return unanswered_advice(report, text_format)
    return text_format.say("Fix: us (compare the name with the console, letter for letter; or it is another account's)")


def _lead(signature: Signature, subject: str, text_format: TextFormat) -> str:
    """What it comes to, first by the review, then by the carriers at which it stands worst."""
    say, standing = text_format.say, signature.standing
    at = signature.carriers_in(standing)
    if not at:
        return review_lead(signature.review, subject, text_format)
    carriers = text_format.language.listed([carrier_words(one.carrier, text_format.language) for one in at])
    states = {one.state for one in at}
    match standing:
        case Standing.BLOCKED if states == {RegistrationState.FAILED}:
            return say("{subject}: registration failed at {carriers}", subject=subject, carriers=carriers)
        case Standing.BLOCKED if states == {RegistrationState.LAPSED}:
            return say("{subject}: registration lapsed at {carriers}", subject=subject, carriers=carriers)
        case Standing.BLOCKED:
            return say("{subject} is not registered at {carriers}", subject=subject, carriers=carriers)
        case Standing.WAITING:
            return say("{subject}: registration under way at {carriers}", subject=subject, carriers=carriers)
        case Standing.UNPROVEN:
            return say("{subject} is registered, not proven yet at {carriers}", subject=subject, carriers=carriers)
        case Standing.USABLE:
            return say("{subject} is registered at {carriers}", subject=subject, carriers=carriers)
        case _:
            return say("{subject}: state unknown at {carriers}", subject=subject, carriers=carriers)


def _advice(signature: Signature, text_format: TextFormat) -> str:
    say, standing = text_format.say, signature.standing
    if standing is Standing.USABLE and not signature.carriers and not signature.is_international:
        return say("If one carrier refuses it all the same, ask the provider's support whether it is registered there.")
    if standing is Standing.USABLE:
        return say("Nothing to fix in the signature: check the text and the numbers.")
    at = signature.carriers_in(standing)
    if not at:
        return review_advice(signature.review, text_format)
    match standing:
        case Standing.BLOCKED:
            steps = text_format.language.semicolon_list(step.said_in(text_format.language) for step in _steps(at))
            return say("Fix: us ({steps})", steps=steps)
        case Standing.WAITING:
            return say("Wait 5 to 10 working days. Until then use a signature that is registered there.")
        case Standing.UNPROVEN:
            return say("Send a few codes or notices there first, then in bulk.")
        case _:
            return review_advice(ReviewState.UNKNOWN, text_format)


def _steps(at: Sequence[CarrierRegistration]) -> list[Phrase]:
    """What to do at these carriers, each step once."""
    found: dict[Phrase, None] = {}
    for one in at:
        steps = [_STEPS[reason] for reason in one.reasons if reason in _STEPS]
        found |= dict.fromkeys(steps or [_STEPS_BY_STATE.get(one.state, _SEE_WHY)])
    return list(found)[:_MOST_STEPS]


def _lines(signature: Signature, who: str, text_format: TextFormat) -> Iterator[str]:
    """The review, and each carrier."""
    review = review_words(signature.review, signature.reviewed_at, signature.refusal, text_format)
    if signature.is_international:
        yield text_format.say("{who}, international: {state}", who=who, state=review)
    else:
        yield text_format.say("{who}: {state}", who=who, state=review)
    for one in signature.carriers:
        yield f"{_SIGNS.get(one.state.standing, '✓')} {_carrier_words(one, text_format)}"


def _carrier_words(one: CarrierRegistration, text_format: TextFormat) -> str:
    """`China Mobile: not registered (no qualification bound)`."""
    language = text_format.language
    carrier, state = carrier_words(text_format.prose(one.carrier, IDENTIFIER), language), _STATES[one.state].said_in(language)
    if reasons := [_REASONS[reason].said_in(language) for reason in one.reasons if reason in _REASONS]:
        return text_format.say("{carrier}: {state} ({why})", carrier=carrier, state=state, why=language.semicolon_list(reasons))
    return text_format.say("{carrier}: {state}", carrier=carrier, state=state)


def _without_carriers(report: SignatureReport, text_format: TextFormat) -> list[str]:
    """Who cannot tell at which carrier a signature is registered."""
    silent: list[RegisterAnswer[Signature]] = [
        answer
        for answer, signature in report.found
        if signature.standing is Standing.USABLE and not signature.carriers and not signature.is_international
    ]
    names = list(dict.fromkeys(text_format.title(answer.provider) for answer in silent))
    return [text_format.say("{names}: no state per carrier", names=text_format.language.listed(names))] if names else []
