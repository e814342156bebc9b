"""The verdict: a report in one line. What happened, whose it is, what to do, and whether it is one customer or everyone.

Pure. An empty answer is never called a failure, and an answer that is not whole says whose part is missing.

    judging.py   Report -> Verdict: what it amounts to, and what is missing
    fine.py      the line when nothing failed
    failed.py    the line when something did: how many are affected, why, and who else may be
    targets.py   what was asked for, counted
    line.py      the Verdict
"""

from bot.verdict.judging import verdict
from bot.verdict.line import Kind, Scope, Verdict

__all__ = ["Kind", "Scope", "Verdict", "verdict"]
