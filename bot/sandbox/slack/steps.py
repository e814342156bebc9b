"""Workflow Builder's custom steps: a run begins with `function_executed` and ends when the app completes it, once.

Source: https://docs.slack.dev/workflows/workflow-steps and https://docs.slack.dev/reference/events/function_executed.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.api import ApiError, Method, told, word
from bot.sandbox.slack.model import EventDelivery, StepRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json, MethodServices
    from bot.sandbox.slack.events import Events
    from bot.sandbox.slack.installation import BotInstallation, Step
    from bot.sandbox.slack.state import State

_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


class Steps:
    """Every run, by its execution id."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.runs: dict[str, StepRun] = {}

    def run(self, step: Step, inputs: Mapping[str, Any], user: str, events: Events) -> StepRun:
        """Begin a run. Raises LookupError when a required input is missing, which Workflow Builder would not let happen."""
        absent = [name for name in step.input_parameters.get("required", []) if name not in inputs]
        if absent:
            raise LookupError(f"the step needs {', '.join(absent)}")
        execution_id, token = "Fx" + secrets.token_hex(5).upper(), "xwfp-" + secrets.token_hex(16)
        ts = self._state.next_ts()
        event = {
            "type": "function_executed",
            "function": _function_json(self._state.bot, step),
            "inputs": dict(inputs),
            "function_execution_id": execution_id,
            "workflow_execution_id": "Wx" + secrets.token_hex(5).upper(),
            "event_ts": ts,
            "bot_access_token": token,
        }
        run = StepRun(execution_id, step.callback_id, dict(inputs), user, token, EventDelivery({"event": event}))
        self.runs[execution_id] = run
        run.delivery = events.start(event) or run.delivery
        return run

    def owns(self, token: str) -> bool:
        """Whether this is the token of a run that is still under way."""
        return any(run.token == token and run.state == "running" for run in self.runs.values())


def _function_json(bot: BotInstallation, step: Step) -> dict[str, Any]:
    def parameters(given: Mapping[str, Any]) -> list[dict[str, Any]]:
        required = given.get("required", [])
        return [
            {"name": name, "is_required": name in required, **{key: each[key] for key in each if key != "name"}}
            for name, each in given.get("properties", {}).items()
        ]

    return {
        "id": "Fn" + bot.app_id[1:],
        "callback_id": step.callback_id,
        "title": step.title,
        "type": "app",
        "input_parameters": parameters(step.input_parameters),
        "output_parameters": parameters(step.output_parameters),
        "app_id": bot.app_id,
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
