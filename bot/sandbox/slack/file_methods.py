"""files.*: the methods for uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack.api import ApiError, error_details, postable_conversation, reject_bad_content, string_argument, thread_root
from bot.sandbox.slack.services import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.slack.api import Arguments, Json
    from bot.sandbox.slack.services import MethodServices

MAX_BYTES = 1024 * 1024  # far below Slack's gigabyte: this is memory


async def get_upload_url(services: MethodServices, arguments: Arguments) -> Json:
    """files.getUploadURLExternal. Raises ApiError."""
    name, length = string_argument(arguments, "filename"), str(arguments.get("length", ""))
    if not name or not length.isdecimal() or int(length) == 0:
        raise ApiError("invalid_arguments", fields=error_details(["[ERROR] missing required field: filename or length"]))
    if int(length) > MAX_BYTES:
        raise ApiError("file_upload_size_restricted")
    path, file_id = services.files.expect(name, int(length))
    return {"upload_url": f"{services.base_url()}{path}", "file_id": file_id}


async def complete_upload(services: MethodServices, arguments: Arguments) -> Json:
    """files.completeUploadExternal. The response names no message, for Slack shares the files a little later. Raises ApiError."""
    wanted = arguments.get("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) and "id" in each for each in wanted):
        raise ApiError("invalid_arguments", fields=error_details(["[ERROR] missing required field: files"]))
    channel = string_argument(arguments, "channel_id") or string_argument(arguments, "channels")
    if channel and services.state.conversation(channel) is None:  # a person's id is none here, unlike in chat.postMessage
        raise ApiError("channel_not_found")
    conversation = postable_conversation(services.state, channel) if channel else None
    thread_ts = thread_root(conversation, arguments) if conversation else None
    comment = string_argument(arguments, "initial_comment")
    if comment:
        reject_bad_content({"text": comment})
    files = [services.files.complete(str(each["id"]), each.get("title")) for each in wanted]
    if conversation is not None:
        await services.state.post(conversation, services.state.bot.bot_user_id, comment, thread_ts=thread_ts, files=files)
    return {"files": [{"id": file.id, "title": file.title, "name": file.name, "mimetype": file.mimetype} for file in files]}


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, "files:write", tier=4),
    "files.completeUploadExternal": Method(complete_upload, "files:write", json_arguments=frozenset({"files", "blocks"}), tier=4),
}
