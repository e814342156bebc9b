"""A list that somebody hands over: a file with a mention, in a direct message or in the modal, or many numbers pasted.

Up to fifty targets are an ordinary lookup, more are a batch. Bad lines are said with the answer, and stop nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import UsageError
from bot.grammar import MAX_TARGETS, parse_beside_list, read_target_file, read_target_list
from bot.i18n import phrase
from bot.presentation.batches import bad_lines, list_words
from bot.slack.transport.files import FileDownloadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.grammar import Lookup, ParseContext, TargetList
    from bot.i18n import Language
    from bot.slack.transport.files import FileDownloads

MOST_BAD = 3  # bad lines that are shown
# A spreadsheet is told how it is to be saved.
_LISTS = frozenset({"csv", "txt", "text", "tsv", "tab", "xls", "xlsx", "xlsm", "xlsb", "ods", "numbers", "gsheet"})
_LONG = re.compile(r"[+(]*\d[\d()\-:^]*")
_DIGITS_OF_A_TARGET = 10  # a date has eight


@dataclass(frozen=True, slots=True)
class ListedLookup:
    """A lookup of a list, and what is to be said of the list."""

    command: Lookup
    listed: TargetList

    def notes(self, language: Language) -> tuple[str, ...]:
        """`400 numbers from column 2 (`phone`) · 2 lines not read`, and the first of those lines."""
        return (list_words(self.listed, language), *bad_lines(self.listed, MOST_BAD, language))


def list_files(files: object) -> list[Mapping[str, Any]]:
    """Those of a payload's files that may hold a list: no pictures, no recordings."""
    known = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return [file for file in known if _may_hold_a_list(file)]


def _may_hold_a_list(file: Mapping[str, Any]) -> bool:
    name, kind, mimetype = (str(file.get(key) or "").lower() for key in ("name", "filetype", "mimetype"))
    return kind in _LISTS or name.rpartition(".")[2] in _LISTS or mimetype.startswith("text/")


async def read_files(
    downloads: FileDownloads, files: Sequence[Mapping[str, Any]], words: str, context: ParseContext, *, since: str = ""
) -> ListedLookup:
    """The lookup of the one file, with the words beside it. Raises UsageError, also for a file that cannot be had.

    `since` is how far back, unless the words say when.
    """
    if len(files) > 1:
        raise UsageError(phrase("Send one list at a time: there are {count} files.", count=len(files)), word="", example=None)
    try:
        content = await downloads.content(files[0])
    except FileDownloadError as error:
        raise UsageError(error.problem, word="", example=None) from None

    def read() -> ListedLookup:  # a thousand lines take a second, which the others do not wait for
        listed = read_target_file(content, context)
        return ListedLookup(_parsed(words, listed, context, since), listed)

    return await asyncio.to_thread(read)


async def read_pasted(text: str, context: ParseContext, *, since: str = "") -> ListedLookup | None:
    """The lookup of more than fifty targets in a text; None if it has no more. Raises UsageError for more than a thousand.

    `since` is how far back, unless the text says when.
    """
    if sum(1 for _ in _targets_in(text)) <= MAX_TARGETS:
        return None

    def read() -> ListedLookup:
        listed = read_target_list(_one_a_line(text), context)
        words = _LONG.sub(lambda found: " " if _is_target(found[0]) else found[0], text)
        return ListedLookup(_parsed(words, listed, context, since), listed)

    found = await asyncio.to_thread(read)
    return found if len(found.listed.targets) > MAX_TARGETS else None


def _parsed(words: str, listed: TargetList, context: ParseContext, since: str) -> Lookup:
    if since:
        with contextlib.suppress(UsageError):  # the words say when themselves, or are wrong anyway
            return parse_beside_list(f"{words} since {since}", listed.targets, context)
    return parse_beside_list(words, listed.targets, context)


def _one_a_line(text: str) -> str:
    return "\n".join(_targets_in(text))


def _targets_in(text: str) -> Iterable[str]:
    return (found[0] for found in _LONG.finditer(text) if _is_target(found[0]))


def _is_target(word: str) -> bool:
    return sum(map(str.isdigit, word)) >= _DIGITS_OF_A_TARGET
