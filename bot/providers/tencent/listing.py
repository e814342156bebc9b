"""The lists of an account's signatures and templates, page by page: neither call tells how many there are, or finds by name.

Each call has 20 calls a second of its own (https://cloud.tencent.com/document/product/382/52077). Both take `International`, so
what is not known to be one or the other is looked for in both.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import ProviderError
from bot.model import ReviewState
from bot.providers.base import ResultCollector
from bot.providers.tencent.errors import read_response
from bot.receipts.ingestion import rows_in
from bot.sanitize import mask_digits, sanitize_provider_text, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.providers.http import ApiResponse, ProviderHttpClient
    from bot.providers.optional_actions import OptionalAction, OptionalActions
    from bot.timing.fair_queue import Askers

T = TypeVar("T")

CALLS_PER_SECOND = 20
PAGE_SIZE = 100
MAX_PAGES = 30  # 3,000 entries; no account has so many
MAX_NAME = 64
NOT_THERE = frozenset({"FailedOperation.TemplateIdNotExist", "FailedOperation.SignIdNotExist"})

REVIEWS: Mapping[str, ReviewState] = {
    "0": ReviewState.APPROVED,
    "1": ReviewState.UNDER_REVIEW,
    "2": ReviewState.NOT_IN_FORCE,
    "-1": ReviewState.REFUSED,
}


class Listing:
    """One list, `rows` of the answers to `action`. What the key lacks is noted in `actions`."""

    def __init__(
        self, http: ProviderHttpClient, actions: OptionalActions, *, action: OptionalAction, rows: str, region: str
    ) -> None:
        self._http = http
        self._actions = actions
        self._action = action
        self._rows = rows
        self._headers = {
            "Content-Type": "application/json",
            "X-TC-Action": action.name,
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": region,
            "X-TC-Language": "en-US",
        }

    async def pages(self, international: int, askers: Askers) -> list[Mapping[str, Any]]:
        """All rows, domestic (0) or international (1). Raises ProviderError."""
        found: list[Mapping[str, Any]] = []
        for page in range(MAX_PAGES):
            asked = {"International": international, "Limit": PAGE_SIZE, "Offset": page * PAGE_SIZE}
            rows = await self._call(asked, askers)
            found += (row for row in rows if isinstance(row, dict))
            if len(rows) < PAGE_SIZE:
                break
        return found

    async def by_id(self, international: int, id_field: str, number: int, askers: Askers) -> list[Mapping[str, Any]]:
        """The rows of this id; none where there is no such id. Raises ProviderError."""
        asked = {"International": international, id_field: [number], "Limit": PAGE_SIZE, "Offset": 0}
        try:
            rows = await self._call(asked, askers)
        except ProviderError as error:
            if error.fault.code in NOT_THERE:
                return []
            raise
        return [row for row in rows if isinstance(row, dict)]

    async def _call(self, asked: Mapping[str, object], askers: Askers) -> list[object]:
        def read(response: ApiResponse) -> list[object]:
            answer = read_response(response)
            if not answer.keys() & {self._rows, "RequestId"}:
                raise KeyError(self._rows)
            return rows_in(answer.get(self._rows))

        body = json.dumps(asked, separators=(",", ":")).encode()
        return await self._actions.ask(
            self._action,
            lambda: self._http.call(read, ResultCollector(), askers=askers, content=body, headers=self._headers),
        )


async def in_both(ask: Callable[[int], Awaitable[list[T]]]) -> tuple[T, ...]:
    """What `ask` finds in the domestic (0) and in the international list (1). Raises ProviderError.

    An account that sends within China alone may be refused the second: that costs nothing where the first has it.
    """
    found = await ask(0)
    try:
        found += await ask(1)
    except ProviderError:
        if not found:
            raise
    return tuple(found)


def entry_name(raw: object) -> str:
    """A name of the vendor's list, as it is shown."""
    return mask_digits(truncate(single_line(raw), MAX_NAME)) if isinstance(raw, str) else ""


def review_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The review's state, and of a refused one what the reviewer replied; -1 without a reply can have several reasons.

    It was "refused, failed, or the first registration at the carriers is not done"
    (https://cloud.tencent.com/document/product/382/39022).
    """
    reply, review = row.get("ReviewReply"), REVIEWS.get(str(row.get("StatusCode")), ReviewState.UNKNOWN)
    refusal = sanitize_provider_text(reply) if isinstance(reply, str) and review is ReviewState.REFUSED else ""
    if review is ReviewState.REFUSED and not refusal:
        review = ReviewState.UNUSABLE
    return {"review": review, "refusal": refusal}
