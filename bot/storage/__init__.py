"""Persistent state: one SQL database (a SQLite file by default, PostgreSQL for several replicas) and the keys that encrypt it.

Packages that store something define their own tables on `database.METADATA`, write their own migration, and take a `Database`.

Nothing is imported here: the settings need only `address` and `keyring`, and a terminal's command should not load the rest.
"""
