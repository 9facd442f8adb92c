"""What is missing, and what is missing together; and what became of the rows of a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reportgen.blocks import PLOTS, TABLES
from reportgen.core.document import Context
from reportgen.core.types import Facts, Frame, Model, Result, Variable
from reportgen.core.words import load
from reportgen.models import MODELS

TABLE = pd.DataFrame(
    {
        "a": [1.0, np.nan, np.nan, 4.0, 5.0],
        "b": [1.0, 2.0, np.nan, 4.0, 5.0],
        "c": ["x", "y", "z", None, "x"],
    }
)


@pytest.fixture
def facts():
    variables = {name: Variable(name, name.upper()) for name in TABLE}
    return Facts("trial", 9, 5, "", variables=variables)


@pytest.fixture
def counts(facts):
    kind = MODELS.load("missing")
    return kind.fit(kind.Options(columns=("a", "b", "c")), Frame(TABLE, facts))


def test_columns_and_patterns_are_counted(counts):
    """Two, one and one values are missing; in one row two together, and two rows are complete."""
    *columns, patterns = counts.summaries
    assert [(each.variable, each.missing) for each in columns] == [("a", 2), ("b", 1), ("c", 1)]
    assert patterns.counts == {"000": 2, "001": 1, "100": 1, "110": 1}
    assert (patterns.n, patterns.missing) == (2, 3)


def test_the_figure_says_how_much_each_column_lacks(counts, facts):
    """Its data are the counts and shares, the most first."""
    plot = PLOTS.load("missing")
    options = plot.Options(data="trial")
    context = Context({}, {"trial": facts}, load("en")).with_computed({"counts": counts})
    made = plot.build(options, context)
    assert made.rows == (("A", 2, 0.4), ("B", 1, 0.2), ("C", 1, 0.2))


def test_rows_read_lost_and_used(facts):
    """Each model's rows, and the columns that cost them; that some lack two is said."""
    result = Result(kind="ols", status="ok", n=2, n_read=5, missing={"a": 2, "b": 1, "c": 1})
    context = Context({"ols": Model("ols", "ols", "OLS", "trial", result)}, {"trial": facts},
                      load("en"))  # fmt: skip
    table = TABLES.load("missing")
    made = table.build(table.Options(), context)
    first, *columns = made.blocks[0].rows
    assert [cell.value for cell in first.cells] == [5, (3, 0.6), 2]
    assert [row.cells[1].value for row in columns] == [(2, 0.4), (1, 0.2), (1, 0.2)]
    assert any("more than" in note for note in made.notes)
