"""The legacy queue, `pullstatus`: receipts and replies of one app, each handed out once and then gone.

https://intl.cloud.tencent.com/document/product/382/5810. Tencent must switch it on for an app. Only `bot.receipts.drain` may
pull: a lookup would take receipts away from the queue's consumer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.providers.tencent import NAME as TENCENT
from bot.providers.tencent.legacy import MOST_ROWS
from bot.receipts.model import RecordKind

if TYPE_CHECKING:
    from bot.providers.http import ProviderHttpClient

ACTION = "pullstatus"
TYPES = {RecordKind.RECEIPTS: 0, RecordKind.REPLIES: 1}


class LegacyQueue:
    """The queue of one app. `http` posts to `pullstatus` and signs."""

    system = TENCENT
    most = MOST_ROWS

    def __init__(self, http: ProviderHttpClient, *, app_id: str) -> None:
        self._http = http
        self.account = app_id

    async def pull(self, kind: RecordKind) -> bytes:
        """See `bot.receipts.ingestion.Queue.pull`. Without retries: a lost response is not handed out again.

        Raises ProviderError if not a byte came.
        """
        content = json.dumps({"type": TYPES[kind], "max": self.most}).encode()
        return await self._http.call_once(content=content, headers={"Accept-Encoding": "identity"})

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
