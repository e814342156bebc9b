"""The installation of the app: its tokens, and what its manifest asks for.

    installed = BotInstallation(bot_token=…, app_token=…, signing_secret=…, bot_user_id="U…", app_id="A…")
    installed = installed.with_manifest(yaml.safe_load(Path("manifest.yml").read_text()))

Source of the manifest's keys: https://docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_SCOPES = frozenset({"commands", "chat:write", "users:read"})


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A message shortcut (`message`) or a global shortcut (`global`)."""

    name: str
    callback_id: str
    kind: Literal["message", "global"] = "message"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A custom step of Workflow Builder. The parameters are as in the manifest: `{"properties": {…}, "required": […]}`."""

    callback_id: str
    title: str
    input_parameters: Mapping[str, Any] = field(default_factory=dict)
    output_parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BotInstallation:
    """The installed app. Tokens and the secret are not in its repr.

    An event is delivered only if it is among `events` and its scope is among `scopes`, as in a live workspace.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    bot_user_id: str
    app_id: str
    display_name: str = "smsstatus"
    command: str = "/smsstatus"
    scopes: frozenset[str] = DEFAULT_SCOPES  # of the bot token
    events: frozenset[str] = frozenset()  # "app_mention", "message.im", "app_home_opened", "function_executed", …
    shortcuts: tuple[Shortcut, ...] = ()
    steps: tuple[Step, ...] = ()
    home: bool = False  # whether the Home tab is switched on
    messages_tab: bool = True  # whether people may write to the app in its direct message

    @property
    def bot_id(self) -> str:
        """The B… id in messages of the bot."""
        return bot_id_of(self.bot_user_id)

    def shortcut(self, callback_id: str, kind: str) -> Shortcut:
        """The shortcut of that kind and id. Raises LookupError."""
        for each in self.shortcuts:
            if (each.callback_id, each.kind) == (callback_id, kind):
                return each
        raise LookupError(f"the app has no {kind} shortcut with the callback_id {callback_id}")

    def step(self, callback_id: str) -> Step:
        """The workflow step of that id. Raises LookupError."""
        for each in self.steps:
            if each.callback_id == callback_id:
                return each
        raise LookupError(f"the app has no step with the callback_id {callback_id}")

    def with_manifest(self, manifest: Mapping[str, Any], *, optional_scopes: bool = False) -> BotInstallation:
        """The same installation with what a parsed manifest asks for; of its optional scopes only `optional_scopes`, if given."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {})
        tabs = features.get("app_home", {})
        commands = features.get("slash_commands", [])
        return replace(
            self,
            display_name=features.get("bot_user", {}).get("display_name", self.display_name),
            command=commands[0]["command"] if commands else self.command,
            scopes=frozenset([*scopes.get("bot", []), *(scopes.get("bot_optional", []) if optional_scopes else [])]),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            shortcuts=tuple(
                Shortcut(each["name"], each["callback_id"], each["type"], each.get("description", ""))
                for each in features.get("shortcuts", [])
            ),
            steps=tuple(
                Step(name, each["title"], each.get("input_parameters", {}), each.get("output_parameters", {}))
                for name, each in manifest.get("functions", {}).items()
            ),
            home=tabs.get("home_tab_enabled", False),
            messages_tab=tabs.get("messages_tab_enabled", False) and not tabs.get("messages_tab_read_only_enabled", True),
        )


def bot_id_of(user: str) -> str:
    """The B… id of a bot user."""
    return "B" + user[1:]
