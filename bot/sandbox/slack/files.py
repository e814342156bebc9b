"""Uploaded files: an address to upload to, then a message that shares them.

The flow: https://docs.slack.dev/messaging/working-with-files#upload. A file that was not completed belongs to nobody and is
never shown.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.slack.api import ApiError
from bot.sandbox.slack.model import StoredFile


@dataclass(slots=True)
class _Upload:
    """An upload in progress."""

    id: str
    name: str
    length: int
    content: bytes | None = None


class Files:
    """Uploads in progress, and uploaded files."""

    def __init__(self) -> None:
        self._uploads: dict[str, _Upload] = {}  # by the secret part of the address
        self._kept: dict[str, StoredFile] = {}

    def expect(self, name: str, length: int) -> tuple[str, str]:
        """Prepare an upload. Returns the path to upload to and the file's id."""
        secret, upload = secrets.token_urlsafe(18), _Upload("F" + secrets.token_hex(5).upper(), name, length)
        self._uploads[secret] = upload
        return f"/upload/{secret}", upload.id

    async def receive(self, request: web.Request) -> web.Response:
        """POST /upload/{secret}: the bytes, raw or as the only file of a form. Raises HTTPNotFound or HTTPBadRequest."""
        upload = self._uploads.get(request.match_info["secret"])
        if upload is None or upload.content is not None:
            raise web.HTTPNotFound(text="no such upload")
        content = await _content(request)
        if len(content) != upload.length:
            raise web.HTTPBadRequest(text=f"{len(content)} bytes came, {upload.length} were announced")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    def complete(self, file_id: str, title: str | None) -> StoredFile:
        """The file whose bytes have arrived. Raises ApiError."""
        for secret, upload in self._uploads.items():
            if upload.id == file_id and upload.content is not None:
                del self._uploads[secret]
                kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
                return StoredFile(upload.id, upload.name, title or upload.name, upload.content, kind)
        raise ApiError("file_not_found")

    def keep(self, name: str, content: bytes) -> StoredFile:
        """A file that a person hands over, with a message or in a modal."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = StoredFile("F" + secrets.token_hex(5).upper(), name, name, content, kind)
        self._kept[file.id] = file
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """The kept file of that id."""
        return self._kept.get(file_id)


async def _content(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                return part.file.read()
        raise web.HTTPBadRequest(text="no file in the form")
    return await request.read()


def file_json(file: StoredFile, base_url: str = "") -> dict[str, Any]:
    """A file as it is listed in a message. With `base_url`, as an app is told of it, which fetches it with its token."""
    path = f"/files-pri/{file.id}" if base_url else f"/files/{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "mode": "hosted",
        "filetype": file.name.rpartition(".")[2].lower(),
        "url_private_download": f"{base_url}{path}/download",
    }
