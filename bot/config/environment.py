"""What goes wrong where an environment is written down: quotes that stay on a value, and keys that are misspelt.

`docker run --env-file` and systemd's older forms keep quotes, and a chat or a document turns them into curly ones.
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
_NEAR = 0.9  # of other people's keys: a slip of a letter or two, not a key of another tool

# Kubernetes tells every pod of a service called "smsstatus" in such variables:
# https://kubernetes.io/docs/concepts/containers/container-environment/#cluster-information
_OF_KUBERNETES = re.compile(
    r"SMSSTATUS_(?:\w+_)?(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)"
)
_OF_KUBERNETES_PORT = re.compile(r"(?:tcp|udp|sctp)://.*")


def without_quotes(value: str) -> str | None:
    """What stands between the quotes that a value is wrapped in; None when it is not."""
    bare = value.strip()
    if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES and bare[-1] not in bare[1:-1]:
        return bare[1:-1].strip()
    return None


def _without_half_a_quote(value: str) -> str | None:
    """What is left of a value that has a quote at one end only; None when it has none. In prose it may be an apostrophe."""
    bare = value.strip()
    if any(character.isspace() for character in bare):
        return None
    left = bare[1:] if bare[:1] in _QUOTES else bare[:-1] if bare[-1:] in _QUOTES else None
    return left if left is not None and not any(character in _QUOTES for character in left) else None


def quoted(table: Mapping[str, Any], known: Collection[str], problems: list[Phrase]) -> dict[str, Any]:
    """`table` with the quotes taken off, so that the rest of a value is checked too; a line for each key that had them."""
    bare = dict(table)
    for key, value in table.items():
        if not isinstance(value, str) or key not in known or not value.strip():
            continue
        if (half := _without_half_a_quote(value)) is not None:
            problems.append(phrase("{key} has a quote at one end, which counts as a part of the value: leave it out", key=key))
            bare[key] = half
        if (inner := without_quotes(value)) is not None:
            problems.append(phrase("{key} is written in quotes, which count as a part of the value: leave them out", key=key))
            bare[key] = inner
    return bare


def app_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what is empty and what Kubernetes says of a service that bears our name."""
    return {
        key: value
        for key, value in environ.items()
        if value.strip()
        and not _OF_KUBERNETES.fullmatch(key)
        and not (key.startswith(PREFIX) and key.endswith("_PORT") and _OF_KUBERNETES_PORT.fullmatch(value))
    }


def misspelt_keys(environ: Mapping[str, str], known: Collection[str]) -> Iterator[Phrase]:
    """A line for each `SMSSTATUS_…` key that is none of ours: it would change nothing, and nobody would know."""
    for key in environ:
        if key.upper().startswith(PREFIX) and key not in known:
            yield unknown_keys(key, known)


def near_misses(environ: Mapping[str, str], known: Collection[str]) -> Iterator[Phrase]:
    """A line for each key that is nearly one of ours which is not set. It may be another tool's, so it is no fault."""
    missing = [key for key in known if key not in environ]
    for key in environ:
        if key in known or key.upper().startswith(PREFIX) or key.upper() in missing:
            continue
        if close := difflib.get_close_matches(key.upper(), missing, 1, _NEAR):
            yield phrase("{key} is not a setting; did you mean {close}?", key=key, close=close[0])


def unknown_keys(key: str, known: Collection[str]) -> Phrase:
    """The line about a key that is none of ours, with the nearest one that is."""
    close = difflib.get_close_matches(key.upper(), known, 1)
    if close:
        return phrase("{key} is not a setting; did you mean {close}?", key=key, close=close[0])
    return phrase("{key} is not a setting", key=key)
