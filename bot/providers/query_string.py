"""A query as every vendor reads it and as Alibaba Cloud signs it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping


def canonical_query(params: Mapping[str, str]) -> str:
    """The parameters sorted by name, percent-encoded by RFC 3986 (a blank is %20, an asterisk %2A).

    Source: https://www.alibabacloud.com/help/en/doc-detail/2593177.htm
    """
    return "&".join(
        f"{name}={value}" for name, value in sorted((_encode(name), _encode(value)) for name, value in params.items())
    )


def _encode(text: str) -> str:
    return quote(text, safe="~")  # letters, digits and "-_." are always kept
