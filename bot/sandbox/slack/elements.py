"""Shapes of block elements and composition objects, each with its limits.

Limits: https://docs.slack.dev/reference/block-kit/block-elements and
https://docs.slack.dev/reference/block-kit/composition-objects. Where Slack's pages disagree with each other the smaller number
is used, for a sender that keeps to it is right either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.shapes import (
    all_of,
    boolean,
    choice,
    integer,
    listing,
    matching,
    record,
    string,
    typed,
)

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import Check, Problems

ID = string(1, 255)
WEB_ADDRESS = string(1, 3000, starts=("https://", "http://"))


def plain_text_object(most: int) -> Check:
    """The shape of a `plain_text` object."""
    return typed("text object", {"plain_text": record({"text": string(1, most)}, {"emoji": boolean})})


def text_object(most: int = 3000) -> Check:
    """The shape of a `plain_text` or `mrkdwn` object. `emoji` belongs to the first and `verbatim` to the second."""
    return typed(
        "text object",
        {
            "plain_text": record({"text": string(1, most)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(1, most)}, {"verbatim": boolean}),
        },
    )


_STYLE = choice("primary", "danger")

CONFIRM = record(
    {"title": plain_text_object(100), "text": text_object(300), "confirm": plain_text_object(30), "deny": plain_text_object(30)},
    {"style": _STYLE},
)

_OPTION_FIELDS: Mapping[str, Check] = {"text": plain_text_object(75), "value": string(1, 75)}
_OPTION = record(_OPTION_FIELDS, {"description": plain_text_object(75)})
_OVERFLOW_OPTION = record(_OPTION_FIELDS, {"description": plain_text_object(75), "url": WEB_ADDRESS})

BUTTON = record(
    {"text": plain_text_object(75)},
    {
        "action_id": ID,
        "value": string(1, 2000),
        "url": WEB_ADDRESS,
        "style": _STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(1, 75),
    },
)

OVERFLOW = record({"options": listing(_OVERFLOW_OPTION, 1, 5)}, {"action_id": ID, "confirm": CONFIRM})


def _options_or_groups(value: Any, pointer: str, problems: Problems) -> None:
    if isinstance(value, Mapping) and ("options" in value) == ("option_groups" in value):
        problems.add(pointer, "must have either options or option_groups")


def _initial_is_offered(value: Any, pointer: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        return
    groups = value.get("option_groups")
    lists = (
        [value.get("options")] if not isinstance(groups, list) else [g.get("options") for g in groups if isinstance(g, Mapping)]
    )
    offered = [option for options in lists if isinstance(options, list) for option in options]
    if "initial_option" in value and value["initial_option"] not in offered:
        problems.add(f"{pointer}/initial_option", "must be one of the provided options")
    several = value.get("initial_options")
    if isinstance(several, list) and any(option not in offered for option in several):
        problems.add(f"{pointer}/initial_options", "must be among the provided options")


STATIC_SELECT = all_of(
    record(
        {},
        {
            "action_id": ID,
            "placeholder": plain_text_object(150),
            "options": listing(_OPTION, 1, 100),
            "option_groups": listing(record({"label": plain_text_object(75), "options": listing(_OPTION, 1, 100)}), 1, 100),
            "initial_option": _OPTION,
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
    ),
    _options_or_groups,
    _initial_is_offered,
)

_MARKED_OPTION = record({"text": text_object(75), "value": string(1, 75)}, {"description": text_object(75)})
_MARKED_OPTIONS = listing(_MARKED_OPTION, 1, 10)

RADIO_BUTTONS = all_of(
    record(
        {"options": _MARKED_OPTIONS},
        {"action_id": ID, "initial_option": _MARKED_OPTION, "confirm": CONFIRM, "focus_on_load": boolean},
    ),
    _initial_is_offered,
)
CHECKBOXES = all_of(
    record(
        {"options": _MARKED_OPTIONS},
        {"action_id": ID, "initial_options": _MARKED_OPTIONS, "confirm": CONFIRM, "focus_on_load": boolean},
    ),
    _initial_is_offered,
)
DATE_PICKER = record(
    {},
    {
        "action_id": ID,
        "placeholder": plain_text_object(150),
        "initial_date": matching(r"\d{4}-\d\d-\d\d", "a date as YYYY-MM-DD"),
        "confirm": CONFIRM,
        "focus_on_load": boolean,
    },
)
TIME_PICKER = record(
    {},
    {
        "action_id": ID,
        "placeholder": plain_text_object(150),
        "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm"),
        "timezone": string(1),
        "confirm": CONFIRM,
        "focus_on_load": boolean,
    },
)
_FILTER = record(
    {},
    {
        "include": listing(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
CONVERSATIONS_SELECT = record(
    {},
    {
        "action_id": ID,
        "placeholder": plain_text_object(150),
        "initial_conversation": string(1),
        "default_to_current_conversation": boolean,
        "response_url_enabled": boolean,
        "filter": _FILTER,
        "confirm": CONFIRM,
        "focus_on_load": boolean,
    },
)
PLAIN_TEXT_INPUT = record(
    {},
    {
        "action_id": ID,
        "initial_value": string(0, 3000),
        "multiline": boolean,
        "min_length": integer(0, 3000),
        "max_length": integer(1, 3000),
        "dispatch_action_config": record(
            {}, {"trigger_actions_on": listing(choice("on_enter_pressed", "on_character_entered"), 1, 2)}
        ),
        "focus_on_load": boolean,
        "placeholder": plain_text_object(150),
    },
)
# https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
FILE_INPUT = record({}, {"action_id": ID, "filetypes": listing(string(1, 20), 1, 20), "max_files": integer(1, 10)})

IMAGE_ELEMENT = record({"image_url": WEB_ADDRESS, "alt_text": string(1, 2000)})

_CHOICES: Mapping[str, Check] = {
    "static_select": STATIC_SELECT,
    "radio_buttons": RADIO_BUTTONS,
    "checkboxes": CHECKBOXES,
    "conversations_select": CONVERSATIONS_SELECT,
    "datepicker": DATE_PICKER,
    "timepicker": TIME_PICKER,
}
ACTION_ELEMENTS: Mapping[str, Check] = {"button": BUTTON, "overflow": OVERFLOW, **_CHOICES}
ACCESSORIES: Mapping[str, Check] = {**ACTION_ELEMENTS, "image": IMAGE_ELEMENT}
INPUT_ELEMENTS: Mapping[str, Check] = {"plain_text_input": PLAIN_TEXT_INPUT, "file_input": FILE_INPUT, **_CHOICES}
