"""A query to a database. The address, with its password, is the value of an environment variable:
the spec names the variable, and nothing ever shows its value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportgen.core.contracts import Loaded, Reach
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import DataError, Problem
from reportgen.core.options import option
from reportgen.data.sources._file import bounded, library, plain, unique

CHUNK = 50_000


class Sql:
    """The rows of a query."""

    @dataclass(frozen=True, kw_only=True)
    class Options:
        """Keys of a `source` that is a query."""

        sql: str = option(doc="The query: one `select` statement.")
        connection: str = option(
            doc="The name of the environment variable that holds the database's URL."
        )

    def files(self, options: Options, reach: Reach) -> tuple[Path, ...]:
        """None: the fingerprint is that of the rows."""
        return ()

    def columns(self, options: Options, reach: Reach) -> tuple[str, ...]:
        """The names of the query's columns."""
        header, _ = _answer(options, reach, most=1)
        return header

    def read(self, options: Options, reach: Reach, columns: Sequence[str]) -> Loaded:
        """The wanted columns of every row."""
        import pandas as pd

        header, rows = _answer(options, reach)
        table = pd.DataFrame(rows, columns=list(header)).convert_dtypes()
        kept = [name for name in header if not columns or name in columns]
        return Loaded(plain(table[kept], "the query"))


def _answer(
    options: Sql.Options, reach: Reach, most: int | None = None
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Header and rows of the query. Nothing it might change is kept: a connection that is closed
    without a commit undoes its transaction.
    """
    statement = options.sql.strip().rstrip(";")
    if not re.match(r"(?is)(select|with)\b", statement) or ";" in statement:
        raise _wrong("sql", "a query is one `select` statement", "sql")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", options.connection):
        raise _wrong(
            "connection", "`connection` is the name of an environment variable, not an address",
            "connection", "put the address into a variable: no secret stands in a spec",
        )  # fmt: skip
    address = reach.secrets.get(options.connection)
    if not address:
        raise _wrong(
            "connection", f"the environment variable `{options.connection}` is not set",
            "connection", "set it to the database's URL: postgresql://user:password@host/name",
        )  # fmt: skip
    sqlalchemy = library("sqlalchemy", "sql", "a query")
    try:
        engine = sqlalchemy.create_engine(address)
        with engine.connect() as connection:
            result = connection.execute(sqlalchemy.text(statement.replace(":", r"\:")))
            header = unique(list(map(str, result.keys())), "the query")
            rows: list[tuple[Any, ...]] = []
            while chunk := result.fetchmany(min(CHUNK, most or CHUNK)):
                rows += map(tuple, chunk)
                bounded(len(rows), len(header), "the query")
                if most is not None and len(rows) >= most:
                    break
    except DataError:
        raise
    except Exception as error:
        # The library's own message may hold the password: only its kind is told.
        raise _wrong(
            "query-failed", f"the database behind `{options.connection}` did not answer the query "
            f"({type(error).__name__})", "sql", "try it with the database's own client",
        ) from None  # fmt: skip
    return header, rows


def _wrong(code: str, message: str, key: str, help: str = "") -> DataError:
    return DataError(Problem(code, message, (key,), help=help))
