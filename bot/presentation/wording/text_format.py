"""`TextFormat`: how sentences are set in Slack, the terminal or JSON: escaping, quoting of outside text, times, language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from bot.presentation.times import FormattedTimes
from bot.sanitize import mask_known, single_line, truncate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from bot.i18n import Language
    from bot.model import PhoneNumber, ProviderFault, Report, Window

CODE, ACCOUNT, IDENTIFIER, PLACE, TITLE, STEP, WORDS = 48, 32, 64, 40, 120, 320, 200
"""How many characters of each kind of value are shown."""

NO_DAY = datetime.fromtimestamp(0, UTC)
"""The "now" of a format without a clock: no moment is near it, so every time gets its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """The status of one provider account, or of one system that is not configured, in the reader's language."""

    title: str
    name: str = ""  # as `via` and JSON name it
    account: str | None = None
    configured: bool = True
    answers: str = ""  # what it can be asked, in one short line
    keeps_days: int | None = None  # None: no limit that is known
    notice: str = ""  # what the operator should know of it, a sentence
    last_answer_at: datetime | None = None  # when its latest call ended, well or not
    last_error: ProviderFault | None = None  # of that call; None when it was answered
    keys: tuple[str, ...] = ()  # the settings that switch it on


class Times(Protocol):
    """Formats times. All times of a message go through one of these, so that they agree."""

    def moment(self, moment: datetime) -> str:
        """To the second, with its date unless it is near."""

    def minute(self, moment: datetime) -> str:
        """To the minute, with its date unless it is near."""

    def day(self, moment: datetime) -> str:
        """The date alone."""

    def span(self, window: Window) -> str:
        """Both ends of a window, to the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """How sentences are set. `quote` and `prose` take outside text and a limit, and return at most so many characters."""

    zone: tzinfo
    now: datetime
    titles: Mapping[str, str]  # provider name -> "Tencent", in the reader's language
    quote: Callable[[str, int], str]  # a value from outside, such as a code or an id, set apart from our own words
    prose: Callable[[str, int], str]  # running text
    times: Times
    language: Language

    def title(self, provider: str) -> str:
        """The provider's display name; of one that has a table of codes and cannot be asked, its name with a capital."""
        return self.prose(self.titles.get(provider, provider.capitalize()), PLACE)

    def moment(self, moment: datetime) -> str:
        """A moment, to the second."""
        return self.times.moment(moment)

    def say(self, text: str, /, **values: object) -> str:
        """A phrase in the reader's language. Outside values go through `quote` or `prose` first."""
        return self.language.say(text, **values)

    def plural(self, count: int, one: str, many: str, /, **values: object) -> str:
        """A phrase in its plural form for `count`."""
        return self.language.plural(count, one, many, **values)


def plain_text_format(
    report: Report | None,
    titles: Mapping[str, str],
    *,
    zone: tzinfo = UTC,
    now: datetime,
    reveal: bool = False,
    language: Language,
) -> TextFormat:
    """The format without markup, for the terminal and JSON. Numbers in outside text are masked unless `reveal`."""
    numbers = () if reveal or report is None else known_numbers(report)

    def safe(text: str, limit: int) -> str:
        return truncate(mask_known(single_line(text, limit), numbers), limit) or "–"

    return TextFormat(
        zone=zone,
        now=now,
        titles=titles,
        quote=safe,
        prose=safe,
        times=FormattedTimes(zone, now, language),
        language=language,
    )


def known_numbers(report: Report) -> tuple[PhoneNumber, ...]:
    """Every number in the report, longest first: to be masked in the providers' own texts."""
    found = {d.number.e164: d.number for d in report.deliveries if d.number}
    found |= {t.number.e164: t.number for t in report.query.targets if t.number}
    return tuple(sorted(found.values(), key=lambda number: len(number.national), reverse=True))
