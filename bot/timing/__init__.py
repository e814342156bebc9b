"""The clock, rate limits, turns, and the retries of the start."""
