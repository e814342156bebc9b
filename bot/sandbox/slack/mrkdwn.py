"""Checks of Slack's text markup: date tokens, and mentions that notify people.

Source: https://docs.slack.dev/messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_DATE = re.compile(r"<!date\^(?P<timestamp>[^^>|]*)\^(?P<format>[^^>|]*)(?:\^(?P<link>[^>|]*))?(?:\|(?P<fallback>[^>]*))?>")
_DATE_TOKENS = frozenset(
    ("date_num", "date", "date_short", "date_long", "date_pretty", "date_short_pretty", "date_long_pretty")
) | {"time", "time_secs", "ago"}
_MENTION = re.compile(r"<(?:!(?:channel|here|everyone|group)|!subteam\^\w+|@[UW]\w+)(?:\|[^>]*)?>")


def strings(value: Any, pointer: str = "") -> Iterator[tuple[str, str, bool]]:
    """Every visible text below `value`: its pointer, the text, and whether Slack reads markup in it."""
    if isinstance(value, Mapping):
        for name, content in value.items():
            here = f"{pointer}/{name}"
            if name in {"text", "alt_text"} and isinstance(content, str):
                yield here, content, value.get("type") in ("mrkdwn", "markdown", None)  # it may be a list, which no set holds
            elif name not in {"value", "block_id", "action_id"}:
                yield from strings(content, here)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, f"{pointer}/{index}")


def date_problems(text: str, *, markup: bool) -> Iterator[str]:
    """What is wrong with the `<!date^…>` tokens in `text`. Slack shows a broken one as it is written."""
    rest = _DATE.sub("", text)
    if "<!date" in rest:
        yield "a date must be written <!date^UNIX^{date} at {time}|fallback>"
    for found in _DATE.finditer(text):
        tokens = re.findall(r"\{([^}]*)\}", found["format"])
        if not markup:
            yield "a date is shown as written in text that carries no markup"
        if not found["timestamp"].isdecimal():
            yield "a date's timestamp must be whole seconds"
        if not tokens or not _DATE_TOKENS.issuperset(tokens):
            yield "a date's format must be made of known {tokens}"
        if not found["fallback"]:
            yield "a date needs a fallback text"


def mentions(payload: Mapping[str, Any]) -> list[str]:
    """Everything in a message that would notify people: `<!channel>`, `<@U…>`, a rich text user or broadcast, ….

    What is escaped or in text without markup notifies nobody and is not returned.
    """
    found = [hit.group() for _, text, markup in strings(payload) if markup for hit in _MENTION.finditer(text)]
    return found + list(_rich_mentions(payload))


def _rich_mentions(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        match value.get("type"):
            case "user":
                yield f"<@{value.get('user_id')}>"
            case "broadcast":
                yield f"<!{value.get('range')}>"
            case "usergroup":
                yield f"<!subteam^{value.get('usergroup_id')}>"
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _rich_mentions(item)
