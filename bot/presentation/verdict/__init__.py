"""The verdict: a report in one line. What happened, who must fix it, what to do, and whether it is one customer or everyone.

Pure. The rules, in this order: what could not be asked is never "no record"; the newest message decides; a missing receipt has an
age and advice; the same failure at three or more numbers is systematic; a contradiction is reported. `Report.outcome` decides
what a report amounts to; what is here puts it into words.

    judge.py             Report -> Verdict
    one_target.py        the verdict on one number or id
    several_targets.py   the verdict on several
    no_record.py         the verdict when nothing was found
    causes.py            why messages failed: counted, with owner, advice and scope
    missing_receipts.py  messages without a receipt: their age, and advice
    attempts.py          which messages are retries of one
    gaps.py              accounts that did not answer, or not in full
    targets.py           the targets, counted
    model.py             Verdict
"""

from bot.presentation.verdict.judge import verdict
from bot.presentation.verdict.model import Scope, Verdict

__all__ = ["Scope", "Verdict", "verdict"]
