"""Queries: one select, undone afterwards, and the secret stays one."""

from __future__ import annotations

import sqlite3

import pytest

from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.data.sources.sql import Sql


@pytest.fixture
def reach(tmp_path):
    path = tmp_path / "trial.db"
    with sqlite3.connect(path) as database:
        database.execute("create table visits (id integer, sbp real, site text)")
        database.executemany(
            "insert into visits values (?, ?, ?)", [(1, 120.5, "a"), (2, None, "b"), (3, 130, "b")]
        )
    database.close()
    return Reach((), secrets={"TRIAL_DB": f"sqlite:///{path}", "BROKEN": "pg://u:hunter2@h/x"})


def query(text, connection="TRIAL_DB"):
    return Sql.Options(sql=text, connection=connection)


def test_rows_of_a_query(reach):
    """Integers, gaps and text as in every other source."""
    options = query("select id, sbp, site from visits order by id;")
    assert Sql().columns(options, reach) == ("id", "sbp", "site")
    table = Sql().read(options, reach, ("id", "sbp")).table
    assert list(table) == ["id", "sbp"]
    assert table["id"].tolist() == [1, 2, 3]
    assert table["sbp"].isna().sum() == 1


def test_a_colon_in_a_text_is_a_colon(reach):
    """`:name` is no parameter of the query: nothing is filled in."""
    options = query("select id from visits where site = ':a'")
    assert Sql().read(options, reach, ()).table.empty


@pytest.mark.parametrize(
    "text", ["drop table visits", "select 1; drop table visits", "insert into visits values (1)"]
)
def test_only_one_select(text, reach):
    """Whatever might change the database is refused before it is asked."""
    with pytest.raises(DataError, match="one `select`"):
        Sql().read(query(text), reach, ())


def test_a_variable_that_is_not_set(reach):
    """The message names the variable and shows what belongs there."""
    with pytest.raises(DataError, match="`NOWHERE` is not set"):
        Sql().read(query("select 1", "NOWHERE"), reach, ())


@pytest.mark.parametrize("connection", ["TRIAL_DB", "BROKEN"])
def test_no_error_shows_the_secret(connection, reach):
    """Neither the address nor its password stands in a message or in its causes."""
    with pytest.raises(DataError) as caught:
        Sql().read(query("select nothing from nowhere", connection), reach, ())
    shown = f"{caught.value} {caught.value.problems} {caught.value.__cause__}"
    assert "hunter2" not in shown
    assert "sqlite" not in shown
    assert "hunter2" not in repr(reach)
