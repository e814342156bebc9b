"""The command language: text in, `Command` out, and back again.

    TARGET… [since WHEN] [until WHEN] [last 2h] [via PROVIDER,…] [only STATUS,…] [share]
    stats [since WHEN] [until WHEN] [via PROVIDER,…] [share]
    explain CODE | signature NAME | template CODE | watch TARGET… [for 10m] | watches | providers | doctor | help

Pure: no clock is read and nothing is looked up; what the grammar must know besides the text comes as a `ParseContext`.

    text.py               normalisation of pasted text: links unwrapped, invisible characters removed, widths folded
    cursor.py             Cursor, the patterns it reads with, and ParseError, which carries its own correction
    vocabulary.py         the keywords in English and Chinese, and the closest valid word to a wrong one
    decoration.py         removes bold, bullets, quotes and list numbers
    traditional.py        traditional characters, read as simplified ones
    filler_words.py  passing_over.py    words that change nothing: those that are known, and those that no rule knows
    bare_amounts.py       `NUM 10`, `NUM 9-11`
    bare_code.py          a code without `explain`
    checks.py             the name or code behind `signature` and `template`
    watching.py           `watch` and how long
    phone_numbers.py  message_ids.py  targets.py    numbers, message ids, targets
    choices.py            the lists behind `via` and `only`
    durations.py  clocks.py  time_zones.py  dates.py  days.py    durations, times of day, zones, numeric dates, named days
    vague_times.py  impossible_times.py    times without an exact meaning, and times that do not exist
    when.py               any of these -> When, a moment
    local_time.py         local time -> UTC, also at daylight-saving changes
    window.py             since and until -> Window; each edge inherits what it lacks from the other
    window_edges.py       reads since, until and ranges, with and without their keywords
    period.py             since and until alone, as options take them
    partial_lookup.py     the lookup under construction
    lookup.py             the words of a lookup -> Lookup
    unknown_words.py      an unknown word -> ParseError with a correction
    keywords.py           whether a text begins with a keyword
    parser.py             text -> Command, or UsageError with a corrected command
    corrections.py        what may have been meant: the corrected example, and the readings that a button runs
    writer.py             Command -> canonical text
    card_numbers.py  other_labels.py    digits that are something else: a card, an order, a case
    target_extraction.py  running text -> the numbers and message ids in it
    file_text.py  table.py  cells.py  target_list.py    a file -> its text, rows, targets; what a spreadsheet did to them
    list_lookup.py        the words beside a list -> Lookup
    command.py            the commands, and ParseContext
"""

from bot.grammar.command import (
    COMMAND_NAMES,
    CheckSignature,
    CheckTemplate,
    Command,
    Doctor,
    Explain,
    Help,
    Lookup,
    ParseContext,
    Providers,
    Stats,
    Watch,
    Watches,
)
from bot.grammar.keywords import begins_like_a_command, says_when
from bot.grammar.list_lookup import parse_beside_list
from bot.grammar.parser import parse
from bot.grammar.period import parse_period
from bot.grammar.target_extraction import extract_targets
from bot.grammar.target_list import MAX_LISTED, TargetList, read_target_file, read_target_list
from bot.grammar.targets import MAX_TARGETS
from bot.grammar.traditional import simplify
from bot.grammar.vocabulary import A_NUMBER, EXAMPLES, EXPLAINS, examples
from bot.grammar.writer import write, write_targets

__all__ = [
    "A_NUMBER",
    "COMMAND_NAMES",
    "EXAMPLES",
    "EXPLAINS",
    "MAX_LISTED",
    "MAX_TARGETS",
    "CheckSignature",
    "CheckTemplate",
    "Command",
    "Doctor",
    "Explain",
    "Help",
    "Lookup",
    "ParseContext",
    "Providers",
    "Stats",
    "TargetList",
    "Watch",
    "Watches",
    "begins_like_a_command",
    "examples",
    "extract_targets",
    "parse",
    "parse_beside_list",
    "parse_period",
    "read_target_file",
    "read_target_list",
    "says_when",
    "simplify",
    "write",
    "write_targets",
]
