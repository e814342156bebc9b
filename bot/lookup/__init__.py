"""Query -> Report: query plan, answer cache, single flight for equal queries, deadline, merge."""

from bot.lookup.service import LookupService

__all__ = ["LookupService"]
