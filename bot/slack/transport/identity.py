"""Who the app is in this workspace, and what people call it."""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = "/smsstatus"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """Names and ids that answers mention."""

    team: str = ""  # the workspace's id
    bot_user: str = ""  # the bot's own Slack user id, which mentions name
    bot_name: str = "smsstatus"  # for `/invite @…`
    region: str = "CN"  # of numbers written without a country code
    contact: str = ""  # whom people are told to ask
    command: str = COMMAND
    reads_files: bool = False  # whether it has `files:read`, by which lists can be given as files
    codes_site: str = ""  # the address of the site of the codes, which ends in a slash; empty: there is none
    customer_language: str | None = None  # which customers read; None: that of whoever asks
