"""The Alembic migrations. Written by hand, run by `bot.storage.migration`."""
