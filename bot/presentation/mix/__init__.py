"""What dominates among many messages, where it is and since when. Pure.

model.py       the failure mix, as values
failure_mix.py the mix of a report
dimensions.py  what a message can differ in: carrier, provider, account, template, signature
onset.py       since when a cause fails
places.py      where it fails, and nothing else does
receipts.py    how long receipts took, and which are missing
sentences.py   the mix in words, for every medium
"""

from bot.presentation.mix.dimensions import carrier_by_range
from bot.presentation.mix.failure_mix import failure_mix
from bot.presentation.mix.model import Dimension, FailureMix, Place, ReceiptTimes, Share
from bot.presentation.mix.sentences import mix_headline, mix_lines, mix_place, mix_tables, share_label

__all__ = [
    "Dimension",
    "FailureMix",
    "Place",
    "ReceiptTimes",
    "Share",
    "carrier_by_range",
    "failure_mix",
    "mix_headline",
    "mix_lines",
    "mix_place",
    "mix_tables",
    "share_label",
]
