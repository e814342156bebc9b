"""The verdict: a report in one line. What happened, who must fix it, what to do, and whether it is one customer or everyone.

Pure. The rules, in this order: what could not be asked is never "no record"; the newest message decides; silence has an age and
an advice; the same failure at three or more numbers is not the customers'; a contradiction is told. `Report.outcome` decides
what a report amounts to; what is here says it.

    judge.py          Report -> Verdict
    one_target.py     the line for one number or id
    several.py        the line for several
    empty.py          the line when nothing was found
    causes.py         why messages failed: counted, named, whose it is, and who else meets it
    silence.py        messages without a receipt: how long is normal, and what to do
    tries.py          which messages are tries of one
    gaps.py           whose answer is missing
    targets.py        what was asked for, counted
    model.py          the Verdict
"""

from bot.presentation.verdict.judge import verdict
from bot.presentation.verdict.model import Scope, Verdict

__all__ = ["Scope", "Verdict", "verdict"]
