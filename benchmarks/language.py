"""What Chinese costs beside English, in one run: reading its files once, a phrase, and a whole answer.

    .venv/bin/python benchmarks/language.py

Read the figures as ratios; the times depend on the machine.
"""

from __future__ import annotations

import timeit
from time import perf_counter

from bot.i18n import ENGLISH, Language, get_language
from bot.i18n.catalogs import _book
from bot.slack import views
from tests.reports import sample
from tests.slack.views.samples import context

ROUNDS = 200


def main() -> None:
    """Measure and print."""
    _book("zh")  # imports the reader of the files
    _book.cache_clear()
    begun = perf_counter()
    _book("zh")
    print(f"reading the Chinese files   {(perf_counter() - begun) * 1000:6.1f} ms, once in a process; English reads none")
    chinese = get_language("zh")

    def phrase(language: Language) -> float:
        seconds = timeit.timeit(lambda: language.say("No record of {targets}.", targets="+86 137****2222"), number=20_000)
        return seconds / 20_000 * 1e6

    def answer(language: Language) -> float:
        shown = context(language)
        return timeit.timeit(lambda: views.answer(sample(), shown), number=ROUNDS) / ROUNDS * 1e3

    for name, unit, measure in (("a phrase", "µs", phrase), ("an answer in Block Kit", "ms", answer)):
        english, in_chinese = measure(ENGLISH), measure(chinese)
        print(f"{name:27} {english:6.2f} {unit} in English, {in_chinese:6.2f} in Chinese: {in_chinese / english:.1f} times")


if __name__ == "__main__":
    main()
