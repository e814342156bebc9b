"""Custom steps of Workflow Builder: a run begins with `function_executed` and ends when the app completes it, once.

Source: https://docs.slack.dev/workflows/workflow-steps and https://docs.slack.dev/reference/events/function_executed.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.model import EventDelivery, StepRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.events import Events
    from bot.sandbox.slack.installation import BotInstallation, Step
    from bot.sandbox.slack.state import WorkspaceState


class Steps:
    """Every run, by its execution id."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self.runs: dict[str, StepRun] = {}

    def run(self, step: Step, inputs: Mapping[str, Any], user: str, events: Events) -> StepRun:
        """Begin a run. Raises LookupError when a required input is missing, which Workflow Builder would not allow."""
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
        """Whether this is the token of a run in progress."""
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
