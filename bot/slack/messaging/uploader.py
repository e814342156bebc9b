"""Uploads text files: an address is asked for, the bytes go there, then the file is shared in a conversation.

https://docs.slack.dev/messaging/working-with-files#upload. The first two steps show nothing to anybody; what the third may have
done is as unsure as a post whose answer is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SlackDeliveryError
from bot.slack.messaging import failures
from bot.slack.messaging.poster import slack_errors

if TYPE_CHECKING:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.messaging.claims import Claim

_OK = 200


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file to share: its name, what is said beside it (mrkdwn), and its bytes."""

    name: str
    comment: str
    content: bytes


class Uploader:
    """Shares files by the Web API. Needs the scope `files:write`."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session

    async def share(self, channel: str, file: TextFile, thread_ts: str | None, *, claim: Claim) -> None:
        """Share `file` in `channel`, or in the thread under `thread_ts`. Raises SlackDeliveryError, ClaimLostError."""
        file_id = await self._upload(file)
        await claim.confirm()
        await self._complete(file_id, file, channel, thread_ts, file.comment)

    async def share_with(self, user: str, file: TextFile, *, claim: Claim) -> None:
        """Share `file` in the direct message with `user`, below a message that says what it is.

        That message also tells the conversation's id: files are shared by it alone, while messages can be posted to a person's.
        Raises SlackDeliveryError, ClaimLostError.
        """
        file_id = await self._upload(file)
        await claim.confirm()
        with slack_errors():
            posted = await self._client.chat_postMessage(channel=user, text=file.comment, unfurl_links=False)
            channel, ts = str(posted.get("channel") or ""), str(posted.get("ts") or "")
        await self._complete(file_id, file, channel, ts, "")

    async def _upload(self, file: TextFile) -> str:
        """Bring the bytes to Slack; the file's id."""
        with slack_errors():
            opened = await self._client.files_getUploadURLExternal(filename=file.name, length=len(file.content))
            address, file_id = opened.get("upload_url"), opened.get("file_id")
            if not isinstance(address, str) or not isinstance(file_id, str):
                raise SlackDeliveryError(failures.NO_ADDRESS)
            async with self._session.post(address, data=file.content) as answer:
                if answer.status != _OK:
                    raise SlackDeliveryError(f"HTTP {answer.status}")
        return file_id

    async def _complete(self, file_id: str, file: TextFile, channel: str, thread_ts: str | None, comment: str) -> None:
        with slack_errors():
            await self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": file.name}],
                channel_id=channel,
                thread_ts=thread_ts,
                initial_comment=comment or None,
            )
