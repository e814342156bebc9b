"""functions.*: the methods by which an app completes a run of its workflow step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.api import ApiError, error_details, string_argument
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.installation import Step
    from bot.sandbox.slack.model import StepRun
    from bot.sandbox.slack.services import MethodServices

_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


async def complete_success(services: MethodServices, arguments: Arguments) -> Json:
    """functions.completeSuccess. Raises ApiError."""
    run = _running(services, arguments)
    outputs = arguments.get("outputs")
    if not isinstance(outputs, dict):
        raise ApiError("invalid_arguments", fields=error_details(["[ERROR] missing required field: outputs"]))
    wrong = _wrong_outputs(services.state.bot.step(run.callback_id), outputs)
    if wrong:
        raise ApiError("parameter_validation_failed", fields=error_details([f"[ERROR] {each}" for each in wrong]))
    run.state, run.outputs = "completed", outputs
    await services.state.notify()
    return {}


def _wrong_outputs(step: Step, outputs: Mapping[str, Any]) -> list[str]:
    known = step.output_parameters.get("properties", {})
    missing = [f"missing required output: {name}" for name in step.output_parameters.get("required", []) if name not in outputs]
    unknown = [f"unknown output: {name}" for name in outputs if name not in known]
    ill_typed = [
        f"{name} must be of the type {known[name].get('type')}"
        for name, value in outputs.items()
        if name in known and not isinstance(value, _PYTHON_TYPES.get(known[name].get("type"), object))
    ]
    return missing + unknown + ill_typed


async def complete_error(services: MethodServices, arguments: Arguments) -> Json:
    """functions.completeError. Raises ApiError."""
    run = _running(services, arguments)
    if not string_argument(arguments, "error"):
        raise ApiError("invalid_arguments", fields=error_details(["[ERROR] missing required field: error"]))
    run.state, run.error = "failed", string_argument(arguments, "error")
    await services.state.notify()
    return {}


def _running(services: MethodServices, arguments: Arguments) -> StepRun:
    run = services.steps.runs.get(string_argument(arguments, "function_execution_id"))
    if run is None:
        raise ApiError("function_execution_not_found")
    if run.state != "running":
        raise ApiError("execution_not_in_running_state")
    return run


METHODS: Mapping[str, Method] = {
    "functions.completeSuccess": Method(complete_success, json_arguments=frozenset({"outputs"})),
    "functions.completeError": Method(complete_error),
}
