"""How many examples Hypothesis tries: few in every run, many in a nightly one.

The profile is chosen by `HYPOTHESIS_PROFILE=deep` or `--hypothesis-profile=deep`; without either it is `default`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis import HealthCheck

USUAL = 25  # examples of a property that says nothing of its own
DEEPER = 80  # times as many in a nightly run


def load_profile() -> None:
    """Before any test is imported. The command line's option comes later and counts."""
    # The machine may be busy, so no example has a deadline.
    settings.register_profile("default", deadline=None, max_examples=USUAL)
    settings.register_profile("deep", deadline=None, max_examples=USUAL * DEEPER)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def examples(usual: int, *, steps: int | None = None, suppress: Collection[HealthCheck] = ()) -> settings:
    """Settings for a property of which `usual` examples are enough in every run; in a nightly run there are more in proportion.

    `steps` is the longest run of a state machine.
    """
    most = settings(max_examples=usual * settings().max_examples // USUAL, suppress_health_check=tuple(suppress))
    return most if steps is None else settings(most, stateful_step_count=steps)
