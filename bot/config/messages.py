"""Validation errors as messages: one line for each, which names the key and a valid value. No secret is repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotated_types import Ge, Le

from bot.errors import InvalidValueError
from bot.i18n import phrase

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from bot.i18n import Phrase


def describe_errors(error: ValidationError, model: type[BaseModel]) -> list[Phrase]:
    """A line for each validation error of a `model`."""
    return [_line(detail, model) for detail in error.errors(include_url=False, include_input=False)]


def _line(detail: ErrorDetails, model: type[BaseModel]) -> Phrase:
    key = str(detail["loc"][0]) if detail["loc"] else "settings"
    field = next((field for field in model.model_fields.values() if field.alias == key), None)
    return phrase("{key} {problem}", key=key, problem=_problem(detail, field))


def _problem(detail: ErrorDetails, field: FieldInfo | None) -> Phrase:
    """What follows the key. Pydantic's types of errors: https://docs.pydantic.dev/latest/errors/validation_errors/."""
    context: dict[str, Any] = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            cause = context["error"]
            if not isinstance(cause, InvalidValueError):
                return phrase("is not taken: {said}", said=str(cause))
            return cause.problem if field is None or field.default is None else cause.problem.filled(default=field.default)
        case "missing":
            return phrase("is missing")
        case "bool_parsing" | "bool_type":
            return phrase("must be true or false")
        case "string_type" | "path_type":
            return phrase("must be text, in quotes")
        case "string_too_short":
            return phrase("must not be empty")
        case "string_too_long":
            return phrase("must have at most {most} characters", most=context["max_length"])
        case _ if field is not None and field.annotation in {int, float}:
            return _number(field)
        case _:
            return phrase("is not taken: {said}", said=detail["msg"])


def _number(field: FieldInfo) -> Phrase:
    """The line about a number: its range and an example, whatever the error."""
    bounds = {type(bound): bound for bound in field.metadata}
    least, most = bounds.get(Ge), bounds.get(Le)
    if not isinstance(least, Ge) or not isinstance(most, Le):
        return phrase("must be a whole number") if field.annotation is int else phrase("must be a number")
    range_ = {"least": least.ge, "most": most.le, "example": f"{field.default:g}"}
    if field.annotation is int:
        return phrase("must be a whole number from {least} to {most}, such as {example}", **range_)
    return phrase("must be a number from {least} to {most}, such as {example}", **range_)
