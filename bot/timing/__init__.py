"""The clock, rate limits, and the retries of the start."""
