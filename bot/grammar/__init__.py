"""The command language: text in, `Command` out, and back again.

    TARGET… [since WHEN] [until WHEN] [last 2h] [via PROVIDER,…] [only STATUS,…] [share]
    explain CODE | providers | help

Pure: no clock is read and nothing is looked up; what the grammar must know besides the text comes as an `Asker`.

    text.py     what people paste -> plain characters (links unwrapped, invisible characters removed, widths folded)
    reader.py   a place in the text, the patterns it is read with, and `StumbleError`, which carries its own correction
    words.py    the vocabulary in English and Chinese, and the nearest valid word to a wrong one
    dressing.py bold, bullets, quotes, list numbers -> gone
    chatter.py  words that change nothing
    bare_code.py  a code without `explain`
    days.py     days and parts of days by their names
    numbers.py  ids.py  when.py  choices.py     one reader for each kind of word
    local.py    local times as moments, also where clocks change
    window.py   since and until -> Window
    lookup.py   the words of a lookup -> Lookup
    parser.py   the words of a command -> Command, or UsageError with a corrected command
    writer.py   Command -> its canonical words
    finding.py  running text -> the numbers and ids in it
    command.py  the commands, and the Asker
"""

from bot.grammar.command import Asker, Command, Explain, Help, Lookup, Providers
from bot.grammar.finding import find_targets
from bot.grammar.parser import parse
from bot.grammar.targets import MAX_TARGETS
from bot.grammar.words import A_NUMBER, EXAMPLES, examples
from bot.grammar.writer import write, write_targets

__all__ = [
    "A_NUMBER",
    "EXAMPLES",
    "MAX_TARGETS",
    "Asker",
    "Command",
    "Explain",
    "Help",
    "Lookup",
    "Providers",
    "examples",
    "find_targets",
    "parse",
    "write",
    "write_targets",
]
