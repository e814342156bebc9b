"""How many commands a second one process answers before its acks take long: steps of more and more, uncached and cached.

The app is a real `serve` in HTTP mode over a SQLite file on the disk. Commands come at random moments, as independent people type
them, answered or not the one before. A step is carried when 99 of 100 acks come within 100 ms and every command has its answer.
Uncached, each asks for another number at all vendors, which is five calls and a posted answer; cached, for one of fifty that
have been asked for. What the app, the stand-ins and this asker need of a core stands beside each step.

The vendors' limits are lifted, see `unpaced.py`: with them one account of Tencent with two app ids is asked for five numbers a
second.

.venv/bin/python -m benchmarks.load                 three rounds, some ten minutes
.venv/bin/python -m benchmarks.load --postgresql    the same over PostgreSQL on this machine, in the place of the file
.venv/bin/python -m benchmarks.load --short         one step of each
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, count
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.open_loop import open_loop
from benchmarks.receipts import server_in
from benchmarks.served import cpu_of, served
from benchmarks.stand_ins import stand_ins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.open_loop import Asked, OpenLoop
    from benchmarks.served import Served
    from benchmarks.stand_ins import StandIns

STEPS = (25, 50, 75, 100, 125, 150, 200, 250, 300)  # commands a second
SECONDS, ROUNDS, WARM_UP = 10.0, 3, 60
ACKED_WITHIN = 0.1  # seconds, 99 of 100
TRIES = 2  # of a step: one hiccup of the machine is not what the app carries
KNOWN = 50  # numbers that are asked for again and again
LONGEST, SHORTER = 240, 200  # minutes
CONNECTIONS = 32  # that are open before
ENVIRON = {"SMSSTATUS_USER_RATE": "10000", "SMSSTATUS_LANGUAGE": "en", "SMSSTATUS_ENV_FILE": ""}
NEW_NUMBERS = count(13_000_000_000)


@dataclass(frozen=True, slots=True)
class Step:
    """What became of the commands of one step. Seconds; the last three are parts of a core."""

    ack_p50: float
    ack_p99: float
    answer_p50: float
    answer_p99: float
    lost: int
    app: float
    stand_ins: float
    asker: float

    @property
    def is_carried(self) -> bool:
        """Whether one may go on to the next step."""
        return self.ack_p99 <= ACKED_WITHIN and not self.lost


def quantile(times: Sequence[float], part: float) -> float:
    """The time that so many of them do not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def arrivals(per_second: float, seconds: float, dice: random.Random) -> list[float]:
    """Random moments, so many a second; the same number each time, so that two rounds differ by no more than they must."""
    many = round(per_second * seconds)
    gaps = [dice.expovariate(1) for _ in range(many + 1)]
    return [moment * seconds / sum(gaps) for moment in accumulate(gaps[:-1])]


def uncached() -> Iterator[str]:
    """A number that was never asked for, each time."""
    return (f"+86{number} since 2h" for number in NEW_NUMBERS)


def cached() -> Iterator[str]:
    """One of a few, in turn: what is known of each is a few seconds old.

    In ever shorter windows: the same words while they are being answered would be a double click, and answered once.
    """
    return (f"+86{13_900_000_000 + turn % KNOWN} since {LONGEST - turn // KNOWN % SHORTER}m" for turn in count())


KINDS: dict[str, Callable[[], Iterator[str]]] = {"uncached": uncached, "cached": cached}


async def step(asker: OpenLoop, app: Served, beside: StandIns, texts: Iterator[str], moments: list[float]) -> Step:
    """Ask at these moments, and wait for what comes of it."""
    before = (app.cpu, cpu_of(beside.process.pid), time.process_time())
    begun = time.perf_counter()
    asked = await asker.run([next(texts) for _ in moments], moments)
    spent = time.perf_counter() - begun
    after = (app.cpu, cpu_of(beside.process.pid), time.process_time())
    busy = [(now - then) / spent for now, then in zip(after, before, strict=True)]
    return Step(*figures(asked), *busy)


def figures(asked: Sequence[Asked]) -> tuple[float, float, float, float, int]:
    """Of the acks and of the answers the median and the 99th of 100, and how many commands lack one of the two."""
    acks, answers = [one.ack_seconds for one in asked], [one.answer_seconds for one in asked]
    lost = sum(max(one.ack_seconds, one.answer_seconds) == float("inf") for one in asked)
    return quantile(acks, 0.5), quantile(acks, 0.99), quantile(answers, 0.5), quantile(answers, 0.99), lost


@contextmanager
def database(*, is_postgresql: bool) -> Iterator[dict[str, str]]:
    """The setting of an empty database; none for a file in the app's own folder."""
    if not is_postgresql:
        yield {}
        return
    with tempfile.TemporaryDirectory() as folder:
        server = server_in(Path(folder))
        if server is None:
            raise SystemExit("PostgreSQL is not installed")
        server.start(durable=True)
        try:
            yield {"SMSSTATUS_DATABASE_URL": server.url, "SMSSTATUS_SECRET_KEY": "a key for this benchmark, and no other"}
        finally:
            server.close()


async def measured(kind: str, steps: Sequence[int], seconds: float, seed: int, setting: Mapping[str, str]) -> dict[int, Step]:
    """Each step up to the first that is not carried, in an app that has just been started."""
    found: dict[int, Step] = {}
    async with (
        stand_ins() as beside,
        served({**beside.environ, **ENVIRON, **setting}, "-m", "benchmarks.unpaced", "http") as app,
        open_loop(app.url) as asker,
    ):
        texts = KINDS[kind]()
        await asker.open(CONNECTIONS)
        await asker.run([next(texts) for _ in range(WARM_UP)], [place / 20 for place in range(WARM_UP)])
        for per_second in steps:
            for _ in range(TRIES):
                moments = arrivals(per_second, seconds, random.Random(seed))  # noqa: S311 - a benchmark repeats itself
                found[per_second] = await step(asker, app, beside, texts, moments)
                if found[per_second].is_carried:
                    break
                await app.idle()
            if not found[per_second].is_carried:
                break
    return found


def carried(rounds: Sequence[dict[int, Step]]) -> int:
    """The highest step that more than half of the rounds carried, with all below it."""
    reached = sorted(max((rate for rate, one in found.items() if one.is_carried), default=0) for found in rounds)
    return reached[len(reached) // 2]


def print_table(kind: str, rounds: Sequence[dict[int, Step]]) -> None:
    """The medians of the rounds that came to each step."""
    print(f"\n{kind + ', a second':20}{'ack p50':>9}{'p99 ms':>8}{'answer p50':>12}{'p99 ms':>8}{'lost':>6}", end="")
    print(f"{'app':>8}{'stand-ins':>11}{'asker':>8}  % of a core")
    for rate in sorted({rate for found in rounds for rate in found}):
        of_step = [found[rate] for found in rounds if rate in found]
        times = [
            statistics.median(getattr(one, name) for one in of_step) * 1000
            for name in ("ack_p50", "ack_p99", "answer_p50", "answer_p99")
        ]
        busy = [statistics.median(getattr(one, name) for one in of_step) * 100 for name in ("app", "stand_ins", "asker")]
        lost = sum(one.lost for one in of_step)
        print(f"{rate:<20}{times[0]:>9.1f}{times[1]:>8.0f}{times[2]:>12.0f}{times[3]:>8.0f}{lost:>6}", end="")
        print(f"{busy[0]:>8.0f}{busy[1]:>11.0f}{busy[2]:>8.0f}")
    print(f"carried: {carried(rounds)} commands a second, {kind}", flush=True)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--short", action="store_true", help="one step of each, in seconds; fails when an answer is lost")
    arguments.add_argument("--postgresql", action="store_true", help="over PostgreSQL on this machine, in the place of the file")
    given = arguments.parse_args()
    short = given.short
    steps, seconds, rounds = ((20,), 2.0, 1) if short else (STEPS, SECONDS, ROUNDS)
    print(f"{os.cpu_count()} cores, which the app, the stand-ins and the asker share; {rounds} rounds of {seconds:.0f} s a step")
    found: dict[str, list[dict[int, Step]]] = {kind: [] for kind in KINDS}
    for seed in range(rounds):
        for kind, of_kind in found.items():
            with database(is_postgresql=given.postgresql) as setting:
                of_kind.append(await measured(kind, steps, seconds, seed, setting))
    for kind, of_kind in found.items():
        print_table(kind, of_kind)
    if lost := sum(one.lost for of_kind in found.values() for round_ in of_kind for one in round_.values() if short):
        raise SystemExit(f"{lost} commands have no ack or no answer")


if __name__ == "__main__":
    asyncio.run(main())
