"""StatisticsReport -> sentences, for every medium: is it one customer, or everyone? Pure.

headline.py   the first line, and what it rests on
figures.py    a line for each account, with its carriers
gaps.py       what could not be counted or compared
shares.py     percentages, and whose figures they are
"""

from bot.presentation.statistics.figures import figure_lines
from bot.presentation.statistics.gaps import gap_lines, small_print
from bot.presentation.statistics.headline import Headline, headline

__all__ = ["Headline", "figure_lines", "gap_lines", "headline", "small_print"]
