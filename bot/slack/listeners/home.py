"""The Home tab: published when it is opened; its buttons make a lookup again, or begin one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import SlackDeliveryError
from bot.grammar import Lookup, examples
from bot.i18n import phrase
from bot.presentation.provider_status import provider_statuses
from bot.slack.answer_message import AnswerMessage
from bot.slack.listeners.answer_actions import rerun_query
from bot.slack.listeners.conversation import answer_lookup
from bot.slack.listeners.modals import open_empty
from bot.slack.messaging.claims import about_to_answer
from bot.slack.state import answers
from bot.slack.state.drafts import ModalDraft, new_draft_id
from bot.slack.views import home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.config import AppSettings, Mode
    from bot.i18n import Language, Phrase
    from bot.slack.answer_service import AnswerService
    from bot.slack.requests.task_supervisor import TaskSupervisor

MOST_REPEATS = 10

log = structlog.get_logger(__name__)


def register(app: AsyncApp, desk: AnswerService, work: TaskSupervisor) -> None:
    """Listen to the Home tab being opened and to its buttons."""

    async def opened(ack: AsyncAck, event: dict[str, Any]) -> None:
        await ack()
        if event.get("tab") == "home":
            place = AnswerMessage(desk.poster, desk.readers, desk.team, event.get("channel") or event["user"], event["user"])
            work.spawn(desk.guarded("home", place, publish_home(desk, place)), name="home")

    async def pressed(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await ack()
        place = await _place(desk, body)
        if action["action_id"] == home.REPEAT:
            job = ask_again(desk, place, action.get("value", ""))
        else:
            job = open_empty(desk, place, body["trigger_id"], ModalDraft())
        work.spawn(desk.guarded("home", place, job), name="home action")

    app.event("app_home_opened")(opened)
    app.action(home.REPEAT)(pressed)
    app.action(home.LOOK_UP)(pressed)


_MOST_UNLISTED = 5


async def publish_home(desk: AnswerService, place: AnswerMessage, notice: Phrase | None = None) -> str:
    """Publish the Home tab of whoever opened it. Returns how it ended. Raises SlackRefusal."""
    recent = await desk.answers.latest_of(place.user, MOST_REPEATS)
    reader = await desk.readers.resolve(place.user)
    language, titles = reader.language, desk.titles(reader.language)
    stage = home.HomeContext(
        now=desk.clock(),
        zone=reader.zone,
        language=language,
        titles=titles,
        command=desk.command,
        bot_name=desk.bot_name,
        examples=examples(language),
        settings=desk.settings(language),
        unlisted=[
            (titles.get(one.provider, one.provider), one.code, one.count) for one in await desk.unknown.top(_MOST_UNLISTED)
        ],
        receipt_days=desk.receipt_days,
        kept_days=answers.KEEP // timedelta(days=1),
        notice=notice.said_in(language) if notice else "",
    )
    repeats = [home.Repeat(answer_id, shown.query, shown.relative_length) for answer_id, shown in recent]
    # The buttons' requests do not name the direct message that their answers go to.
    draft_id = new_draft_id()
    await desk.drafts.put(draft_id, ModalDraft(channel=place.channel))
    await about_to_answer()
    view = home.home(provider_statuses(desk.service, language), repeats, stage)
    await desk.panes.publish(place.user, {**view, "private_metadata": draft_id})
    return "answered"


async def ask_again(desk: AnswerService, place: AnswerMessage, answer_id: str) -> str:
    """Make one of the last lookups again, up to now; the answer is a direct message. Returns how it ended.

    Raises SlackRefusal.
    """
    shown = await desk.answers.find(answer_id)
    if shown is None:
        await publish_home(desk, place, phrase("This lookup is no longer kept. Press “New lookup” and type it again."))
        return "gone"
    outcome = await answer_lookup(desk, place, Lookup(rerun_query(shown, desk.clock())), await desk.readers.resolve(place.user))
    try:
        await publish_home(desk, place)
    except SlackDeliveryError as refusal:  # the answer is there; the tab is brought up to date when it is opened
        log.info("slack.home_refused", reason=refusal.reason)
    return outcome


async def _place(desk: AnswerService, body: Mapping[str, Any]) -> AnswerMessage:
    """The direct message with whoever pressed. By the user's id Slack finds it too, but then it cannot be edited."""
    draft = await desk.drafts.get(body["view"].get("private_metadata", ""))
    user = body["user"]["id"]
    return AnswerMessage(desk.poster, desk.readers, desk.team, (draft.channel if draft else "") or user, user)


def shown_settings(general: AppSettings, mode: Mode, language: Language) -> tuple[tuple[str, str], ...]:
    """What everybody may read of the settings, on the app's Home tab: nothing secret, and no names of people."""
    say = language.say
    answered, turned_away = say("answered"), say("turned away")
    own = say("as set in your Slack") if general.language == "auto" else _name(general.language, language)
    return (
        (say("National numbers belong to"), general.region),
        (say("Time zone of people whose own is not known"), general.timezone),
        (say("Longest wait for an answer"), say("{count} s", count=f"{general.deadline_seconds:g}")),
        (say("Reaches Slack by"), "Socket Mode" if mode == "socket" else "HTTP"),
        (say("Requests of one person in a minute"), str(general.user_rate)),
        (say("The audit is kept for"), language.plural(general.audit_days, "{count} day", "{count} days")),
        (say("Guests"), answered if general.allow_guests else turned_away),
        (say("People of other organisations"), answered if general.allow_externals else turned_away),
        (say("Language of what you alone read"), own),
        (say("Language of what a channel reads"), _name(general.channel_language_for(""), language)),
    )


def _name(code: str, language: Language) -> str:
    return language.say("Chinese") if code == "zh" else language.say("English")
