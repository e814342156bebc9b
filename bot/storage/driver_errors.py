"""What drivers, SQLAlchemy and the operating system raise, as the one error of a database (docs/decisions/0035)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.errors import ConstraintError, DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


class NewerSchemaError(Exception):
    """The database's schema has a revision that this code does not know; `newest` is the newest that it does."""

    def __init__(self, revision: str, newest: str) -> None:
        super().__init__(f"schema {revision} is newer than {newest}")
        self.revision = revision
        self.newest = newest


@contextmanager
def translating_errors() -> Iterator[None]:
    """Raises ConstraintError where a row is rejected, DatabaseError for whatever else is wrong with the database."""
    try:
        yield
    except IntegrityError as error:
        raise ConstraintError(error) from error
    except (SQLAlchemyError, OSError) as error:  # OSError: drivers pass on those of the network
        raise DatabaseError(error) from error
