"""Query -> Report: which providers can answer, the cache, one flight for equal questions, the deadline, the merge."""

from bot.lookup.service import LookupService

__all__ = ["LookupService"]
