"""The Web API's methods for uploaded files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import ApiError, open_to_bot, refuse_bad_content, thread_root, told, word
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.services import MethodServices

MAX_BYTES = 1024 * 1024  # far below Slack's gigabyte: this is memory


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
    conversation = open_to_bot(desk.state, channel) if channel else None
    thread_ts = thread_root(conversation, arguments) if conversation else None
    comment = word(arguments, "initial_comment")
    if comment:
        refuse_bad_content({"text": comment})
    files = [desk.files.complete(str(each["id"]), each.get("title")) for each in wanted]
    if conversation is not None:
        await desk.state.post(conversation, desk.state.bot.bot_user_id, comment, thread_ts=thread_ts, files=files)
    return {"files": [{"id": file.id, "title": file.title, "name": file.name, "mimetype": file.mimetype} for file in files]}


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, "files:write", tier=4),
    "files.completeUploadExternal": Method(complete_upload, "files:write", json_arguments=frozenset({"files", "blocks"}), tier=4),
}
