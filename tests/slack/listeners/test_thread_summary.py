"""The summary of a thread's lookups: by a word, by a button, and for everybody by a press of *Share*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slack.conftest import NUMBER, Office, actions_of, buttons_of, payload_of, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack import PostedMessage

SHARE = "answer.share_summary"


async def two_lookups(office: Office) -> PostedMessage:
    """A thread with two lookups, the first of which was refreshed; the first answer."""
    first = await office.say(f"@smsstatus {NUMBER} since 2h")
    await office.press(first, "answer.refresh")
    await office.say("@smsstatus 13811112001", thread=first.thread_ts)
    return first


async def ask(office: Office, root: PostedMessage, text: str = "summary") -> PostedMessage:
    return await office.say(f"@smsstatus {text}", thread=root.thread_ts)


async def test_the_word_shows_the_asker_alone_every_lookup_with_its_link_and_what_changed(office: Office) -> None:
    root = await two_lookups(office)

    shown = await ask(office, root)
    chinese = await ask(office, root, "总结")

    lines = words_of(shown).splitlines()
    assert shown.ephemeral_to == "U0LIWEI01"
    assert lines[1] == "## SMS lookups in this thread"
    asked = [line for line in lines if line.startswith("- 20")]
    assert len(asked) == 2
    assert "](http" in asked[0]
    assert "`+86 137****2222`" in asked[0]
    assert "`+86 138****2001`" in asked[1]
    assert "Failed (2 failed)" in asked[1]
    assert lines[-2] == asked[1]  # it was asked once: no word of a change
    assert words_of(chinese).splitlines()[1:] == lines[1:]
    assert "13711112222" not in payload_of(shown)


async def test_share_posts_it_once_for_everybody_in_the_thread(office: Office) -> None:
    root = await two_lookups(office)
    shown = await ask(office, root)
    (button,) = buttons_of(shown)

    before = len(office.seen("ann"))
    for _ in range(2):
        await office.workspace.click("li", shown, SHARE, button["value"])
    posted = (await office.workspace.wait_for(lambda: office.seen("ann")[before:], within=15))[0]
    await office.quiet()

    assert posted.thread_ts == root.thread_ts
    assert "## SMS lookups in this thread" in words_of(posted)
    assert buttons_of(posted) == []
    assert len(office.seen("ann")) == before + 1


async def test_the_button_in_the_menu_of_a_threads_answer_shows_the_same(office: Office) -> None:
    root = await two_lookups(office)
    answer = next(message for message in office.seen() if message.ts == root.ts)
    assert "summary" in actions_of(answer)
    assert "summary" not in actions_of(await office.ask(f"{NUMBER} since 2h"))

    before = len(office.seen())
    element = next(one for one in buttons_of(answer) if one["type"] == "overflow")
    value = next(option["value"] for option in element["options"] if option["value"].startswith("answer.summary"))
    await office.workspace.click("li", answer, element["action_id"], value)
    shown = (await office.workspace.wait_for(lambda: office.seen()[before:], within=15))[0]

    assert "## SMS lookups in this thread" in words_of(shown)
    assert shown.ephemeral_to == "U0LIWEI01"


async def test_a_direct_message_is_summarised_as_a_whole_and_what_was_found_outlives_a_restart(office: Office) -> None:
    await office.say(f"{NUMBER} since 2h", channel="dm-li")
    await office.answered(channel="dm-li")
    await office.restart()

    shown = await office.say("summary", channel="dm-li")

    assert "Delivered (1 delivered, 1 failed, 1 no receipt yet)" in words_of(shown)
    assert buttons_of(shown) == []


async def test_where_nothing_was_looked_up_the_word_says_so(office: Office) -> None:
    root = await office.workspace.say("li", "incidents", "the codes do not arrive")

    shown = await office.say("@smsstatus summary", thread=root.ts)

    typed, refreshed = await office.ask("summary"), await office.ask("刷新")

    assert "Nothing to summarise: no lookup here yet." in words_of(shown)
    assert words_of(typed).splitlines() == [
        "`summary` works in the thread of a lookup.",
        "Reply there with `@smsstatus summary`.",
    ]
    assert words_of(refreshed).startswith("`刷新` works in the thread of a lookup.")
