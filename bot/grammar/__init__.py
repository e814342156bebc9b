"""The command language: text in, `Command` out, and back again.

    TARGET… [since WHEN] [until WHEN] [last 2h] [via PROVIDER,…] [only STATUS,…] [share]
    explain CODE | providers | help

Pure: no clock is read and nothing is looked up; what the grammar must know besides the text comes as an `ParseContext`.

    text.py     what people paste -> plain characters (links unwrapped, invisible characters removed, widths folded)
    reader.py   a place in the text, the patterns it is read with, and `ParseError`, which carries its own correction
    words.py    the vocabulary in English and Chinese, and the nearest valid word to a wrong one
    dressing.py bold, bullets, quotes, list numbers -> gone
    chatter.py  words that change nothing
    bare_code.py  a code without `explain`
    numbers.py  ids.py  targets.py  choices.py  one reader for each kind of word
    spans.py  clocks.py  zones.py  dates.py  days.py     lengths of time, times of day, zones, days by numbers and by names
    vague.py  slips.py  words for a time that nobody can pin down, and times that cannot be
    when.py     all of these -> a moment
    local.py    local times as moments, also where clocks change
    window.py   since and until -> Window; what one end does not say it takes from the other
    edges.py    since, until and ranges, with and without their keywords
    draft.py    a lookup as far as it has been read
    lookup.py   the words of a lookup -> Lookup
    unknown.py  a word that is not understood -> its correction
    keywords.py  whether a text begins with a keyword
    parser.py   the words of a command -> Command, or UsageError with a corrected command
    writer.py   Command -> its canonical words
    finding.py  running text -> the numbers and ids in it
    command.py  the commands, and the Asker
"""

from bot.grammar.command import Command, Explain, Help, Lookup, ParseContext, Providers
from bot.grammar.keywords import begins_like_a_command, says_when
from bot.grammar.parser import parse
from bot.grammar.target_extraction import extract_targets
from bot.grammar.targets import MAX_TARGETS
from bot.grammar.vocabulary import A_NUMBER, EXAMPLES, EXPLAINS, examples
from bot.grammar.writer import write, write_targets

__all__ = [
    "A_NUMBER",
    "EXAMPLES",
    "EXPLAINS",
    "MAX_TARGETS",
    "Command",
    "Explain",
    "Help",
    "Lookup",
    "ParseContext",
    "Providers",
    "begins_like_a_command",
    "examples",
    "extract_targets",
    "parse",
    "says_when",
    "write",
    "write_targets",
]
