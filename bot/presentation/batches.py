"""What is said of a batch: what its list held, how far it is, why it ended early. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.lookup.batch import MOST_ROWS, BatchEnd
from bot.presentation.times import duration
from bot.presentation.verdict.targets import count_targets

if TYPE_CHECKING:
    from bot.grammar.target_list import BadLine, TargetList
    from bot.i18n import Language
    from bot.lookup.batch import BatchProgress


def list_words(listed: TargetList, language: Language) -> str:
    """`400 numbers from column 2 (`phone`) · 3 lines repeated · 2 lines not read`."""
    column, say = listed.column, language.say
    counted = count_targets(listed.targets, language)
    if column is None:
        parts = [counted]
    elif column.name:
        parts = [say("{targets} from column {place} ({name})", targets=counted, place=column.place, name=f"`{column.name}`")]
    else:
        parts = [say("{targets} from column {place}", targets=counted, place=column.place)]
    if listed.repeated:
        parts.append(language.plural(listed.repeated, "{count} repeated line", "{count} repeated lines"))
    if listed.bad_count:
        parts.append(language.plural(listed.bad_count, "{count} line not read", "{count} lines not read"))
    return " · ".join(parts)


def bad_line_words(bad: BadLine, language: Language) -> str:
    """`Line 17: …`."""
    return language.say("Line {line}: {problem}", line=bad.line, problem=bad.problem.said_in(language))


def bad_lines(listed: TargetList, most: int, language: Language) -> list[str]:
    """The first bad lines, and how many more there are."""
    lines = [bad_line_words(bad, language) for bad in listed.bad[:most]]
    if listed.bad_count > len(lines):
        more = listed.bad_count - len(lines)
        lines.append(language.plural(more, "and {count} more line", "and {count} more lines"))
    return lines


def progress_words(progress: BatchProgress, language: Language) -> str:
    """`120 of 400 · 3 failed · about 14 s left`."""
    say = language.say
    parts = [say("{done} of {total}", done=progress.done, total=progress.total)]
    if progress.failed:
        parts.append(say("{count} failed so far", count=progress.failed))
    if progress.seconds_left is not None and progress.done < progress.total:
        parts.append(say("about {time} left", time=duration(timedelta(seconds=progress.seconds_left), language)))
    return " · ".join(parts)


def trimmed_words(language: Language) -> str:
    """What is said where a target has more messages than a batch keeps."""
    return language.say("Of each number the {most} newest messages are shown.", most=MOST_ROWS)


def end_words(end: BatchEnd, done: int, total: int, language: Language) -> str:
    """Why a batch ended before its last target."""
    match end:
        case BatchEnd.CANCELLED:
            return language.say("Canceled after {done} of {total}.", done=done, total=total)
        case BatchEnd.CUT:
            return language.say("Cut off by a restart after {done} of {total}.", done=done, total=total)
        case BatchEnd.TOO_LONG:
            return language.say("Stopped after {done} of {total}: it took too long.", done=done, total=total)
