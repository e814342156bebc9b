"""The door in front of Bolt: who gets to a listener, in both modes, and that nobody gets there another way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from slack_bolt.listener_matcher.async_listener_matcher import AsyncListenerMatcher
from structlog.testing import capture_logs

from bot.slack.access import AccessPolicy, DenialReason
from bot.slack.access.policy import Profile, UnverifiedProfile
from bot.slack.requests.context import RequestOutcome
from bot.slack.transport.payload import with_documented_types
from tests.cases import each
from tests.slack.access import samples as slack
from tests.slack.access.samples import CHANNEL, HOME, SURFACES, USER, House, open_house

if TYPE_CHECKING:
    from slack_bolt.request.async_request import AsyncBoltRequest
    from slack_bolt.response import BoltResponse

    from bot.slack.requests.context import RequestContext
    from bot.storage.database import Database

GUEST = Profile(team=HOME, is_guest=True)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """One kind is enough here; the stores are tested on both."""
    return sqlite_database


@pytest.fixture
def house(database: Database) -> House:
    return open_house(database)


class Always(AsyncListenerMatcher):
    async def async_matches(self, req: AsyncBoltRequest, resp: BoltResponse) -> bool:
        return True


DEAD = "http://127.0.0.1:9/"  # nothing listens there


@pytest.mark.parametrize("mode", ["http", "socket"])
@each("name", SURFACES)
async def test_who_is_allowed_gets_through_in_both_modes(database: Database, name: str, mode: str) -> None:
    house = open_house(database)
    response = await house.send(SURFACES[name], mode=mode)

    assert response.status == 200
    assert house.heard == [with_documented_types(SURFACES[name])]
    assert house.denials.told == []


@each("name", ["command", "action", "message shortcut", "global shortcut"])
async def test_what_has_nothing_to_say_in_its_ack_is_acked_before_a_listener_runs(database: Database, name: str) -> None:
    house = open_house(database)
    response = await house.send(SURFACES[name], settle=False)

    assert (response.status, response.body, house.heard) == (200, "", [])
    while len(house.tasks):
        await house.tasks.drain(10)
    assert house.heard == [SURFACES[name]]


@each("name", ["command", "action"])
async def test_a_process_that_dies_between_the_ack_and_the_listener_loses_nothing(database: Database, name: str) -> None:
    dead = open_house(database)
    await dead.send(SURFACES[name], settle=False)
    await dead.tasks.drain(0)
    assert dead.heard == []

    alive = open_house(database)
    alive.clock.advance(seconds=91)
    assert await alive.resumption.resume_expired() == 1
    while len(alive.tasks):
        await alive.tasks.drain(10)
    assert alive.heard == [SURFACES[name]]


@pytest.mark.parametrize("mode", ["http", "socket"])
@each("name", [name for name in SURFACES if name != "workflow step"])
async def test_a_guest_gets_through_nowhere_and_is_told(database: Database, name: str, mode: str) -> None:
    house = open_house(database)
    house.people.profiles = {USER: GUEST}

    response = await house.send(SURFACES[name], mode=mode)

    assert response.status == 200, "Slack has its ack"
    assert house.heard == []
    if name == "view submission":
        assert "Guests can't use" in response.body
        assert '"response_action": "update"' in response.body
    else:
        assert [refusal.reason for _, refusal in house.denials.told] == [DenialReason.GUEST]


async def test_whoever_clicks_is_judged_not_who_asked(database: Database) -> None:
    house = open_house(database, AccessPolicy(home=HOME, users=frozenset({USER})))
    await house.send(slack.command())

    await house.send(slack.action(user={"id": "U0OTHER01", "team_id": HOME}))

    assert len(house.heard) == 1
    assert [visit.user for visit, _ in house.denials.told] == ["U0OTHER01"]


async def test_the_ack_does_not_wait_for_what_slack_says_of_a_person(house: House) -> None:
    house.people.known = False

    response = await house.send(slack.command(), settle=False)

    assert response.status == 200
    assert (house.heard, house.people.asked) == ([], []), "acked before Slack was asked"
    await house.tasks.drain(5)
    assert house.people.asked == [USER]
    assert house.heard == [slack.command()]


async def test_a_stranger_who_has_to_be_asked_about_is_told_after_the_ack(house: House) -> None:
    house.people.known = False
    house.people.profiles = {USER: GUEST}

    await house.send(slack.command())

    assert house.heard == []
    assert [refusal.reason for _, refusal in house.denials.told] == [DenialReason.GUEST]


async def test_the_log_of_a_refusal_names_the_setting_that_mends_it(house: House) -> None:
    with capture_logs() as logged:
        await house.send(slack.command(team_id="T0SISTER1", enterprise_id="E0OURS001"))

    (line,) = [line for line in logged if line["event"] == "access.denied"]
    assert (line["reason"], line["setting"]) == ("workspace", "SMSSTATUS_ALLOWED_TEAMS")
    assert line["workspaces"] == ["T0SISTER1", "E0OURS001"]


@pytest.mark.parametrize("installed_in", [HOME, slack.ORGANISATION])
async def test_a_colleague_of_a_sister_workspace_gets_through_on_every_surface(database: Database, installed_in: str) -> None:
    house = open_house(database, AccessPolicy(home=installed_in, enterprise=slack.ORGANISATION))
    house.people.profiles = {USER: Profile(team=slack.SISTER, enterprise=slack.ORGANISATION)}
    sent = [slack.of_a_sister(name)[-1] for name in SURFACES]
    for body in sent:
        await house.send(body)

    assert house.heard == list(map(with_documented_types, sent))
    assert house.denials.told == []


@pytest.mark.parametrize(("installed_in", "asked"), [(HOME, "S0ONCALL1"), (slack.ORGANISATION, "S0ONCALL1 T0HOME001")])
async def test_a_group_is_asked_for_by_its_workspace_where_the_app_is_an_organisations(
    database: Database, installed_in: str, asked: str
) -> None:
    groups = frozenset({"S0ONCALL1"})
    house = open_house(database, AccessPolicy(home=installed_in, enterprise=slack.ORGANISATION, usergroups=groups))
    house.people.profiles = {USER: Profile(team=HOME, enterprise=slack.ORGANISATION)}
    house.people.groups = {"S0ONCALL1": frozenset({USER})}

    await house.send(slack.command(enterprise_id=slack.ORGANISATION))
    assert (house.people.asked[-1], len(house.heard)) == (asked, 1)


async def test_a_missing_scope_refuses_and_names_it(house: House) -> None:
    house.people.profiles = {USER: UnverifiedProfile("users:read")}

    await house.send(slack.command())

    assert house.heard == []
    assert [refusal.scope for _, refusal in house.denials.told] == ["users:read"]


async def test_bots_are_turned_away_without_a_word(house: House) -> None:
    await house.send(slack.mention(bot_id="B0OTHER01"))

    assert (house.heard, house.denials.told) == ([], [])


async def test_what_is_not_for_the_bot_is_neither_heard_nor_looked_into(house: House) -> None:
    house.people.known = False

    response = await house.send(slack.event("message", channel=CHANNEL, channel_type="channel", ts="1.1", text="hello"))

    assert response.status == 200
    assert (house.heard, house.people.asked) == ([], [])


async def test_a_command_that_is_not_ours_is_acknowledged_and_not_heard(house: House) -> None:
    response = await house.send(slack.command(command="/another"))

    assert response.status == 200
    assert "/smsstatus" in str(response.body)
    assert house.heard == []


async def test_an_event_that_nobody_listens_to_is_acknowledged_and_does_nothing_whoever_it_is_from(house: House) -> None:
    for body in (
        slack.event("tokens_revoked", user=None),
        slack.event("tokens_revoked", {"team_id": "T0OTHER01"}, user=None),
        slack.event("reaction_added", user="U0GUEST01"),
        slack.event("an_event_of_next_year"),
    ):
        with capture_logs() as logged:
            assert (await house.send(body)).status == 200
        assert [(line["log_level"], line["event"]) for line in logged] == [("debug", "slack.event_passed_over")]

    assert (house.heard, house.denials.told, house.people.asked) == ([], [], [])


async def test_that_slack_drops_events_is_told_to_the_operator(house: House) -> None:
    with capture_logs() as logged:
        response = await house.send({"type": "app_rate_limited", "team_id": HOME, "minute_rate_limited": 1518467820})

    assert response.status == 200
    assert [(line["log_level"], line["event"]) for line in logged] == [("warning", "slack.app_rate_limited")]
    assert b"smsstatus_slack_events_dropped_total 1.0" in house.metrics.render()


async def test_group_members_get_through_and_others_do_not(database: Database) -> None:
    house = open_house(database, AccessPolicy(home=HOME, usergroups=frozenset({"S0ONCALL1"})))
    house.people.groups = {"S0ONCALL1": frozenset({USER})}

    await house.send(slack.command())
    await house.send(slack.command(user_id="U0OTHER01", trigger_id="2"))

    assert [body["user_id"] for body in house.heard] == [USER]
    assert [refusal.reason for _, refusal in house.denials.told] == [DenialReason.USER]


async def test_the_limit_is_each_persons_own_counts_first_deliveries_and_moves_on(database: Database) -> None:
    house = open_house(database, rate=3)
    for number in range(5):
        await house.send(slack.command(trigger_id=f"{number}", text=f"{number}"))
    await house.send(slack.mention(), retry="1")
    await house.send(slack.command(user_id="U0OTHER01", trigger_id="x"))

    assert [body.get("text", "retry") for body in house.heard] == ["0", "1", "2", "retry", "help"]
    assert [refusal.reason for _, refusal in house.denials.told] == [DenialReason.TOO_MANY], "said once, not for every press"

    house.clock.advance(seconds=60)
    await house.send(slack.command(trigger_id="later"))
    assert house.heard[-1]["trigger_id"] == "later"


async def test_a_request_counts_once_however_often_and_in_whatever_form_it_is_delivered(database: Database) -> None:
    house = open_house(database, rate=2)
    said = slack.mention()
    as_message = slack.event(
        "message", channel=CHANNEL, channel_type="channel", ts=said["event"]["ts"], text=said["event"]["text"]
    )
    for body in (slack.command(), slack.command(), slack.command(), said, said, as_message):
        await house.send(body)

    assert house.denials.told == [], "two requests were made"
    await house.send(slack.action())
    assert [refusal.reason for _, refusal in house.denials.told] == [DenialReason.TOO_MANY]
    await house.send(slack.action())
    assert len(house.heard) == 6, "a repetition of what was refused is refused too"


async def test_a_refusal_is_told_once_however_often_it_is_delivered(house: House) -> None:
    house.people.profiles = {USER: GUEST}

    for attempt in range(3):
        await house.send(slack.mention(), retry=str(attempt))

    assert len(house.denials.told) == 1


async def test_refusals_are_audited_with_who_where_and_why(house: House) -> None:
    house.people.profiles = {USER: GUEST}

    await house.send(slack.command())

    (entry,) = [entry async for entry in house.audit.entries()]
    assert (entry.user, entry.channel, entry.surface, entry.outcome) == (USER, CHANNEL, "command", "refused: guest")


async def test_what_nobody_works_on_is_sent_through_again_and_judged_anew(database: Database) -> None:
    begun = asyncio.Event()

    async def answer(_: RequestContext) -> RequestOutcome:
        begun.set()
        await asyncio.Event().wait()  # until the process dies
        return RequestOutcome.ANSWERED

    dead = open_house(database, then=answer)
    await dead.send(slack.mention(), settle=False)
    await begun.wait()

    alive = open_house(database)
    assert await alive.resumption.resume_expired() == 0, "somebody still works on it"
    alive.clock.advance(seconds=91)
    assert await alive.resumption.resume_expired() == 1
    await alive.tasks.drain(5)
    assert alive.heard == [slack.mention()]
    assert len(alive.heard) == 1, "who is a guest by now gets nothing"
    await dead.tasks.drain(0)
    await alive.tasks.drain(5)
