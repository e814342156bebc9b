"""The schema, step by step. Written by hand, run by `bot.storage.migrate`."""
