"""How costs grow: with the messages of a number, the numbers of a batch, stored receipts, answers in the cache, and replicas.

Each table has the cost at growing sizes, and how much of the growth in size it follows between the last two: 0 % is flat, 100 %
linear. Nothing may be worse than linear. CPU where it is ours alone, wall where a database works too; medians.

.venv/bin/python -m benchmarks.growth                                some three minutes
.venv/bin/python -m benchmarks.growth --plot docs/images/growth.svg  and draws the figures
.venv/bin/python -m benchmarks.growth --short                        small sizes, in seconds
"""

from __future__ import annotations

import argparse
import asyncio
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import growth_costs
from benchmarks.svg_plot import Panel, draw

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from benchmarks.growth_costs import Costs

WORST = 1.15  # the exponent that counts as linear, with what two measurements on a busy machine differ by


@dataclass(frozen=True, slots=True)
class Growth:
    """Something that there can be more of, and what that costs."""

    of: str
    cost: str
    measure: Callable[[Sequence[int]], Awaitable[Costs]]
    sizes: tuple[int, ...]
    short: tuple[int, ...]


GROWTHS = (
    Growth(
        "messages of one number", "CPU of its lookup and answer", growth_costs.of_rows, (1, 10, 100, 1_000, 5_000), (1, 10, 200)
    ),
    Growth("numbers of one batch", "CPU of all of it", growth_costs.of_targets, (1, 10, 100, 300, 1_000), (1, 10, 50)),
    Growth(
        "stored receipts", "one lookup, SQLite", growth_costs.of_receipts, (1_000, 10_000, 100_000, 1_000_000), (1_000, 2_000)
    ),
    Growth("answers in the cache", "CPU to keep and find one", growth_costs.of_cache, (10, 100, 1_000, 10_000), (10, 100)),
    Growth("replicas", "renewal of one, each second", growth_costs.of_replicas, (1, 2, 4, 8, 16), (1, 2)),
)


def exponents(costs: Costs) -> list[float]:
    """Between each two sizes: 0 is flat, 1 linear, 2 quadratic."""
    points = sorted(costs.items())
    return [math.log(cost / before) / math.log(size / size_before) for (size_before, before), (size, cost) in pairwise(points)]


def print_table(growth: Growth, costs: Costs) -> None:
    """The cost at each size, and what it follows of the growth to it."""
    print(f"\n{growth.of:28}{growth.cost + ', ms':>34}{'a piece':>12}{'of linear':>12}")
    for (size, cost), exponent in zip(sorted(costs.items()), [None, *exponents(costs)], strict=True):
        follows = "" if exponent is None else f"{exponent:.0%}"
        print(f"{size:<28,}{cost:>34.3f}{cost / size:>12.4f}{follows:>12}", flush=True)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--short", action="store_true", help="small sizes, in seconds; judges nothing")
    arguments.add_argument("--plot", type=Path, help="a file for the plot, as SVG")
    given = arguments.parse_args()
    panels, worse = [], []
    for growth in GROWTHS:
        costs = await growth.measure(growth.short if given.short else growth.sizes)
        if not costs:
            print(f"\n{growth.of}: PostgreSQL is not installed")
            continue
        print_table(growth, costs)
        panels.append(Panel(growth.of, f"ms, {growth.cost}", sorted(costs.items())))
        if exponents(costs)[-1] > WORST:
            worse.append(growth.of)
    if given.plot is not None:
        given.plot.write_text(draw(panels), encoding="utf-8")
    if not given.short:
        print(f"\nworse than linear: {', '.join(worse) or 'nothing'}")


if __name__ == "__main__":
    asyncio.run(main())
