"""What the explanation catalogue costs: loading (time and memory), explain() beside a linear scan of the same rows, search().

    .venv/bin/python -m benchmarks.catalogue [--short]

Read the figures as ratios; the times depend on the machine.
"""

from __future__ import annotations

import sys
import timeit
import tracemalloc
from functools import partial
from typing import TYPE_CHECKING

from bot.codes import Catalogue, CodeEntry
from bot.codes.normalization import normalize_code
from bot.codes.search import Search
from bot.model import CodeKind

if TYPE_CHECKING:
    from collections.abc import Callable

LOAD_LIMIT_MS = 30.0
MEMORY_LIMIT_MB = 10.0
REPEAT = 5
VENDOR, KIND = "tencent", CodeKind.RECEIPT


def milliseconds(work: Callable[[], object], *, number: int, repeat: int) -> float:
    """The best of `repeat` runs of `number` calls, per call."""
    return min(timeit.repeat(work, number=number, repeat=repeat)) / number * 1000


def memory() -> tuple[float, float]:
    """Megabytes that a loaded catalogue keeps, and the most that loading needs."""
    tracemalloc.start()
    catalogue = Catalogue.load()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del catalogue
    return kept / 1e6, peak / 1e6


def scan(rows: tuple[CodeEntry, ...], code: str) -> CodeEntry | None:
    """What explain() would do without its index."""
    folded = normalize_code(code)
    return next((r for r in rows if (r.vendor, r.kind) == (VENDOR, KIND) and normalize_code(r.code) == folded), None)


def main(*, short: bool) -> None:
    """Measure and print."""
    best_of = partial(milliseconds, repeat=1 if short else REPEAT)
    kept, peak = memory()
    catalogue = Catalogue.load()
    load = best_of(Catalogue.load, number=3)
    rows = catalogue.rows
    print(f"rows {len(rows)}, families {len(catalogue.families)}")
    print(f"load          {load:6.1f} ms   {load / LOAD_LIMIT_MS:.2f} of the limit of {LOAD_LIMIT_MS:.0f} ms")
    print(
        f"memory kept   {kept:6.1f} MB   {kept / MEMORY_LIMIT_MB:.2f} of the limit of {MEMORY_LIMIT_MB:.0f} MB (peak {peak:.1f})"
    )

    listed = [r.code for r in rows if (r.vendor, r.kind) == (VENDOR, KIND) and not r.is_pattern]
    for name, code in (("first", listed[0]), ("middle", listed[len(listed) // 2]), ("last", listed[-1])):
        indexed = best_of(lambda code=code: catalogue.explain(VENDOR, KIND, code), number=2000)  # type: ignore[misc]  # mypy cannot infer the default
        linear = best_of(lambda code=code: scan(rows, code), number=20)  # type: ignore[misc]  # as above
        print(f"explain {name:7} {indexed * 1000:5.1f} us   the scan takes {linear / indexed:.0f} times as long")
    unlisted = best_of(lambda: catalogue.explain(VENDOR, KIND, "QQ:12345"), number=2000)
    print(f"explain unlisted {unlisted * 1000:3.1f} us")
    similar = best_of(lambda: catalogue.similar("MK:008"), number=3)
    print(f"similar       {similar:6.1f} ms")
    index = best_of(lambda: Search(catalogue.families, rows), number=1)
    catalogue.search("blacklist")
    search = best_of(lambda: catalogue.search("signature not registered"), number=50)
    print(f"search        {search:6.1f} ms   the first one {index:.0f} ms more, for its index")


if __name__ == "__main__":
    main(short="--short" in sys.argv)
