"""How long the Slack app waits for what, in seconds. The product runs with the defaults; tests hand in shorter ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """See the module's text."""

    progress: float = 2.0  # a lookup that takes longer is announced: "asking …"
    progress_grace: float = 0.5  # an answer that is ready waits so long for its announcement
    channel_gap: float = 1.05  # after an answer; so two messages cannot arrive within one second, however long either travels
    quota_window: float = 61.0  # a minute, and a little for calls that do not travel equally fast
    batch_progress: float = 2.0  # between two states of a batch; twice as long with two batches, for chat.update has a quota
    batch_written: float = 10.0  # between two notes of what a batch has still to do, for whoever finds it cut
    posted_wait: float = 2.0  # for the note of which message shows the answer that a follow-up changes
    posted_poll: float = 0.1  # between looks for that note
    modal_wait: float = 0.3  # for anything before a modal is opened: the trigger that opens it lives three seconds
    watch_every: float = 5.0  # between looks for watches that are due
    alert_every: float = 5.0  # between looks whether a minute has passed, after which receipts are judged anew
    rate_every: float = 1.0  # between two exchanges with the other replicas of whom each let in
    resume_every: float = 15.0  # between looks for requests that were acknowledged and are not answered
