"""A check of a template in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.i18n import phrase
from bot.model import Standing, TemplateKind
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
from bot.presentation.wording import IDENTIFIER, PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.i18n import Phrase
    from bot.model import Template, TemplateReport
    from bot.presentation.wording import TextFormat

_KINDS: Mapping[TemplateKind, Phrase] = {
    TemplateKind.CODE: phrase("for codes"),
    TemplateKind.NOTICE: phrase("for notices"),
    TemplateKind.MARKETING: phrase("for marketing"),
    TemplateKind.INTERNATIONAL: phrase("for international messages"),
}


def template_words(report: TemplateReport, text_format: TextFormat) -> CheckWords:
    """The check in words. With several entries the worst one leads."""
    subject = text_format.say("Template {code}", code=text_format.prose(report.name, IDENTIFIER))
    if not report.found:
        lead, advice = absent_lead(report, subject, text_format), _absent_advice(report, text_format)
    else:
        answer, worst = worst_of(report)
        lead, advice = review_lead(worst.review, subject, text_format), review_advice(worst.review, text_format)
        if worst.standing is Standing.USABLE:
            advice = text_format.say("Nothing to fix in the template: check its variables, the signature and the numbers.")
        if place := where(report, answer, text_format):
            lead = text_format.say("{lead} ({place})", lead=lead, place=place)
    return CheckWords(
        sign=SIGNS[report.standing],
        lead=lead,
        advice=advice,
        missing=missing_words(report, text_format),
        lines=answer_lines(report, text_format, lambda template, who: _lines(template, who, text_format)),
        small=(as_of_line(report, text_format),),
    )


def _absent_advice(report: TemplateReport, text_format: TextFormat) -> str:
    if not report.answers:
        return text_format.say("No provider that is set up has template codes of this form. Copy the code from its console.")
    if report.standing is Standing.UNANSWERED:
        return unanswered_advice(report, text_format)
    return text_format.say("Fix: us (compare the code with the console; or it is another account's)")


def _lines(template: Template, who: str, text_format: TextFormat) -> Iterator[str]:
    """The review, what it is for, and the signatures that it is bound to."""
    parts = [text_format.say("{who}: {state}", who=who, state=_review(template, text_format))]
    if template.name:
        parts.append(f"“{text_format.prose(template.name, PLACE)}”")
    if template.kind is not None:
        parts.append(_KINDS[template.kind].said_in(text_format.language))
    yield " · ".join(parts)
    if template.signatures:
        names = text_format.language.listed([f"【{text_format.prose(name, PLACE)}】" for name in template.signatures])
        yield text_format.say("Its signature: {names}", names=names)


def _review(template: Template, text_format: TextFormat) -> str:
    return review_words(template.review, template.reviewed_at, template.refusal, text_format)
