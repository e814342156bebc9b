"""Each row of "When Slack misbehaves" in ARCHITECTURE.md about the Web API and response URLs, in the local workspace.

A test of a row is named after it: `test_<row>_…`. The rows about Socket Mode are in test_socket.py; test_weather_table.py checks
that no row is without a test and no test without a row.
"""

from __future__ import annotations

import asyncio
import socket as sockets
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.config import AppSettings
from bot.errors import SettingsError, SlackDeliveryError
from bot.i18n import ENGLISH
from bot.slack import views
from bot.slack.messaging.outbox import CHANNEL_QUEUE_SIZE, Outbox
from bot.slack.messaging.poster import Poster, open_view
from bot.slack.messaging.token_monitor import PROBE_SECONDS, TokenMonitor
from bot.slack.transport.web_client import authenticate, open_session, open_web_client
from tests.cases import each
from tests.reports import PHONE_OFF, ago, failed, incident, report
from tests.slack.counters import ANSWER, HERE, NEWER, USER, Counter, counter, refused
from tests.slack.times import HurriedTime
from tests.slack.views.samples import context

__all__ = ["counter"]  # a fixture


def words(reason: str) -> str:
    return views.delivery_failed(reason, "/smsstatus", "smsstatus", language=ENGLISH).text


async def test_rate_limited_waits_as_long_as_slack_says_and_then_posts_once(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "ratelimited", status=429, retry_after=17)

    await counter.poster.post(HERE, ANSWER, claim=None)

    assert counter.time.slept[0] == 17
    assert counter.texts() == [ANSWER.text]


async def test_rate_limited_for_longer_than_anybody_waits_is_told(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "ratelimited", status=429, retry_after=3600)

    refusal = await refused(counter.poster.post(HERE, ANSWER, claim=None))

    assert (refusal.reason, refusal.retry_after) == ("ratelimited", 3600)
    assert "Try again in a minute" in words(refusal.reason)


@pytest.mark.parametrize("error", ["service_unavailable", "request_timeout"])
async def test_not_acted_on_is_sent_again_and_stands_once(counter: Counter, error: str) -> None:
    counter.workspace.fail_next("chat.postMessage", error, status=503, times=2)

    await counter.poster.post(HERE, ANSWER, claim=None)

    assert counter.texts() == [ANSWER.text]
    assert counter.methods() == ["chat.postMessage"] * 3


async def test_not_acted_on_for_the_third_time_is_told(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "service_unavailable", status=503, times=3)

    assert (await refused(counter.poster.post(HERE, ANSWER, claim=None))).reason == "service_unavailable"
    assert len(counter.methods()) == 3


@pytest.mark.parametrize(("error", "status"), [("internal_error", 500), ("fatal_error", 200)])
async def test_server_error_may_have_posted_so_it_is_not_posted_again(counter: Counter, error: str, status: int) -> None:
    counter.workspace.fail_next("chat.postMessage", error, status=status)

    refusal = await refused(counter.poster.post(HERE, ANSWER, claim=None))

    assert refusal.reason == "answer_lost"
    assert counter.methods() == ["chat.postMessage"]
    assert "may or may not be visible above" in words(refusal.reason)


@each(
    ("status", "kind", "body", "reason"),
    [
        (500, "text/html", "<html>", "answer_lost"),
        (502, "text/html", "<html>Bad gateway", "answer_lost"),
        (503, "text/plain", "upstream connect error or disconnect", "answer_lost"),
        (504, "application/json", "", "answer_lost"),
        (200, "application/json", "{half", "answer_lost"),
        (200, "text/html", "<html>Please log in to the hotel's network", "answer_lost"),
        (200, "text/plain", "OK", "answer_lost"),
        (429, "text/html", "<html>", "ratelimited"),
        (403, "text/html", "<html>Forbidden by proxy", "HTTP 403"),
        (413, "text/plain", "too large", "HTTP 413"),
    ],
)
async def test_server_error_without_a_name_and_other_answers_that_are_not_slacks(
    status: int, kind: str, body: str, reason: str
) -> None:
    calls = []

    async def answer(request: web.Request) -> web.Response:
        calls.append(request.path)
        return web.Response(status=status, content_type=kind, text=body, headers={"Retry-After": "100"})

    async with AsyncExitStack() as stack:
        server = web.Application()
        server.add_routes([web.post("/api/{method}", answer)])
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        session = await stack.enter_async_context(open_session())
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        poster = Poster(
            open_web_client(AppSettings.model_validate({"SLACK_API_URL": url}), session, token_monitor=TokenMonitor())
        )

        assert (await refused(poster.post(HERE, ANSWER, claim=None))).reason == reason
        await poster.aclose(1)

    assert len(calls) == 1


async def test_no_connection_is_tried_three_times_since_nothing_was_sent() -> None:
    time = HurriedTime()
    with sockets.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and does not listen
        async with open_session() as session:
            url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
            client = open_web_client(AppSettings.model_validate({"SLACK_API_URL": url}), session)
            poster = Poster(client, Outbox(clock=time.clock, sleep=time.sleep))

            assert (await refused(poster.post(HERE, ANSWER, claim=None))).reason == "unreachable"

    assert time.slept[:2] == [pytest.approx(1.05), pytest.approx(2.0)]
    assert "cannot reach Slack" in words("unreachable")


async def test_answer_lost_of_a_post_is_not_posted_twice_and_the_asker_is_told_to_look(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", after=True)

    refusal = await refused(counter.poster.post(HERE, ANSWER, claim=None))

    assert counter.texts() == [ANSWER.text]
    assert counter.methods() == ["chat.postMessage"]
    assert "may or may not be visible above" in words(refusal.reason)


async def test_answer_lost_of_a_post_that_slack_never_took_is_told_the_same(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "connection_cut")

    assert (await refused(counter.poster.post(HERE, ANSWER, claim=None))).reason == "answer_lost"
    assert counter.methods() == ["chat.postMessage"]


async def test_answer_lost_of_an_ephemeral_message_is_not_sent_twice(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postEphemeral", after=True)

    assert (await refused(counter.poster.post_ephemeral(HERE, USER, ANSWER, claim=None))).reason == "answer_lost"
    assert counter.texts() == [ANSWER.text]


@pytest.mark.parametrize("after", [True, False])
async def test_answer_lost_of_an_update_is_sent_again_since_twice_is_once(counter: Counter, after: bool) -> None:  # noqa: FBT001
    ts = await counter.poster.post(HERE, ANSWER, claim=None)
    counter.workspace.fail_next("chat.update", "connection_cut", after=after)

    await counter.poster.update(HERE, ts, NEWER, claim=None)

    assert counter.texts() == [NEWER.text]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_token_refused_is_told_to_the_operator_once_and_by_readiness_until_it_is_over(counter: Counter, error: str) -> None:
    await authenticate(counter.client)
    assert await counter.standing.not_ready(counter.client) is None
    counter.workspace.revoke(error)
    with capture_logs() as logs:
        refusals = [await refused(counter.poster.post(HERE, ANSWER, claim=None)) for _ in range(3)]
        assert error in (await counter.standing.not_ready(counter.client) or "")
        asked = len(counter.workspace.calls)
        assert error in (await counter.standing.not_ready(counter.client) or "")
        assert len(counter.workspace.calls) == asked, "a probe of readiness does not ask Slack each time"
        counter.workspace.revoke(None)
        counter.time.now += PROBE_SECONDS
        assert await counter.standing.not_ready(counter.client) is None

    assert {refusal.reason for refusal in refusals} == {error}
    assert "the app's admin" in words(error)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["slack.token_refused"]
    assert "slack.token_accepted_again" in [line["event"] for line in logs]


async def test_token_refused_still_lets_the_asker_be_answered_by_response_url(counter: Counter) -> None:
    counter.workspace.revoke()

    await (await counter.reply()).show(ANSWER)

    assert counter.texts() == [ANSWER.text]


async def test_token_wrong_at_start_is_one_line_that_names_the_setting(counter: Counter) -> None:
    counter.workspace.revoke("invalid_auth")

    with capture_logs() as logs, pytest.raises(SettingsError, match=r"^Slack rejected SLACK_BOT_TOKEN \(invalid_auth\)"):
        await authenticate(counter.client)

    assert logs == [], "one line is enough"


@pytest.mark.parametrize(
    ("row", "channel", "said"),
    [
        ("channel_not_found", "C0WARROOM0", "/invite @smsstatus"),
        ("not_in_channel", "C0GENERAL0", "/invite @smsstatus"),
        ("is_archived", HERE, "archived. Ask in another one"),
    ],
)
async def test_refused_posts_say_why_and_what_to_type_and_are_not_repeated(
    counter: Counter, row: str, channel: str, said: str
) -> None:
    counter.workspace.channel(HERE).is_archived = True

    refusal = await refused(counter.poster.post(channel, ANSWER, claim=None))

    assert refusal.reason == row
    assert said in words(row)
    assert counter.methods() == ["chat.postMessage"]


@pytest.mark.parametrize("error", ["msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format", "invalid_attachments"])
@pytest.mark.parametrize("way", ["post", "update", "whisper", "response_url"])
async def test_blocks_refused_the_text_that_says_all_of_it_goes_out_alone(counter: Counter, way: str, error: str) -> None:
    with capture_logs() as logs:
        match way:
            case "post":
                counter.workspace.fail_next("chat.postMessage", error)
                await counter.poster.post(HERE, ANSWER, claim=None)
            case "update":
                ts = await counter.poster.post(HERE, NEWER, claim=None)
                counter.workspace.fail_next("chat.update", error)
                await counter.poster.update(HERE, ts, ANSWER, claim=None)
            case "whisper":
                counter.workspace.fail_next("chat.postEphemeral", error)
                await counter.poster.post_ephemeral(HERE, USER, ANSWER, claim=None)
            case "response_url":
                counter.workspace.fail_next("response_url", error, status=400)
                await (await counter.reply()).show(ANSWER)

    assert [(each.text, each.blocks) for each in counter.said()] == [(ANSWER.text, ())]
    assert [line["reason"] for line in logs if line["event"] == "slack.blocks_refused"] == [error]


@pytest.mark.parametrize("way", ["post", "response_url"])
async def test_blocks_refused_for_a_table_its_rows_come_as_lines_and_the_buttons_stay(counter: Counter, way: str) -> None:
    rows = [failed(PHONE_OFF, sent=ago(minutes=index)) for index in range(5)]
    answer = views.answer(report(*rows), context(ENGLISH, detailed=True))
    counter.workspace.fail_next(way if way == "response_url" else "chat.postMessage", "invalid_blocks", status=400)

    if way == "post":
        await counter.poster.post(HERE, answer, claim=None)
    else:
        await (await counter.reply()).show(answer)

    (shown,) = counter.said()
    kinds = [block["type"] for block in shown.blocks]
    assert kinds == ["section" if block["type"] == "data_table" else block["type"] for block in answer.blocks]
    lines = shown.blocks[[block["type"] for block in answer.blocks].index("data_table")]["text"]["text"].splitlines()
    assert lines[0] == "Time · Status · Code · Via"
    assert len(lines) == 6
    assert lines[1].startswith("<!date^")
    assert lines[1].endswith("✗ failed after 20 s · MK:0008 · Tencent")

    counter.workspace.fail_next("chat.postMessage", "invalid_blocks", times=2)
    await counter.poster.post(HERE, answer, claim=None)
    assert (counter.said()[-1].text, counter.said()[-1].blocks) == (answer.text, ())


async def test_blocks_refused_for_a_chart_the_table_and_the_buttons_stay(counter: Counter) -> None:
    answer = views.answer(incident(), context(ENGLISH, detailed=True))
    kinds = [block["type"] for block in answer.blocks]
    for times in (0, 1, 2):
        counter.workspace.fail_next("chat.postMessage", "invalid_blocks", times=times)
        await counter.poster.post(HERE, answer, claim=None)

    whole, without_chart, without_table = ([block["type"] for block in one.blocks] for one in counter.said())
    assert whole == kinds
    assert "data_visualization" in whole
    assert without_chart == [kind for kind in kinds if kind != "data_visualization"]
    assert without_table == ["section" if kind == "data_table" else kind for kind in without_chart]
    assert "China Mobile 17 of 23" in str(counter.said()[1].blocks)


async def test_blocks_refused_for_real_by_a_table_that_is_too_wide(counter: Counter) -> None:
    wide = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}

    await counter.poster.post(HERE, views.Message("all of it", (wide,)), claim=None)

    assert counter.texts() == ["all of it"]


async def test_message_gone_is_told_and_nothing_is_posted_in_its_place(counter: Counter) -> None:
    refusal = await refused(counter.poster.update(HERE, "1.000001", ANSWER, claim=None))

    assert refusal.reason == "message_not_found"
    assert "was deleted" in words(refusal.reason)
    assert counter.texts() == []


async def test_channel_busy_refuses_at_once_without_asking_slack(counter: Counter) -> None:
    waiting = [asyncio.ensure_future(counter.poster.post(HERE, ANSWER, claim=None)) for _ in range(CHANNEL_QUEUE_SIZE)]
    await asyncio.sleep(0)

    refusal = await refused(counter.poster.post(HERE, ANSWER, claim=None))

    assert refusal.reason == "channel_busy"
    assert "one a second" in words(refusal.reason)
    await asyncio.gather(*waiting)
    assert len(counter.texts()) == CHANNEL_QUEUE_SIZE


async def test_stopping_sends_what_waits_and_refuses_what_comes(counter: Counter) -> None:
    waiting = [asyncio.ensure_future(counter.poster.post(HERE, ANSWER, claim=None)) for _ in range(3)]
    await asyncio.sleep(0)

    await counter.poster.aclose(5)

    assert len(await asyncio.gather(*waiting)) == 3
    assert (await refused(counter.poster.post(HERE, ANSWER, claim=None))).reason == "stopping"
    assert "being restarted" in words("stopping")


async def test_failure_storm_asks_slack_once_for_each_message_and_tells_the_operator_once_a_minute(counter: Counter) -> None:
    counter.workspace.channel(HERE).is_archived = True
    with capture_logs() as logs:
        for _ in range(200):
            await refused(counter.poster.post(HERE, ANSWER, claim=None))

    minutes = counter.time.now / 60
    told = [line for line in logs if line["event"] == "slack.refused"]
    assert counter.methods() == ["chat.postMessage"] * 200, "and nothing about the failure"
    assert 2 <= len(told) <= minutes + 1
    assert sum(line.get("suppressed", 0) + 1 for line in told) >= 200 - 60, "what was held back is counted"


async def test_failure_storm_of_rate_limits_slows_down_instead_of_asking_more(counter: Counter) -> None:
    counter.workspace.fail_next("chat.postMessage", "ratelimited", status=429, retry_after=20, times=1000)

    results = await asyncio.gather(
        *(counter.poster.post(HERE, ANSWER, claim=None) for _ in range(CHANNEL_QUEUE_SIZE)), return_exceptions=True
    )

    assert {str(result) for result in results} == {"ratelimited"}
    assert len(counter.methods()) <= counter.time.now / 20 + 1


@pytest.mark.parametrize(
    ("error", "status"), [("expired_url", 404), ("used_url", 404), ("no_service", 410), ("server", 500), ("", 503)]
)
async def test_response_url_refused_the_answer_comes_as_an_ephemeral_message(counter: Counter, error: str, status: int) -> None:
    reply = await counter.reply()
    counter.workspace.fail_next("response_url", error or "<html>busy</html>", status=status)

    await reply.show(ANSWER)

    (shown,) = counter.said()
    assert (shown.text, shown.ephemeral_to) == (ANSWER.text, USER)
    assert counter.methods() == ["chat.postEphemeral"]


async def test_response_url_refused_after_five_uses_and_after_thirty_minutes_for_real(counter: Counter) -> None:
    reply = await counter.reply()
    for _ in range(6):
        await reply.show(ANSWER)
    old = await counter.reply()
    counter.time.now += 31 * 60
    await old.show(NEWER)

    assert counter.texts() == [ANSWER.text] * 6 + [NEWER.text]
    assert counter.methods() == ["chat.postEphemeral"] * 2


async def test_response_url_refused_for_an_edit_shows_the_clicker_the_answer(counter: Counter) -> None:
    reply, _ = await counter.click_reply()
    counter.workspace.fail_next("response_url", "expired_url", status=404)

    await reply.edit(NEWER)

    assert [(each.text, each.ephemeral_to) for each in counter.said()] == [(ANSWER.text, None), (NEWER.text, USER)]


async def test_response_url_refused_and_the_ephemeral_message_too_the_answer_is_a_direct_message(counter: Counter) -> None:
    reply = await counter.reply()
    counter.workspace.fail_next("response_url", "expired_url", status=404)
    counter.workspace.channel(HERE).is_archived = True

    await reply.show(ANSWER)

    assert counter.texts("dm-li") == [ANSWER.text]


async def test_response_url_refused_and_every_other_way_too_is_raised_with_all_reasons(counter: Counter) -> None:
    reply = await counter.reply()
    counter.workspace.fail_next("response_url", "expired_url", status=404)
    counter.workspace.channel(HERE).is_archived = True
    counter.workspace.fail_next("chat.postMessage", "is_archived")

    refusal = await refused(reply.show(ANSWER))

    assert refusal.reason == "is_archived"
    before = refusal.__context__
    while before is not None and not isinstance(before, SlackDeliveryError):
        before = before.__context__
    assert before is not None


async def test_response_url_unconfirmed_is_not_shown_twice_and_the_asker_is_told_to_look(counter: Counter) -> None:
    reply = await counter.reply()
    counter.workspace.fail_next("response_url", after=True)

    await reply.show(ANSWER)

    assert counter.texts() == [ANSWER.text, views.unconfirmed(language=ENGLISH).text]
    assert "may or may not be visible above" in counter.texts()[-1]
    assert "ask again" in counter.texts()[-1]


@pytest.mark.parametrize("after", [True, False])
async def test_response_url_unconfirmed_edit_is_sent_again_since_twice_is_once(counter: Counter, after: bool) -> None:  # noqa: FBT001
    reply, ts = await counter.click_reply()
    counter.workspace.fail_next("response_url", "connection_cut", after=after)

    await reply.edit(NEWER)

    assert [(each.ts, each.text) for each in counter.said()] == [(ts, NEWER.text)]


async def test_trigger_expired_is_told_by_its_name_and_not_tried_again(counter: Counter) -> None:
    trigger = (await counter.workspace.slash("li", "incidents", "/smsstatus")).trigger_id
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Loading"}, "blocks": list(ANSWER.blocks)}
    counter.time.now += 4

    refusal = await refused(open_view(counter.client, trigger, view))

    assert refusal.reason in {"expired_trigger_id", "trigger_expired"}
    assert "Click again" in words(refusal.reason)
    assert [call.method for call in counter.workspace.calls].count("views.open") == 1
