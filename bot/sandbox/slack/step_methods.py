"""The Web API's methods by which an app ends a run of its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.api import ApiError, told, word
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


async def complete_success(desk: MethodServices, arguments: Arguments) -> Json:
    """functions.completeSuccess."""
    run = _running(desk, arguments)
    outputs = arguments.get("outputs")
    if not isinstance(outputs, dict):
        raise ApiError("invalid_arguments", fields=told(["[ERROR] missing required field: outputs"]))
    wrong = _wrong_outputs(desk.state.bot.step(run.callback_id), outputs)
    if wrong:
        raise ApiError("parameter_validation_failed", fields=told([f"[ERROR] {each}" for each in wrong]))
    run.state, run.outputs = "completed", outputs
    await desk.state.tell()
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


async def complete_error(desk: MethodServices, arguments: Arguments) -> Json:
    """functions.completeError."""
    run = _running(desk, arguments)
    if not word(arguments, "error"):
        raise ApiError("invalid_arguments", fields=told(["[ERROR] missing required field: error"]))
    run.state, run.error = "failed", word(arguments, "error")
    await desk.state.tell()
    return {}


def _running(desk: MethodServices, arguments: Arguments) -> StepRun:
    run = desk.steps.runs.get(word(arguments, "function_execution_id"))
    if run is None:
        raise ApiError("function_execution_not_found")
    if run.state != "running":
        raise ApiError("execution_not_in_running_state")
    return run


METHODS: Mapping[str, Method] = {
    "functions.completeSuccess": Method(complete_success, json_arguments=frozenset({"outputs"})),
    "functions.completeError": Method(complete_error),
}
