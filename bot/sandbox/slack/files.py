"""Uploaded files: an address to upload to, then a message that shares them.

The flow: https://docs.slack.dev/messaging/working-with-files#upload. A file that was not completed belongs to nobody and is
never shown.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.api import ApiError, Method, open_to_bot, refuse_bad_content, thread_root, told, word
from bot.sandbox.slack.model import StoredFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json, MethodServices

MAX_BYTES = 1024 * 1024  # far below Slack's gigabyte: this is memory


@dataclass(slots=True)
class _Upload:
    """A file on its way."""

    id: str
    name: str
    length: int
    content: bytes | None = None


class Files:
    """What is being uploaded, and what was."""

    def __init__(self) -> None:
        self._uploads: dict[str, _Upload] = {}  # by the secret part of the address

    def expect(self, name: str, length: int) -> tuple[str, str]:
        """Prepare an upload. Returns the path to upload to and the file's id."""
        secret, upload = secrets.token_urlsafe(18), _Upload("F" + secrets.token_hex(5).upper(), name, length)
        self._uploads[secret] = upload
        return f"/upload/{secret}", upload.id

    async def receive(self, request: web.Request) -> web.Response:
        """POST /upload/{secret}: the bytes, raw or as the only file of a form."""
        upload = self._uploads.get(request.match_info["secret"])
        if upload is None or upload.content is not None:
            raise web.HTTPNotFound(text="no such upload")
        content = await _content(request)
        if len(content) != upload.length:
            raise web.HTTPBadRequest(text=f"{len(content)} bytes came, {upload.length} were announced")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    def complete(self, file_id: str, title: str | None) -> StoredFile:
        """The file whose bytes have come. Raises ApiError."""
        for secret, upload in self._uploads.items():
            if upload.id == file_id and upload.content is not None:
                del self._uploads[secret]
                kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
                return StoredFile(upload.id, upload.name, title or upload.name, upload.content, kind)
        raise ApiError("file_not_found")


async def _content(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                return part.file.read()
        raise web.HTTPBadRequest(text="no file in the form")
    return await request.read()


async def get_upload_url(desk: MethodServices, arguments: Arguments) -> Json:
    """files.getUploadURLExternal."""
    name, length = word(arguments, "filename"), str(arguments.get("length", ""))
    if not name or not length.isdecimal() or int(length) == 0:
        raise ApiError("invalid_arguments", fields=told(["[ERROR] missing required field: filename or length"]))
    if int(length) > MAX_BYTES:
        raise ApiError("file_upload_size_restricted")
    path, file_id = desk.files.expect(name, int(length))
    return {"upload_url": f"{desk.base_url()}{path}", "file_id": file_id}


async def complete_upload(desk: MethodServices, arguments: Arguments) -> Json:
    """files.completeUploadExternal: the answer names no message, for Slack shares the files a little later."""
    wanted = arguments.get("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) and "id" in each for each in wanted):
        raise ApiError("invalid_arguments", fields=told(["[ERROR] missing required field: files"]))
    channel = word(arguments, "channel_id") or word(arguments, "channels")
    conversation = open_to_bot(desk, channel) if channel else None
    thread_ts = thread_root(conversation, arguments) if conversation else None
    comment = word(arguments, "initial_comment")
    if comment:
        refuse_bad_content({"text": comment})
    files = [desk.files.complete(str(each["id"]), each.get("title")) for each in wanted]
    if conversation is not None:
        await desk.state.post(conversation, desk.state.bot.bot_user_id, comment, thread_ts=thread_ts, files=files)
    return {"files": [{"id": file.id, "title": file.title, "name": file.name, "mimetype": file.mimetype} for file in files]}


def file_json(file: StoredFile, base_url: str = "") -> dict[str, Any]:
    """A file as it stands in a message."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "mode": "hosted",
        "url_private_download": f"{base_url}/files/{file.id}/download",
    }


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, "files:write", tier=4),
    "files.completeUploadExternal": Method(complete_upload, "files:write", json_arguments=frozenset({"files", "blocks"}), tier=4),
}
