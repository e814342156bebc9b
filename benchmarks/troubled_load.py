"""Fifty commands a second for a minute, while one vendor is dead and another is slow: the acks, the answers, and memory.

The same app, a real `serve` in HTTP mode, is asked for new numbers in rounds that alternate: a healthy one, and one in which
Alibaba refuses connections and Tencent takes three seconds for each call. It shows the acks of each, which a vendor must not
hold up; how many commands have no answer; how many answers say that they are not whole; and what the app holds in memory.
The vendors' limits are lifted, see `unpaced.py`; latencies count from the moment that was meant, see `open_loop.py`.

.venv/bin/python -m benchmarks.troubled_load             two rounds of each, some six minutes
.venv/bin/python -m benchmarks.troubled_load --short     five seconds of each
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
from dataclasses import dataclass

from benchmarks.load import CONNECTIONS, ENVIRON, arrivals, quantile, uncached
from benchmarks.open_loop import open_loop
from benchmarks.served import served
from benchmarks.stand_ins import SLOW_SECONDS, stand_ins

STATES = ("calm", "troubled")
INCOMPLETE = "did not answer"  # what an answer says that lacks a vendor's
PER_SECOND, SECONDS, ROUNDS, WARM_UP = 50.0, 60.0, 2, 300
MOST = 1.2  # times the healthy run's p99


@dataclass(frozen=True, slots=True)
class Round:
    """What became of one minute. Seconds; MiB once all is answered; of a core."""

    ack_p50: float
    ack_p99: float
    answer_p50: float
    answer_p99: float
    lost: int
    incomplete: float
    rss: float
    app: float


async def measured(seconds: float, rounds: int, per_second: float) -> dict[str, list[Round]]:
    """Rounds of both states in turn, in one app."""
    found: dict[str, list[Round]] = {state: [] for state in STATES}
    async with (
        stand_ins() as beside,
        served({**beside.environ, **ENVIRON}, "-m", "benchmarks.unpaced", "http") as app,
        open_loop(app.url) as asker,
    ):
        texts = uncached()
        await asker.open(CONNECTIONS)
        many = min(WARM_UP, round(per_second * seconds))
        for state in STATES:  # both, so that what is held for either is held before
            await beside.tell(state)
            await asker.run([next(texts) for _ in range(many)], [place / per_second for place in range(many)])
        for which in range(rounds):
            for state, of_state in found.items():
                await beside.tell(state)
                await app.idle()
                moments = arrivals(per_second, seconds, random.Random(which))  # noqa: S311 - a benchmark repeats itself
                before = app.cpu
                asked = await asker.run([next(texts) for _ in moments], moments)
                cpu = (app.cpu - before) / seconds
                await beside.tell("calm")
                await app.idle()
                acks, answers = [one.ack_seconds for one in asked], [one.answer_seconds for one in asked]
                of_state.append(
                    Round(
                        quantile(acks, 0.5),
                        quantile(acks, 0.99),
                        quantile(answers, 0.5),
                        quantile(answers, 0.99),
                        sum(max(one.ack_seconds, one.answer_seconds) == float("inf") for one in asked),
                        sum(INCOMPLETE in one.answer for one in asked) / len(asked),
                        app.rss,
                        cpu,
                    )
                )
    return found


def print_table(found: dict[str, list[Round]]) -> None:
    """Each round, and the ratio of the medians."""
    print(f"{'':12}{'ack p50':>9}{'p99 ms':>8}{'answer p50':>12}{'p99 ms':>8}", end="")
    print(f"{'lost':>6}{'not whole':>11}{'MiB':>6}{'app':>6}  % of a core")
    for which in range(len(found["calm"])):
        for state in STATES:
            one = found[state][which]
            times = [value * 1000 for value in (one.ack_p50, one.ack_p99, one.answer_p50, one.answer_p99)]
            print(f"{state:12}{times[0]:>9.1f}{times[1]:>8.0f}{times[2]:>12.0f}{times[3]:>8.0f}", end="")
            print(f"{one.lost:>6}{one.incomplete:>10.0%} {one.rss:>6.0f}{one.app * 100:>6.0f}")
    calm, troubled = (statistics.median(one.ack_p99 for one in found[state]) for state in STATES)
    rss = [one.rss for rounds in found.values() for one in rounds]
    print(f"acks, p99: troubled {troubled / calm:.2f} times calm (at most {MOST}); memory {min(rss):.0f} to {max(rss):.0f} MiB")


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--short", action="store_true", help="five seconds of each; fails when an answer is lost")
    short = arguments.parse_args().short
    seconds, rounds, per_second = (5.0, 1, 10.0) if short else (SECONDS, ROUNDS, PER_SECOND)
    trouble = f"Alibaba is dead, Tencent takes {SLOW_SECONDS:.0f} s a call"
    print(f"{per_second:.0f} commands a second for {seconds:.0f} s; troubled: {trouble}", flush=True)
    found = await measured(seconds, rounds, per_second)
    print_table(found)
    if lost := sum(one.lost for of_state in found.values() for one in of_state):
        raise SystemExit(f"{lost} commands have no ack or no answer")
    if not all(one.incomplete for one in found["troubled"]):
        raise SystemExit("the trouble made no difference: nothing was measured")


if __name__ == "__main__":
    asyncio.run(main())
