"""Reading who comes out of Slack's payloads, and knowing the same request again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.access import SlackRequest, Surface, parse_request
from bot.slack.transport.payload import with_documented_types
from tests.cases import each
from tests.slack.access import samples as slack
from tests.slack.access.samples import BOT, CHANNEL, HOME, SURFACES, USER


def read(body: Any, **headers: str) -> SlackRequest:
    return parse_request(body, bot_user=BOT, **headers)


@each(
    ("name", "surface", "channels"),
    [
        ("command", Surface.COMMAND, (CHANNEL,)),
        ("action", Surface.ACTION, (CHANNEL,)),
        ("message shortcut", Surface.SHORTCUT, (CHANNEL,)),
        ("global shortcut", Surface.SHORTCUT, ()),
        ("view submission", Surface.VIEW, (CHANNEL,)),
        ("mention", Surface.MENTION, (CHANNEL,)),
        ("direct message", Surface.DIRECT, ("D0DIRECT1",)),
        ("home", Surface.HOME, ()),
    ],
)
def test_every_surface_says_who_comes_from_where(name: str, surface: Surface, channels: tuple[str, ...]) -> None:
    visit = read(SURFACES[name])

    assert (visit.surface, visit.user, visit.teams, visit.channels) == (surface, USER, (HOME,), channels)
    assert not visit.is_bot


def test_a_workflow_step_names_no_person() -> None:
    visit = read(slack.step())

    assert (visit.surface, visit.user) == (Surface.WORKFLOW, "")


@each(
    "body",
    [
        slack.event("message", channel=CHANNEL, channel_type="channel", ts="1.1", text="hello"),
        slack.event("message", channel=CHANNEL, channel_type="im", ts="1.1", subtype="message_changed"),
        slack.event("message", channel=CHANNEL, channel_type="im", ts="1.1", subtype="message_deleted"),
    ],
)
def test_a_message_that_is_not_for_the_bot_is_chatter(body: Any) -> None:
    assert read(body).surface is Surface.IGNORED


def test_a_message_that_names_the_bot_is_a_mention_whichever_event_brings_it() -> None:
    as_message = slack.event("message", channel=CHANNEL, channel_type="mpim", ts="1700000001.000100", text=f"<@{BOT}> help")

    assert read(as_message).surface is Surface.MENTION
    assert set(read(as_message).idempotency_keys) & set(read(slack.mention()).idempotency_keys), (
        "both events of one message are one request"
    )


def test_a_click_on_another_message_or_at_another_time_is_another_request() -> None:
    first = read(slack.action())
    pressed = slack.action()["actions"][0]
    again = read(slack.action(trigger_id="9.9", actions=[{**pressed, "action_ts": "1700000000.2"}]))

    assert not set(first.idempotency_keys) & set(again.idempotency_keys)


def test_the_conversations_chosen_in_a_modal_are_where_the_answer_goes() -> None:
    chosen = slack.submission("C0OTHER01", response_urls=[{"channel_id": "C0THIRD01", "response_url": "https://hooks.invalid/4"}])

    assert set(read(chosen).channels) == {"C0OTHER01", "C0THIRD01"}


def test_a_first_delivery_may_carry_the_retry_header_with_zero() -> None:
    assert not read(slack.mention(), retry="0").is_retry
    assert read(slack.mention(), retry="1").is_retry


def test_the_same_words_typed_again_have_the_same_thumb_and_other_words_or_people_another() -> None:
    typed = read(slack.command("+86137  since 2h", trigger_id="a"))

    assert read(slack.command(" +86137 since 2h ", trigger_id="b")).double_submit_key == typed.double_submit_key
    for other in ({"user_id": "U0OTHER01"}, {"channel_id": "C0OTHER01"}, {"text": "+86137 since 3h"}):
        assert read(slack.command(**{"text": "+86137 since 2h", **other})).double_submit_key != typed.double_submit_key
    assert read(slack.action()).double_submit_key is None


def test_the_repr_of_a_visit_holds_nothing_that_was_said() -> None:
    assert "something said" not in repr(read(slack.direct(text="something said")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["type", "event", "user", "team", "channel", "actions", "view", "container", "command", "response_urls", "team_id", "text"]
)


@given(
    st.dictionaries(FIELDS, JSON, max_size=8),
    st.sampled_from([None, "event_callback", "block_actions", "view_submission", "message_action"]),
)
def test_whatever_arrives_is_read_without_an_error_and_always_has_a_key(body: dict[str, Any], kind: str | None) -> None:
    visit = parse_request({**body, **({"type": kind} if kind else {})})

    assert visit.idempotency_keys


@each("odd", [None, 0, -1, 1, 9999, "1795241131", "soon", True, 1.5, 10**400, {}, [1795241131], 1795241131000])
def test_a_time_of_an_event_that_cannot_be_read_costs_nobody_their_answer(odd: Any) -> None:
    now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    request = read(with_documented_types({**slack.mention(), "event_time": odd}))

    assert (request.age(now), request.delay(now)) == (timedelta(), timedelta())
