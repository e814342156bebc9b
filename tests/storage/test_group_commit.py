"""Group commit: concurrent writes share a transaction; a failed or cancelled one costs no other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.storage.group_commit import MAX_BATCH, GroupCommit

if TYPE_CHECKING:
    from collections.abc import Sequence


class Writer:
    """Records its batches, waits for `open` before each write, and raises for negative items."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.gate = asyncio.Semaphore(0)  # one release lets one write through
        self.begun = asyncio.Event()

    def open(self, writes: int = 10) -> None:
        for _ in range(writes):
            self.gate.release()

    async def __call__(self, parts: Sequence[int]) -> list[str]:
        self.begun.set()
        await self.gate.acquire()
        if any(part < 0 for part in parts):
            raise ValueError(min(parts))
        self.written.append(list(parts))
        return [f"wrote {part}" for part in parts]


async def first_and_rest(together: GroupCommit[int, str], writer: Writer, *parts: int) -> list[asyncio.Future[str]]:
    """The first write is running, the others wait."""
    first = together.write(parts[0])
    await writer.begun.wait()
    return [first, *(together.write(part) for part in parts[1:])]


async def test_what_comes_while_a_write_is_under_way_shares_the_next() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    tasks = await first_and_rest(together, writer, 1, 2, 3, 4)

    writer.open()

    assert await asyncio.gather(*tasks) == ["wrote 1", "wrote 2", "wrote 3", "wrote 4"]
    assert writer.written == [[1], [2, 3, 4]]


async def test_one_write_takes_only_so_many() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    tasks = await first_and_rest(together, writer, *range(2 * MAX_BATCH + 1))

    writer.open()
    await asyncio.gather(*tasks)

    assert [len(parts) for parts in writer.written] == [1, MAX_BATCH, MAX_BATCH]


async def test_a_part_that_fails_fails_alone() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    tasks = await first_and_rest(together, writer, 1, 2, -3, 4)

    writer.open()

    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(result) for result in results] == ["wrote 1", "wrote 2", "-3", "wrote 4"]
    assert isinstance(results[2], ValueError)
    assert writer.written == [[1], [2], [4]]


async def test_whoever_leaves_while_it_is_written_costs_no_other() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    first, second, third, fourth = await first_and_rest(together, writer, 1, 2, 3, 4)
    first.cancel()
    writer.begun.clear()
    writer.open(1)
    await writer.begun.wait()  # the three are being written

    second.cancel()
    writer.open()

    assert list(await asyncio.gather(third, fourth)) == ["wrote 3", "wrote 4"]
    assert writer.written == [[1], [2, 3, 4]], "what is begun may be committed, and is not written again"


async def test_a_fault_that_has_nothing_to_do_with_the_parts_is_that_of_all_and_is_not_tried_for_each() -> None:
    writer = Writer()
    together = GroupCommit(writer, alone_after=LookupError)
    tasks = await first_and_rest(together, writer, 1, 2, -3, 4)

    writer.open()

    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(result) for result in results] == ["wrote 1", "-3", "-3", "-3"]
    assert writer.written == [[1]]


class InstantWriter:
    """Has written each batch before it returns."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []

    def __call__(self, parts: Sequence[int]) -> asyncio.Future[Sequence[int]]:
        self.written.append(list(parts))
        done: asyncio.Future[Sequence[int]] = asyncio.get_running_loop().create_future()
        done.set_result(parts)
        return done


async def test_what_is_written_at_once_is_done_without_waiting() -> None:
    together = GroupCommit(InstantWriter())

    for part in range(3):
        assert together.write(part).result() == part
        await asyncio.sleep(0)


async def test_of_what_comes_in_one_iteration_the_first_is_written_at_once_and_the_others_share_a_write() -> None:
    writer = InstantWriter()
    together = GroupCommit(writer)

    first, *rest = [together.write(part) for part in range(4)]

    assert first.done()
    assert await asyncio.gather(*rest) == [1, 2, 3]
    assert writer.written == [[0], [1, 2, 3]]


async def test_twenty_thousand_writes_of_one_iteration_are_written_however_many_batches_that_makes() -> None:
    writer = InstantWriter()
    together = GroupCommit(writer)

    written = [together.write(part) for part in range(20_000)]

    assert await asyncio.gather(*written) == list(range(20_000))
    assert max(map(len, writer.written)) == MAX_BATCH


async def test_what_comes_in_one_iteration_waits_for_a_write_that_has_begun_meanwhile() -> None:
    writer = Writer()
    together = GroupCommit(writer)

    tasks = [together.write(part) for part in range(3)]
    writer.open()

    assert await asyncio.gather(*tasks) == ["wrote 0", "wrote 1", "wrote 2"]
    assert writer.written == [[0], [1, 2]]


async def test_more_that_left_than_one_write_takes_keep_nobody_waiting() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    tasks = await first_and_rest(together, writer, *range(MAX_BATCH + 2))

    for task in tasks[1:-1]:
        task.cancel()
    writer.open()

    assert await tasks[-1] == f"wrote {MAX_BATCH + 1}"


async def test_whoever_left_before_its_turn_is_not_written_for() -> None:
    writer = Writer()
    together = GroupCommit(writer)
    first, second, third = await first_and_rest(together, writer, 1, 2, 3)

    second.cancel()
    writer.open()
    await asyncio.gather(first, third)

    assert writer.written == [[1], [3]]
