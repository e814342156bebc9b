"""Response URLs: how an app responds to a command or a click, up to five times within thirty minutes.

Rules: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses. Known from threads with Slack's staff
only: the response carries no ts (https://github.com/slackapi/python-slack-sdk/issues/1256), and through a slash command's URL
`replace_original` posts anew instead of replacing (https://github.com/slackapi/bolt-python/issues/1268). The error of a URL that
is used up is not published; any status but 200 tells the app to fall back.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.slack.blocks import check_message
from bot.sandbox.slack.web_api import lose_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.sandbox.slack.faults import SlackFaults
    from bot.sandbox.slack.model import Conversation, PostedMessage
    from bot.sandbox.slack.state import WorkspaceState

MAX_USES = 5
LIFE = timedelta(minutes=30)
FAULT_NAME = "response_url"  # what `fail_next` calls it


@dataclass(slots=True)
class _Pass:
    """An issued URL and its remaining uses."""

    conversation: Conversation
    user: str
    expires: datetime
    original: str | None  # the ts of the message that was clicked; None for a slash command
    uses: int = 0


class _Refused(Exception):  # noqa: N818 - an answer with an error name, not an error of ours
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class ResponseUrls:
    """Issues the URLs and serves them."""

    def __init__(self, state: WorkspaceState, faults: SlackFaults) -> None:
        self._state = state
        self._faults = faults
        self.closing = asyncio.Event()  # lets the posts go that get no answer
        self._passes: dict[str, _Pass] = {}

    def issue(self, conversation: Conversation, user: str, original: PostedMessage | None = None) -> str:
        """The path of a new URL."""
        token = secrets.token_urlsafe(18)
        ts = original.ts if original is not None else None
        self._passes[token] = _Pass(conversation, user, self._state.clock() + LIFE, ts)
        return f"/response/{token}"

    async def serve(self, request: web.Request) -> web.Response:
        """POST /response/{token}: `ok`, or an error name with a status that is not 200."""
        fault = self._faults.take(FAULT_NAME)
        allowed = self._passes.get(request.match_info["token"])
        if fault is not None and allowed is not None:
            said: Mapping[str, Any] = {}
            with suppress(_Refused):
                said = _parse(await request.text())
            self._faults.tell(FAULT_NAME, {**said, "channel": allowed.conversation.id, "user": allowed.user}, fault)
        if fault is None or fault.after:
            try:
                await self._answer(request.match_info["token"], await request.text())
            except _Refused as refused:
                return web.Response(status=refused.status, text=refused.reason)
        if fault is None:
            return web.Response(text="ok")
        if fault.unanswered:
            await lose_answer(request, fault, self.closing)
        return web.Response(status=fault.status_for_text, text=fault.error, headers=fault.headers)

    async def _answer(self, token: str, body: str) -> None:
        allowed = self._passes.get(token)
        if allowed is None:
            raise _Refused(404, "unknown_url")
        if self._state.clock() > allowed.expires:
            raise _Refused(404, "expired_url")
        if allowed.uses >= MAX_USES:
            raise _Refused(404, "used_url")
        payload = _parse(body)
        allowed.uses += 1
        if payload.get("delete_original"):
            await self._state.remove(self._original(allowed))
            return
        await self._say(allowed, payload)

    async def _say(self, allowed: _Pass, payload: Mapping[str, Any]) -> None:
        _reject_bad_content(payload)
        text, blocks = payload.get("text") or "", payload.get("blocks") or ()
        if payload.get("replace_original") and allowed.original is not None:
            await self._state.edit(self._original(allowed), text, blocks)
            return
        conversation, thread_ts = allowed.conversation, payload.get("thread_ts")
        response_type = payload.get("response_type") or "ephemeral"
        if response_type not in ("ephemeral", "in_channel"):
            raise _Refused(400, "invalid_response_type")
        if thread_ts is not None and str(thread_ts) not in conversation.history:
            raise _Refused(400, "invalid_thread_ts")
        if response_type == "ephemeral":
            thread_ts = None  # a thread is documented for `in_channel` alone
        await self._state.post(
            conversation,
            self._state.bot.bot_user_id,
            text,
            blocks,
            ephemeral_to=allowed.user if response_type == "ephemeral" else None,
            thread_ts=thread_ts,
        )

    def _original(self, allowed: _Pass) -> PostedMessage:
        message = allowed.conversation.history.get(allowed.original or "")
        if message is None:
            raise _Refused(404, "message_not_found")
        return message


def _reject_bad_content(payload: Mapping[str, Any]) -> None:
    if payload.get("attachments"):
        raise _Refused(400, "invalid_attachments")
    refused = [problem for problem in check_message(payload) if problem.refused]
    if refused:
        raise _Refused(400, refused[0].error)


def _parse(body: str) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise _Refused(400, "invalid_payload") from error
    if not isinstance(payload, dict):
        raise _Refused(400, "invalid_payload")
    return payload
