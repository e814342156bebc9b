"""A Bolt app that is at home on every surface: mentions, direct messages, shortcuts, modals, the Home tab, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.slack_apps import new_app

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.sandbox.slack import SlackWorkspace


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def lookup_modal(*, target: str = "", metadata: str = "", choose_place: bool = False) -> dict[str, Any]:
    """A modal with the inputs of a lookup."""
    windows = [option("Last 2 hours", "2h"), option("Last 24 hours", "24h")]
    target_box = {"type": "plain_text_input", "action_id": "target", **({"initial_value": target} if target else {})}
    window_box = {"type": "radio_buttons", "action_id": "window", "options": windows, "initial_option": windows[0]}
    only_box = {"type": "checkboxes", "action_id": "only", "options": [option("Failed", "failed"), option("Pending", "pending")]}
    place_box = {
        "type": "conversations_select",
        "action_id": "place",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }
    blocks: list[dict[str, Any]] = [
        {
            "type": "input",
            "block_id": "target",
            "label": plain("Numbers or ids"),
            "element": target_box,
            "hint": plain("Up to 50"),
        },
        {"type": "input", "block_id": "window", "label": plain("How far back"), "element": window_box},
        {"type": "input", "block_id": "only", "label": plain("Only"), "element": only_box, "optional": True},
    ]
    if choose_place:
        blocks.append({"type": "input", "block_id": "place", "label": plain("Post the answer in"), "element": place_box})
    return {
        "type": "modal",
        "callback_id": "lookup",
        "title": plain("Check SMS status"),
        "submit": plain("Look up"),
        "close": plain("Cancel"),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def loading_modal() -> dict[str, Any]:
    return {"type": "modal", "title": plain("Check SMS status"), "blocks": [{"type": "section", "text": plain("Reading …")}]}


def home_view(count: int) -> dict[str, Any]:
    button = {"type": "button", "action_id": "again", "text": plain("Run it again")}
    select = {"type": "static_select", "action_id": "language", "options": [option("English", "en"), option("中文", "zh")]}
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Providers")},
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"*Tencent* answers. Pressed {count} times."},
                "accessory": button,
            },
            {"type": "divider"},
            {"type": "actions", "block_id": "settings", "elements": [select]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "It stores hashes only."}]},
        ],
    }


def surfaces_app(workspace: SlackWorkspace) -> AsyncApp:
    """See the module's text."""
    app = new_app(workspace)
    _talks(app)
    _opens_modals(app)
    _takes_submissions(app)
    _has_a_home(app)
    return app


def _talks(app: AsyncApp) -> None:
    @app.event("app_mention")
    async def mention(event: dict[str, Any], client: AsyncWebClient) -> None:
        thread_ts = event.get("thread_ts") or event["ts"]
        words = event["text"].partition("> ")[2]
        if words == "export":
            await client.files_upload_v2(channel=event["channel"], thread_ts=thread_ts, filename="report.csv", content="a,b\n")
            return
        await client.chat_postMessage(channel=event["channel"], thread_ts=thread_ts, text=f"Looked up {words}")

    @app.event("message")
    async def direct(event: dict[str, Any], client: AsyncWebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("subtype"):
            await client.chat_postMessage(channel=event["channel"], text=f"You wrote {event['text']}")


def _opens_modals(app: AsyncApp) -> None:
    @app.shortcut("check_message")
    async def on_message(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = (await client.views_open(trigger_id=body["trigger_id"], view=loading_modal()))["view"]
        message = body["message"]
        found = "".join(sign for sign in message["text"] if sign.isdigit() or sign == "+")
        place = f"{body['channel']['id']}:{message.get('thread_ts') or message['ts']}"
        await client.views_update(view_id=view["id"], view=lookup_modal(target=found, metadata=place))

    @app.shortcut("check_anything")
    async def anywhere(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=lookup_modal(choose_place=True))


def _takes_submissions(app: AsyncApp) -> None:
    @app.view("lookup")
    async def submitted(ack: AsyncAck, view: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        target = values["target"]["target"]["value"]
        if not target.startswith("+"):
            await ack(response_action="errors", errors={"target": "This is no phone number."})
            return
        await ack()
        chosen = values["window"]["window"]["selected_option"]["value"]
        text = f"<@{body['user']['id']}> looked up {target} since {chosen}"
        if "place" in values:
            await client.chat_postMessage(channel=values["place"]["place"]["selected_conversation"], text=text)
            return
        channel, _, thread_ts = view["private_metadata"].partition(":")
        await client.chat_postMessage(channel=channel, thread_ts=thread_ts, text=text)


def _has_a_home(app: AsyncApp) -> None:
    presses = 0

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home_view(presses))

    @app.action("again")
    async def again(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        nonlocal presses
        await ack()
        presses += 1
        await client.views_publish(user_id=body["user"]["id"], view=home_view(presses))
