"""Downloads a file that somebody gave the app, for which the bot token needs `files:read`.

The token goes to Slack's own host alone: an address that leads elsewhere is not asked, and no redirect is followed (decision
0037). Without the scope Slack sends whoever asks on to its sign-in page
(https://docs.slack.dev/reference/objects/file-object#authentication).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from yarl import URL

from bot.errors import SmsStatusError
from bot.grammar.file_text import MAX_FILE_BYTES, TOO_LARGE
from bot.i18n import Phrase, phrase
from bot.slack.messaging.failures import RedirectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPE = "files:read"
DOWNLOAD_SECONDS = 10.0
_CHUNK = 64 * 1024
_OK, _NO_ACCESS = 200, frozenset({401, 403, 404})
NO_SCOPE = phrase(
    "I can't read files here: the app lacks the scope {scope}. Ask its admin to add it and reinstall the app. "
    "Until then paste the numbers, or run {command}.",
    scope=f"`{SCOPE}`",
    command="`smsstatus lookup --file list.csv`",
)
_NOT_READ = phrase("Slack did not hand over the file. Try again, or paste the numbers.")

log = structlog.get_logger(__name__)


class FileDownloadError(SmsStatusError):
    """A file could not be had. `problem` says why, and what to do."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem.text)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class FileDownloads:
    """Downloads within limits: of Slack's host, of time, of size."""

    session: aiohttp.ClientSession = field(repr=False)
    token: str = field(repr=False)
    api: URL  # the Web API's address, by which Slack's host is known

    async def content(self, file: Mapping[str, Any]) -> bytes:
        """The bytes of a file that a payload names. Raises FileDownloadError."""
        url = self._address(file.get("url_private_download") or file.get("url_private"))
        size = file.get("size")
        if isinstance(size, int) and size > MAX_FILE_BYTES:
            raise FileDownloadError(TOO_LARGE)
        if url is None:
            raise FileDownloadError(_NOT_READ)
        try:
            return await self._read(url)
        except RedirectedError:
            raise FileDownloadError(NO_SCOPE) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.file_not_read", reason=type(error).__name__)
            raise FileDownloadError(_NOT_READ) from None

    async def _read(self, url: URL) -> bytes:
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as answer:
            if answer.status in _NO_ACCESS or (answer.status == _OK and answer.content_type == "text/html"):
                raise FileDownloadError(NO_SCOPE)
            if answer.status != _OK:
                log.warning("slack.file_not_read", reason=f"HTTP {answer.status}")
                raise FileDownloadError(_NOT_READ)
            content = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > MAX_FILE_BYTES:
                    raise FileDownloadError(TOO_LARGE)
            return bytes(content)

    def _address(self, given: object) -> URL | None:
        """The file's address, if it is Slack's: the Web API's host or one below it, by the same scheme."""
        try:
            url = URL(given) if isinstance(given, str) else None
        except ValueError:
            return None
        if url is None or url.host is None or self.api.host is None or url.scheme != self.api.scheme:
            return None
        is_ours = url.host == self.api.host or url.host.endswith(f".{self.api.host}")
        return url if is_ours and url.port == self.api.port and not url.user else None
