"""Statements for what is done very often: compiled once, then run by the database's driver.

To run a statement in SQLAlchemy's usual way takes it several times as long as SQLite takes. What
is left out here are result objects and defaults: rows hold every column, and answers are tuples.
Types, errors, transactions and connections are SQLAlchemy's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


def run(connection: Connection, text: str, parameters: Any = (), *, many: bool = False) -> Any:
    """Give the driver a statement; its cursor. Raises SQLAlchemy's DBAPIError."""
    cursor = connection.connection.cursor()
    for heard in connection.dispatch.before_cursor_execute:
        heard(connection, cursor, text, parameters, None, many)
    try:
        if many:
            cursor.executemany(text, parameters)
        elif parameters:
            cursor.execute(text, parameters)
        else:
            cursor.execute(text)
    except connection.dialect.loaded_dbapi.Error as error:
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(text, None, error, base, hide_parameters=True) from error
    return cursor


class Prepared:
    """A statement with named parameters. Safe for threads.

    An insert or update sets the columns that its rows name; rows of one call name the same ones.
    """

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def fetch(self, connection: Connection, row: Row) -> list[tuple[Any, ...]]:
        """Run a query; all that it found."""
        compiled = self._for(connection, row)
        cursor = run(connection, compiled.text, compiled.bound(row))
        found = [compiled.converted(each) for each in cursor.fetchall()]
        cursor.close()
        return found

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert or update once for each row; there must be one."""
        compiled = self._for(connection, rows[0])
        bound = [compiled.bound(row) for row in rows]
        if len(bound) == 1:
            run(connection, compiled.text, bound[0]).close()
        else:
            run(connection, compiled.text, bound, many=True).close()

    def add(self, connection: Connection, row: Row) -> int:
        """Insert one row into a table with a numeric key; its key."""
        if connection.dialect.name == "sqlite":
            compiled = self._for(connection, row)
            cursor = run(connection, compiled.text, compiled.bound(row))
            added: int = cursor.lastrowid
        else:
            compiled = self._for(connection, row, returns_key=True)
            cursor = run(connection, compiled.text, compiled.bound(row))
            added = cursor.fetchone()[0]
        cursor.close()
        return added

    def _for(self, connection: Connection, row: Row, *, returns_key: bool = False) -> "_Compiled":
        key = (connection.dialect.name, *row)
        found = self._compiled.get(key)
        if found is None:
            statement = self._statement
            if returns_key and isinstance(statement, Insert):
                statement = statement.returning(*statement.table.primary_key)
            found = self._compiled[key] = _compile(statement, connection.dialect, list(row))
        return found


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in one database's words. `order` is None where parameters go by name."""

    text: str
    order: Sequence[str] | None
    constants: Mapping[str, Any]
    binding: Sequence[tuple[str, _Convert]]
    results: Sequence[_Convert] | None

    def bound(self, row: Row) -> Any:
        """A row as the driver takes it."""
        values = dict(self.constants)
        for name, convert in self.binding:
            value = row[name]
            values[name] = value if convert is None else convert(value)
        return values if self.order is None else [values[name] for name in self.order]

    def converted(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """A row that the driver gave, in Python's types."""
        if self.results is None:
            return tuple(found)
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(found, self.results, strict=True)
        )


def _compile(
    statement: Select[Any] | Insert | Update, dialect: Dialect, names: list[str]
) -> _Compiled:
    columns = statement.selected_columns if isinstance(statement, Select) else None
    compiled: Any = statement.compile(dialect=dialect, column_keys=None if columns else names)
    convert = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    fixed = {name: bind.value for name, bind in compiled.binds.items() if name not in names}
    results = [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in columns or ()
    ]
    return _Compiled(
        text=str(compiled),
        order=compiled.positiontup if compiled.positional else None,
        constants={
            name: value if (into := convert[name]) is None else into(value)
            for name, value in fixed.items()
        },
        binding=[(name, into) for name, into in convert.items() if name not in fixed],
        results=results if any(results) else None,
    )
