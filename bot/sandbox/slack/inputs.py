"""The inputs of a message or a view: their `state.values`, and what the client rejects before it sends anything.

Shapes: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload and the elements' own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.state import elements_of

Blocks = Sequence[Mapping[str, Any]]
Place = tuple[str, str]  # block_id, action_id
Given = Mapping[Any, Any]  # keys: str or Place. A Mapping is invariant in its keys, and callers have one kind or the other.

REQUIRED = "Please complete this required field."

Json = dict[str, Any]


def state_values(blocks: Blocks, given: Given, *, conversation: str | None = None) -> dict[str, dict[str, Json]]:
    """All values by block_id and action_id: what is `given`, else the initial value.

    `given` is keyed by action_id, by block_id, or by both as a pair, and holds what a person enters: a text, an option's value (a
    list of them for checkboxes), the id of a conversation, a date, a time; None empties the input. `conversation` is the one that
    the person looks at, for `default_to_current_conversation`. Raises LookupError for an input or an option that does not exist.
    """
    values: dict[str, dict[str, Json]] = {}
    used: set[str | Place] = set()
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in _READERS:
                continue
            place = (block["block_id"], element["action_id"])
            keys = [key for key in (place, place[1], place[0]) if key in given]
            used.update(keys)
            read, initial = _READERS[element["type"]]
            state = read(element, given[keys[0]]) if keys else initial(element, conversation)
            values.setdefault(place[0], {})[place[1]] = {"type": element["type"], **state}
    if given.keys() - used:
        raise LookupError(f"there is no input {sorted(map(str, given.keys() - used))}")
    return values


def entry_of(element: Mapping[str, Any], value: Any) -> Json:
    """What an element adds to `actions` when a person sets it to `value`; empty for a button. Raises LookupError."""
    if element["type"] == "button":
        return {}
    if element["type"] == "overflow":
        return {"selected_option": option_of(element, value)}
    return _READERS[element["type"]][0](element, value)


def has_state(element: Mapping[str, Any]) -> bool:
    """Whether the element has a state: all but buttons and overflow menus."""
    return element["type"] in _READERS


def missing(blocks: Blocks, values: Mapping[str, Mapping[str, Json]]) -> dict[str, str]:
    """The client's errors under the inputs: block_id -> message."""
    complaints = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            complaint = _complaint(
                element, values[block["block_id"]][element["action_id"]], optional=block.get("optional", False)
            )
            if complaint:
                complaints[str(block["block_id"])] = complaint
    return complaints


def option_of(element: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """The option of a menu with that value. Raises LookupError."""
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                chosen: Mapping[str, Any] = option
                return chosen
    raise LookupError(f"no option with the value {value}")


def _complaint(element: Mapping[str, Any], state: Json, *, optional: bool) -> str | None:
    entered = next(content for key, content in state.items() if key != "type")
    if not entered:
        return None if optional else REQUIRED
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if len(entered) < least:
            return f"Please enter at least {least} characters."
        if len(entered) > most:
            return f"Please enter at most {most} characters."
    return None


def _read_option(element: Mapping[str, Any], value: Any) -> Json:
    return {"selected_option": None if value is None else option_of(element, value)}


def _read_options(element: Mapping[str, Any], values: Any) -> Json:
    return {"selected_options": [option_of(element, value) for value in values or ()]}


def _read_files(element: Mapping[str, Any], value: Any) -> Json:
    """The files that were chosen, as `SlackWorkspace.attach` gives them. Raises LookupError for what the client does not take."""
    files = list(value or ())
    kinds = element.get("filetypes")
    if len(files) > element.get("max_files", 10) or (kinds and any(file["filetype"] not in kinds for file in files)):
        raise LookupError("the input takes no such files")
    return {"files": files}


def _plain(key: str) -> Callable[[Mapping[str, Any], Any], Json]:
    return lambda _, value: {key: value or None}


def _initial(key: str, initial_key: str, empty: Any = None) -> Callable[[Mapping[str, Any], str | None], Json]:
    return lambda element, _: {key: element.get(initial_key, empty)}


def _initial_conversation(element: Mapping[str, Any], conversation: str | None) -> Json:
    current = conversation if element.get("default_to_current_conversation") else None
    return {"selected_conversation": current or element.get("initial_conversation")}


_OPTION = (_read_option, _initial("selected_option", "initial_option"))

# For each type: how an entry is read, and what stands there when nothing was entered. Buttons and overflow menus have no state.
_READERS: Mapping[str, tuple[Callable[[Mapping[str, Any], Any], Json], Callable[[Mapping[str, Any], str | None], Json]]] = {
    "plain_text_input": (_plain("value"), _initial("value", "initial_value")),
    "static_select": _OPTION,
    "radio_buttons": _OPTION,
    "checkboxes": (_read_options, _initial("selected_options", "initial_options", [])),
    "conversations_select": (_plain("selected_conversation"), _initial_conversation),
    "datepicker": (_plain("selected_date"), _initial("selected_date", "initial_date")),
    "file_input": (_read_files, _initial("files", "initial_files", [])),
    "timepicker": (_plain("selected_time"), _initial("selected_time", "initial_time")),
}
