"""The parts of blocks: text objects, and the elements a person presses or chooses from, each with its limits.

Limits: https://docs.slack.dev/reference/block-kit/block-elements and
https://docs.slack.dev/reference/block-kit/composition-objects. Where Slack's pages disagree with each other the smaller number
is kept here, for a sender that keeps to it is right either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.shapes import all_of, boolean, choice, listing, record, string, typed

if TYPE_CHECKING:
    from bot.sandbox.slack.shapes import Check, Problems

ID = string(1, 255)
WEB_ADDRESS = string(1, 3000, starts=("https://", "http://"))


def plain_text(most: int) -> Check:
    """A `plain_text` object."""
    return typed("text object", {"plain_text": record({"text": string(1, most)}, {"emoji": boolean})})


def any_text(most: int = 3000) -> Check:
    """A `plain_text` or `mrkdwn` object. `emoji` belongs to the first and `verbatim` to the second."""
    return typed(
        "text object",
        {
            "plain_text": record({"text": string(1, most)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(1, most)}, {"verbatim": boolean}),
        },
    )


_STYLE = choice("primary", "danger")

CONFIRM = record(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": _STYLE},
)

_OPTION_FIELDS: Mapping[str, Check] = {"text": plain_text(75), "value": string(1, 75)}
_OPTION = record(_OPTION_FIELDS, {"description": plain_text(75)})
_OVERFLOW_OPTION = record(_OPTION_FIELDS, {"description": plain_text(75), "url": WEB_ADDRESS})

BUTTON = record(
    {"text": plain_text(75)},
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
    if not isinstance(value, Mapping) or "initial_option" not in value:
        return
    groups = value.get("option_groups")
    lists = (
        [value.get("options")] if not isinstance(groups, list) else [g.get("options") for g in groups if isinstance(g, Mapping)]
    )
    if not any(value["initial_option"] in offered for offered in lists if isinstance(offered, list)):
        problems.add(f"{pointer}/initial_option", "must be one of the provided options")


STATIC_SELECT = all_of(
    record(
        {},
        {
            "action_id": ID,
            "placeholder": plain_text(150),
            "options": listing(_OPTION, 1, 100),
            "option_groups": listing(record({"label": plain_text(75), "options": listing(_OPTION, 1, 100)}), 1, 100),
            "initial_option": _OPTION,
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
    ),
    _options_or_groups,
    _initial_is_offered,
)

IMAGE_ELEMENT = record({"image_url": WEB_ADDRESS, "alt_text": string(1, 2000)})

ACTION_ELEMENTS: Mapping[str, Check] = {"button": BUTTON, "overflow": OVERFLOW, "static_select": STATIC_SELECT}
ACCESSORIES: Mapping[str, Check] = {**ACTION_ELEMENTS, "image": IMAGE_ELEMENT}
