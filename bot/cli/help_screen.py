"""`smsstatus help`: one screen of examples, by what one wants to do; `smsstatus help COMMAND`: that command's options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.localized_click import CliLocale, Command, argument, fail
from bot.cli.runner import WRONG_INPUT
from bot.i18n import phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from bot.i18n import Language, Phrase

COMPLETION_LINE = 'eval "$(_SMSSTATUS_COMPLETE=bash_source smsstatus)"'

_TASKS: Sequence[tuple[Phrase, Sequence[str]]] = (
    (
        phrase("Look up a number or a message ID:"),
        (
            "smsstatus +8613711112222 since 2h",
            "smsstatus +8613711112222 since yesterday 09:00 only failed",
            "smsstatus 100000000000000001 via aliyun-intl",
        ),
    ),
    (phrase("Is it one customer or everyone?"), ("smsstatus stats since 2h",)),
    (phrase("Explain a code, or find codes about something:"), ("smsstatus MK:0008", "smsstatus explain blacklist")),
    (phrase("Watch until it is final:"), ("smsstatus watch +8613711112222 for 10m",)),
    (phrase("Check a signature or a template:"), ("smsstatus signature 示例", "smsstatus template SMS_100000001")),
    (phrase("Check the setup, and who looked up what:"), ("smsstatus doctor", "smsstatus audit -n 20 --since yesterday")),
    (phrase("Answer in Slack, or try it without accounts:"), ("smsstatus serve", "smsstatus demo")),
    (phrase("Complete words with Tab (bash; in zsh: zsh_source):"), (COMPLETION_LINE,)),
)


@click.command("help", cls=Command, about=phrase("Show examples, or the options of a command."))
@argument("command", nargs=-1)
@click.pass_context
def show_help(ctx: click.Context, *, command: tuple[str, ...]) -> None:
    """Print the examples or a command's help page. Raises SystemExit with status 2 for a command that does not exist."""
    from bot.cli.console import show  # noqa: PLC0415 - rich, which `smsstatus --help` does not need

    locale = ctx.ensure_object(CliLocale)
    if not command:
        show(help_screen(locale.language))
        return
    above, one = ctx.find_root(), ctx.find_root().command
    for name in command:
        found = one.get_command(above, name) if isinstance(one, click.Group) else None
        if found is None:
            from bot.model.personal_numbers import mask_numbers  # noqa: PLC0415 - all nouns, as in bot/errors

            said = locale.language.say("There is no command {name}. Try: smsstatus help", name=mask_numbers(name))
            fail([said], WRONG_INPUT)
        above, one = found.make_context(name, [], parent=above, resilient_parsing=True), found
    click.echo(one.get_help(above))


def help_screen(language: Language) -> RenderableType:
    """The examples, each of which can be pasted."""
    from rich.console import Group  # noqa: PLC0415

    from bot.cli.rich_text import CjkText  # noqa: PLC0415

    parts = [CjkText(language.say("Was this SMS delivered, and if not, why?"), "bold")]
    for task, examples in _TASKS:
        parts += [CjkText(task.said_in(language)), *(CjkText(f"  {one}", hang=4) for one in examples)]
    return Group(*parts, CjkText(language.say("Options of a command: smsstatus help COMMAND")))
