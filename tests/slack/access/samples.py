"""What Slack sends for each surface, as plain values; and a Bolt app with the door in front and a listener for everything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import AppSettings
from bot.observability.metrics import Metrics
from bot.slack.access import AccessPolicy, AuthorizationMiddleware, Authorizer
from bot.slack.access.denials import Denials
from bot.slack.access.policy import Members, Profile, UnverifiedProfile
from bot.slack.access.rate_limiter import UserRateLimiter
from bot.slack.access.resumption import Resumption
from bot.slack.access.unhandled import UnhandledRequests
from bot.slack.locales import LocaleResolver
from bot.slack.messaging.poster import Poster
from bot.slack.messaging.view_client import ViewClient
from bot.slack.requests.audit import AuditRecorder
from bot.slack.requests.exactly_once import RequestInbox
from bot.slack.requests.runner import RequestRunner
from bot.slack.requests.task_supervisor import TaskSupervisor
from bot.slack.transport.identity import AppIdentity
from bot.storage.audit_log import AuditLog
from bot.storage.keyring import Keyring
from tests.toys import ToyClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_bolt.response import BoltResponse

    from bot.slack.access import Denial, SlackRequest
    from bot.slack.requests.context import RequestContext, RequestOutcome
    from bot.storage.database import Database

TIMESTAMP = "1700000000"
HOME, USER, CHANNEL, BOT = "T0HOME001", "U0ASKER01", "C0CHANNEL1", "U0BOT0001"
SECRET = "signing-secret"
KEYRING = Keyring("a secret of sixteen characters and more")
Json = dict[str, Any]


def command(text: str = "help", **changes: Any) -> Json:
    return {
        "team_id": HOME,
        "channel_id": CHANNEL,
        "user_id": USER,
        "command": "/smsstatus",
        "text": text,
        "response_url": "https://hooks.invalid/1",
        "trigger_id": "1.2.command",
        **changes,
    }


def interaction(kind: str, **changes: Any) -> Json:
    return {
        "type": kind,
        "team": {"id": HOME},
        "user": {"id": USER, "team_id": HOME},
        "trigger_id": f"1.2.{kind}",
        **changes,
    }


def action(**changes: Any) -> Json:
    pressed = {"action_id": "answer.refresh", "block_id": "b", "value": "opaque", "type": "button", "action_ts": "1700000000.1"}
    where = {"type": "message", "message_ts": "1700000000.000100", "channel_id": CHANNEL}
    reply = {"channel": {"id": CHANNEL}, "container": where, "response_url": "https://hooks.invalid/2"}
    return interaction("block_actions", **{"actions": [pressed], **reply, **changes})


def message_shortcut(**changes: Any) -> Json:
    message = {"ts": "1700000000.000200", "thread_ts": "1700000000.000100", "text": "x"}
    where = {"callback_id": "check", "channel": {"id": CHANNEL}, "message": message, "response_url": "https://hooks.invalid/3"}
    return interaction("message_action", **{"action_ts": "1700000000.3", **where, **changes})


def global_shortcut(**changes: Any) -> Json:
    return interaction("shortcut", **{"callback_id": "ask", "action_ts": "1700000000.4", **changes})


def submission(chosen: str = CHANNEL, **changes: Any) -> Json:
    values = {"where": {"to": {"type": "conversations_select", "selected_conversation": chosen}}}
    view = {"id": "V1", "hash": "1.h", "type": "modal", "callback_id": "ask", "state": {"values": values}}
    return interaction("view_submission", **{"view": view, **changes})


def event(kind: str, envelope: Mapping[str, Any] | None = None, **fields: Any) -> Json:
    inside = {"type": kind, "user": USER, **fields}
    return {
        "type": "event_callback",
        "team_id": HOME,
        "event_id": f"Ev.{kind}",
        "event": {name: value for name, value in inside.items() if value is not None},
        **(envelope or {}),
    }


def mention(**fields: Any) -> Json:
    said = {"channel": CHANNEL, "ts": "1700000001.000100", "text": f"<@{BOT}> help", "team": HOME}
    return event("app_mention", **{**said, **fields})


def direct(**fields: Any) -> Json:
    said = {"channel": "D0DIRECT1", "channel_type": "im", "ts": "1700000002.000100", "text": "help", "team": HOME}
    return event("message", **{**said, **fields})


def home() -> Json:
    return event("app_home_opened", channel="D0DIRECT1", tab="home")


def step() -> Json:
    return event("function_executed", user=None, function_execution_id="Fx1", function={"callback_id": "look_up"}, inputs={})


SURFACES: Mapping[str, Json] = {
    "command": command(),
    "action": action(),
    "message shortcut": message_shortcut(),
    "global shortcut": global_shortcut(),
    "view submission": submission(),
    "mention": mention(),
    "direct message": direct(),
    "home": home(),
    "workflow step": step(),
}
"""One request of each surface, all of the same person at home (the workflow step is nobody's)."""


ORGANISATION, SISTER = "E0OURS001", "T0SISTER1"


def of_a_sister(name: str) -> list[Json]:
    """The ways in which Slack tells, or does not tell, of a colleague in a sister workspace who uses a surface."""
    body = SURFACES[name]
    if body.get("type") == "event_callback":
        installed = [{"enterprise_id": ORGANISATION, "team_id": None, "user_id": BOT, "is_enterprise_install": True}]
        said = {**body["event"], "team": SISTER, "user_team": SISTER}
        return [
            {**body, "event": said},
            {**body, "event": {**said, "user_team": ORGANISATION}},
            {**body, "team_id": SISTER, "enterprise_id": ORGANISATION, "event": said},
            {**body, "team_id": None, "authorizations": installed, "event": said},
        ]
    if "command" in body:
        return [
            {**body, "enterprise_id": ORGANISATION, "is_enterprise_install": "true"},
            {**body, "team_id": SISTER, "enterprise_id": ORGANISATION, "is_enterprise_install": "true"},
        ]
    colleague = {"id": USER, "team_id": SISTER}
    return [
        {**body, "user": colleague},
        {**body, "user": colleague, "team": {"id": SISTER, "domain": "x", "enterprise_id": ORGANISATION}},
        {**body, "user": colleague, "team": None, "enterprise": {"id": ORGANISATION}, "is_enterprise_install": True},
    ]


@dataclass
class ToyPeople:
    """A directory that knows what it was told; it counts what is asked of it while `asks` is true."""

    profiles: dict[str, Profile | UnverifiedProfile] = field(default_factory=dict)
    groups: dict[str, Members] = field(default_factory=dict)
    known: bool = True  # whether it can answer without asking Slack
    asked: list[str] = field(default_factory=list)

    def knows(self, user: str, groups: frozenset[str], team: str = "") -> bool:
        return self.known or (not user and not groups)

    def at_hand(self, user: str) -> Profile | UnverifiedProfile | None:
        return self.profiles.get(user, Profile(team=HOME)) if self.known else None

    async def profile(self, user: str) -> Profile | UnverifiedProfile:
        self.asked.append(user)
        self.known = True
        return self.profiles.get(user, Profile(team=HOME))

    async def members(self, group: str, team: str = "") -> Members:
        self.asked.append(f"{group} {team}".rstrip())
        return self.groups.get(group, frozenset())


@dataclass(frozen=True, kw_only=True)
class ToyDenials(Denials):
    """Keeps what would be said."""

    told: list[tuple[SlackRequest, Denial]] = field(default_factory=list)

    async def deny(self, ctx: RequestContext, denial: Denial) -> None:
        await ctx.claim.confirm()
        self.told.append((ctx.request, denial))


def toy_denials(people: ToyPeople) -> ToyDenials:
    """They say nothing to Slack, where nobody listens."""
    client = AsyncWebClient(base_url="http://127.0.0.1:9/")

    def by_response_url(_: RequestContext) -> NoReturn:
        raise AssertionError("nothing is said")

    return ToyDenials(
        poster=Poster(client),
        view_client=ViewClient(client),
        by_response_url=by_response_url,
        locales=LocaleResolver(people, ZoneInfo("UTC"), AppSettings.model_validate({}), ToyClock()),
        contact="U0ADMIN01",
        per_minute=30,
        modal_wait=0.3,
    )


@dataclass
class House:
    """A Bolt app with listeners for every surface; `heard` is what got past the door."""

    app: AsyncApp
    middleware: AuthorizationMiddleware
    resumption: Resumption
    authorizer: Authorizer
    inbox: RequestInbox
    audit: AuditLog
    people: ToyPeople
    denials: ToyDenials
    tasks: TaskSupervisor
    clock: ToyClock
    heard: list[Json]
    metrics: Metrics

    async def send(
        self, body: Json, *, mode: str = "socket", retry: str = "", timestamp: str = TIMESTAMP, settle: bool = True
    ) -> BoltResponse:
        """Deliver `body`; unless told otherwise, wait for what it set going."""
        headers = ({} if mode == "socket" else signature_of(body, timestamp)) | ({"x-slack-retry-num": retry} if retry else {})
        response = await self.middleware.receive(body, headers)
        if settle:
            while len(self.tasks):
                await self.tasks.drain(10)
        return response


def signature_of(body: Json, timestamp: str = TIMESTAMP) -> dict[str, str]:
    """The header of a request as Slack signs it: the same body at the same time has the same signature."""
    is_event = body.get("type") == "event_callback"
    form = body if "command" in body else {"payload": json.dumps(body)}
    raw = json.dumps(body) if is_event else urlencode(form)
    return {"x-slack-signature": str(SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=raw))}


def open_house(
    database: Database,
    policy: AccessPolicy | None = None,
    *,
    rate: int = 30,
    then: Callable[[RequestContext], Awaitable[RequestOutcome]] | None = None,
) -> House:
    """The app, its middleware, and a listener for every kind of request that writes down what it hears and may answer it."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=HOME, bot_token="xoxb-1", bot_id="B0BOT0001", bot_user_id=BOT)

    app = AsyncApp(name="samples", signing_secret=SECRET, authorize=authorize, process_before_response=True)
    clock, people, tasks = ToyClock(), ToyPeople(), TaskSupervisor()
    denials = toy_denials(people)
    audit = AuditLog(database, KEYRING, clock)
    recorder = AuditRecorder(audit)
    authorizer = Authorizer(policy or AccessPolicy(home=HOME), people, UserRateLimiter(rate, clock), recorder)
    inbox = RequestInbox(database, KEYRING, clock)
    metrics = Metrics()
    runner = RequestRunner(inbox, tasks, recorder, metrics)
    authorization = AuthorizationMiddleware(
        app,
        authorizer,
        inbox=inbox,
        runner=runner,
        denials=denials,
        tasks=tasks,
        identity=AppIdentity(bot_user=BOT),
        unhandled=UnhandledRequests(runner, denials, metrics),
        clock=clock,
    )
    app.use(authorization)
    heard: list[Json] = []

    async def listen(ack: Any, body: Json, ctx: RequestContext) -> None:
        await ack()
        heard.append(body)
        if then is not None:
            answer = then
            runner.start(ctx, denials.responder(ctx), lambda: answer(ctx))

    everything = re.compile("")
    app.command("/smsstatus")(listen)
    for register in (app.action, app.shortcut, app.view, app.view_closed, app.options, app.event):
        register(everything)(listen)
    resumption = Resumption(inbox, tasks, authorization.resume)
    return House(app, authorization, resumption, authorizer, inbox, audit, people, denials, tasks, clock, heard, metrics)
