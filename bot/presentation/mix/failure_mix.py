"""Report -> FailureMix."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Owner
from bot.presentation.mix.dimensions import placed, shares_of
from bot.presentation.mix.model import Dimension, FailureMix
from bot.presentation.mix.places import LEAST_FAILED, onset_at, places_of
from bot.presentation.mix.receipts import receipt_times
from bot.presentation.verdict.causes import causes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Report
    from bot.presentation.verdict.causes import Cause

LEAST = 4  # messages of one target: the lines of fewer are read at a glance
_HALF = 2


def failure_mix(report: Report) -> FailureMix | None:
    """The mix of all messages of `report`, whatever `only` shows; None for fewer than four of one target."""
    rows = report.deliveries
    if not rows or (len(rows) < LEAST and len(report.query.targets) == 1):
        return None
    messages = placed(rows)
    failures = [row for row in rows if row.status.is_failure]
    causes = tuple(sorted(causes_of(failures), key=lambda cause: -len(cause.rows)))
    dominating = _dominating(causes, len(failures))
    arrived = [one for one in messages if one.has_arrived]
    of_it = set(map(id, dominating.rows)) if dominating else set()
    failed = [one for one in messages if id(one.row) in of_it]
    places = places_of(failed, arrived) if failed else ()
    return FailureMix(
        total=len(rows),
        failed=len(failures),
        arrived=len(arrived),
        causes=causes,
        dominating=dominating,
        places=places,
        since=onset_at(places[0] if places else None, failed, arrived) if failed else None,
        shares={dimension: shares_of(messages, dimension) for dimension in Dimension},
        owners=_owners(causes),
        receipts=receipt_times(rows, report.as_of),
    )


def _dominating(causes: Sequence[Cause], failures: int) -> Cause | None:
    """The most frequent cause, if it has at least three failures and half of all."""
    if not causes or len(causes[0].rows) < max(LEAST_FAILED, failures / _HALF):
        return None
    return causes[0]


def _owners(causes: Sequence[Cause]) -> dict[Owner, int]:
    """The failures by owner. Where so many handsets fail alike that it cannot be theirs, the owner is not known."""
    found: Counter[Owner] = Counter()
    for cause in causes:
        found[Owner.UNKNOWN if cause.is_systematic else cause.owner] += len(cause.rows)
    return dict(found.most_common())
