"""`url_private_download`: a file for the app, by its token. Without the token or the scope Slack sends on to its sign-in page.

https://docs.slack.dev/reference/objects/file-object#authentication
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from bot.sandbox.slack.files import Files
    from bot.sandbox.slack.model import StoredFile
    from bot.sandbox.slack.state import WorkspaceState

SCOPE = "files:read"


class PrivateFiles:
    """Serves `/files-pri/…`."""

    def __init__(self, state: WorkspaceState, files: Files) -> None:
        self._state = state
        self._files = files

    async def download(self, request: web.Request) -> web.Response:
        """GET /files-pri/{file}/download. Raises HTTPFound without permission, HTTPNotFound."""
        given = request.headers.get("Authorization", "")
        is_ours = hmac.compare_digest(given.encode(), f"Bearer {self._state.bot.bot_token}".encode())
        if not is_ours or SCOPE not in self._state.bot.scopes:
            raise web.HTTPFound("/signin?redir=files")
        file = self._files.find(request.match_info["file"]) or self._posted(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound(text="no such file")
        return web.Response(body=file.content, content_type=file.mimetype)

    def _posted(self, file_id: str) -> StoredFile | None:
        posted = (file for each in self._state.conversations.values() for one in each.history.values() for file in one.files)
        return next((file for file in posted if file.id == file_id), None)
