"""What an exception keeps of the code that it passed."""

from __future__ import annotations

import traceback


def release_frames(error: BaseException | None) -> None:
    """Empty and forget the frames that `error` passed, and those that led to it. For who handles it, when nobody looks at them.

    A frame often holds the exception that holds it, in the libraries too: a circle that is only freed when all is searched for
    garbage, with the requests and answers in it. A vendor that fails leaves thousands a minute.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error.__traceback__ = None
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                release_frames(one)
        release_frames(error.__cause__)
        error = error.__context__
