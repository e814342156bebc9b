"""How attempts at requests ended, as long as the database does not know: in memory, until it can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.requests.inbox_tables import Ending

MAX_ENDINGS = 10_000  # of an outage; of more, the oldest are forgotten


class UnwrittenEndings:
    """The endings, by the id of their request; of several for one request the last."""

    def __init__(self) -> None:
        self._endings: dict[str, Ending] = {}

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._endings

    def add(self, ending: Ending) -> None:
        """Keep an ending, in the place of an earlier one of its request."""
        self._endings[ending.attempt.request_id] = ending
        if len(self._endings) > MAX_ENDINGS:
            self._endings.pop(next(iter(self._endings)))

    def remove(self, ending: Ending) -> None:
        """It is written. A later one of the same request stays."""
        if self._endings.get(ending.attempt.request_id) is ending:
            del self._endings[ending.attempt.request_id]

    def oldest_first(self) -> list[Ending]:
        """The endings now."""
        return list(self._endings.values())
