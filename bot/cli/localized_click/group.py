"""Commands with subcommands, one of which may be meant when none is named."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING, Any

import click

from bot.cli.localized_click.commands import Command
from bot.cli.localized_click.locale import locale_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.shell_completion import CompletionItem

    from bot.i18n import Phrase


class Group(Command, click.Group):
    """A command with subcommands.

    `default` names the one that is meant when none is named: by words that it `takes`, and by its options. Without `takes` it is
    also meant by no arguments at all.
    """

    command_class = Command
    group_class = type

    def __init__(
        self,
        name: str | None,
        *,
        about: Phrase,
        default: str | None = None,
        takes: Callable[[Sequence[str]], bool] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(name, about=about, **attributes)
        self._default = default
        self._takes = takes

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the group's own options. Raises click.UsageError."""
        return super().parse_args(ctx, self._with_default(args))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand and its arguments. Raises click.UsageError when there is none of that name, and no default for it."""
        if self._default and self._takes and args[0] not in self.commands and (ctx.resilient_parsing or self._takes(args)):
            return self._default, self.commands[self._default], args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The subcommands, and what the default takes in their place."""
        found = super().shell_complete(ctx, incomplete)
        if not (self._default and self._takes):
            return found
        default = self.commands[self._default]
        words = (one for one in default.params if isinstance(one, click.Argument))
        return found + [item for one in words for item in one.shell_complete(ctx, incomplete)]

    def _with_default(self, args: list[str]) -> list[str]:
        """`args` with the default's name in front of its options."""
        if self._default is None:
            return args
        if not args:
            return args if self._takes else [self._default]
        known = {name for one in self.commands[self._default].params for name in one.opts if isinstance(one, click.Option)}
        at = 0
        while at < len(args) and args[at].startswith("-"):
            name, joined, _ = args[at].partition("=")
            own = next((one for one in self.params if isinstance(one, click.Option) and name in one.opts), None)
            if own is None:
                return [*args[:at], self._default, *args[at:]] if name in known else args
            at += 1 if joined or own.is_flag else 2
        return args

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the section of subcommands."""
        language = locale_of(ctx).language
        found = [(name, command) for name in self.list_commands(ctx) if isinstance(command := self.commands[name], Command)]
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, command.summary(language)) for name, command in found])
