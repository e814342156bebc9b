"""Alert -> sentences. Pure.

names.py      whose messages it is about
headline.py   the first line, while it lasts and when it is over
details.py    who must fix it, why, where, examples, and what was not compared
"""

from bot.presentation.alerts.details import causes_line, detail_lines, example_lines, failure_line, small_lines
from bot.presentation.alerts.headline import headline, over_line
from bot.presentation.alerts.names import cause_words

__all__ = ["cause_words", "causes_line", "detail_lines", "example_lines", "failure_line", "headline", "over_line", "small_lines"]
