"""What an answer from the cache costs: from the words of a slash command to the posted answer, beside rendering alone.

The app runs in this process; whoever asks, the stand-ins and the local Slack run in another. Commands come one at a time. Of
each, the CPU of this process is taken

* for the whole of it, from the signed HTTP request (signature, Bolt's dispatch, claim, ack, audit, the log): a mean, which has
  the app's other work in it, too
* for the part from its words to the posted answer: the handler to which Bolt's listener hands them, `handle_command`. It reads
  the words, looks up, keeps the answer's state, confirms the claim, renders, and posts to the `response_url`. Of all threads, so
  SQLite's is in it
* right after that for rendering the same report once more: Block Kit, and JSON of it.

What came when the cache's entry was too old is left out.

    .venv/bin/python -m benchmarks.cached [--short]
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import statistics
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from benchmarks.asker import Asker
from bot.app import serving
from bot.config import ENV_FILE_KEY, load_settings
from bot.grammar import Lookup, parse
from bot.observability.logging import configure_logging
from bot.providers.registry import VENDORS
from bot.sandbox.demo import open_sandbox
from bot.slack import views
from bot.slack.listeners import commands
from bot.slack.state.answer_record import AnswerRecord
from bot.web import listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from multiprocessing.connection import Connection

    from bot.slack.listeners.conversation import Conversations
    from bot.slack.messaging.responder import ResponseUrlResponder
    from bot.slack.requests.context import RequestContext, RequestOutcome

COMMANDS, WARM_UP = 300, 20
PAUSE = 0.02  # seconds, in which the app writes what is left of a command
NUMBERS = ("13711112222", "13722223333", "13733334444", "13744445555", "13755556666")
KINDS = {"one number": f"+86{NUMBERS[0]} since 3h", "five numbers": " ".join(f"+86{one}" for one in NUMBERS) + " since 3h"}


@dataclass
class Costs:
    """Seconds of CPU, of each command. `handle` is the app's own handler of commands, with this around it."""

    path: list[float] = field(default_factory=list)
    rendering: list[float] = field(default_factory=list)
    beside: float = 0.0  # what measuring took
    too_old: int = 0  # commands

    async def handle(
        self, ctx: RequestContext, conversations: Conversations, responder: ResponseUrlResponder, text: str
    ) -> RequestOutcome:
        """Answer, and note what it took."""
        begun = time.process_time()
        outcome = await HANDLE(ctx, conversations, responder, text)
        answered = time.process_time()
        if (rendering := await render(ctx, conversations, text)) is None:
            self.too_old += 1
        else:
            self.path.append(answered - begun)
            self.rendering.append(rendering)
        self.beside += time.process_time() - answered
        return outcome


HANDLE = commands.handle_command


async def render(ctx: RequestContext, conversations: Conversations, text: str) -> float | None:
    """The CPU of rendering the answer to these words, and nothing else. None: the report is no longer in the cache."""
    answers, user = conversations.answers, ctx.request.user
    reader = await answers.locales.resolve(user)
    command = parse(text, answers.parse_context(reader))
    if not isinstance(command, Lookup):
        raise TypeError(text)
    report = await answers.lookups.lookup(command.query, asker=user)
    if not all(part.cached for part in report.coverage):
        return None
    record = replace(AnswerRecord.first(command, asked_by=user, channel=ctx.request.channel), report=report)
    context = await answers.render_context(ctx, "0123456789abcdef", record, reader)
    begun = time.process_time()
    message = views.answer(report, context)
    json.dumps({"text": message.text, "blocks": message.blocks})
    return time.process_time() - begun


def ask(parent: Connection) -> None:
    """The other process. Sends the app's settings; receives its address, words, and how often to ask them."""

    async def run() -> None:
        async with open_sandbox() as sandbox, aiohttp.ClientSession() as client:
            parent.send(dict(sandbox.environ))
            asker = Asker("", os.getpid(), client)
            sink = web.Application()
            sink.router.add_post("/{id}", asker.hear)
            async with listening(sink, "127.0.0.1", 0) as server:
                asker.url = server.url
                while asked := await asyncio.to_thread(parent.recv):
                    asker.app_url, words, times = asked
                    for _ in range(times):
                        await asker.ask(words)
                        await asyncio.sleep(PAUSE)
                    parent.send(None)

    asyncio.run(run())


@asynccontextmanager
async def asking() -> AsyncIterator[Callable[[str, int], Awaitable[None]]]:
    """The app, and whoever asks it so many times."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=ask, args=(theirs,), daemon=True)
    process.start()
    environ = await asyncio.to_thread(ours.recv)
    more = {ENV_FILE_KEY: "", "SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_LANGUAGE": "en"}
    try:
        async with serving(load_settings({**environ, **more}, VENDORS), mode="http") as server:

            async def ask_for(words: str, times: int) -> None:
                ours.send((server.url, words, times))
                await asyncio.to_thread(ours.recv)

            yield ask_for
    finally:
        ours.send(None)
        await asyncio.to_thread(process.join)


async def measure(ask_for: Callable[[str, int], Awaitable[None]], words: str, times: int) -> tuple[float, Costs]:
    """The CPU of the whole of a command, and of its parts."""
    costs = Costs()
    commands.handle_command = costs.handle  # the listener looks it up for each command
    begun = time.process_time()
    await ask_for(words, times)
    if len(costs.path) + costs.too_old != times:
        raise RuntimeError("an answer broke; the log has the reason")
    return (time.process_time() - begun - costs.beside) / times, costs


async def main(*, short: bool) -> None:
    configure_logging("WARNING")
    print(f"{'CPU ms, from the cache':24}{'whole':>8}{'words → posted':>16}{'rendering':>11}{'ratio':>7}{'target':>8}")
    async with asking() as ask_for:
        for kind, words in KINDS.items():
            await measure(ask_for, words, 2 if short else WARM_UP)
            whole, costs = await measure(ask_for, words, 10 if short else COMMANDS)
            path, alone = statistics.median(costs.path), statistics.median(costs.rendering)
            print(
                f"{kind:24}{whole * 1000:>8.2f}{path * 1000:>16.2f}{alone * 1000:>11.2f}{path / alone:>7.2f}{'≤ 1.5':>8}",
                flush=True,
            )


if __name__ == "__main__":
    asyncio.run(main(short="--short" in sys.argv))
