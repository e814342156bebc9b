"""The usual mistakes in environment files: quotes around values, and misspelt keys.

`docker run --env-file` and older systemd keep quotes in the value; chats and documents turn them into curly ones.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from bot.i18n import Phrase

PREFIX = "SMSSTATUS_"
_QUOTES = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02\uff07"
_SIMILARITY = 0.9  # of keys without our prefix: a typo of a letter or two, not a key of another tool

# The variables that Kubernetes sets in every pod for a service called "smsstatus":
# https://kubernetes.io/docs/concepts/containers/container-environment/#cluster-information
_OF_KUBERNETES = re.compile(
    r"SMSSTATUS_(?:\w+_)?(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_OF_KUBERNETES_PORT = re.compile(r"(?:tcp|udp|sctp)://.*")


def without_quotes(value: str) -> str | None:
    """The value without the quotes around it; None if there are none."""
    bare = value.strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES and bare[-1] not in bare[1:-1]:
        return bare[1:-1].strip()
    return None


def _without_one_quote(value: str) -> str | None:
    """The value without a quote at one end only; None if there is none. In a value with blanks it may be an apostrophe."""
    bare = value.strip()
    if any(character.isspace() for character in bare):
        return None
    left = bare[1:] if bare[:1] in _QUOTES else bare[:-1] if bare[-1:] in _QUOTES else None
    return left if left is not None and not any(character in _QUOTES for character in left) else None


def strip_quotes(table: Mapping[str, Any], known: Collection[str], problems: list[Phrase]) -> dict[str, Any]:
    """`table` without quotes, so that the rest of a value is validated too; adds a line to `problems` for each quoted key."""
    bare = dict(table)
    for key, value in table.items():
        if not isinstance(value, str) or key not in known or not value.strip():
            continue
        if (half := _without_one_quote(value)) is not None:
            problems.append(phrase("{key} has a quote at one end, which counts as a part of the value: leave it out", key=key))
            bare[key] = half
        if (inner := without_quotes(value)) is not None:
            problems.append(phrase("{key} is written in quotes, which count as a part of the value: leave them out", key=key))
            bare[key] = inner
    return bare


def app_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without blank variables and without those that Kubernetes sets for a service of our name."""
    return {
        key: value
        for key, value in environ.items()
        if value.strip()
        and not _OF_KUBERNETES.fullmatch(key)
        and not (key.startswith(PREFIX) and key.endswith("_PORT") and _OF_KUBERNETES_PORT.fullmatch(value))
    }


def misspelt_keys(environ: Mapping[str, str], known: Collection[str]) -> Iterator[Phrase]:
    """A line for each unknown `SMSSTATUS_…` key, which would otherwise be ignored silently."""
    for key in environ:
        if key.upper().startswith(PREFIX) and key not in known:
            yield unknown_key(key, known)


def is_taken(key: str, known: Collection[str]) -> bool:
    """Whether a key means something here; the proxies' do in lower case too."""
    return key in known or key.upper() in known


def near_misses(environ: Mapping[str, str], known: Collection[str], own: Collection[str]) -> dict[str, Phrase]:
    """A line for each key that resembles a known one.

    Keys of `own` were written for this app. The others may be another tool's: for them only what is not set counts as known.
    """
    found: dict[str, Phrase] = {}
    missing = [key for key in known if key not in environ]
    for key in environ:
        if key in known or key.upper().startswith(PREFIX) or (key.upper() in missing and key not in own):
            continue
        if close := difflib.get_close_matches(key.upper(), known if key in own else missing, 1, _SIMILARITY):
            found[key] = phrase("{key} is not a setting; did you mean {close}?", key=key, close=close[0])
    return found


def unknown_key(key: str, known: Collection[str]) -> Phrase:
    """The line about an unknown key, with the closest known one."""
    close = difflib.get_close_matches(key.upper(), known, 1)
    if close:
        return phrase("{key} is not a setting; did you mean {close}?", key=key, close=close[0])
    return phrase("{key} is not a setting", key=key)
