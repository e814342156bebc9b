"""One message, one clock: whoever reads it, and whoever refreshes it, reads each of its times in a zone of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.mrkdwn import strings
from tests.cases import each
from tests.slack.conftest import NUMBER, Office, payload_of
from tests.slack.views.samples import LANGUAGES, all_messages, all_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.i18n import Language

TOKEN = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>]*>")
ECHOED = re.compile(r"`[^`\n]*`")  # what was typed, or what could be
OF_A_VENDOR = re.compile(r"20\d\d-\d\d-\d\d ?[（(]UTC\+8[)）]")  # a day by a vendor's calendar, which is no moment
TIME = re.compile(
    r"\b\d{1,2}:\d\d\b|\b20\d\d-\d\d-\d\d\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?!\d)|\d+月\d+日"
    r"|[A-Z][a-z]+/[A-Z][a-z]+|UTC"
)


def bare_times(payload: Any) -> Iterator[str]:
    """The times, days and zones in what Slack reads as markup, unless they stand in a token; and in cells of a table."""
    for pointer, text, is_markup in strings(payload):
        read = text
        if pointer == "/text":  # the words that a notification and a screen reader get
            continue
        if re.search(
            r"/(?:options/\d+|initial_option|elements/\d+)/text/text", pointer
        ):  # of a button or a choice, for one reader
            continue
        if text.startswith("## "):  # Markdown to be copied out of Slack, where no token works: it names its zone
            continue
        if is_markup:
            for apart in (TOKEN, ECHOED, OF_A_VENDOR):
                read = apart.sub("", read)
        yield from TIME.findall(read)


@each("language", LANGUAGES, ids=lambda language: language.code)
def test_no_view_writes_a_time_out_where_a_token_can_stand(language: Language) -> None:
    shown = {name: list(bare_times(payload)) for samples in (all_messages, all_views) for name, payload in samples(language)}

    assert {name: found for name, found in shown.items() if found} == {}


@each(
    ("text", "found"),
    [
        ("as of 14:05", ["14:05"]),
        ("since Nov 20", ["Nov 20"]),
        ("a table of December 2021", []),
        ("自11月20日", ["11月20日"]),
        ("12:05 Asia/Shanghai", ["12:05", "Asia/Shanghai"]),
        ("<!date^1^{time}|14:05 UTC+8> `since 14:05`", []),
    ],
)
def test_the_scan_sees_what_it_looks_for(text: str, found: list[str]) -> None:
    assert list(bare_times({"blocks": [{"type": "mrkdwn", "text": text}]})) == found


def zone_traces(message: str) -> set[str]:
    return set(re.findall(r"Asia/[A-Za-z]+|America/[A-Za-z_]+|Europe/[A-Za-z]+|UTC[+-]\d+", message))


async def test_a_refresh_by_somebody_elsewhere_leaves_a_posted_answer_without_a_trace_of_either_zone(office: Office) -> None:
    """The app is set to a third zone, so that neither person's can pass for it."""
    await office.restart(SMSSTATUS_TIMEZONE="Asia/Tokyo")
    posted = await office.say(f"@smsstatus {NUMBER} since 2h", user="sam")

    refreshed = await office.press(posted, "answer.refresh", user="ann")

    assert zone_traces(payload_of(posted)) == zone_traces(payload_of(refreshed)) == {"Asia/Tokyo", "UTC+9"}
    assert list(bare_times({"text": refreshed.text, "blocks": refreshed.blocks})) == []


async def test_what_is_said_in_a_thread_is_in_no_speakers_zone(office: Office) -> None:
    await office.restart(SMSSTATUS_TIMEZONE="Asia/Tokyo")
    threads = [
        (typed, await office.say(f"@smsstatus {NUMBER} since 2h", user="sam")) for typed in ("since 3h", "providers", "refresh")
    ]
    for typed, first in threads:
        await office.workspace.say("ann", "incidents", f"@smsstatus {typed}", thread_ts=first.ts)
    await office.quiet()

    said = [message for message in office.seen("sam") if message.ephemeral_to is None]
    assert len(said) == 5, "three answers, and what two of the three words had said anew"
    assert {trace for message in said for trace in zone_traces(payload_of(message))} == {"Asia/Tokyo", "UTC+9"}
    assert [found for message in said for found in bare_times({"blocks": message.blocks})] == []


async def test_a_shared_answer_loses_the_zone_of_whoever_shared_it(office: Office) -> None:
    await office.restart(SMSSTATUS_TIMEZONE="Asia/Tokyo")
    private = await office.ask(f"{NUMBER} since 2h", user="sam")

    await office.press(private, "answer.share", user="sam")

    (shared,) = [message for message in office.seen("ann") if message.ephemeral_to is None]
    assert "America/Los_Angeles" in private.text, "what one person alone is read is in their zone"
    assert zone_traces(payload_of(shared)) == {"Asia/Tokyo", "UTC+9"}
