"""What `smsstatus serve` says to somebody who has set nothing yet: the next three steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import AppSettings, Mode
    from bot.i18n import Language


def is_new(general: AppSettings) -> bool:
    """Whether no credential of Slack is set at all; of one that lacks, the settings' own error is clearer."""
    return general.bot_token is None and general.app_token is None and general.signing_secret is None


def first_steps(mode: Mode | None, language: Language) -> Sequence[str]:
    """The lines, for the connection to Slack that was asked for."""
    say = language.say
    if mode == "http":
        printed_by, second = "smsstatus manifest --http https://YOUR-HOST", "SLACK_SIGNING_SECRET=…"
        second_at = say("Basic Information, App Credentials")
    else:
        printed_by, second = "smsstatus manifest", "SLACK_APP_TOKEN=xapp-…"
        second_at = say("Basic Information, App-Level Tokens, with the scope connections:write")
    first_at = say("Install App")
    return [
        say("Slack's tokens are not set yet. The next three steps:"),
        say(
            "1. At https://api.slack.com/apps: Create New App, From a manifest. Paste what this prints: {command}",
            command=printed_by,
        ),
        say("2. Write into the file .env here, or into the environment:"),
        f"   SLACK_BOT_TOKEN=xoxb-…  ({first_at})",
        f"   {second}  ({second_at})",
        say("   and the key of a vendor, such as TENCENTCLOUD_SECRET_ID=… with what belongs to it (docs/settings.md)"),
        say("3. Run: smsstatus doctor; then: smsstatus serve"),
        say("With Slack's CLI, which makes the app and its tokens: slack run. Without any account: smsstatus demo"),
    ]
