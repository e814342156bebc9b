"""The timeline of a thread's lookups: what it says, what is never in it, and that it fits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.i18n import ENGLISH
from bot.model import Outcome, Query, Status
from bot.sandbox.slack.blocks import check_message
from bot.slack.state.findings import Finding
from bot.slack.views.timeline import TimelineEntry, thread_summary, timeline
from tests.reports import NUMBER, SHANGHAI, ago, delivery, failed, incident, pending, report
from tests.slack.views.samples import payload

LINK = "https://example.slack.com/archives/C0123/p1"
ASKED = f"[`+86 137****2222`, last 2 h]({LINK})"
QUERY = report().query


def entry(
    before: Finding, after: Finding | None = None, *, query: Query = QUERY, link: str = LINK, length: float | None = 2
) -> TimelineEntry:
    return TimelineEntry(query, None if length is None else timedelta(hours=length), before, after or before, link)


def found(outcome: Outcome, minutes: float, **counts: int) -> Finding:
    return Finding(outcome.value, ago(minutes=minutes), tuple(counts.items()))


def written(*entries: TimelineEntry) -> list[str]:
    return timeline(entries, zone=SHANGHAI, language=ENGLISH).split("\n")


def test_each_lookup_has_its_time_its_question_its_link_and_what_was_found() -> None:
    lines = written(
        entry(found(Outcome.FAILED, 90, failed=2, delivered=1), found(Outcome.FAILED, 60, failed=3)),
        entry(found(Outcome.DELIVERED, 10, delivered=4), link="", length=None),
    )

    assert lines == [
        "## SMS lookups in this thread",
        "",
        "Times in Asia/Shanghai (UTC+8).",
        "",
        f"- 2026-11-21 12:35: {ASKED}: Failed (2 failed, 1 delivered) → 2026-11-21 13:05: Failed (3 failed)",
        "- 2026-11-21 13:55: `+86 137****2222`, 2026-11-21 12:05 – 2026-11-21 14:05: Delivered (4 delivered)",
        "",
        "Changed for `+86 137****2222`: Failed (2 failed, 1 delivered) → Delivered (4 delivered).",
    ]


def test_only_lookups_of_the_same_targets_are_compared() -> None:
    other = report(numbers=4).query
    lines = written(entry(found(Outcome.FAILED, 90, failed=1)), entry(found(Outcome.PENDING, 10, pending=4), query=other))

    assert lines[-1].startswith("- 2026-11-21 13:55: ")  # nothing is said of a change
    assert "and 1 more" in lines[-1]


def test_an_outcome_of_a_later_version_is_shown_as_it_is_and_no_entry_is_refused() -> None:
    assert "half-sent" in written(entry(Finding("half-sent", ago(minutes=1))))[4]
    with pytest.raises(ValueError, match="no lookup"):
        written()


def test_what_is_too_long_keeps_the_first_and_the_last_and_says_so() -> None:
    many = [entry(found(Outcome.FAILED, 100 - n, failed=n), query=incident().query) for n in range(20)]
    message = thread_summary(many, "opaque", zone=SHANGHAI, language=ENGLISH, shareable=True)
    shown = str(message.blocks)

    assert check_message(payload(message)) == []
    assert "2026-11-21 12:25" in shown
    assert "2026-11-21 12:44" in shown
    assert "lookups in between are left out." in shown
    assert NUMBER.national not in shown + message.text


def test_a_finding_is_read_as_it_was_written() -> None:
    finding = Finding.of(report(delivery(), failed(), failed(sent=ago(hours=1)), pending()))

    assert finding.counts == ((Status.DELIVERED.value, 1), (Status.FAILED.value, 2), (Status.PENDING.value, 1))
    assert Finding.read(finding.to_json()) == finding
