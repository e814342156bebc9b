"""Delivers payloads to the app: by signed HTTP to one of its addresses in turn, or by one of its Socket Mode connections."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.sandbox.slack.http_delivery import FORM, JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.http_delivery import HttpDelivery
    from bot.sandbox.slack.model import Ack
    from bot.sandbox.slack.socket_mode import SocketModeServer

Entry = str | Sequence[str] | None


class RequestDelivery:
    """Delivers by signed HTTP when `http_entry` is set, by Socket Mode otherwise.

    Several entries are replicas behind one public address: they take turns, as behind a load balancer.
    """

    def __init__(self, http: HttpDelivery, socket: SocketModeServer, http_entry: Entry) -> None:
        self._http = http
        self._socket = socket
        self._turn = 0
        self.http_entry = http_entry

    @property
    def is_reachable(self) -> bool:
        """Whether the app can be reached."""
        return bool(self.http_entry or self._socket.connections)

    async def send(self, kind: str, payload: Mapping[str, Any], *, attempt: int = 0, reason: str = "") -> Ack:
        """Make one attempt. `kind` is `slash_commands`, `interactive` or `events_api`."""
        if not self.http_entry:
            return await self._socket.deliver(kind, payload, attempt=attempt, reason=reason)
        if kind == "events_api":
            body, content_type = json.dumps(payload), JSON
        else:
            fields = {"payload": json.dumps(payload)} if kind == "interactive" else payload
            body, content_type = urlencode(fields), FORM
        return await self._http.deliver(self._next_entry(), body.encode(), content_type, attempt=attempt, reason=reason)

    def _next_entry(self) -> str:
        entries = [self.http_entry] if isinstance(self.http_entry, str) else list(self.http_entry or ())
        entry = entries[self._turn % len(entries)]
        self._turn += 1
        return entry

    def retry_reason(self, ack: Ack) -> str:
        """Slack's reason for the retry of an event."""
        if not self.http_entry:
            return "timeout"
        reasons = {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
        return reasons.get(ack.error or "", "http_error")
