"""The demo's installation: the Slack app as `manifest.yml` describes it, which a test compares; its tokens work here only.

Of the optional scopes it has those of files, so that lists can be dropped and answers attached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack import BotInstallation, Shortcut, Step

if TYPE_CHECKING:
    from collections.abc import Mapping


def _string(title: str, description: str = "") -> Mapping[str, str]:
    return {"type": "string", "title": title, **({"description": description} if description else {})}


STEP = Step(
    "look_up_sms_status",
    "Look up SMS status",
    {
        "properties": {
            "target": _string("Number or message id", "One or more, with commas between them"),
            "since": _string("Since", "How far back, such as 2h or yesterday 09:00; 24 hours if empty"),
            "channel": {
                "type": "slack#/types/channel_id",
                "title": "Post the answer in",
                "description": "If empty, nothing is posted and there is no link",
            },
        },
        "required": ["target"],
    },
    {
        "properties": {
            "verdict": _string("Verdict", "What happened, in a sentence"),
            "status": _string("Status", "delivered, failed, rejected, pending, unknown, unanswered or no_record"),
            "code": _string("Code", "Of the newest message that failed; else empty"),
            "permalink": _string("Link to the answer", "Empty when nothing was posted"),
        },
        "required": ["verdict", "status", "code", "permalink"],
    },
)

INSTALLATION = BotInstallation(
    bot_token="xoxb-sandbox-bot-token",  # noqa: S106 - good for this machine's workspace only, like the two below
    app_token="xapp-sandbox-app-token",  # noqa: S106
    signing_secret="sandbox-signing-secret",  # noqa: S106
    bot_user_id="USMSSTATUS",
    app_id="ASMSSTATUS",
    scopes=frozenset(
        {"app_mentions:read", "chat:write", "commands", "im:history", "mpim:history", "users:read", "files:read", "files:write"}
    ),
    events=frozenset({"app_home_opened", "app_mention", "function_executed", "message.im", "message.mpim"}),
    shortcuts=(
        Shortcut("Check SMS status", "sms_status_message", "message", "Look up the numbers and ids in this message"),
        Shortcut("Look up an SMS", "sms_status", "global", "Look up a number or a message id"),
    ),
    steps=(STEP,),
    home=True,
)
