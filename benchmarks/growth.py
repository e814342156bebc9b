"""How costs grow: with the messages of a number, the numbers of a batch, stored receipts, answers in the cache, and replicas.

Each table has the cost at growing sizes, and by how much it grows when the size does tenfold: 1 is flat, 10 linear. Nothing may
be worse than linear. CPU where it is ours alone, wall where a database works too; medians.

.venv/bin/python -m benchmarks.growth                some three minutes
.venv/bin/python -m benchmarks.growth --into docs    and writes growth.csv, and growth.svg, which is drawn from it
.venv/bin/python -m benchmarks.growth --draw docs    only draws growth.svg again
.venv/bin/python -m benchmarks.growth --short        small sizes, in seconds
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import math
import tempfile
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import growth_costs
from benchmarks.svg_plot import Panel, draw
from bot.cli.runner import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from benchmarks.growth_costs import Costs

WORST = 14  # times the cost for ten times the size: linear, with what two measurements on a busy machine differ by
TABLE, PLOT = "growth.csv", "growth.svg"
HEAD = ("of", "cost", "size", "ms")


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
        "receipts stored", "one lookup, SQLite", growth_costs.of_receipts, (1_000, 10_000, 100_000, 1_000_000), (1_000, 2_000)
    ),
    Growth("answers in the cache", "CPU to keep and find one", growth_costs.of_cache, (10, 100, 1_000, 10_000), (10, 100)),
    Growth("replicas", "renewal of one, each second", growth_costs.of_replicas, (1, 2, 4, 8, 16), (1, 2)),
)


def tenfold(costs: Costs) -> list[float]:
    """Between each two sizes: how many times the cost for ten times the size."""
    return [
        10 ** (math.log(cost / before) / math.log(size / size_before))
        for (size_before, before), (size, cost) in pairwise(sorted(costs.items()))
    ]


def print_table(growth: Growth, costs: Costs) -> None:
    """The cost at each size, and how it has grown to it."""
    print(f"\n{growth.of:28}{growth.cost + ', ms':>34}{'a piece':>12}{'for tenfold':>14}")
    for (size, cost), times in zip(sorted(costs.items()), [None, *tenfold(costs)], strict=True):
        print(f"{size:<28,}{cost:>34.3f}{cost / size:>12.4f}{'' if times is None else f'{times:.1f} x':>14}", flush=True)


def write_table(path: Path, found: Sequence[tuple[Growth, Costs]]) -> None:
    """The figures, for programs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        for growth, costs in found:
            table.writerows((growth.of, growth.cost, size, f"{cost:.4g}") for size, cost in sorted(costs.items()))


def draw_table(folder: Path) -> None:
    """The plot of the figures in a folder."""
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    panels = [
        Panel(of, f"ms, {cost}", [(float(row["size"]), float(row["ms"])) for row in points])
        for (of, cost), points in groupby(rows, lambda row: (row["of"], row["cost"]))
    ]
    (folder / PLOT).write_text(draw(panels), encoding="utf-8")


async def measured(*, short: bool) -> list[tuple[Growth, Costs]]:
    found = []
    for growth in GROWTHS:
        costs = await growth.measure(growth.short if short else growth.sizes)
        if costs:
            print_table(growth, costs)
            found.append((growth, costs))
        else:
            print(f"\n{growth.of}: PostgreSQL is not installed")
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--short", action="store_true", help="small sizes, in seconds; judges nothing, and keeps no plot")
    arguments.add_argument("--into", type=Path, help=f"a folder for {TABLE} and {PLOT}")
    arguments.add_argument("--draw", type=Path, help=f"a folder with {TABLE}: only draw {PLOT}")
    given = arguments.parse_args()
    if given.draw is not None:
        draw_table(given.draw)
        return
    gc.freeze()  # as the app does when it has started
    gc.set_threshold(*THRESHOLDS)
    found = asyncio.run(measured(short=given.short))
    if given.into is not None:
        write_table(given.into / TABLE, found)
        draw_table(given.into)
    if given.short:
        with tempfile.TemporaryDirectory() as folder:
            write_table(Path(folder, TABLE), found)
            draw_table(Path(folder))
    else:
        worse = [growth.of for growth, costs in found if tenfold(costs)[-1] > WORST]
        print(f"\nworse than linear: {', '.join(worse) or 'nothing'}")


if __name__ == "__main__":
    main()
