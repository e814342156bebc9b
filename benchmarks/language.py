"""What Chinese costs beside English, in one run: reading its file once, a phrase, and a whole answer.

    .venv/bin/python -m benchmarks.language [--short]

Rounds alternate, and the best of each counts. Read the figures as ratios; the times depend on the machine.
"""

from __future__ import annotations

import sys
import timeit
from gettext import GNUTranslations
from time import perf_counter

from bot.i18n import ENGLISH, Language, get_language
from bot.i18n.catalogs import CATALOGS
from bot.slack import views
from tests.reports import sample
from tests.slack.views.samples import context

ROUNDS, PHRASES, ANSWERS = 5, 4_000, 40


def main(*, short: bool) -> None:
    """Measure and print."""
    rounds, phrases, answers = (1, 200, 2) if short else (ROUNDS, PHRASES, ANSWERS)
    with (CATALOGS / "zh" / "LC_MESSAGES" / "smsstatus.mo").open("rb") as compiled:
        begun = perf_counter()
        GNUTranslations(compiled)
        reading = perf_counter() - begun
    print(f"reading the Chinese file    {reading * 1000:6.1f} ms, once in a process; English reads none")
    chinese = get_language("zh")

    def phrase(language: Language) -> float:
        seconds = timeit.timeit(lambda: language.say("No record of {targets}.", targets="+86 137****2222"), number=phrases)
        return seconds / phrases * 1e6

    def answer(language: Language) -> float:
        shown = context(language)
        return timeit.timeit(lambda: views.answer(sample(), shown), number=answers) / answers * 1e3

    for name, unit, measure in (("a phrase", "µs", phrase), ("an answer in Block Kit", "ms", answer)):
        figures = [(measure(ENGLISH), measure(chinese)) for _ in range(rounds)]
        english, in_chinese = map(min, zip(*figures, strict=True))
        print(f"{name:27} {english:6.2f} {unit} in English, {in_chinese:6.2f} in Chinese: {in_chinese / english:.1f} times")


if __name__ == "__main__":
    main(short="--short" in sys.argv)
