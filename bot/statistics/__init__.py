"""Is it one customer, or everyone? What each source counts now, beside the same hours before, judged by one written rule."""

from bot.statistics.service import StatisticsService

__all__ = ["StatisticsService"]
