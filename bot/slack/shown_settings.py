"""What the Home tab shows of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config import General, Mode
    from bot.language import Language


def shown_settings(general: General, mode: Mode, language: Language) -> tuple[tuple[str, str], ...]:
    """What everybody may read of the settings, on the app's Home tab: nothing secret, and no names of people."""
    say = language.say
    answered, turned_away = say("answered"), say("turned away")
    own = say("as set in your Slack") if general.language == "auto" else _name(general.language, language)
    return (
        (say("National numbers belong to"), general.region),
        (say("Time zone of people whose own is not known"), general.timezone),
        (say("Longest wait for an answer"), say("{count} s", count=f"{general.deadline_seconds:g}")),
        (say("Reaches Slack by"), "Socket Mode" if mode == "socket" else "HTTP"),
        (say("Requests of one person in a minute"), str(general.user_rate)),
        (say("The audit is kept for"), language.plural(general.audit_days, "{count} day", "{count} days")),
        (say("Guests"), answered if general.allow_guests else turned_away),
        (say("People of other organisations"), answered if general.allow_externals else turned_away),
        (say("Language of what you alone read"), own),
        (say("Language of what a channel reads"), _name(general.language_in(""), language)),
    )


def _name(code: str, language: Language) -> str:
    return language.say("Chinese") if code == "zh" else language.say("English")
