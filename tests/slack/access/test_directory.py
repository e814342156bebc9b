"""What Slack says of people and groups, over real HTTP: cached, asked once, and closed when it cannot be had."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.access import Directory
from bot.slack.access.policy import Profile, UnverifiedProfile
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

USER, GROUP = "U0ASKER01", "S0ONCALL1"


class Api:
    """The two methods, answering as told."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.first: list[str] = []  # the errors of the calls before those
        self.calls: Counter[str] = Counter()
        self.asked: list[dict[str, Any]] = []  # the arguments of each call
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        self.asked.append({**request.query, **await request.post()})
        await self.gate.wait()
        if self.first:
            return web.json_response({"ok": False, "error": self.first.pop(0)}, status=503)
        return web.json_response(self.answers[method])


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    one = Api()
    app = web.Application()
    app.router.add_route("*", "/{method}", one.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield one
    one.gate.set()
    await runner.cleanup()


@pytest.fixture
def clock() -> ToyClock:
    return ToyClock()


@pytest.fixture
def directory(api: Api, clock: ToyClock) -> Directory:
    return Directory(AsyncWebClient(token="xoxb-1", base_url=api.url, retry_handlers=[]), clock, again_seconds=0)


def user(**fields: Any) -> dict[str, Any]:
    return {"ok": True, "user": {"id": USER, "team_id": "T0HOME001", **fields}}


@pytest.mark.parametrize(
    ("fields", "profile"),
    [
        ({}, Profile(team="T0HOME001")),
        ({"is_restricted": True}, Profile(team="T0HOME001", is_guest=True)),
        ({"is_ultra_restricted": True}, Profile(team="T0HOME001", is_guest=True)),
        ({"is_stranger": True, "team_id": "T0PARTNER"}, Profile(team="T0PARTNER", is_stranger=True)),
        ({"is_bot": True}, Profile(team="T0HOME001", is_bot=True)),
        ({"is_workflow_bot": True}, Profile(team="T0HOME001", is_bot=True)),
        ({"deleted": True}, Profile(team="T0HOME001", is_gone=True)),
        ({"enterprise_user": {"enterprise_id": "E0OURS001"}}, Profile(team="T0HOME001", enterprise="E0OURS001")),
    ],
)
async def test_a_profile_is_read(api: Api, directory: Directory, fields: dict[str, Any], profile: Profile) -> None:
    api.answers["users.info"] = user(**fields)

    assert await directory.profile(USER) == profile


async def test_an_answer_is_kept_for_ten_minutes(api: Api, directory: Directory, clock: ToyClock) -> None:
    api.answers["users.info"] = user()
    assert not directory.knows(USER, frozenset())

    await directory.profile(USER)
    clock.advance(minutes=9)
    assert directory.knows(USER, frozenset())
    await directory.profile(USER)
    assert api.calls["users.info"] == 1
    clock.advance(minutes=2)
    assert not directory.knows(USER, frozenset())
    await directory.profile(USER)
    assert api.calls["users.info"] == 2


async def test_equal_questions_at_once_are_asked_once(api: Api, directory: Directory) -> None:
    api.answers["users.info"] = user()
    api.gate.clear()
    asking = [asyncio.create_task(directory.profile(USER)) for _ in range(5)]
    asking[0].cancel()  # one who goes away does not take the answer from the others
    await asyncio.sleep(0)
    api.gate.set()

    assert await asyncio.gather(*asking[1:]) == [Profile(team="T0HOME001")] * 4
    assert api.calls["users.info"] == 1


@pytest.mark.parametrize(("error", "scope"), [("missing_scope", "users:read"), ("ratelimited", None), ("internal_error", None)])
async def test_what_slack_does_not_say_is_unknown(api: Api, directory: Directory, error: str, scope: str | None) -> None:
    api.answers["users.info"] = {"ok": False, "error": error}

    assert await directory.profile(USER) == UnverifiedProfile(scope)


@pytest.mark.parametrize("error", ["service_unavailable", "internal_error"])
async def test_one_mishap_of_slack_keeps_nobody_out(api: Api, directory: Directory, error: str) -> None:
    api.first, api.answers["users.info"] = [error], user()

    assert await directory.profile(USER) == Profile(team="T0HOME001")


async def test_what_slack_refuses_is_not_asked_again(api: Api, directory: Directory) -> None:
    for error in ("missing_scope", "user_not_found", "ratelimited"):
        api.answers["users.info"] = {"ok": False, "error": error}
        await directory.profile(error)

    assert api.calls["users.info"] == 3


async def test_a_failure_is_forgotten_in_seconds_and_a_missing_scope_in_a_minute(
    api: Api, directory: Directory, clock: ToyClock
) -> None:
    api.answers["users.info"] = {"ok": False, "error": "internal_error"}
    await directory.profile(USER)
    api.answers["users.info"] = {"ok": False, "error": "missing_scope"}
    clock.advance(seconds=6)
    assert await directory.profile(USER) == UnverifiedProfile("users:read")
    api.answers["users.info"] = user()
    clock.advance(seconds=59)
    assert await directory.profile(USER) == UnverifiedProfile("users:read")
    clock.advance(seconds=2)
    assert await directory.profile(USER) == Profile(team="T0HOME001")


async def test_a_person_whom_slack_does_not_know_is_gone(api: Api, directory: Directory) -> None:
    api.answers["users.info"] = {"ok": False, "error": "user_not_found"}

    assert await directory.profile(USER) == Profile(is_gone=True)


async def test_an_answer_that_is_none_and_a_slack_that_is_away_are_unknown(api: Api, clock: ToyClock) -> None:
    api.answers["users.info"] = {"ok": True}
    for url in (api.url, "http://127.0.0.1:9/"):
        client = AsyncWebClient(token="xoxb-1", base_url=url, retry_handlers=[])
        assert await Directory(client, clock, again_seconds=0).profile(USER) == UnverifiedProfile()


async def test_a_slack_that_does_not_answer_is_not_waited_for(api: Api, clock: ToyClock) -> None:
    api.gate.clear()
    client = AsyncWebClient(token="xoxb-1", base_url=api.url, retry_handlers=[])

    assert await Directory(client, clock, ask_seconds=0.05).profile(USER) == UnverifiedProfile()


async def test_members_of_a_group_are_read_and_kept(api: Api, directory: Directory) -> None:
    api.answers["usergroups.users.list"] = {"ok": True, "users": [USER, "U0OTHER01"]}

    assert await directory.members(GROUP) == frozenset({USER, "U0OTHER01"})
    assert directory.knows("", frozenset({GROUP}))
    assert not directory.knows(USER, frozenset({GROUP}))


async def test_a_group_of_an_organisation_is_asked_for_in_the_workspace_of_the_request(api: Api, directory: Directory) -> None:
    """Slack wants `team_id` of a token of an organisation, and of no other."""
    api.answers["usergroups.users.list"] = {"ok": True, "users": [USER]}
    for team in ("T0SISTER1", "T0HOME001", "", "T0SISTER1"):
        await directory.members(GROUP, team)

    assert api.asked == [
        {"usergroup": GROUP, "team_id": "T0SISTER1"},
        {"usergroup": GROUP, "team_id": "T0HOME001"},
        {"usergroup": GROUP},
    ]
    assert directory.knows("", frozenset({GROUP}), "T0HOME001")
    assert not directory.knows("", frozenset({GROUP}), "T0THIRD01")


async def test_a_group_that_is_not_there_has_no_members_and_without_the_scope_nobody_knows(
    api: Api, directory: Directory
) -> None:
    api.answers["usergroups.users.list"] = {"ok": False, "error": "no_such_subteam"}
    assert await directory.members(GROUP) == frozenset()

    api.answers["usergroups.users.list"] = {"ok": False, "error": "missing_scope"}
    assert await directory.members("S0OTHER01") == UnverifiedProfile("usergroups:read")
