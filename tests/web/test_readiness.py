"""Readiness is told part by part, and a part that hangs holds up nothing."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from bot.web import Readiness


async def fine() -> str | None:
    return None


async def away() -> str | None:
    return "it is away"


async def broken() -> str | None:
    raise LookupError("secret")


async def test_each_part_is_told_for_itself_and_one_that_breaks_is_not_ready() -> None:
    with capture_logs() as logs:
        parts = await Readiness({"one": fine, "two": away, "three": broken}).parts()

    assert list(parts.items()) == [("one", "ok"), ("two", "it is away"), ("three", "the check failed (LookupError)")]
    assert [line["event"] for line in logs] == ["readiness.crashed"]


async def test_a_part_that_hangs_is_told_in_time_and_asked_once_however_many_probes_come() -> None:
    begun, answer = 0, asyncio.Event()

    async def hanging() -> str | None:
        nonlocal begun
        begun += 1
        await answer.wait()
        return None

    readiness = Readiness({"one": fine, "database": hanging}, seconds=0.02)
    for _ in range(5):
        assert await readiness.parts() == {"one": "ok", "database": "no answer within 0.02 s"}
    assert begun == 1

    answer.set()
    assert (await readiness.parts())["database"] == "ok"
    await readiness.aclose()


async def test_a_check_that_hangs_does_not_outlive_the_app() -> None:
    readiness = Readiness({"one": asyncio.Event().wait}, seconds=0.01)  # type: ignore[dict-item]
    await readiness.parts()
    await readiness.aclose()

    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("readiness")] == []
